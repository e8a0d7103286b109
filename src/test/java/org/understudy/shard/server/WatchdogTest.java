package org.understudy.shard.server;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.config.Config;
import org.understudy.testing.ManualClock;

class WatchdogTest {
  /** Longer than a test takes, so that the watchdog's own thread stays out of it. */
  private static final long PERIOD_MILLIS = 100_000;

  private final Config config = Config.defaults();
  private long nowMillis = 1000;
  private final Watchdog watchdog = new Watchdog(config, new ManualClock(() -> nowMillis));

  private void period(long millis) {
    config.set(List.of(new Config.Setting("watchdog-period", Long.toString(millis))), true, false);
  }

  @BeforeEach
  void watch() {
    period(PERIOD_MILLIS);
  }

  @AfterEach
  void stop() {
    period(0);
  }

  @Test
  void aLoopThatComesRoundIsLeftAlone() {
    watchdog.round();
    nowMillis += PERIOD_MILLIS - 1;
    assertNull(watchdog.look());
    watchdog.round();
    nowMillis += PERIOD_MILLIS - 1;
    assertNull(watchdog.look());
  }

  @Test
  void whatHoldsTheLoopUpIsReportedOnce() {
    watchdog.round();
    nowMillis += PERIOD_MILLIS;
    String report = watchdog.look();
    assertTrue(report.startsWith("--- WATCHDOG TIMER EXPIRED ---"), report);
    assertTrue(report.contains("whatHoldsTheLoopUpIsReportedOnce"), report);
    assertNull(watchdog.look());
    watchdog.round();
    nowMillis += PERIOD_MILLIS;
    assertTrue(watchdog.look().contains("at "));
  }

  @Test
  void nothingIsReportedBeforeTheFirstRound() {
    nowMillis += 10 * PERIOD_MILLIS;
    assertNull(watchdog.look());
  }
}
