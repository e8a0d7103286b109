package org.understudy.node;

import org.understudy.shard.server.ServerFacts;

/** What the program says about itself and then ends. */
final class Usage {
  private Usage() {}

  /** In the shape of Redis's line: programs look for {@code v=}. */
  static String version() {
    return "Understudy server v=" + ServerFacts.REDIS_VERSION + " sha=00000000:0 malloc=jvm bits=64 build="
        + ServerFacts.packagedVersion() + "\n";
  }

  static String help(String program) {
    return """
        Usage: %1$s [/path/to/redis.conf] [options] [-]
               %1$s - (read config from stdin)
               %1$s -v or --version
               %1$s -h or --help

        Options are directives of the configuration, --name value [value ...]; they win over the file and over what is
        read from standard input.

        Examples:
               %1$s
               echo 'maxmemory 128mb' | %1$s -
               %1$s /etc/redis/6379.conf --loglevel verbose
               %1$s --port 7777 --replicaof 127.0.0.1 8888

        Sentinel mode:
               %1$s /etc/sentinel.conf --sentinel
        """.formatted(program);
  }

  static String noMemoryTest(String program) {
    return program + " does not test memory. memtester and memtest86+ do.\n";
  }

  static String noSystemCheck(String program) {
    return program + " does not check the system: what that looks for in Redis concerns servers that fork.\n";
  }
}
