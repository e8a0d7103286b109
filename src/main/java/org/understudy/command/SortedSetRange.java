package org.understudy.command;

import java.util.Arrays;
import org.understudy.bytes.Doubles;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;

/** A range of a sorted set as arguments describe it. Ends before starts, and starts behind the set, make it empty. */
interface SortedSetRange {
  CommandError NOT_SCORES = CommandError.err("min or max is not a float");
  CommandError NOT_MEMBERS = CommandError.err("min or max not valid string range item");

  /** Where the range is in a set that is not empty. */
  Ranks in(SortedSetValue set);

  /** Ranks from {@code from}, inclusive, to {@code to}, exclusive. */
  record Ranks(int from, int to) {
    public Ranks {
      to = Math.max(from, to);
    }

    int size() {
      return to - from;
    }
  }

  /**
   * Both ends inclusive, counted from the end if negative.
   *
   * @param reverse whether ranks count from the highest score down
   */
  static SortedSetRange ofRanks(byte[] start, byte[] stop, boolean reverse) {
    long first = Arguments.integer(start);
    long last = Arguments.integer(stop);
    return set -> {
      int size = set.size();
      long from = Math.max(0, first < 0 ? first + size : first);
      long to = Math.min(size - 1, last < 0 ? last + size : last) + 1;
      if (from >= to) return new Ranks(0, 0);
      return reverse ? new Ranks((int) (size - to), (int) (size - from)) : new Ranks((int) from, (int) to);
    };
  }

  /** From one score to another; one with a parenthesis before it is not part of the range. */
  static SortedSetRange ofScores(byte[] min, byte[] max) {
    boolean afterMin = isExclusive(min);
    boolean beforeMax = isExclusive(max);
    double lowest = score(min, afterMin);
    double highest = score(max, beforeMax);
    return set -> new Ranks(afterMin ? set.rankAfter(lowest) : set.rankOf(lowest),
        beforeMax ? set.rankOf(highest) : set.rankAfter(highest));
  }

  private static boolean isExclusive(byte[] bound) {
    return bound.length > 0 && bound[0] == '(';
  }

  private static double score(byte[] bound, boolean exclusive) {
    int offset = exclusive ? 1 : 0;
    double score = Doubles.parseLoosely(bound, offset, bound.length - offset);
    if (Double.isNaN(score)) throw NOT_SCORES;
    return score;
  }

  /**
   * From one member to another, in a set whose scores are all equal. A bound is {@code [member}, {@code (member} if it
   * is not part of the range, {@code -} before all members, {@code +} behind all.
   *
   * <p>Where scores differ no answer is right, but in a small set ours is Redis's: replicas are told of ZREMRANGEBYLEX
   * as it is, and have to remove the same members. Source: zzlFirstInLexRange, zzlLastInLexRange, t_zset.c 7.0.15.
   *
   * @param reverse whether the range is looked for from its end
   */
  static SortedSetRange ofMembers(byte[] min, byte[] max, boolean reverse) {
    requireMember(min);
    requireMember(max);
    return set -> {
      ScoredCursor first = at(set, 0);
      ScoredCursor last = at(set, set.size() - 1);
      if (first.score == last.score) return new Ranks(rank(set, min, '('), rank(set, max, '['));
      if (!isBehind(last, min) || !isBefore(first, max)) return new Ranks(0, 0);
      return set.isPacked() ? walk(set, min, max, reverse) : new Ranks(rank(set, min, '('), rank(set, max, '['));
    };
  }

  private static ScoredCursor at(SortedSetValue set, int rank) {
    ScoredCursor cursor = set.cursor(rank, false);
    cursor.next();
    return cursor;
  }

  /** Member by member: passes over those in front of the range, up to the first that is not within. */
  private static Ranks walk(SortedSetValue set, byte[] min, byte[] max, boolean reverse) {
    int size = set.size();
    ScoredCursor cursor = set.cursor(reverse ? size - 1 : 0, reverse);
    boolean more = cursor.next();
    int passed = 0;
    for (; more && !(reverse ? isBefore(cursor, max) : isBehind(cursor, min)); more = cursor.next()) passed++;
    int taken = 0;
    for (; more && (reverse ? isBehind(cursor, min) : isBefore(cursor, max)); more = cursor.next()) taken++;
    return reverse ? new Ranks(size - passed - taken, size - passed) : new Ranks(passed, passed + taken);
  }

  private static boolean isBehind(ScoredCursor member, byte[] min) {
    return switch (min[0]) {
      case '-' -> true;
      case '+' -> false;
      default -> compare(member, min) >= (min[0] == '[' ? 0 : 1);
    };
  }

  private static boolean isBefore(ScoredCursor member, byte[] max) {
    return switch (max[0]) {
      case '-' -> false;
      case '+' -> true;
      default -> compare(member, max) <= (max[0] == '[' ? 0 : -1);
    };
  }

  /** -1, 0 or 1. */
  private static int compare(ScoredCursor member, byte[] bound) {
    return Integer.signum(Arrays.compareUnsigned(member.array, member.offset, member.offset + member.length,
        bound, 1, bound.length));
  }

  private static void requireMember(byte[] bound) {
    byte kind = bound.length == 0 ? 0 : bound[0];
    boolean whole = bound.length == 1 || bound.length > 1 && bound[1] == 0; // as far as C sees it
    boolean valid = kind == '[' || kind == '(' || (kind == '+' || kind == '-') && whole;
    if (!valid) throw NOT_MEMBERS;
  }

  /** @param inclusive the kind of bound that counts a member equal to it */
  private static int rank(SortedSetValue set, byte[] bound, char inclusive) {
    return switch (bound[0]) {
      case '-' -> 0;
      case '+' -> set.size();
      default -> set.rankOf(bound, 1, bound[0] == inclusive);
    };
  }
}
