package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.persistence.MemoryFileSystem;
import org.understudy.persistence.RdbFiles;

/** What is in the append-only file, who waits for it, and what is there again after a restart. */
class AppendOnlyTest {
  private final MemoryFileSystem files = new MemoryFileSystem();

  private static DirectShard start(MemoryFileSystem files, RdbFiles.Outcome expected, String... directives) {
    DirectShard shard = DirectShard.withAppendOnlyFile(files, directives);
    assertEquals(expected, shard.load());
    return shard;
  }

  private DirectShard restart(String... directives) {
    return start(files, RdbFiles.Outcome.LOADED, directives);
  }

  private DirectShard first(String... directives) {
    return start(files, RdbFiles.Outcome.ABSENT, directives);
  }

  private static Path place(DirectShard shard, String name) {
    return shard.config.resolve("appendonlydir/" + name);
  }

  private String increment(DirectShard shard) {
    return Bytes.string(files.get(place(shard, "appendonly.aof.1.incr.aof"))).replace("\r\n", " ");
  }

  private static String info(DirectShard shard, String field) {
    for (String line : shard.text("INFO", "persistence", "memory").split("\r\n")) {
      if (line.startsWith(field + ":")) return line.substring(field.length() + 1);
    }
    return null;
  }

  // ---- contents -----------------------------------------------------------------------------------------------------

  @Test
  void theFirstStartMakesABaseAnIncrementAndAManifest() {
    first();
    assertEquals(List.of("appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof", "appendonly.aof.manifest"),
        files.list());
  }

  @Test
  void aFirstStartTakesNothingFromAnIncrementThatNoManifestNames() {
    Config config = Config.defaults();
    files.put(config.resolve("appendonlydir/appendonly.aof.1.incr.aof"),
        Bytes.of("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"));
    first();
    assertNull(restart().call("GET", "a"));
  }

