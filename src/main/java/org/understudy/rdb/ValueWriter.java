package org.understudy.rdb;

import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.packed.Intset;
import org.understudy.keyspace.packed.Listpack;
import org.understudy.keyspace.stream.StreamValue;

/**
 * Writes one value after another, each in as many steps as wanted. Between its steps a value must not change: see
 * {@link Value#copy}.
 */
final class ValueWriter {
  /** The strings and numbers that a value is made of, in the order of the format. */
  interface Pieces {
    /** Puts one piece, a string at most; false if there was none left. */
    boolean put(RdbOutput out);
  }

  private final RdbOutput out;
  private Pieces pieces;
  /** A string that waits for its key to be written. */
  private byte[] string;
  private int stringOffset;
  private int stringLength;

  ValueWriter(RdbOutput out) {
    this.out = out;
  }

  /** The byte that says how the value is encoded. */
  static int typeOf(Entry entry) {
    if (entry.isString()) return RdbFormat.STRING;
    Value value = entry.value();
    if (value instanceof SortedSetValue set) return set.isPacked() ? RdbFormat.ZSET_LISTPACK : RdbFormat.ZSET_2;
    if (value instanceof HashValue hash) return hash.packed() != null ? RdbFormat.HASH_LISTPACK : RdbFormat.HASH;
    if (value instanceof SetValue set) return set.intset() != null ? RdbFormat.SET_INTSET : RdbFormat.SET;
    if (value instanceof ListValue) return RdbFormat.LIST_QUICKLIST_2;
    if (value instanceof StreamValue) return RdbFormat.STREAM_LISTPACKS_2;
    throw unknown(value);
  }

  private static Pieces piecesOf(Value value) {
    if (value instanceof HashValue hash) {
      return hash.packed() != null ? packed(hash.packed()) : new ValuePieces.Fields(hash);
    }
    if (value instanceof SetValue set) {
      Intset packed = set.intset();
      if (packed == null) return new ValuePieces.Members(set);
      return ValuePieces.packed(packed.array(), 0, packed.size());
    }
    if (value instanceof ListValue list) return new ValuePieces.Nodes(list);
    if (value instanceof StreamValue stream) return new StreamPieces(stream);
    if (value instanceof SortedSetValue set) {
      return set.isPacked() ? packed(set.packed()) : new ValuePieces.Scored(set);
    }
    throw unknown(value);
  }

  private static Pieces packed(Listpack packed) {
    return ValuePieces.packed(packed.array(), packed.offset(), packed.size());
  }

  private static IllegalArgumentException unknown(Value value) {
    return new IllegalArgumentException("no format for " + value.getClass());
  }

  /** Begins the value of an entry, of which only the value's own arrays are needed later. */
  void begin(Entry entry) {
    if (entry.isString()) {
      string = entry.array();
      stringOffset = entry.offset();
      stringLength = entry.length();
    } else {
      pieces = piecesOf(entry.value());
    }
  }

  /**
   * Goes on with what was begun.
   *
   * @param budgetBytes about how much to write or compress before the step ends
   * @return whether the value is complete
   */
  boolean step(long budgetBytes) {
    long work = 0;
    while (true) {
      if (out.busy()) {
        if (work >= budgetBytes) return false;
        work += out.advance();
        continue;
      }
      int before = out.size();
      if (string != null) {
        out.putString(string, stringOffset, stringLength);
        string = null;
      } else if (pieces == null) {
        return true;
      } else if (work >= budgetBytes) {
        return false;
      } else if (!pieces.put(out)) {
        pieces = null;
      }
      work += out.size() - before;
    }
  }
}
