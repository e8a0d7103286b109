package org.understudy.keyspace.hyperloglog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

/** The bytes themselves are compared with the real server's in {@code HyperLogLogComparisonTest}. */
class HyperLogLogTest {
  private static final long MAX_BYTES = 3000;

  @Test
  void aNewOneIsOneRunOfZerosAndCountsNothing() {
    HyperLogLog empty = HyperLogLog.empty();
    assertEquals("Z:16384", empty.runs());
    assertEquals(0, empty.estimate());
    assertTrue(HyperLogLog.isValid(empty.array(), empty.offset(), empty.length()));
  }

  @Test
  void anElementSplitsTheZeros() {
    HyperLogLog one = HyperLogLog.empty();
    assertTrue(one.add(Bytes.of("a"), MAX_BYTES));
    assertFalse(one.add(Bytes.of("a"), MAX_BYTES));
    assertEquals("Z:12711 v:2,1 Z:3672", one.runs());
    assertEquals(1, one.estimate());
  }

  @Test
  void estimatesAreWithinAFewPercentInBothForms() {
    HyperLogLog sparse = HyperLogLog.empty();
    HyperLogLog dense = HyperLogLog.empty();
    dense.makeDense();
    for (int i = 1; i <= 20_000; i++) {
      sparse.add(Bytes.of("element " + i), 100_000);
      dense.add(Bytes.of("element " + i), 100_000);
      if (i % 1000 == 0) {
        assertEquals(dense.estimate(), sparse.estimate());
        assertEquals(i, sparse.estimate(), i * 0.05);
      }
    }
    assertFalse(sparse.isDense());
  }

  @Test
  void aSparseOneTurnsDenseWhereItWouldGrowTooLong() {
    HyperLogLog value = HyperLogLog.empty();
    for (int i = 0; !value.isDense(); i++) {
      assertTrue(value.length() <= 200);
      value.add(Bytes.of("element " + i), 200);
    }
    assertEquals(HyperLogLog.DENSE_BYTES, value.length());
    assertEquals(60, value.estimate(), 15);
  }

  /** The array stays untouched beyond the range, and as it is if the number of bytes changes. */
  @Test
  void aValueIsChangedWhereItLiesOnlyIfItStaysAsLong() {
    HyperLogLog source = HyperLogLog.empty();
    source.add(Bytes.of("a"), MAX_BYTES);
    byte[] array = new byte[source.length() + 20];
    System.arraycopy(source.array(), source.offset(), array, 10, source.length());
    byte[] before = array.clone();

    HyperLogLog same = new HyperLogLog(array, 10, source.length());
    same.add(Bytes.of("a"), MAX_BYTES);
    assertFalse(same.moved());
    HyperLogLog longer = new HyperLogLog(array, 10, source.length());
    longer.add(Bytes.of("b"), MAX_BYTES);
    assertTrue(longer.moved());
    assertArrayEquals(before, array);
  }

  @Test
  void theCachedEstimateIsGoodUntilForgotten() {
    HyperLogLog value = HyperLogLog.empty();
    assertTrue(value.hasCachedEstimate());
    assertEquals(0, value.cachedEstimate());
    value.cacheEstimate(123_456_789_012L);
    assertEquals(123_456_789_012L, value.cachedEstimate());
    value.forgetEstimate();
    assertFalse(value.hasCachedEstimate());
  }

  @Test
  void mergingTakesTheHigherRegisters() {
    HyperLogLog a = HyperLogLog.empty();
    HyperLogLog b = HyperLogLog.empty();
    for (int i = 0; i < 500; i++) a.add(Bytes.of("a" + i), MAX_BYTES);
    for (int i = 0; i < 500; i++) b.add(Bytes.of("b" + i), MAX_BYTES);
    b.makeDense();
    byte[] all = new byte[HyperLogLog.REGISTERS];
    a.mergeInto(all);
    b.mergeInto(all);
    assertEquals(1000, HyperLogLog.estimate(all), 50);
    a.raiseTo(all, MAX_BYTES);
    assertEquals(HyperLogLog.estimate(all), a.estimate());
  }

  @Test
  void runsThatDoNotAddUpAreNoticed() {
    HyperLogLog value = HyperLogLog.empty();
    value.add(Bytes.of("a"), MAX_BYTES);
    byte[] bytes = Arrays.copyOf(value.array(), value.length() + 1);
    for (int length : new int[] {16, value.length() - 1, value.length() - 2, value.length() + 1}) {
      HyperLogLog corrupt = new HyperLogLog(bytes, 0, length);
      assertThrows(CorruptHyperLogLog.class, corrupt::estimate);
      assertThrows(CorruptHyperLogLog.class, corrupt::makeDense);
      assertThrows(CorruptHyperLogLog.class, () -> corrupt.mergeInto(new byte[HyperLogLog.REGISTERS]));
    }
    HyperLogLog nothing = new HyperLogLog(bytes, 0, 16);
    assertThrows(CorruptHyperLogLog.class, () -> nothing.add(Bytes.of("a"), MAX_BYTES));
  }

  @Test
  void otherBytesAreNotTakenForOne() {
    byte[] bytes = new byte[HyperLogLog.DENSE_BYTES];
    System.arraycopy(Bytes.of("HYLL"), 0, bytes, 0, 4);
    assertTrue(HyperLogLog.isValid(bytes, 0, bytes.length));
    assertFalse(HyperLogLog.isValid(bytes, 0, bytes.length - 1));
    bytes[4] = 1;
    assertTrue(HyperLogLog.isValid(bytes, 0, 16));
    assertFalse(HyperLogLog.isValid(bytes, 0, 15));
    bytes[4] = 2;
    assertFalse(HyperLogLog.isValid(bytes, 0, bytes.length));
    bytes[4] = 1;
    bytes[3] = 'l';
    assertFalse(HyperLogLog.isValid(bytes, 0, 16));
  }

  @Test
  void theSelfTestPasses() {
    assertNull(new SelfTest(new Random(1), MAX_BYTES).failure());
  }
}
