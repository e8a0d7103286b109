package org.understudy.keyspace.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IntsetTest {
  @Test
  void bytesAreThoseOfTheRealServer() {
    // what redis-server 7.0.15 dumped
    assertEquals("04000000" + "03000000" + "feffffff" + "01000000" + "409c0000", hex(of(1, -2, 40000)));
    assertEquals("02000000" + "01000000" + "0500", hex(of(5)));
    assertEquals("08000000" + "02000000" + "0000000000000080" + "0500000000000000", hex(of(5, Long.MIN_VALUE)));
  }

  @Test
  void randomChangesDoWhatTheyDoToASortedSet() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      Intset intset = new Intset();
      TreeSet<Long> model = new TreeSet<>();
      int narrowing = random.nextInt(64);
      for (int i = 0; i < 100; i++) {
        long value = random.nextLong() >> narrowing + random.nextInt(64 - narrowing);
        String when = "seed " + seed + " round " + round + " change " + i;
        if (random.nextInt(3) > 0) assertEquals(model.add(value), intset.add(value), when);
        else assertEquals(model.remove(value), intset.remove(value), when);
        assertEquals(model.contains(value), intset.contains(value), when);
        assertEquals(model.size(), intset.count(), when);
        int rank = 0;
        for (long expected : model) assertEquals(expected, intset.get(rank++), when);
        assertEquals(!model.isEmpty(), Intset.isValid(intset.toBytes(), true), when);
      }
    }
  }

  @Test
  void widthGrowsWithTheWidestElementAndStays() {
    Intset intset = of(1, 2);
    assertEquals(12, intset.size());
    intset.add(-40_000);
    assertEquals(20, intset.size());
    assertTrue(intset.remove(-40_000));
    assertEquals(16, intset.size());
    intset.add(1L << 40);
    assertArrayEquals(new long[] {1, 2, 1L << 40}, new long[] {intset.get(0), intset.get(1), intset.get(2)});
    assertFalse(of(1).contains(1L << 16 | 1), "a wider number is not taken for its lower half");
    assertFalse(of(1).remove(1L << 16 | 1));
  }

  @Test
  void bytesFromOutsideAreTakenAsTheyAre() {
    Intset intset = of(-3, 70_000, 5);
    Intset taken = Intset.over(intset.toBytes());
    taken.add(4);
    assertEquals(hex(of(-3, 70_000, 5, 4)), hex(taken));
    assertEquals(3, intset.count());
    Intset copy = intset.copy();
    copy.remove(5);
    assertTrue(intset.contains(5));
  }

  @Test
  void liesAreRefused() {
    byte[] packed = of(1, 2, 3).toBytes();
    assertTrue(Intset.isValid(packed, true));
    for (int length = 0; length < packed.length; length++) {
      assertFalse(Intset.isValid(Arrays.copyOf(packed, length), false), length + " bytes");
    }
    assertFalse(Intset.isValid(with(packed, 0, 3), false), "width");
    assertFalse(Intset.isValid(with(packed, 4, 4), false), "count");
    assertFalse(Intset.isValid(with(packed, 7, 0x80), false), "count beyond all bounds");
    assertFalse(Intset.isValid(new Intset().toBytes(), false), "none at all");
    assertFalse(Intset.isValid(with(packed, 10, 1), true), "twice the same");
    assertFalse(Intset.isValid(with(packed, 8, 9), true), "order");
    assertTrue(Intset.isValid(with(packed, 8, 9), false), "which a shallow look does not see");
  }

  @Test
  void roomIsGivenBackWhenMuchWasRemoved() {
    Intset intset = new Intset();
    for (int i = 0; i < 1000; i++) intset.add(i);
    for (int i = 0; i < 990; i++) intset.remove(i);
    assertTrue(intset.array().length <= 2 * intset.size());
  }

  private static byte[] with(byte[] packed, int offset, int value) {
    byte[] changed = packed.clone();
    changed[offset] = (byte) value;
    return changed;
  }

  private static Intset of(long... values) {
    Intset intset = new Intset();
    for (long value : values) intset.add(value);
    return intset;
  }

  private static String hex(Intset intset) {
    return HexFormat.of().formatHex(intset.toBytes());
  }
}
