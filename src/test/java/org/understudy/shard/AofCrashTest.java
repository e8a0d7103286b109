package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.persistence.MemoryFileSystem;
import org.understudy.persistence.RdbFiles;

/**
 * What the append-only file holds after the machine has stopped at any step that something takes on the disk: what was
 * safe, and some of what was not, the last of it torn.
 */
class AofCrashTest {
  private static final int VARIANTS = 6;

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final SplittableRandom random = new SplittableRandom(17);
  private final List<Runnable> checks = new ArrayList<>();
  /** How often the counter was incremented, as far as that was answered, and as far as it was asked for. */
  private int answered;
  private int asked;

  private static DirectShard start(MemoryFileSystem files, String... directives) {
    DirectShard shard = DirectShard.withAppendOnlyFile(files, directives);
    RdbFiles.Outcome outcome = shard.load();
    assertTrue(outcome == RdbFiles.Outcome.LOADED || outcome == RdbFiles.Outcome.ABSENT, outcome.name());
    return shard;
  }

  /** From now on the machine may stop before each step. @param check gets what is found then, later */
  private void atEveryStep(Consumer<MemoryFileSystem> check) {
    files.beforeStep = () -> {
      for (int i = 0; i < VARIANTS; i++) {
        MemoryFileSystem found = files.crashed(random);
        checks.add(() -> check.accept(found));
      }
    };
  }

  /** The counter holds what was answered and no more than was asked for. */
  private void expectWhatWasAnswered() {
    files.beforeStep = () -> {
      for (int i = 0; i < VARIANTS; i++) addCheck(files.crashed(random), answered, asked);
    };
  }

  private void addCheck(MemoryFileSystem found, int least, int most) {
    String step = files.steps.isEmpty() ? "the start" : files.steps.get(files.steps.size() - 1);
    checks.add(() -> {
      Object value = start(found).call("GET", "counter");
      int counter = value == null ? 0 : Integer.parseInt((String) value);
      assertTrue(counter >= least && counter <= most, counter + " of " + least + " to " + most + " after " + step);
    });
  }

  private void runChecks() {
    files.beforeStep = () -> { };
    assertTrue(checks.size() > 30, checks.size() + " checks");
    checks.forEach(Runnable::run);
  }

  private void increment(DirectShard shard) {
    asked++;
    shard.call("INCR", "counter");
    answered++;
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void underAlwaysWhatWasAnsweredIsThereAlsoDuringRewrites(String preamble) {
    DirectShard shard = start(files, "appendfsync always", "aof-use-rdb-preamble " + preamble);
    expectWhatWasAnswered();
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 5; i++) increment(shard);
      assertFalse(shard.text("BGREWRITEAOF").isEmpty());
    }
    runChecks();
  }

  @Test
  void underEverysecNothingIsMissingThatIsOlderThanASecond() {
    DirectShard shard = start(files);
    ArrayDeque<Integer> answeredBefore = new ArrayDeque<>();
    int[] safe = {0};
    files.beforeStep = () -> {
      for (int i = 0; i < VARIANTS; i++) addCheck(files.crashed(random), safe[0], asked);
    };
    for (int tenth = 0; tenth < 60; tenth++) {
      increment(shard);
      if (tenth % 17 == 0) shard.call("BGREWRITEAOF");
      answeredBefore.add(answered);
      shard.advance(100);
      shard.parts.shard().tick();
      shard.runSlices();
      if (answeredBefore.size() > 10) safe[0] = answeredBefore.poll();
    }
    runChecks();
  }

  @Test
  void theFirstStartLeavesNothingThatCannotBeLoaded() {
    atEveryStep(found -> assertEquals("1", writtenTo(found)));
    increment(start(files));
    runChecks();
  }

  /** Whether what is found can be written to. */
  private static Object writtenTo(MemoryFileSystem found) {
    start(found).call("SET", "a", "1");
    return start(found).call("GET", "a");
  }

  @Test
  void theSingleFileOfAnOldVersionIsNeverLost() {
    files.put(Config.defaults().resolve("appendonly.aof"),
        Bytes.of("*3\r\n$3\r\nSET\r\n$7\r\ncounter\r\n$2\r\n17\r\n"));
    answered = 17;
    asked = 17;
    expectWhatWasAnswered();
    DirectShard shard = start(files, "appendfsync always");
    increment(shard);
    shard.call("BGREWRITEAOF");
    increment(shard);
    runChecks();
  }

  @Test
  void switchedOnItIsWholeOrNotThereUntilThatIsAnswered() {
    DirectShard shard = new DirectShard(Config.parse(List.of("save \"\"", "appendfsync always")), files);
    for (int i = 0; i < 5; i++) increment(shard);
    answered = 0;
    expectWhatWasAnswered();
    assertEquals("OK", shard.call("CONFIG", "SET", "appendonly", "yes"));
    answered = asked;
    increment(shard);
    shard.call("BGREWRITEAOF");
    runChecks();
  }

  @Test
  void afterADiskThatCouldNotSyncTheRewriteBringsEverything() {
    DirectShard shard = start(files);
    increment(shard);
    files.failing = step -> step.equals("sync appendonly.aof.1.incr.aof");
    shard.advance(1001);
    increment(shard);
    for (int i = 0; i < 3; i++) {
      shard.advance(1001);
      shard.parts.shard().tick();
      shard.runSlices();
    }
    for (int i = 0; i < 50; i++) addCheck(files.crashed(random), answered, asked);
    runChecks();
  }

  @Test
  void anIncrementWhoseNameMayNotBeSafeDoesNotMakeTheOneBeforeItAMiddle() {
    DirectShard shard = start(files);
    increment(shard);
    int[] folderSyncs = {0};
    files.failing = step -> step.equals("sync folder") && ++folderSyncs[0] == 2; // behind the renamed manifest
    shard.call("BGREWRITEAOF");
    assertTrue(folderSyncs[0] >= 2);
    files.failing = step -> false;
    for (int i = 0; i < 20; i++) increment(shard);
    for (int i = 0; i < 50; i++) addCheck(files.crashed(random), 1, asked);
    runChecks();
  }

  @Test
  void whatARewriteReplacesIsGoneAfterTheNextStart() {
    DirectShard shard = start(files);
    files.beforeStep = () -> {
      for (int i = 0; i < VARIANTS; i++) {
        MemoryFileSystem found = files.crashed(random);
        String step = files.steps.get(files.steps.size() - 1);
        checks.add(() -> expectNoForgottenFile(found, step));
      }
    };
    for (int i = 0; i < 3; i++) {
      increment(shard);
      shard.call("BGREWRITEAOF");
    }
    runChecks();
  }

  /** After the next start no file is there that the manifest has left behind: older than one of its kind in use. */
  private static void expectNoForgottenFile(MemoryFileSystem found, String step) {
    start(found);
    String manifest = manifest(found);
    for (String suffix : List.of(".base.rdb", ".incr.aof")) {
      List<String> ofKind = found.list().stream().filter(name -> name.endsWith(suffix)).toList(); // oldest first
      int firstInUse = 0;
      while (firstInUse < ofKind.size() && !manifest.contains(ofKind.get(firstInUse))) firstInUse++;
      assertTrue(firstInUse == 0 || firstInUse == ofKind.size(), ofKind + " after " + step + " of\n" + manifest);
    }
  }

  private static String manifest(MemoryFileSystem files) {
    byte[] manifest = files.get(Config.defaults().resolve("appendonlydir/appendonly.aof.manifest"));
    return manifest == null ? "" : Bytes.string(manifest);
  }
}
