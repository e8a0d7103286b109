package org.understudy.shard.statistics;

/**
 * Durations in nanoseconds, counted in buckets whose width is 1/128 to 1/256 of their value: the two significant
 * digits, and the very buckets, of the histograms of the reference implementation. Covers 1 ns to 1 s; longer ones
 * count as 1 s. A range of durations takes memory once one of them was met.
 */
public final class LatencyHistogram {
  static final long MAX_NANOS = 1_000_000_000L;
  private static final int HALF_BITS = 7;
  private static final int HALF = 1 << HALF_BITS;

  /** By the power of two of the width; each row the upper half of its range, the first one both halves. */
  private final long[][] counts = new long[row(MAX_NANOS) + 1][];
  private long total;

  void record(long nanos) {
    record(nanos, 1);
  }

  void record(long nanos, int times) {
    long value = Math.min(MAX_NANOS, Math.max(1, nanos));
    int row = row(value);
    long[] cells = counts[row];
    if (cells == null) cells = counts[row] = new long[2 * HALF];
    cells[(int) (value >>> row)] += times;
    total += times;
  }

  void add(LatencyHistogram other) {
    combine(other, 1);
  }

  void subtract(LatencyHistogram other) {
    combine(other, -1);
  }

  private void combine(LatencyHistogram other, int sign) {
    for (int row = 0; row < counts.length; row++) {
      long[] theirs = other.counts[row];
      if (theirs == null) continue;
      if (counts[row] == null) counts[row] = new long[2 * HALF];
      for (int i = 0; i < theirs.length; i++) counts[row][i] += sign * theirs[i];
    }
    total += sign * other.total;
  }

  public long total() {
    return total;
  }

  /** The highest duration that counts as the given percentile, in nanoseconds; 0 if nothing was recorded. */
  public long percentile(double percent) {
    long wanted = Math.max(1, (long) (Math.min(100, percent) / 100 * total + 0.5));
    long seen = 0;
    for (int row = 0; row < counts.length; row++) {
      if (counts[row] == null) continue;
      for (int i = 0; i < counts[row].length; i++) {
        seen += counts[row][i];
        if (seen >= wanted && counts[row][i] > 0) return highest(row, i);
      }
    }
    return 0;
  }

  /** How many recorded durations are in the same bucket or below. */
  long countUpTo(long nanos) {
    int last = row(nanos);
    long seen = 0;
    for (int row = 0; row <= last && row < counts.length; row++) {
      if (counts[row] == null) continue;
      int end = row < last ? 2 * HALF - 1 : (int) (nanos >>> row);
      for (int i = 0; i <= end; i++) seen += counts[row][i];
    }
    return seen;
  }

  /** The longest duration that is counted in one bucket with this one. */
  static long bucketEnd(long nanos) {
    int row = row(nanos);
    return highest(row, (int) (nanos >>> row));
  }

  private static int row(long nanos) {
    return 63 - Long.numberOfLeadingZeros(nanos | (2 * HALF - 1)) - HALF_BITS;
  }

  private static long highest(int row, int index) {
    return ((index + 1L) << row) - 1;
  }
}
