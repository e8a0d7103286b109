package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.Keyspace;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;
import org.understudy.testing.CommandRunner;
import org.understudy.testing.ManualClock;

/**
 * Saving and loading, with a file system that fails where it is told to and turns that come when the test gives them.
 */
class RdbFilesTest {
  private static final byte[] OLD = Bytes.of("the old file");

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final CommandRunner runner = new CommandRunner();
  private final Config config = Config.defaults();
  private final Path place = config.resolve("dump.rdb");
  private final RdbFiles files = filesOf(runner.keyspace);
  private final ManualTurns turns = new ManualTurns();
  private final List<Boolean> ended = new ArrayList<>();

  private RdbFiles filesOf(Keyspace keyspace) {
    return filesOf(disk, keyspace);
  }

  private RdbFiles filesOf(MemoryFileSystem on, Keyspace keyspace) {
    RdbWriter.Origin origin = new RdbWriter.Origin("7.0.15", 1_700_000_000, 1234, null, false);
    return new RdbFiles(on, keyspace, config, new ManualClock(keyspace::nowMillis), () -> origin,
        () -> ReadOptions.of(config, keyspace.hashSeed()), 77);
  }

  // ---- the file -----------------------------------------------------------------------------------------------------

  @Test
  void aMachineThatStopsAtAnyStepFindsTheOldFileOrTheNewOneWhole() {
    fill(3000, 200);
    config.assign(Directive.RDBCOMPRESSION, "no");
    int steps = stepsOfOneSave();
    byte[] fresh = disk.get(place);
    for (int step = 0; step < steps; step++) {
      MemoryFileSystem crashed = new MemoryFileSystem();
      crashed.put(place, OLD);
      crashed.failingStep = step;
      saveTo(crashed);
      for (byte[] found : crashed.afterCrash(place)) {
        assertTrue(Arrays.equals(found, OLD) || Arrays.equals(found, fresh), "after " + crashed.steps.get(step));
      }
    }
    disk.afterCrash(place).forEach(found -> assertArrayEquals(fresh, found, "after a save that succeeded"));
  }

  @Test
  void aFailureAtAnyStepLeavesNoTemporaryFileAndIsNotTriedAgain() {
    fill(100, 20);
    int steps = stepsOfOneSave();
    for (int step = 0; step < steps; step++) {
      MemoryFileSystem failing = new MemoryFileSystem();
      failing.put(place, OLD);
      failing.failingStep = step;
      assertFalse(saveTo(failing), "failed at " + failing.steps.get(step));
      assertEquals(List.of("dump.rdb"), failing.list());
      assertTrue(failing.steps.stream().filter(done -> done.startsWith("sync temp")).count() <= 1, "not tried again");
    }
  }

  private int stepsOfOneSave() {
    disk.put(place, OLD);
    assertTrue(files.saveAtOnce());
    return disk.steps.size();
  }

  private boolean saveTo(MemoryFileSystem other) {
    return filesOf(other, runner.keyspace).saveAtOnce();
  }

  @Test
  void whatIsWrittenIsMadeSafeAsItGrows() {
    fill(100, 100_000);
    config.assign(Directive.RDBCOMPRESSION, "no");
    assertTrue(files.saveAtOnce());
    long syncs = disk.steps.stream().filter(step -> step.startsWith("sync temp")).count();
    assertEquals(3, syncs, "one after each 4 MB and one at the end");
  }

  @Test
  void aSaveAtOnceHasItsFileBeforeItsFirstKeyAndIsBrakedByEveryKey() {
    fill(20, 10);
    List<List<String>> namesAtKeys = new ArrayList<>();
    SnapshotStream stream = new SnapshotStream(runner.keyspace, SnapshotStream.Contents.ALL,
        new RdbWriter.Origin("7.0.15", 1_700_000_000, 1234, null, false), List.of(), config, Save.PIECE_BYTES);
    DumpFile file = new DumpFile(disk, place, "temp-77.rdb", true);
    assertTrue(Save.atOnce(stream, file, keys -> {
      for (long i = 0; i < keys; i++) namesAtKeys.add(disk.list());
    }));
    assertEquals(Collections.nCopies(20, List.of("temp-77.rdb")), namesAtKeys);
    assertEquals(List.of("dump.rdb"), disk.list());
  }

