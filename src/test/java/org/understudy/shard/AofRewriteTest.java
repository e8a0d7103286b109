package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.persistence.MemoryFileSystem;
import org.understudy.persistence.RdbFiles;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Run;
import org.understudy.shard.replication.Replica;

/** When the append-only file is rewritten, and what becomes of the files. */
class AofRewriteTest {
  private final MemoryFileSystem files = new MemoryFileSystem();

  private static DirectShard start(MemoryFileSystem files, String... directives) {
    DirectShard shard = DirectShard.withAppendOnlyFile(files, directives);
    shard.allowDebug();
    RdbFiles.Outcome outcome = shard.load();
    assertTrue(outcome == RdbFiles.Outcome.LOADED || outcome == RdbFiles.Outcome.ABSENT, outcome.name());
    return shard;
  }

  private static String info(DirectShard shard, String field) {
    for (String line : shard.text("INFO", "persistence").split("\r\n")) {
      if (line.startsWith(field + ":")) return line.substring(field.length() + 1);
    }
    return null;
  }

  private static void tick(DirectShard shard, long millis) {
    shard.advance(millis);
    shard.parts.shard().tick();
    shard.runSlices();
  }

  private static void fill(DirectShard shard) {
    shard.call("SET", "string", "1", "PX", "100000");
    shard.call("SET", "number", "17");
    for (int i = 0; i < 200; i++) {
      shard.call("RPUSH", "list", "element " + i);
      shard.call("SADD", "set", "member " + i);
      shard.call("HSET", "hash", "field " + i, "value " + i);
      shard.call("ZADD", "zset", i * 0.1, "member " + i);
    }
    shard.call("SADD", "intset", "1", "2", "3");
    shard.call("ZADD", "infinite", "inf", "a", "-inf", "b");
    shard.call("XADD", "stream", "1-1", "field", "value");
    shard.call("XADD", "stream", "2-1", "field", "value", "other", "value");
    shard.call("XDEL", "stream", "2-1");
    shard.call("XGROUP", "CREATE", "stream", "group", "0");
    shard.call("XGROUP", "CREATECONSUMER", "stream", "group", "idle");
    shard.call("XREADGROUP", "GROUP", "group", "busy", "STREAMS", "stream", ">");
    shard.call("XADD", "empty", "1-1", "field", "value");
    shard.call("XTRIM", "empty", "MAXLEN", "0");
    shard.session.database = 5;
    shard.call("SET", "other", "x".repeat(100_000));
    shard.session.database = 0;
  }

  @Test
  void aReplicaThatWaitsForTheEndOfARewriteGetsItsSnapshotAfterTheFlushThatEndsIt() {
    DirectShard shard = start(files, "repl-diskless-sync-delay 1000");
    Client replica = new Client(new Session(8, "10.0.0.9:1", "127.0.0.1:2", 0), new ReadySink() {
      @Override
      public void deliver(ByteString sent) {}
    });
    replica.session.authenticated = true;
    shard.parts.shard().connected(replica);
    send(shard, replica, "REPLCONF", "capa", "eof");
    send(shard, replica, "PSYNC", "?", "-1");
    assertEquals(Replica.State.AWAITS_SNAPSHOT, shard.parts.replicas.known(replica).state);
    shard.configure("repl-diskless-sync-delay", "0");
    shard.configure("save", "3600 1");
    fill(shard);
    shard.holdSlices(true);
    shard.call("BGREWRITEAOF");
    assertTrue(shard.parts.persistence.rewrite().isUnderWay());
    shard.send("FLUSHALL");
    shard.holdSlices(false);
    shard.runSlices();
    assertEquals("", shard.text("INFO", "errorstats").replace("# Errorstats", "").strip());
    assertEquals(0L, shard.call("DBSIZE"));
    assertTrue(files.list().contains("dump.rdb"), "the empty dataset is saved");
    assertTrue(shard.parts.replicas.known(replica).state != Replica.State.AWAITS_SNAPSHOT);
  }

