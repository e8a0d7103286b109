package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.understudy.config.Config;
import org.understudy.persistence.RdbFiles;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.QueuedFlags;

/** When the dataset is saved and loaded, and what clients see of it. */
class PersistenceTest {
  private static final String MISCONF = Admission.CANNOT_SAVE;

  private final DirectShard shard = new DirectShard();
  private final Path place = shard.config.resolve("dump.rdb");

  PersistenceTest() {
    shard.allowDebug();
  }

  private String info(String field) {
    for (String line : shard.text("INFO", "persistence").split("\r\n")) {
      if (line.startsWith(field + ":")) return line.substring(field.length() + 1);
    }
    return null;
  }

  private void tick(long millis) {
    shard.advance(millis);
    shard.parts.shard().tick();
    shard.runSlices();
  }

  /** Makes the next save fail, and what comes after it until told otherwise. */
  private void failSaves() {
    shard.files.failingStep = shard.files.steps.size();
  }

  // ---- by commands --------------------------------------------------------------------------------------------------

  @Test
  void saveAnswersOnceTheFileIsInItsPlaceAndOthersGoOnMeanwhile() {
    shard.call("SET", "key", "value");
    shard.holdSlices(true);
    assertNull(shard.call("SAVE"));
    assertNull(shard.files.get(place));
    shard.runSlices();
    assertEquals("OK", shard.answer());
    assertNotNull(shard.files.get(place));
    assertEquals("0", info("rdb_changes_since_last_save"));
  }

  @Test
  void aSaveThatFailsAnswersAnErrorAndRefusesNoWrites() {
    shard.configure("save", "3600 1");
    failSaves();
    assertEquals("ERR", shard.error("SAVE"));
    assertTrue(shard.text("INFO", "errorstats").contains("errorstat_ERR:count=1\r\n"));
    assertTrue(shard.text("INFO", "commandstats").matches("(?s).*cmdstat_save:[^\r]*failed_calls=1\r.*"));
    assertEquals("OK", shard.call("SET", "key", "value"));
    assertEquals("ok", info("rdb_last_bgsave_status"));
  }

  @Test
  void changesWhileItIsSavedAreNotInTheFileAndStillCount() {
    shard.call("SET", "a", "1");
    shard.call("SET", "b", "1");
    shard.holdSlices(true);
    assertEquals("Background saving started", shard.call("BGSAVE"));
    assertEquals("1", info("rdb_bgsave_in_progress"));
    assertEquals("2", info("current_save_keys_total"));
    shard.call("SET", "c", "1");
    shard.call("SET", "a", "2");
    assertEquals("1", info("current_save_keys_processed"), "what changed was taken first");
    assertTrue(Long.parseLong(info("current_cow_size")) > 0);
    shard.runSlices();
    assertEquals("2", info("rdb_changes_since_last_save"));
    assertEquals("0", info("rdb_bgsave_in_progress"));
    shard.holdSlices(false);
    assertEquals("OK", shard.call("DEBUG", "RELOAD", "NOSAVE"));
    assertEquals("1", shard.call("GET", "a"));
    assertEquals(0L, shard.call("EXISTS", "c"));
  }

  @Test
  void oneSaveIsUnderWayAtATime() {
    shard.holdSlices(true);
    shard.call("BGSAVE");
    assertEquals("ERR Background save already in progress", shard.error("BGSAVE"));
    assertEquals("ERR Background save already in progress", shard.error("BGSAVE", "SCHEDULE"));
    assertEquals("ERR Background save already in progress", shard.error("SAVE"));
    assertEquals("ERR syntax error", shard.error("BGSAVE", "NOW"));
  }

  @Test
  void withinATransactionABackgroundSaveIsScheduled() {
    shard.queue("BGSAVE");
    assertEquals(List.of("Background saving scheduled"), shard.call("EXEC"));
    assertNull(shard.files.get(place));
    tick(100);
    assertNotNull(shard.files.get(place));
  }

  @Test
  void lastSaveIsTheTimeOfTheLastOneThatSucceeded() {
    long atStart = (Long) shard.call("LASTSAVE");
    shard.advance(5000);
    shard.call("BGSAVE");
    assertEquals(atStart + 5, shard.call("LASTSAVE"));
    failSaves();
    shard.advance(5000);
    shard.call("BGSAVE");
    assertEquals(atStart + 5, shard.call("LASTSAVE"));
  }

