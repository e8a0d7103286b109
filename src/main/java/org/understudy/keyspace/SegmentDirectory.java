package org.understudy.keyspace;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Entries in the order of their hashes: extendible hashing. A directory, indexed by the top bits of the hash, points to
 * {@link HashSegment}s; one that is full splits in two, two that have become sparse merge, and nothing else moves then.
 * So growing never costs more than one segment's entries at a time and there is never a second table.
 *
 * <p>Because all order is by hash, a position in hash space (its upper 52 bits, which also fit a double) says which
 * entries an iteration has passed, whatever splits and merges in between.
 *
 * @param <S> the segments, which know what an entry is
 */
public abstract class SegmentDirectory<S extends HashSegment> {
  /** Hash bits below a position. */
  static final int POSITION_SHIFT = 12;
  /** Position after the last one. */
  public static final long END = 1L << 64 - POSITION_SHIFT;

  private static final int MAX_DEPTH = 32;
  /** Two segments merge when they have no more entries than this together, far from what would split them again. */
  private static final int MERGE_ENTRIES = 640;
  /** Merging goes on to the next level at once when it is this cheap, so that an emptied table folds up. */
  private static final int MERGE_ON_ENTRIES = 32;
  private static final int RANDOM_TRIES = 256;

  private HashSegment[] directory;
  /** Bits of hash that the directory looks at, and how many segments are as deep. */
  private int directoryDepth;
  private int deepest;
  private int segments;
  private long slots;
  private long size;
  private long moved;

  /** @param first an empty segment of depth 0 */
  protected SegmentDirectory(S first) {
    directory = new HashSegment[] {first};
    segmentAdded(first);
  }

  /** One of the same segments. */
  protected SegmentDirectory(SegmentDirectory<S> other) {
    directory = other.directory.clone();
    directoryDepth = other.directoryDepth;
    deepest = other.deepest;
    segments = other.segments;
    slots = other.slots;
    size = other.size;
    moved = other.moved;
  }

  protected abstract S newSegment(int depth, int capacity);

  /** The hash of an entry's key. */
  protected abstract long hashOf(Object entry);

  /** The hash of a key. */
  protected abstract long hash(byte[] key);

  /** The segment of a hash. */
  @SuppressWarnings("unchecked")
  protected final S segment(long hash) {
    return (S) directory[index(hash)];
  }

  private int index(long hash) {
    return (int) (hash >>> 1 >>> 63 - directoryDepth);
  }

  public final long size() {
    return size;
  }

  // ---- looking ahead ------------------------------------------------------------------------------------------------

  /**
   * Brings what look-ups of these keys are going to read into the processor's caches. Each of them waits for memory
   * several times in a row (tags, slot, entry); asked for side by side the waits of all keys pass at the same time.
   *
   * @param hashes room for as many numbers
   * @return a number without meaning, which the caller has to keep so that the reads are not optimised away
   */
  public final int warm(byte[][] keys, int count, long[] hashes) {
    int read = 0;
    for (int i = 0; i < count; i++) hashes[i] = hash(keys[i]);
    for (int i = 0; i < count; i++) read += segment(hashes[i]).touchTags(hashes[i]);
    for (int i = 0; i < count; i++) if (segment(hashes[i]).likely(hashes[i]) != null) read++;
    for (int i = 0; i < count; i++) {
      if (segment(hashes[i]).likely(hashes[i]) instanceof byte[] record) read += record[0] + record[record.length - 1];
    }
    return read;
  }

  // ---- changes ------------------------------------------------------------------------------------------------------

  /** Adds an entry whose key is not here, to a segment that may be changed. */
  protected final S place(long hash, Object entry) {
    S segment = segment(hash);
    while (segment.isFull()) {
      makeRoom(segment, hash);
      segment = segment(hash);
    }
    segment.place(hash, entry);
    size++;
    return segment;
  }

  /** Takes an entry out of a segment that may be changed. Afterwards the segment may be another one. */
  protected final void vacate(long hash, S segment, int slot) {
    segment.vacate(slot);
    size--;
    if (segment.isSparse()) shrink(segment, hash);
  }

  /** Puts another segment in the place of one, with the same entries and as many slots. */
  protected final void exchange(long hash, S segment) {
    point(hash, segment);
  }

  // ---- growing and shrinking ----------------------------------------------------------------------------------------

