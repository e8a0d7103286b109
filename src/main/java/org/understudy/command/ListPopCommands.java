package org.understudy.command;

import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.BLOCKING;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.LIST;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * What takes elements from the ends of lists: for the client or for another list, now or once there are some. Errors,
 * their order, notifications and what is propagated instead of the command are those of t_list.c of Redis 7.0.15.
 */
public final class ListPopCommands {
  private static final byte[] EFFECT_LPOP = Bytes.of("LPOP");
  private static final byte[] EFFECT_RPOP = Bytes.of("RPOP");
  private static final byte[] EFFECT_LMOVE = Bytes.of("LMOVE");
  private static final byte[] EFFECT_RPOPLPUSH = Bytes.of("RPOPLPUSH");
  private static final byte[] EFFECT_LEFT = Bytes.of("left");
  private static final byte[] EFFECT_RIGHT = Bytes.of("right");

  private static final CommandError NO_KEYS = CommandError.err("numkeys should be greater than 0");
  private static final CommandError COUNT_ZERO = CommandError.err("count should be greater than 0");

  private final ListForms forms;
  /** The destination of a move, while {@link Call#entry} is its source. */
  private final Entry destination = new Entry();

  public ListPopCommands(ListForms forms) {
    this.forms = forms;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("LPOP").arity(-2).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the number of elements returned")
            .summary("Remove and get the first elements in a list")
            .history("6.2.0", "Added the `count` argument.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").since("6.2.0").optional())
            .runs(Place.SHARD, ListPopCommands::lpop),
        command("RPOP").arity(-2).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the number of elements returned")
            .summary("Remove and get the last elements in a list")
            .history("6.2.0", "Added the `count` argument.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").since("6.2.0").optional())
            .runs(Place.SHARD, ListPopCommands::rpop),
        command("LMPOP").arity(-4).since("7.0.0").group(LIST)
            .complexity("O(N+M) where N is the number of provided keys and M is the number of elements returned.")
            .summary("Pop elements from a list")
            .flags(WRITE).keys(at(1).flags(RW, ACCESS, DELETE).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(1))
            .args(integer("numkeys"), key("key").multiple(), end("where"),
                integer("count").after("COUNT").optional())
            .runs(Place.SHARD, ListPopCommands::lmpop),
        command("BLPOP").arity(-3).since("2.0.0").group(LIST).complexity("O(N) where N is the number of provided keys.")
            .summary("Remove and get the first element in a list, or block until one is available")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE).range(-2, 1, 0))
            .args(key("key").multiple(), floating("timeout"))
            .runs(Place.SHARD, ListPopCommands::blpop),
        command("BRPOP").arity(-3).since("2.0.0").group(LIST).complexity("O(N) where N is the number of provided keys.")
            .summary("Remove and get the last element in a list, or block until one is available")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE).range(-2, 1, 0))
            .args(key("key").multiple(), floating("timeout"))
            .runs(Place.SHARD, ListPopCommands::brpop),
        command("BLMPOP").arity(-5).since("7.0.0").group(LIST)
            .complexity("O(N+M) where N is the number of provided keys and M is the number of elements returned.")
            .summary("Pop elements from a list, or block until one is available")
            .flags(WRITE, BLOCKING).keys(at(2).flags(RW, ACCESS, DELETE).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(2))
            .args(floating("timeout"), integer("numkeys"), key("key").multiple(),
                end("where"), integer("count").after("COUNT").optional())
            .runs(Place.SHARD, ListPopCommands::blmpop),
        command("LMOVE").arity(5).since("6.2.0").group(LIST).complexity("O(1)")
            .summary("Pop an element from a list, push it to another list and return it")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), end("wherefrom"), end("whereto"))
            .runs(Place.SHARD, this::lmove),
        command("RPOPLPUSH").arity(3).since("1.2.0").group(LIST).complexity("O(1)")
            .summary("Remove the last element in a list, prepend it to another list and return it")
            .deprecated("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1))
            .runs(Place.SHARD, this::rpoplpush),
        command("BLMOVE").arity(6).since("6.2.0").group(LIST).complexity("O(1)")
            .summary("Pop an element from a list, push it to another list and return it; or block until one is "
                + "available")
            .flags(WRITE, DENYOOM, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), end("wherefrom"), end("whereto"), floating("timeout"))
            .runs(Place.SHARD, this::blmove),
        command("BRPOPLPUSH").arity(4).since("2.2.0").group(LIST).complexity("O(1)")
            .summary("Pop an element from a list, push it to another list and return it; or block until one is "
                + "available")
            .deprecated("6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, DENYOOM, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), floating("timeout"))
            .runs(Place.SHARD, this::brpoplpush));
  }

  /** Documents an end of a list. */
  private static Arg end(String name) {
    return oneOf(name, token("LEFT"), token("RIGHT"));
  }

  /** Which end an argument names. */
  private static boolean isFront(byte[] where) {
    if (Bytes.is(where, "LEFT")) return true;
    if (Bytes.is(where, "RIGHT")) return false;
    throw Errors.SYNTAX;
  }

  // ---- from one list ------------------------------------------------------------------------------------------------

  private static String popEvent(boolean front) {
    return front ? "lpop" : "rpop";
  }

  private static void lpop(Call call) {
    pop(call, true);
  }

  private static void rpop(Call call) {
    pop(call, false);
  }

  /** key [count] */
  private static void pop(Call call, boolean front) {
    byte[][] argv = call.argv;
    if (argv.length > 3) throw Errors.wrongArity(call.spec.fullName);
    boolean counted = argv.length == 3;
    long count = counted ? Arguments.notNegative(argv[2], Errors.NOT_POSITIVE) : 1;
    ListValue list = call.findForWrite(argv[1], ListValue.class);
    if (list == null) {
      if (counted) call.reply.nullArray();
      else call.reply.nullValue();
    } else if (count == 0) {
      call.reply.emptyArray();
    } else if (counted) {
      ListCommands.report(call, argv[1], popRange(call, argv[1], list, front, count));
    } else {
      list.pop(front, call.reply);
      taken(call, argv[1], list, front);
      ListCommands.report(call, argv[1], 1);
    }
  }

  /**
   * Takes up to {@code count} elements from an end and replies with them as an array.
   *
   * @return how many
   */
  private static long popRange(Call call, byte[] key, ListValue list, boolean front, long count) {
    long size = list.size();
    long number = Math.min(count, size);
    call.reply.array(number);
    list.reply(front ? 0 : size - 1, number, !front, call.reply);
    list.removeRange(front ? 0 : size - number, number);
    taken(call, key, list, front);
    return number;
  }

  /** Elements were taken from an end: notifies, and removes the key if there are no others. */
  private static void taken(Call call, byte[] key, ListValue list, boolean front) {
    call.notify(NotifyClass.LIST, popEvent(front), key);
    ListCommands.removeIfEmpty(call, key, list);
  }

  // ---- from the first of several lists ------------------------------------------------------------------------------

  /** [BLMPOP timeout, LMPOP] numkeys key… LEFT|RIGHT [COUNT count]: which keys, which end, how many. */
  private record Several(int firstKey, int endOfKeys, boolean front, long count) {
    /** @param at index of {@code numkeys} */
    private static Several of(byte[][] argv, int at) {
      long keys = Arguments.integer(argv[at], NO_KEYS);
      if (keys < 1) throw NO_KEYS;
      if (keys >= argv.length - at - 1) throw Errors.SYNTAX;
      int end = at + 1 + (int) keys;
      boolean front = isFront(argv[end]);
      if (end + 1 == argv.length) return new Several(at + 1, end, front, 1);
      if (end + 2 == argv.length || !Bytes.is(argv[end + 1], "COUNT")) throw Errors.SYNTAX;
      long count = Arguments.integer(argv[end + 2], COUNT_ZERO);
      if (count < 1) throw COUNT_ZERO;
      if (end + 3 < argv.length) throw Errors.SYNTAX;
      return new Several(at + 1, end, front, count);
    }
  }

  private static void lmpop(Call call) {
    Several several = Several.of(call.argv, 1);
    PopWait pop = new PopWait(several.front, several.count);
    if (!pop.popFirst(call, several.firstKey, several.endOfKeys)) call.reply.nullArray();
  }

  // ---- from one list to another -------------------------------------------------------------------------------------

  /** LMOVE source destination LEFT|RIGHT LEFT|RIGHT */
  private void lmove(Call call) {
    boolean fromFront = isFront(call.argv[3]);
    moveNow(call, fromFront, isFront(call.argv[4]));
  }

  private void rpoplpush(Call call) {
    moveNow(call, false, true);
  }

  private void moveNow(Call call, boolean fromFront, boolean toFront) {
    ListValue list = call.findForWrite(call.argv[1], ListValue.class);
    if (list == null) {
      call.reply.nullValue();
    } else {
      move(call, list, fromFront, toFront);
      ListCommands.report(call, call.argv[1], 1);
    }
  }

  /**
   * Moves an element and replies with it. The change is not counted, and that of the source not reported.
   *
   * @param source the value of {@code argv[1]}, in {@link Call#entry}
   */
  private void move(Call call, ListValue source, boolean fromFront, boolean toFront) {
    byte[] from = call.argv[1];
    byte[] to = call.argv[2];
    boolean absent = !call.db.findForWrite(to, destination);
    if (!absent && destination.type() != Type.LIST) throw Errors.WRONG_TYPE;
    ListValue target = absent ? new ListValue(forms.current()) : (ListValue) destination.value();
    byte[] element = source.pop(fromFront);
    target.push(toFront, element);
    if (absent) call.db.setValue(to, target, Entry.NO_EXPIRE);
    else call.db.valueChanged(destination);
    call.alsoChangedIn(call.db.index(), to);
    call.notify(NotifyClass.LIST, ListCommands.pushEvent(toFront), to);
    call.reply.bulk(element);
    taken(call, from, source, fromFront);
  }

  // ---- waiting for elements -----------------------------------------------------------------------------------------

  private static void blpop(Call call) {
    popOrWait(call, new PopWait(true, 0), 1, call.argv.length - 1, call.argv.length - 1);
  }

  private static void brpop(Call call) {
    popOrWait(call, new PopWait(false, 0), 1, call.argv.length - 1, call.argv.length - 1);
  }

  private static void blmpop(Call call) {
    Several several = Several.of(call.argv, 2);
    popOrWait(call, new PopWait(several.front, several.count), several.firstKey, several.endOfKeys, 1);
  }

  /** Pops from the first of some keys that is there, or waits for one. */
  private static void popOrWait(Call call, PopWait pop, int from, int to, int timeoutAt) {
    long timeoutMillis = Arguments.timeoutOfSeconds(call.argv[timeoutAt]);
    if (pop.popFirst(call, from, to)) return;
    if (call.inTransaction) call.reply.nullArray();
    else call.awaitKeys(from, to, timeoutMillis, pop);
  }

  /**
   * What BLPOP, BRPOP and BLMPOP do.
   *
   * @param count 0 for one element, which is replied without an array around it
   */
  private record PopWait(boolean front, long count) implements KeyWait {
    @Override
    public Type type() {
      return Type.LIST;
    }

    /** Pops from the first of the keys that is there, propagated as a plain pop of that key. */
    private boolean popFirst(Call call, int from, int to) {
      for (int i = from; i < to; i++) {
        byte[] key = call.argv[i];
        ListValue list = call.findForWrite(key, ListValue.class);
        if (list == null) continue;
        ListCommands.report(call, key, pop(call, key, list));
        return true;
      }
      return false;
    }

    @Override
    public boolean serve(Call call, byte[] key) {
      long popped = pop(call, key, call.findForWrite(key, ListValue.class));
      if (count > 0) ListCommands.report(call, key, popped); // otherwise the push that served it has reported the key
      return true;
    }

    /** @return how many elements were popped */
    private long pop(Call call, byte[] key, ListValue list) {
      byte[] effect = front ? EFFECT_LPOP : EFFECT_RPOP;
      call.reply.array(2);
      call.reply.bulk(key);
      if (count == 0) {
        list.pop(front, call.reply);
        taken(call, key, list, front);
        call.effect(effect, key);
        return 1;
      }
      long popped = popRange(call, key, list, front, count);
      call.effect(effect, key, Bytes.of(popped));
      return popped;
    }
  }

  /** BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout */
  private void blmove(Call call) {
    byte[][] argv = call.argv;
    boolean fromFront = isFront(argv[3]);
    boolean toFront = isFront(argv[4]);
    moveOrWait(call, argv[5], new MoveWait(this, fromFront, toFront), EFFECT_LMOVE, argv[1], argv[2], argv[3], argv[4]);
  }

  private void brpoplpush(Call call) {
    byte[][] argv = call.argv;
    moveOrWait(call, argv[3], new MoveWait(this, false, true), EFFECT_RPOPLPUSH, argv[1], argv[2]);
  }

  /** @param effect what is propagated if nothing has to be waited for */
  private void moveOrWait(Call call, byte[] timeout, MoveWait wait, byte[]... effect) {
    long timeoutMillis = Arguments.timeoutOfSeconds(timeout);
    ListValue source = call.findForWrite(call.argv[1], ListValue.class);
    if (source != null) {
      move(call, source, wait.fromFront, wait.toFront);
      ListCommands.report(call, call.argv[1], 1);
      call.effect(effect);
    } else if (call.inTransaction) {
      call.reply.nullValue();
    } else {
      call.awaitKeys(1, 2, timeoutMillis, wait);
    }
  }

  /** What BLMOVE and BRPOPLPUSH do. */
  private record MoveWait(ListPopCommands commands, boolean fromFront, boolean toFront) implements KeyWait {
    @Override
    public Type type() {
      return Type.LIST;
    }

    @Override
    public boolean serve(Call call, byte[] key) {
      byte[] to = call.argv[2];
      commands.move(call, call.findForWrite(key, ListValue.class), fromFront, toFront);
      if (call.spec.name.equals("brpoplpush")) call.effect(EFFECT_RPOPLPUSH, key, to);
      else call.effect(EFFECT_LMOVE, key, to, word(fromFront), word(toFront));
      return true;
    }

    private static byte[] word(boolean front) {
      return front ? EFFECT_LEFT : EFFECT_RIGHT;
    }
  }
}
