package org.understudy.rdb;

import java.util.ArrayDeque;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.packed.Listpack;

/** Collections as the pieces that {@link ValueWriter} puts. */
final class ValuePieces {
  private ValuePieces() {}

  /** A value that is one string. */
  static ValueWriter.Pieces packed(byte[] array, int offset, int length) {
    return new Packed(array, offset, length);
  }

  private static final class Packed implements ValueWriter.Pieces {
    private final byte[] array;
    private final int offset;
    private final int length;
    private boolean done;

    Packed(byte[] array, int offset, int length) {
      this.array = array;
      this.offset = offset;
      this.length = length;
    }

    @Override
    public boolean put(RdbOutput out) {
      if (done) return false;
      out.putString(array, offset, length);
      done = true;
      return true;
    }
  }

  /** Strings that come in any order: how many there are, then they, a few at a time. */
  private abstract static class Scanned implements ValueWriter.Pieces {
    /** About how many strings a step of the scan finds. */
    static final int STEP = 64;

    private final ArrayDeque<byte[]> found = new ArrayDeque<>();
    private final long count;
    private long cursor;
    private boolean begun;
    private boolean ended;

    Scanned(long count) {
      this.count = count;
    }

    /** One step of the scan; returns the next cursor. */
    abstract long scan(long cursor, ArrayDeque<byte[]> into);

    @Override
    public boolean put(RdbOutput out) {
      if (!begun) {
        out.putLength(count);
        begun = true;
        return true;
      }
      while (found.isEmpty() && !ended) {
        cursor = scan(cursor, found);
        ended = cursor == 0;
      }
      byte[] next = found.poll();
      if (next == null) return false;
      out.putString(next);
      return true;
    }
  }

  static final class Fields extends Scanned {
    private final HashValue hash;

    Fields(HashValue hash) {
      super(hash.size());
      this.hash = hash;
    }

    @Override
    long scan(long cursor, ArrayDeque<byte[]> into) {
      return hash.scan(cursor, STEP, (field, value) -> {
        into.add(field);
        into.add(value);
      });
    }
  }

  static final class Members extends Scanned {
    private final SetValue set;

    Members(SetValue set) {
      super(set.size());
      this.set = set;
    }

    @Override
    long scan(long cursor, ArrayDeque<byte[]> into) {
      return set.scan(cursor, STEP, into::add);
    }
  }

  /** A list: the number of nodes, then each: what it holds, and that. */
  static final class Nodes implements ValueWriter.Pieces {
    private final ListValue list;
    private int next = -1;

    Nodes(ListValue list) {
      this.list = list;
    }

    @Override
    public boolean put(RdbOutput out) {
      if (next < 0) {
        out.putLength(list.chunks());
      } else if (next == list.chunks()) {
        return false;
      } else if (list.isPlain(next)) {
        out.putLength(RdbFormat.NODE_PLAIN);
        out.putString(list.element(next));
      } else {
        Listpack pack = list.pack(next);
        if (pack == null) pack = alone(list.element(next));
        out.putLength(RdbFormat.NODE_PACKED);
        out.putString(pack.array(), pack.offset(), pack.size());
      }
      next++;
      return true;
    }

    private static Listpack alone(byte[] element) {
      Listpack pack = new Listpack();
      pack.append(element);
      return pack;
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