  private static void send(DirectShard shard, Client client, String... words) {
    byte[][] argv = Stream.of(words).map(Bytes::of).toArray(byte[][]::new);
    Run run = new Run(client);
    run.add(shard.parts.table().resolve(argv), argv);
    run.last = true;
    shard.parts.shard().execute(run);
    shard.runSlices();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aRewriteKeepsTheDatasetAndDropsItsHistory(String preamble) {
    DirectShard shard = start(files, "aof-use-rdb-preamble " + preamble);
    fill(shard);
    assertEquals("Background append only file rewriting started", shard.text("BGREWRITEAOF"));
    String base = "appendonly.aof.2.base." + (preamble.equals("yes") ? "rdb" : "aof");
    assertEquals(List.of(base, "appendonly.aof.2.incr.aof", "appendonly.aof.manifest"), files.list());
    assertEquals("ok", info(shard, "aof_last_bgrewrite_status"));
    assertEquals("0", info(shard, "aof_rewrite_in_progress"));
    assertEquals(info(shard, "aof_current_size"), info(shard, "aof_base_size"));
    shard.call("APPEND", "string", "2");
    DirectShard again = start(files);
    assertEquals(shard.call("DEBUG", "DIGEST"), again.call("DEBUG", "DIGEST"));
    assertEquals(shard.call("XINFO", "STREAM", "stream"), again.call("XINFO", "STREAM", "stream"));
    assertEquals(shard.call("XPENDING", "stream", "group"), again.call("XPENDING", "stream", "group"));
  }

  @Test
  void onceHistoryIsNotToBeKeptAnyMoreTheAnswerComesWhenTheManifestNamesNone() {
    DirectShard shard = start(files, "aof-disable-auto-gc yes");
    shard.call("BGREWRITEAOF");
    assertTrue(manifest(shard).contains(" type h"), manifest(shard));
    shard.holdWriter();
    assertNull(shard.call("CONFIG", "SET", "aof-disable-auto-gc", "no"));
    assertTrue(manifest(shard).contains(" type h"), manifest(shard));
    shard.runWriter();
    shard.runSlices();
    assertEquals("OK", shard.answer());
    assertEquals("file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n",
        manifest(shard));
    assertEquals(List.of("appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof", "appendonly.aof.manifest"),
        files.list());
  }

  private String manifest(DirectShard shard) {
    return Bytes.string(files.get(shard.config.resolve("appendonlydir/appendonly.aof.manifest")));
  }

  @Test
  void aTimestampStandsAtTheBeginningOfABaseOfCommands() {
    DirectShard shard = start(files, "aof-use-rdb-preamble no", "aof-timestamp-enabled yes");
    shard.call("SET", "a", "1");
    shard.call("BGREWRITEAOF");
    String base = Bytes.string(files.get(shard.config.resolve("appendonlydir/appendonly.aof.2.base.aof")));
    assertTrue(base.startsWith("#TS:1700000000\r\n*2\r\n$6\r\nSELECT"), base);
    assertEquals("1", start(files).call("GET", "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void whatChangesDuringARewriteIsNeitherLostNorDoneTwice(String preamble) {
    DirectShard shard = start(files, "aof-use-rdb-preamble " + preamble);
    IntStream.range(0, 2000).forEach(i -> shard.call("INCR", "counter:" + i));
    shard.call("RPUSH", "list", "x".repeat(50_000), "y".repeat(50_000));
    shard.holdSlices(true);
    shard.call("BGREWRITEAOF");
    int[] done = {0};
    shard.betweenSlices(() -> {
      if (done[0]++ > 500) return;
      shard.call("INCR", "counter:" + (done[0] * 37 % 2000));
      shard.call("RPUSH", "list", "z");
    });
    shard.runSlices();
    shard.betweenSlices(() -> { });
    shard.runSlices();
    assertEquals("0", info(shard, "aof_rewrite_in_progress"));
    assertEquals(shard.call("DEBUG", "DIGEST"), start(files).call("DEBUG", "DIGEST"));
  }

  @Test
  void debugLoadAofGivesBackTheSameDataset() {
    DirectShard shard = start(files);
    fill(shard);
    Object digest = shard.call("DEBUG", "DIGEST");
    assertEquals("OK", shard.call("DEBUG", "LOADAOF"));
    assertEquals(digest, shard.call("DEBUG", "DIGEST"));
    shard.call("INCR", "number");
    assertEquals("18", start(files).call("GET", "number"));
  }

  @Test
  void debugLoadAofTakesTheSizesOfWhatItFindsAsAStartDoes() {
    DirectShard shard = start(files);
    fill(shard);
    shard.call("BGREWRITEAOF");
    fill(shard);
    String current = info(shard, "aof_current_size");
    int base = files.get(shard.config.resolve("appendonlydir/appendonly.aof.2.base.rdb")).length;
    shard.call("DEBUG", "LOADAOF");
    assertEquals(String.valueOf(base), info(shard, "aof_base_size"));
    assertEquals(current, info(shard, "aof_current_size"));
  }

  // ---- one at a time ------------------------------------------------------------------------------------------------

  @Test
  void aRewriteWaitsForASaveAndASaveForARewrite() {
    DirectShard shard = start(files);
    fill(shard);
    shard.holdSlices(true);
    shard.call("BGSAVE");
    assertEquals("Background append only file rewriting scheduled", shard.text("BGREWRITEAOF"));
    assertEquals("1", info(shard, "aof_rewrite_scheduled"));
    shard.runSlices();
    shard.parts.shard().tick();
    assertEquals("1", info(shard, "aof_rewrite_in_progress"));
    assertEquals("ERR Background append only file rewriting already in progress", shard.error("BGREWRITEAOF"));
    assertTrue(shard.error("BGSAVE").startsWith("ERR Another child process is active (AOF?)"));
    assertEquals("Background saving scheduled", shard.text("BGSAVE", "SCHEDULE"));
    shard.runSlices();
    assertEquals("1", info(shard, "rdb_saves"));
    tick(shard, 100);
    assertEquals("2", info(shard, "rdb_saves"));
    assertEquals("1", info(shard, "aof_rewrites"));
  }

  @Test
  void aFileThatHasGrownIsRewrittenByItself() {
    DirectShard shard = start(files, "auto-aof-rewrite-min-size 1000", "auto-aof-rewrite-percentage 100");
    shard.call("SET", "a", "x".repeat(500));
    tick(shard, 100);
    assertEquals("0", info(shard, "aof_rewrites"), "smaller than the least size");
    shard.call("SET", "a", "y".repeat(500));
    tick(shard, 100);
    assertEquals("1", info(shard, "aof_rewrites"));
    tick(shard, 100);
    assertEquals("1", info(shard, "aof_rewrites"), "it has not grown since");
  }

  @Test
  void theBaseOfANewFileDoesNotCountInItsSize() {
    DirectShard shard = start(files);
    assertEquals("0", info(shard, "aof_current_size"));
    assertEquals("0", info(shard, "aof_base_size"));
    shard.call("SET", "a", "1");
    assertEquals("50", info(shard, "aof_current_size"));
    shard = start(files);
    int base = files.get(shard.config.resolve("appendonlydir/appendonly.aof.1.base.rdb")).length;
    assertEquals(String.valueOf(base), info(shard, "aof_base_size"));
    assertEquals(String.valueOf(base + 50), info(shard, "aof_current_size"));
  }

  @Test
  void switchedOnAgainTheSizeIsOfTheOldFileUntilThereIsANewBase() {
    DirectShard shard = start(files);
    shard.call("SET", "a", "1");
    shard.configure("appendonly", "no");
    shard.runSlices();
    files.failing = step -> step.startsWith("create temp-rewriteaof");
    shard.call("CONFIG", "SET", "appendonly", "yes");
    assertEquals("50", info(shard, "aof_current_size"));
    files.failing = step -> false;
    tick(shard, 100);
    assertEquals("ok", info(shard, "aof_last_bgrewrite_status"));
    assertEquals(info(shard, "aof_base_size"), info(shard, "aof_current_size"));
  }

  @Test
  void aRewriteWhileItIsSwitchedOffDoesNotCountInItsSize() {
    DirectShard shard = new DirectShard(Config.defaults(), files);
    shard.call("SET", "a", "1");
    shard.call("BGREWRITEAOF");
    assertTrue(files.list().contains("appendonly.aof.1.base.rdb"), files.list().toString());
    files.failing = step -> step.startsWith("create temp-rewriteaof");
    shard.call("CONFIG", "SET", "appendonly", "yes");
    assertEquals("0", info(shard, "aof_current_size"));
  }

  @Test
  void changesThatWereLoadedCountAsNotYetSaved() {
    DirectShard shard = start(files);
    shard.call("MSET", "a", "1", "b", "2");
    shard.call("BGREWRITEAOF");
    shard.call("SET", "a", "2");
    shard.call("RPUSH", "list", "x", "y");
    assertEquals("3", info(start(files), "rdb_changes_since_last_save"), "the base has none");
  }

  @Test
  void afterThreeFailuresRewritesThatNobodyAsksForWait() {
    DirectShard shard = start(files, "auto-aof-rewrite-min-size 0", "auto-aof-rewrite-percentage 1");
    shard.call("SET", "a", "x".repeat(500));
    files.failing = step -> step.startsWith("create temp-rewriteaof");
    for (int i = 0; i < 10; i++) tick(shard, 1000);
    assertEquals("3", info(shard, "aof_rewrites_consecutive_failures"));
    assertEquals("err", info(shard, "aof_last_bgrewrite_status"));
    tick(shard, 61_000);
    assertEquals("4", info(shard, "aof_rewrites_consecutive_failures"));
    files.failing = step -> false;
    shard.text("BGREWRITEAOF");
    assertEquals("0", info(shard, "aof_rewrites_consecutive_failures"));
  }

  @Test
  void withoutANewIncrementThereIsNoRewrite() {
    DirectShard shard = start(files);
    shard.call("SET", "a", "1");
    files.failing = step -> step.startsWith("create appendonly.aof.2.incr");
    assertEquals("ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
        shard.error("BGREWRITEAOF"));
    assertEquals("err", info(shard, "aof_last_bgrewrite_status"));
    shard.call("INCR", "a");
    files.failing = step -> false;
    assertEquals("2", start(files).call("GET", "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"create appendonly.aof.2.incr", "rename temp-appendonly", "sync temp-appendonly",
      "sync folder after it is renamed"})
  void aBaseThatIsMadeBeforeItsIncrementHasFailedIsNotInstalled(String failure) {
    DirectShard shard = start(files);
    shard.call("SET", "a", "1");
    shard.call("INCR", "a");
    shard.holdWriter();
    shard.call("BGREWRITEAOF");
    assertTrue(files.list().stream().anyMatch(name -> name.startsWith("temp-rewriteaof")), "the base is made");
    files.failing = step -> step.startsWith(failure)
        || failure.equals("sync folder after it is renamed") && step.equals("sync folder") && isManifestRenamed();
    shard.runWriter();
    shard.runSlices();
    files.failing = step -> false;
    assertTrue(shard.answer().toString().contains("Can't execute an AOF background rewriting"));
    assertEquals("err", info(shard, "aof_last_bgrewrite_status"));
    assertEquals("0", info(shard, "aof_rewrite_in_progress"));
    assertTrue(files.list().stream().noneMatch(name -> name.startsWith("temp-rewriteaof")), files.list().toString());
    shard.call("INCR", "a");
    assertEquals("3", start(files).call("GET", "a"), "neither lost nor done twice");
  }

  private boolean isManifestRenamed() {
    int created = files.steps.lastIndexOf("create temp-appendonly.aof.manifest");
    return files.steps.subList(created, files.steps.size()).stream().anyMatch(step -> step.startsWith("rename "));
  }

  @Test
  void aBaseThatCannotGetItsNameIsRemoved() {
    DirectShard shard = start(files);
    shard.call("SET", "a", "1");
    files.failing = step -> step.startsWith("rename temp-rewriteaof");
    shard.call("BGREWRITEAOF");
    assertEquals("err", info(shard, "aof_last_bgrewrite_status"));
    assertTrue(files.list().stream().noneMatch(name -> name.startsWith("temp-rewriteaof")), files.list().toString());
  }

  // ---- switched at run time -----------------------------------------------------------------------------------------

  @Test
  void switchedOnItBeginsWithABaseOfWhatIsThere() {
    DirectShard shard = start(files);
    shard.call("SET", "a", "1");
    shard.configure("appendonly", "no");
    shard.runSlices();
    shard.call("SET", "b", "2");
    assertEquals("0", info(shard, "aof_enabled"));
    assertNull(info(shard, "aof_current_size"));
    assertEquals("OK", shard.call("CONFIG", "SET", "appendonly", "yes"));
    assertEquals("1", info(shard, "aof_enabled"));
    shard.call("SET", "c", "3");
    DirectShard again = start(files);
    assertEquals(List.of("1", "2", "3"), again.call("MGET", "a", "b", "c"));
  }

  @Test
  void itIsNotSwitchedOnIfThereCanBeNoFile() {
    DirectShard shard = new DirectShard(Config.defaults(), files);
    files.failing = step -> step.startsWith("create temp-appendonly");
    assertEquals("ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check"
        + " server logs.", shard.error("CONFIG", "SET", "appendonly", "yes"));
    assertEquals("0", info(shard, "aof_enabled"));
    files.failing = step -> false;
    assertEquals("OK", shard.call("CONFIG", "SET", "appendonly", "yes"));
    assertEquals("1", info(shard, "aof_enabled"));
  }

  // ---- failures of the disk
  // ------------------------------------------------------------------------------------------

  @Test
  void aSyncThatFailsRefusesChangesUntilARewriteHasReplacedTheFile() {
    DirectShard shard = start(files);
    files.failing = step -> step.equals("sync appendonly.aof.1.incr.aof");
    shard.call("SET", "a", "1");
    shard.advance(1001);
    shard.call("SET", "a", "2");
    assertEquals("MISCONF Errors writing to the AOF file: No space left on device", shard.error("SET", "b", "1"));
    tick(shard, 1000);
    assertEquals("OK", shard.call("SET", "b", "1"));
    assertEquals(1, files.steps.stream().filter(step -> step.equals("sync appendonly.aof.1.incr.aof")).count());
    assertEquals(List.of("2", "1"), start(files).call("MGET", "a", "b"));
  }

  @Test
  void aRepairThatFailsAgainAndAgainIsTriedOnceAMinute() {
    DirectShard shard = start(files);
    files.failing = step -> step.startsWith("sync ");
    shard.call("SET", "a", "1");
    for (int i = 0; i < 30; i++) tick(shard, 1001);
    assertEquals("3", info(shard, "aof_rewrites"));
    for (int i = 0; i < 60; i++) tick(shard, 1001);
    assertEquals("4", info(shard, "aof_rewrites"));
    files.failing = step -> false;
    for (int i = 0; i < 60; i++) tick(shard, 1001);
    assertEquals("OK", shard.call("SET", "a", "2"));
    assertEquals("2", start(files).call("GET", "a"));
  }

  @Test
  void theLatencyMonitorHearsOfRenamesThatTakeLong() {
    DirectShard shard = start(files);
    shard.configure("latency-monitor-threshold", "1");
    shard.everyLookTakes(2_000_000);
    shard.call("BGREWRITEAOF");
    List<?> latest = (List<?>) shard.call("LATENCY", "LATEST");
    assertTrue(latest.stream().anyMatch(event -> ((List<?>) event).get(0).equals("aof-rename")), latest.toString());
  }
}
