package org.understudy.keyspace;

import java.util.Arrays;
import org.understudy.bytes.Bytes;

/** A segment of a database's {@link Table}: its entries are {@link Record}s and {@link Node}s. */
final class Segment extends HashSegment {
  /** Entries with an expiry, and a lower bound of those expiries. */
  int expiring;
  long earliestExpiry = Long.MAX_VALUE;

  Segment(int depth, int capacity) {
    super(depth, capacity);
  }

  @Override
  protected boolean holds(Object entry, byte[] key) {
    return entry instanceof byte[] record ? Record.hasKey(record, key) : Arrays.equals(((Node) entry).key, key);
  }

  /** Its expiry is noted. */
  @Override
  protected void adopt(long hash, Object entry) {
    super.adopt(hash, entry);
    long expireAt = Stored.expireAt(entry);
    if (expireAt == Entry.NO_EXPIRE) return;
    expiring++;
    earliestExpiry = Math.min(earliestExpiry, expireAt);
  }

  @Override
  protected long ownBytes(HeapLayout layout) {
    return layout.object(2, 24);
  }

  static long hash(Object entry, long seed) {
    if (entry instanceof byte[] record) {
      return Bytes.hash(record, Record.keyStart(record), Record.keyLength(record), seed);
    }
    byte[] key = ((Node) entry).key;
    return Bytes.hash(key, 0, key.length, seed);
  }
}
