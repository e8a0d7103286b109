package org.understudy.shard;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.Background;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.server.ProcFiles;

/** MEMORY. */
final class MemoryCommands {
  private static final long TOO_LITTLE_TO_JUDGE = 5L << 20;
  private static final long MUCH = 10L << 20;
  private static final long LARGE_CLIENT = 200L << 10;

  private final Memory memory;
  private final Keyspace keyspace;
  private final Clients clients;
  private final Background background;

  MemoryCommands(Memory memory, Keyspace keyspace, Clients clients, Background background) {
    this.memory = memory;
    this.keyspace = keyspace;
    this.clients = clients;
    this.background = background;
  }

  List<CommandSpec> rows() {
    return List.of(
        container("MEMORY").arity(-2).since("4.0.0").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for memory diagnostics commands")
            .containing(
                subcommand("DOCTOR").arity(2).since("4.0.0").group(SERVER).complexity("O(1)")
                    .summary("Outputs memory problems report")
                    .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .runs(Place.SHARD, this::doctor),
                subcommand("MALLOC-STATS").arity(2).since("4.0.0").group(SERVER)
                    .complexity("Depends on how much memory is allocated, could be slow")
                    .summary("Show allocator internal stats")
                    .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .runs(Place.SHARD, this::allocatorStats),
                subcommand("PURGE").arity(2).since("4.0.0").group(SERVER)
                    .complexity("Depends on how much memory is allocated, could be slow")
                    .summary("Ask the allocator to release memory")
                    .tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .runs(Place.SHARD, this::purge),
                subcommand("STATS").arity(2).since("4.0.0").group(SERVER).complexity("O(1)")
                    .summary("Show memory usage details")
                    .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                    .runs(Place.SHARD, this::stats),
                subcommand("USAGE").arity(-3).since("4.0.0").group(SERVER)
                    .complexity("O(N) where N is the number of samples.")
                    .summary("Estimate the memory usage of a key")
                    .flags(READONLY).keys(at(2).flags(RO))
                    .args(key("key"), integer("count").after("SAMPLES").optional())
                    .runs(Place.SHARD, this::usage),
                subcommand("HELP").arity(2).since("4.0.0").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "DOCTOR",
                        "    Return memory problems reports.",
                        "MALLOC-STATS",
                        "    Return internal statistics report from the memory allocator.",
                        "PURGE",
                        "    Attempt to purge dirty pages for reclamation by the allocator.",
                        "STATS",
                        "    Return information about the memory usage of the server.",
                        "USAGE <key> [SAMPLES <count>]",
                        "    Return memory in bytes used by <key> and its value. Nested values are",
                        "    sampled up to <count> times (default: 5, 0 means sample all)."))));
  }

  /**
   * MEMORY USAGE key [SAMPLES count]: bytes of heap of a key with its value, or null. Collections are counted, not
   * sampled, so the count is checked only.
   */
  private void usage(Call call) {
    byte[][] argv = call.argv;
    for (int i = 3; i < argv.length; i += 2) {
      if (!Bytes.is(argv[i], "SAMPLES") || i + 1 == argv.length) throw Errors.SYNTAX;
      if (Arguments.integer(argv[i + 1]) < 0) throw Errors.SYNTAX;
    }
    long bytes = call.db.memoryUsage(argv[2]);
    if (bytes == 0) call.reply.nullValue();
    else call.reply.integer(bytes);
  }

  /** A map of figures, those of 7.0.15 that are known here. */
  private void stats(Call call) {
    long used = memory.usedNow(call.nowMillis);
    long net = Math.max(1, used - memory.startupBytes());
    long data = used - memory.overheadBytes();
    long keys = keyspace.size();
    long resident = ProcFiles.residentBytes();
    List<Database> filled = memory.filledDatabases();
    ReplyBuffer reply = call.reply;
    reply.map(14 + filled.size() + (resident < 0 ? 0 : 2));
    number("peak.allocated", memory.peakBytes(), reply);
    number("total.allocated", used, reply);
    number("startup.allocated", memory.startupBytes(), reply);
    number("replication.backlog", memory.logBytes(), reply);
    number("clients.slaves", memory.replicasBytes(), reply);
    number("clients.normal", memory.clientsBytes(), reply);
    number("cluster.links", 0, reply);
    number("aof.buffer", memory.unwrittenBytes(), reply);
    for (Database database : filled) {
      reply.bulk("db." + database.index());
      reply.map(3);
      number("overhead.hashtable.main", database.overheadBytes(), reply);
      number("overhead.hashtable.expires", 0, reply); // an expiry is part of its entry
      number("overhead.hashtable.slot-to-keys", 0, reply);
    }
    number("overhead.total", memory.overheadBytes(), reply);
    number("keys.count", keys, reply);
    number("keys.bytes-per-key", keys == 0 ? 0 : net / keys, reply);
    number("dataset.bytes", data, reply);
    real("dataset.percentage", 100.0 * data / net, reply);
    real("peak.percentage", 100.0 * used / memory.peakBytes(), reply);
    if (resident < 0) return;
    real("fragmentation", (double) resident / used, reply);
    number("fragmentation.bytes", resident - used, reply);
  }

  private static void number(String name, long value, ReplyBuffer reply) {
    reply.bulk(name);
    reply.integer(value);
  }

  private static void real(String name, double value, ReplyBuffer reply) {
    reply.bulk(name);
    reply.doubleText(Doubles.toText(value));
  }

  private void doctor(Call call) {
    call.reply.verbatim(Bytes.of(report(call.nowMillis)));
  }

  private String report(long nowMillis) {
    long used = memory.usedNow(nowMillis);
    if (used < TOO_LITTLE_TO_JUDGE) {
      return "Hi Sam, this instance is empty or is using very little memory: there is nothing to find issues in.\n";
    }
    StringBuilder issues = new StringBuilder();
    if (memory.peakBytes() > used + used / 2) {
      issues.append(" * Peak memory: this instance once used more than one and a half times of what it uses now. The"
          + " Java heap keeps what it needed then and gives it back only slowly; MEMORY PURGE asks for it.\n\n");
    }
    long resident = ProcFiles.residentBytes();
    if (resident > used * 1.4 && resident - used > MUCH) {
      issues.append(" * High total RSS: the process takes more than 1.4 times of what its data takes. Part of this is"
          + " the JVM itself; the rest is heap that is spare or holds what the collector has not freed yet.\n\n");
    }
    if (clients.size() > 0 && memory.clientsBytes() / clients.size() > LARGE_CLIENT) {
      issues.append(" * Big client buffers: clients take more than 200K each, on average. They may read too slowly for"
          + " what is sent to them, or pipeline large requests. CLIENT LIST shows which.\n\n");
    }
    if (issues.length() == 0) return "Hi Sam, I can't find any memory issue in your instance.\n";
    return "Sam, I detected a few issues in this instance's memory:\n\n" + issues;
  }

  private void allocatorStats(Call call) {
    call.reply.bulk("Stats not supported for the current allocator");
  }

  /** Has the collector give back what it can. */
  private void purge(Call call) {
    background.run(call, System::gc);
  }
}
