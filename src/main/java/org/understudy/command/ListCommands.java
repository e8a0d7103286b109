package org.understudy.command;

import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.BLOCKING;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.LIST;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.collection.ListCursor;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on lists. Errors, their order, notifications and what is propagated instead of the command are those of
 * t_list.c of Redis 7.0.15.
 */
public final class ListCommands {
  private static final byte[] EFFECT_LPOP = Bytes.of("LPOP");
  private static final byte[] EFFECT_RPOP = Bytes.of("RPOP");
  private static final byte[] EFFECT_LMOVE = Bytes.of("LMOVE");
  private static final byte[] EFFECT_RPOPLPUSH = Bytes.of("RPOPLPUSH");
  private static final byte[] EFFECT_LEFT = Bytes.of("left");
  private static final byte[] EFFECT_RIGHT = Bytes.of("right");

  private static final CommandError INDEX_OUT_OF_RANGE = CommandError.err("index out of range");
  private static final CommandError RANK_ZERO = CommandError.err("RANK can't be zero: use 1 to start from the first "
      + "match, 2 from the second ... or use negative to start from the end of the list");
  private static final CommandError COUNT_NEGATIVE = CommandError.err("COUNT can't be negative");
  private static final CommandError MAXLEN_NEGATIVE = CommandError.err("MAXLEN can't be negative");
  private static final CommandError NO_KEYS = CommandError.err("numkeys should be greater than 0");
  private static final CommandError COUNT_ZERO = CommandError.err("count should be greater than 0");

  private final ListForms forms;
  /** The destination of a move, while {@link Call#entry} is its source. */
  private final Entry destination = new Entry();

