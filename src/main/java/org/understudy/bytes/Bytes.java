package org.understudy.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Helpers for byte strings, the type of every key, value and argument. Text is read and written byte for byte
 * (Latin-1).
 */
public final class Bytes {
  public static final byte[] EMPTY = new byte[0];

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  /** The bytes of a text whose characters are all below 256; others become {@code ?}. */
  public static byte[] of(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A string with one character a byte, so that {@link #of} gives the same bytes back. */
  public static String string(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  public static String string(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** Decimal text of a number, as bytes. */
  public static byte[] of(long number) {
    byte[] text = new byte[Numbers.decimalLength(number)];
    Numbers.putDecimal(number, text, 0);
    return text;
  }

  /** Whether the bytes are {@code word} in ASCII, upper and lower case alike. */
  public static boolean is(byte[] bytes, String word) {
    if (bytes.length != word.length()) return false;
    for (int i = 0; i < bytes.length; i++) {
      if (lower(bytes[i]) != lower((byte) word.charAt(i))) return false;
    }
    return true;
  }

  /** ASCII lower case of one byte; other bytes stay. */
  public static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /** A lower case copy as text (ASCII letters only are folded). */
  public static String lowerString(byte[] bytes) {
    byte[] copy = bytes.clone();
    for (int i = 0; i < copy.length; i++) copy[i] = lower(copy[i]);
    return string(copy);
  }

  /** Unsigned lexicographic order, as memcmp followed by length. */
  public static int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }

  public static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /**
   * A 64-bit hash of a range, mixed so that any of its bits may serve as an index.
   *
   * @param seed secret of the process, so that nobody outside can choose colliding keys
   */
  public static long hash(byte[] bytes, int offset, int length, long seed) {
    long h = seed ^ (length * 0x9E3779B97F4A7C15L);
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      h = mix(h ^ (long) LONGS.get(bytes, i), 0xA0761D6478BD642FL ^ seed);
    }
    long tail = 0;
    for (int shift = 0; i < end; i++, shift += 8) tail |= (bytes[i] & 0xFFL) << shift;
    return mix(mix(h ^ tail, 0xE7037ED1A0B428DBL ^ seed), 0x8EBC6AF09C88C6E3L);
  }

  /** Folds the 128-bit product of two words, the step of wyhash-like functions. */
  private static long mix(long a, long b) {
    return (a * b) ^ Math.multiplyHigh(a, b);
  }
}
