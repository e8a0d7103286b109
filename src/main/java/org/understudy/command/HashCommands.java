package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.HASH;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.LongDouble;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.Packing;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on hashes. Errors, their order, notifications and what is propagated instead of the command are those of
 * t_hash.c of Redis 7.0.15.
 */
public final class HashCommands {
  private static final byte[] EFFECT_HSET = Bytes.of("HSET");
  private static final byte[] ZERO = Bytes.of("0");
  private static final CommandError VALUE_NOT_AN_INTEGER = CommandError.err("hash value is not an integer");
  private static final CommandError VALUE_NOT_A_FLOAT = CommandError.err("hash value is not a float");
  private static final CommandError INCREMENT_NOT_FINITE = CommandError.err("value is NaN or Infinity");

  private HashCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("HSET").arity(-4).since("2.0.0").group(HASH)
            .complexity("O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command "
                + "is called with multiple field/value pairs.")
            .summary("Set the string value of a hash field")
            .history("4.0.0", "Accepts multiple `field` and `value` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, UPDATE))
            .elements(2, 2)
            .args(key("key"), block("field_value", string("field"), string("value")).multiple())
            .runs(Place.SHARD, HashCommands::hset),
        command("HSETNX").arity(4).since("2.0.0").group(HASH).complexity("O(1)")
            .summary("Set the value of a hash field, only if the field does not exist")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .elements(2, 2)
            .args(key("key"), string("field"), string("value"))
            .runs(Place.SHARD, HashCommands::hsetnx),
        command("HMSET").arity(-4).since("2.0.0").group(HASH)
            .complexity("O(N) where N is the number of fields being set.")
            .summary("Set multiple hash fields to multiple values")
            .deprecated("4.0.0", "`HSET` with multiple field-value pairs")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, UPDATE))
            .elements(2, 2)
            .args(key("key"), block("field_value", string("field"), string("value")).multiple())
            .runs(Place.SHARD, HashCommands::hmset),
        command("HGET").arity(3).since("2.0.0").group(HASH).complexity("O(1)")
            .summary("Get the value of a hash field")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("field"))
            .runs(Place.SHARD, HashCommands::hget),
        command("HMGET").arity(-3).since("2.0.0").group(HASH)
            .complexity("O(N) where N is the number of fields being requested.")
            .summary("Get the values of all the given hash fields")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("field").multiple())
            .runs(Place.SHARD, HashCommands::hmget),
        command("HGETALL").arity(2).since("2.0.0").group(HASH).complexity("O(N) where N is the size of the hash.")
            .summary("Get all the fields and values in a hash")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, HashCommands::hgetall),
        command("HKEYS").arity(2).since("2.0.0").group(HASH).complexity("O(N) where N is the size of the hash.")
            .summary("Get all the fields in a hash")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, HashCommands::hkeys),
        command("HVALS").arity(2).since("2.0.0").group(HASH).complexity("O(N) where N is the size of the hash.")
            .summary("Get all the values in a hash")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, HashCommands::hvals),
        command("HLEN").arity(2).since("2.0.0").group(HASH).complexity("O(1)")
            .summary("Get the number of fields in a hash")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, HashCommands::hlen),
        command("HSTRLEN").arity(3).since("3.2.0").group(HASH).complexity("O(1)")
            .summary("Get the length of the value of a hash field")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .elements(2, 1)
            .args(key("key"), string("field"))
            .runs(Place.SHARD, HashCommands::hstrlen),
        command("HEXISTS").arity(3).since("2.0.0").group(HASH).complexity("O(1)")
            .summary("Determine if a hash field exists")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .elements(2, 1)
            .args(key("key"), string("field"))
            .runs(Place.SHARD, HashCommands::hexists),
        command("HDEL").arity(-3).since("2.0.0").group(HASH)
            .complexity("O(N) where N is the number of fields to be removed.")
            .summary("Delete one or more hash fields")
            .history("2.4.0", "Accepts multiple `field` arguments.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, DELETE))
            .elements(2, 1)
            .args(key("key"), string("field").multiple())
            .runs(Place.SHARD, HashCommands::hdel),
        command("HINCRBY").arity(4).since("2.0.0").group(HASH).complexity("O(1)")
            .summary("Increment the integer value of a hash field by the given number")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .elements(2, 2)
            .args(key("key"), string("field"), integer("increment"))
            .runs(Place.SHARD, HashCommands::hincrby),
        command("HINCRBYFLOAT").arity(4).since("2.6.0").group(HASH).complexity("O(1)")
            .summary("Increment the float value of a hash field by the given amount")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .elements(2, 2)
            .args(key("key"), string("field"), floating("increment"))
            .runs(Place.SHARD, HashCommands::hincrbyfloat),
        command("HRANDFIELD").arity(-2).since("6.2.0").group(HASH)
            .complexity("O(N) where N is the number of fields returned")
            .summary("Get one or multiple random fields from a hash")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), block("options", integer("count"), token("WITHVALUES").optional()).optional())
            .runs(Place.SHARD, HashCommands::hrandfield),
        command("HSCAN").arity(-3).since("2.8.0").group(HASH)
            .complexity("O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
                + "cursor to return back to 0. N is the number of elements inside the collection..")
            .summary("Incrementally iterate hash fields and associated values")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("cursor"), pattern("pattern").after("MATCH").optional(),
                integer("count").after("COUNT").optional())
            .runs(Place.SHARD, HashCommands::hscan));
  }

  // ---- setting ------------------------------------------------------------------------------------------------------

  static void hset(Call call) {
    call.reply.integer(setAll(call));
  }

  static void hmset(Call call) {
    setAll(call);
    call.reply.ok();
  }

  /** Sets the pairs from the third word on; returns how many fields are new. */
  private static int setAll(Call call) {
    byte[][] argv = call.argv;
    if (argv.length % 2 == 1) throw Errors.wrongArity(call.spec.fullName);
    byte[] key = argv[1];
    HashValue hash = call.findForWrite(key, HashValue.class);
    boolean absent = hash == null;
    if (absent) hash = new HashValue();
    Packing packing = packing(call);
    int added = 0;
    for (int i = 2; i < argv.length; i += 2) if (hash.set(argv[i], argv[i + 1], packing)) added++;
    store(call, key, hash, absent, "hset");
    call.dirty += (argv.length - 2) / 2 - 1;
    return added;
  }

  static void hsetnx(Call call) {
    HashValue hash = call.findForWrite(call.argv[1], HashValue.class);
    boolean set = hash == null || !hash.contains(call.argv[2]);
    if (set) set(call, hash, call.argv[3], "hset");
    call.reply.integer(set);
  }

  static void hincrby(Call call) {
    long increment = Arguments.integer(call.argv[3]);
    HashValue hash = call.findForWrite(call.argv[1], HashValue.class);
    byte[] before = hash == null ? null : hash.get(call.argv[2]);
    long value = before == null ? 0 : Arguments.integer(before, VALUE_NOT_AN_INTEGER);
    long sum = value + increment;
    if (((value ^ sum) & (increment ^ sum)) < 0) throw Errors.WOULD_OVERFLOW;
    set(call, hash, Bytes.of(sum), "hincrby");
    call.reply.integer(sum);
  }

  /** Propagated as the HSET of the sum, so that how a replica prints floats does not matter. */
  static void hincrbyfloat(Call call) {
    byte[][] argv = call.argv;
    LongDouble increment = LongDouble.parse(argv[3]);
    if (increment == null) throw Errors.NOT_A_FLOAT;
    if (!increment.isFinite()) throw INCREMENT_NOT_FINITE;
    HashValue hash = call.findForWrite(argv[1], HashValue.class);
    byte[] before = hash == null ? null : hash.get(argv[2]);
    byte[] sum = Arguments.sumOfFloats(before == null ? ZERO : before, argv[3], VALUE_NOT_A_FLOAT);
    set(call, hash, sum, "hincrbyfloat");
    call.effect(EFFECT_HSET, argv[1], argv[2], sum);
    call.reply.bulk(sum);
  }

  /** Sets the field that the command names. @param hash as found for writing, null if absent */
  private static void set(Call call, HashValue hash, byte[] value, String event) {
    boolean absent = hash == null;
    HashValue target = absent ? new HashValue() : hash;
    target.set(call.argv[2], value, packing(call));
    store(call, call.argv[1], target, absent, event);
  }

  private static void store(Call call, byte[] key, HashValue hash, boolean absent, String event) {
    if (absent) call.db.setValue(key, hash, Entry.NO_EXPIRE);
    else call.valueChanged();
    call.changed(key);
    call.notify(NotifyClass.HASH, event, key);
  }

  private static Packing packing(Call call) {
    return new Packing(call.config.hashMaxListpackEntries(), call.config.hashMaxListpackValue(),
        call.keyspace.hashSeed());
  }

  static void hdel(Call call) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    HashValue hash = call.findForWrite(key, HashValue.class);
    int deleted = 0;
    boolean emptied = false;
    for (int i = 2; hash != null && i < argv.length && !emptied; i++) {
      if (!hash.remove(argv[i])) continue;
      deleted++;
      emptied = hash.size() == 0;
    }
    if (deleted > 0) {
      if (emptied) call.db.remove(key);
      else call.valueChanged();
      call.changed(key);
      call.dirty += deleted - 1;
      call.notify(NotifyClass.HASH, "hdel", key);
      if (emptied) call.notify(NotifyClass.GENERIC, "del", key);
    }
    call.reply.integer(deleted);
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  static void hget(Call call) {
    HashValue hash = call.find(call.argv[1], HashValue.class);
    if (hash == null) call.reply.nullValue();
    else hash.replyValue(call.argv[2], call.reply);
  }

  static void hmget(Call call) {
    byte[][] argv = call.argv;
    HashValue hash = call.find(argv[1], HashValue.class);
    call.reply.array(argv.length - 2);
    for (int i = 2; i < argv.length; i++) {
      if (hash == null) call.reply.nullValue();
      else hash.replyValue(argv[i], call.reply);
    }
  }

  static void hgetall(Call call) {
    HashValue hash = call.find(call.argv[1], HashValue.class);
    call.reply.map(hash == null ? 0 : hash.size());
    if (hash != null) hash.reply(true, true, call.reply);
  }

  static void hkeys(Call call) {
    replyHalf(call, true);
  }

  static void hvals(Call call) {
    replyHalf(call, false);
  }

  private static void replyHalf(Call call, boolean fields) {
    HashValue hash = call.find(call.argv[1], HashValue.class);
    call.reply.array(hash == null ? 0 : hash.size());
    if (hash != null) hash.reply(fields, !fields, call.reply);
  }

  static void hlen(Call call) {
    HashValue hash = call.find(call.argv[1], HashValue.class);
    call.reply.integer(hash == null ? 0 : hash.size());
  }

  static void hstrlen(Call call) {
    HashValue hash = call.find(call.argv[1], HashValue.class);
    call.reply.integer(hash == null ? 0 : hash.valueLength(call.argv[2]));
  }

  static void hexists(Call call) {
    HashValue hash = call.find(call.argv[1], HashValue.class);
    call.reply.integer(hash != null && hash.contains(call.argv[2]));
  }

  static void hscan(Call call) {
    long cursor = Arguments.cursor(call.argv[2]);
    HashValue hash = call.find(call.argv[1], HashValue.class);
    List<byte[]> found = new ArrayList<>();
    long next = 0;
    if (hash != null) {
      ScanOptions options = ScanOptions.ofElements(call.argv);
      next = hash.scan(cursor, options.count(), (field, value) -> {
        if (!options.matches(field)) return;
        found.add(field);
        found.add(value);
      });
    }
    ScanOptions.reply(call.reply, next, found);
  }

  // ---- random fields ------------------------------------------------------------------------------------------------

  /** HRANDFIELD key [count [WITHVALUES]] */
  static void hrandfield(Call call) {
    byte[][] argv = call.argv;
    if (argv.length == 2) {
      HashValue hash = call.find(argv[1], HashValue.class);
      if (hash == null) call.reply.nullValue();
      else hash.random(call.keyspace.random(), (field, value) -> call.reply.bulk(field));
      return;
    }
    long count = Arguments.integer(argv[2], -Long.MAX_VALUE, Long.MAX_VALUE);
    boolean withValues = argv.length == 4 && Bytes.is(argv[3], "WITHVALUES");
    if (argv.length > 3 && !withValues) throw Errors.SYNTAX;
    if (withValues && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) throw Errors.OUT_OF_RANGE;
    HashValue hash = call.find(argv[1], HashValue.class);
    if (hash == null || count == 0) {
      call.reply.emptyArray();
      return;
    }
    boolean nested = withValues && call.reply.resp3();
    int elements = withValues && !nested ? 2 : 1;
    SplittableRandom random = call.keyspace.random();
    if (count < 0) {
      Repetition.reply(call, hash, -count, elements,
          (source, reply) -> source.random(random, picked(reply, withValues, nested)));
      return;
    }
    long picks = Math.min(count, hash.size());
    call.reply.array(picks * elements);
    HashValue.Visitor pick = picked(call.reply, withValues, nested);
    if (picks == hash.size()) hash.forEach(pick);
    else hash.randomDistinct((int) picks, random, pick);
  }

  private static HashValue.Visitor picked(ReplyBuffer reply, boolean withValues, boolean nested) {
    return (field, value) -> {
      if (nested) reply.array(2);
      reply.bulk(field);
      if (withValues) reply.bulk(value);
    };
  }
}
