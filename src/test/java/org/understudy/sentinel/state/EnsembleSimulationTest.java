package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Ensembles in a simulated world, each through its own schedule of crashes, stops, partitions, one-way losses, lies,
 * full disks, jumps of clocks and operators' commands. A failure names its seed; {@code -Dsentinel.simulation.seed=N}
 * runs that one alone, {@code -Dsentinel.simulation.schedules=N} another number of them.
 */
class EnsembleSimulationTest {
  private static final int SCHEDULES = Integer.getInteger("sentinel.simulation.schedules", 10_000);

  @Test
  void noScheduleOfFaultsBreaksAPromiseAndAllEndInAgreement() {
    Long only = Long.getLong("sentinel.simulation.seed");
    long first = only != null ? only : 1;
    long last = only != null ? only : SCHEDULES;
    System.out.println("Simulated ensembles: seeds " + first + " to " + last);
    long switches = LongStream.rangeClosed(first, last).parallel().map(EnsembleSimulationTest::switches).sum();
    assertTrue(only != null || switches > SCHEDULES / 10, "the faults led to " + switches + " switches only");
  }

  private static long switches(long seed) {
    SimulatedEnsemble ensemble = new SimulatedEnsemble(seed);
    ensemble.run();
    return ensemble.witness().switches;
  }

  @Test
  void aScheduleReplaysFromItsSeedToTheLastLine() {
    for (long seed : new long[] {1, 7, 42}) {
      SimulatedEnsemble first = new SimulatedEnsemble(seed);
      first.run();
      SimulatedEnsemble second = new SimulatedEnsemble(seed);
      second.run();
      assertEquals(first.witness().fingerprint(), second.witness().fingerprint());
      assertEquals(first.convergedAfterMillis(), second.convergedAfterMillis());
    }
  }
}
