package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.keyspace.Keyspace;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;
import org.understudy.testing.CommandRunner;
import org.understudy.testing.ManualClock;

/** A dataset from a primary takes the place of the RDB file if it is whole, and not otherwise. */
class ReceivedFileTest {
  private static final byte[] OLD = Bytes.of("the old file");
  private static final int PIECE_BYTES = 7;

  private final MemoryFileSystem disk = new MemoryFileSystem();
  private final Config config = Config.defaults();
  private final Path place = config.resolve("dump.rdb");
  private RdbFiles files;
  private byte[] dataset;

  @BeforeEach
  void makeDataset() {
    CommandRunner runner = new CommandRunner();
    runner.run("SET", "text", "value");
    runner.run("RPUSH", "list", "a", "b", "c");
    runner.run("HSET", "hash", "field", "1");
    files = filesOf(runner.keyspace);
    files.saveAtOnce();
    dataset = disk.get(place);
    disk.put(place, OLD);
  }

  private RdbFiles filesOf(Keyspace keyspace) {
    Clock clock = new ManualClock(() -> CommandRunner.START_MILLIS);
    RdbWriter.Origin origin = new RdbWriter.Origin("7.0.15", 1_700_000_000, 1234, null, false);
    return new RdbFiles(disk, keyspace, config, clock, () -> origin,
        () -> ReadOptions.of(config, keyspace.hashSeed()), 77);
  }

  private void receive(byte[] bytes) throws IOException {
    PiecewiseFile file = files.receivedFile();
    try {
      for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
        file.write(ByteBuffer.wrap(bytes, from, Math.min(bytes.length - from, PIECE_BYTES)));
      }
      file.commit();
    } catch (IOException e) {
      file.discard();
      throw e;
    }
  }

  private void assertReplacesNothing(byte[] bytes, String what) {
    assertThrows(IOException.class, () -> receive(bytes), what);
    assertArrayEquals(OLD, disk.get(place), what);
    assertEquals(List.of("dump.rdb"), disk.list(), what);
  }

  @Test
  void aWholeDatasetTakesThePlaceOfTheFile() throws IOException {
    receive(dataset);
    assertArrayEquals(dataset, disk.get(place));
    assertEquals(List.of("dump.rdb"), disk.list());
  }

  @Test
  void aDatasetWithAnyByteChangedReplacesNothing() {
    for (int i = 0; i < dataset.length; i++) {
      byte[] damaged = dataset.clone();
      damaged[i] ^= 1;
      assertReplacesNothing(damaged, "byte " + i);
    }
  }

  @Test
  void aFailureAtAnyStepOfTheDiskLeavesNoTemporaryFile() throws IOException {
    int before = disk.steps.size();
    receive(dataset);
    int steps = disk.steps.size() - before;
    for (int i = 0; i < steps; i++) {
      disk.put(place, OLD);
      disk.failingStep = disk.steps.size() + i;
      String failed = disk.steps.get(before + i);
      assertThrows(IOException.class, () -> receive(dataset), failed);
      assertEquals(List.of("dump.rdb"), disk.list(), failed);
      assertEquals(0, disk.openFiles(), failed);
    }
  }

  @Test
  void aDatasetThatEndsEarlyReplacesNothing() {
    for (int length = 0; length < dataset.length; length++) {
      assertReplacesNothing(Arrays.copyOf(dataset, length), length + " bytes");
    }
  }
}
