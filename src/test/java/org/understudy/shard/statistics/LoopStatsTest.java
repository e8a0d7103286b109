package org.understudy.shard.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LoopStatsTest {
  @Test
  void errorsAreCountedByTheirCode() {
    LoopStats stats = new LoopStats();
    stats.countError("WRONGTYPE Operation against a key");
    stats.countError("nospacehere");
    stats.countError("a".repeat(40) + " b");
    assertEquals(1, stats.errors.get("WRONGTYPE").get());
    assertEquals(2, stats.errors.get("ERR").get());
  }
}