  /** Makes room for so many entries at once, so that none has to move while they come; does nothing unless empty. */
  protected final void reserve(long entries) {
    if (size > 0) return;
    int depth = 0;
    while (depth < MAX_DEPTH && HashSegment.capacityFor(entries >> depth) == 0) depth++;
    directory = new HashSegment[1 << depth];
    directoryDepth = depth;
    deepest = 0;
    segments = 0;
    slots = 0;
    for (int i = 0; i < directory.length; i++) {
      S segment = newSegment(depth, HashSegment.capacityFor(entries >> depth));
      directory[i] = segment;
      segmentAdded(segment);
    }
  }

  private void makeRoom(S segment, long hash) {
    int capacity = HashSegment.capacityFor(segment.live + 1);
    if (capacity > 0) rebuild(segment, capacity);
    else if (segment.depth < MAX_DEPTH) split(segment, hash);
    else rebuild(segment, segment.capacity() * 2); // unheard of: billions of entries, or a seed that is known
  }

  private void rebuild(S segment, int capacity) {
    slots += capacity - segment.capacity();
    segment.rebuild(capacity, this);
    moved += segment.live;
  }

  private void split(S segment, long hash) {
    int depth = segment.depth + 1;
    if (depth > directoryDepth) doubleDirectory();
    int ones = 0;
    long bit = 1L << 64 - depth;
    Batch entries = new Batch(segment.live);
    for (Object entry : segment.slots) {
      if (entry == null) continue;
      long entryHash = hashOf(entry);
      if ((entryHash & bit) != 0) ones++;
      entries.add(entryHash, entry);
    }
    S low = newSegment(depth, capacityAtLeast(entries.size - ones));
    S high = newSegment(depth, capacityAtLeast(ones));
    for (int i = 0; i < entries.size; i++) {
      ((entries.hashes[i] & bit) == 0 ? low : high).adopt(entries.hashes[i], entries.entries[i]);
    }
    segmentRemoved(segment);
    point(hash & ~bit, low);
    point(hash | bit, high);
    segmentAdded(low);
    segmentAdded(high);
    moved += entries.size;
  }

  private static int capacityAtLeast(int entries) {
    int capacity = HashSegment.capacityFor(entries);
    return capacity == 0 ? HashSegment.MAX_CAPACITY : capacity;
  }

  private void shrink(S segment, long hash) {
    int limit = MERGE_ENTRIES;
    S sparse = segment;
    while (sparse.depth > 0) {
      long bit = 1L << 64 - sparse.depth;
      S buddy = segment(hash ^ bit);
      if (buddy.depth != sparse.depth || buddy.live + sparse.live > limit) break;
      sparse = merge(sparse, buddy, hash);
      limit = MERGE_ON_ENTRIES;
    }
    if (sparse != segment) return;
    int capacity = HashSegment.capacityFor(segment.live);
    if (capacity < segment.capacity()) rebuild(segment, capacity);
  }

  private S merge(S a, S b, long hash) {
    S merged = newSegment(a.depth - 1, HashSegment.capacityFor(a.live + b.live));
    for (Object entry : a.slots) if (entry != null) merged.adopt(hashOf(entry), entry);
    for (Object entry : b.slots) if (entry != null) merged.adopt(hashOf(entry), entry);
    segmentRemoved(a);
    segmentRemoved(b);
    point(hash, merged);
    segmentAdded(merged);
    moved += merged.live;
    while (directoryDepth > 0 && deepest == 0) halveDirectory();
    return merged;
  }

  /** Lets all of the directory that a segment stands for point to it. @param hash any hash that belongs there */
  private void point(long hash, S segment) {
    int run = 1 << directoryDepth - segment.depth;
    int first = index(hash) & -run;
    Arrays.fill(directory, first, first + run, segment);
  }

  private void doubleDirectory() {
    HashSegment[] doubled = new HashSegment[directory.length * 2];
    for (int i = 0; i < doubled.length; i++) doubled[i] = directory[i >> 1];
    directory = doubled;
    directoryDepth++;
    deepest = 0;
  }

  private void halveDirectory() {
    HashSegment[] halved = new HashSegment[directory.length / 2];
    directoryDepth--;
    for (int i = 0; i < halved.length; i++) {
      halved[i] = directory[i << 1];
      if (halved[i].depth == directoryDepth) deepest++;
    }
    directory = halved;
  }

  private void segmentAdded(S segment) {
    segments++;
    slots += segment.capacity();
    if (segment.depth == directoryDepth) deepest++;
  }

  private void segmentRemoved(S segment) {
    segments--;
    slots -= segment.capacity();
    if (segment.depth == directoryDepth) deepest--;
  }