  // ---- failures -----------------------------------------------------------------------------------------------------

  @Test
  void afterAFailedBackgroundSaveWritesAndPingAreRefusedUntilOneSucceeds() {
    shard.configure("save", "3600 1");
    failSaves();
    shard.call("BGSAVE");
    assertEquals("err", info("rdb_last_bgsave_status"));
    assertEquals(MISCONF, shard.error("SET", "key", "value"));
    assertEquals(MISCONF, shard.parts.admission().refuseNow(shard.session,
        shard.parts.table().resolve(new byte[][] {"PING".getBytes()}), QueuedFlags.NONE));
    assertNull(shard.call("GET", "key"));
    shard.files.failingStep = -1;
    shard.call("BGSAVE");
    assertEquals("OK", shard.call("SET", "key", "value"));
  }

  @Test
  void writesAreNotRefusedWithoutSavePointsOrIfTheyMayGoOn() {
    failSaves();
    shard.call("BGSAVE");
    assertEquals("err", info("rdb_last_bgsave_status"));
    shard.configure("save", "");
    assertEquals("OK", shard.call("SET", "key", "value"));
    shard.configure("save", "3600 1");
    assertEquals(MISCONF, shard.error("SET", "key", "value"));
    shard.configure("stop-writes-on-bgsave-error", "no");
    assertEquals("OK", shard.call("SET", "key", "value"));
  }

  // ---- save points --------------------------------------------------------------------------------------------------

  @Test
  void aSavePointIsDueAfterItsTimeAndItsChanges() {
    shard.configure("save", "10 3");
    shard.call("MSET", "a", "1", "b", "1");
    shard.call("SET", "c", "1");
    tick(10_000);
    assertEquals("0", info("rdb_saves"));
    tick(1000);
    assertEquals("1", info("rdb_saves"));
    tick(20_000);
    assertEquals("1", info("rdb_saves"), "nothing has changed since");
  }

  @Test
  void aFailedSaveIsTriedAgainAfterAWhile() {
    shard.configure("save", "1 1");
    shard.call("SET", "a", "1");
    failSaves();
    tick(2000);
    assertEquals("1", info("rdb_saves"));
    shard.files.failingStep = -1;
    tick(5000);
    assertEquals("1", info("rdb_saves"));
    tick(1000);
    assertEquals("2", info("rdb_saves"));
    assertEquals("ok", info("rdb_last_bgsave_status"));
  }

  // ---- FLUSHALL -----------------------------------------------------------------------------------------------------

  @Test
  void flushAllGivesUpASaveUnderWay() {
    shard.configure("save", "");
    shard.call("SET", "a", "1");
    shard.holdSlices(true);
    shard.call("BGSAVE");
    shard.call("FLUSHALL");
    shard.runSlices();
    assertEquals("0", info("rdb_bgsave_in_progress"));
    assertEquals(List.of(), shard.files.list());
    assertEquals("2", info("rdb_changes_since_last_save"));
    assertEquals("ok", info("rdb_last_bgsave_status"));
  }

  @Test
  void withSavePointsFlushAllSavesTheEmptyDataset() {
    shard.configure("save", "3600 1");
    shard.call("SET", "a", "1");
    shard.call("SAVE");
    shard.call("FLUSHALL");
    assertEquals("0", info("rdb_changes_since_last_save"));
    shard.call("SET", "b", "1");
    shard.call("DEBUG", "RELOAD", "NOSAVE");
    assertEquals(0L, shard.call("DBSIZE"));
  }

  // ---- DEBUG RELOAD -------------------------------------------------------------------------------------------------

  @Test
  void reloadGivesBackTheSameDataset() {
    shard.call("SET", "a", "1", "PX", "100000");
    shard.call("HSET", "hash", "field", "value");
    shard.call("ZADD", "zset", "1", "a", "2", "b");
    shard.call("RPUSH", "list", "1", "2", "3");
    shard.call("XADD", "stream", "1-1", "field", "value");
    Object digest = shard.call("DEBUG", "DIGEST");
    assertEquals("OK", shard.call("DEBUG", "RELOAD"));
    assertEquals(digest, shard.call("DEBUG", "DIGEST"));
  }

