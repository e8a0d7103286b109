package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LogSetupTest {
  @Test
  void theFileAsDeliveredSaysWhatIsBuiltWithoutReadingIt() throws JoranException {
    LoggerContext read = new LoggerContext();
    JoranConfigurator xml = new JoranConfigurator();
    xml.setContext(read);
    xml.doConfigure(Path.of("conf", "logback.xml").toFile());
    LoggerContext built = new LoggerContext();
    LogSetup.build(built);
    assertEquals(describe(read), describe(built));
  }

  private static Map<String, String> describe(LoggerContext context) {
    Map<String, String> loggers = new TreeMap<>();
    for (Logger logger : context.getLoggerList()) {
      StringBuilder appenders = new StringBuilder();
      for (var all = logger.iteratorForAppenders(); all.hasNext(); ) {
        Appender<ILoggingEvent> appender = all.next();
        appenders.append(' ').append(appender.getName()).append(' ').append(appender.getClass().getName())
            .append(' ').append(appender.isStarted());
      }
      if (logger.getLevel() == null && appenders.isEmpty()) continue;
      loggers.put(logger.getName(), logger.getLevel() + " " + appenders);
    }
    return loggers;
  }
}
