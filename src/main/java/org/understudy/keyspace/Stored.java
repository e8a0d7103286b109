package org.understudy.keyspace;

import java.util.Arrays;

/**
 * What a slot of a {@link Table} holds for a key, and what both of its forms have: a {@code byte[]} as {@link Record}
 * lays it out, or a {@link Node}.
 */
final class Stored {
  private Stored() {}

  /** The entry under another key; the entry itself if it has that key. A node's value is not copied. */
  static Object withKey(Object entry, byte[] key, PackedForm[] forms) {
    if (entry instanceof byte[] record) {
      if (Record.hasKey(record, key)) return record;
      if (key.length <= Record.MAX_KEY_BYTES) return Record.withKey(record, key);
      int start = Record.valueStart(record);
      int head = Record.head(record);
      byte[] bytes = Arrays.copyOfRange(record, start, record.length);
      Object value = Record.isPacked(head) ? forms[bytes[0]].over(bytes, 1)
          : new StringValue(bytes, bytes.length, Record.encoding(head), false);
      return new Node(key.clone(), value, Record.expireAt(record), Record.clock(head));
    }
    Node node = (Node) entry;
    return Arrays.equals(node.key, key) ? node : new Node(key.clone(), node.value, node.expireAt, node.clock());
  }

  /** A copy of the key. */
  static byte[] key(Object entry) {
    return entry instanceof byte[] record ? Record.key(record) : ((Node) entry).key.clone();
  }

  /** See {@link AccessClock}. */
  static int clock(Object entry) {
    return entry instanceof byte[] record ? Record.clock(Record.head(record)) : ((Node) entry).clock();
  }

  static void clock(Object entry, int clock) {
    if (entry instanceof byte[] record) Record.head(record, Record.head(record) & 255 | clock << 8);
    else ((Node) entry).clock(clock);
  }

  /** Unix time in milliseconds, or {@link Entry#NO_EXPIRE}. */
  static long expireAt(Object entry) {
    return entry instanceof byte[] record ? Record.expireAt(record) : ((Node) entry).expireAt;
  }

  /**
   * Fills in the view that commands have of it.
   *
   * @param forms all forms that packed values may have
   */
  static void show(Object entry, Entry into, PackedForm[] forms) {
    show(entry, into, forms, false);
  }

  /** @param toChange whether the value may be changed in place through the view */
  static void show(Object entry, Entry into, PackedForm[] forms, boolean toChange) {
    if (entry instanceof byte[] record) {
      int head = Record.head(record);
      int keyStart = Record.keyStart(record);
      int keyLength = Record.keyLength(record);
      int valueStart = Record.valueStart(record);
      into.fill(record, keyStart, keyLength, Record.expireAt(record), Record.clock(head));
      if (Record.isPacked(head)) into.packed(record, valueStart, forms[record[valueStart]], toChange);
      else into.string(record, valueStart, record.length - valueStart, Record.encoding(head), null);
      return;
    }
    Node node = (Node) entry;
    into.fill(node.key, 0, node.key.length, node.expireAt, node.clock());
    if (node.value instanceof StringValue s) into.string(s.array, 0, s.length, s.encoding(), s);
    else into.object(node);
  }
}
