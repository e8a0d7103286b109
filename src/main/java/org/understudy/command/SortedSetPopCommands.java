package org.understudy.command;

import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.BLOCKING;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.SORTED_SET;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/** Commands that take the members with the lowest or highest scores out of sorted sets, waiting for some if need be. */
public final class SortedSetPopCommands {
  private static final CommandError NO_KEYS = CommandError.err("numkeys should be greater than 0");
  private static final CommandError NO_COUNT = CommandError.err("count should be greater than 0");
  private static final byte[] EFFECT_ZPOPMIN = Bytes.of("ZPOPMIN");
  private static final byte[] EFFECT_ZPOPMAX = Bytes.of("ZPOPMAX");

  private SortedSetPopCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("ZPOPMIN").arity(-2).since("5.0.0").group(SORTED_SET)
            .complexity("O(log(N)*M) with N being the number of elements in the sorted set, and M being the number "
                + "of elements popped.")
            .summary("Remove and return members with the lowest scores in a sorted set")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").optional())
            .runs(Place.SHARD, SortedSetPopCommands::zpopmin),
        command("ZPOPMAX").arity(-2).since("5.0.0").group(SORTED_SET)
            .complexity("O(log(N)*M) with N being the number of elements in the sorted set, and M being the number "
                + "of elements popped.")
            .summary("Remove and return members with the highest scores in a sorted set")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").optional())
            .runs(Place.SHARD, SortedSetPopCommands::zpopmax),
        command("ZMPOP").arity(-4).since("7.0.0").group(SORTED_SET)
            .complexity("O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements "
                + "in the sorted set, and M being the number of elements popped.")
            .summary("Remove and return members with scores in a sorted set")
            .flags(WRITE).keys(at(1).flags(RW, ACCESS, DELETE).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(1))
            .args(integer("numkeys"), key("key").multiple(), oneOf("where", token("MIN"), token("MAX")),
                integer("count").after("COUNT").optional())
            .runs(Place.SHARD, SortedSetPopCommands::zmpop),
        command("BZPOPMIN").arity(-3).since("5.0.0").group(SORTED_SET)
            .complexity("O(log(N)) with N being the number of elements in the sorted set.")
            .summary("Remove and return the member with the lowest score from one or more sorted sets, or block "
                + "until one is available")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, NOSCRIPT, BLOCKING, FAST).keys(at(1).flags(RW, ACCESS, DELETE).range(-2, 1, 0))
            .args(key("key").multiple(), floating("timeout"))
            .runs(Place.SHARD, SortedSetPopCommands::bzpopmin),
        command("BZPOPMAX").arity(-3).since("5.0.0").group(SORTED_SET)
            .complexity("O(log(N)) with N being the number of elements in the sorted set.")
            .summary("Remove and return the member with the highest score from one or more sorted sets, or block "
                + "until one is available")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, NOSCRIPT, BLOCKING, FAST).keys(at(1).flags(RW, ACCESS, DELETE).range(-2, 1, 0))
            .args(key("key").multiple(), floating("timeout"))
            .runs(Place.SHARD, SortedSetPopCommands::bzpopmax),
        command("BZMPOP").arity(-5).since("7.0.0").group(SORTED_SET)
            .complexity("O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements "
                + "in the sorted set, and M being the number of elements popped.")
            .summary("Remove and return members with scores in a sorted set or block until one is available")
            .flags(WRITE, BLOCKING).keys(at(2).flags(RW, ACCESS, DELETE).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(2))
            .args(floating("timeout"), integer("numkeys"), key("key").multiple(),
                oneOf("where", token("MIN"), token("MAX")), integer("count").after("COUNT").optional())
            .runs(Place.SHARD, SortedSetPopCommands::bzmpop));
  }

  // ---- at once ------------------------------------------------------------------------------------------------------

  static void zpopmin(Call call) {
    pop(call, false);
  }

  static void zpopmax(Call call) {
    pop(call, true);
  }

  /** key [count]: members and scores, in pairs only in RESP3 and with a count. */
  private static void pop(Call call, boolean highest) {
    byte[][] argv = call.argv;
    if (argv.length > 3) throw Errors.SYNTAX;
    boolean counted = argv.length == 3;
    long count = counted ? Arguments.notNegative(argv[2], Errors.NOT_POSITIVE) : 1;
    SortedSetValue set = call.findForWrite(argv[1], SortedSetValue.class);
    if (set == null || count == 0) {
      call.reply.emptyArray();
      return;
    }
    int taken = (int) Math.min(count, set.size());
    boolean pairs = counted && call.reply.resp3();
    call.reply.array(pairs ? taken : 2 * taken);
    take(call, argv[1], set, highest, taken, pairs);
  }

  /** ZMPOP numkeys key [key …] MIN | MAX [COUNT count] */
  static void zmpop(Call call) {
    Wanted wanted = wantedOfSeveral(call.argv, 1);
    if (!takeFirst(call, wanted)) call.reply.nullArray();
  }

  // ---- waiting ------------------------------------------------------------------------------------------------------

  static void bzpopmin(Call call) {
    int timeout = call.argv.length - 1;
    takeOrWait(call, new Wanted(1, timeout, false, 1, false), call.argv[timeout]);
  }

  static void bzpopmax(Call call) {
    int timeout = call.argv.length - 1;
    takeOrWait(call, new Wanted(1, timeout, true, 1, false), call.argv[timeout]);
  }

  /** BZMPOP timeout numkeys key [key …] MIN | MAX [COUNT count] */
  static void bzmpop(Call call) {
    takeOrWait(call, wantedOfSeveral(call.argv, 2), call.argv[1]);
  }

  private static void takeOrWait(Call call, Wanted wanted, byte[] timeout) {
    long timeoutMillis = Arguments.timeoutOfSeconds(timeout);
    if (takeFirst(call, wanted)) return;
    if (call.inTransaction) call.reply.nullArray();
    else call.awaitKeys(wanted.firstKey, wanted.endOfKeys, timeoutMillis, wanted);
  }

  // ---- taking -------------------------------------------------------------------------------------------------------

  /**
   * What a command that names several keys takes from the first that holds a sorted set.
   *
   * @param firstKey index of the first key among the arguments; {@code endOfKeys} exclusive
   * @param most members at most
   * @param nested whether the reply is [key, [[member, score] …]], else [key, member, score]
   */
  private record Wanted(int firstKey, int endOfKeys, boolean highest, long most, boolean nested) implements KeyWait {
    @Override
    public Type type() {
      return Type.ZSET;
    }

    @Override
    public boolean serve(Call call, byte[] key) {
      takeFrom(call, key, call.findForWrite(key, SortedSetValue.class), this);
      return true;
    }
  }

  /** numkeys key [key …] MIN | MAX [COUNT count] */
  private static Wanted wantedOfSeveral(byte[][] argv, int countIndex) {
    long keys = positive(argv[countIndex], NO_KEYS);
    if (keys >= argv.length - countIndex - 1) throw Errors.SYNTAX;
    int where = countIndex + 1 + (int) keys;
    boolean highest = Bytes.is(argv[where], "MAX");
    if (!highest && !Bytes.is(argv[where], "MIN")) throw Errors.SYNTAX;
    long most = 1;
    if (where + 1 < argv.length) {
      if (where + 2 >= argv.length || !Bytes.is(argv[where + 1], "COUNT")) throw Errors.SYNTAX;
      most = positive(argv[where + 2], NO_COUNT);
      if (where + 3 < argv.length) throw Errors.SYNTAX;
    }
    return new Wanted(countIndex + 1, where, highest, most, true);
  }

  /** Takes from the first key that exists; false if none does. */
  private static boolean takeFirst(Call call, Wanted wanted) {
    for (int i = wanted.firstKey; i < wanted.endOfKeys; i++) {
      SortedSetValue set = call.findForWrite(call.argv[i], SortedSetValue.class);
      if (set == null) continue;
      takeFrom(call, call.argv[i], set, wanted);
      return true;
    }
    return false;
  }

  private static void takeFrom(Call call, byte[] key, SortedSetValue set, Wanted wanted) {
    int taken = (int) Math.min(wanted.most, set.size());
    call.reply.array(wanted.nested ? 2 : 3);
    call.reply.bulk(key);
    if (wanted.nested) call.reply.array(taken);
    take(call, key, set, wanted.highest, taken, wanted.nested);
    byte[] effect = wanted.highest ? EFFECT_ZPOPMAX : EFFECT_ZPOPMIN;
    if (wanted.nested) call.effect(effect, key, Bytes.of(taken));
    else call.effect(effect, key);
  }

  /** Replies with members and scores and removes them. */
  private static void take(Call call, byte[] key, SortedSetValue set, boolean highest, int count, boolean pairs) {
    int size = set.size();
    ScoredCursor member = set.cursor(highest ? size - 1 : 0, highest);
    for (int i = 0; i < count && member.next(); i++) {
      if (pairs) call.reply.array(2);
      call.reply.bulk(member.array, member.offset, member.length);
      call.reply.doubleText(Doubles.toText(member.score));
    }
    set.removeRange(highest ? size - count : 0, highest ? size : count);
    SortedSetCommands.shrunk(call, key, set, count, highest ? "zpopmax" : "zpopmin");
  }

  private static long positive(byte[] argument, CommandError otherwise) {
    long number = Arguments.notNegative(argument, otherwise);
    if (number == 0) throw otherwise;
    return number;
  }
}