  @Test
  void effectsAreWrittenWithTheirDatabase() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    shard.call("GET", "a");
    shard.session.database = 3;
    shard.call("INCR", "b");
    assertEquals("*2 $6 SELECT $1 0 *3 $3 SET $1 a $1 1 *2 $6 SELECT $1 3 *2 $4 INCR $1 b ", increment(shard));
  }

  @ParameterizedTest
  @ValueSource(strings = {"everysec", "always"})
  void whatTheRunsOfOneChunkChangeIsWrittenAtOnce(String appendfsync) {
    DirectShard shard = first("appendfsync " + appendfsync);
    int stepsBefore = files.steps.size();
    for (int i = 0; i < 5; i++) shard.amidChunk("INCR", "a");
    byte[] replies = shard.pipelined(List.of(new Object[][] {{"INCR", "a"}}));
    assertEquals(":1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n", Bytes.string(replies));
    assertEquals(1, files.steps.stream().skip(stepsBefore).filter(step -> step.startsWith("write")).count());
  }

  @Test
  void whatAChunkChangesIsWrittenEvenIfItEndsWithSomethingElse() {
    DirectShard shard = first();
    shard.amidChunk("SET", "a", "1");
    shard.runSlices();
    assertEquals("*2 $6 SELECT $1 0 *3 $3 SET $1 a $1 1 ", increment(shard));
  }

  @Test
  void aTimestampComesWithTheFirstEffectOfEachSecond() {
    DirectShard shard = first("aof-timestamp-enabled yes");
    shard.call("SET", "a", "1");
    shard.call("SET", "a", "2");
    shard.advance(1000);
    shard.call("SET", "a", "3");
    assertEquals("#TS:1700000000 *2 $6 SELECT $1 0 *3 $3 SET $1 a $1 1 *3 $3 SET $1 a $1 2 "
        + "#TS:1700000001 *3 $3 SET $1 a $1 3 ", increment(shard));
  }

  @Test
  void aRestartBringsEverythingBack() {
    DirectShard shard = first();
    shard.call("SET", "string", "1", "PX", "100000");
    shard.call("RPUSH", "list", "1", "2", "3");
    shard.call("XADD", "stream", "*", "field", "value");
    shard.session.database = 7;
    shard.call("HSET", "hash", "field", "value");
    shard.queue("ZADD", "zset", "1", "a");
    shard.queue("ZADD", "zset", "2", "b");
    shard.call("EXEC");
    shard.allowDebug();
    DirectShard again = restart();
    again.allowDebug();
    assertEquals(shard.call("DEBUG", "DIGEST"), again.call("DEBUG", "DIGEST"));
  }

  @Test
  void aRestartedServerWritesBehindWhatIsThere() {
    first().call("SET", "a", "1");
    DirectShard second = restart();
    second.call("SET", "b", "2");
    DirectShard third = restart();
    assertEquals("1", third.call("GET", "a"));
    assertEquals("2", third.call("GET", "b"));
  }

  // ---- loading ------------------------------------------------------------------------------------------------------

  @Test
  void atWhateverByteTheLastCommandIsTornAllBeforeItIsThere() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    Path place = place(shard, "appendonly.aof.1.incr.aof");
    int whole = files.get(place).length;
    shard.call("SET", "b", "2");
    byte[] all = files.get(place);
    for (int length = whole; length < all.length; length++) {
      files.put(place, Arrays.copyOf(all, length));
      DirectShard again = restart();
      assertEquals("1", again.call("GET", "a"));
      assertNull(again.call("GET", "b"));
      assertEquals(whole, files.get(place).length);
    }
  }

  @Test
  void anUnfinishedTransactionIsCutOff() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    Path place = place(shard, "appendonly.aof.1.incr.aof");
    byte[] whole = files.get(place);
    String tail = "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n*2\r\n$4\r\nIN";
    for (int length = 1; length <= tail.length(); length++) {
      files.put(place, Bytes.concat(whole, Bytes.of(tail.substring(0, length))));
      assertEquals("1", restart().call("GET", "a"));
      assertEquals(whole.length, files.get(place).length, "a tail of " + length);
    }
  }

  @Test
  void aTornTailIsRefusedIfItIsNotToBeCutOff() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    Path place = place(shard, "appendonly.aof.1.incr.aof");
    files.put(place, Bytes.concat(files.get(place), Bytes.of("*1\r\n")));
    start(files, RdbFiles.Outcome.DAMAGED, "aof-load-truncated no");
  }

  @Test
  void damageInTheMiddleIsRefused() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    Path place = place(shard, "appendonly.aof.1.incr.aof");
    byte[] bytes = files.get(place);
    files.put(place, Bytes.concat(Bytes.of("!"), bytes));
    start(files, RdbFiles.Outcome.DAMAGED);
    files.put(place, Bytes.concat(Bytes.of("*1\r\n$6\r\nNOSUCH\r\n"), bytes));
    start(files, RdbFiles.Outcome.DAMAGED);
  }

  @Test
  void aMissingFileIsRefused() throws Exception {
    DirectShard shard = first();
    files.delete(place(shard, "appendonly.aof.1.incr.aof"));
    start(files, RdbFiles.Outcome.FAILED);
  }

  @Test
  void aKeyWhoseTimeHasComeIsThereForTheCommandsBehindIt() {
    DirectShard shard = first();
    shard.call("SET", "a", "1", "PXAT", "1700000000200");
    shard.call("INCR", "a");
    shard.call("PERSIST", "a");
    shard.advance(60_000);
    DirectShard again = restart();
    again.advance(60_000);
    assertEquals("2", again.call("GET", "a"));
  }

  @Test
  void loadedSetsTakeThePlaceOfWhateverTheirKeysHeld() {
    DirectShard shard = first();
    String large = "x".repeat(100_000);
    for (String key : List.of("a", "b", "c")) shard.call("SET", key, "1");
    shard.call("SET", "expiring", "1", "EX", "1000");
    shard.call("SET", "expiring", "12");
    shard.call("RPUSH", "list", "1");
    shard.call("SET", "list", "no list");
    shard.call("SET", "large", large);
    shard.call("SET", "a", large);
    shard.call("SET", "large", "-7");
    shard.call("SET", "b", "other");
    shard.session.database = 7;
    shard.call("SET", "a", "2");
    shard.queue("SET", "b", "3");
    shard.queue("SET", "b", "4");
    shard.call("EXEC");
    shard.call("SET", "b", "5");
    shard.allowDebug();
    DirectShard again = restart();
    again.allowDebug();
    assertEquals(shard.call("DEBUG", "DIGEST"), again.call("DEBUG", "DIGEST"));
    assertEquals(-1L, again.call("TTL", "expiring"));
    assertEquals("int", again.call("OBJECT", "ENCODING", "large"));
    assertEquals("embstr", again.call("OBJECT", "ENCODING", "b"));
    assertEquals("raw", again.call("OBJECT", "ENCODING", "a"));
  }

  @Test
  void aFileWithASetIsRefusedWhereThereIsNoSuchCommand() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    start(files, RdbFiles.Outcome.DAMAGED, "rename-command SET \"\"");
  }

  @Test
  void theFileOfAnOldVersionIsTakenOver() {
    Config config = Config.defaults();
    files.put(config.resolve("appendonly.aof"), Bytes.of("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"));
    DirectShard shard = restart();
    assertEquals("1", shard.call("GET", "a"));
    assertNull(files.get(config.resolve("appendonly.aof")));
    shard.call("INCR", "a");
    assertEquals("2", restart().call("GET", "a"));
  }

  // ---- the place in the history of changes --------------------------------------------------------------------------

  @Test
  void aRestartedPrimaryGoesOnWithTheHistoryOfItsFile() {
    DirectShard shard = first();
    shard.parts.backlog.begin();
    shard.session.database = 3;
    shard.call("SET", "a", "1");
    String id = shard.parts.replication.history().id();
    long end = shard.parts.replicationLog.end();
    DirectShard again = restart();
    assertEquals(id, again.parts.replication.history().secondId());
    assertEquals(end, again.parts.replicationLog.end());
    assertEquals("1", again.keyspace().database(3).size() + "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aBaseThatNothingFollowsSaysWhereItIs(String preamble) {
    DirectShard shard = first("aof-use-rdb-preamble " + preamble);
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    shard.call("BGREWRITEAOF");
    String id = shard.parts.replication.history().id();
    DirectShard again = restart();
    assertEquals(id, again.parts.replication.history().secondId());
    assertEquals(shard.parts.replicationLog.end(), again.parts.replicationLog.end());
    assertEquals("1", again.call("GET", "a"));
  }

  @Test
  void thePlaceIsNotedBehindEachGroupInACommandThatDoesNothing() {
    DirectShard shard = first();
    shard.call("SET", "a", "1");
    shard.parts.backlog.begin();
    shard.call("SET", "a", "2");
    String place = "REPL:0 " + shard.parts.replication.history().id() + " " + shard.parts.replicationLog.end();
    assertEquals("*2 $6 SELECT $1 0 *3 $3 SET $1 a $1 1 *3 $3 SET $1 a $1 2 *2 $4 PING $" + place.length() + " " + place
        + " ", increment(shard));
  }

  @Test
  void noPlaceIsNotedNorKnownAfterARestartIfThatIsNotWanted() {
    DirectShard shard = first("aof-replication-offset no");
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    assertEquals("*2 $6 SELECT $1 0 *3 $3 SET $1 a $1 1 ", increment(shard));
    assertFalse(restart().parts.replicationLog.isActive());
    shard.call("CONFIG", "SET", "aof-replication-offset", "yes");
    shard.call("SET", "a", "2");
    assertTrue(restart().parts.replicationLog.isActive());
    shard.call("CONFIG", "SET", "aof-replication-offset", "no");
    shard.call("SET", "a", "3");
    assertFalse(restart().parts.replicationLog.isActive(), "the place that was noted is not the end's");
  }

  @Test
  void aPingOfAnybodyElseIsNoPlace() {
    Path file = place(first(), "appendonly.aof.1.incr.aof");
    String id = "0123456789abcdef0123456789abcdef01234567";
    for (String text : List.of("hello", "REPL:0 " + id, "REPL:0 " + id + " x", "REPL:0 short 7",
        "REPL:0  " + id + " 7")) {
      files.put(file, Bytes.of("*2\r\n$4\r\nPING\r\n$" + text.length() + "\r\n" + text + "\r\n"));
      assertFalse(restart().parts.replicationLog.isActive(), text);
    }
  }

  @Test
  void aPlaceWithinATransactionIsNone() {
    DirectShard shard = first();
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    Path file = place(shard, "appendonly.aof.1.incr.aof");
    String noted = Bytes.string(files.get(file));
    assertTrue(restart().parts.replicationLog.isActive());
    String multi = "*1\r\n$5\r\nMULTI\r\n";
    String ping = noted.substring(noted.lastIndexOf("*2\r\n$4\r\nPING"));
    files.put(file, Bytes.of(noted + multi + ping)); // cut before EXEC
    assertFalse(restart().parts.replicationLog.isActive());
    assertEquals(noted, Bytes.string(files.get(file)));
  }

  @Test
  void aBaseKnowsThePlaceTooAndTheIncrementBehindItOneFurtherOn() {
    DirectShard shard = first();
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    shard.call("BGREWRITEAOF");
    assertEquals(shard.parts.replicationLog.end(), restart().parts.replicationLog.end());
    shard.call("SET", "a", "2");
    assertEquals(shard.parts.replicationLog.end(), restart().parts.replicationLog.end());
  }

  @Test
  void aFileThatWasTornInAGroupStandsForNoPlace() {
    DirectShard shard = first();
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    Path place = place(shard, "appendonly.aof.1.incr.aof");
    int end = files.get(place).length;
    shard.holdSlices(true);
    shard.call("SET", "b", "1");
    shard.call("SET", "c", "1");
    shard.runSlices();
    byte[] all = files.get(place);
    for (int length = end; length < all.length; length++) {
      files.put(place, Arrays.copyOf(all, length));
      DirectShard again = restart();
      boolean known = again.parts.replicationLog.isActive();
      assertEquals(again.call("GET", "b") == null, known, "cut at " + length + " of " + all.length);
    }
  }

  // ---- waiting for the disk
  // ------------------------------------------------------------------------------------------

  @Test
  void underAlwaysAChangeIsAnsweredOnceItIsSafeAndOthersGoOn() {
    DirectShard shard = first("appendfsync always");
    shard.holdSlices(true);
    assertNull(shard.call("SET", "a", "1"));
    assertTrue(files.steps.stream().noneMatch(step -> step.equals("sync appendonly.aof.1.incr.aof")));
    shard.runSlices();
    assertEquals("OK", shard.answer());
    assertTrue(files.steps.contains("sync appendonly.aof.1.incr.aof"));
    assertEquals("1", shard.call("GET", "a"));
  }

  @Test
  void underEverysecAChangeIsAnsweredOnceItIsWrittenAndASecondLaterItIsSafe() {
    DirectShard shard = first();
    shard.call("SET", "a", "0");
    shard.holdSlices(true);
    assertNull(shard.call("SET", "a", "1"));
    shard.runSlices();
    assertEquals("OK", shard.answer());
    assertTrue(increment(shard).endsWith("$1 1 "));
    Path place = place(shard, "appendonly.aof.1.incr.aof");
    assertEquals(0, files.afterCrash(place).get(0).length);
    shard.advance(1001);
    shard.parts.shard().tick();
    shard.runSlices();
    assertEquals(files.get(place).length, files.afterCrash(place).get(0).length);
  }

  /** A server with a disk that has begun to sync the file, and does not end. */
  private DirectShard withBusyDisk() {
    DirectShard shard = first();
    shard.call("SET", "a", "0");
    shard.holdBlocking();
    shard.advance(1001);
    shard.call("SET", "a", "1");
    assertEquals("1", info(shard, "aof_pending_bio_fsync"));
    return shard;
  }

  @Test
  void duringASyncAChangeWaitsForTheWriterWhichDoesNotWaitForTheSync() {
    DirectShard shard = withBusyDisk();
    shard.holdWriter();
    shard.betweenSlices(shard::runWriter);
    shard.holdSlices(true);
    assertNull(shard.call("SET", "a", "2"));
    shard.runSlices();
    assertEquals("OK", shard.answer());
    assertTrue(increment(shard).endsWith("$1 2 "));
    assertEquals("1", info(shard, "aof_pending_bio_fsync"));
  }

  @Test
  void aDiskThatTakesTooLongIsNotWaitedForUntilItHasCaughtUp() {
    DirectShard shard = withBusyDisk();
    shard.holdWriter();
    shard.holdSlices(true);
    long start = shard.nowMillis();
    assertNull(shard.call("SET", "a", "2"));
    shard.runSlices();
    assertEquals("OK", shard.answer());
    assertEquals(200, shard.nowMillis() - start);
    assertEquals("OK", shard.call("SET", "a", "3"));
    shard.runSlices();
    assertTrue(increment(shard).endsWith("$1 1 "));
    shard.runWriter();
    shard.runSlices();
    assertTrue(increment(shard).endsWith("$1 3 "));
    assertNull(shard.call("SET", "a", "4"));
  }

  @Test
  void ifTooMuchWaitsToBeWrittenClientsDoTooHoweverLongItTakes() {
    DirectShard shard = withBusyDisk();
    shard.holdWriter();
    assertNull(shard.call("SET", "a", "x".repeat(33 << 20)));
    shard.runWriter();
    shard.runSlices();
    assertEquals("OK", shard.answer());
  }

  @Test
  void whatWaitsToBeWrittenCountsAsUsedMemoryThatNoKeyHasToGoFor() {
    DirectShard shard = withBusyDisk();
    shard.holdWriter();
    shard.call("SET", "a", "x".repeat(1 << 20));
    long waiting = memory(shard, "mem_aof_buffer");
    assertTrue(waiting > 1 << 20, "waiting: " + waiting);
    assertEquals(waiting, memory(shard, "mem_not_counted_for_evict"));
    List<?> stats = (List<?>) shard.call("MEMORY", "STATS");
    assertEquals(waiting, stats.get(stats.indexOf("aof.buffer") + 1));
    assertTrue(memory(shard, "used_memory") > 2 << 20, "the value, and once more on its way");
    shard.runWriter();
    shard.runSlices();
    assertEquals(0, memory(shard, "mem_aof_buffer"));
    assertTrue(memory(shard, "used_memory") < 2 << 20, "the value alone");
  }

  private static long memory(DirectShard shard, String field) {
    return Long.parseLong(info(shard, field));
  }

  @Test
  void whoOnlyReadsDoesNotWaitForAPlaceThatIsNotedBehindAChange() {
    DirectShard shard = first("appendfsync always");
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    shard.holdWriter();
    shard.holdSlices(true);
    assertEquals("1", shard.call("GET", "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"always", "everysec"})
  void nobodyWaitsForWhatIsWrittenAlready(String policy) {
    DirectShard shard = first("appendfsync " + policy);
    shard.call("SET", "a", "1", "PX", "5");
    shard.advance(100);
    shard.parts.shard().tick();
    shard.runSlices();
    assertTrue(increment(shard).endsWith("DEL $1 a "), "it has expired by itself");
    shard.advance(100);
    assertNull(shard.call("GET", "a"));
    assertEquals(0L, shard.call("EXISTS", "a"));
  }

  @Test
  void noExceptionFromAlwaysIsTaken() {
    DirectShard shard = first("appendfsync always");
    assertTrue(shard.error("CONFIG", "SET", "no-appendfsync-on-rewrite", "yes").contains("would break"));
    assertEquals("OK", shard.call("CONFIG", "SET", "appendfsync", "everysec", "no-appendfsync-on-rewrite", "yes"));
    assertTrue(shard.error("CONFIG", "SET", "appendfsync", "always").contains("would break"));
    assertEquals("everysec", ((List<?>) shard.call("CONFIG", "GET", "appendfsync")).get(1));
  }

  @Test
  void aWriteThatFailsRefusesChangesUntilItWorksAgain() {
    DirectShard shard = first();
    files.failingStep = files.steps.size();
    files.failingOn = true;
    assertEquals("OK", shard.call("SET", "a", "1"));
    assertEquals("MISCONF Errors writing to the AOF file: No space left on device", shard.error("SET", "b", "1"));
    assertEquals("err", info(shard, "aof_last_write_status"));
    assertEquals("1", shard.call("GET", "a"));
    files.failingStep = -1;
    shard.advance(1001);
    shard.parts.shard().tick();
    shard.runSlices();
    assertEquals("OK", shard.call("SET", "b", "1"));
    assertEquals("1", restart().call("GET", "a"));
  }
}
