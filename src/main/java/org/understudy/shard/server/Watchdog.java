package org.understudy.shard.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/**
 * Says in the log what the shard's loop is doing when it has not come round for {@code watchdog-period}
 * milliseconds. A period shorter than two rounds of background work is set to these. A thread of its own, which is
 * there only while the directive is set.
 */
public final class Watchdog {
  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
  /** How often in a period the thread looks. */
  private static final int LOOKS = 4;

  private final Clock clock;
  private ScheduledExecutorService watcher;
  private volatile Thread loop;
  private volatile long lastRoundNanos;
  private volatile long periodMillis;
  /** The last round before the stall that was reported last. */
  private volatile long reportedRound;

  public Watchdog(Config config, Clock clock) {
    this.clock = clock;
    config.onChange(Directive.WATCHDOG_PERIOD, now -> {
      configured(now);
      return null;
    });
    configured(config);
  }

  private void configured(Config config) {
    long least = 1000 / config.hz() * 2;
    periodMillis = config.number(Directive.WATCHDOG_PERIOD);
    if (periodMillis != 0 && periodMillis < least) {
      periodMillis = least;
      config.assign(Directive.WATCHDOG_PERIOD, Long.toString(least));
    }
    lastRoundNanos = clock.nanos();
    if (watcher != null) watcher.shutdownNow();
    watcher = null;
    if (periodMillis == 0) return;
    watcher = Executors.newSingleThreadScheduledExecutor(work -> {
      Thread thread = new Thread(work, "watchdog");
      thread.setDaemon(true);
      return thread;
    });
    long pause = Math.max(1, periodMillis / LOOKS);
    watcher.scheduleWithFixedDelay(this::watch, pause, pause, TimeUnit.MILLISECONDS);
  }

  /** The loop has come round. */
  public void round() {
    if (periodMillis == 0) return;
    loop = Thread.currentThread();
    lastRoundNanos = clock.nanos();
  }

  private void watch() {
    String report = look();
    if (report != null) log.warn(report);
  }

  /** What to say in the log: once for each time that the loop has not come round, else null. */
  String look() {
    Thread stuck = loop;
    long last = lastRoundNanos;
    if (stuck == null || last == reportedRound || clock.nanos() - last < periodMillis * 1_000_000) return null;
    reportedRound = last;
    StringBuilder text = new StringBuilder("--- WATCHDOG TIMER EXPIRED ---\n");
    for (StackTraceElement frame : stuck.getStackTrace()) text.append("    at ").append(frame).append('\n');
    return text.append("--------").toString();
  }
}
