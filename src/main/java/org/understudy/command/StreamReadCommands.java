package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.BLOCKING;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.STREAM;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeySpec.behind;

import java.util.Arrays;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;
import org.understudy.keyspace.stream.EntryCursor;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/** XREAD and XREADGROUP, which may wait for entries (xreadCommand of t_stream.c of Redis 7.0.15). */
final class StreamReadCommands {
  private StreamReadCommands() {}

  static List<CommandSpec> rows() {
    return List.of(
        command("XREAD").arity(-4).since("5.0.0").group(STREAM)
            .complexity("For each stream mentioned: O(N) with N being the number of elements being returned, it "
                + "means that XREAD-ing with a fixed COUNT is O(1). Note that when the BLOCK option is used, "
                + "XADD will pay O(M) time in order to serve the M clients blocked on the stream getting new "
                + "data.")
            .summary("Return never seen elements in multiple streams, with IDs greater than the ones reported by "
                + "the caller for each stream. Can block.")
            .flags(READONLY, BLOCKING).keys(behind("STREAMS", 1).flags(RO, ACCESS).range(-1, 1, 2))
            .keysFoundBy(KeyFinders::xread)
            .args(integer("count").after("COUNT").optional(), integer("milliseconds").after("BLOCK").optional(),
                block("streams", key("key").multiple(), string("id").multiple()).after("STREAMS"))
            .runs(Place.SHARD, StreamReadCommands::xread),
        command("XREADGROUP").arity(-7).since("5.0.0").group(STREAM)
            .complexity("For each stream mentioned: O(M) with M being the number of elements returned. If M is "
                + "constant (e.g. always asking for the first 10 elements with COUNT), you can consider it "
                + "O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to "
                + "serve the N clients blocked on the stream getting new data.")
            .summary("Return new entries from a stream using a consumer group, or access the history of the "
                + "pending entries for a given consumer. Can block.")
            .flags(WRITE, BLOCKING).keys(behind("STREAMS", 4).flags(RO, ACCESS).range(-1, 1, 2))
            .keysFoundBy(KeyFinders::xread)
            .args(block("group_consumer", string("group"), string("consumer")).after("GROUP"),
                integer("count").after("COUNT").optional(), integer("milliseconds").after("BLOCK").optional(),
                token("NOACK").optional(),
                block("streams", key("key").multiple(), string("id").multiple()).after("STREAMS"))
            .runs(Place.SHARD, StreamReadCommands::xreadgroup));
  }

  static void xread(Call call) {
    read(call, new Request(call.argv, false));
  }

  static void xreadgroup(Call call) {
    call.noEffect(); // what it did is propagated as other commands
    read(call, new Request(call.argv, true));
  }

  /**
   * Replies with what there is behind the ids, an array (in RESP3 a map) of streams with their entries; else waits, or
   * replies with a null array.
   */
  private static void read(Call call, Request request) {
    request.resolve(call);
    ReplyBuffer.Mark all = null;
    long streams = 0;
    for (int i = 0; i < request.streams; i++) {
      byte[] key = request.key(i);
      StreamValue stream = call.find(key, StreamValue.class);
      StreamId behind = stream == null ? null : request.servedBehind(i, stream);
      if (behind == null) continue;
      if (all == null) all = call.reply.open();
      streams++;
      request.reply(call, key, stream, behind, request.isHistory(i), request.count);
      if (request.ofGroup) call.dirty++;
    }
    if (all != null) call.reply.close(all, call.reply.resp3() ? '%' : '*', streams);
    else if (!request.blocks || call.inTransaction) call.reply.nullArray();
    else call.awaitKeys(request.firstKey, request.firstKey + request.streams, request.timeoutMillis, request);
  }

