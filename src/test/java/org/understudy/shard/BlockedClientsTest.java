package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockedClientsTest {
  private final DirectShard shard = new DirectShard();

  @Test
  void waitForNoReplicaDoesNotWait() {
    assertEquals(0L, shard.call("WAIT", 0, 1000));
  }

  @Test
  void waitAnswersWhenItsTimeIsUp() {
    assertNull(shard.call("WAIT", 1, 1000));
    assertEquals(1, shard.parts.blocked.size());
    assertEquals(1000L, shard.wakeRequests.get(0));
    shard.advance(999);
    shard.parts.shard().wake();
    assertNull(shard.answer());
    shard.advance(1);
    shard.parts.shard().wake();
    assertEquals(0L, shard.answer());
    assertEquals(0, shard.parts.blocked.size());
  }

  @Test
  void waitWithoutATimeoutNeverEnds() {
    assertNull(shard.call("WAIT", 1, 0));
    assertEquals(0, shard.parts.blocked.timed());
    shard.advance(1_000_000_000);
    shard.parts.shard().wake();
    assertNull(shard.answer());
  }

  @Test
  void waitWithinATransactionDoesNotWait() {
    shard.queue("WAIT", 1, 0);
    assertEquals(List.of(0L), shard.call("EXEC"));
  }

  @Test
  void aWaitEndsWithItsClient() {
    shard.call("WAIT", 1, 1000);
    shard.parts.shard().disconnected(shard.client);
    assertEquals(0, shard.parts.blocked.size());
    shard.advance(2000);
    shard.parts.shard().wake();
    assertNull(shard.answer());
  }

  @Test
  void aBlockedClientIsCounted() {
    shard.call("WAIT", 1, 1000);
    assertTrue(shard.session.blocked);
    assertEquals(1, shard.parts.blocked.timed());
  }
}