  public ListCommands(ListForms forms) {
    this.forms = forms;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("LPUSH").arity(-3).since("1.0.0").group(LIST)
            .complexity("O(1) for each element added, so O(N) to add N elements when the command is called with "
                + "multiple arguments.")
            .summary("Prepend one or multiple elements to a list")
            .history("2.4.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, this::lpush),
        command("RPUSH").arity(-3).since("1.0.0").group(LIST)
            .complexity("O(1) for each element added, so O(N) to add N elements when the command is called with "
                + "multiple arguments.")
            .summary("Append one or multiple elements to a list")
            .history("2.4.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, this::rpush),
        command("LPUSHX").arity(-3).since("2.2.0").group(LIST)
            .complexity("O(1) for each element added, so O(N) to add N elements when the command is called with "
                + "multiple arguments.")
            .summary("Prepend an element to a list, only if the list exists")
            .history("4.0.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, ListCommands::lpushx),
        command("RPUSHX").arity(-3).since("2.2.0").group(LIST)
            .complexity("O(1) for each element added, so O(N) to add N elements when the command is called with "
                + "multiple arguments.")
            .summary("Append an element to a list, only if the list exists")
            .history("4.0.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, ListCommands::rpushx),
        command("LPOP").arity(-2).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the number of elements returned")
            .summary("Remove and get the first elements in a list")
            .history("6.2.0", "Added the `count` argument.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").since("6.2.0").optional())
            .runs(Place.SHARD, ListCommands::lpop),
        command("RPOP").arity(-2).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the number of elements returned")
            .summary("Remove and get the last elements in a list")
            .history("6.2.0", "Added the `count` argument.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"), integer("count").since("6.2.0").optional())
            .runs(Place.SHARD, ListCommands::rpop),
        command("LLEN").arity(2).since("1.0.0").group(LIST).complexity("O(1)")
            .summary("Get the length of a list")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, ListCommands::llen),
        command("LINDEX").arity(3).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the number of elements to traverse to get to the element at index. This "
                + "makes asking for the first or the last element of the list O(1).")
            .summary("Get an element from a list by its index")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("index"))
            .runs(Place.SHARD, ListCommands::lindex),
        command("LSET").arity(4).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the length of the list. Setting either the first or the last element of the "
                + "list is O(1).")
            .summary("Set the value of an element in a list by its index")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), integer("index"), string("element"))
            .runs(Place.SHARD, ListCommands::lset),
        command("LRANGE").arity(4).since("1.0.0").group(LIST)
            .complexity("O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end "
                + "(HEAD or TAIL) for large lists; and N is the number of elements in the specified range.")
            .summary("Get a range of elements from a list")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("start"), integer("stop"))
            .runs(Place.SHARD, ListCommands::lrange),
        command("LTRIM").arity(4).since("1.0.0").group(LIST)
            .complexity("O(N) where N is the number of elements to be removed by the operation.")
            .summary("Trim a list to the specified range")
            .flags(WRITE).keys(at(1).flags(RW, DELETE))
            .args(key("key"), integer("start"), integer("stop"))
            .runs(Place.SHARD, ListCommands::ltrim),
        command("LREM").arity(4).since("1.0.0").group(LIST)
            .complexity("O(N+M) where N is the length of the list and M is the number of elements removed.")
            .summary("Remove elements from a list")
            .flags(WRITE).keys(at(1).flags(RW, DELETE))
            .args(key("key"), integer("count"), string("element"))
            .runs(Place.SHARD, ListCommands::lrem),
        command("LINSERT").arity(5).since("2.2.0").group(LIST)
            .complexity("O(N) where N is the number of elements to traverse before seeing the value pivot. This "
                + "means that inserting somewhere on the left end on the list (head) can be considered O(1) "
                + "and inserting somewhere on the right end (tail) is O(N).")
            .summary("Insert an element before or after another element in a list")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, INSERT))
            .args(key("key"), oneOf("where", token("BEFORE"), token("AFTER")), string("pivot"), string("element"))
            .runs(Place.SHARD, ListCommands::linsert),
        command("LPOS").arity(-3).since("6.0.6").group(LIST)
            .complexity("O(N) where N is the number of elements in the list, for the average case. When searching "
                + "for elements near the head or the tail of the list, or when the MAXLEN option is provided, "
                + "the command may run in constant time.")
            .summary("Return the index of matching elements on a list")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("element"), integer("rank").after("RANK").optional(),
                integer("num-matches").after("COUNT").optional(), integer("len").after("MAXLEN").optional())
            .runs(Place.SHARD, ListCommands::lpos),
        command("LMOVE").arity(5).since("6.2.0").group(LIST).complexity("O(1)")
            .summary("Pop an element from a list, push it to another list and return it")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), oneOf("wherefrom", token("LEFT"), token("RIGHT")),
                oneOf("whereto", token("LEFT"), token("RIGHT")))
            .runs(Place.SHARD, this::lmove),
        command("RPOPLPUSH").arity(3).since("1.2.0").group(LIST).complexity("O(1)")
            .summary("Remove the last element in a list, prepend it to another list and return it")
            .deprecated("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1))
            .runs(Place.SHARD, this::rpoplpush),
        command("LMPOP").arity(-4).since("7.0.0").group(LIST)
            .complexity("O(N+M) where N is the number of provided keys and M is the number of elements returned.")
            .summary("Pop elements from a list")
            .flags(WRITE).keys(at(1).flags(RW, ACCESS, DELETE).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(1))
            .args(integer("numkeys"), key("key").multiple(), oneOf("where", token("LEFT"), token("RIGHT")),
                integer("count").after("COUNT").optional())
            .runs(Place.SHARD, ListCommands::lmpop),
        command("BLPOP").arity(-3).since("2.0.0").group(LIST).complexity("O(N) where N is the number of provided keys.")
            .summary("Remove and get the first element in a list, or block until one is available")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE).range(-2, 1, 0))
            .args(key("key").multiple(), floating("timeout"))
            .runs(Place.SHARD, ListCommands::blpop),
        command("BRPOP").arity(-3).since("2.0.0").group(LIST).complexity("O(N) where N is the number of provided keys.")
            .summary("Remove and get the last element in a list, or block until one is available")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE).range(-2, 1, 0))
            .args(key("key").multiple(), floating("timeout"))
            .runs(Place.SHARD, ListCommands::brpop),
        command("BLMOVE").arity(6).since("6.2.0").group(LIST).complexity("O(1)")
            .summary("Pop an element from a list, push it to another list and return it; or block until one is "
                + "available")
            .flags(WRITE, DENYOOM, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), oneOf("wherefrom", token("LEFT"), token("RIGHT")),
                oneOf("whereto", token("LEFT"), token("RIGHT")), floating("timeout"))
            .runs(Place.SHARD, this::blmove),
        command("BRPOPLPUSH").arity(4).since("2.2.0").group(LIST).complexity("O(1)")
            .summary("Pop an element from a list, push it to another list and return it; or block until one is "
                + "available")
            .deprecated("6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments")
            .history("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
            .flags(WRITE, DENYOOM, NOSCRIPT, BLOCKING).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(RW, INSERT))
            .args(key("source"), key("destination", 1), floating("timeout"))
            .runs(Place.SHARD, this::brpoplpush),
        command("BLMPOP").arity(-5).since("7.0.0").group(LIST)
            .complexity("O(N+M) where N is the number of provided keys and M is the number of elements returned.")
            .summary("Pop elements from a list, or block until one is available")
            .flags(WRITE, BLOCKING).keys(at(2).flags(RW, ACCESS, DELETE).counted(0, 1, 1))
            .keysFoundBy(KeyFinders.counted(2))
            .args(floating("timeout"), integer("numkeys"), key("key").multiple(),
                oneOf("where", token("LEFT"), token("RIGHT")), integer("count").after("COUNT").optional())
            .runs(Place.SHARD, ListCommands::blmpop));
  }

  // ---- adding and taking away at the ends ---------------------------------------------------------------------------

  private void lpush(Call call) {
    push(call, true);
  }

  private void rpush(Call call) {
    push(call, false);
  }

  private void push(Call call, boolean front) {
    byte[] key = call.argv[1];
    ListValue list = call.findForWrite(key, ListValue.class);
    boolean absent = list == null;
    if (absent) list = new ListValue(forms.current());
    pushAll(call, list, front);
    if (absent) call.db.setValue(key, list, Entry.NO_EXPIRE);
    else call.valueChanged();
    pushed(call, list, front);
  }

  private static void lpushx(Call call) {
    pushToExisting(call, true);
  }

  private static void rpushx(Call call) {
    pushToExisting(call, false);
  }

  private static void pushToExisting(Call call, boolean front) {
    ListValue list = call.findForWrite(call.argv[1], ListValue.class);
    if (list == null) {
      call.reply.integer(0);
      return;
    }
    pushAll(call, list, front);
    call.valueChanged();
    pushed(call, list, front);
  }

  private static void pushAll(Call call, ListValue list, boolean front) {
    for (int i = 2; i < call.argv.length; i++) list.push(front, call.argv[i]);
  }

  private static void pushed(Call call, ListValue list, boolean front) {
    byte[] key = call.argv[1];
    call.reply.integer(list.size());
    call.alsoChangedIn(call.db.index(), key);
    call.dirty += call.argv.length - 2;
    call.notify(NotifyClass.LIST, pushEvent(front), key);
  }

  private static String pushEvent(boolean front) {
    return front ? "lpush" : "rpush";
  }

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
      report(call, argv[1], popRange(call, argv[1], list, front, count));
    } else {
      list.pop(front, call.reply);
      taken(call, argv[1], list, front);
      report(call, argv[1], 1);
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
    removeIfEmpty(call, key, list);
  }

  /** @param list the value in {@link Call#entry}, which was changed */
  private static void removeIfEmpty(Call call, byte[] key, ListValue list) {
    if (list.size() > 0) {
      call.valueChanged();
      return;
    }
    call.db.remove(key);
    call.notify(NotifyClass.GENERIC, "del", key);
  }

  private static void report(Call call, byte[] key, long changes) {
    call.alsoChangedIn(call.db.index(), key);
    call.dirty += changes;
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  private static void llen(Call call) {
    ListValue list = call.find(call.argv[1], ListValue.class);
    call.reply.integer(list == null ? 0 : list.size());
  }

  private static void lindex(Call call) {
    ListValue list = call.find(call.argv[1], ListValue.class);
    if (list == null) {
      call.reply.nullValue();
      return;
    }
    ListCursor place = list.cursor(Arguments.integer(call.argv[2]));
    if (place.isValid()) place.reply(call.reply);
    else call.reply.nullValue();
  }

  private static void lrange(Call call) {
    long start = Arguments.integer(call.argv[2]);
    long end = Arguments.integer(call.argv[3]);
    ListValue list = call.find(call.argv[1], ListValue.class);
    if (list == null) {
      call.reply.emptyArray();
      return;
    }
    long size = list.size();
    start = fromStart(start, size);
    long number = numberUpTo(start, end, size);
    call.reply.array(number);
    list.reply(start, number, false, call.reply);
  }

  /** An index as counted from the start; those before it are 0. */
  private static long fromStart(long index, long size) {
    return Math.max(0, index < 0 ? index + size : index);
  }

  /** How many elements there are from {@code start}, not negative, to {@code end}, negative from the end, inclusive. */
  private static long numberUpTo(long start, long end, long size) {
    long last = end < 0 ? Math.max(end + size, -1) : Math.min(end, size - 1);
    return Math.max(0, last - start + 1);
  }

  /** LPOS key element [RANK rank] [COUNT matches] [MAXLEN length] */
  private static void lpos(Call call) {
    byte[][] argv = call.argv;
    long rank = 1;
    long count = -1;
    long maxLength = 0;
    for (int i = 3; i < argv.length; i += 2) {
      if (i + 1 == argv.length) throw Errors.SYNTAX;
      byte[] number = argv[i + 1];
      if (Bytes.is(argv[i], "RANK")) {
        rank = Arguments.integer(number);
        if (rank == 0) throw RANK_ZERO;
      } else if (Bytes.is(argv[i], "COUNT")) {
        count = Arguments.notNegative(number, COUNT_NEGATIVE);
      } else if (Bytes.is(argv[i], "MAXLEN")) {
        maxLength = Arguments.notNegative(number, MAXLEN_NEGATIVE);
      } else {
        throw Errors.SYNTAX;
      }
    }
    boolean all = count >= 0;
    ListValue list = call.find(argv[1], ListValue.class);
    if (list == null) {
      if (all) call.reply.emptyArray();
      else call.reply.nullValue();
      return;
    }
    replyPositions(call.reply, list, argv[2], rank, all, count, maxLength == 0 ? Long.MAX_VALUE : maxLength);
  }

  /** @param count of matches, 0 for any number; counts only for {@code all}, else there is at most one */
  private static void replyPositions(ReplyBuffer reply, ListValue list, byte[] element, long rank, boolean all,
      long count, long maxLength) {
    boolean endless = rank == Long.MIN_VALUE; // Redis negates it in vain: it skips no match and counts none
    long most = !all ? 1 : count == 0 || endless ? Long.MAX_VALUE : count;
    long skipped = rank > 0 ? rank - 1 : endless ? 0 : -rank - 1;
    ReplyBuffer.Mark length = all ? reply.open() : null;
    long[] matches = {0};
    list.search(element, rank < 0, maxLength, index -> {
      matches[0]++;
      if (matches[0] <= skipped) return true;
      reply.integer(index);
      return matches[0] - skipped < most;
    });
    long found = Math.max(0, matches[0] - skipped);
    if (all) reply.close(length, '*', found);
    else if (found == 0) reply.nullValue();
  }

  // ---- changing in the middle ---------------------------------------------------------------------------------------

  private static void lset(Call call) {
    byte[] key = call.argv[1];
    ListValue list = call.findForWrite(key, ListValue.class);
    if (list == null) throw Errors.NO_SUCH_KEY;
    if (!list.set(Arguments.integer(call.argv[2]), call.argv[3])) throw INDEX_OUT_OF_RANGE;
    call.valueChanged();
    call.reply.ok();
    call.changed(key);
    call.notify(NotifyClass.LIST, "lset", key);
  }

  private static void ltrim(Call call) {
    byte[] key = call.argv[1];
    long start = Arguments.integer(call.argv[2]);
    long end = Arguments.integer(call.argv[3]);
    ListValue list = call.findForWrite(key, ListValue.class);
    if (list != null) {
      long size = list.size();
      start = fromStart(start, size);
      long kept = numberUpTo(start, end, size);
      if (kept == 0) start = size;
      list.removeRange(start + kept, size - start - kept);
      list.removeRange(0, start);
      call.notify(NotifyClass.LIST, "ltrim", key);
      removeIfEmpty(call, key, list);
      report(call, key, size - kept);
    }
    call.reply.ok();
  }

  /** LREM key count element: from the end if count is negative, all if it is 0 */
  private static void lrem(Call call) {
    byte[] key = call.argv[1];
    long count = Arguments.integer(call.argv[2]);
    ListValue list = call.findForWrite(key, ListValue.class);
    if (list == null) {
      call.reply.integer(0);
      return;
    }
    long limit = count == 0 || count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
    long removed = list.remove(call.argv[3], limit, count < 0);
    if (removed > 0) {
      report(call, key, removed);
      call.notify(NotifyClass.LIST, "lrem", key);
      removeIfEmpty(call, key, list);
    }
    call.reply.integer(removed);
  }

  /** LINSERT key BEFORE|AFTER pivot element */
  private static void linsert(Call call) {
    byte[][] argv = call.argv;
    boolean before = Bytes.is(argv[2], "BEFORE");
    if (!before && !Bytes.is(argv[2], "AFTER")) throw Errors.SYNTAX;
    ListValue list = call.findForWrite(argv[1], ListValue.class);
    if (list == null) {
      call.reply.integer(0);
    } else if (!list.insert(argv[3], before, argv[4])) {
      call.reply.integer(-1);
    } else {
      call.valueChanged();
      call.changed(argv[1]);
      call.notify(NotifyClass.LIST, "linsert", argv[1]);
      call.reply.integer(list.size());
    }
  }

  // ---- from one list to another -------------------------------------------------------------------------------------

  /** Which end an argument names. */
  private static boolean isFront(byte[] where) {
    if (Bytes.is(where, "LEFT")) return true;
    if (Bytes.is(where, "RIGHT")) return false;
    throw Errors.SYNTAX;
  }

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
      call.dirty++;
    }
  }

  /**
   * Moves an element and replies with it. The change is not counted.
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
    call.notify(NotifyClass.LIST, pushEvent(toFront), to);
    call.reply.bulk(element);
    taken(call, from, source, fromFront);
    call.alsoChangedIn(call.db.index(), from);
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
        report(call, key, pop(call, key, list));
        return true;
      }
      return false;
    }

    @Override
    public boolean serve(Call call, byte[] key) {
      long popped = pop(call, key, call.findForWrite(key, ListValue.class));
      report(call, key, count == 0 ? 0 : popped);
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
      call.dirty++;
      call.effect(effect);
    } else if (call.inTransaction) {
      call.reply.nullValue();
    } else {
      call.awaitKeys(1, 2, timeoutMillis, wait);
    }
  }

  /** What BLMOVE and BRPOPLPUSH do. */
  private record MoveWait(ListCommands commands, boolean fromFront, boolean toFront) implements KeyWait {
    @Override
    public Type type() {
      return Type.LIST;
    }

    @Override
    public boolean serve(Call call, byte[] key) {
      byte[] to = call.argv[2];
      commands.move(call, call.findForWrite(key, ListValue.class), fromFront, toFront);
      if (call.spec.name.equals("brpoplpush")) call.effect(EFFECT_RPOPLPUSH, key, to);
      else call.effect(EFFECT_LMOVE, key, to, end(fromFront), end(toFront));
      return true;
    }

    private static byte[] end(boolean front) {
      return front ? EFFECT_LEFT : EFFECT_RIGHT;
    }
  }
}
