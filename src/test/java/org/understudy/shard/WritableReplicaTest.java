package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.config.PrimaryAddress;

/** Keys of the primary whose time has come, where the replica's own clients may write. */
class WritableReplicaTest {
  private final DirectShard shard = new DirectShard();

  @BeforeEach
  void replicate() {
    shard.call("SET", "stays", "v");
    shard.call("SET", "goes", "v", "PX", 10);
    shard.configure("replica-read-only", "no");
    shard.parts.replication.primary(new PrimaryAddress("127.0.0.1", 1));
    shard.parts.shard().applyExpiryMode();
    shard.advance(1000);
  }

  @Test
  void readersLeaveThemToThePrimary() {
    assertEquals(null, shard.call("GET", "goes"));
    assertEquals(0L, shard.call("EXISTS", "goes"));
    shard.parts.shard().tick();
    assertEquals(2L, shard.call("DBSIZE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LPOP goes", "PERSIST goes", "EXPIRE goes 100", "RENAMENX goes stays",
      "LSET goes 0 x", "UNLINK goes", "DEL goes", "GETDEL goes", "SMOVE goes no x", "SMOVE no goes x"})
  void writersRemoveThem(String command) {
    Object[] words = command.split(" ");
    shard.call(words);
    assertEquals(1L, shard.call("DBSIZE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RENAME stays goes", "COPY stays goes REPLACE", "SETBIT goes 1 1", "SETRANGE goes 1 x",
      "APPEND goes x", "SET goes x", "SADD goes x", "BITOP NOT goes stays"})
  void aNewValueTakesTheirPlace(String command) {
    Object[] words = command.split(" ");
    shard.call(words);
    shard.call("DEL", "goes");
    assertEquals(0L, shard.call("EXISTS", "goes"));
    assertEquals(shard.call("EXISTS", "stays"), shard.call("DBSIZE"));
  }

  @Test
  void movedKeysTakeTheirPlace() {
    shard.call("SELECT", 1);
    shard.call("SET", "goes", "another");
    assertEquals(1L, shard.call("MOVE", "goes", 0));
    shard.call("SELECT", 0);
    assertEquals("another", shard.text("GET", "goes"));
    assertEquals(2L, shard.call("DBSIZE"));
  }

  @Test
  void oneThatIsDeletedCountsAsThere() {
    assertEquals(1L, shard.call("DEL", "goes"));
    assertEquals(0L, shard.call("DEL", "goes"));
  }

  @Test
  void clientsThatMayNoLongerWriteLeaveThemToThePrimary() {
    shard.configure("replica-read-only", "yes");
    shard.call("LPOP", "goes");
    assertEquals(2L, shard.call("DBSIZE"));
  }

  @Test
  void theyTakeMemoryUntilTheyGo() {
    Object bytes = shard.call("MEMORY", "USAGE", "goes");
    assertInstanceOf(Long.class, bytes);
  }
}
