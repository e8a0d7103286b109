package org.understudy.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.understudy.bytes.Bytes;

/**
 * Reads configuration into a {@link Config}: a file (or all files of a pattern), then standard input, then the
 * options of the command line, as one text in which a later line wins. Source: loadServerConfig and
 * loadServerConfigFromString, config.c 7.0.15.
 */
public final class ConfigReader {
  /** Files that include each other are told apart from deep nesting here. */
  private static final int MOST_INCLUDES_DEEP = 32;
  /** Directives that were dropped long ago: skipped if they have one value. */
  private static final Set<String> DROPPED =
      Set.of("list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands");

  private final Config config;
  private BiConsumer<String, String> renaming = (from, to) -> {};
  private Consumer<List<String>> users = user -> {};
  private Consumer<String> warnings = warning -> {};
  /** Null unless this is the file of a sentinel. */
  private Consumer<SentinelLine> sentinel;

  private int depth;
  /** The first line with {@code save} replaces the defaults, further ones add. */
  private boolean saveSeen;
  /** False again behind an include, as in the reference implementation: from there each {@code save} replaces. */
  private boolean savesAdd;

  public ConfigReader(Config config) {
    this.config = config;
  }

  /**
   * Tells of each {@code rename-command}, while it can still be refused: the consumer throws an
   * {@link IllegalArgumentException} with the reason.
   */
  public ConfigReader renaming(BiConsumer<String, String> command) {
    renaming = command;
    return this;
  }

  /**
   * Tells of each {@code user} line, name and rules, while it can still be refused: the consumer throws an
   * {@link IllegalArgumentException} with the reason.
   */
  public ConfigReader users(Consumer<List<String>> user) {
    users = user;
    return this;
  }

  /** Where warnings for the log go. */
  public ConfigReader warnings(Consumer<String> log) {
    warnings = log;
    return this;
  }

  /** Reads for a sentinel, and hands over the lines that start with {@code sentinel}. */
  public ConfigReader sentinel(Consumer<SentinelLine> lines) {
    sentinel = lines;
    return this;
  }

  /**
   * Reads everything that the command line names.
   *
   * @throws ConfigFileError the server must not start
   */
  public void read(CommandLine line, InputStream standardInput) {
    if (line.options() == null) return;
    String file = null;
    if (line.configFile() != null) {
      Path path = absolute(line.configFile());
      config.file(path);
      file = FileNames.text(path);
    }
    StringBuilder text = new StringBuilder(file == null ? "" : contents(file));
    if (line.standardInput()) {
      warnings.accept("Reading config from stdin");
      try {
        text.append(Bytes.string(standardInput.readAllBytes()));
      } catch (IOException e) {
        throw ConfigFileError.unreadable("-", FileNames.reason(e));
      }
    }
    readText(text.append('\n').append(line.options()).toString());
  }

  /** The configuration file as INFO shows it: absolute, without the ../ that the name begins with. */
  private Path absolute(String name) {
    String rest = name.strip();
    Path folder = config.dir();
    while (!rest.startsWith("/") && rest.startsWith("../")) {
      rest = rest.substring(3);
      if (folder.getParent() != null) folder = folder.getParent();
    }
    return folder.resolve(FileNames.path(rest));
  }

  /** The contents of a file, or of all files that a pattern names, one behind the other. */
  private String contents(String name) {
    if (!FilePattern.isPattern(name)) return contents(name, config.resolve(name));
    StringBuilder all = new StringBuilder();
    for (Path path : FilePattern.expand(name, config.dir())) {
      all.append(contents(FileNames.text(path), config.dir().resolve(path)));
    }
    return all.toString();
  }

  private static String contents(String name, Path path) {
    if (Files.isDirectory(path)) return ""; // can be opened, and nothing can be read from it
    try {
      return Bytes.string(Files.readAllBytes(path));
    } catch (IOException e) {
      throw ConfigFileError.unreadable(name, FileNames.reason(e));
    }
  }

