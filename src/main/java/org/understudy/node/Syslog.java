package org.understudy.node;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The system log. Its socket takes datagrams, which Java's Unix sockets cannot send, so one {@code logger} process of
 * the system is fed through a pipe by a thread of its own. Where there is none, or it falls behind by more than {@value
 * #QUEUED} lines, lines are missing in the system log only.
 */
final class Syslog implements AutoCloseable {
  private static final int QUEUED = 4096;
  /** Tells the thread to end. */
  private static final byte[] END = {};

  private final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>(QUEUED);
  private final String ident;
  private final int facility;

  /** Facility is {@code user} or {@code local0} to {@code local7}. */
  Syslog(String ident, String facility) {
    this.ident = ident;
    this.facility = facilityNumber(facility);
    Thread feeder = new Thread(this::feed, "syslog");
    feeder.setDaemon(true);
    feeder.start();
  }

  void send(Level level, String message) {
    String prefix = "<" + priority(facility, level) + ">";
    lines.offer((prefix + message.replace("\n", "\n" + prefix) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    while (!lines.offer(END)) lines.poll();
  }

  static int facilityNumber(String name) {
    return name.startsWith("local") ? 16 + name.charAt(5) - '0' : 1;
  }

  /** RFC 5424, 6.2.1: facility and severity in one number. */
  static int priority(int facility, Level level) {
    int severity = switch (level.toInt()) {
      case Level.TRACE_INT -> 7;
      case Level.DEBUG_INT -> 6;
      case Level.INFO_INT -> 5;
      default -> 4;
    };
    return 8 * facility + severity;
  }

  private void feed() {
    try {
      long pid = ProcessHandle.current().pid();
      Process logger = new ProcessBuilder("logger", "--prio-prefix", "--id=" + pid, "-t", ident)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (OutputStream out = logger.getOutputStream()) {
        for (byte[] line = lines.take(); line != END; line = lines.take()) {
          out.write(line);
          if (lines.isEmpty()) out.flush();
        }
      }
    } catch (IOException | InterruptedException noSystemLog) {
      lines.clear();
    }
  }
}
