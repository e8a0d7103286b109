package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.replication.LogExcerpt;

class LogFileTest {
  private static final Path PATH = Path.of("/data/dump.rdb.backlog");
  private static final LogExcerpt EXCERPT =
      new LogExcerpt("0123456789abcdef0123456789abcdef01234567", 1L << 40, Bytes.of("*1\r\n$4\r\nPING\r\n\n\n"));

  private final MemoryFileSystem files = new MemoryFileSystem();

  @Test
  void whatIsSavedIsReadAgain() {
    LogFile.save(files, PATH, EXCERPT, 5);
    LogExcerpt read = LogFile.read(files, PATH);
    assertEquals(EXCERPT.id(), read.id());
    assertEquals(EXCERPT.first(), read.first());
    assertArrayEquals(EXCERPT.bytes(), read.bytes());
  }

  @Test
  void aFileThatWasChangedOrCutIsIgnored() {
    LogFile.save(files, PATH, EXCERPT, 5);
    byte[] good = files.get(PATH);
    for (int i = 0; i < good.length; i++) {
      files.put(PATH, Arrays.copyOf(good, i));
      assertNull(LogFile.read(files, PATH), "cut at " + i);
      byte[] changed = good.clone();
      changed[i] ^= 4;
      files.put(PATH, changed);
      assertNull(LogFile.read(files, PATH), "changed at " + i);
    }
  }

  @Test
  void whereThereIsNoFileThereIsNothing() {
    assertNull(LogFile.read(files, PATH));
  }

  @Test
  void aFailureAtAnyStepLeavesTheFileBeforeOrTheNewOne() {
    LogFile.save(files, PATH, EXCERPT, 5);
    int steps = files.steps.size();
    for (int step = 0; step < steps; step++) {
      MemoryFileSystem failing = new MemoryFileSystem();
      failing.put(PATH, Bytes.of("before"));
      failing.failingStep = step;
      LogFile.save(failing, PATH, EXCERPT, 5);
      assertEquals(List.of("dump.rdb.backlog"), failing.list());
      boolean renamed = step == steps - 1;
      assertArrayEquals(renamed ? files.get(PATH) : Bytes.of("before"), failing.get(PATH), "step " + step);
    }
  }

  @Test
  void whereverTheMachineStopsTheFileBeforeOrTheNewOneIsThere() {
    LogExcerpt before = new LogExcerpt(EXCERPT.id(), 1, Bytes.of("before"));
    LogFile.save(files, PATH, before, 5);
    SplittableRandom random = new SplittableRandom(3);
    List<MemoryFileSystem> found = new ArrayList<>();
    files.beforeStep = () -> {
      for (int i = 0; i < 20; i++) found.add(files.crashed(random));
    };
    LogFile.save(files, PATH, EXCERPT, 5);
    assertTrue(found.size() > 100);
    for (MemoryFileSystem each : found) {
      LogExcerpt read = LogFile.read(each, PATH);
      assertTrue(List.of(before.first(), EXCERPT.first()).contains(read.first()), "a history from " + read.first());
    }
    assertEquals(EXCERPT.first(), LogFile.read(files.crashed(random), PATH).first());
  }

  @Test
  void anExcerptLeadsToThePlacesWithinIt() {
    LogExcerpt excerpt = new LogExcerpt("a", 10, new byte[5]);
    for (int offset = 0; offset < 20; offset++) {
      assertEquals(offset >= 10 && offset <= 15, excerpt.leadsTo("a", offset), "to " + offset);
    }
    assertEquals(false, excerpt.leadsTo("b", 12));
  }
}
