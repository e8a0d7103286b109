package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.Arg.unixTime;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.STREAM;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;
import org.understudy.keyspace.stream.EntryCursor;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on consumer groups and what is pending in them. Errors, their order, notifications and what is propagated
 * instead of the command are those of t_stream.c of Redis 7.0.15; so is it that changes of groups alone concern neither
 * watchers nor client-side caches.
 */
final class StreamGroupCommands {
  private static final CommandError BAD_ENTRIES_READ =
      CommandError.err("value for ENTRIESREAD must be positive or -1");
  private static final CommandError NO_KEY = CommandError.err("The XGROUP subcommand requires the key to exist. "
      + "Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.");
  private static final CommandError GROUP_EXISTS = new CommandError("BUSYGROUP Consumer Group name already exists");
  private static final CommandError XCLAIM_IDLE_ARGUMENT =
      CommandError.err("Invalid min-idle-time argument for XCLAIM");
  private static final CommandError XAUTOCLAIM_IDLE_ARGUMENT =
      CommandError.err("Invalid min-idle-time argument for XAUTOCLAIM");
  private static final CommandError BAD_COUNT = CommandError.err("COUNT must be > 0");

  private static final long AUTOCLAIM_COUNT = 100;
  /** XAUTOCLAIM looks at so many pending entries for each that it may claim. */
  private static final long AUTOCLAIM_TRIES = 10;
  private static final long AUTOCLAIM_MOST = Long.MAX_VALUE / 16;

  private StreamGroupCommands() {}

