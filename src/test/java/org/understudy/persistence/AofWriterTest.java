package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.testing.ManualClock;

/** What is written and synced when, with a disk whose every step the test decides. */
class AofWriterTest {
  private final MemoryFileSystem files = new MemoryFileSystem();
  private final Config config = Config.defaults();
  private final Path place = config.resolve("appendonlydir/file");
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private final ArrayDeque<Runnable> syncs = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private long nowMillis = 1_000_000;
  private AofWriter writer;

  @BeforeEach
  void open() throws IOException {
    Clock clock = new ManualClock(() -> nowMillis);
    AofWriter.Owner owner = new AofWriter.Owner() {
      @Override
      public void progressed() {
        told.add("progress");
      }

      @Override
      public void statusChanged() {
        told.add("status");
      }

      @Override
      public void took(String event, long nanos) {
        if (nanos > 0) told.add(event + " " + nanos / 1_000_000);
      }

      @Override
      public void fatal(String reason) {
        told.add(reason);
      }
    };
    writer = new AofWriter(new AofFolder(files, config), config, clock, owner, turns::add, syncs::add);
    writer.open(files.append(place), 0, 0);
    run(turns);
    files.steps.clear();
  }

  private static void run(ArrayDeque<Runnable> due) {
    for (Runnable next = due.poll(); next != null; next = due.poll()) next.run();
  }

  private void add(String commands) {
    byte[] bytes = Bytes.of(commands);
    writer.add(bytes, 0, bytes.length);
    writer.handOver();
  }

  private void policy(String appendfsync) {
    config.set(List.of(new Config.Setting("appendfsync", appendfsync)), true, false);
  }

  private void tick(long millis) {
    nowMillis += millis;
    writer.tick();
    run(turns);
  }

  private String written() {
    return Bytes.string(files.get(place));
  }

  @Test
  void whatGathersWhileTheWriterIsBusyIsOneWriteAndOneSync() {
    policy("always");
    add("a");
    add("b");
    add("c");
    assertEquals(1, turns.size());
    run(turns);
    assertEquals(List.of("write file", "sync file"), files.steps);
    assertEquals("abc", written());
    assertEquals(3, writer.syncedPosition());
    assertEquals(List.of("progress"), told);
  }

  @Test
  void moreThanOneBufferKeepsItsOrder() {
    String large = "x".repeat(300_000);
    add("a");
    add(large);
    add("b");
    run(turns);
    assertEquals("a" + large + "b", written());
    assertEquals(300_002, writer.writtenPosition());
  }

  @Test
  void everySecondAnotherThreadSyncs() {
    add("a");
    run(turns);
    assertEquals(0, syncs.size());
    tick(1000);
    assertEquals(1, syncs.size());
    assertTrue(writer.isSyncing());
    run(syncs);
    run(turns);
    assertFalse(writer.isSyncing());
    assertEquals(1, writer.syncedPosition());
    tick(1000);
    assertEquals(0, syncs.size(), "nothing is left to be synced");
  }

  @Test
  void aWriteDoesNotWaitForASyncButOneThatLastsLongCounts() {
    add("a");
    run(turns);
    tick(1000);
    add("b");
    run(turns);
    assertEquals("ab", written());
    nowMillis += 1999;
    add("c");
    run(turns);
    assertEquals(0, writer.delayedSyncs());
    nowMillis++;
    add("d");
    run(turns);
    add("e");
    run(turns);
    assertEquals("abcde", written());
    assertEquals(1, writer.delayedSyncs());
    run(syncs);
    run(turns);
    tick(1000);
    add("f");
    run(turns);
    assertEquals(1, writer.delayedSyncs(), "another sync");
  }

  // ---- on the shard's thread ---------------------------------------------------------------------------------------

  private boolean addAndWriteHere(String commands) {
    byte[] bytes = Bytes.of(commands);
    writer.add(bytes, 0, bytes.length);
    return writer.writeHere();
  }

  @Test
  void theShardWritesItselfAsLongAsNothingIsInTheWay() {
    assertTrue(addAndWriteHere("a"));
    assertTrue(addAndWriteHere("x".repeat(300_000)));
    assertEquals(0, turns.size());
    assertEquals(300_001, files.get(place).length);
    assertEquals(300_001, writer.writtenPosition());
    nowMillis += 1000;
    assertTrue(addAndWriteHere("b"));
    assertEquals(1, syncs.size());
  }

  private void assertLeftToTheWriter() {
    String before = written();
    assertFalse(addAndWriteHere("left"));
    assertEquals(before, written());
    run(turns);
    assertEquals(before + "left", written());
  }

  @Test
  void whatIsToBeSyncedIsLeftToTheWriter() {
    policy("always");
    assertLeftToTheWriter();
    assertEquals(4, writer.syncedPosition());
  }

  @Test
  void duringASyncWritesAreLeftToTheWriter() {
    addAndWriteHere("a");
    tick(1000);
    assertLeftToTheWriter();
    run(syncs);
    run(turns);
    assertTrue(addAndWriteHere("b"));
  }

