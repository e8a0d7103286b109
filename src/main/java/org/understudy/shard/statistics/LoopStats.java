package org.understudy.shard.statistics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counters of one loop: written by that loop only and read by the shard, which adds those of all loops up
 * ({@link Totals}). So counting costs no more than an increment. They only grow: CONFIG RESETSTAT remembers where they
 * stood.
 */
public final class LoopStats {
  /** More than the rows of any command table. */
  static final int MAX_ROWS = 512;
  /** An error's code is looked for in so many bytes of its line, the dash included. */
  private static final int LONGEST_CODE = 31;

  /** By {@link org.understudy.command.CommandSpec#index}. */
  final long[] calls = new long[MAX_ROWS];
  final long[] nanos = new long[MAX_ROWS];
  final long[] rejected = new long[MAX_ROWS];
  final long[] failed = new long[MAX_ROWS];
  final LatencyHistogram[] histograms = new LatencyHistogram[MAX_ROWS];
  /** Error replies by their first word. */
  final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();

  public long commands;
  public long errorReplies;
  public long inputBytes;
  public long outputBytes;
  public long reads;
  public long writes;
  public long replyBufferShrinks;
  public long replyBufferExpansions;

  /** Counts an error reply by its code: what comes before the first space, or ERR if that is not near. */
  public void countError(String line) {
    errorReplies++;
    int space = line.indexOf(' ');
    String code = space < 0 || space >= LONGEST_CODE ? "ERR" : line.substring(0, space);
    errors.computeIfAbsent(code, c -> new AtomicLong()).incrementAndGet();
  }
}
