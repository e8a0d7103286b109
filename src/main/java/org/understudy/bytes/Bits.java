package org.understudy.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Byte strings as strings of bits: bit 0 is the highest bit of the first byte. Eight bytes a step. Positions count from
 * {@code offset}, the index of the first byte; ranges of bits are inclusive and lie within the array.
 */
public final class Bits {
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bits() {}

  // ---- counting and finding -----------------------------------------------------------------------------------------

  /** How many bits from {@code first} to {@code last} are one. */
  public static long count(byte[] array, int offset, long first, long last) {
    int from = offset + (int) (first >>> 3);
    int to = offset + (int) (last >>> 3);
    long outside = Integer.bitCount(array[from] & 0xFF & ~headMask(first))
        + Integer.bitCount(array[to] & 0xFF & ~tailMask(last));
    return countBytes(array, from, to + 1) - outside;
  }

  private static long countBytes(byte[] array, int from, int end) {
    long count = 0;
    int i = from;
    for (; i + 8 <= end; i += 8) count += Long.bitCount((long) LONGS.get(array, i));
    for (; i < end; i++) count += Integer.bitCount(array[i] & 0xFF);
    return count;
  }

  /** The first bit from {@code first} to {@code last} that is {@code one} (or zero), or -1. */
  public static long find(byte[] array, int offset, long first, long last, boolean one) {
    int invert = one ? 0 : -1; // zeros are looked for as ones of the complement
    int i = offset + (int) (first >>> 3);
    int to = offset + (int) (last >>> 3);
    int mask = headMask(first);
    for (; i < to; mask = 0xFF) {
      int bits = (array[i] ^ invert) & mask;
      if (bits != 0) return position(i - offset, bits);
      i++;
      for (; i + 8 <= to; i += 8) {
        long word = (long) LONGS.get(array, i) ^ invert;
        if (word != 0) return (i - offset) * 8L + Long.numberOfLeadingZeros(word);
      }
    }
    int bits = (array[to] ^ invert) & mask & tailMask(last);
    return bits == 0 ? -1 : position(to - offset, bits);
  }

  private static long position(int index, int bitsOfByte) {
    return index * 8L + Integer.numberOfLeadingZeros(bitsOfByte) - 24;
  }

  /** The bits of a byte from that position on. */
  private static int headMask(long position) {
    return 0xFF >>> (position & 7);
  }

  /** The bits of a byte up to that position. */
  private static int tailMask(long position) {
    return 0xFF << 7 - (position & 7) & 0xFF;
  }

  // ---- combining ----------------------------------------------------------------------------------------------------

  /** {@code into &= other}; what {@code into} has beyond the other's length becomes zero. */
  public static void and(byte[] into, byte[] other, int offset, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) LONGS.set(into, i, (long) LONGS.get(into, i) & (long) LONGS.get(other, offset + i));
    for (; i < length; i++) into[i] &= other[offset + i];
    Arrays.fill(into, length, into.length, (byte) 0);
  }

  /** {@code into |= other}, which is at most as long. */
  public static void or(byte[] into, byte[] other, int offset, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) LONGS.set(into, i, (long) LONGS.get(into, i) | (long) LONGS.get(other, offset + i));
    for (; i < length; i++) into[i] |= other[offset + i];
  }

  /** {@code into ^= other}, which is at most as long. */
  public static void xor(byte[] into, byte[] other, int offset, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) LONGS.set(into, i, (long) LONGS.get(into, i) ^ (long) LONGS.get(other, offset + i));
    for (; i < length; i++) into[i] ^= other[offset + i];
  }

  public static void not(byte[] bytes) {
    int i = 0;
    for (; i + 8 <= bytes.length; i += 8) LONGS.set(bytes, i, ~(long) LONGS.get(bytes, i));
    for (; i < bytes.length; i++) bytes[i] = (byte) ~bytes[i];
  }

  // ---- integers of any width ----------------------------------------------------------------------------------------

  /**
   * The unsigned integer of 1 to 64 bits at a position, highest bit first; zeros behind the end.
   *
   * @param length bytes there are
   */
  public static long get(byte[] array, int offset, int length, long position, int bits) {
    long value = 0;
    while (bits > 0) {
      int there = 8 - (int) (position & 7);
      int take = Math.min(there, bits);
      long index = position >>> 3;
      int octet = index < length ? array[offset + (int) index] & 0xFF : 0;
      value = value << take | octet >>> there - take & (1 << take) - 1;
      position += take;
      bits -= take;
    }
    return value;
  }

  /** Writes the low 1 to 64 bits of a value. */
  public static void set(byte[] array, int offset, long position, int bits, long value) {
    while (bits > 0) {
      int there = 8 - (int) (position & 7);
      int take = Math.min(there, bits);
      int index = offset + (int) (position >>> 3);
      int mask = (1 << take) - 1 << there - take;
      int octet = (int) (value >>> bits - take) << there - take & mask;
      array[index] = (byte) (array[index] & ~mask | octet);
      position += take;
      bits -= take;
    }
  }
}
