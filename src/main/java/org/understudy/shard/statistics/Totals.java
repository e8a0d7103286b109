package org.understudy.shard.statistics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** The counters of all loops added up at one moment, less what they were at the last CONFIG RESETSTAT. */
public final class Totals {
  public final long[] calls = new long[LoopStats.MAX_ROWS];
  public final long[] nanos = new long[LoopStats.MAX_ROWS];
  public final long[] rejected = new long[LoopStats.MAX_ROWS];
  public final long[] failed = new long[LoopStats.MAX_ROWS];
  /** Null where nothing was ever recorded. */
  public final LatencyHistogram[] histograms = new LatencyHistogram[LoopStats.MAX_ROWS];
  /** By code, in their order. */
  public final Map<String, Long> errors = new TreeMap<>();
  public long commands;
  public long errorReplies;
  public long inputBytes;
  public long outputBytes;
  public long reads;
  public long writes;
  public long replyBufferShrinks;
  public long replyBufferExpansions;

  private Totals() {}

  static Totals of(List<LoopStats> loops) {
    Totals totals = new Totals();
    synchronized (loops) {
      for (LoopStats loop : loops) totals.add(loop);
    }
    return totals;
  }

  private void add(LoopStats loop) {
    add(calls, loop.calls, 1);
    add(nanos, loop.nanos, 1);
    add(rejected, loop.rejected, 1);
    add(failed, loop.failed, 1);
    for (int i = 0; i < histograms.length; i++) {
      if (loop.histograms[i] == null) continue;
      if (histograms[i] == null) histograms[i] = new LatencyHistogram();
      histograms[i].add(loop.histograms[i]);
    }
    for (Map.Entry<String, AtomicLong> error : loop.errors.entrySet()) {
      errors.merge(error.getKey(), error.getValue().get(), Long::sum);
    }
    commands += loop.commands;
    errorReplies += loop.errorReplies;
    inputBytes += loop.inputBytes;
    outputBytes += loop.outputBytes;
    reads += loop.reads;
    writes += loop.writes;
    replyBufferShrinks += loop.replyBufferShrinks;
    replyBufferExpansions += loop.replyBufferExpansions;
  }

  /** What was counted since then. */
  Totals since(Totals then) {
    add(calls, then.calls, -1);
    add(nanos, then.nanos, -1);
    add(rejected, then.rejected, -1);
    add(failed, then.failed, -1);
    for (int i = 0; i < histograms.length; i++) {
      if (then.histograms[i] != null) histograms[i].subtract(then.histograms[i]);
    }
    then.errors.forEach((code, count) -> errors.computeIfPresent(code, (c, now) -> now == count.longValue() ? null
        : Long.valueOf(now - count)));
    commands -= then.commands;
    errorReplies -= then.errorReplies;
    inputBytes -= then.inputBytes;
    outputBytes -= then.outputBytes;
    reads -= then.reads;
    writes -= then.writes;
    replyBufferShrinks -= then.replyBufferShrinks;
    replyBufferExpansions -= then.replyBufferExpansions;
    return this;
  }

  private static void add(long[] to, long[] from, int sign) {
    for (int i = 0; i < to.length; i++) to[i] += sign * from[i];
  }
}
