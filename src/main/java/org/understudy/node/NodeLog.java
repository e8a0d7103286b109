package org.understudy.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import org.understudy.config.LogLevel;

/**
 * The log of this process, as far as the server's configuration rules it. All code logs through SLF4J; its levels stand
 * for Redis's: TRACE debug, DEBUG verbose, INFO notice, WARN and ERROR warning. There is one log a process: only
 * {@link Main} takes hold of it, not the nodes that tests run side by side.
 */
final class NodeLog {
  private final Logger root;
  /** Null if an edited conf/logback.xml did away with it. */
  private final LogAppender appender;

  private NodeLog(Logger root, LogAppender appender) {
    this.root = root;
    this.appender = appender;
  }

  static NodeLog ofProcess() {
    Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
    return new NodeLog(root, root.getAppender(LogSetup.APPENDER) instanceof LogAppender ours ? ours : null);
  }

  /** {@code loglevel}. */
  void level(LogLevel level) {
    root.setLevel(switch (level) {
      case DEBUG -> Level.TRACE;
      case VERBOSE -> Level.DEBUG;
      case NOTICE -> Level.INFO;
      case WARNING -> Level.WARN;
    });
  }

  /** {@code logfile}: a path, or empty for standard output. */
  void file(String path) {
    if (appender != null) appender.file(path);
  }

  /** {@code syslog-enabled}, {@code syslog-ident}, {@code syslog-facility}. */
  void syslog(boolean enabled, String ident, String facility) {
    if (appender != null) appender.syslog(enabled ? new Syslog(ident, facility) : null);
  }

  /** The letter after the process id: X sentinel, S replica, M primary, C while starting. */
  void role(Supplier<Character> letter) {
    if (appender != null) appender.role(letter);
  }
}
