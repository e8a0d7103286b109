package org.understudy.node;

import ch.qos.logback.classic.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/**
 * The line format that log tools for Redis parse: {@code pid:role dd Mon yyyy HH:MM:SS.mmm level message}, local time.
 * Not safe for several threads; the appender holds its lock.
 */
final class LogLine {
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private final StringBuilder line = new StringBuilder(256);
  private final String pid;
  private final ZoneRules zone;
  /** The last second that was formatted, up to its dot: most lines come in bursts. */
  private long second = Long.MIN_VALUE;
  private String date;

  LogLine(long pid, ZoneId zone) {
    this.pid = Long.toString(pid);
    this.zone = zone.getRules();
  }

  /** A line with its end. */
  byte[] plain(char role, Instant at, Level level, String message) {
    line.setLength(0);
    line.append(pid).append(':').append(role).append(' ');
    appendTime(at);
    line.append(' ').append(character(level)).append(' ').append(message).append('\n');
    return bytes();
  }

  /** How Redis logs from inside a signal handler: {@code pid:signal-handler (unix seconds) message}. */
  byte[] fromSignal(Instant at, String message) {
    line.setLength(0);
    line.append(pid).append(":signal-handler (").append(at.getEpochSecond()).append(") ").append(message).append('\n');
    return bytes();
  }

  /** Redis's four levels: debug {@code .}, verbose {@code -}, notice {@code *}, warning {@code #}. */
  static char character(Level level) {
    return switch (level.toInt()) {
      case Level.TRACE_INT -> '.';
      case Level.DEBUG_INT -> '-';
      case Level.INFO_INT -> '*';
      default -> '#';
    };
  }

  private byte[] bytes() {
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void appendTime(Instant at) {
    if (at.getEpochSecond() != second) {
      second = at.getEpochSecond();
      date = date(at);
    }
    line.append(date);
    appendPadded(at.getNano() / 1_000_000, 3);
  }

  private String date(Instant at) {
    ZoneOffset offset = zone.getOffset(at);
    LocalDateTime local = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, offset);
    int start = line.length();
    appendPadded(local.getDayOfMonth(), 2);
    int month = 3 * (local.getMonthValue() - 1);
    line.append(' ').append(MONTHS, month, month + 3).append(' ').append(local.getYear()).append(' ');
    appendPadded(local.getHour(), 2);
    line.append(':');
    appendPadded(local.getMinute(), 2);
    line.append(':');
    appendPadded(local.getSecond(), 2);
    line.append('.');
    String text = line.substring(start);
    line.setLength(start);
    return text;
  }

  private void appendPadded(int number, int digits) {
    for (int unit = digits == 3 ? 100 : 10; unit > 0; unit /= 10) line.append((char) ('0' + number / unit % 10));
  }
}
