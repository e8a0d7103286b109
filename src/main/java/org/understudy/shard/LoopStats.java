package org.understudy.shard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counters of one loop: written by that loop only and read by the shard, which adds those of all loops up. So counting costs
 * no more than an increment.
 */
public final class LoopStats {
  /** More than the rows of any command table. */
  static final int MAX_ROWS = 512;

  /** By {@link org.understudy.command.CommandSpec#index}. */
  final long[] calls;
  final long[] micros;
  final long[] rejected;
  final long[] failed;
  final LatencyHistogram[] histograms;
  /** Error replies by their first word. */
  final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();

  public long commands;
  public long errorReplies;
  public long inputBytes;
  public long outputBytes;
  public long reads;
  public long writes;

  public LoopStats() {
    int commandCount = MAX_ROWS;
    calls = new long[commandCount];
    micros = new long[commandCount];
    rejected = new long[commandCount];
    failed = new long[commandCount];
    histograms = new LatencyHistogram[commandCount];
  }

  public void countError(String line) {
    errorReplies++;
    int space = line.indexOf(' ');
    String code = space < 0 ? line : line.substring(0, space);
    errors.computeIfAbsent(code, c -> new AtomicLong()).incrementAndGet();
  }
}
