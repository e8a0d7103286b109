package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.SET;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on sets. Errors, their order, notifications and what is propagated instead of the command are those of
 * t_set.c of Redis 7.0.15.
 */
public final class SetCommands {
  private static final byte[] EFFECT_SREM = Bytes.of("SREM");
  private static final byte[] EFFECT_DEL = Bytes.of("DEL");
  private static final CommandError NO_KEYS = CommandError.err("numkeys should be greater than 0");
  private static final CommandError NEGATIVE_LIMIT = CommandError.err("LIMIT can't be negative");
  private static final Comparator<SetValue> BY_SIZE = Comparator.comparingLong(SetCommands::size);
  /** Whoever pops so many times what remains gets the rest as a new set. */
  private static final int REBUILD_FROM = 5;

  private SetCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("SADD").arity(-3).since("1.0.0").group(SET)
            .complexity("O(1) for each element added, so O(N) to add N elements when the command is called with "
                + "multiple arguments.")
            .summary("Add one or more members to a set")
            .history("2.4.0", "Accepts multiple `member` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .elements(2, 1)
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, SetCommands::sadd),
        command("SREM").arity(-3).since("1.0.0").group(SET)
            .complexity("O(N) where N is the number of members to be removed.")
            .summary("Remove one or more members from a set")
            .history("2.4.0", "Accepts multiple `member` arguments.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, DELETE))
            .elements(2, 1)
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, SetCommands::srem),
        command("SMOVE").arity(4).since("1.0.0").group(SET).complexity("O(1)")
            .summary("Move a member from one set to another")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), string("member"))
            .runs(Place.SHARD, SetCommands::smove),
        command("SPOP").arity(-2).since("1.0.0").group(SET)
            .complexity("Without the count argument O(1), otherwise O(N) where N is the value of the passed count.")
            .summary("Remove and return one or multiple random members from a set")
            .history("3.2.0", "Added the `count` argument.")
            .flags(WRITE, FAST).tips("nondeterministic_output").keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").since("3.2.0").optional())
            .runs(Place.SHARD, SetCommands::spop),
        command("SRANDMEMBER").arity(-2).since("1.0.0").group(SET)
            .complexity("Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed "
                + "count.")
            .summary("Get one or multiple random members from a set")
            .history("2.6.0", "Added the optional `count` argument.")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("count").since("2.6.0").optional())
            .runs(Place.SHARD, SetCommands::srandmember),
        command("SCARD").arity(2).since("1.0.0").group(SET).complexity("O(1)")
            .summary("Get the number of members in a set")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, SetCommands::scard),
        command("SISMEMBER").arity(3).since("1.0.0").group(SET).complexity("O(1)")
            .summary("Determine if a given value is a member of a set")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .elements(2, 1)
            .args(key("key"), string("member"))
            .runs(Place.SHARD, SetCommands::sismember),
        command("SMISMEMBER").arity(-3).since("6.2.0").group(SET)
            .complexity("O(N) where N is the number of elements being checked for membership")
            .summary("Returns the membership associated with the given elements for a set")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, SetCommands::smismember),
        command("SMEMBERS").arity(2).since("1.0.0").group(SET).complexity("O(N) where N is the set cardinality.")
            .summary("Get all the members in a set")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, SetCommands::smembers),
        command("SINTER").arity(-2).since("1.0.0").group(SET)
            .complexity("O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.")
            .summary("Intersect multiple sets")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, SetCommands::sinter),
        command("SINTERCARD").arity(-3).since("7.0.0").group(SET)
            .complexity("O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.")
            .summary("Intersect multiple sets and return the cardinality of the result")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(1))
            .args(integer("numkeys"), key("key").multiple(), integer("limit").after("LIMIT").optional())
            .runs(Place.SHARD, SetCommands::sintercard),
        command("SINTERSTORE").arity(-3).since("1.0.0").group(SET)
            .complexity("O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.")
            .summary("Intersect multiple sets and store the resulting set in a key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, UPDATE), at(2).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("destination"), key("key", 1).multiple())
            .runs(Place.SHARD, SetCommands::sinterstore),
        command("SUNION").arity(-2).since("1.0.0").group(SET)
            .complexity("O(N) where N is the total number of elements in all given sets.")
            .summary("Add multiple sets")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, SetCommands::sunion),
        command("SUNIONSTORE").arity(-3).since("1.0.0").group(SET)
            .complexity("O(N) where N is the total number of elements in all given sets.")
            .summary("Add multiple sets and store the resulting set in a key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(OW, UPDATE), at(2).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("destination"), key("key", 1).multiple())
            .runs(Place.SHARD, SetCommands::sunionstore),
        command("SDIFF").arity(-2).since("1.0.0").group(SET)
            .complexity("O(N) where N is the total number of elements in all given sets.")
            .summary("Subtract multiple sets")
            .flags(READONLY).tips("nondeterministic_output_order").keys(at(1).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, SetCommands::sdiff),
        command("SDIFFSTORE").arity(-3).since("1.0.0").group(SET)
            .complexity("O(N) where N is the total number of elements in all given sets.")
            .summary("Subtract multiple sets and store the resulting set in a key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(OW, UPDATE), at(2).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("destination"), key("key", 1).multiple())
            .runs(Place.SHARD, SetCommands::sdiffstore),
        command("SSCAN").arity(-3).since("2.8.0").group(SET)
            .complexity("O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
                + "cursor to return back to 0. N is the number of elements inside the collection..")
            .summary("Incrementally iterate Set elements")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("cursor"), pattern("pattern").after("MATCH").optional(),
                integer("count").after("COUNT").optional())
            .runs(Place.SHARD, SetCommands::sscan));
  }

  // ---- members ------------------------------------------------------------------------------------------------------

  static void sadd(Call call) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    SetValue set = call.findForWrite(key, SetValue.class);
    boolean absent = set == null;
    if (absent) set = new SetValue();
    int added = 0;
    for (int i = 2; i < argv.length; i++) if (add(call, set, argv[i])) added++;
    if (added > 0) {
      stored(call, key, set, absent);
      call.changed(key);
      call.dirty += added - 1;
      call.notify(NotifyClass.SET, "sadd", key);
    }
    call.reply.integer(added);
  }

  private static boolean add(Call call, SetValue set, byte[] member) {
    return set.add(member, call.config.setMaxIntsetEntries(), call.keyspace.hashSeed());
  }

  private static void stored(Call call, byte[] key, SetValue set, boolean absent) {
    if (absent) call.db.setValue(key, set, Entry.NO_EXPIRE);
    else call.valueChanged();
  }

  static void srem(Call call) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    SetValue set = call.findForWrite(key, SetValue.class);
    int removed = 0;
    boolean emptied = false;
    for (int i = 2; set != null && i < argv.length && !emptied; i++) {
      if (!set.remove(argv[i])) continue;
      removed++;
      emptied = set.size() == 0;
    }
    if (removed > 0) {
      if (emptied) call.db.remove(key);
      else call.valueChanged();
      call.changed(key);
      call.dirty += removed - 1;
      call.notify(NotifyClass.SET, "srem", key);
      if (emptied) call.notify(NotifyClass.GENERIC, "del", key);
    }
    call.reply.integer(removed);
  }

  /** SMOVE source destination member */
  static void smove(Call call) {
    byte[] from = call.argv[1];
    byte[] to = call.argv[2];
    byte[] member = call.argv[3];
    boolean sourceIsThere = call.findForWrite(from);
    boolean targetFits = !call.findForWrite(to) || call.entry.value() instanceof SetValue;
    if (!sourceIsThere) {
      call.reply.integer(0);
      return;
    }
    SetValue source = call.findAgainForWrite(from, SetValue.class);
    if (!targetFits) throw Errors.WRONG_TYPE;
    if (Arrays.equals(from, to)) {
      call.reply.integer(source.contains(member));
      return;
    }
    if (!source.remove(member)) {
      call.reply.integer(0);
      return;
    }
    boolean emptied = source.size() == 0;
    if (emptied) call.db.remove(from);
    else call.valueChanged();
    call.notify(NotifyClass.SET, "srem", from);
    if (emptied) call.notify(NotifyClass.GENERIC, "del", from);
    SetValue target = call.findAgainForWrite(to, SetValue.class);
    boolean absent = target == null;
    if (absent) target = new SetValue();
    boolean added = add(call, target, member);
    if (added) stored(call, to, target, absent);
    call.changed(from);
    if (added) {
      call.changed(to);
      call.notify(NotifyClass.SET, "sadd", to);
    }
    call.reply.integer(1);
  }

  static void scard(Call call) {
    SetValue set = call.find(call.argv[1], SetValue.class);
    call.reply.integer(set == null ? 0 : set.size());
  }

  static void sismember(Call call) {
    SetValue set = call.find(call.argv[1], SetValue.class);
    call.reply.integer(set != null && set.contains(call.argv[2]));
  }

  static void smismember(Call call) {
    byte[][] argv = call.argv;
    SetValue set = call.find(argv[1], SetValue.class);
    call.reply.array(argv.length - 2);
    for (int i = 2; i < argv.length; i++) call.reply.integer(set != null && set.contains(argv[i]));
  }

  static void smembers(Call call) {
    SetValue set = call.find(call.argv[1], SetValue.class);
    call.reply.set(set == null ? 0 : set.size());
    if (set != null) set.reply(call.reply);
  }

  static void sscan(Call call) {
    long cursor = Arguments.cursor(call.argv[2]);
    SetValue set = call.find(call.argv[1], SetValue.class);
    List<byte[]> found = new ArrayList<>();
    long next = 0;
    if (set != null) {
      ScanOptions options = ScanOptions.ofElements(call.argv);
      next = set.scan(cursor, options.count(), member -> {
        if (options.matches(member)) found.add(member);
      });
    }
    ScanOptions.reply(call.reply, next, found);
  }

  // ---- random members -----------------------------------------------------------------------------------------------

  /** SPOP key [count]: propagated as the removal of what was picked. */
  static void spop(Call call) {
    if (call.argv.length > 3) throw Errors.SYNTAX;
    if (call.argv.length == 3) {
      spopCount(call);
      return;
    }
    byte[] key = call.argv[1];
    SetValue set = call.findForWrite(key, SetValue.class);
    if (set == null) {
      call.reply.nullValue();
      return;
    }
    byte[] member = set.random(call.keyspace.random());
    set.remove(member);
    call.notify(NotifyClass.SET, "spop", key);
    call.effect(EFFECT_SREM, key, member);
    call.reply.bulk(member);
    if (set.size() > 0) {
      call.valueChanged();
    } else {
      call.db.remove(key);
      call.notify(NotifyClass.GENERIC, "del", key);
    }
    call.changed(key);
  }

  private static void spopCount(Call call) {
    byte[] key = call.argv[1];
    long count = Arguments.notNegative(call.argv[2], Errors.NOT_POSITIVE);
    SetValue set = call.findForWrite(key, SetValue.class);
    if (set == null || count == 0) {
      call.reply.set(0);
      return;
    }
    call.notify(NotifyClass.SET, "spop", key);
    long size = set.size();
    if (count >= size) {
      call.reply.set(size);
      set.reply(call.reply);
      call.db.remove(key);
      call.notify(NotifyClass.GENERIC, "del", key);
      call.effect(EFFECT_DEL, key);
      call.changed(key);
      call.dirty += size - 1;
      return;
    }
    List<byte[]> popped = new ArrayList<>((int) count);
    set.randomDistinct((int) count, call.keyspace.random(), popped::add);
    if (size - count > count / REBUILD_FROM) {
      for (byte[] member : popped) set.remove(member);
      call.valueChanged();
    } else {
      // As in the original this may make an intset again of what was a hash table.
      for (byte[] member : popped) set.remove(member);
      SetValue rest = new SetValue();
      set.forEach(member -> add(call, rest, member));
      call.db.setValue(key, rest, Database.KEEP_EXPIRE);
    }
    call.reply.set(count);
    for (byte[] member : popped) {
      call.reply.bulk(member);
      call.effect(EFFECT_SREM, key, member);
    }
    call.changed(key);
    call.dirty += count - 1;
  }

  /** SRANDMEMBER key [count] */
  static void srandmember(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 3) throw Errors.SYNTAX;
    if (argv.length == 2) {
      SetValue set = call.find(argv[1], SetValue.class);
      call.reply.bulkOrNull(set == null ? null : set.random(call.keyspace.random()));
      return;
    }
    long count = Arguments.integer(argv[2], -Long.MAX_VALUE, Long.MAX_VALUE);
    SetValue set = call.find(argv[1], SetValue.class);
    if (set == null || count == 0) {
      call.reply.emptyArray();
      return;
    }
    SplittableRandom random = call.keyspace.random();
    if (count < 0) {
      Repetition.reply(call, set, -count, 1, (source, reply) -> reply.bulk(source.random(random)));
      return;
    }
    long picks = Math.min(count, set.size());
    call.reply.array(picks);
    if (picks == set.size()) set.reply(call.reply);
    else set.randomDistinct((int) picks, random, call.reply::bulk);
  }

  // ---- several sets -------------------------------------------------------------------------------------------------

  static void sinter(Call call) {
    SetValue[] sets = sets(call, 1, call.argv.length - 1);
    ReplyBuffer.Mark mark = call.reply.open();
    long[] size = new long[1];
    intersect(sets, member -> {
      call.reply.bulk(member);
      size[0]++;
      return true;
    });
    call.reply.close(mark, '~', size[0]);
  }

  /** SINTERCARD numkeys key [key …] [LIMIT limit] */
  static void sintercard(Call call) {
    byte[][] argv = call.argv;
    long keys = Arguments.integer(argv[1], NO_KEYS);
    if (keys < 1) throw NO_KEYS;
    if (keys > argv.length - 2) throw CommandError.err("Number of keys can't be greater than number of args");
    long limit = 0;
    for (int i = (int) keys + 2; i < argv.length; i += 2) {
      if (!Bytes.is(argv[i], "LIMIT") || i + 1 == argv.length) throw Errors.SYNTAX;
      limit = Arguments.notNegative(argv[i + 1], NEGATIVE_LIMIT);
    }
    long most = limit == 0 ? Long.MAX_VALUE : limit;
    long[] size = new long[1];
    intersect(sets(call, 2, (int) keys), member -> ++size[0] < most);
    call.reply.integer(size[0]);
  }

  static void sinterstore(Call call) {
    SetValue result = new SetValue();
    intersect(sets(call, 2, call.argv.length - 2), member -> {
      add(call, result, member);
      return true;
    });
    storeResult(call, result, "sinterstore");
  }

  static void sunion(Call call) {
    replyResult(call, union(call, sets(call, 1, call.argv.length - 1)));
  }

  static void sunionstore(Call call) {
    storeResult(call, union(call, sets(call, 2, call.argv.length - 2)), "sunionstore");
  }

  static void sdiff(Call call) {
    replyResult(call, difference(call, sets(call, 1, call.argv.length - 1)));
  }

  static void sdiffstore(Call call) {
    storeResult(call, difference(call, sets(call, 2, call.argv.length - 2)), "sdiffstore");
  }

  /** The sets of consecutive keys; null for a key that is absent. */
  private static SetValue[] sets(Call call, int firstKey, int count) {
    SetValue[] sets = new SetValue[count];
    for (int i = 0; i < count; i++) sets[i] = call.find(call.argv[firstKey + i], SetValue.class);
    return sets;
  }

  private static long size(SetValue set) {
    return set == null ? 0 : set.size();
  }

  /** Visits the members that all sets have, as long as the visitor says so. Sorts the sets. */
  private static void intersect(SetValue[] sets, Predicate<byte[]> visitor) {
    Arrays.sort(sets, BY_SIZE);
    if (sets[0] == null) return;
    sets[0].forEachWhile(member -> {
      for (int i = 1; i < sets.length; i++) if (!sets[i].contains(member)) return true;
      return visitor.test(member);
    });
  }

  private static SetValue union(Call call, SetValue[] sets) {
    SetValue union = new SetValue();
    for (SetValue set : sets) addAll(call, union, set);
    return union;
  }

  private static void addAll(Call call, SetValue target, SetValue source) {
    if (source != null) source.forEach(member -> add(call, target, member));
  }

  /**
   * The first set without the members of the others, computed in one of two ways: by looking each of its members up in
   * the others, or by removing theirs from a copy. Which one shows, since a copy that became a hash table remains one;
   * so it is chosen as the original does.
   */
  private static SetValue difference(Call call, SetValue[] sets) {
    SetValue difference = new SetValue();
    SetValue first = sets[0];
    if (first == null) return difference;
    long lookUps = 0;
    long members = 0;
    for (SetValue set : sets) {
      if (set == null) continue;
      lookUps += first.size();
      members += set.size();
    }
    if (lookUps / 2 <= members) {
      Arrays.sort(sets, 1, sets.length, BY_SIZE.reversed());
      first.forEach(member -> {
        for (int i = 1; i < sets.length; i++) if (sets[i] != null && sets[i].contains(member)) return;
        add(call, difference, member);
      });
      return difference;
    }
    addAll(call, difference, first);
    for (int i = 1; i < sets.length && difference.size() > 0; i++) {
      if (sets[i] != null) sets[i].forEach(difference::remove);
    }
    return difference;
  }

  private static void replyResult(Call call, SetValue result) {
    call.reply.set(result.size());
    result.reply(call.reply);
  }

  /** Sets the destination, or removes it if the result is empty. */
  private static void storeResult(Call call, SetValue result, String event) {
    byte[] destination = call.argv[1];
    if (result.size() == 0) {
      KeyCommands.deleteTarget(call, destination);
    } else {
      call.db.setValue(destination, result, Entry.NO_EXPIRE);
      call.changed(destination);
      call.notify(NotifyClass.SET, event, destination);
    }
    call.reply.integer(result.size());
  }
}
