package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.SORTED_SET;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.collection.Packing;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on single members of a sorted set. Errors, their order, notifications and what is propagated are those of
 * t_zset.c of Redis 7.0.15, as in the other families of sorted sets: {@link SortedSetRangeCommands}, {@link
 * SortedSetPopCommands}, {@link SortedSetAlgebraCommands}.
 */
public final class SortedSetCommands {
  private static final CommandError NOT_A_SCORE = CommandError.err("resulting score is not a number (NaN)");
  private static final CommandError NX_AND_XX =
      CommandError.err("XX and NX options at the same time are not compatible");
  private static final CommandError CONTRARY_COMPARISONS =
      CommandError.err("GT, LT, and/or NX options at the same time are not compatible");
  private static final CommandError SEVERAL_INCREMENTS =
      CommandError.err("INCR option supports a single increment-element pair");

  private SortedSetCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("ZADD").arity(-4).since("1.2.0").group(SORTED_SET)
            .complexity("O(log(N)) for each item added, where N is the number of elements in the sorted set.")
            .summary("Add one or more members to a sorted set, or update its score if it already exists")
            .history("2.4.0", "Accepts multiple elements.")
            .history("3.0.2", "Added the `XX`, `NX`, `CH` and `INCR` options.")
            .history("6.2.0", "Added the `GT` and `LT` options.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, UPDATE))
            .elements(3, 2)
            .args(key("key"), oneOf("condition", token("NX"), token("XX")).since("3.0.2").optional(),
                oneOf("comparison", token("GT"), token("LT")).since("6.2.0").optional(),
                token("change", "CH").since("3.0.2").optional(), token("increment", "INCR").since("3.0.2").optional(),
                block("score_member", floating("score"), string("member")).multiple())
            .runs(Place.SHARD, SortedSetCommands::zadd),
        command("ZINCRBY").arity(4).since("1.2.0").group(SORTED_SET)
            .complexity("O(log(N)) where N is the number of elements in the sorted set.")
            .summary("Increment the score of a member in a sorted set")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .elements(3, 1)
            .args(key("key"), integer("increment"), string("member"))
            .runs(Place.SHARD, SortedSetCommands::zincrby),
        command("ZREM").arity(-3).since("1.2.0").group(SORTED_SET)
            .complexity("O(M*log(N)) with N being the number of elements in the sorted set and M the number of "
                + "elements to be removed.")
            .summary("Remove one or more members from a sorted set")
            .history("2.4.0", "Accepts multiple elements.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, DELETE))
            .elements(2, 1)
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, SortedSetCommands::zrem),
        command("ZCARD").arity(2).since("1.2.0").group(SORTED_SET).complexity("O(1)")
            .summary("Get the number of members in a sorted set")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, SortedSetCommands::zcard),
        command("ZSCORE").arity(3).since("1.2.0").group(SORTED_SET).complexity("O(1)")
            .summary("Get the score associated with the given member in a sorted set")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("member"))
            .runs(Place.SHARD, SortedSetCommands::zscore),
        command("ZMSCORE").arity(-3).since("6.2.0").group(SORTED_SET)
            .complexity("O(N) where N is the number of members being requested.")
            .summary("Get the score associated with the given members in a sorted set")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, SortedSetCommands::zmscore),
        command("ZRANK").arity(3).since("2.0.0").group(SORTED_SET).complexity("O(log(N))")
            .summary("Determine the index of a member in a sorted set")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("member"))
            .runs(Place.SHARD, SortedSetCommands::zrank),
        command("ZREVRANK").arity(3).since("2.0.0").group(SORTED_SET).complexity("O(log(N))")
            .summary("Determine the index of a member in a sorted set, with scores ordered from high to low")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .elements(2, 1)
            .args(key("key"), string("member"))
            .runs(Place.SHARD, SortedSetCommands::zrevrank),
        command("ZRANDMEMBER").arity(-2).since("6.2.0").group(SORTED_SET)
            .complexity("O(N) where N is the number of elements returned")
            .summary("Get one or multiple random elements from a sorted set")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), block("options", integer("count"), token("WITHSCORES").optional()).optional())
            .runs(Place.SHARD, SortedSetCommands::zrandmember),
        command("ZSCAN").arity(-3).since("2.8.0").group(SORTED_SET)
            .complexity("O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
                + "cursor to return back to 0. N is the number of elements inside the collection..")
            .summary("Incrementally iterate sorted sets elements and associated scores")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("cursor"), pattern("pattern").after("MATCH").optional(),
                integer("count").after("COUNT").optional())
            .runs(Place.SHARD, SortedSetCommands::zscan));
  }

  // ---- adding -------------------------------------------------------------------------------------------------------

  private static final int NX = 1;
  private static final int XX = 1 << 1;
  private static final int GT = 1 << 2;
  private static final int LT = 1 << 3;
  private static final int CH = 1 << 4;
  private static final int INCR = 1 << 5;

  static void zadd(Call call) {
    add(call, call.argv, 0);
  }

  /** The same as ZADD with INCR, and takes its other options too. */
  static void zincrby(Call call) {
    add(call, call.argv, INCR);
  }

  private static int option(byte[] word) {
    if (word.length == 2) {
      if (Bytes.is(word, "NX")) return NX;
      if (Bytes.is(word, "XX")) return XX;
      if (Bytes.is(word, "GT")) return GT;
      if (Bytes.is(word, "LT")) return LT;
      return Bytes.is(word, "CH") ? CH : 0;
    }
    return Bytes.is(word, "INCR") ? INCR : 0;
  }

  /** ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member …] */
  static void add(Call call, byte[][] argv, int options) {
    int first = 2;
    for (int option; first < argv.length && (option = option(argv[first])) != 0; first++) options |= option;
    int words = argv.length - first;
    if (words == 0 || words % 2 != 0) throw Errors.SYNTAX;
    if (all(options, NX | XX)) throw NX_AND_XX;
    if (all(options, GT | NX) || all(options, LT | NX) || all(options, GT | LT)) throw CONTRARY_COMPARISONS;
    if ((options & INCR) != 0 && words > 2) throw SEVERAL_INCREMENTS;
    double[] scores = new double[words / 2];
    for (int i = 0; i < scores.length; i++) scores[i] = Arguments.real(argv[first + 2 * i]);
    add(call, argv, options, scores, first);
  }

  private static boolean all(int options, int wanted) {
    return (options & wanted) == wanted;
  }

  /** @param first index of the first score; its member and further pairs follow */
  private static void add(Call call, byte[][] argv, int options, double[] scores, int first) {
    byte[] key = argv[1];
    SortedSetValue set = call.findForWrite(key, SortedSetValue.class);
    boolean created = set == null && (options & XX) == 0;
    if (created) set = new SortedSetValue();
    int added = 0;
    int updated = 0;
    double score = Double.NaN;
    for (int i = 0; i < scores.length && set != null; i++) {
      byte[] member = argv[first + 2 * i + 1];
      score = options == 0 ? scores[i] : wanted(set, member, scores[i], options);
      if (Double.isNaN(score)) continue;
      switch (put(call, set, score, member)) {
        case ADDED -> added++;
        case UPDATED -> updated++;
        default -> { }
      }
    }
    if (added + updated > 0) {
      if (created) call.db.setValue(key, set, Entry.NO_EXPIRE);
      else call.valueChanged();
      call.changed(key);
      call.dirty += added + updated - 1;
      call.notify(NotifyClass.ZSET, (options & INCR) != 0 ? "zincr" : "zadd", key);
    }
    if ((options & INCR) == 0) call.reply.integer((options & CH) != 0 ? added + updated : added);
    else if (Double.isNaN(score)) call.reply.nullValue();
    else call.reply.doubleText(Doubles.toText(score));
  }

  /** The score that a member is to have; NaN if the options forbid the change. */
  private static double wanted(SortedSetValue set, byte[] member, double score, int options) {
    double current = set.score(member);
    if (Double.isNaN(current)) return (options & XX) != 0 ? Double.NaN : score;
    if ((options & NX) != 0) return Double.NaN;
    if ((options & INCR) != 0) {
      score += current;
      if (Double.isNaN(score)) throw NOT_A_SCORE;
    }
    boolean forbidden = (options & GT) != 0 && score <= current || (options & LT) != 0 && score >= current;
    return forbidden ? Double.NaN : score;
  }

  /** Sets a member's score within the limits that the configuration gives packed sets. */
  static SortedSetValue.Put put(Call call, SortedSetValue set, double score, byte[] member) {
    return set.put(score, member, packing(call));
  }

  static Packing packing(Call call) {
    return new Packing(call.config.zsetMaxListpackEntries(), call.config.zsetMaxListpackValue(),
        call.keyspace.hashSeed());
  }

  /**
   * Replaces a key by the result of a command, or removes it if the result is empty, and replies with the number of
   * members.
   *
   * @param event of class ZSET, if there is a result
   */
  static void store(Call call, byte[] key, SortedSetValue result, String event) {
    int size = result.size();
    if (size > 0) {
      call.db.setValue(key, result, Entry.NO_EXPIRE);
      call.changed(key);
      call.notify(NotifyClass.ZSET, event, key);
    } else {
      KeyCommands.deleteTarget(call, key);
    }
    call.reply.integer(size);
  }

  // ---- removing -----------------------------------------------------------------------------------------------------

  static void zrem(Call call) {
    byte[] key = call.argv[1];
    SortedSetValue set = call.findForWrite(key, SortedSetValue.class);
    int removed = 0;
    for (int i = 2; set != null && i < call.argv.length && set.size() > 0; i++) {
      if (set.remove(call.argv[i])) removed++;
    }
    if (removed > 0) shrunk(call, key, set, removed, "zrem");
    call.reply.integer(removed);
  }

  /** Reports that members were removed in place; the key goes with the last one. */
  static void shrunk(Call call, byte[] key, SortedSetValue set, int removed, String event) {
    boolean emptied = set.size() == 0;
    if (emptied) call.db.remove(key);
    else call.valueChanged();
    call.changed(key);
    call.dirty += removed - 1;
    call.notify(NotifyClass.ZSET, event, key);
    if (emptied) call.notify(NotifyClass.GENERIC, "del", key);
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  static void zcard(Call call) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    call.reply.integer(set == null ? 0 : set.size());
  }

  static void zscore(Call call) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    replyScoreOrNull(call, set, call.argv[2]);
  }

  static void zmscore(Call call) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    call.reply.array(call.argv.length - 2);
    for (int i = 2; i < call.argv.length; i++) replyScoreOrNull(call, set, call.argv[i]);
  }

  private static void replyScoreOrNull(Call call, SortedSetValue set, byte[] member) {
    double score = set == null ? Double.NaN : set.score(member);
    if (Double.isNaN(score)) call.reply.nullValue();
    else call.reply.doubleText(Doubles.toText(score));
  }

  static void zrank(Call call) {
    replyRank(call, false);
  }

  static void zrevrank(Call call) {
    replyRank(call, true);
  }

  private static void replyRank(Call call, boolean reverse) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    int rank = set == null ? -1 : set.rank(call.argv[2]);
    if (rank < 0) call.reply.nullValue();
    else call.reply.integer(reverse ? set.size() - 1 - rank : rank);
  }

  /** The header of a list of members: with scores flat in RESP2 and pairs in RESP3. */
  static void replyLength(ReplyBuffer reply, long members, boolean withScores) {
    reply.array(withScores && !reply.resp3() ? 2 * members : members);
  }

  /** One of the members that {@link #replyLength} announces. */
  static void replyMember(ReplyBuffer reply, ScoredCursor member, boolean withScores) {
    if (withScores && reply.resp3()) reply.array(2);
    reply.bulk(member.array, member.offset, member.length);
    if (withScores) reply.doubleText(Doubles.toText(member.score));
  }

  // ---- random members -----------------------------------------------------------------------------------------------

  /** ZRANDMEMBER key [count [WITHSCORES]] */
  static void zrandmember(Call call) {
    byte[][] argv = call.argv;
    if (argv.length == 2) {
      SortedSetValue set = call.find(argv[1], SortedSetValue.class);
      if (set == null) call.reply.nullValue();
      else replyPicked(call.reply, set, call.keyspace.random().nextInt(set.size()), false);
      return;
    }
    long count = Arguments.integer(argv[2], -Long.MAX_VALUE, Long.MAX_VALUE);
    boolean withScores = argv.length > 3;
    if (argv.length > 4 || withScores && !Bytes.is(argv[3], "WITHSCORES")) throw Errors.SYNTAX;
    if (withScores && Math.abs(count) > Long.MAX_VALUE / 2) throw Errors.OUT_OF_RANGE;
    SortedSetValue set = call.find(argv[1], SortedSetValue.class);
    if (set == null || count == 0) call.reply.emptyArray();
    else if (count < 0) replyAnyMembers(call, set, -count, withScores);
    else replyDistinctMembers(call, set, count, withScores);
  }

  private static void replyPicked(ReplyBuffer reply, SortedSetValue set, int rank, boolean withScores) {
    ScoredCursor member = set.cursor(rank, false);
    member.next();
    replyMember(reply, member, withScores);
  }

  /** So many members, each drawn from all of them. */
  private static void replyAnyMembers(Call call, SortedSetValue set, long count, boolean withScores) {
    int size = set.size();
    SplittableRandom random = call.keyspace.random();
    SortedSetValue quick = count > size ? set.unpacked(call.keyspace.hashSeed()) : set;
    Repetition.reply(call, quick, count, withScores && !call.reply.resp3() ? 2 : 1,
        (source, reply) -> replyPicked(reply, source, random.nextInt(size), withScores));
  }

  /** So many different members, or all of them, from the last to the first, if there are no more. */
  private static void replyDistinctMembers(Call call, SortedSetValue set, long count, boolean withScores) {
    int size = set.size();
    replyLength(call.reply, Math.min(count, size), withScores);
    if (count >= size) {
      ScoredCursor member = set.cursor(size - 1, true);
      while (member.next()) replyMember(call.reply, member, withScores);
      return;
    }
    boolean mostStay = count <= size / 2;
    BitSet drawn = new BitSet(size); // the few that are wanted, or the few that are not
    for (long left = mostStay ? count : size - count; left > 0; ) {
      int rank = call.keyspace.random().nextInt(size);
      if (drawn.get(rank)) continue;
      drawn.set(rank);
      left--;
    }
    if (mostStay) {
      for (int rank = drawn.nextSetBit(0); rank >= 0; rank = drawn.nextSetBit(rank + 1)) {
        replyPicked(call.reply, set, rank, withScores);
      }
      return;
    }
    ScoredCursor member = set.cursor(0, false);
    for (int rank = 0; member.next(); rank++) {
      if (!drawn.get(rank)) replyMember(call.reply, member, withScores);
    }
  }

  // ---- scanning -----------------------------------------------------------------------------------------------------

  /** ZSCAN key cursor [MATCH pattern] [COUNT n] */
  static void zscan(Call call) {
    long cursor = Arguments.cursor(call.argv[2]);
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    List<byte[]> found = new ArrayList<>();
    long next = 0;
    if (set != null) {
      ScanOptions options = ScanOptions.ofElements(call.argv);
      next = set.scan(cursor, options.count(), (array, offset, length, score) -> {
        if (!options.matches(array, offset, length)) return;
        found.add(Arrays.copyOfRange(array, offset, offset + length));
        found.add(Bytes.of(set.scoreText(score)));
      });
    }
    ScanOptions.reply(call.reply, next, found);
  }
}
