package org.understudy.shard.statistics;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.understudy.config.Config;

/**
 * Moments at which something took at least {@code latency-monitor-threshold} milliseconds, by event: for each the
 * last 160 seconds in which it happened, with the worst of each. Source: latency.c of 7.0.15.
 */
public final class LatencyMonitor {
  /**
   * A command that should be slow at times, one that should not, the answer to one that waited, and a slice of the
   * active expiry cycle.
   */
  static final String COMMAND = "command";
  static final String FAST_COMMAND = "fast-command";
  static final String COMMAND_UNBLOCKING = "command-unblocking";
  public static final String EXPIRE_CYCLE = "expire-cycle";
  /** All keys that had to go at once for want of memory, and a single one of them. */
  public static final String EVICTION_CYCLE = "eviction-cycle";
  public static final String EVICTION_DEL = "eviction-del";

  private static final int SAMPLES = 160;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** What happened with one event, oldest first. */
  static final class Series {
    private final long[] seconds = new long[SAMPLES];
    private final long[] millis = new long[SAMPLES];
    private int next;
    private int size;
    private long worst;

    private void add(long nowSeconds, long tookMillis) {
      worst = Math.max(worst, tookMillis);
      int last = (next + SAMPLES - 1) % SAMPLES;
      if (size > 0 && seconds[last] == nowSeconds) {
        millis[last] = Math.max(millis[last], tookMillis);
        return;
      }
      seconds[next] = nowSeconds;
      millis[next] = tookMillis;
      next = (next + 1) % SAMPLES;
      size = Math.min(SAMPLES, size + 1);
    }

    int size() {
      return size;
    }

    /** Unix time of a sample in seconds. @param i from 0, the oldest */
    long seconds(int i) {
      return seconds[(next - size + i + SAMPLES) % SAMPLES];
    }

    long millis(int i) {
      return millis[(next - size + i + SAMPLES) % SAMPLES];
    }

    /** The worst ever, also if it is not among the samples any more. */
    long worst() {
      return worst;
    }

    long average() {
      long sum = 0;
      for (int i = 0; i < size; i++) sum += millis(i);
      return sum / size;
    }

    /** Mean of the deviations from {@link #average}. */
    long meanDeviation() {
      long average = average();
      long sum = 0;
      for (int i = 0; i < size; i++) sum += Math.abs(average - millis(i));
      return sum / size;
    }
  }

  private final Config config;
  private final Map<String, Series> events = new LinkedHashMap<>();

  public LatencyMonitor(Config config) {
    this.config = config;
  }

  /** Whether something took long enough to be noted. On any thread. */
  public boolean concerns(long nanos) {
    long threshold = config.latencyMonitorThreshold();
    return threshold != 0 && nanos / NANOS_PER_MILLI >= threshold;
  }

  /** Notes an event if it took long enough. */
  public void note(String event, long nanos, long nowMillis) {
    if (!concerns(nanos)) return;
    events.computeIfAbsent(event, e -> new Series()).add(nowMillis / 1000, nanos / NANOS_PER_MILLI);
  }

  Map<String, Series> events() {
    return events;
  }

  /** Forgets one event, in whatever case its name is written. Whether there was such an event. */
  boolean reset(String event) {
    return events.remove(event.toLowerCase(Locale.ROOT)) != null;
  }

  /** Forgets all; returns how many there were. */
  int reset() {
    int before = events.size();
    events.clear();
    return before;
  }
}
