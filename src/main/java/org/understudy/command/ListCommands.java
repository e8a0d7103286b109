package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
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
  private static final CommandError RANK_ZERO = CommandError.err("RANK can't be zero: use 1 to start from the first "
      + "match, 2 from the second ... or use negative to start from the end of the list");
  private static final CommandError COUNT_NEGATIVE = CommandError.err("COUNT can't be negative");
  private static final CommandError MAXLEN_NEGATIVE = CommandError.err("MAXLEN can't be negative");

  private static final String PUSH_COMPLEXITY =
      "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.";

  private final ListForms forms;

  public ListCommands(ListForms forms) {
    this.forms = forms;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("LPUSH").arity(-3).since("1.0.0").group(LIST)
            .complexity(PUSH_COMPLEXITY)
            .summary("Prepend one or multiple elements to a list")
            .history("2.4.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, this::lpush),
        command("RPUSH").arity(-3).since("1.0.0").group(LIST)
            .complexity(PUSH_COMPLEXITY)
            .summary("Append one or multiple elements to a list")
            .history("2.4.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, this::rpush),
        command("LPUSHX").arity(-3).since("2.2.0").group(LIST)
            .complexity(PUSH_COMPLEXITY)
            .summary("Prepend an element to a list, only if the list exists")
            .history("4.0.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, ListCommands::lpushx),
        command("RPUSHX").arity(-3).since("2.2.0").group(LIST)
            .complexity(PUSH_COMPLEXITY)
            .summary("Append an element to a list, only if the list exists")
            .history("4.0.0", "Accepts multiple `element` arguments.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").multiple())
            .runs(Place.SHARD, ListCommands::rpushx),
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
            .runs(Place.SHARD, ListCommands::lpos));
  }

  // ---- adding at the ends -------------------------------------------------------------------------------------------

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

  static String pushEvent(boolean front) {
    return front ? "lpush" : "rpush";
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
    if (!list.set(Arguments.integer(call.argv[2]), call.argv[3])) throw Errors.INDEX_OUT_OF_RANGE;
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

  // ---- after a change -----------------------------------------------------------------------------------------------

  /** @param list the value in {@link Call#entry}, which was changed */
  static void removeIfEmpty(Call call, byte[] key, ListValue list) {
    if (list.size() > 0) {
      call.valueChanged();
      return;
    }
    call.db.remove(key);
    call.notify(NotifyClass.GENERIC, "del", key);
  }

  /** Reports a key of the selected database, and so many changes. */
  static void report(Call call, byte[] key, long changes) {
    call.alsoChangedIn(call.db.index(), key);
    call.dirty += changes;
  }
}
