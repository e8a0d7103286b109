package org.understudy.bytes;

import java.util.ArrayList;
import java.util.List;

/**
 * The longest common subsequence of two byte strings by the table of all prefixes. Where several are equally long, the
 * one that Redis's LCS finds: from the ends, a step in {@code a} only if it keeps strictly more than a step in
 * {@code b}.
 *
 * <p>Redis holds the whole table at four bytes a cell; the way back needs one bit of each cell, so this takes a
 * thirty-second of the memory.
 */
public final class CommonSubsequence {
  /** A run of bytes that is the same in both strings; ends are inclusive. */
  public record Range(int fromA, int toA, int fromB, int toB) {
    public int length() {
      return toA - fromA + 1;
    }
  }

  private final byte[] a;
  private final int offsetA;
  private final int lengthA;
  private final byte[] b;
  private final int offsetB;
  private final int lengthB;
  /** A bit a cell: whether the prefix shorter in {@code a} has more in common than the one shorter in {@code b}. */
  private final long[] stepInA;
  /** Of the last prefix of {@code a} compared: how much it has in common with each prefix of {@code b}. */
  private final int[] row;
  private int rows;

  /**
   * @param traced whether {@link #text} and {@link #ranges} will be asked for, which takes a bit for each pair of
   *     positions
   * @throws OutOfMemoryError if there is no room for that
   */
  public CommonSubsequence(byte[] a, int offsetA, int lengthA, byte[] b, int offsetB, int lengthB, boolean traced) {
    this.a = a;
    this.offsetA = offsetA;
    this.lengthA = lengthA;
    this.b = b;
    this.offsetB = offsetB;
    this.lengthB = lengthB;
    stepInA = traced ? new long[words((long) lengthA * lengthB)] : null;
    row = new int[lengthB + 1];
  }

  private static int words(long bits) {
    long words = (bits + 63) / 64;
    if (words > Integer.MAX_VALUE - 16) throw new OutOfMemoryError("two strings of this length have no traceable LCS");
    return (int) words;
  }

  /**
   * Does a part of the work. Whoever asks for a result does what is left of it then.
   *
   * @param cells about how many pairs of positions to look at
   * @return whether there is more to do
   */
  public boolean compare(long cells) {
    for (long left = cells; left > 0 && rows < lengthA; left -= lengthB + 1) compareRow(rows++);
    return rows < lengthA;
  }

  /** The row above is overwritten from the left as the new one grows. */
  private void compareRow(int i) {
    byte c = a[offsetA + i];
    long cell = (long) i * lengthB;
    int diagonal = 0;
    int left = 0;
    for (int j = 0; j < lengthB; j++, cell++) {
      int up = row[j + 1];
      if (c == b[offsetB + j]) {
        left = diagonal + 1;
      } else if (up > left) {
        left = up;
        if (stepInA != null) stepInA[(int) (cell >>> 6)] |= 1L << cell;
      }
      diagonal = up;
      row[j + 1] = left;
    }
  }

  public int length() {
    compare(Long.MAX_VALUE);
    return row[lengthB];
  }

  /** The common bytes. */
  public byte[] text() {
    byte[] text = new byte[length()];
    int end = text.length;
    for (Range range : ranges()) {
      end -= range.length();
      System.arraycopy(a, offsetA + range.fromA, text, end, range.length());
    }
    return text;
  }

  /** Where the common bytes are, the last run first. */
  public List<Range> ranges() {
    compare(Long.MAX_VALUE);
    List<Range> ranges = new ArrayList<>();
    int i = lengthA;
    int j = lengthB;
    int run = 0;
    while (i > 0 && j > 0) {
      if (a[offsetA + i - 1] == b[offsetB + j - 1]) {
        i--;
        j--;
        run++;
        continue;
      }
      if (run > 0) ranges.add(new Range(i, i + run - 1, j, j + run - 1));
      run = 0;
      long cell = (long) (i - 1) * lengthB + (j - 1);
      if ((stepInA[(int) (cell >>> 6)] >>> cell & 1) != 0) i--;
      else j--;
    }
    if (run > 0) ranges.add(new Range(i, i + run - 1, j, j + run - 1));
    return ranges;
  }
}
