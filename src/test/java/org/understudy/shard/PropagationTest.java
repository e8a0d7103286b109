package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.replication.ReplicationLog;

class PropagationTest {
  private final DirectShard shard = new DirectShard();
  private final ReplicationLog log = shard.parts.replicationLog;
  private final LogTap tap;

  PropagationTest() {
    log.activate();
    tap = new LogTap(log, 0);
  }

  private void transaction(Object[]... commands) {
    for (Object[] command : commands) shard.queue(command);
    shard.call("EXEC");
  }

  private static Object[] command(Object... words) {
    return words;
  }

  @Test
  void aCommandThatChangedSomethingFollowsASelectOfItsDatabase() throws IOException {
    shard.call("SET", "a", "1");
    shard.call("GET", "a");
    shard.call("DEL", "absent");
    assertEquals(List.of("SELECT 0", "SET a 1"), tap.commands());
    shard.session.database = 12;
    shard.call("SET", "b", "2");
    shard.call("INCR", "b");
    assertEquals(List.of("SELECT 12", "SET b 2", "INCR b"), tap.commands());
    shard.parts.propagation.selectAgain();
    shard.call("INCR", "b");
    assertEquals(List.of("SELECT 12", "INCR b"), tap.commands());
  }

  @Test
  void aTransactionIsOneIfItDidMoreThanOneThing() throws IOException {
    transaction(command("SET", "a", 1), command("GET", "a"), command("INCR", "a"));
    assertEquals(List.of("SELECT 0", "MULTI", "SET a 1", "INCR a", "EXEC"), tap.commands());
    transaction(command("SET", "a", 1), command("GET", "a"));
    assertEquals(List.of("SET a 1"), tap.commands());
    transaction(command("GET", "a"));
    assertEquals(List.of(), tap.commands());
    transaction(command("SELECT", 1), command("SET", "a", 1), command("SELECT", 2), command("SET", "a", 2));
    assertEquals(List.of("SELECT 1", "MULTI", "SET a 1", "SELECT 2", "SET a 2", "EXEC"), tap.commands());
  }

  @Test
  void keysThatExpireUnderACommandGoBeforeWhatItDid() throws IOException {
    shard.call("SET", "a", "1", "PX", 5);
    shard.call("SET", "b", "1", "PX", 5);
    tap.commands();
    shard.advance(10);
    shard.call("MSETNX", "a", "2", "b", "3");
    assertEquals(List.of("MULTI", "DEL a", "DEL b", "MSETNX a 2 b 3", "EXEC"), tap.commands());
    shard.configure("lazyfree-lazy-expire", "yes");
    shard.call("PEXPIRE", "a", 5);
    tap.commands();
    shard.advance(10);
    shard.call("GET", "a");
    assertEquals(List.of("UNLINK a"), tap.commands());
  }

  @Test
  void nothingIsPropagatedAsAReplicaNorWithoutAHistory() {
    shard.parts.propagation.primary(false);
    shard.call("SET", "a", "1");
    shard.call("PUBLISH", "a", "1");
    assertEquals(0, log.end());
    shard.parts.propagation.primary(true);
    tap.close();
    log.deactivate();
    shard.call("SET", "a", "1");
    assertEquals(0, log.end());
  }

  @Test
  void theFileGetsWhatReplicasGetExceptMessages() throws IOException {
    List<String> file = new ArrayList<>();
    shard.parts.propagation.file((database, bytes, from, length) ->
        file.add(database + " " + Bytes.string(bytes).substring(from, from + length).split("\r\n")[2]));
    shard.session.database = 3;
    shard.call("SET", "a", "1");
    shard.call("PUBLISH", "a", "1");
    assertEquals(List.of("SELECT 3", "SET a 1", "PUBLISH a 1"), tap.commands());
    assertEquals(List.of("3 SET"), file);
    file.clear();
    shard.parts.propagation.primary(false);
    transaction(command("SET", "a", 1), command("PUBLISH", "a", 1), command("SELECT", 1), command("SET", "b", 1));
    assertEquals(List.of(), tap.commands());
    assertEquals(List.of("3 MULTI", "3 SET", "1 SET", "1 EXEC"), file);
  }
}
