package org.understudy.rdb;

import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.packed.Listpack;

/** Looks whether a listpack of pairs has each first one once. Keeps its table for the next listpack. */
final class PackedPairs {
  private static final int FIRST_ROOM = 64;
  private static final int MAX_NUMBER_TEXT = 20;

  private final long hashSeed;
  /** Positions in the listpack, open addressing, 0 where there is none; at most half full. */
  private int[] table = new int[FIRST_ROOM];

  /** @param hashSeed see {@link Bytes#hash} */
  PackedPairs(long hashSeed) {
    this.hashSeed = hashSeed;
  }

  /** Whether the entries, which must be sound, are pairs of which no two begin alike. */
  boolean areDistinct(Listpack pack) {
    int count = pack.count();
    if (count % 2 != 0) return false;
    if (count <= 2) return true;
    int room = Math.max(FIRST_ROOM, Integer.highestOneBit(count) << 1);
    if (room > table.length) table = new int[room];
    else Arrays.fill(table, 0, room, 0);
    for (int at = pack.first(); at != Listpack.NONE; at = pack.next(pack.next(at))) {
      if (!add(pack, at, room - 1)) return false;
    }
    return true;
  }

  private boolean add(Listpack pack, int at, int mask) {
    int slot = (int) hash(pack, at) & mask;
    for (int there = table[slot]; there != 0; there = table[slot]) {
      if (isSame(pack, there, at)) return false;
      slot = slot + 1 & mask;
    }
    table[slot] = at;
    return true;
  }

  private long hash(Listpack pack, int at) {
    if (isNumber(pack, at)) {
      long mixed = (number(pack, at) ^ hashSeed) * 0x9E3779B97F4A7C15L;
      return mixed >>> 32;
    }
    return Bytes.hash(pack.array(), pack.stringOffset(at), pack.stringLength(at), hashSeed);
  }

  private static boolean isSame(Listpack pack, int a, int b) {
    boolean number = isNumber(pack, a);
    if (number != isNumber(pack, b)) return false;
    if (number) return number(pack, a) == number(pack, b);
    int from = pack.stringOffset(a);
    int other = pack.stringOffset(b);
    return Arrays.equals(pack.array(), from, from + pack.stringLength(a), pack.array(), other,
        other + pack.stringLength(b));
  }

  /** Whether an entry is, or spells, a number: it should be one then, but comes from outside. */
  private static boolean isNumber(Listpack pack, int at) {
    if (pack.isInteger(at)) return true;
    int length = pack.stringLength(at);
    return length <= MAX_NUMBER_TEXT && Numbers.isLong(pack.array(), pack.stringOffset(at), length);
  }

  private static long number(Listpack pack, int at) {
    if (pack.isInteger(at)) return pack.integer(at);
    return Numbers.parseLong(pack.array(), pack.stringOffset(at), pack.stringLength(at));
  }
}