  /**
   * Reads lines of configuration.
   *
   * @throws ConfigFileError the server must not start
   */
  public void readText(String text) {
    if (++depth > MOST_INCLUDES_DEEP) throw ConfigFileError.general("Too many nested include directives");
    savesAdd = true;
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = trim(lines[i]);
      if (line.isEmpty() || line.startsWith("#")) continue;
      try {
        readLine(line, i + 1);
      } catch (BadValue e) {
        throw ConfigFileError.at(i + 1, line, e.getMessage());
      }
    }
    checkLogFile();
    savesAdd = false;
    depth--;
  }

  private void readLine(String line, int number) throws BadValue {
    List<String> words = Words.split(line);
    if (words == null) throw new BadValue("Unbalanced quotes in configuration line");
    if (words.isEmpty()) return;
    String name = Words.lower(words.get(0));
    List<String> arguments = words.subList(1, words.size());
    Directive directive = Directive.of(name);
    if (directive != null) set(directive, arguments);
    else if (!DROPPED.contains(name) || arguments.size() != 1) readOther(name, arguments, line, number);
  }

  private void set(Directive directive, List<String> arguments) throws BadValue {
    if (!directive.type().severalArguments()) {
      if (arguments.size() != 1) throw new BadValue("wrong number of arguments");
    } else if (arguments.size() == 1 && !arguments.get(0).isEmpty()) {
      arguments = Words.split(arguments.get(0)); // so that several may be given as one
      if (arguments == null) arguments = List.of();
    }
    if (directive == Directive.SAVE) save(arguments);
    else config.put(directive, arguments);
  }

  private void save(List<String> arguments) throws BadValue {
    List<SavePoint> points = new ArrayList<>();
    boolean clears = arguments.size() == 1 && arguments.get(0).isEmpty();
    if (savesAdd && saveSeen && !clears) points.addAll(config.save());
    points.addAll(SpecialTypes.Save.points(Directive.SAVE.type().parse(arguments, config.save())));
    saveSeen |= savesAdd;
    config.putValue(Directive.SAVE, List.copyOf(points));
  }

  /** Lines that are no directive of the table. */
  private void readOther(String name, List<String> arguments, String line, int number) throws BadValue {
    int count = arguments.size();
    if (name.equals("include") && count == 1) {
      readText(contents(arguments.get(0)));
    } else if (name.equals("rename-command") && count == 2) {
      rename(arguments.get(0), arguments.get(1));
    } else if (name.equals("user") && count >= 1) {
      user(arguments);
    } else if (name.equals("loadmodule") && count >= 1) {
      throw new BadValue("Modules are not supported by Understudy");
    } else if (name.indexOf('.') >= 0) {
      throw new BadValue(count == 0 ? "Module config specified without value"
          : "Modules are not supported by Understudy");
    } else if (!name.equals("sentinel")) {
      throw new BadValue("Bad directive or wrong number of arguments");
    } else if (count > 0) {
      if (sentinel == null) throw new BadValue("sentinel directive while not in sentinel mode");
      sentinel.accept(new SentinelLine(arguments, number, line));
    }
  }

  private void rename(String from, String to) throws BadValue {
    try {
      renaming.accept(from, to);
    } catch (IllegalArgumentException e) {
      throw new BadValue(e.getMessage());
    }
    config.addRename(new Config.Rename(from, to));
  }

  private void user(List<String> words) throws BadValue {
    String name = words.get(0);
    if (config.users().stream().anyMatch(user -> user.get(0).equals(name))) {
      throw new BadValue("Error in user declaration '" + name
          + "': Duplicate user found. A user can only be defined once in config files");
    }
    try {
      users.accept(words);
    } catch (IllegalArgumentException e) {
      throw new BadValue(e.getMessage());
    }
    config.addUser(words);
  }

  /** Later there is no way to complain about the log file except in it. */
  private void checkLogFile() {
    if (config.logfile().isEmpty()) return;
    Path file = config.resolve(config.logfile());
    try (OutputStream opened = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      opened.flush();
    } catch (IOException e) {
      throw ConfigFileError.general("Can't open the log file: " + FileNames.reason(e));
    }
  }

  /** Without the spaces, tabs and line ends around. */
  static String trim(String line) {
    int start = 0;
    int end = line.length();
    while (start < end && " \t\r\n".indexOf(line.charAt(start)) >= 0) start++;
    while (end > start && " \t\r\n".indexOf(line.charAt(end - 1)) >= 0) end--;
    return line.substring(start, end);
  }
}
