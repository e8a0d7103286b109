package org.understudy.rdb;

import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.Packing;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.packed.Listpack;

/**
 * Values that are one string: a listpack, an intset, or one of their predecessors, which become listpacks. Whatever
 * {@code sanitize-dump-payload} says, all of the string is looked through before it is believed: what is not sound would be
 * found by a command later, and there is no good answer to that.
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
    value = switch (type) {
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

  private static Listpack listpack(byte[] bytes, String what) {
    if (!Listpack.isValid(bytes, true)) throw new RdbException(what + " listpack integrity check failed.");
    return Listpack.over(bytes);
  }

  private static Listpack ziplist(byte[] bytes, String what) {
    Listpack listpack = Ziplist.toListpack(bytes);
    if (listpack == null) throw new RdbException(what + " ziplist integrity check failed.");
    listpack.trim();
    return listpack;
  }

  private void requirePairs(Listpack listpack, String what) {
    if (!pairs.areDistinct(listpack)) throw new RdbException(what + " with dup elements, or one without its pair");
  }

  private Value sortedSet(Listpack listpack) {
    requirePairs(listpack, "Zset");
    if (listpack.isEmpty()) return null;
    SortedSetValue packed = SortedSetValue.packed(listpack.array());
    Packing packing = options.sortedSets();
    if (packed.size() <= packing.maxEntries()) return packed;
    SortedSetValue large = SortedSetValue.large(packing.hashSeed());
    ScoredCursor members = packed.cursor(0, false);
    while (members.next()) large.put(members.score, members.member(), packing);
    return large;
  }
}
