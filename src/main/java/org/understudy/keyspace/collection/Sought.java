package org.understudy.keyspace.collection;

import java.util.Arrays;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.packed.Listpack;

/** A value that elements of a list are compared with, looked at once for whether it is a number. */
final class Sought {
  private final byte[] value;
  private final boolean numeric;
  private final long number;

  Sought(byte[] value) {
    this.value = value;
    numeric = Numbers.isLong(value);
    number = numeric ? Numbers.parseLong(value) : 0;
  }

  boolean is(byte[] element) {
    return Arrays.equals(value, element);
  }

  boolean is(Listpack pack, int at) {
    if (pack.isInteger(at)) return numeric && pack.integer(at) == number;
    if (numeric || pack.stringLength(at) != value.length) return false;
    int offset = pack.stringOffset(at);
    return Arrays.equals(pack.array(), offset, offset + value.length, value, 0, value.length);
  }

  boolean occursIn(Listpack pack) {
    return pack.find(value) != Listpack.NONE;
  }

  /** Removes entries that are equal. @param limit how many at most @return how many were removed */
  int removeFrom(Listpack pack, long limit, boolean fromEnd) {
    int removed = 0;
    for (int at = pack.last(); fromEnd && at != Listpack.NONE && removed < limit; ) {
      int before = pack.previous(at);
      if (is(pack, at)) {
        int start = pack.offset();
        pack.delete(at);
        if (before != Listpack.NONE) before += pack.offset() - start;
        removed++;
      }
      at = before;
    }
    if (fromEnd) return removed;
    for (int at = pack.first(); at != Listpack.NONE && removed < limit; ) {
      if (is(pack, at)) {
        at = pack.delete(at);
        removed++;
      } else {
        at = pack.next(at);
      }
    }
    return removed;
  }
}
