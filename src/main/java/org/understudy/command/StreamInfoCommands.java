package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.STREAM;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import java.util.OptionalLong;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;
import org.understudy.keyspace.stream.EntryCursor;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamValue;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/** XINFO: what there is to know of streams, groups and consumers (xinfoCommand of t_stream.c of Redis 7.0.15). */
final class StreamInfoCommands {
  /** How much of everything a full report shows. */
  private static final long FULL_COUNT = 10;

  private StreamInfoCommands() {}

  static List<CommandSpec> rows() {
    return List.of(
        container("XINFO").arity(-2).since("5.0.0").group(STREAM).complexity("Depends on subcommand.")
            .summary("A container for stream introspection commands")
            .containing(
                subcommand("CONSUMERS").arity(4).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("List the consumers in a consumer group")
                    .flags(READONLY).tips("nondeterministic_output").keys(at(2).flags(RO, ACCESS))
                    .args(key("key"), string("groupname"))
                    .runs(Place.SHARD, StreamInfoCommands::xinfoConsumers),
                subcommand("GROUPS").arity(3).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("List the consumer groups of a stream")
                    .history("7.0.0", "Added the `entries-read` and `lag` fields")
                    .flags(READONLY).keys(at(2).flags(RO, ACCESS))
                    .args(key("key"))
                    .runs(Place.SHARD, StreamInfoCommands::xinfoGroups),
                subcommand("STREAM").arity(-3).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("Get information about a stream")
                    .history("6.0.0", "Added the `FULL` modifier.")
                    .history("7.0.0", "Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, "
                        + "`entries-read` and `lag` fields")
                    .flags(READONLY).keys(at(2).flags(RO, ACCESS))
                    .args(key("key"),
                        block("full", integer("count").after("COUNT").optional()).after("FULL").optional())
                    .runs(Place.SHARD, StreamInfoCommands::xinfoStream),
                subcommand("HELP").arity(2).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "CONSUMERS <key> <groupname>",
                        "    Show consumers of <groupname>.",
                        "GROUPS <key>",
                        "    Show the stream consumer groups.",
                        "STREAM <key> [FULL [COUNT <count>]",
                        "    Show information about the stream."))));
  }

  private static StreamValue stream(Call call) {
    StreamValue stream = call.find(call.argv[2], StreamValue.class);
    if (stream == null) throw Errors.NO_SUCH_KEY;
    return stream;
  }

  // ---- groups and consumers -----------------------------------------------------------------------------------------

  static void xinfoConsumers(Call call) {
    ConsumerGroup group = stream(call).group(call.argv[3]);
    if (group == null) throw Errors.noGroupOf(call.argv[2], call.argv[3]);
    ReplyBuffer reply = call.reply;
    reply.array(group.consumers().size());
    for (Consumer consumer : group.consumers()) {
      reply.map(3);
      field(reply, "name", consumer.name());
      field(reply, "pending", consumer.pendingCount());
      field(reply, "idle", Math.max(0, call.nowMillis - consumer.seenMillis()));
    }
  }

  static void xinfoGroups(Call call) {
    StreamValue stream = stream(call);
    ReplyBuffer reply = call.reply;
    reply.array(stream.groups().size());
    for (ConsumerGroup group : stream.groups()) {
      reply.map(6);
      field(reply, "name", group.name());
      field(reply, "consumers", group.consumers().size());
      field(reply, "pending", group.pendingCount());
      progress(stream, group, reply);
    }
  }

  /** How far a group has come: three fields. */
  private static void progress(StreamValue stream, ConsumerGroup group, ReplyBuffer reply) {
    field(reply, "last-delivered-id", group.lastId().text());
    reply.bulk("entries-read");
    if (group.entriesRead() == ConsumerGroup.UNKNOWN) reply.nullValue();
    else reply.integer(group.entriesRead());
    reply.bulk("lag");
    OptionalLong lag = stream.lag(group);
    if (lag.isPresent()) reply.integer(lag.getAsLong());
    else reply.nullValue();
  }

  private static void field(ReplyBuffer reply, String name, byte[] value) {
    reply.bulk(name);
    reply.bulk(value);
  }

  private static void field(ReplyBuffer reply, String name, long value) {
    reply.bulk(name);
    reply.integer(value);
  }

  // ---- streams ------------------------------------------------------------------------------------------------------

  /** XINFO STREAM key [FULL [COUNT count]], where 0 shows all. */
  static void xinfoStream(Call call) {
    byte[][] argv = call.argv;
    StreamValue stream = stream(call);
    boolean full = argv.length > 3;
    long count = FULL_COUNT;
    if (full) {
      boolean counted = argv.length == 6 && Bytes.is(argv[4], "COUNT");
      if (!Bytes.is(argv[3], "FULL") || argv.length != 4 && !counted) throw Errors.subcommandSyntax(argv[0], argv[1]);
      if (counted) count = Arguments.integer(argv[5]);
      if (count < 0) count = FULL_COUNT;
      if (count == 0) count = Long.MAX_VALUE;
    }
    ReplyBuffer reply = call.reply;
    reply.map(full ? 9 : 10);
    field(reply, "length", stream.length());
    field(reply, "radix-tree-keys", stream.nodeCount());
    field(reply, "radix-tree-nodes", stream.radixTreeNodes());
    field(reply, "last-generated-id", stream.lastId().text());
    field(reply, "max-deleted-entry-id", stream.maxDeletedId().text());
    field(reply, "entries-added", stream.entriesAdded());
    field(reply, "recorded-first-entry-id", stream.firstId().text());
    if (full) {
      reply.bulk("entries");
      StreamCommands.reply(stream.entries(), count, reply);
      reply.bulk("groups");
      reply.array(stream.groups().size());
      for (ConsumerGroup group : stream.groups()) fullGroup(stream, group, count, reply);
    } else {
      field(reply, "groups", stream.groups().size());
      reply.bulk("first-entry");
      entryOrNull(stream.entries(), reply);
      reply.bulk("last-entry");
      entryOrNull(stream.entries(StreamId.MIN, StreamId.MAX, true), reply);
    }
  }

  private static void entryOrNull(EntryCursor entries, ReplyBuffer reply) {
    if (entries.next()) StreamCommands.reply(entries, reply);
    else reply.nullValue();
  }

  private static void fullGroup(StreamValue stream, ConsumerGroup group, long count, ReplyBuffer reply) {
    reply.map(7);
    field(reply, "name", group.name());
    progress(stream, group, reply);
    field(reply, "pel-count", group.pendingCount());
    reply.bulk("pending");
    pending(group.pending(StreamId.MIN), Math.min(count, group.pendingCount()), true, reply);
    reply.bulk("consumers");
    reply.array(group.consumers().size());
    for (Consumer consumer : group.consumers()) {
      reply.map(4);
      field(reply, "name", consumer.name());
      field(reply, "seen-time", consumer.seenMillis());
      field(reply, "pel-count", consumer.pendingCount());
      reply.bulk("pending");
      pending(group.pending(consumer, StreamId.MIN), Math.min(count, consumer.pendingCount()), false, reply);
    }
  }

  /** For each entry its id, perhaps its consumer, when it was delivered, and how often. */
  private static void pending(ConsumerGroup.Pending pending, long count, boolean named, ReplyBuffer reply) {
    reply.array(count);
    for (long i = 0; i < count; i++) {
      reply.array(named ? 4 : 3);
      reply.bulk(pending.id().text());
      if (named) reply.bulk(pending.consumer().name());
      reply.integer(pending.deliveryMillis());
      reply.integer(pending.deliveries());
      pending.next();
    }
  }
}
