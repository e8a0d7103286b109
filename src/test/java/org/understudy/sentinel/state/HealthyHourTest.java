package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How an ensemble with a down-after of 500 milliseconds and Redis's other periods does over time. */
class HealthyHourTest {
  private static final long SEED = 20_261_121;
  private static final long DOWN_AFTER_MILLIS = 500;

  @Test
  void anHourOfLoadPausesBelowDownAfterAndJumpsOfClocksLeadsToNoFailover() {
    SimulatedEnsemble ensemble = SimulatedEnsemble.asInLife(SEED, DOWN_AFTER_MILLIS);
    long mishaps = ensemble.sufferLoadAndPausesFor(3_600_000, (int) DOWN_AFTER_MILLIS - 60);
    assertTrue(mishaps > 100_000, mishaps + " mishaps");
    assertEquals(0, ensemble.witness().switches, "seed " + SEED);
    assertEquals(0, ensemble.witness().electionsWon, "seed " + SEED);
  }

  @Test
  void aKilledPrimaryIsMostlyReplacedWithinDownAfter() {
    int kills = 100;
    long[] millis = new long[kills];
    for (int i = 0; i < kills; i++) {
      millis[i] = SimulatedEnsemble.asInLife(SEED + i, DOWN_AFTER_MILLIS).millisUntilReplaced();
    }
    Arrays.sort(millis);
    assertTrue(millis[kills / 2] < DOWN_AFTER_MILLIS, "median " + millis[kills / 2]);
    assertTrue(millis[kills - 1] < DOWN_AFTER_MILLIS + 200, "worst " + millis[kills - 1]);
  }

  @Test
  void alsoOnABusyMachineNoFailoverWaitsForATimeout() {
    int kills = 1_000;
    long worst = 0;
    long seed = 0;
    for (int i = 0; i < kills; i++) {
      long millis = SimulatedEnsemble.asInLife(SEED + i, DOWN_AFTER_MILLIS).millisUntilReplacedUnderLoad(300);
      if (millis <= worst) continue;
      worst = millis;
      seed = SEED + i;
    }
    assertTrue(worst < 4_000, "seed " + seed + " took " + worst);
  }
}
