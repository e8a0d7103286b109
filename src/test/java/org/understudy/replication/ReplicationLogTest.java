package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplicationLogTest {
  private static final int CAPACITY = 64 << 10;
  private static final int CHUNK = 16 << 10;

  private final ReplicationLog log = new ReplicationLog(CAPACITY, 0, null);
  /** Each byte of the history, told by its offset. */
  private long written;

  ReplicationLogTest() {
    log.activate();
  }

  private static byte byteAt(long offset) {
    return (byte) (offset * 31 + (offset >>> 8) * 7);
  }

  private void append(int length) {
    byte[] bytes = new byte[length + 4];
    for (int i = 0; i < length; i++) bytes[i + 3] = byteAt(written++);
    log.append(bytes, 3, length);
  }

  private void assertReads(ReplicationLog.Reader reader, int most, long until) throws IOException {
    while (reader.position() < until) {
      long from = reader.position();
      byte[] bytes = reader.read(most).toArray();
      assertTrue(bytes.length > 0 && bytes.length <= most, () -> bytes.length + " bytes at " + from);
      for (int i = 0; i < bytes.length; i++) assertEquals(byteAt(from + i), bytes[i], "at " + (from + i));
      assertEquals(from + bytes.length, reader.position());
    }
  }

  @Test
  void readersGetWhatWasAppendedWhateverThePieces() throws IOException {
    Random random = new Random(1);
    ReplicationLog.Reader reader = log.reader(0);
    for (int i = 0; i < 500; i++) {
      append(1 + random.nextInt(i % 10 == 0 ? 3 * CHUNK : 100));
      assertReads(reader, 1 + random.nextInt(5000), log.end() - random.nextInt(3) * reader.behind() / 3);
    }
    assertReads(reader, 1000, written);
    assertTrue(reader.read(10).isEmpty());
  }

  @Test
  void whatNobodyNeedsIsForgottenBeyondTheCapacity() {
    append(CAPACITY);
    assertEquals(0, log.first());
    append(CHUNK - 1);
    assertEquals(0, log.first(), "less than the capacity would be left");
    append(1);
    assertEquals(CHUNK, log.first());
    append(10 * CHUNK);
    assertTrue(log.length() >= CAPACITY && log.length() <= CAPACITY + CHUNK, () -> log.length() + " bytes are kept");
    assertFalse(log.holds(log.first() - 1));
    assertTrue(log.holds(log.first()));
    assertTrue(log.holds(log.end()));
    assertFalse(log.holds(log.end() + 1));
    assertThrows(IllegalArgumentException.class, () -> log.reader(log.first() - 1));
  }

  @Test
  void whatAReaderNeedsIsKeptUntilItHasReadItOrGoes() throws IOException {
    append(10);
    ReplicationLog.Reader slow = log.reader(5);
    ReplicationLog.Reader slower = log.reader(3);
    append(20 * CHUNK);
    assertEquals(0, log.first());
    slower.close();
    assertReads(slow, 999, 2 * CHUNK);
    append(CHUNK);
    assertEquals(2 * CHUNK, log.first());
    slow.close();
    slow.close();
    assertTrue(log.length() <= CAPACITY + CHUNK);
  }

  @Test
  void anotherCapacityCountsAtOnce() {
    append(4 * CHUNK);
    log.capacity(CHUNK);
    assertEquals(3 * CHUNK, log.first(), "the newest piece stays whole");
    log.capacity(1 << 20);
    append(4 * CHUNK);
    assertEquals(3 * CHUNK, log.first());
  }

  @Test
  void aReaderThatHasReadAllIsToldOnceOfMore() throws IOException {
    ReplicationLog.Reader reader = log.reader(0);
    int[] told = {0};
    append(1);
    assertReads(reader, 10, 1);
    reader.whenMore(() -> told[0]++);
    assertEquals(0, told[0]);
    append(1);
    append(1);
    assertEquals(1, told[0]);
    assertReads(reader, 10, 3);
    reader.whenMore(() -> told[0]++);
    reader.close();
    append(1);
    assertEquals(1, told[0]);
  }

  @Test
  void theOffsetGoesOnWhereItEndedThoughTheBytesAreForgotten() throws IOException {
    append(100);
    log.deactivate();
    assertEquals(100, log.end());
    assertEquals(100, log.first());
    assertFalse(log.holds(100));
    assertThrows(IllegalStateException.class, () -> append(1));
    log.activate();
    assertTrue(log.holds(100));
    log.restart(5000);
    assertEquals(5000, log.end());
    written = 5000;
    append(10);
    assertReads(log.reader(5000), 3, 5010);
  }
}
