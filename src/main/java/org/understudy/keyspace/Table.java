package org.understudy.keyspace;

import java.util.SplittableRandom;
import org.understudy.bytes.Bytes;

/** The entries of one database. Memory is accounted with every change. */
final class Table extends SegmentDirectory<Segment> {
  private final long hashSeed;
  private final HeapLayout layout;
  private long entryBytes;
  private long expiring;
  // the sum of all expiries, in two halves since one long would not hold it
  private long expirySumHigh;
  private long expirySumLow;

  /** Where active expiry goes on. */
  long sweepPosition;
  /** What every entry is marked with that is put here; see {@link Snapshot}. */
  private int epoch;
  /** The reader of this table while a snapshot has not read all of it. */
  private Snapshot.Part reader;

  Table(long hashSeed, HeapLayout layout, int epoch) {
    super(new Segment(0, HashSegment.MIN_CAPACITY));
    this.hashSeed = hashSeed;
    this.layout = layout;
    this.epoch = epoch;
  }

  @Override
  protected Segment newSegment(int depth, int capacity) {
    return new Segment(depth, capacity);
  }

  @Override
  protected long hashOf(Object entry) {
    return Segment.hash(entry, hashSeed);
  }

  @Override
  protected long hash(byte[] key) {
    return Bytes.hash(key, 0, key.length, hashSeed);
  }

  // ---- changes ------------------------------------------------------------------------------------------------------

  /** Is to be told before an entry is changed in place: a snapshot that has not read it takes it as it is. */
  void changing(Object entry) {
    if (reader != null) reader.changing(entry);
  }

  /** Adds an entry whose key is not here. */
  void insert(long hash, Object entry) {
    mark(entry);
    Segment segment = place(hash, entry);
    count(entry, 1);
    noteExpiry(segment, Stored.expireAt(entry));
  }

  /** Puts another entry of the same key into a slot. */
  void replace(Segment segment, int slot, Object entry) {
    Object old = segment.slots[slot];
    changing(old);
    mark(entry);
    count(old, -1);
    forgetExpiry(segment, Stored.expireAt(old));
    segment.slots[slot] = entry;
    count(entry, 1);
    noteExpiry(segment, Stored.expireAt(entry));
  }

  /** Takes an entry out. Afterwards the segment may be another one. */
  void remove(long hash, Segment segment, int slot) {
    Object entry = segment.slots[slot];
    changing(entry);
    count(entry, -1);
    forgetExpiry(segment, Stored.expireAt(entry));
    vacate(hash, segment, slot);
  }

  /** Counts a node's memory anew. */
  void recount(Node node) {
    entryBytes -= node.countedBytes;
    node.countedBytes = node.bytes(layout);
    entryBytes += node.countedBytes;
  }

  /** Tells of an expiry that was written into an entry in place. */
  void expiryChanged(Segment segment, long from, long to) {
    forgetExpiry(segment, from);
    noteExpiry(segment, to);
  }

  private void count(Object entry, int sign) {
    if (entry instanceof byte[] record) {
      entryBytes += sign * layout.byteArray(record.length);
      return;
    }
    Node node = (Node) entry;
    if (sign > 0) node.countedBytes = node.bytes(layout);
    entryBytes += sign * node.countedBytes;
  }

  private void noteExpiry(Segment segment, long expireAt) {
    if (expireAt == Entry.NO_EXPIRE) return;
    segment.expiring++;
    segment.earliestExpiry = Math.min(segment.earliestExpiry, expireAt);
    expiring++;
    expirySumHigh += expireAt >> 32;
    expirySumLow += expireAt & 0xFFFFFFFFL;
  }

  private void forgetExpiry(Segment segment, long expireAt) {
    if (expireAt == Entry.NO_EXPIRE) return;
    segment.expiring--;
    expiring--;
    expirySumHigh -= expireAt >> 32;
    expirySumLow -= expireAt & 0xFFFFFFFFL;
  }

  // ---- for a snapshot -----------------------------------------------------------------------------------------------

  /** From now on every entry here is older than the epoch. @param reader takes them, or null if nobody does */
  void startEpoch(int epoch, Snapshot.Part reader) {
    this.epoch = epoch;
    this.reader = reader;
  }

  /** The reader has read everything, or gave up. */
  void readerDone() {
    reader = null;
  }

  int epoch() {
    return epoch;
  }

  void mark(Object entry) {
    if (entry instanceof byte[] record) Record.epoch(record, epoch);
    else ((Node) entry).epoch(epoch);
  }

  static int epochOf(Object entry) {
    return entry instanceof byte[] record ? Record.epoch(record) : ((Node) entry).epoch();
  }

  // ---- samples ------------------------------------------------------------------------------------------------------

  /**
   * Collects entries from a random place on: their order is that of hashes, so neighbours have nothing in common.
   *
   * @param expiringOnly leaves out those without an expiry
   */
  void sample(SplittableRandom random, int wanted, boolean expiringOnly, Batch into) {
    long start = random.nextLong(END);
    long left = END;
    for (long position = start; left > 0 && into.size < wanted; ) {
      Segment segment = segment(position << POSITION_SHIFT);
      int candidates = expiringOnly ? segment.expiring : segment.live;
      long next = candidates == 0 ? segmentEnd(segment, position)
          : collect(position, (long) wanted * segment.capacity() / candidates + 1, into);
      if (expiringOnly && candidates > 0) into.removeIf(entry -> Stored.expireAt(entry) == Entry.NO_EXPIRE);
      left -= next - position;
      position = next == END ? 0 : next;
    }
    into.truncate(wanted);
  }

  // ---- figures ------------------------------------------------------------------------------------------------------

  /** Bytes of the directory and the segments. */
  long overheadBytes() {
    return directoryBytes(layout);
  }

  long usedBytes() {
    return entryBytes + overheadBytes();
  }

  /** Bytes of one entry and its slot. */
  long bytes(Object entry) {
    long slot = layout.reference() + 1;
    return slot + (entry instanceof byte[] record ? layout.byteArray(record.length) : ((Node) entry).countedBytes);
  }

  /** How many entries have an expiry. */
  long expiring() {
    return expiring;
  }

  /** Mean of all expiries in Unix milliseconds; 0 if there is none. */
  double averageExpiry() {
    return expiring == 0 ? 0 : (expirySumHigh * 0x1p32 + expirySumLow) / expiring;
  }

  /** The running figures computed afresh, for tests; null if they agree, else what differs. */
  String audit() {
    long[] found = new long[2]; // expiring entries, bytes of entries
    String wrong = audit(Stored::key, segment -> audit(segment, found), layout);
    if (wrong != null) return wrong;
    if (found[0] != expiring) return "expiring " + expiring + " of " + found[0];
    return found[1] == entryBytes ? null : "bytes of entries " + entryBytes + " of " + found[1];
  }

  private String audit(Segment segment, long[] found) {
    long foundExpiring = 0;
    for (Object entry : segment.slots) {
      if (entry == null) continue;
      found[1] += entry instanceof byte[] record ? layout.byteArray(record.length) : ((Node) entry).bytes(layout);
      long expireAt = Stored.expireAt(entry);
      if (expireAt == Entry.NO_EXPIRE) continue;
      foundExpiring++;
      boolean inSweep = sweepPosition > segmentStart(segment, sweepPosition)
          && segment(sweepPosition << POSITION_SHIFT) == segment;
      if (expireAt < segment.earliestExpiry && !inSweep) return "expiry before the earliest";
    }
    found[0] += foundExpiring;
    if (foundExpiring == segment.expiring) return null;
    return "segment counts " + segment.expiring + " expiring of " + foundExpiring;
  }
}
