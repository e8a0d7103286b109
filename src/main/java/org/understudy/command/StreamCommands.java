package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.STREAM;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.stream.EntryCursor;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on the entries of streams. Errors, their order, notifications and what is propagated instead of the command
 * are those of t_stream.c of Redis 7.0.15.
 */
public final class StreamCommands {
  private static final CommandError ZERO_ID = CommandError.err("The ID specified in XADD must be greater than 0-0");
  private static final CommandError EXHAUSTED =
      CommandError.err("The stream has exhausted the last possible ID, unable to add more items");
  private static final CommandError NOT_BEHIND_LAST =
      CommandError.err("The ID specified in XADD is equal or smaller than the target stream top item");
  private static final CommandError TOO_LARGE = CommandError.err("Elements are too large to be stored");
  private static final CommandError NEGATIVE_ENTRIES_ADDED = CommandError.err("entries_added must be positive");
  private static final CommandError DELETED_AFTER_LAST =
      CommandError.err("The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
  private static final CommandError BEFORE_LAST_ENTRY =
      CommandError.err("The ID specified in XSETID is smaller than the target stream top item");
  private static final CommandError FEWER_THAN_THERE_ARE =
      CommandError.err("The entries_added specified in XSETID is smaller than the target stream length");

  private StreamCommands() {}

  /** The rows of all commands on streams. */
  public static List<CommandSpec> rows() {
    List<CommandSpec> rows = new ArrayList<>(entryRows());
    rows.addAll(StreamReadCommands.rows());
    rows.addAll(StreamGroupCommands.rows());
    rows.addAll(StreamInfoCommands.rows());
    return rows;
  }

  private static List<CommandSpec> entryRows() {
    return List.of(
        command("XADD").arity(-5).since("5.0.0").group(STREAM)
            .complexity("O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.")
            .summary("Appends a new entry to a stream")
            .history("6.2.0", "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option.")
            .history("7.0.0", "Added support for the `<ms>-*` explicit ID form.")
            .flags(WRITE, DENYOOM, FAST).tips("nondeterministic_output")
            .keys(at(1).flags(RW, UPDATE).notes("UPDATE instead of INSERT because of the optional trimming feature"))
            .args(key("key"), token("NOMKSTREAM").since("6.2.0").optional(),
                block("trim", oneOf("strategy", token("MAXLEN"), token("MINID").since("6.2.0")),
                    oneOf("operator", token("equal", "="), token("approximately", "~")).optional(), string("threshold"),
                    integer("count").after("LIMIT").since("6.2.0").optional()).optional(),
                oneOf("id_or_auto", token("auto_id", "*"), string("id")),
                block("field_value", string("field"), string("value")).multiple())
            .runs(Place.SHARD, StreamCommands::xadd),
        command("XLEN").arity(2).since("5.0.0").group(STREAM).complexity("O(1)")
            .summary("Return the number of entries in a stream")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, StreamCommands::xlen),
        command("XRANGE").arity(-4).since("5.0.0").group(STREAM)
            .complexity("O(N) with N being the number of elements being returned. If N is constant (e.g. always "
                + "asking for the first 10 elements with COUNT), you can consider it O(1).")
            .summary("Return a range of elements in a stream, with IDs matching the specified IDs interval")
            .history("6.2.0", "Added exclusive ranges.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("start"), string("end"), integer("count").after("COUNT").optional())
            .runs(Place.SHARD, StreamCommands::xrange),
        command("XREVRANGE").arity(-4).since("5.0.0").group(STREAM)
            .complexity("O(N) with N being the number of elements returned. If N is constant (e.g. always asking for "
                + "the first 10 elements with COUNT), you can consider it O(1).")
            .summary("Return a range of elements in a stream, with IDs matching the specified IDs interval, in "
                + "reverse order (from greater to smaller IDs) compared to XRANGE")
            .history("6.2.0", "Added exclusive ranges.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("end"), string("start"), integer("count").after("COUNT").optional())
            .runs(Place.SHARD, StreamCommands::xrevrange),
        command("XDEL").arity(-3).since("5.0.0").group(STREAM)
            .complexity("O(1) for each single item to delete in the stream, regardless of the stream size.")
            .summary("Removes the specified entries from the stream. Returns the number of items actually "
                + "deleted, that may be different from the number of IDs passed in case certain IDs do not "
                + "exist.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, DELETE))
            .args(key("key"), string("id").multiple())
            .runs(Place.SHARD, StreamCommands::xdel),
        command("XTRIM").arity(-4).since("5.0.0").group(STREAM)
            .complexity("O(N), with N being the number of evicted entries. Constant times are very small however, "
                + "since entries are organized in macro nodes containing multiple entries that can be released "
                + "with a single deallocation.")
            .summary("Trims the stream to (approximately if '~' is passed) a certain size")
            .history("6.2.0", "Added the `MINID` trimming strategy and the `LIMIT` option.")
            .flags(WRITE).tips("nondeterministic_output").keys(at(1).flags(RW, DELETE))
            .args(key("key"),
                block("trim", oneOf("strategy", token("MAXLEN"), token("MINID").since("6.2.0")),
                    oneOf("operator", token("equal", "="), token("approximately", "~")).optional(), string("threshold"),
                    integer("count").after("LIMIT").since("6.2.0").optional()))
            .runs(Place.SHARD, StreamCommands::xtrim),
        command("XSETID").arity(-3).since("5.0.0").group(STREAM).complexity("O(1)")
            .summary("An internal command for replicating stream values")
            .history("7.0.0", "Added the `entries_added` and `max_deleted_entry_id` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), string("last-id"),
                integer("entries_added").after("ENTRIESADDED").since("7.0.0").optional(),
                string("max_deleted_entry_id").after("MAXDELETEDID").since("7.0.0").optional())
            .runs(Place.SHARD, StreamCommands::xsetid));
  }

  // ---- adding -------------------------------------------------------------------------------------------------------

  static void xadd(Call call) {
    byte[][] argv = call.argv;
    StreamOptions options = StreamOptions.ofXadd(call);
    int from = options.idIndex + 1;
    int words = argv.length - from;
    if (words < 2 || words % 2 != 0) throw Errors.wrongArity(call.spec.fullName);
    if (options.id != null && !options.timeOnly && options.id.isZero()) throw ZERO_ID;

    byte[] key = argv[1];
    StreamValue stream = call.findForWrite(key, StreamValue.class);
    if (stream == null && options.noMakeStream) {
      call.reply.nullValue();
      return;
    }
    boolean makes = stream == null;
    if (makes) stream = new StreamValue();
    StreamId id = idToAdd(call, options, stream);
    requireStorable(argv, from);
    long maxBytes = call.config.streamNodeMaxBytes();
    stream.add(id, argv, from, new StreamValue.NodeLimits(maxBytes, call.config.streamNodeMaxEntries()));
    long trimmed = options.trim(stream);
    if (makes) call.db.setValue(key, stream, Entry.NO_EXPIRE);
    else call.valueChanged();
    byte[] idText = id.text();
    call.reply.bulk(idText);
    call.changed(key);
    call.notify(NotifyClass.STREAM, "xadd", key);
    if (trimmed > 0) call.notify(NotifyClass.STREAM, "xtrim", key);
    boolean idChosen = options.id == null || options.timeOnly;
    if (idChosen || options.isApproximate()) {
      byte[][] effect = argv.clone();
      if (options.isApproximate()) options.rewrite(effect, stream);
      if (idChosen) effect[options.idIndex] = idText;
      call.effect(effect);
    }
  }

  private static StreamId idToAdd(Call call, StreamOptions options, StreamValue stream) {
    StreamId last = stream.lastId();
    if (last.equals(StreamId.MAX)) throw EXHAUSTED;
    StreamId id = options.id;
    if (id == null) return stream.nextId(call.nowMillis);
    if (options.timeOnly && id.ms() == last.ms()) {
      if (last.seq() == -1) throw TOO_LARGE; // there is none left; what Redis says of it
      return last.next();
    }
    if (!id.isAfter(last)) throw NOT_BEHIND_LAST;
    return id;
  }

  private static void requireStorable(byte[][] argv, int from) {
    long bytes = 0;
    for (int i = from; i < argv.length; i++) bytes += argv[i].length;
    if (bytes > StreamValue.MAX_NODE_BYTES) throw TOO_LARGE;
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  static void xlen(Call call) {
    StreamValue stream = call.find(call.argv[1], StreamValue.class);
    call.reply.integer(stream == null ? 0 : stream.length());
  }

  static void xrange(Call call) {
    range(call, 2, 3, false);
  }

  static void xrevrange(Call call) {
    range(call, 3, 2, true);
  }

  private static void range(Call call, int startIndex, int endIndex, boolean backwards) {
    byte[][] argv = call.argv;
    StreamId start = StreamArguments.start(argv[startIndex]);
    StreamId end = StreamArguments.end(argv[endIndex]);
    long count = Long.MAX_VALUE;
    for (int i = 4; i < argv.length; i += 2) {
      if (!Bytes.is(argv[i], "COUNT") || i + 1 == argv.length) throw Errors.SYNTAX;
      count = Arguments.integer(argv[i + 1]);
    }
    StreamValue stream = call.find(argv[1], StreamValue.class);
    if (stream == null) call.reply.emptyArray();
    else if (count <= 0) call.reply.nullArray();
    else reply(stream.entries(start, end, backwards), count, call.reply);
  }

  /** Replies with an array of up to {@code count} entries. */
  static void reply(EntryCursor entries, long count, ReplyBuffer reply) {
    ReplyBuffer.Mark array = reply.open();
    long length = 0;
    while (length < count && entries.next()) {
      reply(entries, reply);
      length++;
    }
    reply.close(array, '*', length);
  }

  /** Replies with an entry: an array of its id and the array of its fields and values. */
  static void reply(EntryCursor entry, ReplyBuffer reply) {
    reply.array(2);
    reply.bulk(entry.id().text());
    entry.replyFields(reply);
  }

  // ---- removing -----------------------------------------------------------------------------------------------------

  static void xdel(Call call) {
    byte[] key = call.argv[1];
    StreamValue stream = call.findForWrite(key, StreamValue.class);
    if (stream == null) {
      call.reply.integer(0);
      return;
    }
    long deleted = stream.delete(StreamArguments.ids(call.argv, 2));
    if (deleted > 0) {
      removed(call, key, deleted);
      call.notify(NotifyClass.STREAM, "xdel", key);
    }
    call.reply.integer(deleted);
  }

  static void xtrim(Call call) {
    byte[] key = call.argv[1];
    StreamOptions options = StreamOptions.ofXtrim(call);
    StreamValue stream = call.findForWrite(key, StreamValue.class);
    long removed = stream == null ? 0 : options.trim(stream);
    if (removed > 0) {
      call.notify(NotifyClass.STREAM, "xtrim", key);
      removed(call, key, removed);
      if (options.isApproximate()) {
        byte[][] effect = call.argv.clone();
        options.rewrite(effect, stream);
        call.effect(effect);
      }
    }
    call.reply.integer(removed);
  }

  /** Each entry removed counts as a change. */
  private static void removed(Call call, byte[] key, long entries) {
    call.valueChanged();
    call.changed(key);
    call.dirty += entries - 1;
  }

  // ---- its past -----------------------------------------------------------------------------------------------------

  /** XSETID key last-id [ENTRIESADDED entries] [MAXDELETEDID id] */
  static void xsetid(Call call) {
    byte[][] argv = call.argv;
    StreamId last = StreamArguments.id(argv[2]);
    long entriesAdded = -1;
    StreamId maxDeleted = StreamId.MIN;
    for (int i = 3; i < argv.length; i += 2) {
      boolean more = i + 1 < argv.length;
      if (more && Bytes.is(argv[i], "ENTRIESADDED")) {
        entriesAdded = Arguments.integer(argv[i + 1]);
        if (entriesAdded < 0) throw NEGATIVE_ENTRIES_ADDED;
      } else if (more && Bytes.is(argv[i], "MAXDELETEDID")) {
        maxDeleted = StreamArguments.id(argv[i + 1]);
        if (maxDeleted.isAfter(last)) throw DELETED_AFTER_LAST;
      } else {
        throw Errors.SYNTAX;
      }
    }
    StreamValue stream = call.findForWrite(argv[1], StreamValue.class);
    if (stream == null) throw Errors.NO_SUCH_KEY;
    if (stream.length() > 0) {
      if (stream.lastEntryId().isAfter(last)) throw BEFORE_LAST_ENTRY;
      if (entriesAdded != -1 && stream.length() > entriesAdded) throw FEWER_THAN_THERE_ARE;
    }
    stream.lastId(last);
    if (entriesAdded != -1) stream.entriesAdded(entriesAdded);
    if (!maxDeleted.isZero()) stream.maxDeletedId(maxDeleted);
    call.reply.ok();
    call.dirty++; // neither watchers nor caches are told, as in Redis
    call.notify(NotifyClass.STREAM, "xsetid", argv[1]);
  }
}
