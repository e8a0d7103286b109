package org.understudy.rdb;

import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.collection.Packing;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.packed.Intset;
import org.understudy.keyspace.packed.Listpack;

/**
 * Values that are one string: a listpack, an intset, or one of their predecessors, which become listpacks. Whatever
 * {@code sanitize-dump-payload} says, all of the string is looked through before it is believed: what is not sound
 * would be found by a command later, and there is no good answer to that.
 */
final class PackedBuilder implements ValueReader.Builder {
  private final ReadOptions options;
  private final PackedPairs pairs;
  private int type;
  private Value value;

  PackedBuilder(ReadOptions options) {
    this.options = options;
    this.pairs = new PackedPairs(options.hashSeed());
  }

  /** The same builder for the next value. */
  PackedBuilder of(int type) {
    this.type = type;
    return this;
  }

  @Override
  public boolean read(RdbInput in) {
    if (!in.readString()) return false;
    byte[] bytes = in.string();
    options.integrityChecks().increment();
    value = switch (type) {
      case RdbFormat.LIST_ZIPLIST -> list(ziplist(bytes, "List"));
      case RdbFormat.HASH_LISTPACK -> hash(listpack(bytes, "Hash"));
      case RdbFormat.HASH_ZIPLIST -> hash(ziplist(bytes, "Hash"));
      case RdbFormat.HASH_ZIPMAP -> hash(zipmap(bytes));
      case RdbFormat.SET_INTSET -> set(bytes);
      case RdbFormat.ZSET_LISTPACK -> sortedSet(listpack(bytes, "Zset"));
      case RdbFormat.ZSET_ZIPLIST -> sortedSet(ziplist(bytes, "Zset"));
      default -> throw new RdbException("Unknown RDB encoding type " + type);
    };
    return true;
  }

  @Override
  public Value value() {
    Value complete = value;
    value = null;
    return complete;
  }

  static Listpack listpack(byte[] bytes, String what) {
    if (!Listpack.isValid(bytes, true)) throw new RdbException(what + " listpack integrity check failed.");
    return Listpack.over(bytes);
  }

  static Listpack ziplist(byte[] bytes, String what) {
    Listpack listpack = Ziplist.toListpack(bytes);
    if (listpack == null) throw new RdbException(what + " ziplist integrity check failed.");
    listpack.trim();
    return listpack;
  }

  private static Listpack zipmap(byte[] bytes) {
    Listpack listpack = Zipmap.toListpack(bytes);
    if (listpack == null) throw new RdbException("Zipmap integrity check failed.");
    listpack.trim();
    return listpack;
  }

  private void requirePairs(Listpack listpack, String what) {
    if (pairs.areDistinct(listpack)) return;
    throw new RdbException(what + " integrity check failed: duplicate elements, or one without its pair");
  }

  private Value list(Listpack listpack) {
    if (listpack.isEmpty()) return null;
    ListValue list = new ListValue(options.lists());
    for (int at = listpack.first(); at != Listpack.NONE; at = listpack.next(at)) list.push(false, listpack.element(at));
    return list;
  }

  private Value hash(Listpack listpack) {
    requirePairs(listpack, "Hash");
    if (listpack.isEmpty()) return null;
    HashValue packed = HashValue.over(listpack);
    // a zipmap is the only one that may hold something too long for a listpack: nobody looked when it was made
    boolean fits = packed.size() <= options.hashes().maxEntries()
        && (type != RdbFormat.HASH_ZIPMAP || longest(listpack) <= options.hashes().maxElementBytes());
    if (fits) return packed;
    HashValue large = new HashValue();
    packed.forEach((field, value) -> large.set(field, value, HashBuilder.unpacked(options)));
    return large;
  }

  private static int longest(Listpack listpack) {
    int longest = 0;
    for (int at = listpack.first(); at != Listpack.NONE; at = listpack.next(at)) {
      longest = Math.max(longest, listpack.length(at));
    }
    return longest;
  }

  private Value set(byte[] bytes) {
    if (!Intset.isValid(bytes, true)) throw new RdbException("Intset integrity check failed.");
    Intset intset = Intset.over(bytes);
    long most = options.maxIntsetEntries();
    if (intset.count() <= most) return SetValue.over(intset);
    SetValue large = new SetValue();
    for (int i = 0; i < intset.count(); i++) large.add(Bytes.of(intset.get(i)), most, options.hashSeed());
    return large;
  }

  private Value sortedSet(Listpack listpack) {
    requirePairs(listpack, "Zset");
    if (!SortedSetValue.hasScores(listpack)) throw new RdbException("Zset integrity check failed: no score");
    if (listpack.isEmpty()) return null;
    SortedSetValue packed = SortedSetValue.over(listpack);
    Packing packing = options.sortedSets();
    if (packed.size() <= packing.maxEntries()) return packed;
    SortedSetValue large = SortedSetValue.large(packing.hashSeed());
    ScoredCursor members = packed.cursor(0, false);
    while (members.next()) large.put(members.score, members.member(), packing);
    return large;
  }
}
