package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.replication.ReplicationLog;

/** A server whose replicas are slower than its clients. */
class SpillTest {
  private static final String VALUE = "v".repeat(1 << 20);
  /** What stays in memory: some megabytes, the capacity and what was begun. */
  private static final long MOST_BYTES = (4 << 20) + (128 << 10);

  private final DirectShard shard = new DirectShard();
  private final ReplicationLog log = shard.parts.replicationLog;
  private final ReplicationLog.Reader replica;

  SpillTest() {
    shard.configure("repl-backlog-size", "20kb");
    shard.parts.backlog.begin();
    replica = log.reader(0);
  }

  private String info(String field) {
    for (String line : shard.text("INFO", "replication").split("\r\n")) {
      if (line.startsWith(field + ":")) return line.substring(field.length() + 1);
    }
    return null;
  }

  private void write(int count) {
    for (int i = 0; i < count; i++) shard.call("SET", "key" + i, VALUE);
  }

  private List<String> filesLeft() {
    return shard.files.list();
  }

  @Test
  void whatASlowReplicaNeedsIsInFilesAndNotInMemory() throws IOException {
    write(8);
    assertTrue(log.memoryBytes() <= MOST_BYTES, () -> log.memoryBytes() + " bytes in memory");
    assertEquals("1", info("understudy_repl_spill_files"));
    assertTrue(Long.parseLong(info("understudy_repl_spill_bytes")) > 8 * VALUE.length() - MOST_BYTES);
    assertEquals(List.of(), filesLeft(), "a file without a name is left behind by nobody");
    long bytes = 0;
    while (replica.behind() > 0) {
      bytes += replica.read(100_000).size();
      shard.runSlices();
    }
    assertEquals(log.end(), bytes);
    assertEquals("0", info("understudy_repl_spill_bytes"));
    assertEquals("0", info("understudy_repl_spill_cut_replicas"));
  }

  @Test
  void aFullDiskCostsTheSlowReplicaOnly() {
    shard.files.failingStep = shard.files.steps.size();
    shard.files.failingOn = true;
    write(8);
    assertEquals("OK", shard.call("SET", "key", "value"));
    assertThrows(IOException.class, () -> replica.read(1));
    assertEquals("1", info("understudy_repl_spill_cut_replicas"));
    assertEquals("0", info("understudy_repl_spill_files"));
    assertTrue(log.memoryBytes() <= MOST_BYTES);
  }

  @Test
  void theLimitCanBeChangedAtRunTime() {
    write(8);
    shard.configure("repl-spill-limit", "5mb");
    assertEquals("5242880", info("understudy_repl_spill_limit"));
    write(1);
    write(5);
    assertThrows(IOException.class, () -> replica.read(1));
    shard.configure("repl-spill-limit", "0");
    ReplicationLog.Reader other = log.reader(log.end());
    write(6);
    assertFalse(other.behind() < 6 * VALUE.length());
    assertEquals("1", info("understudy_repl_spill_cut_replicas"));
  }
}
