package org.understudy.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Sets Logback up when SLF4J is first used. Reading XML takes a tenth of a second of every start, so {@code
 * conf/logback.xml} is only read where someone has edited it; as it was delivered, the same is built here without XML.
 * A process that the launcher did not start (a test) gets Logback's ordinary set-up.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
  static final String APPENDER = "LOG";
  static final String PEKKO = "org.apache.pekko";
  /** Reports with a stack trace what we say ourselves, in Redis's words: an address that cannot be listened on. */
  static final String PEKKO_LISTENER = "org.apache.pekko.io.TcpListener";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    String home = System.getProperty("understudy.home");
    if (home == null || System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Path edited = Path.of(home, "conf", "logback.xml");
    if (asDelivered(edited)) {
      build(context);
    } else {
      read(context, edited);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** What conf/logback.xml says, as delivered. */
  static void build(LoggerContext context) {
    LogAppender appender = new LogAppender();
    appender.setName(APPENDER);
    appender.setContext(context);
    appender.start();
    context.getLogger(PEKKO).setLevel(Level.WARN);
    context.getLogger(PEKKO_LISTENER).setLevel(Level.OFF);
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
  }

  private static boolean asDelivered(Path file) {
    try (InputStream delivered = LogSetup.class.getResourceAsStream("/delivered/logback.xml")) {
      return delivered != null && Arrays.equals(delivered.readAllBytes(), Files.readAllBytes(file));
    } catch (IOException removed) {
      return true;
    }
  }

  private void read(LoggerContext context, Path file) {
    JoranConfigurator xml = new JoranConfigurator();
    xml.setContext(context);
    try {
      xml.doConfigure(file.toFile());
    } catch (JoranException bad) {
      addError("cannot read " + file, bad);
      build(context);
    }
  }
}
