package org.understudy.shard.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  /** Figures of hdr_value_at_percentile in a histogram of two digits. */
  @ParameterizedTest
  @CsvSource({"1, 1", "255, 255", "256, 257", "6000, 6015", "12000, 12031", "1000000000, 1002438655"})
  void aBucketEndsWhereThatOfTheReferenceDoes(long nanos, long end) {
    assertEquals(end, LatencyHistogram.bucketEnd(nanos));
  }

  @Test
  void percentilesAreEndsOfBuckets() {
    for (int i = 1; i <= 100; i++) histogram.record(i * 1000L);
    assertEquals(LatencyHistogram.bucketEnd(50_000), histogram.percentile(50));
    assertEquals(LatencyHistogram.bucketEnd(99_000), histogram.percentile(99));
    assertEquals(LatencyHistogram.bucketEnd(100_000), histogram.percentile(100));
    assertEquals(LatencyHistogram.bucketEnd(1000), histogram.percentile(0));
  }

  @Test
  void anEmptyHistogramHasNoPercentiles() {
    assertEquals(0, histogram.percentile(50));
  }

  @Test
  void whatIsOutOfRangeCountsAtItsEnds() {
    histogram.record(0);
    histogram.record(5_000_000_000L);
    assertEquals(1, histogram.percentile(50));
    assertEquals(LatencyHistogram.bucketEnd(LatencyHistogram.MAX_NANOS), histogram.percentile(100));
  }

  @Test
  void countsAreCumulativeAndIncludeTheWholeBucket() {
    histogram.record(100);
    histogram.record(12_000);
    histogram.record(12_031);
    histogram.record(12_032);
    assertEquals(0, histogram.countUpTo(99));
    assertEquals(1, histogram.countUpTo(11_000));
    assertEquals(3, histogram.countUpTo(12_000));
    assertEquals(4, histogram.countUpTo(1_000_000_000));
  }

  @Test
  void whatWasAddedCanBeSubtracted() {
    LatencyHistogram other = new LatencyHistogram();
    other.record(500);
    histogram.record(70_000);
    histogram.add(other);
    assertEquals(2, histogram.total());
    histogram.subtract(other);
    assertEquals(1, histogram.total());
    assertEquals(LatencyHistogram.bucketEnd(70_000), histogram.percentile(1));
  }
}
