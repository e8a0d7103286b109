package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.shard.statistics.LatencyMonitor;

class LatencyMonitorTest {
  private static final long SECOND = 1_700_000_000L;

  private final DirectShard shard = new DirectShard();
  private final LatencyMonitor monitor = shard.parts.latencyMonitor;

  private void note(String event, long millis, long second) {
    monitor.note(event, millis * 1_000_000, second * 1000);
  }

  @Test
  void nothingIsNotedWithoutAThreshold() {
    note("command", 1000, SECOND);
    assertEquals(List.of(), shard.call("LATENCY", "LATEST"));
  }

  @Test
  void theWorstOfASecondIsKept() {
    shard.configure("latency-monitor-threshold", "10");
    note("command", 9, SECOND);
    note("command", 20, SECOND);
    note("command", 30, SECOND);
    note("command", 15, SECOND);
    note("command", 12, SECOND + 1);
    assertEquals(List.of(List.of(SECOND, 30L), List.of(SECOND + 1, 12L)), shard.call("LATENCY", "HISTORY", "command"));
    assertEquals(List.of(List.of("command", SECOND + 1, 12L, 30L)), shard.call("LATENCY", "LATEST"));
  }

  @Test
  void theLastHundredAndSixtySecondsAreKept() {
    shard.configure("latency-monitor-threshold", "1");
    for (int i = 0; i < 200; i++) note("command", i + 1, SECOND + i);
    List<?> history = (List<?>) shard.call("LATENCY", "HISTORY", "command");
    assertEquals(160, history.size());
    assertEquals(List.of(SECOND + 40, 41L), history.get(0));
    assertEquals(List.of(SECOND + 199, 200L), history.get(159));
  }

  @Test
  void fastCommandsAreAnEventOfTheirOwn() {
    shard.configure("latency-monitor-threshold", "5");
    shard.everyLookTakes(7_000_000);
    shard.call("TIME");
    shard.call("INFO", "cluster");
    assertEquals(2, ((List<?>) shard.call("LATENCY", "LATEST")).size());
    assertEquals(1, ((List<?>) shard.call("LATENCY", "HISTORY", "fast-command")).size());
  }

  @Test
  void resetCountsTheEventsThatItForgot() {
    shard.configure("latency-monitor-threshold", "1");
    note("a", 5, SECOND);
    note("b", 5, SECOND);
    note("c", 5, SECOND);
    assertEquals(1L, shard.call("LATENCY", "RESET", "A", "nosuch"));
    assertEquals(2L, shard.call("LATENCY", "RESET"));
  }

  @Test
  void theGraphHasAColumnForEachSample() {
    shard.configure("latency-monitor-threshold", "1");
    note("command", 10, SECOND - 70);
    note("command", 100, SECOND);
    String[] lines = shard.text("LATENCY", "GRAPH", "command").split("\n");
    assertEquals("command - high 100 ms, low 10 ms (all time high 100 ms)", lines[0]);
    assertEquals("-".repeat(80), lines[1]);
    assertEquals(" #", lines[2]);
    assertEquals(" |", lines[3]);
    assertEquals(" |", lines[4]);
    assertEquals("_|", lines[5]);
    assertEquals("10", lines[7]);
    assertEquals("ms", lines[8]);
    assertEquals("ERR No samples available for event 'x'", shard.error("LATENCY", "GRAPH", "x"));
  }

  @Test
  void theDoctorNamesWhatHappened() {
    assertTrue(shard.text("LATENCY", "DOCTOR").contains("disabled"));
    shard.configure("latency-monitor-threshold", "100");
    note("command", 100, SECOND);
    String report = shard.text("LATENCY", "DOCTOR");
    assertTrue(report.contains("1. command: 1 latency spikes (average 100ms, mean deviation 0ms"), report);
  }

  @Test
  void histogramsDoubleFromStepToStep() {
    shard.everyLookTakes(12_000);
    shard.call("PING");
    shard.everyLookTakes(500);
    shard.call("PING");
    assertEquals(List.of("ping", List.of("calls", 2L, "histogram_usec", List.of(1L, 1L, 16L, 2L))),
        shard.call("LATENCY", "HISTOGRAM", "ping", "nosuch"));
  }
}