  @Test
  void aReloadTouchesWatchedKeysThatAreThere() {
    shard.call("SET", "key", "value");
    shard.call("WATCH", "none");
    shard.call("DEBUG", "RELOAD");
    assertEquals(List.of("PONG"), transaction());
    shard.call("WATCH", "key");
    shard.call("DEBUG", "RELOAD");
    assertNull(transaction());
  }

  private Object transaction() {
    shard.queue("PING");
    return shard.call("EXEC");
  }

  @Test
  void reloadMergesIfAsked() {
    shard.call("SET", "a", "saved");
    shard.call("SAVE");
    shard.call("SET", "a", "later");
    shard.call("SET", "b", "later");
    assertEquals("OK", shard.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"));
    assertEquals("saved", shard.call("GET", "a"));
    assertEquals("later", shard.call("GET", "b"));
    assertEquals("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
        shard.error("DEBUG", "RELOAD", "NOW"));
  }

  @Test
  void reloadWithoutAFileIsAnError() {
    assertEquals("ERR Error trying to load the RDB dump", shard.error("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH"));
  }

  @Test
  void ofADamagedFileNothingIsReloaded() {
    shard.call("SET", "a", "1");
    shard.call("SAVE");
    byte[] file = shard.files.get(place);
    file[file.length - 1] ^= 1; // of the checksum: all keys have been read by then
    shard.files.put(place, file);
    shard.call("SET", "later", "1");
    assertEquals("ERR Error trying to load the RDB dump", shard.error("DEBUG", "RELOAD", "NOSAVE"));
    assertEquals(0L, shard.call("DBSIZE"));
  }

  // ---- loading at the start -----------------------------------------------------------------------------------------

  @Test
  void whileTheDatasetIsLoadedOnlyCommandsThatDoNotNeedItRun() {
    IntStream.range(0, 5000).forEach(i -> shard.call("SET", "key:" + i, "x".repeat(100)));
    shard.configure("rdbcompression", "no");
    shard.call("SAVE");
    DirectShard restarted = new DirectShard(Config.defaults(), shard.files);
    restarted.parts.awaitDataset();
    restarted.holdSlices(true);
    List<RdbFiles.Outcome> outcomes = new ArrayList<>();
    restarted.parts.load(() -> false, outcomes::add);
    List<String> whileLoading = new ArrayList<>();
    restarted.betweenSlices(() -> {
      whileLoading.add(restarted.error("GET", "key:1"));
      whileLoading.add(restarted.error("CONFIG", "SET", "appendonly", "yes"));
      if (!restarted.text("INFO", "persistence").contains("loading:1")) whileLoading.add("not loading");
    });
    restarted.runSlices();
    assertEquals(List.of(RdbFiles.Outcome.LOADED), outcomes);
    assertTrue(whileLoading.size() > 10);
    assertEquals(List.of("LOADING Redis is loading the dataset in memory"), whileLoading.stream().distinct().toList());
    assertEquals("x".repeat(100), restarted.call("GET", "key:1"));
    assertTrue(restarted.text("INFO", "persistence").contains("rdb_last_load_keys_loaded:5000"));
  }

  @Test
  void theLastSaveOfAShutdownIsRefusedIfItFailsUnlessForced() {
    shard.configure("save", "3600 1");
    failSaves();
    assertEquals("ERR Errors trying to SHUTDOWN. Check logs.", shard.parts.shutDown(0));
    failSaves();
    String ends = shard.parts.shutDown(Config.SHUTDOWN_NOSAVE);
    failSaves();
    assertEquals(ends, shard.parts.shutDown(Config.SHUTDOWN_FORCE));
    shard.files.failingStep = -1;
    assertEquals(ends, shard.parts.shutDown(0));
    assertNotNull(shard.files.get(place));
  }

  @Test
  void aShutdownWhileLoadingSavesNothing() {
    shard.configure("save", "3600 1");
    shard.parts.awaitDataset();
    shard.parts.shutDown(Config.SHUTDOWN_SAVE);
    assertEquals(List.of(), shard.files.list());
  }
}