  /** What a client asked for; while it waits, it is all that is kept of it. */
  private static final class Request implements KeyWait {
    private static final CommandError UNBALANCED = CommandError.err(
        "Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
    private static final CommandError GROUP_IN_XREAD =
        CommandError.err("The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
    private static final CommandError NOACK_IN_XREAD =
        CommandError.err("The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
    private static final CommandError NO_GROUP_OPTION = CommandError.err("Missing GROUP option for XREADGROUP");
    private static final CommandError LAST_OF_GROUP = CommandError.err("The $ ID is meaningless in the context of "
        + "XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get "
        + "new messages. The $ ID would just return an empty result set.");
    private static final CommandError NEW_WITHOUT_GROUP = CommandError.err(
        "The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.");
    private static final CommandError GROUP_GONE =
        new CommandError("NOGROUP the consumer group this client was blocked on no longer exists");
    private static final CommandError KEY_GONE = new CommandError("UNBLOCKED the stream key no longer exists");

    /** In the place of an id: what was not yet delivered to the group. */
    private static final StreamId NEW = StreamId.MAX;
    /** A client that waited gets no more at once, if it does not say how many. */
    private static final long MOST_AFTER_WAITING = 1000;

    final boolean ofGroup;
    /** 0 for all. */
    long count;
    boolean blocks;
    long timeoutMillis;
    int firstKey;
    int streams;
    private final byte[][] argv;
    private boolean noAck;
    private byte[] group;
    private byte[] consumer;
    /** For each key the id behind which to read. */
    private final StreamId[] after;
    /** For each key the last id of the stream when it was last looked at, so that only what is added wakes. */
    private final StreamId[] lastSeen;

    Request(byte[][] argv, boolean ofGroup) {
      this.argv = argv;
      this.ofGroup = ofGroup;
      for (int i = 1; i < argv.length && firstKey == 0; i++) {
        int more = argv.length - i - 1;
        if (more > 0 && Bytes.is(argv[i], "BLOCK")) {
          timeoutMillis = Arguments.timeoutOfMillis(argv[++i]);
          blocks = true;
        } else if (more > 0 && Bytes.is(argv[i], "COUNT")) {
          count = Math.max(0, Arguments.integer(argv[++i]));
        } else if (more > 0 && Bytes.is(argv[i], "STREAMS")) {
          if (more % 2 != 0) throw UNBALANCED;
          firstKey = i + 1;
          streams = more / 2;
        } else if (more > 1 && Bytes.is(argv[i], "GROUP")) {
          if (!ofGroup) throw GROUP_IN_XREAD;
          group = argv[++i];
          consumer = argv[++i];
        } else if (Bytes.is(argv[i], "NOACK")) {
          if (!ofGroup) throw NOACK_IN_XREAD;
          noAck = true;
        } else {
          throw Errors.SYNTAX;
        }
      }
      if (firstKey == 0) throw Errors.SYNTAX;
      if (ofGroup && group == null) throw NO_GROUP_OPTION;
      after = new StreamId[streams];
      lastSeen = new StreamId[streams];
    }

    byte[] key(int index) {
      return argv[firstKey + index];
    }

    /** Finds out what the ids mean for the streams as they are now. */
    void resolve(Call call) {
      for (int i = 0; i < streams; i++) {
        byte[] key = key(i);
        byte[] id = argv[firstKey + streams + i];
        StreamValue stream = call.find(key, StreamValue.class);
        if (ofGroup && (stream == null || stream.group(group) == null)) throw Errors.noGroupToRead(key, group);
        StreamId last = stream == null ? StreamId.MIN : stream.lastId();
        lastSeen[i] = last;
        if (StreamArguments.is(id, '$')) {
          if (ofGroup) throw LAST_OF_GROUP;
          after[i] = last;
        } else if (StreamArguments.is(id, '>')) {
          if (!ofGroup) throw NEW_WITHOUT_GROUP;
          after[i] = NEW;
        } else {
          after[i] = StreamArguments.id(id);
        }
      }
    }

    /** Whether a consumer wants to see again what is pending for it. */
    boolean isHistory(int index) {
      return ofGroup && !after[index].equals(NEW);
    }

    /** The id behind which a stream is to be read now; null if it has nothing to offer. */
    StreamId servedBehind(int index, StreamValue stream) {
      if (isHistory(index)) return after[index];
      StreamId behind = ofGroup ? stream.group(group).lastId() : after[index];
      return stream.length() > 0 && stream.lastEntryId().isAfter(behind) ? behind : null;
    }

    /**
     * Replies with a stream's key and its entries behind an id, which are delivered to the consumer if there is one.
     */
    void reply(Call call, byte[] key, StreamValue stream, StreamId behind, boolean history, long most) {
      if (!call.reply.resp3()) call.reply.array(2);
      call.reply.bulk(key);
      long limit = most == 0 ? Long.MAX_VALUE : most;
      if (!ofGroup) {
        StreamCommands.reply(stream.entries(behind.next(), StreamId.MAX, false), limit, call.reply);
        return;
      }
      call.findForWrite(key);
      ConsumerGroup reading = stream.group(group);
      boolean comes = noAck && reading.consumer(consumer) == null;
      Consumer reader = StreamGroups.seen(call, key, reading, consumer);
      if (comes) StreamGroups.propagateConsumer(call, key, reading, consumer);
      if (history) deliverAgain(call, stream, reading, reader, behind.next(), limit);
      else deliver(call, key, stream, reading, reader, behind.next(), limit);
      call.valueChanged();
    }

    private void deliver(Call call, byte[] key, StreamValue stream, ConsumerGroup to, Consumer reader, StreamId start,
        long limit) {
      EntryCursor entries = stream.entries(start, StreamId.MAX, false);
      boolean passed = false;
      ReplyBuffer.Mark array = call.reply.open();
      long length = 0;
      while (length < limit && entries.next()) {
        StreamId id = entries.id();
        if (id.isAfter(to.lastId())) {
          stream.passOn(to, id);
          passed = true;
        }
        StreamCommands.reply(entries, call.reply);
        if (!noAck) {
          to.assign(id, reader, call.nowMillis, 1);
          StreamGroups.propagateClaim(call, key, to, id.text(), consumer, call.nowMillis, 1);
        }
        length++;
      }
      call.reply.close(array, '*', length);
      if (noAck && passed) StreamGroups.propagateLastId(call, key, to);
    }

    /** Of a pending entry that was removed from the stream only the id is left. */
    private static void deliverAgain(Call call, StreamValue stream, ConsumerGroup to, Consumer reader, StreamId start,
        long limit) {
      ConsumerGroup.Pending pending = to.pending(reader, start);
      ReplyBuffer.Mark array = call.reply.open();
      long length = 0;
      for (; length < limit && pending.atEntry(); pending.next()) {
        EntryCursor entry = stream.entries(pending.id(), pending.id(), false);
        if (entry.next()) {
          StreamCommands.reply(entry, call.reply);
          pending.delivered(call.nowMillis);
        } else {
          call.reply.array(2);
          call.reply.bulk(pending.id().text());
          call.reply.nullArray();
        }
        length++;
      }
      call.reply.close(array, '*', length);
    }

    // ---- waiting ----------------------------------------------------------------------------------------------------

    @Override
    public Type type() {
      return Type.STREAM;
    }

    @Override
    public CommandError lostKey() {
      return ofGroup ? KEY_GONE : null;
    }

    @Override
    public boolean serve(Call call, byte[] key) {
      StreamValue stream = call.findForWrite(key, StreamValue.class);
      ConsumerGroup reading = ofGroup ? stream.group(group) : null;
      if (ofGroup && reading == null) throw GROUP_GONE;
      int index = indexOf(key);
      boolean grown = !stream.lastId().equals(lastSeen[index]);
      lastSeen[index] = stream.lastId();
      StreamId behind = ofGroup ? reading.lastId() : after[index];
      if (!grown || !stream.lastId().isAfter(behind)) return false;
      if (call.reply.resp3()) call.reply.map(1);
      else call.reply.array(1);
      reply(call, key, stream, behind, false, count == 0 ? MOST_AFTER_WAITING : count);
      return true;
    }

    private int indexOf(byte[] key) {
      for (int i = 0; ; i++) {
        if (Arrays.equals(key(i), key)) return i;
      }
    }
  }
}
