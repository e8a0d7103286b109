package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fast ways against bit by bit. */
class BitsTest {
  private static final int OFFSET = 3;

  private long seed;
  private Random random;

  @BeforeEach
  void seed() {
    seed = System.nanoTime();
    random = new Random(seed);
  }

  @Test
  void bitsOfARangeAreCounted() {
    for (int i = 0; i < 20_000; i++) {
      byte[] array = bytes();
      long[] range = range(array);
      long expected = 0;
      for (long p = range[0]; p <= range[1]; p++) expected += bit(array, p);
      assertEquals(expected, Bits.count(array, OFFSET, range[0], range[1]), "seed " + seed);
    }
  }

  @Test
  void theFirstBitOfARangeIsFound() {
    for (int i = 0; i < 40_000; i++) {
      byte[] array = bytes();
      long[] range = range(array);
      boolean one = random.nextBoolean();
      long expected = -1;
      for (long p = range[1]; p >= range[0]; p--) if (bit(array, p) == (one ? 1 : 0)) expected = p;
      assertEquals(expected, Bits.find(array, OFFSET, range[0], range[1], one), "seed " + seed);
    }
  }

  @Test
  void integersOfAnyWidthAreReadWhereTheyWereWritten() {
    for (int i = 0; i < 20_000; i++) {
      byte[] array = bytes();
      byte[] before = array.clone();
      int width = 1 + random.nextInt(64);
      long size = (array.length - OFFSET) * 8L;
      if (width > size) continue;
      long position = (long) (random.nextDouble() * (size - width + 1));
      long value = random.nextLong();
      Bits.set(array, OFFSET, position, width, value);
      assertEquals(value << 64 - width >>> 64 - width, Bits.get(array, OFFSET, array.length - OFFSET, position, width),
          "seed " + seed);
      for (long p = 0; p < size; p++) {
        if (p < position || p >= position + width) assertEquals(bit(before, p), bit(array, p), "seed " + seed);
      }
    }
  }

  @Test
  void zerosFollowTheEnd() {
    assertEquals(0xF00, Bits.get(new byte[] {(byte) 0xFF}, 0, 1, 4, 12));
    assertEquals(0, Bits.get(new byte[] {(byte) 0xFF}, 0, 1, 1L << 40, 64));
  }

  @Test
  void stringsAreCombinedByteByByte() {
    for (int i = 0; i < 5_000; i++) {
      byte[] a = new byte[random.nextInt(40)];
      random.nextBytes(a);
      byte[] b = new byte[OFFSET + random.nextInt(a.length + 1)];
      random.nextBytes(b);
      int length = b.length - OFFSET;
      byte[] and = a.clone();
      byte[] or = a.clone();
      byte[] xor = a.clone();
      byte[] not = a.clone();
      Bits.and(and, b, OFFSET, length);
      Bits.or(or, b, OFFSET, length);
      Bits.xor(xor, b, OFFSET, length);
      Bits.not(not);
      for (int k = 0; k < a.length; k++) {
        int other = k < length ? b[OFFSET + k] : 0;
        assertArrayEquals(new int[] {(byte) (a[k] & other), (byte) (a[k] | other), (byte) (a[k] ^ other), (byte) ~a[k]},
            new int[] {and[k], or[k], xor[k], not[k]}, "seed " + seed);
      }
    }
  }

  /** Random bytes, or nearly all ones or zeros, so that long runs occur; at least one behind the offset. */
  private byte[] bytes() {
    byte[] array = new byte[OFFSET + 1 + random.nextInt(40)];
    int kind = random.nextInt(3);
    for (int i = 0; i < array.length; i++) {
      array[i] = (byte) (kind == 0 || random.nextInt(30) == 0 ? random.nextInt(256) : kind == 1 ? 0 : 0xFF);
    }
    return array;
  }

  private long[] range(byte[] array) {
    int bits = (array.length - OFFSET) * 8;
    int a = random.nextInt(bits);
    int b = random.nextInt(bits);
    return new long[] {Math.min(a, b), Math.max(a, b)};
  }

  private static int bit(byte[] array, long position) {
    return array[OFFSET + (int) (position >> 3)] >> 7 - (position & 7) & 1;
  }
}
