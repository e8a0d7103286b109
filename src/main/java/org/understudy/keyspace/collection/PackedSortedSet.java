package org.understudy.keyspace.collection;

import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.packed.Listpack;

/**
 * A small sorted set within a listpack: members and scores in turn, in the order of the set. A score that is a whole
 * number of up to 2^62 is an integer entry, so that -0 becomes 0; any other is text. Every search is a walk.
 */
final class PackedSortedSet {
  private static final double INTEGER_LIMIT = 0x1p62;

  private PackedSortedSet() {}

  static int size(Listpack pack) {
    return pack.count() / 2;
  }

  /** The position of a member, or {@link Listpack#NONE}. */
  static int find(Listpack pack, byte[] member) {
    return pack.find(member, pack.first(), 1);
  }

  /** The score of the member at a position. */
  static double scoreOf(Listpack pack, int member) {
    int at = pack.next(member);
    if (pack.isInteger(at)) return pack.integer(at);
    return Doubles.parse(pack.array(), pack.stringOffset(at), pack.stringLength(at));
  }

  /** Whether every score is a number: what is not of our making may be anything. */
  static boolean hasScores(Listpack pack) {
    for (int at = pack.first(); at != Listpack.NONE; at = following(pack, at)) {
      int score = pack.next(at);
      if (pack.isInteger(score)) continue;
      if (Double.isNaN(Doubles.parse(pack.array(), pack.stringOffset(score), pack.stringLength(score)))) return false;
    }
    return true;
  }

  /** The rank of a member that is at a position. */
  static int rank(Listpack pack, int member) {
    int rank = 0;
    for (int at = pack.first(); at != member; at = following(pack, at)) rank++;
    return rank;
  }

  /** The number of members with a lower score, or up to and including that score. */
  static int rankOf(Listpack pack, double score, boolean inclusive) {
    int rank = 0;
    for (int at = pack.first(); at != Listpack.NONE; at = following(pack, at), rank++) {
      double there = scoreOf(pack, at);
      if (inclusive ? there > score : there >= score) break;
    }
    return rank;
  }

  /** The number of members before a place among members of equal score. */
  static int rankOf(Listpack pack, byte[] member, int from, boolean inclusive) {
    int rank = 0;
    for (int at = pack.first(); at != Listpack.NONE; at = following(pack, at), rank++) {
      int order = compareMember(pack, at, member, from);
      if (inclusive ? order > 0 : order >= 0) break;
    }
    return rank;
  }

  /** Adds a member that is not there. */
  static void add(Listpack pack, double score, byte[] member) {
    int at = placeOf(pack, score, member);
    if (at == Listpack.NONE) {
      append(pack, score, member);
      return;
    }
    at = pack.insertBefore(at, member);
    if (isWhole(score)) pack.insertAfter(at, (long) score);
    else pack.insertAfter(at, Bytes.of(Doubles.toText(score)));
  }

  /** Adds a member that is behind all others. */
  static void append(Listpack pack, double score, byte[] member) {
    pack.append(member);
    if (isWhole(score)) pack.append((long) score);
    else pack.append(Bytes.of(Doubles.toText(score)));
  }

  /** Whether a score becomes an integer entry. */
  static boolean isWhole(double score) {
    return score == (long) score && Math.abs(score) <= INTEGER_LIMIT;
  }

  /** The position that is behind a member to be added; {@link Listpack#NONE} at the end. */
  private static int placeOf(Listpack pack, double score, byte[] member) {
    int at = pack.first();
    while (at != Listpack.NONE) {
      double there = scoreOf(pack, at);
      if (there > score || there == score && compareMember(pack, at, member, 0) > 0) break;
      at = following(pack, at);
    }
    return at;
  }

  static int following(Listpack pack, int member) {
    return pack.next(pack.next(member));
  }

  private static int compareMember(Listpack pack, int at, byte[] member, int from) {
    if (pack.isInteger(at)) {
      byte[] text = Bytes.of(pack.integer(at));
      return Arrays.compareUnsigned(text, 0, text.length, member, from, member.length);
    }
    int offset = pack.stringOffset(at);
    return Arrays.compareUnsigned(pack.array(), offset, offset + pack.stringLength(at), member, from,
        member.length);
  }

  static ScoredCursor cursor(Listpack pack, int rank, boolean backwards) {
    return new Cursor(pack, rank < 0 ? Listpack.NONE : pack.seek(2L * rank), backwards);
  }

  private static final class Cursor extends ScoredCursor {
    private final Listpack pack;
    private final boolean backwards;
    private final byte[] number = new byte[20];
    /** Position of the next member. */
    private int at;

    Cursor(Listpack pack, int at, boolean backwards) {
      this.pack = pack;
      this.at = at;
      this.backwards = backwards;
    }

    @Override
    public boolean next() {
      if (at == Listpack.NONE) return false;
      if (pack.isInteger(at)) {
        array = number;
        offset = 0;
        length = Numbers.putDecimal(pack.integer(at), number, 0);
      } else {
        array = pack.array();
        offset = pack.stringOffset(at);
        length = pack.stringLength(at);
      }
      score = scoreOf(pack, at);
      at = backwards ? preceding(at) : following(pack, at);
      return true;
    }

    private int preceding(int member) {
      int score = pack.previous(member);
      return score == Listpack.NONE ? Listpack.NONE : pack.previous(score);
    }
  }
}
