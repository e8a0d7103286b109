package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log whose readers need more than memory has room for. */
class SpilledLogTest {
  private static final int CHUNK = 16 << 10;
  private static final int CAPACITY = 4 * CHUNK;
  private static final long PIECE = 16 << 20;

  /** Keeps everything in memory; what it is asked to do waits until it is told to go on. */
  private static final class SlowSpill implements Spill {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private int pieces;
    private int deleted;
    private IOException failure;

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
    }

    @Override
    public Piece create() {
      pieces++;
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      return new Piece() {
        @Override
        public void write(byte[] bytes, int length, Consumer<IOException> written) {
          tasks.add(() -> {
            if (failure == null) content.write(bytes, 0, length);
            written.accept(failure);
          });
        }

        @Override
        public void read(long position, int mostBytes, BiConsumer<byte[], IOException> read) {
          tasks.add(() -> {
            int end = (int) Math.min(content.size(), position + mostBytes);
            if (failure == null) read.accept(Arrays.copyOfRange(content.toByteArray(), (int) position, end), null);
            else read.accept(null, failure);
          });
        }

        @Override
        public void delete() {
          deleted++;
        }
      };
    }
  }

  private final SlowSpill spill = new SlowSpill();
  private final ReplicationLog log = new ReplicationLog(CAPACITY, 0, spill);
  private final ByteArrayOutputStream history = new ByteArrayOutputStream();
  private final Random random = new Random(7);

  SpilledLogTest() {
    log.activate();
  }

  private void append(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    history.writeBytes(bytes);
    log.append(bytes, 0, length);
  }

  /** Reads on until an offset, as far as the spill has to be waited for with it going on. */
  private void assertReads(ReplicationLog.Reader reader, long until) throws IOException {
    byte[] all = history.toByteArray();
    while (reader.position() < until) {
      long from = reader.position();
      ByteString bytes = reader.read((int) Math.min(10_000, until - from));
      assertArrayEquals(Arrays.copyOfRange(all, (int) from, (int) from + bytes.size()), bytes.toArray());
      if (bytes.isEmpty()) spill.run();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 15 * CHUNK - 1, 15 * CHUNK, 19 * CHUNK,
      20 * CHUNK})
  void aReaderGetsTheSameWhereverItStartsAndWhateverIsSpilled(int from) throws IOException {
    ReplicationLog.Reader holder = log.reader(0);
    for (int i = 0; i < 20; i++) {
      append(CHUNK);
      spill.run();
    }
    assertEquals(0, log.first());
    assertEquals(CAPACITY, log.memoryBytes());
    assertEquals(20 * CHUNK - CAPACITY, log.spilledBytes());
    ReplicationLog.Reader reader = log.reader(from);
    assertReads(reader, 20 * CHUNK);
    append(3 * CHUNK + 5);
    assertReads(reader, log.end());
    assertReads(holder, log.end());
    assertEquals(0, log.spilledBytes());
  }

  @Test
  void readersAtManyPlacesGetTheSameWhileItIsWritten() throws IOException {
    ReplicationLog.Reader[] readers = new ReplicationLog.Reader[5];
    for (int i = 0; i < readers.length; i++) readers[i] = log.reader(0);
    for (int i = 0; i < 400; i++) {
      append(1 + random.nextInt(CHUNK));
      if (random.nextBoolean()) spill.run();
      for (int j = i > 200 ? 1 : 0; j < readers.length; j++) {
        assertReads(readers[j], Math.min(log.end(), readers[j].position() + random.nextInt(CHUNK * (j + 1) / 3)));
      }
      if (i == 200) readers[0].close();
    }
    for (int j = 1; j < readers.length; j++) assertReads(readers[j], log.end());
    assertEquals(0, log.spillFiles());
    assertEquals(spill.pieces, spill.deleted);
    spill.run();
    assertTrue(log.memoryBytes() <= CAPACITY + 2 * CHUNK, () -> log.memoryBytes() + " bytes in memory");
  }

  @Test
  void whatIsBeingSpilledCanBeReadFromMemory() throws IOException {
    ReplicationLog.Reader reader = log.reader(0);
    append(10 * CHUNK);
    assertEquals(10 * CHUNK, log.memoryBytes());
    assertReads(reader, 10 * CHUNK);
    append(1);
    assertTrue(log.first() > 5 * CHUNK, "what nobody needs is not waited for");
    spill.run();
    assertEquals(0, log.spillFiles());
    assertEquals(spill.pieces, spill.deleted);
  }

  @Test
  void filesGoWithTheLastReaderThatHasPassedThem() throws IOException {
    ReplicationLog.Reader reader = log.reader(0);
    while (log.end() < 2 * PIECE + PIECE / 2) {
      append(CHUNK);
      spill.run();
    }
    assertEquals(3, log.spillFiles());
    ReplicationLog.Reader late = log.reader(5);
    assertReads(reader, PIECE);
    assertEquals(0, spill.deleted);
    assertReads(late, PIECE + 1);
    assertEquals(1, spill.deleted);
    assertEquals(PIECE, log.first());
    late.close();
    assertEquals(1, spill.deleted);
    reader.close();
    assertEquals(3, spill.deleted);
    assertTrue(log.length() <= CAPACITY + CHUNK);
  }

  @Test
  void aReaderIsToldWhenItsBytesHaveBeenRead() throws IOException {
    ReplicationLog.Reader reader = log.reader(0);
    append(10 * CHUNK);
    spill.run();
    int[] told = {0};
    assertTrue(reader.read(10).isEmpty());
    reader.whenMore(() -> told[0]++);
    append(1);
    assertEquals(0, told[0], "what it waits for is not there");
    spill.run();
    assertEquals(1, told[0]);
    assertReads(reader, 10);
  }

  @Test
  void readersAreCutOffWhenTheDiskIsFullAndNobodyElse() throws IOException {
    ReplicationLog.Reader slow = log.reader(0);
    append(4 * CHUNK);
    ReplicationLog.Reader quick = log.reader(log.end());
    int[] told = {0};
    assertReads(slow, 100);
    spill.failure = new IOException("No space left on device");
    slow.whenMore(() -> told[0]++);
    append(8 * CHUNK);
    assertReads(quick, log.end());
    told[0] = 0;
    slow.whenMore(() -> told[0]++);
    spill.run();
    assertEquals(1, told[0]);
    IOException cut = assertThrows(IOException.class, () -> slow.read(1));
    assertTrue(cut.getMessage().endsWith("No space left on device"), cut.getMessage());
    assertEquals(1, log.readersCut());
    assertEquals(0, log.spillFiles());
    append(CHUNK);
    assertReads(quick, log.end());
    assertTrue(log.length() <= CAPACITY + CHUNK);
    spill.failure = null;
    ReplicationLog.Reader again = log.reader(log.first());
    append(10 * CHUNK);
    spill.run();
    assertReads(again, log.end());
  }

  @Test
  void aReaderIsCutOffWhenItsBytesCannotBeReadAgain() {
    ReplicationLog.Reader reader = log.reader(0);
    append(10 * CHUNK);
    spill.run();
    spill.failure = new IOException("Input/output error");
    assertThrows(IOException.class, () -> assertReads(reader, 1));
    assertEquals(1, log.readersCut());
  }

  @Test
  void atTheLimitTheSlowestReadersGiveWay() throws IOException {
    log.spillLimit(2 * PIECE);
    ReplicationLog.Reader slowest = log.reader(0);
    while (log.end() < PIECE + CHUNK) {
      append(CHUNK);
      spill.run();
    }
    ReplicationLog.Reader slow = log.reader(PIECE + 1);
    while (log.readersCut() == 0) {
      append(CHUNK);
      spill.run();
      assertTrue(log.spilledBytes() <= 2 * PIECE);
    }
    assertThrows(IOException.class, () -> slowest.read(1));
    assertEquals(PIECE, log.first());
    assertReads(slow, log.end());
  }

  @Test
  void aDiskThatIsTooSlowCostsTheReadersNotTheMemory() {
    ReplicationLog.Reader slow = log.reader(0);
    long most = 0;
    while (log.readersCut() == 0) {
      append(1 << 20);
      most = Math.max(most, log.memoryBytes());
    }
    assertTrue(most < 80 << 20, most + " bytes in memory");
    assertThrows(IOException.class, () -> slow.read(1));
    assertTrue(log.memoryBytes() <= CAPACITY + 2 * CHUNK);
  }

  @Test
  void whatIsBeingSpilledWhenAnotherHistoryBeginsHasNoPartInIt() throws IOException {
    ReplicationLog.Reader before = log.reader(0);
    append(10 * CHUNK);
    before.close();
    log.restart(0);
    history.reset();
    ReplicationLog.Reader after = log.reader(0);
    append(6 * CHUNK);
    spill.run();
    assertReads(after, log.end());
  }

  @Test
  void aNewCapacityCountsAtOnce() throws IOException {
    ReplicationLog.Reader reader = log.reader(0);
    append(4 * CHUNK);
    log.capacity(CHUNK);
    spill.run();
    assertEquals(3 * CHUNK, log.spilledBytes());
    log.capacity(100 * CHUNK);
    append(10 * CHUNK);
    spill.run();
    assertEquals(3 * CHUNK, log.spilledBytes());
    assertReads(reader, log.end());
  }
}