  /** Entries moved by growing and shrinking so far. */
  final long moved() {
    return moved;
  }

  // ---- all entries --------------------------------------------------------------------------------------------------

  /**
   * Collects the entries from a position on whose homes are among the next {@code slots}, or up to the segment's end.
   *
   * @return the position after them, {@link #END} at the end
   */
  public final long collect(long position, long slots, Batch into) {
    S segment = segment(position << POSITION_SHIFT);
    long end = segmentEnd(segment, position);
    long next = end;
    long slot = segment.home(position << POSITION_SHIFT) + slots;
    if (slot < segment.capacity()) {
      next = segment.positionOfHome((int) slot, segmentStart(segment, position));
      next = Math.min(end, Math.max(position + 1, next));
    }
    if (segment.live > 0) segment.collect(position, next, this, into);
    return next;
  }

  /** Visits entries as long as the visitor says so. It must not change anything here. */
  protected final void forEachEntryWhile(Predicate<Object> visitor) {
    for (int i = 0; i < directory.length; i += 1 << directoryDepth - directory[i].depth) {
      for (Object entry : directory[i].slots) if (entry != null && !visitor.test(entry)) return;
    }
  }

  /** About how many slots hold that many entries from a position on, in its segment. */
  public final long slotsOf(long entries, long position) {
    S segment = segment(position << POSITION_SHIFT);
    if (entries >= segment.live) return segment.capacity();
    return entries * segment.capacity() / segment.live + 1;
  }

  static long segmentStart(HashSegment segment, long position) {
    return segment.depth == 0 ? 0 : position & -(END >>> segment.depth);
  }

  /** The position after a segment's last. */
  static long segmentEnd(HashSegment segment, long position) {
    return segmentStart(segment, position) + (END >>> segment.depth);
  }

  /** An entry, each as likely as another; null if there is none. */
  public final Object random(SplittableRandom random) {
    if (size == 0) return null;
    // any slot of any segment, as if all had as many; an empty one, or one that is not there, is no answer
    int slots = directory.length == 1 ? directory[0].capacity() : HashSegment.MAX_CAPACITY;
    for (int i = 0; i < RANDOM_TRIES; i++) {
      int at = random.nextInt(directory.length);
      HashSegment segment = directory[at];
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
      HashSegment segment = directory[i];
      if (n >= segment.live) {
        n -= segment.live;
        continue;
      }
      for (Object entry : segment.slots) if (entry != null && n-- == 0) return entry;
    }
  }

  // ---- figures ------------------------------------------------------------------------------------------------------

  /** Places for entries, empty ones included. */
  public final long slots() {
    return slots;
  }

  /** Bytes of heap of the directory and the segments, without the entries. */
  public final long directoryBytes(HeapLayout layout) {
    // arrays of as many slots as segments have: padding does not depend on how many
    long segmentWithoutSlots = directory[0].ownBytes(layout) + layout.referenceArray(0) + layout.byteArray(8);
    return layout.referenceArray(directory.length) + segments * segmentWithoutSlots
        + slots * (layout.reference() + 1);
  }

  /**
   * Counts and places checked one by one, for tests.
   *
   * @param keyOf the key of an entry
   * @param perSegment further checks of a segment; null if all is well
   * @return null if all is well, else what is not
   */
  protected final String audit(Function<Object, byte[]> keyOf, Function<S, String> perSegment,
      HeapLayout layout) {
    long entries = 0;
    long bytes = layout.referenceArray(directory.length);
    for (int i = 0; i < directory.length; i += 1 << directoryDepth - directory[i].depth) {
      @SuppressWarnings("unchecked")
      S segment = (S) directory[i];
      bytes += segment.bytes(layout);
      int found = 0;
      for (int slot = 0; slot < segment.capacity(); slot++) {
        Object entry = segment.slots[slot];
        if (entry == null) continue;
        found++;
        long hash = hashOf(entry);
        if (segment(hash) != segment) return "entry in the wrong segment";
        if (segment.find(hash, keyOf.apply(entry)) != slot) return "entry that is not found";
      }
      if (found != segment.live) return "segment counts " + segment.live + " of " + found;
      String wrong = perSegment.apply(segment);
      if (wrong != null) return wrong;
      entries += found;
    }
    if (entries != size) return "size " + size + " of " + entries;
    return bytes == directoryBytes(layout) ? null : "bytes " + directoryBytes(layout) + " of " + bytes;
  }
}
