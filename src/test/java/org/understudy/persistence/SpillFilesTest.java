package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.replication.Spill;

class SpillFilesTest {
  private final MemoryFileSystem files = new MemoryFileSystem();
  private final ManualTurns turns = new ManualTurns();
  private final List<Object> told = new ArrayList<>();
  private final SpillFiles spill = new SpillFiles(files, () -> Path.of("/data"), 5);
  private final Spill.Piece piece;

  SpillFilesTest() {
    spill.start(turns);
    piece = spill.create();
  }

  private void write(String text) {
    piece.write(Bytes.of(text + "rest"), text.length(), told::add);
  }

  private void read(long position, int most) {
    piece.read(position, most, (bytes, failure) -> told.add(failure == null ? Bytes.string(bytes) : failure));
  }

  @Test
  void whatWasWrittenIsReadAgainOneCallAfterTheOther() {
    write("hello ");
    write("world");
    read(3, 5);
    read(3, 500);
    assertEquals(1, turns.blocking.size(), "one at a time");
    turns.runAll();
    assertNull(told.get(0));
    assertNull(told.get(1));
    assertEquals(List.of("lo wo", "lo world"), told.subList(2, 4));
  }

  @Test
  void aFileHasNoNameOnceItIsOpenAndIsClosedWhenItIsDeleted() {
    write("bytes");
    turns.runAll();
    assertEquals(List.of("create temp-5-1.repl", "open temp-5-1.repl", "delete temp-5-1.repl", "write temp-5-1.repl"),
        files.steps);
    piece.delete();
    turns.runAll();
    assertEquals("close temp-5-1.repl", files.steps.get(files.steps.size() - 1));
  }

  @Test
  void aFailureIsToldAndLeavesNoFile() {
    for (int step : new int[] {0, 1, 3}) {
      files.steps.clear();
      files.failingStep = step;
      told.clear();
      Spill.Piece failing = spill.create();
      failing.write(Bytes.of("bytes"), 5, told::add);
      failing.delete();
      turns.runAll();
      assertEquals(MemoryFileSystem.NO_SPACE, ((IOException) told.get(0)).getMessage());
      assertEquals(List.of(), files.list());
    }
  }

  @Test
  void aFileThatIsTooShortIsAFailure() {
    write("bytes");
    read(5, 1);
    turns.runAll();
    assertNotNull(((IOException) told.get(1)).getMessage());
  }
}
