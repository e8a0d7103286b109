package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.resp.Errors;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.QueuedFlags;

class MemoryLimitTest {
  private static final String VALUE = "x".repeat(1000);

  private final DirectShard shard = new DirectShard();

  private void fill(int keys) {
    for (int i = 0; i < keys; i++) shard.call("SET", "key:" + i, VALUE);
  }

  private void limitTo(String policy, long bytes) {
    shard.configure("maxmemory-policy", policy);
    shard.configure("maxmemory", Long.toString(bytes));
  }

  private long field(String section, String name) {
    for (String line : shard.text("INFO", section).split("\r\n")) {
      if (line.startsWith(name + ":")) return Long.parseLong(line.substring(name.length() + 1));
    }
    throw new AssertionError("no field " + name);
  }

  // ---- refusing -----------------------------------------------------------------------------------------------------

  @Test
  void commandsThatMayNeedMemoryAreRefusedWhereNothingMayGo() {
    limitTo("noeviction", 1);
    assertEquals(Admission.OUT_OF_MEMORY, shard.error("SET", "k", "v"));
    assertNull(shard.call("GET", "k"));
    assertEquals(0L, shard.call("DEL", "k"));
    shard.configure("maxmemory", "0");
    assertEquals("OK", shard.call("SET", "k", "v"));
  }

  @Test
  void repliesCountUntilTheyHaveLeftAndNoMillisecondLonger() {
    limitTo("volatile-lru", field("memory", "used_memory") + 50_000);
    shard.session.outputBytes.set(100_000);
    shard.call("DBSIZE");
    assertEquals(Admission.OUT_OF_MEMORY, shard.error("SET", "k", "v"));
    shard.session.outputBytes.set(0); // within the same millisecond, time stands still here
    assertEquals("OK", shard.call("SET", "k", "v"));
  }

  @Test
  void keysWithoutExpiryDoNotGoUnderAVolatilePolicy() {
    fill(10);
    limitTo("volatile-lru", 1);
    assertEquals(Admission.OUT_OF_MEMORY, shard.error("SET", "k", "v"));
    assertEquals(10L, shard.call("DBSIZE"));
  }

  @Test
  void aTransactionIsRefusedForTheCommandsInIt() {
    shard.call("SET", "k", "v");
    limitTo("noeviction", 1);
    shard.queue("SET", "k", "w");
    assertEquals("EXECABORT Transaction discarded because of: " + Errors.withoutCode(Admission.OUT_OF_MEMORY),
        shard.error("EXEC"));
    assertEquals("v", shard.call("GET", "k"));
    shard.queue("GET", "k");
    assertEquals(List.of("v"), shard.call("EXEC"));
  }

  @Test
  void nothingIsQueuedThatNeedsMemory() {
    CommandSpec get = shard.parts.table().find(Bytes.of("get"));
    Admission admission = shard.parts.admission();
    limitTo("noeviction", 1); // holds before a command has met the limit: what is queued does not come to the shard
    shard.session.startTransaction();
    assertEquals(Admission.OUT_OF_MEMORY, admission.refuseNow(shard.session, get, QueuedFlags.NONE));
    CommandSpec exec = shard.parts.table().find(Bytes.of("exec"));
    assertNull(admission.refuseNow(shard.session, exec, QueuedFlags.NONE));
    assertEquals(Admission.OUT_OF_MEMORY, admission.refuseNow(shard.session, exec,
        new QueuedFlags(CommandFlag.DENYOOM.bit, 0)));
    shard.session.endTransaction();
  }

  // ---- evicting -----------------------------------------------------------------------------------------------------

  @Test
  void keysGoUntilThereIsRoom() {
    fill(1000);
    long limit = shard.parts.usedMemory() - 100_000;
    limitTo("allkeys-lru", limit);
    assertEquals("OK", shard.call("SET", "k", "v"));
    assertTrue(shard.parts.usedMemory() <= limit + 1000);
    long left = (Long) shard.call("DBSIZE");
    assertTrue(left > 850 && left < 950, "left " + left);
    assertEquals(1001 - left, field("stats", "evicted_keys"));
    shard.call("CONFIG", "RESETSTAT");
    assertEquals(0, field("stats", "evicted_keys"));
  }