  static List<CommandSpec> rows() {
    return List.of(
        container("XGROUP").arity(-2).since("5.0.0").group(STREAM).complexity("Depends on subcommand.")
            .summary("A container for consumer groups commands")
            .containing(
                subcommand("CREATE").arity(-5).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("Create a consumer group.")
                    .history("7.0.0", "Added the `entries_read` named argument.")
                    .flags(WRITE, DENYOOM).keys(at(2).flags(RW, INSERT))
                    .args(key("key"), string("groupname"), oneOf("id", string("id"), token("new_id", "$")),
                        token("MKSTREAM").optional(), integer("entries_read").after("ENTRIESREAD").optional())
                    .runs(Place.SHARD, StreamGroupCommands::xgroupCreate),
                subcommand("CREATECONSUMER").arity(5).since("6.2.0").group(STREAM).complexity("O(1)")
                    .summary("Create a consumer in a consumer group.")
                    .flags(WRITE, DENYOOM).keys(at(2).flags(RW, INSERT))
                    .args(key("key"), string("groupname"), string("consumername"))
                    .runs(Place.SHARD, StreamGroupCommands::xgroupCreateconsumer),
                subcommand("DELCONSUMER").arity(5).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("Delete a consumer from a consumer group.")
                    .flags(WRITE).keys(at(2).flags(RW, DELETE))
                    .args(key("key"), string("groupname"), string("consumername"))
                    .runs(Place.SHARD, StreamGroupCommands::xgroupDelconsumer),
                subcommand("DESTROY").arity(4).since("5.0.0").group(STREAM)
                    .complexity("O(N) where N is the number of entries in the group's pending entries list (PEL).")
                    .summary("Destroy a consumer group.")
                    .flags(WRITE).keys(at(2).flags(RW, DELETE))
                    .args(key("key"), string("groupname"))
                    .runs(Place.SHARD, StreamGroupCommands::xgroupDestroy),
                subcommand("SETID").arity(-5).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("Set a consumer group to an arbitrary last delivered ID value.")
                    .history("7.0.0", "Added the optional `entries_read` argument.")
                    .flags(WRITE).keys(at(2).flags(RW, UPDATE))
                    .args(key("key"), string("groupname"), oneOf("id", string("id"), token("new_id", "$")),
                        integer("entries_read").after("ENTRIESREAD").optional())
                    .runs(Place.SHARD, StreamGroupCommands::xgroupSetid),
                subcommand("HELP").arity(2).since("5.0.0").group(STREAM).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "CREATE <key> <groupname> <id|$> [option]",
                        "    Create a new consumer group. Options are:",
                        "    * MKSTREAM",
                        "      Create the empty stream if it does not exist.",
                        "    * ENTRIESREAD entries_read",
                        "      Set the group's entries_read counter (internal use).",
                        "CREATECONSUMER <key> <groupname> <consumer>",
                        "    Create a new consumer in the specified group.",
                        "DELCONSUMER <key> <groupname> <consumer>",
                        "    Remove the specified consumer.",
                        "DESTROY <key> <groupname>",
                        "    Remove the specified group.",
                        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                        "    Set the current group ID and entries_read counter."))),
        command("XACK").arity(-4).since("5.0.0").group(STREAM).complexity("O(1) for each message ID processed.")
            .summary("Marks a pending message as correctly processed, effectively removing it from the pending "
                + "entries list of the consumer group. Return value of the command is the number of messages "
                + "successfully acknowledged, that is, the IDs we were actually able to resolve in the PEL.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), string("group"), string("id").multiple())
            .runs(Place.SHARD, StreamGroupCommands::xack),
        command("XPENDING").arity(-3).since("5.0.0").group(STREAM)
            .complexity("O(N) with N being the number of elements returned, so asking for a small fixed number of "
                + "entries per call is O(1). O(M), where M is the total number of entries scanned when used "
                + "with the IDLE filter. When the command returns just the summary and the list of consumers "
                + "is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every "
                + "consumer.")
            .summary("Return information and entries from a stream consumer group pending entries list, that are "
                + "messages fetched but never acknowledged.")
            .history("6.2.0", "Added the `IDLE` option and exclusive range intervals.")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("group"),
                block("filters", integer("min-idle-time").after("IDLE").since("6.2.0").optional(), string("start"),
                    string("end"), integer("count"), string("consumer").optional()).optional())
            .runs(Place.SHARD, StreamGroupCommands::xpending),
        command("XCLAIM").arity(-6).since("5.0.0").group(STREAM)
            .complexity("O(log N) with N being the number of messages in the PEL of the consumer group.")
            .summary("Changes (or acquires) ownership of a message in a consumer group, as if the message was "
                + "delivered to the specified consumer.")
            .flags(WRITE, FAST).tips("nondeterministic_output").keys(at(1).flags(RW, UPDATE))
            .args(key("key"), string("group"), string("consumer"), string("min-idle-time"), string("id").multiple(),
                integer("ms").after("IDLE").optional(), unixTime("unix-time-milliseconds").after("TIME").optional(),
                integer("count").after("RETRYCOUNT").optional(), token("FORCE").optional(), token("JUSTID").optional(),
                string("id").after("LASTID").optional())
            .runs(Place.SHARD, StreamGroupCommands::xclaim),
        command("XAUTOCLAIM").arity(-6).since("6.2.0").group(STREAM).complexity("O(1) if COUNT is small.")
            .summary("Changes (or acquires) ownership of messages in a consumer group, as if the messages were "
                + "delivered to the specified consumer.")
            .history("7.0.0",
                "Added an element to the reply array, containing deleted entries the command cleared from the PEL")
            .flags(WRITE, FAST).tips("nondeterministic_output").keys(at(1).flags(RW, DELETE))
            .args(key("key"), string("group"), string("consumer"), string("min-idle-time"), string("start"),
                integer("count").after("COUNT").optional(), token("JUSTID").optional())
            .runs(Place.SHARD, StreamGroupCommands::xautoclaim));
  }

  // ---- XGROUP -------------------------------------------------------------------------------------------------------

  /** XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD entries] */
  static void xgroupCreate(Call call) {
    byte[][] argv = call.argv;
    boolean makes = false;
    long entriesRead = ConsumerGroup.UNKNOWN;
    for (int i = 5; i < argv.length; i++) {
      if (Bytes.is(argv[i], "MKSTREAM")) makes = true;
      else entriesRead = entriesRead(argv, i++);
    }
    byte[] key = argv[2];
    StreamValue stream = call.findForWrite(key, StreamValue.class);
    if (stream == null && !makes) throw NO_KEY;
    if (argv.length > 8) throw Errors.subcommandSyntax(argv[0], argv[1]);
    StreamId last = StreamArguments.is(argv[4], '$') ? stream == null ? StreamId.MIN : stream.lastId()
        : StreamArguments.id(argv[4]);
    if (stream == null) {
      stream = new StreamValue();
      stream.createGroup(argv[3], last, entriesRead);
      call.db.setValue(key, stream, Entry.NO_EXPIRE);
      call.changed(key);
    } else {
      if (stream.createGroup(argv[3], last, entriesRead) == null) throw GROUP_EXISTS;
      call.valueChanged();
      call.dirty++;
    }
    call.reply.ok();
    call.notify(NotifyClass.STREAM, "xgroup-create", key);
  }

  /** The value of the option ENTRIESREAD, which must be at that index. */
  private static long entriesRead(byte[][] argv, int index) {
    if (!Bytes.is(argv[index], "ENTRIESREAD") || index + 1 == argv.length) {
      throw Errors.subcommandSyntax(argv[0], argv[1]);
    }
    long entries = Arguments.integer(argv[index + 1]);
    if (entries < 0 && entries != ConsumerGroup.UNKNOWN) throw BAD_ENTRIES_READ;
    return entries;
  }

  /** XGROUP SETID key group id|$ [ENTRIESREAD entries] */
  static void xgroupSetid(Call call) {
    byte[][] argv = call.argv;
    long entriesRead = ConsumerGroup.UNKNOWN;
    for (int i = 5; i < argv.length; i += 2) entriesRead = entriesRead(argv, i);
    StreamValue stream = streamOfGroup(call);
    ConsumerGroup group = existing(call, stream);
    if (argv.length > 7) throw Errors.subcommandSyntax(argv[0], argv[1]);
    group.lastId(StreamArguments.is(argv[4], '$') ? stream.lastId() : StreamArguments.idOrEnd(argv[4]));
    group.entriesRead(entriesRead);
    call.reply.ok();
    call.dirty++;
    call.notify(NotifyClass.STREAM, "xgroup-setid", argv[2]);
  }

  static void xgroupDestroy(Call call) {
    byte[] key = call.argv[2];
    boolean removed = streamOfGroup(call).removeGroup(call.argv[3]);
    call.reply.integer(removed);
    if (!removed) return;
    call.valueChanged();
    call.dirty++;
    call.notify(NotifyClass.STREAM, "xgroup-destroy", key);
    call.wakeWaiting(key);
  }

  static void xgroupCreateconsumer(Call call) {
    ConsumerGroup group = existing(call, streamOfGroup(call));
    boolean created = StreamGroups.create(call, call.argv[2], group, call.argv[4]) != null;
    if (created) call.valueChanged();
    call.reply.integer(created);
  }

  /** Replies with how many entries were pending for the consumer. */
  static void xgroupDelconsumer(Call call) {
    ConsumerGroup group = existing(call, streamOfGroup(call));
    Consumer consumer = group.consumer(call.argv[4]);
    call.reply.integer(consumer == null ? 0 : consumer.pendingCount());
    if (consumer == null) return;
    group.removeConsumer(consumer);
    call.valueChanged();
    call.dirty++;
    call.notify(NotifyClass.STREAM, "xgroup-delconsumer", call.argv[2]);
  }

  /** The stream at the key of XGROUP, to be changed. */
  private static StreamValue streamOfGroup(Call call) {
    StreamValue stream = call.findForWrite(call.argv[2], StreamValue.class);
    if (stream == null) throw NO_KEY;
    return stream;
  }

  private static ConsumerGroup existing(Call call, StreamValue stream) {
    ConsumerGroup group = stream.group(call.argv[3]);
    if (group == null) throw Errors.noGroupOf(call.argv[2], call.argv[3]);
    return group;
  }

  // ---- acknowledging ------------------------------------------------------------------------------------------------

  static void xack(Call call) {
    byte[] key = call.argv[1];
    StreamValue stream = call.find(key, StreamValue.class);
    ConsumerGroup group = stream == null ? null : stream.group(call.argv[2]);
    if (group == null) {
      call.reply.integer(0);
      return;
    }
    StreamId[] ids = StreamArguments.ids(call.argv, 3);
    call.findAgainForWrite(key);
    long acknowledged = 0;
    for (StreamId id : ids) {
      if (group.acknowledge(id)) acknowledged++;
    }
    if (acknowledged > 0) call.valueChanged();
    call.dirty += acknowledged;
    call.reply.integer(acknowledged);
  }

  // ---- looking at what is pending -----------------------------------------------------------------------------------

  /** XPENDING key group [[IDLE min-idle-time] start end count [consumer]] */
  static void xpending(Call call) {
    byte[][] argv = call.argv;
    if (argv.length == 3) {
      replySummary(group(call, call.find(argv[1], StreamValue.class)), call.reply);
      return;
    }
    if (argv.length < 6 || argv.length > 9) throw Errors.SYNTAX;
    long leastIdle = 0;
    int range = 3;
    if (Bytes.is(argv[3], "IDLE")) {
      leastIdle = Arguments.integer(argv[4]);
      if (argv.length < 8) throw Errors.SYNTAX;
      range = 5;
    }
    long count = Arguments.integer(argv[range + 2]);
    StreamId start = StreamArguments.start(argv[range]);
    StreamId end = StreamArguments.end(argv[range + 1]);
    ConsumerGroup group = group(call, call.find(argv[1], StreamValue.class));
    ConsumerGroup.Pending pending;
    if (range + 3 < argv.length) {
      Consumer consumer = group.consumer(argv[range + 3]);
      if (consumer == null) {
        call.reply.emptyArray();
        return;
      }
      pending = group.pending(consumer, start);
    } else {
      pending = group.pending(start);
    }
    replyPending(call, pending, end, count, leastIdle);
  }

  /** How many entries are pending, the least and the greatest id, and the consumers for whom, with how many. */
  private static void replySummary(ConsumerGroup group, ReplyBuffer reply) {
    reply.array(4);
    reply.integer(group.pendingCount());
    if (group.pendingCount() == 0) {
      reply.nullValue();
      reply.nullValue();
      reply.nullArray();
      return;
    }
    reply.bulk(group.firstPending().text());
    reply.bulk(group.lastPending().text());
    reply.array(group.consumers().stream().filter(consumer -> consumer.pendingCount() > 0).count());
    for (Consumer consumer : group.consumers()) {
      if (consumer.pendingCount() == 0) continue;
      reply.array(2);
      reply.bulk(consumer.name());
      reply.bulk(consumer.pendingCount());
    }
  }

  /** For each entry its id, its consumer, the milliseconds since it was delivered, and how often that was. */
  private static void replyPending(Call call, ConsumerGroup.Pending pending, StreamId end, long count,
      long leastIdle) {
    ReplyBuffer reply = call.reply;
    ReplyBuffer.Mark array = reply.open();
    long length = 0;
    for (; length < count && pending.atEntry() && !pending.id().isAfter(end); pending.next()) {
      long idle = call.nowMillis - pending.deliveryMillis();
      if (leastIdle != 0 && idle < leastIdle) continue;
      length++;
      reply.array(4);
      reply.bulk(pending.id().text());
      reply.bulk(pending.consumer().name());
      reply.integer(Math.max(0, idle));
      reply.integer(pending.deliveries());
    }
    reply.close(array, '*', length);
  }

  /** The group that the second argument names. @param stream may be null */
  private static ConsumerGroup group(Call call, StreamValue stream) {
    ConsumerGroup group = stream == null ? null : stream.group(call.argv[2]);
    if (group == null) throw Errors.noGroup(call.argv[1], call.argv[2]);
    return group;
  }

  // ---- claiming -----------------------------------------------------------------------------------------------------

  /**
   * XCLAIM key group consumer min-idle-time id … [IDLE ms] [TIME unix-ms] [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id].
   * An entry that is pending but no longer in the stream is forgotten.
   */
  static void xclaim(Call call) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    StreamValue stream = call.find(key, StreamValue.class);
    ConsumerGroup group = group(call, stream);
    ClaimOptions options = new ClaimOptions(call);
    call.findAgainForWrite(key);
    call.noEffect();
    boolean movesOn = options.lastId.isAfter(group.lastId());
    if (movesOn) group.lastId(options.lastId);

    Claim claim = new Claim(call, stream, group);
    for (int i = 0; i < options.ids.size(); i++) {
      StreamId id = options.ids.get(i);
      byte[] idText = argv[ClaimOptions.FIRST_ID + i];
      ConsumerGroup.Pending pending = group.find(id);
      if (!stream.contains(id)) {
        if (pending != null) claim.forget(id, idText, pending);
      } else if (pending == null) {
        if (options.force) claim.take(id, idText, options.deliveryMillis, options.deliveries(1));
      } else if (options.leastIdle <= 0 || call.nowMillis - pending.deliveryMillis() >= options.leastIdle) {
        claim.take(id, idText, options.deliveryMillis, options.deliveries(pending.deliveries()));
      }
    }
    if (movesOn && !claim.propagated) {
      StreamGroups.propagateLastId(call, key, group);
      call.dirty++;
    }
    claim.reply(options.justId);
    call.valueChanged();
  }

  /** XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID] */
  static void xautoclaim(Call call) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    boolean found = call.find(key);
    long leastIdle = Arguments.integer(argv[4], XAUTOCLAIM_IDLE_ARGUMENT);
    StreamId start = StreamArguments.start(argv[5]);
    long count = AUTOCLAIM_COUNT;
    boolean justId = false;
    for (int i = 6; i < argv.length; i++) {
      if (Bytes.is(argv[i], "COUNT") && i + 1 < argv.length) {
        count = Arguments.integer(argv[++i], BAD_COUNT);
        if (count < 1 || count > AUTOCLAIM_MOST) throw BAD_COUNT;
      } else if (Bytes.is(argv[i], "JUSTID")) {
        justId = true;
      } else {
        throw Errors.SYNTAX;
      }
    }
    StreamValue stream = found ? call.findAgainForWrite(key, StreamValue.class) : null;
    ConsumerGroup group = group(call, stream);
    call.noEffect();

    Claim claim = new Claim(call, stream, group);
    List<StreamId> forgotten = new ArrayList<>();
    ConsumerGroup.Pending pending = group.pending(start);
    for (long tries = count * AUTOCLAIM_TRIES; tries > 0 && count > 0 && pending.atEntry(); tries--) {
      StreamId id = pending.id();
      if (!stream.contains(id)) {
        claim.forget(id, id.text(), pending);
        forgotten.add(id);
        pending = group.pending(id);
      } else if (leastIdle > 0 && call.nowMillis - pending.deliveryMillis() < leastIdle) {
        pending.next();
        continue;
      } else {
        claim.take(id, id.text(), call.nowMillis, pending.deliveries() + (justId ? 0 : 1));
        pending = group.pending(id);
        pending.next();
      }
      count--;
    }
    call.reply.array(3);
    call.reply.bulk((pending.atEntry() ? pending.id() : StreamId.MIN).text());
    claim.reply(justId);
    call.reply.array(forgotten.size());
    for (StreamId id : forgotten) call.reply.bulk(id.text());
    call.valueChanged();
  }

  /** Pending entries that change hands in one command. */
  private static final class Claim {
    private final Call call;
    private final StreamValue stream;
    private final ConsumerGroup group;
    private final List<StreamId> taken = new ArrayList<>();
    private Consumer consumer;
    /** A claim was propagated, and with it the group's last id. */
    boolean propagated;

    Claim(Call call, StreamValue stream, ConsumerGroup group) {
      this.call = call;
      this.stream = stream;
      this.group = group;
    }

    /** Makes an entry pending for the consumer of the command. @param idText as it is to be propagated */
    void take(StreamId id, byte[] idText, long deliveryMillis, long deliveries) {
      if (consumer == null) consumer = StreamGroups.seen(call, call.argv[1], group, call.argv[3]);
      group.assign(id, consumer, deliveryMillis, deliveries);
      taken.add(id);
      propagate(idText, consumer, deliveryMillis, deliveries);
    }

    /** Makes an entry no longer pending, since the stream has it no more. */
    void forget(StreamId id, byte[] idText, ConsumerGroup.Pending pending) {
      propagate(idText, pending.consumer(), pending.deliveryMillis(), pending.deliveries());
      group.acknowledge(id);
    }

    private void propagate(byte[] idText, Consumer owner, long deliveryMillis, long deliveries) {
      StreamGroups.propagateClaim(call, call.argv[1], group, idText, owner.name(), deliveryMillis, deliveries);
      propagated = true;
      call.dirty++;
    }

    /** Replies with an array of the entries that were taken. */
    void reply(boolean justIds) {
      call.reply.array(taken.size());
      for (StreamId id : taken) {
        if (justIds) {
          call.reply.bulk(id.text());
        } else {
          EntryCursor entry = stream.entries(id, id, false);
          entry.next();
          StreamCommands.reply(entry, call.reply);
        }
      }
    }
  }

  /** What follows the consumer in XCLAIM. */
  private static final class ClaimOptions {
    static final int FIRST_ID = 5;

    final long leastIdle;
    final List<StreamId> ids = new ArrayList<>();
    final long deliveryMillis;
    final boolean force;
    final boolean justId;
    final StreamId lastId;
    /** Negative to count on. */
    private final long retryCount;

    ClaimOptions(Call call) {
      byte[][] argv = call.argv;
      leastIdle = Arguments.integer(argv[4], XCLAIM_IDLE_ARGUMENT);
      int i = FIRST_ID;
      for (; i < argv.length; i++) {
        StreamId id = StreamArguments.idOrNull(argv[i]);
        if (id == null) break;
        ids.add(id);
      }
      long now = call.nowMillis;
      long delivery = -1;
      long retries = -1;
      boolean forced = false;
      boolean idsOnly = false;
      StreamId last = StreamId.MIN;
      for (; i < argv.length; i++) {
        boolean more = i + 1 < argv.length;
        if (Bytes.is(argv[i], "FORCE")) forced = true;
        else if (Bytes.is(argv[i], "JUSTID")) idsOnly = true;
        else if (more && Bytes.is(argv[i], "IDLE")) delivery = now - number(argv, ++i);
        else if (more && Bytes.is(argv[i], "TIME")) delivery = number(argv, ++i);
        else if (more && Bytes.is(argv[i], "RETRYCOUNT")) retries = number(argv, ++i);
        else if (more && Bytes.is(argv[i], "LASTID")) last = StreamArguments.id(argv[++i]);
        else throw CommandError.err("Unrecognized XCLAIM option '" + Bytes.string(argv[i]) + "'");
      }
      deliveryMillis = delivery < 0 || delivery > now ? now : delivery; // a time that cannot be is taken for a mistake
      retryCount = retries;
      force = forced;
      justId = idsOnly;
      lastId = last;
    }

    /** The number behind an option. */
    private static long number(byte[][] argv, int index) {
      String option = Bytes.string(argv[index - 1]).toUpperCase(Locale.ROOT);
      return Arguments.integer(argv[index], CommandError.err("Invalid " + option + " option argument for XCLAIM"));
    }

    /** How often an entry has been delivered, if it was so often before. */
    long deliveries(long before) {
      return retryCount >= 0 ? retryCount : justId ? before : before + 1;
    }
  }
}
