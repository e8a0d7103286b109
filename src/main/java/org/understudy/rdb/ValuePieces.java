package org.understudy.rdb;

import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;

/** Collections as the pieces that {@link ValueWriter} puts. */
final class ValuePieces {
  private ValuePieces() {}

  /** A value that is one string. */
  static ValueWriter.Pieces packed(byte[] array, int length) {
    return new Packed(array, length);
  }

  private static final class Packed implements ValueWriter.Pieces {
    private final byte[] array;
    private final int length;
    private boolean done;

    Packed(byte[] array, int length) {
      this.array = array;
      this.length = length;
    }

    @Override
    public boolean put(RdbOutput out) {
      if (done) return false;
      out.putString(array, 0, length);
      done = true;
      return true;
    }
  }

  /** A large sorted set: the number of members, then members and scores from the greatest on, as Redis writes them. */
  static final class Scored implements ValueWriter.Pieces {
    private final SortedSetValue set;
    private ScoredCursor cursor;
    private boolean scoreNext;

    Scored(SortedSetValue set) {
      this.set = set;
    }

    @Override
    public boolean put(RdbOutput out) {
      if (cursor == null) {
        out.putLength(set.size());
        cursor = set.cursor(set.size() - 1, true);
        return true;
      }
      if (scoreNext) {
        out.putDouble(cursor.score);
        scoreNext = false;
        return true;
      }
      if (!cursor.next()) return false;
      out.putString(cursor.array, cursor.offset, cursor.length);
      scoreNext = true;
      return true;
    }
  }
}
