package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
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
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * Commands on ranges of a sorted set, by rank, score or member. Whatever describes it, a range is one of ranks in the
 * end.
 */
public final class SortedSetRangeCommands {
  private static final CommandError LIMIT_OF_RANKS = CommandError.err(
      "syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  private static final CommandError SCORES_OF_LEX =
      CommandError.err("syntax error, WITHSCORES not supported in combination with BYLEX");

  private SortedSetRangeCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("ZCOUNT").arity(4).since("2.0.0").group(SORTED_SET)
            .complexity("O(log(N)) with N being the number of elements in the sorted set.")
            .summary("Count the members in a sorted set with scores within the given values")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), floating("min"), floating("max"))
            .runs(Place.SHARD, SortedSetRangeCommands::zcount),
        command("ZLEXCOUNT").arity(4).since("2.8.9").group(SORTED_SET)
            .complexity("O(log(N)) with N being the number of elements in the sorted set.")
            .summary("Count the number of members in a sorted set between a given lexicographical range")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("min"), string("max"))
            .runs(Place.SHARD, SortedSetRangeCommands::zlexcount),
        command("ZRANGE").arity(-4).since("1.2.0").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements returned.")
            .summary("Return a range of members in a sorted set")
            .history("6.2.0", "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("start"), string("stop"),
                oneOf("sortby", token("BYSCORE"), token("BYLEX")).since("6.2.0").optional(),
                token("REV").since("6.2.0").optional(),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").since("6.2.0").optional(),
                token("WITHSCORES").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrange),
        command("ZRANGESTORE").arity(-5).since("6.2.0").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements stored into the destination key.")
            .summary("Store a range of members from sorted set into another key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(OW, UPDATE), at(2).flags(RO, ACCESS))
            .args(key("dst"), key("src", 1), string("min"), string("max"),
                oneOf("sortby", token("BYSCORE"), token("BYLEX")).optional(), token("REV").optional(),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrangestore),
        command("ZREVRANGE").arity(-4).since("1.2.0").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements returned.")
            .summary("Return a range of members in a sorted set, by index, with scores ordered from high to low")
            .deprecated("6.2.0", "`ZRANGE` with the `REV` argument")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("start"), integer("stop"), token("WITHSCORES").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrevrange),
        command("ZRANGEBYSCORE").arity(-4).since("1.0.5").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements being returned. If M is constant (e.g. always asking for the first 10 elements "
                + "with LIMIT), you can consider it O(log(N)).")
            .summary("Return a range of members in a sorted set, by score")
            .deprecated("6.2.0", "`ZRANGE` with the `BYSCORE` argument")
            .history("2.0.0", "Added the `WITHSCORES` modifier.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), floating("min"), floating("max"), token("WITHSCORES").since("2.0.0").optional(),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrangebyscore),
        command("ZREVRANGEBYSCORE").arity(-4).since("2.2.0").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements being returned. If M is constant (e.g. always asking for the first 10 elements "
                + "with LIMIT), you can consider it O(log(N)).")
            .summary("Return a range of members in a sorted set, by score, with scores ordered from high to low")
            .deprecated("6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments")
            .history("2.1.6", "`min` and `max` can be exclusive.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), floating("max"), floating("min"), token("WITHSCORES").optional(),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrevrangebyscore),
        command("ZRANGEBYLEX").arity(-4).since("2.8.9").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements being returned. If M is constant (e.g. always asking for the first 10 elements "
                + "with LIMIT), you can consider it O(log(N)).")
            .summary("Return a range of members in a sorted set, by lexicographical range")
            .deprecated("6.2.0", "`ZRANGE` with the `BYLEX` argument")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("min"), string("max"),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrangebylex),
        command("ZREVRANGEBYLEX").arity(-4).since("2.8.9").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements being returned. If M is constant (e.g. always asking for the first 10 elements "
                + "with LIMIT), you can consider it O(log(N)).")
            .summary("Return a range of members in a sorted set, by lexicographical range, ordered from higher to "
                + "lower strings.")
            .deprecated("6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("max"), string("min"),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional())
            .runs(Place.SHARD, SortedSetRangeCommands::zrevrangebylex),
        command("ZREMRANGEBYRANK").arity(4).since("2.0.0").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements removed by the operation.")
            .summary("Remove all members in a sorted set within the given indexes")
            .flags(WRITE).keys(at(1).flags(RW, DELETE))
            .args(key("key"), integer("start"), integer("stop"))
            .runs(Place.SHARD, SortedSetRangeCommands::zremrangebyrank),
        command("ZREMRANGEBYSCORE").arity(4).since("1.2.0").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements removed by the operation.")
            .summary("Remove all members in a sorted set within the given scores")
            .flags(WRITE).keys(at(1).flags(RW, DELETE))
            .args(key("key"), floating("min"), floating("max"))
            .runs(Place.SHARD, SortedSetRangeCommands::zremrangebyscore),
        command("ZREMRANGEBYLEX").arity(4).since("2.8.9").group(SORTED_SET)
            .complexity("O(log(N)+M) with N being the number of elements in the sorted set and M the number of "
                + "elements removed by the operation.")
            .summary("Remove all members in a sorted set between the given lexicographical range")
            .flags(WRITE).keys(at(1).flags(RW, DELETE))
            .args(key("key"), string("min"), string("max"))
            .runs(Place.SHARD, SortedSetRangeCommands::zremrangebylex));
  }

  // ---- counting -----------------------------------------------------------------------------------------------------

  static void zcount(Call call) {
    count(call, SortedSetRange.ofScores(call.argv[2], call.argv[3]));
  }

  static void zlexcount(Call call) {
    count(call, SortedSetRange.ofMembers(call.argv[2], call.argv[3], false));
  }

  private static void count(Call call, SortedSetRange range) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    call.reply.integer(set == null ? 0 : range.in(set).size());
  }

  // ---- removing -----------------------------------------------------------------------------------------------------

  static void zremrangebyrank(Call call) {
    remove(call, SortedSetRange.ofRanks(call.argv[2], call.argv[3], false), "zremrangebyrank");
  }

  static void zremrangebyscore(Call call) {
    remove(call, SortedSetRange.ofScores(call.argv[2], call.argv[3]), "zremrangebyscore");
  }

  static void zremrangebylex(Call call) {
    remove(call, SortedSetRange.ofMembers(call.argv[2], call.argv[3], false), "zremrangebylex");
  }

  private static void remove(Call call, SortedSetRange range, String event) {
    byte[] key = call.argv[1];
    SortedSetValue set = call.findForWrite(key, SortedSetValue.class);
    if (set == null) {
      call.reply.integer(0);
      return;
    }
    SortedSetRange.Ranks ranks = range.in(set);
    if (ranks.size() > 0) {
      set.removeRange(ranks.from(), ranks.to());
      SortedSetCommands.shrunk(call, key, set, ranks.size(), event);
    }
    call.reply.integer(ranks.size());
  }

  // ---- ranges -------------------------------------------------------------------------------------------------------

  static void zrange(Call call) {
    reply(call, null, false);
  }

  static void zrevrange(Call call) {
    reply(call, By.RANK, true);
  }

  static void zrangebyscore(Call call) {
    reply(call, By.SCORE, false);
  }

  static void zrevrangebyscore(Call call) {
    reply(call, By.SCORE, true);
  }

  static void zrangebylex(Call call) {
    reply(call, By.LEX, false);
  }

  static void zrevrangebylex(Call call) {
    reply(call, By.LEX, true);
  }

  private enum By { RANK, SCORE, LEX }

  /**
   * What is wanted of a set.
   *
   * @param by how the range is described
   * @param offset how many of the range's members to pass over; none at all are left if negative
   * @param limit of members; none if negative
   */
  private record Selection(By by, SortedSetRange range, boolean reverse, long offset, long limit, boolean withScores) {
    /** How many members of the range are wanted. */
    int count(SortedSetRange.Ranks ranks) {
      if (offset < 0 || offset >= ranks.size()) return 0;
      long rest = ranks.size() - offset;
      return (int) (limit < 0 ? rest : Math.min(rest, limit));
    }

    ScoredCursor cursor(SortedSetValue set, SortedSetRange.Ranks ranks) {
      int first = reverse ? ranks.to() - 1 - (int) offset : ranks.from() + (int) offset;
      return set.cursor(first, reverse);
    }
  }

  /** @param by null if the options say it, and the direction too */
  private static void reply(Call call, By by, boolean reverse) {
    Selection wanted = selection(call.argv, 1, false, by, reverse);
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    if (set == null) {
      call.reply.emptyArray();
      return;
    }
    SortedSetRange.Ranks ranks = wanted.range.in(set);
    int count = wanted.count(ranks);
    SortedSetCommands.replyLength(call.reply, count, wanted.withScores);
    if (count == 0) return;
    ScoredCursor member = wanted.cursor(set, ranks);
    for (int i = 0; i < count && member.next(); i++) {
      SortedSetCommands.replyMember(call.reply, member, wanted.withScores);
    }
  }

  static void zrangestore(Call call) {
    Selection wanted = selection(call.argv, 2, true, null, false);
    SortedSetValue set = call.find(call.argv[2], SortedSetValue.class);
    SortedSetValue result = new SortedSetValue();
    if (set != null) {
      SortedSetRange.Ranks ranks = wanted.range.in(set);
      int count = wanted.count(ranks);
      // as there, where it is known beforehand: a large set keeps the sign of zero
      boolean large = wanted.by == By.RANK && count > call.config.zsetMaxListpackEntries();
      if (large) result = SortedSetValue.large(call.keyspace.hashSeed());
      ScoredCursor member = wanted.cursor(set, ranks);
      for (int i = 0; i < count && member.next(); i++) {
        SortedSetCommands.put(call, result, member.score, member.member());
      }
    }
    SortedSetCommands.store(call, call.argv[1], result, "zrangestore");
  }

  /**
   * source min max [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]; reversed ranges but ranks start with max.
   */
  private static Selection selection(byte[][] argv, int source, boolean store, By by, boolean reverse) {
    boolean fixed = by != null;
    boolean withScores = false;
    long offset = 0;
    long limit = -1;
    for (int i = source + 3; i < argv.length; i++) {
      if (!store && Bytes.is(argv[i], "WITHSCORES")) {
        withScores = true;
      } else if (i + 2 < argv.length && Bytes.is(argv[i], "LIMIT")) {
        offset = Arguments.integer(argv[i + 1]);
        limit = Arguments.integer(argv[i + 2]);
        i += 2;
      } else if (!fixed && !reverse && Bytes.is(argv[i], "REV")) {
        reverse = true;
      } else if (!fixed && by == null && Bytes.is(argv[i], "BYLEX")) {
        by = By.LEX;
      } else if (!fixed && by == null && Bytes.is(argv[i], "BYSCORE")) {
        by = By.SCORE;
      } else {
        throw Errors.SYNTAX;
      }
    }
    if (by == null) by = By.RANK;
    if (limit != -1 && by == By.RANK) throw LIMIT_OF_RANKS;
    if (withScores && by == By.LEX) throw SCORES_OF_LEX;
    byte[] start = argv[source + 1];
    byte[] stop = argv[source + 2];
    if (by == By.RANK) {
      return new Selection(by, SortedSetRange.ofRanks(start, stop, reverse), reverse, 0, -1, withScores);
    }
    byte[] min = reverse ? stop : start;
    byte[] max = reverse ? start : stop;
    SortedSetRange range =
        by == By.SCORE ? SortedSetRange.ofScores(min, max) : SortedSetRange.ofMembers(min, max, reverse);
    return new Selection(by, range, reverse, offset, limit, withScores);
  }
}
