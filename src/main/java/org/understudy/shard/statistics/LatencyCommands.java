package org.understudy.shard.statistics;

import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.understudy.bytes.Bytes;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;

/** LATENCY: what the monitor saw, and the distribution of the durations of commands. */
public final class LatencyCommands {
  /** The steps of LATENCY HISTOGRAM: this, doubled until a second is covered. */
  private static final long FIRST_STEP_NANOS = 1024;
  private static final long LAST_STEP_NANOS = 1L << 30;

  private final LatencyMonitor monitor;
  private final Statistics statistics;
  private final Supplier<CommandTable> table;

  public LatencyCommands(LatencyMonitor monitor, Statistics statistics, Supplier<CommandTable> table) {
    this.monitor = monitor;
    this.statistics = statistics;
    this.table = table;
  }

  public List<CommandSpec> rows() {
    return List.of(
        container("LATENCY").arity(-2).since("2.8.13").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for latency diagnostics commands")
            .containing(
                subcommand("DOCTOR").arity(2).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Return a human readable latency analysis report.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .runs(Place.SHARD, this::doctor),
                subcommand("GRAPH").arity(3).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Return a latency graph for the event.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .args(string("event"))
                    .runs(Place.SHARD, this::graph),
                subcommand("HISTOGRAM").arity(-2).since("7.0.0").group(SERVER)
                    .complexity("O(N) where N is the number of commands with latency information being retrieved.")
                    .summary("Return the cumulative distribution of latencies of a subset of commands or all.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .args(string("command").optional().multiple())
                    .runs(Place.SHARD, this::histogram),
                subcommand("HISTORY").arity(3).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Return timestamp-latency samples for the event.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .args(string("event"))
                    .runs(Place.SHARD, this::history),
                subcommand("LATEST").arity(2).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Return the latest latency samples for all events.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special")
                    .runs(Place.SHARD, this::latest),
                subcommand("RESET").arity(-2).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Reset latency data for one or more events.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .args(string("event").optional().multiple())
                    .runs(Place.SHARD, this::reset),
                subcommand("HELP").arity(2).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands.")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "DOCTOR",
                        "    Return a human readable latency analysis report.",
                        "GRAPH <event>",
                        "    Return an ASCII latency graph for the <event> class.",
                        "HISTORY <event>",
                        "    Return time-latency samples for the <event> class.",
                        "LATEST",
                        "    Return the latest latency samples for all events.",
                        "RESET [<event> ...]",
                        "    Reset latency data of one or more <event> classes.",
                        "    (default: reset all data for all event classes)",
                        "HISTOGRAM [COMMAND ...]",
                        "    Return a cumulative distribution of latencies in the format of a histogram for the "
                            + "specified command names.",
                        "    If no commands are specified then all histograms are replied."))));
  }

  // ---- events -------------------------------------------------------------------------------------------------------

  /** An array of [Unix time, milliseconds], oldest first; empty for an event that nobody knows. */
  private void history(Call call) {
    LatencyMonitor.Series series = monitor.events().get(Bytes.string(call.argv[2]));
    if (series == null) {
      call.reply.emptyArray();
      return;
    }
    call.reply.array(series.size());
    for (int i = 0; i < series.size(); i++) {
      call.reply.array(2);
      call.reply.integer(series.seconds(i));
      call.reply.integer(series.millis(i));
    }
  }

  /** For each event [name, Unix time of its last sample, milliseconds, the worst ever]. */
  private void latest(Call call) {
    call.reply.array(monitor.events().size());
    monitor.events().forEach((event, series) -> {
      call.reply.array(4);
      call.reply.bulk(event);
      call.reply.integer(series.seconds(series.size() - 1));
      call.reply.integer(series.millis(series.size() - 1));
      call.reply.integer(series.worst());
    });
  }

  private void reset(Call call) {
    long reset = 0;
    if (call.argv.length == 2) reset = monitor.reset();
    for (int i = 2; i < call.argv.length; i++) reset += monitor.reset(Bytes.string(call.argv[i])) ? 1 : 0;
    call.reply.integer(reset);
  }

  private void graph(Call call) {
    String event = Bytes.string(call.argv[2]);
    LatencyMonitor.Series series = monitor.events().get(event);
    if (series == null) throw CommandError.err("No samples available for event '" + event + "'");
    call.reply.verbatim(Bytes.of(LatencyReports.graph(event, series, call.nowMillis / 1000)));
  }

  private void doctor(Call call) {
    call.reply.verbatim(Bytes.of(LatencyReports.advice(monitor.events(), call.config, call.nowMillis / 1000)));
  }

  // ---- histograms ---------------------------------------------------------------------------------------------------

  /**
   * LATENCY HISTOGRAM [command …]: a map from commands that ran to their number of calls and the cumulative
   * distribution of their durations in microseconds. A container stands for its subcommands; names of no command
   * are passed over.
   */
  private void histogram(Call call) {
    Totals totals = statistics.totals();
    List<CommandSpec> asked = new ArrayList<>();
    if (call.argv.length == 2) {
      addAll(table.get().rows(), totals, asked);
    } else {
      for (int i = 2; i < call.argv.length; i++) {
        CommandSpec spec = table.get().named(call.argv[i]);
        if (spec == null) continue;
        addAll(List.of(spec), totals, asked);
        addAll(spec.subcommands, totals, asked);
      }
    }
    call.reply.map(asked.size());
    for (CommandSpec spec : asked) {
      call.reply.bulk(spec.fullName);
      distribution(totals.histograms[spec.index], call.reply);
    }
  }

  private static void addAll(Collection<CommandSpec> specs, Totals totals, List<CommandSpec> to) {
    for (CommandSpec spec : specs) {
      LatencyHistogram histogram = totals.histograms[spec.index];
      if (histogram != null && histogram.total() > 0) to.add(spec);
    }
  }

  private static void distribution(LatencyHistogram histogram, ReplyBuffer reply) {
    reply.map(2);
    reply.bulk("calls");
    reply.integer(histogram.total());
    reply.bulk("histogram_usec");
    ReplyBuffer.Mark mark = reply.open();
    int steps = 0;
    long before = 0;
    for (long step = FIRST_STEP_NANOS; step <= LAST_STEP_NANOS && before < histogram.total(); step *= 2) {
      // The bucket that a step falls in belongs to the step; the last one is the last bucket that there is.
      long end = step == LAST_STEP_NANOS ? LAST_STEP_NANOS - 1 : LatencyHistogram.bucketEnd(step);
      long count = histogram.countUpTo(end);
      if (count == before) continue;
      reply.integer(end / 1000);
      reply.integer(count);
      before = count;
      steps++;
    }
    reply.close(mark, '%', steps);
  }
}
