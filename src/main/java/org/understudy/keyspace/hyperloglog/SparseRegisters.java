package org.understudy.keyspace.hyperloglog;

/**
 * The sparse form: runs of registers with the same value, in order.
 *
 * <pre>
 * 00nnnnnn            n+1 registers of 0
 * 01nnnnnn nnnnnnnn   n+1 registers of 0
 * 1vvvvvnn            n+1 registers of v+1
 * </pre>
 *
 * A value is changed where it lies as long as no run has to be split or joined; then it moves to an array of its own.
 */
final class SparseRegisters {
  static final int LARGEST_VALUE = 32;

  /** A register has the value, or a higher one. */
  static final int SAME = 0;
  static final int CHANGED = 1;
  /** Not to be expressed within the limits; nothing was changed. */
  static final int NO_ROOM = 2;

  private static final int LONGEST_VALUE_RUN = 4;
  private static final int LONGEST_SHORT_ZEROS = 64;
  /** How many runs from the one before the change on may be looked at to join neighbours. */
  private static final int RUNS_TO_JOIN = 5;
  private static final int SPARE_BYTES = 128;

  /** Sees the runs in order. */
  interface Visitor {
    /**
     * @param first register of the run
     * @param value of them all
     * @param wide whether the run is written in two bytes
     */
    void run(int first, int length, int value, boolean wide);
  }

  byte[] array;
  int offset;
  /** Of header and runs. */
  int length;
  private boolean owned;

  /** @param owned whether nobody else refers to the array, so that it may be used to its end */
  SparseRegisters(byte[] array, int offset, int length, boolean owned) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.owned = owned;
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  /** Shows all runs; returns how many registers they describe. */
  static int forEach(byte[] array, int offset, int length, Visitor visitor) {
    int end = offset + length;
    int first = 0;
    for (int at = offset + HyperLogLog.HEADER_BYTES; at < end; ) {
      int run = runLength(array, at, end);
      boolean wide = isWide(array[at]);
      visitor.run(first, run, value(array[at]), wide);
      first += run;
      at += wide ? 2 : 1;
    }
    return first;
  }

  private static boolean isWide(byte head) {
    return (head & 0xc0) == 0x40;
  }

  /** Value of the registers of a run; 0 for runs of zeros. */
  private static int value(byte head) {
    return head < 0 ? (head >>> 2 & 0x1f) + 1 : 0;
  }

  /** A wide run whose second byte is cut off counts as if that were 0. */
  private static int runLength(byte[] array, int at, int end) {
    byte head = array[at];
    if (head < 0) return (head & 3) + 1;
    int length = head & 0x3f;
    if (isWide(head)) length = length << 8 | (at + 1 < end ? array[at + 1] & 0xff : 0);
    return length + 1;
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  /**
   * Raises a register to a value.
   *
   * @param maxBytes what the whole may grow to, header included
   * @return {@link #SAME}, {@link #CHANGED} or {@link #NO_ROOM}
   * @throws CorruptHyperLogLog if no run covers the register
   */
  int raise(int register, int value, long maxBytes) {
    if (value > LARGEST_VALUE) return NO_ROOM;
    int start = offset + HyperLogLog.HEADER_BYTES;
    int end = offset + length;
    int before = start;
    int at = start;
    int first = 0;
    int run = 0;
    while (at < end) {
      run = runLength(array, at, end);
      if (register < first + run) break;
      before = at;
      at += isWide(array[at]) ? 2 : 1;
      first += run;
    }
    if (at >= end) throw new CorruptHyperLogLog();
    int width = isWide(array[at]) ? 2 : 1;
    if (at + width > end) throw new CorruptHyperLogLog();
    int old = value(array[at]);
    if (old >= value) return SAME;
    int beforeIndex = before - offset;
    if (run == 1 && width == 1) {
      array[at] = values(value, 1);
    } else {
      byte[] parts = new byte[5];
      int size = putRun(parts, 0, old, register - first);
      parts[size++] = values(value, 1);
      size = putRun(parts, size, old, first + run - 1 - register);
      if (size > width && length + size - width > maxBytes) return NO_ROOM;
      splice(at - offset, width, parts, size);
    }
    joinFrom(beforeIndex);
    return CHANGED;
  }

  private static byte values(int value, int run) {
    return (byte) (0x80 | value - 1 << 2 | run - 1);
  }

  /** Writes a run in its shortest form, nothing for an empty one; returns the offset behind it. */
  private static int putRun(byte[] into, int at, int value, int run) {
    if (run == 0) return at;
    if (value > 0) {
      into[at++] = values(value, run);
    } else {
      if (run > LONGEST_SHORT_ZEROS) into[at++] = (byte) (0x40 | run - 1 >> 8);
      into[at++] = (byte) (run - 1);
    }
    return at;
  }

  /** Joins neighbouring runs of one value, as far as such a run can get. */
  private void joinFrom(int index) {
    int i = index;
    for (int looks = RUNS_TO_JOIN; looks > 0 && i < length; looks--) {
      byte head = array[offset + i];
      int value = value(head);
      if (value == 0) {
        i += isWide(head) ? 2 : 1;
        continue;
      }
      byte next = i + 1 < length ? array[offset + i + 1] : 0;
      int run = (head & 3) + 1 + (next & 3) + 1;
      if (value(next) == value && run <= LONGEST_VALUE_RUN) splice(i, 2, new byte[] {values(value, run)}, 1);
      else i++;
    }
  }

  /** Replaces bytes by others; moves to an own array if their number changes. */
  private void splice(int index, int removed, byte[] parts, int size) {
    int tail = index + removed;
    int newLength = length + size - removed;
    if (!owned && size != removed || newLength > array.length - offset) {
      byte[] moved = new byte[newLength + SPARE_BYTES];
      System.arraycopy(array, offset, moved, 0, index);
      System.arraycopy(array, offset + tail, moved, index + size, length - tail);
      array = moved;
      offset = 0;
      owned = true;
    } else {
      System.arraycopy(array, offset + tail, array, offset + index + size, length - tail);
    }
    System.arraycopy(parts, 0, array, offset + index, size);
    length = newLength;
  }
}
