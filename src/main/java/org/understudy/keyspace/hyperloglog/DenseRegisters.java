package org.understudy.keyspace.hyperloglog;

/** The dense form: registers of six bits one after the other, from the lowest bit of each byte up. */
final class DenseRegisters {
  private static final int BITS = 6;
  private static final int MASK = (1 << BITS) - 1;
  static final int BYTES = HyperLogLog.REGISTERS * BITS / 8;

  private DenseRegisters() {}

  /** @param start where the first register's byte is */
  static int get(byte[] array, int start, int register) {
    int bit = register * BITS;
    int at = start + (bit >>> 3);
    int shift = bit & 7;
    int value = (array[at] & 0xff) >>> shift;
    if (shift > 8 - BITS) value |= (array[at + 1] & 0xff) << 8 - shift;
    return value & MASK;
  }

  static void set(byte[] array, int start, int register, int value) {
    int bit = register * BITS;
    int at = start + (bit >>> 3);
    int shift = bit & 7;
    array[at] = (byte) (array[at] & ~(MASK << shift) | value << shift);
    if (shift > 8 - BITS) {
      int rest = 8 - shift;
      array[at + 1] = (byte) (array[at + 1] & ~(MASK >>> rest) | value >>> rest);
    }
  }

  /** Raises a register to a value; false if it is that high already. */
  static boolean raise(byte[] array, int start, int register, int value) {
    if (get(array, start, register) >= value) return false;
    set(array, start, register, value);
    return true;
  }

  /** Counts registers by their value, four at a time. */
  static void count(byte[] array, int start, int[] histogram) {
    for (int at = start; at < start + BYTES; at += 3) {
      int four = array[at] & 0xff | (array[at + 1] & 0xff) << 8 | (array[at + 2] & 0xff) << 16;
      histogram[four & MASK]++;
      histogram[four >>> BITS & MASK]++;
      histogram[four >>> 2 * BITS & MASK]++;
      histogram[four >>> 3 * BITS]++;
    }
  }
}
