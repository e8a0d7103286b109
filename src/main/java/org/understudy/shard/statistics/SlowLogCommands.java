package org.understudy.shard.statistics;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.Iterator;
import java.util.List;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/** SLOWLOG. */
public final class SlowLogCommands {
  private static final CommandError BAD_COUNT = CommandError.err("count should be greater than or equal to -1");
  private static final int DEFAULT_COUNT = 10;

  private final SlowLog log;

  public SlowLogCommands(SlowLog log) {
    this.log = log;
  }

  public List<CommandSpec> rows() {
    return List.of(
        container("SLOWLOG").arity(-2).since("2.2.12").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for slow log commands")
            .containing(
                subcommand("GET").arity(-2).since("2.2.12").group(SERVER)
                    .complexity("O(N) where N is the number of entries returned")
                    .summary("Get the slow log's entries")
                    .history("4.0.0", "Added client IP address, port and name to the reply.")
                    .flags(ADMIN, LOADING, STALE).tips("request_policy:all_nodes", "nondeterministic_output")
                    .args(integer("count").optional())
                    .runs(Place.SHARD, this::get),
                subcommand("LEN").arity(2).since("2.2.12").group(SERVER).complexity("O(1)")
                    .summary("Get the slow log's length")
                    .flags(ADMIN, LOADING, STALE)
                    .tips("request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output")
                    .runs(Place.SHARD, this::length),
                subcommand("RESET").arity(2).since("2.2.12").group(SERVER)
                    .complexity("O(N) where N is the number of entries in the slowlog")
                    .summary("Clear all entries from the slow log")
                    .flags(ADMIN, LOADING, STALE).tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .runs(Place.SHARD, this::reset),
                subcommand("HELP").arity(2).since("6.2.0").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "GET [<count>]",
                        "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
                        "    Entries are made of:",
                        "    id, timestamp, time in microseconds, arguments array, client IP and port,",
                        "    client name",
                        "LEN",
                        "    Return the length of the slowlog.",
                        "RESET",
                        "    Reset the slowlog."))));
  }

  /**
   * SLOWLOG GET [count]: the newest entries, 10 or so many, -1 for all. Each an array of id, Unix time, microseconds,
   * arguments, client's address, client's name.
   */
  private void get(Call call) {
    long count = DEFAULT_COUNT;
    if (call.argv.length > 3) throw Errors.subcommandSyntax(call.argv[0], call.argv[1]);
    if (call.argv.length == 3) {
      count = Arguments.integer(call.argv[2], BAD_COUNT);
      if (count < -1) throw BAD_COUNT;
      if (count == -1) count = log.size();
    }
    int sent = (int) Math.min(count, log.size());
    call.reply.array(sent);
    Iterator<SlowLog.Entry> entries = log.iterator();
    for (int i = 0; i < sent; i++) {
      SlowLog.Entry entry = entries.next();
      call.reply.array(6);
      call.reply.integer(entry.id());
      call.reply.integer(entry.unixSeconds());
      call.reply.integer(entry.micros());
      call.reply.array(entry.argv().length);
      for (byte[] argument : entry.argv()) call.reply.bulk(argument);
      call.reply.bulk(entry.address());
      call.reply.bulk(entry.name());
    }
  }

  private void length(Call call) {
    call.reply.integer(log.size());
  }

  private void reset(Call call) {
    log.clear();
    call.reply.ok();
  }
}
