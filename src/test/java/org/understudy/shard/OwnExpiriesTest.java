package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.understudy.config.PrimaryAddress;

/** Keys that clients of a writable replica let expire. */
class OwnExpiriesTest {
  private final DirectShard shard = new DirectShard();

  OwnExpiriesTest() {
    shard.configure("replica-read-only", "no");
    shard.parts.replication.primary(new PrimaryAddress("127.0.0.1", 1));
    shard.parts.shard().applyExpiryMode();
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      shard.advance(1000);
      shard.parts.shard().tick();
    }
  }

  @Test
  void keysThatStayDoNotHoldUpThoseWhoseTimeHasCome() {
    for (int i = 0; i < 1500; i++) shard.call("SET", "stays" + i, "v", "EX", 1000);
    shard.call("SET", "goes", "v", "PX", 10);
    seconds(2);
    assertEquals(1500L, shard.call("DBSIZE"));
    assertEquals(1500, shard.parts.ownExpiries.size());
  }

  @Test
  void aKeyWithoutExpiryIsNotFollowedAnyMore() {
    shard.call("SET", "a", "v", "EX", 1000);
    shard.call("PERSIST", "a");
    seconds(1);
    assertEquals(0, shard.parts.ownExpiries.size());
    assertEquals("v", shard.text("GET", "a"));
  }

  @Test
  void theyWaitWhileActiveExpiryIsTurnedOff() {
    shard.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    shard.call("SET", "goes", "v", "PX", 10);
    seconds(1);
    assertEquals(1L, shard.call("DBSIZE"));
    shard.call("DEBUG", "SET-ACTIVE-EXPIRE", "1");
    seconds(1);
    assertEquals(0L, shard.call("DBSIZE"));
  }

  @Test
  void pausedClientsDoNotHoldThemBack() {
    shard.call("SET", "goes", "v", "PX", 10);
    shard.call("CLIENT", "PAUSE", 100_000, "WRITE");
    seconds(1);
    assertEquals(0L, shard.call("DBSIZE"));
  }

  @Test
  void whatComesAfterAFlushIsAnothersAgain() {
    shard.call("SET", "a", "v", "EX", 1000);
    shard.call("FLUSHALL");
    assertEquals(0, shard.parts.ownExpiries.size());
  }
}
