package org.understudy.shard;

/**
 * Durations in nanoseconds, counted in buckets of a relative width of 1/64: two significant digits, as the histograms of the
 * reference implementation have. Covers 1 ns to 1 s; longer ones count as 1 s.
 */
final class LatencyHistogram {
  static final long MAX_NANOS = 1_000_000_000L;
  private static final int SUB_BITS = 6;
  private static final int SUB = 1 << SUB_BITS;

  private final long[] counts = new long[index(MAX_NANOS) + 1];
  private long total;

  void record(long nanos) {
    counts[index(Math.min(MAX_NANOS, Math.max(1, nanos)))]++;
    total++;
  }

  void add(LatencyHistogram other) {
    for (int i = 0; i < counts.length; i++) counts[i] += other.counts[i];
    total += other.total;
  }

  void subtract(LatencyHistogram other) {
    for (int i = 0; i < counts.length; i++) counts[i] -= other.counts[i];
    total -= other.total;
  }

  long total() {
    return total;
  }

  /** The highest duration that counts as the given percentile, in nanoseconds; 0 if nothing was recorded. */
  long percentile(double percent) {
    long wanted = Math.max(1, (long) (Math.min(100, percent) / 100 * total + 0.5));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && counts[i] > 0) return highest(i);
    }
    return 0;
  }

  /** How many recorded durations are at most that long. */
  long countUpTo(long nanos) {
    long seen = 0;
    for (int i = 0; i < counts.length && highest(i) <= nanos; i++) seen += counts[i];
    return seen;
  }

  private static int index(long nanos) {
    int magnitude = 63 - Long.numberOfLeadingZeros(nanos | (SUB - 1));
    int shift = magnitude - (SUB_BITS - 1);
    return (shift << (SUB_BITS - 1)) + (int) (nanos >>> shift);
  }

  private static long highest(int index) {
    if (index < SUB) return index;
    int shift = (index >> (SUB_BITS - 1)) - 1;
    long base = (index & (SUB / 2 - 1)) + SUB / 2;
    return ((base + 1) << shift) - 1;
  }
}
