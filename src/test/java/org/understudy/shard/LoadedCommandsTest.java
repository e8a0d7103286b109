package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.persistence.MemoryFileSystem;
import org.understudy.persistence.RdbFiles;
import org.understudy.resp.RequestBuffer;

/** Append-only files that hold what no server writes into them. */
class LoadedCommandsTest {
  private final MemoryFileSystem files = new MemoryFileSystem();

  /** Puts an increment that sets a to 1 before the commands, and b to 2 behind them. @param commands split by " ; " */
  private DirectShard load(String commands) {
    put(1, "SET a 1 ; " + commands + " ; SET b 2");
    return load();
  }

  private DirectShard load() {
    DirectShard shard = DirectShard.withAppendOnlyFile(files);
    assertEquals(RdbFiles.Outcome.LOADED, shard.load());
    return shard;
  }

  private void put(int number, String commands) {
    RequestBuffer increment = new RequestBuffer();
    for (String command : commands.split(" ; ")) {
      increment.add(Arrays.stream(command.split(" ")).map(Bytes::of).toArray(byte[][]::new));
    }
    String name = "appendonly.aof." + number + ".incr.aof";
    files.put(Config.defaults().resolve("appendonlydir/" + name), bytes(increment));
    byte[] line = Bytes.of("file " + name + " seq " + number + " type i\n");
    byte[] before = files.get(Config.defaults().resolve("appendonlydir/appendonly.aof.manifest"));
    files.put(Config.defaults().resolve("appendonlydir/appendonly.aof.manifest"),
        before == null ? line : Bytes.concat(before, line));
  }

  private static byte[] bytes(RequestBuffer requests) {
    return Arrays.copyOf(requests.array(), requests.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"WATCH a", "UNWATCH", "WATCH a ; UNWATCH", "RESET", "SELECT 99", "AUTH x", "HELLO 3", "QUIT",
      "SUBSCRIBE x", "PSUBSCRIBE x", "SSUBSCRIBE x", "UNSUBSCRIBE", "MONITOR", "CLIENT INFO", "CLIENT REPLY OFF",
      "CLIENT TRACKING ON", "CLIENT TRACKING ON BCAST", "CLIENT TRACKINGINFO", "CLIENT NO-EVICT ON", "CLIENT ID",
      "BLPOP none 0", "WAIT 0 0", "WAIT 1 0", "SHUTDOWN", "SHUTDOWN NOSAVE", "SYNC", "PSYNC ? -1", "REPLCONF ACK 5",
      "REPLCONF listening-port 5", "EXEC", "DISCARD", "LPUSH a 1", "MULTI ; WATCH a ; EXEC",
      "MULTI ; SUBSCRIBE x ; EXEC", "MULTI ; MULTI ; EXEC", "MULTI ; DISCARD ; EXEC", "MULTI ; RESET ; EXEC",
      "MULTI ; SHUTDOWN ; EXEC", "MULTI ; WAIT 1 0 ; EXEC", "MULTI ; SYNC ; EXEC", "SAVE", "BGSAVE",
      "DEBUG LOADAOF", "BGREWRITEAOF"})
  void whatDoesNotBelongIntoAFileIsLoadedPast(String commands) {
    DirectShard shard = load(commands);
    assertEquals("1", shard.call("GET", "a"));
    assertEquals("2", shard.call("GET", "b"));
  }

  @Test
  void aTransactionWithinAnotherIsAPartOfIt() {
    assertEquals("1", load("MULTI ; MULTI ; SET c 1 ; EXEC").call("GET", "c"));
  }

  @Test
  void ofWhoLoadsNothingStaysBehind() {
    DirectShard shard = load("MULTI ; SUBSCRIBE x ; EXEC ; CLIENT TRACKING ON BCAST");
    assertEquals(0L, shard.call("PUBLISH", "x", "message"));
    assertTrue(shard.text("INFO", "clients").contains("tracking_clients:0"));
    assertTrue(shard.text("CLIENT", "LIST").startsWith("id=" + shard.session.id + " "));
  }

  @Test
  void aPrimaryThatAFileNamesIsAskedOnlyForWhatIsBehindTheLoad() {
    DirectShard shard = load("REPLICAOF 127.0.0.1 1");
    assertTrue(shard.text("INFO", "replication").contains("role:slave"));
    assertEquals("2", shard.call("GET", "b"));
  }

  @Test
  void eachFileBeginsInTheFirstDatabase() {
    put(1, "SELECT 3 ; SET a 1");
    put(2, "SET b 2");
    DirectShard shard = load();
    assertEquals("2", shard.call("GET", "b"));
    assertNull(shard.call("GET", "a"));
  }
}
