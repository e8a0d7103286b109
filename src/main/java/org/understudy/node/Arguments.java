package org.understudy.node;

import java.util.Arrays;
import java.util.List;

/**
 * The command line, as far as it is not configuration. The options that end the program count only in first place, as in
 * Redis.
 *
 * @param program the name it was called by, for messages
 * @param action what is asked for
 * @param configuration all arguments, for the reader of configuration
 */
record Arguments(String program, Action action, List<String> configuration) {
  enum Action { SERVE, SENTINEL, VERSION, HELP, TEST_MEMORY, CHECK_SYSTEM }

  static Arguments of(String program, String... args) {
    return new Arguments(program, action(program, args), List.of(args));
  }

  private static Action action(String program, String[] args) {
    switch (args.length == 0 ? "" : args[0]) {
      case "-v", "--version":
        return Action.VERSION;
      case "-h", "--help":
        return Action.HELP;
      case "--test-memory":
        return Action.TEST_MEMORY;
      case "--check-system":
        return Action.CHECK_SYSTEM;
      default:
        String name = program.substring(program.lastIndexOf('/') + 1);
        boolean sentinel = name.contains("redis-sentinel") || name.contains("understudy-sentinel")
            || Arrays.asList(args).contains("--sentinel");
        return sentinel ? Action.SENTINEL : Action.SERVE;
    }
  }

  String version() {
    return "Understudy server v=" + Version.REDIS + " sha=00000000:0 malloc=jvm bits=64 build=" + Version.UNDERSTUDY;
  }

  String usage() {
    return """
        Usage: %1$s [/path/to/redis.conf] [options] [-]
               %1$s - (read config from stdin)
               %1$s -v or --version
               %1$s -h or --help

        Options are directives of the configuration: --name value [value ...]. They win over the file and over what is
        read from standard input.

        Examples:
               %1$s
               echo 'maxmemory 128mb' | %1$s -
               %1$s /etc/redis/6379.conf --loglevel verbose
               %1$s --port 7777 --replicaof 127.0.0.1 8888
        """.formatted(program);
  }
}
