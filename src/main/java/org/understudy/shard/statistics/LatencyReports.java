package org.understudy.shard.statistics;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.understudy.config.Config;

/** The texts of LATENCY GRAPH and LATENCY DOCTOR. */
final class LatencyReports {
  private static final int COLUMNS = 80;
  private static final int ROWS = 4;
  /** How a column ends in its highest row, from nearly nothing to full. */
  private static final char[] TIPS = {'_', 'o', '#'};

  private LatencyReports() {}

  // ---- the graph ----------------------------------------------------------------------------------------------------

  /** One column a sample, four rows high, and under it how long ago the sample was taken, letter by letter. */
  static String graph(String event, LatencyMonitor.Series series, long nowSeconds) {
    long high = Long.MIN_VALUE;
    long low = Long.MAX_VALUE;
    for (int i = 0; i < series.size(); i++) {
      high = Math.max(high, series.millis(i));
      low = Math.min(low, series.millis(i));
    }
    StringBuilder graph = new StringBuilder();
    graph.append(event).append(" - high ").append(high).append(" ms, low ").append(low).append(" ms (all time high ")
        .append(series.worst()).append(" ms)\n").append("-".repeat(COLUMNS)).append('\n');
    for (int from = 0; from < series.size(); from += COLUMNS) {
      if (from > 0) graph.append('\n');
      part(series, from, Math.min(series.size(), from + COLUMNS), low, high, nowSeconds, graph);
    }
    return graph.toString();
  }

  private static void part(LatencyMonitor.Series series, int from, int to, long low, long high, long nowSeconds,
      StringBuilder graph) {
    int steps = TIPS.length * ROWS;
    long range = Math.max(1, high - low);
    for (int row = ROWS - 1; row >= 0; row--) {
      for (int i = from; i < to; i++) {
        long step = Math.min(steps - 1, (series.millis(i) - low) * steps / range) - (long) row * TIPS.length;
        graph.append(step < 0 ? ' ' : step < TIPS.length ? TIPS[(int) step] : '|');
      }
      graph.append('\n');
    }
    graph.append(" ".repeat(to - from)).append('\n');
    boolean more = true;
    for (int letter = 0; more; letter++) {
      more = false;
      StringBuilder line = new StringBuilder();
      for (int i = from; i < to; i++) {
        String age = age(nowSeconds - series.seconds(i));
        line.append(letter < age.length() ? age.charAt(letter) : ' ');
        more |= letter < age.length();
      }
      if (more) graph.append(line).append('\n');
    }
  }

  private static String age(long seconds) {
    if (seconds < 60) return seconds + "s";
    if (seconds < 3600) return seconds / 60 + "m";
    if (seconds < 86400) return seconds / 3600 + "h";
    return seconds / 86400 + "d";
  }

  // ---- the doctor ---------------------------------------------------------------------------------------------------

  private enum Advice {
    SLOW_LOG_OFF, SLOW_LOG_TOO_COARSE, READ_SLOW_LOG, BUSY_MACHINE, LARGE_VALUES, HIGHER_HZ, MASS_EVICTION
  }

  /** What happened, event by event, and what might help. */
  static String advice(Map<String, LatencyMonitor.Series> events, Config config, long nowSeconds) {
    if (events.isEmpty() && config.latencyMonitorThreshold() == 0) {
      return "Latency monitoring is disabled in this instance. \"CONFIG SET latency-monitor-threshold <milliseconds>\""
          + " enables it.\n";
    }
    if (events.isEmpty()) return "No latency spike was observed so far: nothing took as long as the threshold.\n";
    StringBuilder report = new StringBuilder("Latency spikes were observed in this instance:\n\n");
    Set<Advice> advices = new LinkedHashSet<>();
    int number = 0;
    for (Map.Entry<String, LatencyMonitor.Series> entry : events.entrySet()) {
      LatencyMonitor.Series series = entry.getValue();
      long period = Math.max(1, nowSeconds - series.seconds(0));
      report.append(++number).append(". ").append(entry.getKey()).append(": ").append(series.size())
          .append(" latency spikes (average ").append(series.average()).append("ms, mean deviation ")
          .append(series.meanDeviation()).append("ms, period ")
          .append(String.format(Locale.ROOT, "%.2f", (double) period / series.size()))
          .append(" sec). Worst all time event ").append(series.worst()).append("ms.\n");
      advise(entry.getKey(), config, advices);
    }
    report.append("\nWhat might help:\n\n");
    for (Advice advice : advices) report.append("- ").append(text(advice, config)).append('\n');
    return report.toString();
  }

  private static void advise(String event, Config config, Set<Advice> advices) {
    switch (event) {
      case LatencyMonitor.COMMAND -> {
        if (config.slowlogLogSlowerThan() < 0) advices.add(Advice.SLOW_LOG_OFF);
        else if (config.slowlogLogSlowerThan() / 1000 > config.latencyMonitorThreshold()) {
          advices.add(Advice.SLOW_LOG_TOO_COARSE);
        }
        advices.add(Advice.READ_SLOW_LOG);
      }
      case LatencyMonitor.FAST_COMMAND -> advices.add(Advice.BUSY_MACHINE);
      case LatencyMonitor.EXPIRE_CYCLE -> {
        advices.add(Advice.LARGE_VALUES);
        if (config.hz() < 100) advices.add(Advice.HIGHER_HZ);
      }
      case LatencyMonitor.EVICTION_CYCLE -> advices.add(Advice.MASS_EVICTION);
      default -> { }
    }
  }

  private static String text(Advice advice, Config config) {
    return switch (advice) {
      case SLOW_LOG_OFF -> "The slow log is off. 'CONFIG SET slowlog-log-slower-than "
          + config.latencyMonitorThreshold() * 1000 + "' would show which commands are slow.";
      case SLOW_LOG_TOO_COARSE -> "The slow log misses commands that are slow by the latency monitor's threshold. Try "
          + "'CONFIG SET slowlog-log-slower-than " + config.latencyMonitorThreshold() * 1000 + "'.";
      case READ_SLOW_LOG -> "SLOWLOG GET tells which commands take long. Those whose work grows with their keys or"
          + " values hold up all other clients.";
      case BUSY_MACHINE -> "Commands that take constant time were slow, so the process did not get the processor: lower"
          + " the load of the machine, look for other users of the same hardware, and look at the pauses of the garbage"
          + " collector (-Xlog:gc).";
      case LARGE_VALUES -> "Many keys expire in the same moment. Spreading their expiry evens that out.";
      case MASS_EVICTION -> "Many keys had to go at once to stay within 'maxmemory'. Raise it, or lower"
          + " 'maxmemory-eviction-tenacity' so that more of it is done between commands.";
      case HIGHER_HZ -> "A higher 'hz' (100, say) lets expired keys go in more and smaller steps.";
    };
  }
}
