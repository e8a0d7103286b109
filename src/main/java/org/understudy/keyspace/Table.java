package org.understudy.keyspace;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.understudy.bytes.Bytes;

/**
 * The entries of one database in the order of their hashes: extendible hashing. A directory, indexed by the top bits of the
 * hash, points to {@link Segment}s; one that is full splits in two, two that have become sparse merge, and nothing else moves
 * then. So growing never costs more than one segment's entries at a time and there is never a second table.
 *
 * <p>Because all order is by hash, a position in hash space (its upper 52 bits, which also fit a double) says which entries
 * an iteration has passed, whatever splits and merges in between. Memory is accounted with every change.
 */
final class Table {
  /** Hash bits below a position. */
  static final int POSITION_SHIFT = 12;
  /** Position after the last one. */
  static final long END = 1L << 64 - POSITION_SHIFT;

  private static final int MAX_DEPTH = 32;
  /** Two segments merge when they have no more entries than this together, far from what would split them again. */
  private static final int MERGE_ENTRIES = 640;
  /** Merging goes on to the next level at once when it is this cheap, so that an emptied table folds up. */
  private static final int MERGE_ON_ENTRIES = 32;
  private static final int RANDOM_TRIES = 256;

  private final long hashSeed;
  private final HeapLayout layout;
  private Segment[] directory = new Segment[1];
  /** Bits of hash that the directory looks at, and how many segments there are of each depth. */
  private int directoryDepth;
  private final int[] segmentsOfDepth = new int[MAX_DEPTH + 1];
  private long size;
  private long entryBytes;
  private long segmentBytes;
  private long expiring;
  // the sum of all expiries, in two halves since one long would not hold it
  private long expirySumHigh;
  private long expirySumLow;
  private long moved;

  /** Where active expiry goes on. */
  long sweepPosition;
  /** What every entry is marked with that is put here; see {@link Snapshot}. */
  private int epoch;
  /** The reader of this table while a snapshot has not read all of it. */
  private Snapshot.Part reader;

  Table(long hashSeed, HeapLayout layout, int epoch) {
    this.hashSeed = hashSeed;
    this.layout = layout;
    this.epoch = epoch;
    Segment first = new Segment(0, Segment.MIN_CAPACITY);
    directory[0] = first;
    segmentAdded(first);
  }

  long hash(byte[] key) {
    return Bytes.hash(key, 0, key.length, hashSeed);
  }

  Segment segment(long hash) {
    return directory[index(hash)];
  }

  private int index(long hash) {
    return (int) (hash >>> 1 >>> 63 - directoryDepth);
  }

  long size() {
    return size;
  }

  // ---- changes -----------------------------------------------------------------------------------------------------------

  /** Is to be told before an entry is changed in place: a snapshot that has not read it takes it as it is. */
  void changing(Object entry) {
    if (reader != null) reader.changing(entry);
  }

  /** Adds an entry whose key is not here. */
  void insert(long hash, Object entry) {
    mark(entry);
    Segment segment = segment(hash);
    while (segment.isFull()) {
      makeRoom(segment, hash);
      segment = segment(hash);
    }
    segment.place(hash, entry);
    size++;
    count(entry, 1);
    noteExpiry(segment, expireAt(entry));
  }

  /** Puts another entry of the same key into a slot. */
  void replace(Segment segment, int slot, Object entry) {
    Object old = segment.slots[slot];
    changing(old);
    mark(entry);
    count(old, -1);
    forgetExpiry(segment, expireAt(old));
    segment.slots[slot] = entry;
    count(entry, 1);
    noteExpiry(segment, expireAt(entry));
  }

