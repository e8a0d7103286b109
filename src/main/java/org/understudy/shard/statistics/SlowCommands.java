package org.understudy.shard.statistics;

import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/** Which commands are slow enough for the slow log or the latency monitor: one comparison for all others. */
public final class SlowCommands {
  private final SlowLog log;
  private final LatencyMonitor monitor;
  /** The lower of both thresholds; read by every loop. */
  private volatile long fromNanos;

  public SlowCommands(Config config, SlowLog log, LatencyMonitor monitor) {
    this.log = log;
    this.monitor = monitor;
    Config.Hook changed = now -> {
      fromNanos = threshold(now);
      log.trim();
      return null;
    };
    config.onChange(Directive.SLOWLOG_LOG_SLOWER_THAN, changed);
    config.onChange(Directive.SLOWLOG_MAX_LEN, changed);
    config.onChange(Directive.LATENCY_MONITOR_THRESHOLD, changed);
    fromNanos = threshold(config);
  }

  private static long threshold(Config config) {
    long logMicros = config.slowlogLogSlowerThan();
    long monitorMillis = config.latencyMonitorThreshold();
    return Math.min(logMicros < 0 ? Long.MAX_VALUE : saturated(logMicros, 1000),
        monitorMillis == 0 ? Long.MAX_VALUE : saturated(monitorMillis, 1_000_000));
  }

  private static long saturated(long value, long times) {
    return value > Long.MAX_VALUE / times ? Long.MAX_VALUE : value * times;
  }

  public boolean concerned(long nanos) {
    return nanos >= fromNanos;
  }

  /** Commands that took so long or longer are to be noted. */
  public long fromNanos() {
    return fromNanos;
  }

  public void note(Session session, CommandSpec spec, byte[][] argv, long nanos, long nowMillis) {
    monitor.note(spec.is(CommandFlag.FAST) ? LatencyMonitor.FAST_COMMAND : LatencyMonitor.COMMAND, nanos, nowMillis);
    if (!session.blocked) log.note(session, spec, argv, nanos / 1000, nowMillis);
  }

  /** Notes a command that waited and is answered now. @param nanos see {@link CommandExecutor.Observer#finished} */
  public void noteFinished(Session session, CommandSpec spec, byte[][] argv, long nanos, long replyNanos,
      long nowMillis) {
    monitor.note(LatencyMonitor.COMMAND_UNBLOCKING, replyNanos, nowMillis);
    log.note(session, spec, argv, nanos / 1000, nowMillis);
  }
}
