package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a sentinel keeps over hours of failovers, and of replicas that come once and never again. */
class BusyDayTest {
  private static final long SEED = 20_261_121;
  private static final int HOURS = 5;
  /** The primary, its two replicas and two other sentinels. */
  private static final int LINKS = 5;
  /** Two to each server, one to each sentinel. */
  private static final int SOCKETS = 3 * 2 + 2;

  @Test
  void nothingGrowsWithTime() {
    SimulatedEnsemble ensemble = SimulatedEnsemble.asInLife(SEED, 5_000);
    ensemble.liveThroughABusyHour();
    Map<String, Integer> afterAnHour = Holdings.of(ensemble.sentinel(1).state());
    int switches = ensemble.witness().switches;
    for (int hour = 1; hour < HOURS; hour++) ensemble.liveThroughABusyHour();
    assertTrue(ensemble.witness().switches > switches + 50 * (HOURS - 1), ensemble.witness().switches + " switches");
    for (int i = 0; i < 3; i++) {
      SimulatedSentinel sentinel = ensemble.sentinel(i);
      assertEquals(LINKS, sentinel.links());
      assertEquals(SOCKETS, sentinel.wires());
      assertEquals(0, sentinel.unanswered());
    }
    Map<String, Integer> afterHours = Holdings.of(ensemble.sentinel(1).state());
    for (String kind : new String[] {"Replica", "OtherSentinel", "Link", "MonitoredPrimary", "LinkId", "InstanceId"}) {
      assertEquals(afterAnHour.get(kind), afterHours.get(kind), kind);
    }
    assertTrue(total(afterHours) < total(afterAnHour) * 1.5, afterAnHour + "\n" + afterHours);
  }

  private static int total(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