  @Test
  void aProcessThatEndsAtOnceLeavesNoUnfinishedFile() {
    fill(3000, 200);
    config.assign(Directive.RDBCOMPRESSION, "no");
    disk.put(place, OLD);
    files.start(turns, false, ended::add);
    while (disk.list().size() < 2) {
      ManualTurns.runOne(turns.loop);
      ManualTurns.runOne(turns.blocking);
    }
    files.removeUnfinished();
    assertEquals(List.of("dump.rdb"), disk.list());
    turns.runAll();
    assertArrayEquals(OLD, disk.get(place));
  }

  // ---- saving in slices ---------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theFileHoldsTheStateAtTheCutWhateverHappensMeanwhile(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 60_000; i++) change(random);
    String atTheCut = Digest.of(runner.keyspace).hex();
    files.start(turns, true, ended::add);
    while (ended.isEmpty()) {
      for (int i = random.nextInt(300); i > 0; i--) change(random);
      if (random.nextBoolean()) ManualTurns.runOne(turns.loop);
      else ManualTurns.runOne(turns.blocking);
    }
    assertEquals(List.of(true), ended);
    assertEquals(atTheCut, loaded(), "seed " + seed);
  }

  @Test
  void whatChangesWhileLargeValuesAreWrittenIsKeptInItsDatabase() {
    config.assign(Directive.RDBCOMPRESSION, "no");
    for (int i = 0; i < 5; i++) runner.run("SET", "large:" + i, "v".repeat(100_000));
    runner.select(1);
    for (int i = 0; i < 100; i++) runner.run("SET", "small:" + i, "old");
    String atTheCut = Digest.of(runner.keyspace).hex();
    files.start(turns, true, ended::add);
    for (int i = 0; ended.isEmpty(); i++) {
      runner.run("SET", "small:" + i % 100, "new");
      ManualTurns.runOne(turns.loop);
      ManualTurns.runOne(turns.blocking);
    }
    assertEquals(atTheCut, loaded());
  }

  @Test
  void theSnapshotWaitsForTheDisk() {
    fill(50_000, 100);
    config.assign(Directive.RDBCOMPRESSION, "no");
    Save save = files.start(turns, true, ended::add);
    while (!turns.loop.isEmpty()) ManualTurns.runOne(turns.loop);
    assertEquals(1, turns.blocking.size(), "one piece is to be written");
    assertTrue(save.stream().size() < 2 * Save.PIECE_BYTES, "and no more than another is made");
    assertTrue(save.stream().keysTaken() < 10_000);
    turns.runAll();
    assertEquals(List.of(true), ended);
    assertEquals(Digest.of(runner.keyspace).hex(), loaded());
  }

  @Test
  void aCancelledSaveLeavesNothingAndTellsNobody() {
    fill(50_000, 100);
    disk.put(place, OLD);
    Save save = files.start(turns, true, ended::add);
    ManualTurns.runOne(turns.loop);
    save.cancel();
    turns.runAll();
    assertEquals(List.of(), ended);
    assertEquals(List.of("dump.rdb"), disk.list());
    assertArrayEquals(OLD, disk.get(place));
    assertTrue(files.saveAtOnce(), "the next one may begin");
  }

  @Test
  void aSaveThatIsCancelledBeforeTheFileIsInItsPlaceDoesNotPutItThere() {
    fill(10, 10);
    disk.put(place, OLD);
    Save save = files.start(turns, true, ended::add);
    ManualTurns.runOne(turns.loop); // all is made, the piece is to be written
    save.cancel();
    turns.runAll();
    assertArrayEquals(OLD, disk.get(place));
    assertEquals(List.of("dump.rdb"), disk.list());
  }

  @Test
  void aFailureEndsTheSaveAndTheSnapshot() {
    fill(50_000, 100);
    disk.failingStep = 1;
    files.start(turns, true, ended::add);
    turns.runAll();
    assertEquals(List.of(false), ended);
    disk.failingStep = -1;
    assertTrue(files.saveAtOnce());
  }

  @Test
  void theDelayForTestsSlowsASaveDown() {
    fill(1000, 10);
    config.assign(Directive.RDB_KEY_SAVE_DELAY, "1000");
    files.start(turns, true, ended::add);
    turns.runAll();
    assertEquals(1000, turns.delayedMillis, "a millisecond a key, also for the last");
  }

  @Test
  void takingTheDelayForTestsBackEndsIt() {
    fill(1000, 10);
    config.assign(Directive.RDB_KEY_SAVE_DELAY, "10000000");
    files.start(turns, true, ended::add);
    while (turns.delayedMillis == 0) ManualTurns.runOne(turns.loop);
    config.assign(Directive.RDB_KEY_SAVE_DELAY, "0");
    turns.runAll();
    assertEquals(List.of(true), ended);
    assertTrue(turns.delayedMillis <= 100, "milliseconds: " + turns.delayedMillis);
  }

  @Test
  void aDelayForTestsThatIsSetDuringASaveIsForTheNext() {
    fill(1000, 10);
    files.start(turns, true, ended::add);
    config.assign(Directive.RDB_KEY_SAVE_DELAY, "1000");
    turns.runAll();
    assertEquals(0, turns.delayedMillis);
  }

  // ---- loading ------------------------------------------------------------------------------------------------------

  @Test
  void loadingInSlicesGivesTheSameAsAtOnce() {
    fill(20_000, 50);
    assertTrue(files.saveAtOnce());
    CommandRunner other = new CommandRunner();
    List<RdbFiles.Outcome> outcomes = new ArrayList<>();
    filesOf(other.keyspace).load(turns, () -> false, RdbLoad.Expired.LEFT_OUT, outcomes::add);
    turns.runAll();
    assertEquals(List.of(RdbFiles.Outcome.LOADED), outcomes);
    assertEquals(Digest.of(runner.keyspace).hex(), Digest.of(other.keyspace).hex());
    assertEquals(loaded(), Digest.of(other.keyspace).hex());
  }

  @Test
  void noFileIsNoDataset() {
    assertEquals(RdbFiles.Outcome.ABSENT, files.loadAtOnce(false));
    List<RdbFiles.Outcome> outcomes = new ArrayList<>();
    files.load(turns, () -> false, RdbLoad.Expired.LEFT_OUT, outcomes::add);
    turns.runAll();
    assertEquals(List.of(RdbFiles.Outcome.ABSENT), outcomes);
  }

  @Test
  void aFileCutOffAnywhereIsDamaged() {
    fill(20, 10);
    assertTrue(files.saveAtOnce());
    byte[] whole = disk.get(place);
    for (int length = 0; length < whole.length; length++) {
      disk.put(place, Arrays.copyOf(whole, length));
      assertEquals(RdbFiles.Outcome.DAMAGED, filesOf(new CommandRunner().keyspace).loadAtOnce(false),
          length + " bytes");
    }
  }

  @Test
  void aReadThatFailsIsDamageToo() {
    fill(20, 10);
    assertTrue(files.saveAtOnce());
    disk.failingStep = disk.steps.size() + 1;
    List<RdbFiles.Outcome> outcomes = new ArrayList<>();
    filesOf(new CommandRunner().keyspace).load(turns, () -> false, RdbLoad.Expired.LEFT_OUT, outcomes::add);
    turns.runAll();
    assertEquals(List.of(RdbFiles.Outcome.DAMAGED), outcomes);
  }

  @Test
  void aFaultWhileLoadingIsDamageToo() {
    fill(20, 10);
    assertTrue(files.saveAtOnce());
    byte[] whole = disk.get(place);
    RdbLoad load = files.receive(0, database -> {
      throw new IllegalStateException("a fault of ours");
    });
    assertFalse(load.read(whole, 0, whole.length));
    assertFalse(load.complete());
  }

  @Test
  void ofAReceivedDatasetThatIsNotWholeTheLibrariesAreNotTakenEither() {
    RdbFiles primary = filesOf(new CommandRunner().keyspace);
    primary.addLibrary(Bytes.of("#!lua name=theirs"));
    assertTrue(primary.saveAtOnce());
    byte[] whole = disk.get(place);
    files.addLibrary(Bytes.of("#!lua name=ours"));
    assertTrue(files.receive(0, runner.keyspace::database).read(whole, 0, whole.length - 1));
    assertTrue(saved().contains("name=ours"));
    assertFalse(files.receive(0, runner.keyspace::database).read(whole, 0, whole.length));
    files.received();
    String after = saved();
    assertTrue(after.contains("name=theirs") && !after.contains("name=ours"), after);
  }

  private String saved() {
    assertTrue(files.saveAtOnce());
    return Bytes.string(disk.get(place));
  }

  @Test
  void loadingStopsWhenAsked() {
    fill(20_000, 50);
    assertTrue(files.saveAtOnce());
    List<RdbFiles.Outcome> outcomes = new ArrayList<>();
    filesOf(new CommandRunner().keyspace).load(turns, () -> true, RdbLoad.Expired.LEFT_OUT, outcomes::add);
    turns.runAll();
    assertEquals(List.of(RdbFiles.Outcome.STOPPED), outcomes);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1L << 32, Long.MAX_VALUE, -1})
  void howManyKeysAFileAnnouncesIsNotBelievedBeyondItsSize(long announced) {
    byte[] count = ByteBuffer.allocate(9).put((byte) 0x81).putLong(announced).array();
    disk.put(place, Bytes.concat(Bytes.concat(Bytes.of("REDIS0010\u00fe\0\u00fb"), count),
        Bytes.concat(count, Bytes.of("\0\3key\5value\u00ff\0\0\0\0\0\0\0\0"))));
    long before = runner.keyspace.usedBytes();
    assertEquals(RdbFiles.Outcome.LOADED, files.loadAtOnce(false));
    assertEquals("value", runner.run("GET", "key"));
    assertTrue(runner.keyspace.usedBytes() - before < 500, runner.keyspace.usedBytes() + " bytes");
  }

  @Test
  void keysWhoseTimeHasComeAreLeftOutAndCounted() {
    runner.run("SET", "stays", "1", "PX", 100_000);
    runner.run("SET", "goes", "1", "PX", 10);
    assertTrue(files.saveAtOnce());
    CommandRunner later = new CommandRunner(CommandRunner.START_MILLIS + 1000);
    RdbFiles laterFiles = filesOf(later.keyspace);
    assertEquals(RdbFiles.Outcome.LOADED, laterFiles.loadAtOnce(false));
    assertEquals(1, laterFiles.load().keysLoaded());
    assertEquals(1, laterFiles.load().keysExpired());
    assertEquals(1L, later.run("EXISTS", "stays"));
  }

  @Test
  void keysThatAreThereGiveWayOnlyIfTheyMay() {
    runner.run("SET", "key", "new");
    assertTrue(files.saveAtOnce());
    runner.run("SET", "key", "old");
    assertEquals(RdbFiles.Outcome.LOADED, files.loadAtOnce(true));
    assertEquals("new", runner.run("GET", "key"));
    assertEquals(RdbFiles.Outcome.DAMAGED, files.loadAtOnce(false));
  }

  /** The digest of what a load of the saved file gives. */
  private String loaded() {
    CommandRunner other = new CommandRunner();
    assertNotNull(disk.get(place));
    assertEquals(RdbFiles.Outcome.LOADED, filesOf(other.keyspace).loadAtOnce(false));
    return Digest.of(other.keyspace).hex();
  }

  // ---- datasets -----------------------------------------------------------------------------------------------------

  private void fill(int keys, int valueBytes) {
    byte[] value = new byte[valueBytes];
    new Random(keys).nextBytes(value);
    for (int i = 0; i < keys; i++) {
      runner.select(i % 3);
      runner.run("SET", "key:" + i, value);
    }
  }

  private void change(Random random) {
    Object key = "key:" + random.nextInt(5000);
    Object other = "key:" + random.nextInt(5000);
    Object number = random.nextInt(1000);
    switch (random.nextInt(30)) {
      case 0 -> runner.select(random.nextInt(3));
      case 1 -> runner.run("SET", key, "v".repeat(random.nextInt(random.nextInt(50) == 0 ? 100_000 : 50)));
      case 2 -> runner.run("SET", key, number, "PX", 1 + random.nextInt(5000));
      case 3 -> runner.run("APPEND", key, "more");
      case 4 -> runner.run("SETRANGE", key, random.nextInt(random.nextInt(50) == 0 ? 30_000 : 50), "range");
      case 5 -> runner.run("INCR", "n:" + number);
      case 6 -> runner.run("DEL", key);
      case 7 -> runner.run("RENAME", key, other);
      case 8 -> runner.run("COPY", key, other, "DB", random.nextInt(3), "REPLACE");
      case 9 -> runner.run("MOVE", key, random.nextInt(3));
      case 10 -> runner.run("PEXPIRE", key, random.nextInt(5000));
      case 11 -> runner.run("PERSIST", key);
      case 12 -> runner.run("GETEX", key, "PX", 1 + random.nextInt(100));
      case 13 -> runner.run("SETBIT", key, random.nextInt(1000), 1);
      case 14 -> runner.run("HSET", "hash:" + random.nextInt(4), number, "v".repeat(random.nextInt(100)));
      case 15 -> runner.run("HDEL", "hash:" + random.nextInt(4), number);
      case 16 -> runner.run("SADD", "set:" + random.nextInt(4), random.nextBoolean() ? number : key);
      case 17 -> runner.run("SREM", "set:" + random.nextInt(4), number);
      case 18 -> runner.run("ZADD", "zset:" + random.nextInt(4), number, key);
      case 19 -> runner.run("ZINCRBY", "zset:" + random.nextInt(4), 1, key);
      case 20 -> runner.run("RENAME", "set:" + random.nextInt(4), "set:" + random.nextInt(4));
      case 21 -> runner.run("RPUSH", "list:" + random.nextInt(4), number, "v".repeat(random.nextInt(100)));
      case 22 -> runner.run("LPOP", "list:" + random.nextInt(4));
      case 23 -> runner.run("LSET", "list:" + random.nextInt(4), random.nextInt(100), "other");
      case 24 -> runner.run("XADD", "stream:" + random.nextInt(4), "*", number, "v".repeat(random.nextInt(100)));
      case 25 -> runner.run("XTRIM", "stream:" + random.nextInt(4), "MAXLEN", 500 + random.nextInt(500));
      case 26 -> runner.run("XGROUP", "CREATE", "stream:" + random.nextInt(4), "group:" + random.nextInt(3), 0);
      case 27 -> runner.run("XREADGROUP", "GROUP", "group:" + random.nextInt(3), "reader:" + random.nextInt(3),
          "COUNT", 5, "STREAMS", "stream:" + random.nextInt(4), ">");
      default -> {
        if (random.nextInt(20) == 0) runner.advance(random.nextInt(50));
        if (random.nextInt(20) == 0) runner.keyspace.activeExpiry().slice(Long.MAX_VALUE);
        if (random.nextInt(2000) == 0) runner.run("SWAPDB", random.nextInt(3), random.nextInt(3));
        if (random.nextInt(2000) == 0) runner.run("FLUSHDB");
        if (random.nextInt(6000) == 0) runner.run("FLUSHALL");
      }
    }
  }
}
