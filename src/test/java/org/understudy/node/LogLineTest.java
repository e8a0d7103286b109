package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private final LogLine berlin = new LogLine(4711, ZoneId.of("Europe/Berlin"));

  private String plain(String at, Level level) {
    return new String(berlin.plain('M', Instant.parse(at), level, "text"), StandardCharsets.UTF_8);
  }

  @Test
  void timeIsLocalAndPadded() {
    assertEquals("4711:M 02 Jan 2026 01:04:05.006 * text\n", plain("2026-01-02T00:04:05.006Z", Level.INFO));
    assertEquals("4711:M 31 Dec 2026 23:59:59.999 * text\n", plain("2026-12-31T22:59:59.999999Z", Level.INFO));
  }

  @Test
  void summerTimeChangesTheHourWithinARun() {
    assertEquals("4711:M 29 Mar 2026 01:59:59.000 * text\n", plain("2026-03-29T00:59:59Z", Level.INFO));
    assertEquals("4711:M 29 Mar 2026 03:00:00.000 * text\n", plain("2026-03-29T01:00:00Z", Level.INFO));
  }

  @Test
  void millisecondsAreNotRemembered() {
    assertEquals("4711:M 01 Jan 2026 01:00:00.001 * text\n", plain("2026-01-01T00:00:00.001Z", Level.INFO));
    assertEquals("4711:M 01 Jan 2026 01:00:00.950 * text\n", plain("2026-01-01T00:00:00.950Z", Level.INFO));
  }

  @Test
  void levelsHaveTheCharactersOfRedis() {
    String at = "2026-01-01T00:00:00Z";
    assertEquals(". - * # #", String.join(" ", mark(at, Level.TRACE), mark(at, Level.DEBUG), mark(at, Level.INFO),
        mark(at, Level.WARN), mark(at, Level.ERROR)));
  }

  private String mark(String at, Level level) {
    return plain(at, level).split(" ")[5];
  }

  @Test
  void aSignalsLineHasSecondsOnly() {
    assertEquals("4711:signal-handler (1767225600) text\n",
        new String(berlin.fromSignal(Instant.parse("2026-01-01T00:00:00.5Z"), "text"), StandardCharsets.UTF_8));
  }
}
