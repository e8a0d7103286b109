package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.understudy.shard.clients.Tracking;

class TrackingTest {
  private final DirectShard shard = new DirectShard();
  private final Tracking tracking = shard.parts.tracking;

  @Test
  void aReaderIsRememberedOnceForAKeyUntilItChanges() {
    shard.call("CLIENT", "TRACKING", "ON");
    shard.call("MGET", "a", "b");
    shard.call("GET", "a");
    assertEquals(2, tracking.totalKeys());
    assertEquals(2, tracking.totalItems());
    shard.call("SET", "a", "1");
    assertEquals(1, tracking.totalKeys());
    assertEquals(1, tracking.totalItems());
    shard.call("FLUSHALL");
    assertEquals(0, tracking.totalKeys());
    assertEquals(0, tracking.totalItems());
  }

  @Test
  void aCommandThatWritesRemembersNothing() {
    shard.call("CLIENT", "TRACKING", "ON");
    shard.call("SET", "a", "1");
    shard.call("GETEX", "a");
    assertEquals(0, tracking.totalKeys());
  }

  @Test
  void noMoreKeysAreRememberedThanAllowed() {
    shard.configure("tracking-table-max-keys", "10");
    shard.call("CLIENT", "TRACKING", "ON");
    for (int i = 0; i < 100; i++) shard.call("GET", "k" + i);
    assertEquals(10, tracking.totalKeys());
  }

  @Test
  void aClientThatEndsLeavesNoPrefix() {
    shard.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b");
    assertEquals(2, tracking.totalPrefixes());
    assertEquals(1, tracking.clients());
    shard.parts.shard().disconnected(shard.client);
    assertEquals(0, tracking.totalPrefixes());
    assertEquals(0, tracking.clients());
    assertNull(shard.session.tracking);
  }
}