  /** Takes an entry out. Afterwards the segment may be another one. */
  void remove(long hash, Segment segment, int slot) {
    Object entry = segment.slots[slot];
    changing(entry);
    count(entry, -1);
    forgetExpiry(segment, expireAt(entry));
    segment.vacate(slot);
    size--;
    if (segment.isSparse()) shrink(segment, hash);
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

  static long expireAt(Object entry) {
    return entry instanceof byte[] record ? Record.expireAt(record) : ((Node) entry).expireAt;
  }

  // ---- for a snapshot ----------------------------------------------------------------------------------------------------

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

  // ---- growing and shrinking ---------------------------------------------------------------------------------------------

  private void makeRoom(Segment segment, long hash) {
    int capacity = Segment.capacityFor(segment.live + 1);
    if (capacity > 0) rebuild(segment, capacity);
    else if (segment.depth < MAX_DEPTH) split(segment, hash);
    else rebuild(segment, segment.capacity() * 2); // unheard of: billions of entries, or a seed that is known
  }

  private void rebuild(Segment segment, int capacity) {
    segmentBytes -= segment.bytes(layout);
    segment.rebuild(capacity, hashSeed);
    segmentBytes += segment.bytes(layout);
    moved += segment.live;
  }

  private void split(Segment segment, long hash) {
    int depth = segment.depth + 1;
    if (depth > directoryDepth) doubleDirectory();
    int ones = 0;
    long bit = 1L << 64 - depth;
    Batch entries = new Batch();
    for (Object entry : segment.slots) {
      if (entry == null) continue;
      long entryHash = Segment.hash(entry, hashSeed);
      if ((entryHash & bit) != 0) ones++;
      entries.add(entryHash, entry);
    }
    Segment low = new Segment(depth, capacityAtLeast(entries.size - ones));
    Segment high = new Segment(depth, capacityAtLeast(ones));
    for (int i = 0; i < entries.size; i++) {
      ((entries.hashes[i] & bit) == 0 ? low : high).adopt(entries.hashes[i], entries.entries[i]);
    }
    point(hash & ~bit, low);
    point(hash | bit, high);
    segmentRemoved(segment);
    segmentAdded(low);
    segmentAdded(high);
    moved += entries.size;
  }

  private static int capacityAtLeast(int entries) {
    int capacity = Segment.capacityFor(entries);
    return capacity == 0 ? Segment.MAX_CAPACITY : capacity;
  }

  private void shrink(Segment segment, long hash) {
    int limit = MERGE_ENTRIES;
    Segment sparse = segment;
    while (sparse.depth > 0) {
      long bit = 1L << 64 - sparse.depth;
      Segment buddy = segment(hash ^ bit);
      if (buddy.depth != sparse.depth || buddy.live + sparse.live > limit) break;
      sparse = merge(sparse, buddy, hash);
      limit = MERGE_ON_ENTRIES;
    }
    if (sparse != segment) return;
    int capacity = Segment.capacityFor(segment.live);
    if (capacity < segment.capacity()) rebuild(segment, capacity);
  }

  private Segment merge(Segment a, Segment b, long hash) {
    Segment merged = new Segment(a.depth - 1, Segment.capacityFor(a.live + b.live));
    for (Object entry : a.slots) if (entry != null) merged.adopt(Segment.hash(entry, hashSeed), entry);
    for (Object entry : b.slots) if (entry != null) merged.adopt(Segment.hash(entry, hashSeed), entry);
    segmentRemoved(a);
    segmentRemoved(b);
    segmentAdded(merged);
    point(hash, merged);
    moved += merged.live;
    while (directoryDepth > 0 && segmentsOfDepth[directoryDepth] == 0) halveDirectory();
    return merged;
  }

  /** Lets all of the directory that a segment stands for point to it. @param hash any hash that belongs there */
  private void point(long hash, Segment segment) {
    int run = 1 << directoryDepth - segment.depth;
    int first = index(hash) & -run;
    Arrays.fill(directory, first, first + run, segment);
  }

  private void doubleDirectory() {
    Segment[] doubled = new Segment[directory.length * 2];
    for (int i = 0; i < doubled.length; i++) doubled[i] = directory[i >> 1];
    directory = doubled;
    directoryDepth++;
  }

  private void halveDirectory() {
    Segment[] halved = new Segment[directory.length / 2];
    for (int i = 0; i < halved.length; i++) halved[i] = directory[i << 1];
    directory = halved;
    directoryDepth--;
  }

  private void segmentAdded(Segment segment) {
    segmentsOfDepth[segment.depth]++;
    segmentBytes += segment.bytes(layout);
  }

  private void segmentRemoved(Segment segment) {
    segmentsOfDepth[segment.depth]--;
    segmentBytes -= segment.bytes(layout);
  }

  /** Entries moved by growing and shrinking so far. */
  long moved() {
    return moved;
  }

  // ---- all entries -------------------------------------------------------------------------------------------------------

  /**
   * Collects the entries from a position on whose homes are among the next {@code slots}, or up to the segment's end.
   *
   * @return the position after them, {@link #END} at the end
   */
  long collect(long position, long slots, Batch into) {
    Segment segment = segment(position << POSITION_SHIFT);
    long end = segmentEnd(segment, position);
    long next = end;
    long slot = segment.home(position << POSITION_SHIFT) + slots;
    if (slot < segment.capacity()) {
      next = segment.positionOfHome((int) slot, segmentStart(segment, position));
      next = Math.min(end, Math.max(position + 1, next));
    }
    if (segment.live > 0) segment.collect(position, next, hashSeed, into);
    return next;
  }

  /** About how many slots hold that many entries from a position on, in its segment. */
  long slotsOf(long entries, long position) {
    Segment segment = segment(position << POSITION_SHIFT);
    if (entries >= segment.live) return segment.capacity();
    return entries * segment.capacity() / segment.live + 1;
  }

  static long segmentStart(Segment segment, long position) {
    return segment.depth == 0 ? 0 : position & -(END >>> segment.depth);
  }

  /** The position after a segment's last. */
  static long segmentEnd(Segment segment, long position) {
    return segmentStart(segment, position) + (END >>> segment.depth);
  }

  /** An entry, each as likely as another; null if there is none. */
  Object random(SplittableRandom random) {
    if (size == 0) return null;
    // any slot of any segment, as if all had as many; an empty one, or one that is not there, is no answer
    int slots = directory.length == 1 ? directory[0].capacity() : Segment.MAX_CAPACITY;
    for (int i = 0; i < RANDOM_TRIES; i++) {
      int at = random.nextInt(directory.length);
      Segment segment = directory[at];
      int run = 1 << directoryDepth - segment.depth;
      int slot = random.nextInt(slots);
      // a shallow segment stands in the directory several times and counts once
      if ((at & run - 1) != 0 || slot >= segment.capacity()) continue;
      Object entry = segment.slots[slot];
      if (entry != null) return entry;
    }
    return nth(random.nextLong(size));
  }

  /** For a table that is nearly empty: counts through the segments. */
  private Object nth(long n) {
    for (int i = 0; ; i += 1 << directoryDepth - directory[i].depth) {
      Segment segment = directory[i];
      if (n >= segment.live) {
        n -= segment.live;
        continue;
      }
      for (Object entry : segment.slots) if (entry != null && n-- == 0) return entry;
    }
  }

  // ---- figures -----------------------------------------------------------------------------------------------------------

  /** Bytes of the directory and the segments. */
  long overheadBytes() {
    return segmentBytes + layout.referenceArray(directory.length);
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

  /** {@link #usedBytes} and the other running figures computed afresh, for tests; null if they agree, else what differs. */
  String audit() {
    long entries = 0;
    long bytes = layout.referenceArray(directory.length);
    long withExpiry = 0;
    for (int i = 0; i < directory.length; i += 1 << directoryDepth - directory[i].depth) {
      Segment segment = directory[i];
      bytes += segment.bytes(layout);
      int found = 0;
      int foundExpiring = 0;
      for (int slot = 0; slot < segment.capacity(); slot++) {
        Object entry = segment.slots[slot];
        if (entry == null) continue;
        found++;
        long hash = Segment.hash(entry, hashSeed);
        if (segment(hash) != segment) return "entry in the wrong segment";
        byte[] key = entry instanceof byte[] record ? Record.key(record) : ((Node) entry).key;
        if (segment.find(hash, key) != slot) return "entry that is not found";
        bytes += entry instanceof byte[] record ? layout.byteArray(record.length) : ((Node) entry).bytes(layout);
        long expireAt = expireAt(entry);
        if (expireAt == Entry.NO_EXPIRE) continue;
        foundExpiring++;
        boolean inSweep = sweepPosition > segmentStart(segment, sweepPosition) && segment(sweepPosition << POSITION_SHIFT) == segment;
        if (expireAt < segment.earliestExpiry && !inSweep) return "expiry before the earliest";
      }
      if (found != segment.live) return "segment counts " + segment.live + " of " + found;
      if (foundExpiring != segment.expiring) return "segment counts " + segment.expiring + " expiring of " + foundExpiring;
      entries += found;
      withExpiry += foundExpiring;
    }
    if (entries != size) return "size " + size + " of " + entries;
    if (withExpiry != expiring) return "expiring " + expiring + " of " + withExpiry;
    return bytes == usedBytes() ? null : "bytes " + usedBytes() + " of " + bytes;
  }
}
