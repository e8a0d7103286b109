package org.understudy.bytes;

import java.util.Arrays;

/**
 * Large arrays that nobody refers to any more, for whoever needs one of the very same length next. A large value that
 * is set again and again then needs no memory but that of its two arrays, which take turns; without this, each request
 * would leave one to the collector, which has to move those that are still being filled. One loop uses it.
 */
public final class SpareArrays {
  /** Smaller ones cost no more to make than to keep. */
  public static final int LEAST_BYTES = 16 * 1024;

  private static final int MOST_ARRAYS = 512;
  private static final long MOST_BYTES = 32 * 1024 * 1024;

  private final byte[][] arrays = new byte[MOST_ARRAYS][];
  /** Of the arrays, so that looking for one does not touch the others. */
  private final int[] lengths = new int[MOST_ARRAYS];
  private int count;
  private long bytes;
  /** The fewest that were here since the last {@link #shrink}: so many are not needed. */
  private int idle;

  /** An array of exactly that length with any contents: a spare one, or a new one. */
  public byte[] take(int length) {
    if (length >= LEAST_BYTES && count > 0) {
      for (int i = count - 1; i >= 0; i--) {
        if (lengths[i] == length) return remove(i);
      }
    }
    return new byte[length];
  }

  private byte[] remove(int index) {
    byte[] array = arrays[index];
    count--;
    arrays[index] = arrays[count];
    lengths[index] = lengths[count];
    arrays[count] = null;
    bytes -= array.length;
    idle = Math.min(idle, count);
    return array;
  }

  /** Nobody may use the array from now on. */
  public void give(byte[] array) {
    if (array.length < LEAST_BYTES || count == MOST_ARRAYS || bytes + array.length > MOST_BYTES) return;
    lengths[count] = array.length;
    arrays[count++] = array;
    bytes += array.length;
  }

  /** Drops what was not needed since the last call. */
  public void shrink() {
    for (int i = 0; i < idle; i++) {
      bytes -= lengths[i];
    }
    count -= idle;
    System.arraycopy(arrays, idle, arrays, 0, count);
    System.arraycopy(lengths, idle, lengths, 0, count);
    Arrays.fill(arrays, count, count + idle, null);
    idle = count;
  }

  /** How many arrays are kept. */
  public int count() {
    return count;
  }
}
