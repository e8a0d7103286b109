package org.understudy.node;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.shard.server.ServerFacts;

/**
 * What is left in the log when the process goes down by a fault: between the two lines that tools cut it out by, the
 * reason and the stack of every thread.
 */
final class CrashReport {
  private static final Logger log = LoggerFactory.getLogger(CrashReport.class);

  void signal(int number) {
    write("Understudy " + ServerFacts.REDIS_VERSION + " crashed by signal: " + number, null);
  }

  /** An error that no code handles. */
  void error(String where, Throwable error) {
    write("Understudy " + ServerFacts.REDIS_VERSION + " failed in " + where, error);
  }

  /** @param error null if nothing was thrown */
  void write(String reason, Throwable error) {
    log.warn(LogAppender.RAW, "\n\n=== REDIS BUG REPORT START: Cut & paste starting from here ===\n");
    log.warn(reason, error);
    StringBuilder text = new StringBuilder("\n------ STACK TRACE ------\n");
    Thread.getAllStackTraces().entrySet().stream()
        .sorted(Map.Entry.comparingByKey((a, b) -> Long.compare(a.getId(), b.getId())))
        .forEach(thread -> append(text, thread.getKey(), thread.getValue()));
    text.append("\n=== REDIS BUG REPORT END. Make sure to include from START to END. ===\n\n");
    log.warn(LogAppender.RAW, text.toString());
  }

  private static void append(StringBuilder text, Thread thread, StackTraceElement[] stack) {
    text.append('"').append(thread.getName()).append("\" ").append(thread.getState()).append('\n');
    for (StackTraceElement frame : stack) text.append("    at ").append(frame).append('\n');
  }
}