  @Test
  void clientsBuffersCount() {
    fill(100);
    limitTo("allkeys-lru", shard.parts.usedMemory() + 50_000);
    assertEquals(100L, shard.call("DBSIZE"));
    shard.session.outputBytes.addAndGet(100_000);
    shard.parts.shard().resized(shard.session);
    shard.call("EXISTS", "nosuch");
    assertTrue((Long) shard.call("DBSIZE") < 60);
  }

  @Test
  void aLowerLimitIsReachedWithoutACommand() {
    fill(100);
    shard.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "1");
    assertEquals(0, shard.keyspace().size());
  }

  @Test
  void muchIsEvictedInSlicesBetweenWhichOthersGetTheirTurn() {
    fill(1000);
    shard.everyLookTakes(300_000);
    int[] turns = {0};
    shard.betweenSlices(() -> turns[0]++);
    shard.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "1");
    assertEquals(0, shard.keyspace().size());
    assertTrue(turns[0] > 20, "slices: " + turns[0]);
    assertTrue(field("stats", "total_eviction_exceeded_time") > 0);
    shard.configure("maxmemory", "0");
    assertEquals(0, field("stats", "current_eviction_exceeded_time"));
  }

  /** The limit is not met yet, but it will be. */
  @Test
  void writesAreAllowedWhileEvictionGoesOn() {
    fill(1000);
    shard.everyLookTakes(1_000_000);
    limitTo("allkeys-random", 300_000);
    assertEquals("OK", shard.call("SET", "k", "v"));
    assertTrue(shard.parts.usedMemory() <= 300_000);
  }

  @Test
  void withFullTenacityACommandWaitsUntilThereIsRoom() {
    fill(1000);
    shard.everyLookTakes(1_000_000);
    shard.configure("maxmemory-eviction-tenacity", "100");
    limitTo("allkeys-random", 300_000);
    int[] slices = {0};
    shard.betweenSlices(() -> slices[0]++);
    shard.call("EXISTS", "nosuch");
    assertTrue(slices[0] <= 1, "slices: " + slices[0]);
    assertTrue(shard.parts.usedMemory() <= 300_000);
  }

  @Test
  void nothingGoesWhileClientsArePaused() {
    fill(10);
    shard.call("CLIENT", "PAUSE", 1000, "WRITE");
    limitTo("allkeys-lru", 1);
    assertEquals(10L, shard.call("DBSIZE"));
    shard.call("CLIENT", "UNPAUSE");
    shard.call("EXISTS", "nosuch");
    assertEquals(0L, shard.call("DBSIZE"));
  }

  @Test
  void nothingGoesWhileADatasetIsLoaded() {
    fill(10);
    shard.parts.admission().loading(true);
    limitTo("allkeys-lru", 1);
    shard.call("INFO");
    assertEquals(10, shard.keyspace().size());
    shard.parts.admission().loading(false);
    assertEquals(0L, shard.call("DBSIZE"));
  }

  // ---- who is told --------------------------------------------------------------------------------------------------

  @Test
  void watchersNoticeThatAKeyWasEvicted() {
    shard.call("SET", "k", "v");
    shard.call("WATCH", "k");
    limitTo("allkeys-lru", 1);
    shard.call("EXISTS", "nosuch");
    shard.configure("maxmemory", "0");
    shard.queue("DBSIZE");
    assertNull(shard.call("EXEC"));
  }

  @Test
  void evictionsAreNotified() {
    shard.configure("notify-keyspace-events", "Ee");
    shard.call("SET", "k", "v");
    shard.call("SUBSCRIBE", "__keyevent@0__:evicted");
    shard.session.replyMode = Session.ReplyMode.OFF; // so that nothing but the message comes
    limitTo("allkeys-lru", 1);
    assertEquals(List.of("message", "__keyevent@0__:evicted", "k"), shard.call("DBSIZE"));
  }

  @Test
  void slowEvictionsAreLatencyEvents() {
    fill(100);
    shard.configure("latency-monitor-threshold", "1");
    shard.everyLookTakes(2_000_000);
    limitTo("allkeys-lru", 1);
    shard.call("EXISTS", "nosuch");
    String latest = shard.call("LATENCY", "LATEST").toString();
    assertTrue(latest.contains("eviction-cycle"), latest);
    assertTrue(latest.contains("eviction-del"), latest);
    assertFalse(latest.contains("expire-cycle"), latest);
  }
}
