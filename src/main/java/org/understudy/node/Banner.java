package org.understudy.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.shard.server.ServerFacts;

/** The lines at the start of the log by which people and tools recognise a server. */
final class Banner {
  private static final Logger log = LoggerFactory.getLogger(Banner.class);

  private static final String LOGO = """

           .-----------.
          /  .-'''''-.  \\
         |  /  o   o  \\  |        Understudy %1$s (Redis %2$s) 64 bit
         | |     _     | |
         |  \\  \\___/  /  |        Running in %3$s mode
          \\  '-.....-'  /         Port: %4$d
           '--.     .--'          PID: %5$d
        .------'---'------.
       /  | || | | | || |  \\
      |   | || | | | || |   |
       '-------------------'

      """;

  private Banner() {}

  static void starting(long pid) {
    log.warn("oO0OoO0OoO0Oo Understudy is starting oO0OoO0OoO0Oo");
    log.warn("Understudy version={}, Redis version={}, bits=64, pid={}, just started", ServerFacts.packagedVersion(),
        ServerFacts.REDIS_VERSION, pid);
  }

  /** The logo on a terminal or where it is asked for, else one line. */
  static void running(Config config, String mode, boolean terminal, long pid) {
    boolean logo = config.alwaysShowLogo() || terminal && config.logfile().isEmpty() && !config.syslogEnabled();
    if (logo) {
      log.info(LogAppender.RAW, LOGO.formatted(ServerFacts.packagedVersion(), ServerFacts.REDIS_VERSION, mode,
          config.port(), pid));
    } else {
      log.info("Running mode={}, port={}.", mode, config.port());
    }
  }
}
