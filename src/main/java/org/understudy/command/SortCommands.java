package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;
import static org.understudy.command.KeySpec.somewhere;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.ListCursor;
import org.understudy.keyspace.collection.ListForm;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * SORT and SORT_RO. Errors, their order, what counts as reading and what is propagated are those of sort.c of Redis
 * 7.0.15. Texts are ordered by their bytes, as there in the locale C.
 */
public final class SortCommands {
  private static final CommandError BY_DENIED =
      CommandError.err("BY option of SORT denied due to insufficient ACL permissions.");
  private static final CommandError GET_DENIED =
      CommandError.err("GET option of SORT denied due to insufficient ACL permissions.");
  private static final CommandError NOT_A_DOUBLE =
      CommandError.err("One or more scores can't be converted into double");
  /** From so many elements on, sorting that looks at nothing else is done in slices. */
  private static final int SLICED_FROM_ELEMENTS = 2000;

  private SortCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("SORT").arity(-2).since("1.0.0").group(GENERIC)
            .complexity("O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the "
                + "number of returned elements. When the elements are not sorted, complexity is O(N).")
            .summary("Sort the elements in a list, set or sorted set")
            .flags(WRITE, DENYOOM)
            .categories(AclCategory.DANGEROUS, AclCategory.LIST, AclCategory.SET, AclCategory.SORTEDSET)
            .keys(at(1).flags(RO, ACCESS),
                somewhere().flags(RO, ACCESS)
                    .notes("For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from "
                        + "the content of the key we sort"),
                somewhere().flags(OW, UPDATE)
                    .notes("For the optional STORE keyword. It is marked 'unknown' because the keyword can appear "
                        + "anywhere in the argument array"))
            .keysFoundBy(KeyFinders::sort)
            .args(key("key"), pattern("pattern").after("BY").foundBy(1).optional(),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional(),
                pattern("pattern").after("GET").foundBy(1).optional().multiple().multipleToken(),
                oneOf("order", token("ASC"), token("DESC")).optional(), token("sorting", "ALPHA").optional(),
                key("destination", 2).after("STORE").optional())
            .runs(Place.SHARD, SortCommands::sort),
        command("SORT_RO").arity(-2).since("7.0.0").group(GENERIC)
            .complexity("O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the "
                + "number of returned elements. When the elements are not sorted, complexity is O(N).")
            .summary("Sort the elements in a list, set or sorted set. Read-only variant of SORT.")
            .flags(READONLY).categories(AclCategory.DANGEROUS, AclCategory.LIST, AclCategory.SET, AclCategory.SORTEDSET)
            .keys(at(1).flags(RO, ACCESS),
                somewhere().flags(RO, ACCESS)
                    .notes("For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from "
                        + "the content of the key we sort"))
            .keysFoundBy(KeyFinders::sortReadOnly)
            .args(key("key"), pattern("pattern").after("BY").foundBy(1).optional(),
                block("offset_count", integer("offset"), integer("count")).after("LIMIT").optional(),
                pattern("pattern").after("GET").foundBy(1).optional().multiple().multipleToken(),
                oneOf("order", token("ASC"), token("DESC")).optional(), token("sorting", "ALPHA").optional())
            .runs(Place.SHARD, SortCommands::sortReadOnly));
  }

  // ---- arguments ----------------------------------------------------------------------------------------------------

  private static final class Options {
    boolean descending;
    boolean alpha;
    long offset;
    long count = -1;
    /** Null to sort by the elements. */
    SortPattern by;
    byte[] store;
    final List<SortPattern> get = new ArrayList<>();

    /**
     * @param mayLookUp the client's user may read all keys: those that BY and GET lead to are not among the arguments
     */
    Options(byte[][] argv, boolean mayStore, boolean mayLookUp) {
      for (int i = 2; i < argv.length; i++) {
        int left = argv.length - i - 1;
        if (Bytes.is(argv[i], "ASC")) {
          descending = false;
        } else if (Bytes.is(argv[i], "DESC")) {
          descending = true;
        } else if (Bytes.is(argv[i], "ALPHA")) {
          alpha = true;
        } else if (Bytes.is(argv[i], "LIMIT") && left >= 2) {
          offset = Arguments.integer(argv[++i]);
          count = Arguments.integer(argv[++i]);
        } else if (mayStore && Bytes.is(argv[i], "STORE") && left >= 1) {
          store = argv[++i];
        } else if (Bytes.is(argv[i], "BY") && left >= 1) {
          by = new SortPattern(argv[++i]);
          if (!mayLookUp && by.looksUp()) throw BY_DENIED;
        } else if (Bytes.is(argv[i], "GET") && left >= 1) {
          if (!mayLookUp) throw GET_DENIED;
          get.add(new SortPattern(argv[++i]));
        } else {
          throw Errors.SYNTAX;
        }
      }
    }

    /** BY a constant means the order that the elements have. */
    boolean unsorted() {
      return by != null && by.isConstant();
    }

    /** A set has no order of its own: what is stored must be the same wherever the command is repeated. */
    void sortAnyway() {
      alpha = true;
      by = null;
    }

    boolean looksUp() {
      return by != null || get.stream().anyMatch(SortPattern::looksUp);
    }

    Comparator<Item> order() {
      Comparator<Item> order = !alpha ? Item::compareScores : by == null ? Item::compareElements : Item::compareTexts;
      return descending ? order.reversed() : order;
    }
  }

  /** An element and what it is sorted by. */
  private static final class Item {
    final byte[] element;
    double score;
    /** Null if the pattern of BY leads nowhere. */
    byte[] text;

    Item(byte[] element) {
      this.element = element;
    }

    int compareElements(Item other) {
      return Arrays.compareUnsigned(element, other.element);
    }

    int compareScores(Item other) {
      if (score > other.score) return 1;
      return score < other.score ? -1 : compareElements(other);
    }

    int compareTexts(Item other) {
      if (text == null || other.text == null) return text == other.text ? 0 : text == null ? -1 : 1;
      return Arrays.compareUnsigned(text, other.text);
    }
  }

  /** The part of the elements that LIMIT leaves. @param end exclusive */
  private record Range(int start, int end) {
    /** @param count negative for all */
    static Range of(long offset, long count, int size) {
      int start = (int) Math.min(Math.max(offset, 0), size);
      int most = count < 0 ? size : (int) Math.min(count, size);
      return new Range(start, (int) Math.min((long) start + most, size));
    }

    int size() {
      return end - start;
    }
  }

  // ---- commands -----------------------------------------------------------------------------------------------------

  /** SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA] [STORE destination] */
  static void sort(Call call) {
    sort(call, new Options(call.argv, true, mayLookUp(call)));
  }

  static void sortReadOnly(Call call) {
    sort(call, new Options(call.argv, false, mayLookUp(call)));
  }

  private static boolean mayLookUp(Call call) {
    Permissions permissions = call.session == null ? null : call.session.permissions;
    return permissions == null || permissions.mayReadAnyKey(call.spec, call.argv);
  }

  private static void sort(Call call, Options options) {
    Value value = sortable(call);
    if (options.unsorted() && options.store != null && value instanceof SetValue) options.sortAnyway();
    Range range = Range.of(options.offset, options.count, size(value));
    if (options.unsorted()) {
      finish(call, options, inOrder(value, options.descending, range));
      return;
    }
    StepwiseSort<Item> sort = new StepwiseSort<>(items(call, value, options), options.order());
    if (size(value) >= SLICED_FROM_ELEMENTS && !options.looksUp() && options.store == null) {
      call.inSlices(new Slices(sort, options, range));
      return;
    }
    while (sort.step()) { }
    finish(call, options, elements(sort, range));
  }

  /** The list, set or sorted set to sort; null if there is none. */
  private static Value sortable(Call call) {
    if (!call.find(call.argv[1])) return null;
    Value value = call.entry.value();
    if (value instanceof SortedSetValue set) return unpacked(call, set);
    if (value instanceof ListValue || value instanceof SetValue) return value;
    throw Errors.WRONG_TYPE;
  }

  /** To sort a sorted set makes a large one of it for good, as OBJECT ENCODING shows. */
  private static SortedSetValue unpacked(Call call, SortedSetValue set) {
    if (!set.isPacked()) return set;
    SortedSetValue writable = call.findForWrite(call.argv[1], SortedSetValue.class);
    writable.unpack(call.keyspace.hashSeed());
    call.valueChanged();
    return writable;
  }

  private static int size(Value value) {
    if (value == null) return 0;
    if (value instanceof ListValue list) return (int) list.size();
    return value instanceof SetValue set ? (int) set.size() : ((SortedSetValue) value).size();
  }

  // ---- elements -----------------------------------------------------------------------------------------------------

  /** A part of the elements in the order they have; a set has only one. */
  private static byte[][] inOrder(Value value, boolean descending, Range range) {
    byte[][] elements = new byte[range.size()][];
    if (elements.length == 0) return elements;
    if (value instanceof SetValue set) {
      byte[][] all = members(set);
      return Arrays.copyOfRange(all, range.start, range.end);
    }
    int first = descending ? size(value) - 1 - range.start : range.start;
    if (value instanceof ListValue list) {
      ListCursor cursor = list.cursor(first);
      for (int i = 0; i < elements.length; i++, cursor.move(descending)) elements[i] = cursor.element();
    } else {
      ScoredCursor cursor = ((SortedSetValue) value).cursor(first, descending);
      for (int i = 0; i < elements.length && cursor.next(); i++) elements[i] = cursor.member();
    }
    return elements;
  }

  private static byte[][] members(SetValue set) {
    List<byte[]> members = new ArrayList<>((int) set.size());
    set.forEach(members::add);
    return members.toArray(byte[][]::new);
  }

  private static Item[] items(Call call, Value value, Options options) {
    byte[][] elements = inOrder(value, false, new Range(0, size(value)));
    Item[] items = new Item[elements.length];
    for (int i = 0; i < items.length; i++) items[i] = new Item(elements[i]);
    boolean numbers = true;
    for (Item item : items) {
      byte[] weight = options.by == null ? item.element : options.by.lookUp(call, item.element);
      if (weight == null) continue;
      if (options.alpha) item.text = weight;
      else numbers &= !Double.isNaN(item.score = score(weight));
    }
    if (!numbers) throw NOT_A_DOUBLE;
    return items;
  }

  /**
   * As strtod reads it: space before it, and anything behind a NUL, does no harm; nothing at all is 0. NaN if it is
   * none, or so small that a double loses digits of it.
   */
  private static double score(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != 0) end++;
    if (end == 0) return 0;
    int start = 0;
    while (start < end && (text[start] == ' ' || text[start] >= '\t' && text[start] <= '\r')) start++;
    if (start == end) return Double.NaN;
    double score = Doubles.parse(text, start, end - start);
    return score != 0 && Math.abs(score) < Double.MIN_NORMAL ? Double.NaN : score;
  }

  private static byte[][] elements(StepwiseSort<Item> sort, Range range) {
    Item[] sorted = sort.sorted();
    byte[][] elements = new byte[range.size()][];
    for (int i = 0; i < elements.length; i++) elements[i] = sorted[range.start + i].element;
    return elements;
  }

  // ---- the result ---------------------------------------------------------------------------------------------------

  private static void finish(Call call, Options options, byte[][] elements) {
    if (options.store != null) store(call, options, elements);
    else reply(call, options, elements, call.reply);
  }

  /** @param call not used if nothing has to be looked up */
  private static void reply(Call call, Options options, byte[][] elements, ReplyBuffer reply) {
    reply.array((long) elements.length * Math.max(1, options.get.size()));
    for (byte[] element : elements) {
      if (options.get.isEmpty()) reply.bulk(element);
      for (SortPattern pattern : options.get) reply.bulkOrNull(pattern.lookUp(call, element));
    }
  }

  private static void store(Call call, Options options, byte[][] elements) {
    ListValue list = new ListValue(ListForm.DEFAULT); // whatever is configured, as in Redis
    for (byte[] element : elements) {
      if (options.get.isEmpty()) list.push(false, element);
      for (SortPattern pattern : options.get) {
        byte[] found = pattern.lookUp(call, element);
        list.push(false, found == null ? Bytes.EMPTY : found);
      }
    }
    if (elements.length == 0) {
      KeyCommands.deleteTarget(call, options.store);
    } else {
      call.db.setValue(options.store, list, Entry.NO_EXPIRE);
      call.changed(options.store);
      call.dirty += list.size() - 1;
      call.notify(NotifyClass.LIST, "sortstore", options.store);
    }
    call.reply.integer(list.size());
  }

  /** A long sort of elements that were taken down when the command was called. */
  private record Slices(StepwiseSort<Item> sort, Options options, Range range) implements SlicedWork {
    @Override
    public boolean step(ReplyBuffer reply) {
      return sort.step();
    }

    @Override
    public void answer(ReplyBuffer reply) {
      SortCommands.reply(null, options, elements(sort, range), reply);
    }
  }
}
