package org.understudy.bytes;

/** MurmurHash2 in its 64-bit form for 64-bit machines ("64A"), little-endian everywhere. */
public final class MurmurHash {
  private static final long MULTIPLIER = 0xc6a4a7935bd1e995L;
  private static final int SHIFT = 47;

  private MurmurHash() {}

  public static long hash64(byte[] data, long seed) {
    long hash = seed ^ data.length * MULTIPLIER;
    int i = 0;
    for (; i + 8 <= data.length; i += 8) {
      long word = littleEndian(data, i, 8) * MULTIPLIER;
      word ^= word >>> SHIFT;
      hash = (hash ^ word * MULTIPLIER) * MULTIPLIER;
    }
    if (i < data.length) hash = (hash ^ littleEndian(data, i, data.length - i)) * MULTIPLIER;
    hash ^= hash >>> SHIFT;
    hash *= MULTIPLIER;
    return hash ^ hash >>> SHIFT;
  }

  private static long littleEndian(byte[] data, int offset, int length) {
    long value = 0;
    for (int i = length - 1; i >= 0; i--) value = value << 8 | data[offset + i] & 0xff;
    return value;
  }
}
