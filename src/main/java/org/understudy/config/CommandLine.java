package org.understudy.config;

import java.util.List;

/**
 * The arguments of the server: {@code [file|-] [--directive value …] … [-] [--sentinel]}. As in main() of server.c
 * 7.0.15 the options become lines that are read behind the file and standard input.
 *
 * @param configFile null if there is none
 * @param standardInput whether configuration is read from there as well
 * @param options lines of configuration; null if there were no arguments at all
 * @param sentinel whether {@code --sentinel} is among the arguments
 */
public record CommandLine(Action action, String configFile, boolean standardInput, String options, boolean sentinel) {
  /** What is asked for. */
  public enum Action { RUN, VERSION, HELP, TEST_MEMORY, CHECK_SYSTEM }

  /** @param args as Java got them */
  public static CommandLine parse(String... args) {
    String[] argv = new String[args.length];
    for (int i = 0; i < argv.length; i++) argv[i] = FileNames.text(args[i]);
    boolean sentinel = List.of(argv).contains("--sentinel");
    if (argv.length == 0) return new CommandLine(Action.RUN, null, false, null, false);
    Action action = switch (argv[0]) {
      case "-v", "--version" -> Action.VERSION;
      case "-h", "--help" -> Action.HELP;
      case "--test-memory" -> Action.TEST_MEMORY;
      case "--check-system" -> Action.CHECK_SYSTEM;
      default -> Action.RUN;
    };
    if (action != Action.RUN) return new CommandLine(action, null, false, null, sentinel);
    String file = argv[0].startsWith("-") ? null : argv[0];
    return options(argv, file, sentinel);
  }

  private static CommandLine options(String[] argv, String file, boolean sentinel) {
    StringBuilder options = new StringBuilder();
    boolean standardInput = false;
    boolean nameMayFollow = true; // what looks like a name behind a name without a value is its value
    for (int i = file == null ? 0 : 1; i < argv.length; i++) {
      boolean last = i == argv.length - 1;
      if (argv[i].equals("-") && (i == 0 || last)) {
        standardInput = true;
      } else if (nameMayFollow && argv[i].startsWith("--")) {
        options.append(options.isEmpty() ? "" : "\n").append(argv[i], 2, argv[i].length()).append(' ');
        List<String> words = Words.split(argv[i]);
        nameMayFollow = words == null || words.size() != 1;
        if (nameMayFollow) continue;
        boolean valueless = last || argv[i + 1].startsWith("--");
        if (valueless && argv[i].equalsIgnoreCase("--save")) {
          options.append("\"\"");
          nameMayFollow = !last;
        } else if (valueless && argv[i].equalsIgnoreCase("--sentinel")) {
          nameMayFollow = !last;
        }
      } else {
        options.append(Words.quote(argv[i])).append(' ');
        nameMayFollow = true;
      }
    }
    return new CommandLine(Action.RUN, file, standardInput, options.toString(), sentinel);
  }
}