  @Test
  void behindAnOrderWritesAreLeftToTheWriter() {
    writer.flush(() -> told.add("flushed"));
    assertLeftToTheWriter();
    assertEquals(List.of("flushed"), told);
  }

  @Test
  void muchAtOnceIsLeftToTheWriter() {
    assertFalse(addAndWriteHere("x".repeat(600_000)));
    run(turns);
    assertEquals(600_000, writer.writtenPosition());
  }

  @Test
  void afterAWriteThatTookLongTheNextAreLeftToTheWriterForASecond() {
    files.beforeStep = () -> nowMillis += 5;
    addAndWriteHere("a");
    assertEquals(List.of("aof-write-alone 5", "aof-write 5"), told);
    files.beforeStep = () -> { };
    nowMillis += 999;
    assertLeftToTheWriter();
    nowMillis++;
    run(syncs);
    run(turns);
    assertTrue(addAndWriteHere("b"));
  }

  @Test
  void aFailureHereIsTriedAgainByTheWriter() {
    files.failing = step -> step.startsWith("write");
    assertFalse(addAndWriteHere("command"));
    assertEquals("No space left on device", writer.failure());
    files.failing = step -> false;
    assertFalse(addAndWriteHere(" and more"));
    tick(1000);
    assertEquals("command and more", written());
    assertNull(writer.failure());
  }

  @Test
  void syncsUnderAlwaysAreTold() {
    policy("always");
    files.beforeStep = () -> nowMillis += 3;
    add("a");
    run(turns);
    assertTrue(told.contains("aof-fsync-always 3"), told.toString());
  }

  @Test
  void withoutSyncsNothingIsSynced() {
    policy("no");
    add("a");
    run(turns);
    tick(5000);
    assertEquals(0, syncs.size());
    assertEquals("a", written());
  }

  @Test
  void duringASnapshotSyncsAreLeftOutIfThatIsWanted() {
    config.set(List.of(new Config.Setting("no-appendfsync-on-rewrite", "yes")), true, false);
    writer.snapshotUnderWay(true);
    add("a");
    run(turns);
    tick(5000);
    assertEquals(0, syncs.size());
    writer.snapshotUnderWay(false);
    tick(100);
    assertEquals(1, syncs.size());
  }

  @Test
  void ofAWriteThatFailsNothingStaysAndItIsTriedAgain() {
    files.failing = step -> step.startsWith("write");
    add("command");
    run(turns);
    assertEquals("", written());
    assertEquals("No space left on device", writer.failure());
    files.failing = step -> false;
    tick(999);
    assertEquals("", written());
    tick(1);
    assertEquals("command", written());
    assertNull(writer.failure());
    assertEquals(List.of("status", "status"), told);
  }

  @Test
  void aPartThatCannotBeRemovedIsNotWrittenTwice() {
    files.failing = step -> step.startsWith("write") || step.startsWith("truncate");
    add("command");
    run(turns);
    files.failing = step -> false;
    tick(1000);
    assertEquals("command", written());
  }

  @Test
  void underAlwaysAFailureIsTheEnd() {
    policy("always");
    files.failing = step -> step.startsWith("sync");
    add("a");
    run(turns);
    assertTrue(told.get(0).startsWith("Can't persist AOF for fsync error when the AOF fsync policy is 'always'"));
    assertEquals(0, writer.syncedPosition());
    add("b");
    run(turns);
    assertEquals("a", written());
  }

  @Test
  void aSyncThatFailedIsNeverTriedAgain() {
    files.failing = step -> step.startsWith("sync");
    add("a");
    run(turns);
    tick(1000);
    run(syncs);
    run(turns);
    assertTrue(writer.isDamaged());
    files.failing = step -> false;
    tick(5000);
    writer.flush(() -> told.add("flushed"));
    run(turns);
    assertEquals(1, files.steps.stream().filter(step -> step.startsWith("sync")).count());
    assertTrue(writer.isDamaged());
    assertTrue(told.contains("flushed"));
  }

  @Test
  void whoeverHasTheFileClosedWaitsForItsSync() {
    add("a");
    run(turns);
    tick(1000);
    writer.close(() -> told.add("closed"));
    run(turns);
    assertEquals(List.of(), told);
    run(syncs);
    run(turns);
    assertEquals(List.of("closed"), told);
    assertTrue(files.steps.contains("close file"));
  }

  @Test
  void aBaseIsNotInstalledBeforeItsIncrementIsBegunThoughWritesFail() throws IOException {
    Path made = config.resolve("temp-base");
    files.put(made, Bytes.of("base"));
    add("a");
    run(turns);
    tick(1000);
    files.failing = step -> step.equals("write file");
    add("b");
    writer.rotate(false, begun -> told.add("begun " + begun));
    writer.install(made, true, false, done -> told.add("installed " + done));
    run(turns);
    files.failing = step -> false;
    run(syncs);
    run(turns);
    assertEquals(List.of("begun true", "installed true"),
        told.stream().filter(line -> line.startsWith("begun") || line.startsWith("installed")).toList());
    assertEquals(List.of("appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof", "appendonly.aof.manifest", "file"),
        files.list());
  }
}
