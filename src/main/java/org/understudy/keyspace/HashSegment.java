package org.understudy.keyspace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A small open-addressed table for the entries of a {@link SegmentDirectory} whose hashes begin with the same {@link
 * #depth} bits. What an entry is, and what its key, subclasses know.
 *
 * <p>An entry's home grows with its hash, so a range of hashes is a run of slots (and what was displaced behind it by
 * linear probing). A byte a slot tells empty, deleted, or eight bits of the entry's hash; eight of them are compared at
 * a time, so a lookup touches one line of tags, one of slots, and with high probability no entry but the right one.
 */
public abstract class HashSegment {
  public static final int MIN_CAPACITY = 8;
  public static final int MAX_CAPACITY = 2048;

  private static final int[] CAPACITIES = {8, 16, 32, 64, 128, 256, 512, 1024, 1536, MAX_CAPACITY};

  private static final byte EMPTY = 0;
  private static final byte DELETED = 1;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final VarHandle GROUPS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** How many leading bits of the hash all entries share. */
  final int depth;
  Object[] slots;
  /** One a slot, and the first eight again at the end so that a group can be read anywhere. */
  private byte[] tags;
  int live;
  private int deleted;

  protected HashSegment(int depth, int capacity) {
    this.depth = depth;
    allocate(capacity);
  }

  /** One with the same entries and arrays of its own. */
  protected HashSegment(HashSegment other) {
    depth = other.depth;
    slots = other.slots.clone();
    tags = other.tags.clone();
    live = other.live;
    deleted = other.deleted;
  }

  /** Whether an entry is the one of that key. */
  protected abstract boolean holds(Object entry, byte[] key);

  /** Bytes of heap of the object itself. */
  protected abstract long ownBytes(HeapLayout layout);

  private void allocate(int capacity) {
    slots = new Object[capacity];
    tags = new byte[capacity + 8];
  }

  /** The smallest capacity that leaves room to grow with that many entries; 0 if there is none. */
  static int capacityFor(long entries) {
    for (int capacity : CAPACITIES) {
      if (entries * 3 <= capacity * 2) return capacity;
    }
    return 0;
  }

  int capacity() {
    return slots.length;
  }

  boolean isFull() {
    return live + deleted >= slots.length - (slots.length >> 3);
  }

  /** So few entries that the table may become smaller. */
  boolean isSparse() {
    return live * 4 < slots.length;
  }

  /** Bytes of heap without the entries. */
  long bytes(HeapLayout layout) {
    return ownBytes(layout) + layout.referenceArray(slots.length) + layout.byteArray(tags.length);
  }

  /** The entry in a slot. */
  public final Object entry(int slot) {
    return slots[slot];
  }

  /** Puts another entry of the same key into a slot. */
  public final void entry(int slot, Object entry) {
    slots[slot] = entry;
  }

  /** The slot where an entry of that hash is looked for first. */
  int home(long hash) {
    return (int) ((hash << depth >>> 32) * slots.length >>> 32);
  }

  /** The slot of a key, or -1. */
  public final int find(long hash, byte[] key) {
    byte[] tags = this.tags;
    Object[] slots = this.slots;
    long wanted = (tag(hash) & 255) * ONES;
    int at = home(hash);
    while (true) {
      long group = (long) GROUPS.get(tags, at);
      // a byte above an equal one may be reported as well; it is then the tag of a living entry, and the key decides
      for (long equal = zeroBytes(group ^ wanted); equal != 0; equal &= equal - 1) {
        int slot = at + (Long.numberOfTrailingZeros(equal) >>> 3);
        if (slot >= slots.length) slot -= slots.length;
        if (holds(slots[slot], key)) return slot;
      }
      if (zeroBytes(group) != 0) return -1;
      at += 8;
      if (at >= slots.length) at -= slots.length;
    }
  }

  /** False if no entry has that hash: then there is no need to look for a key. */
  final boolean mayHold(long hash) {
    long wanted = (tag(hash) & 255) * ONES;
    int at = home(hash);
    while (true) {
      long group = (long) GROUPS.get(tags, at);
      if (zeroBytes(group ^ wanted) != 0) return true;
      if (zeroBytes(group) != 0) return false;
      at += 8;
      if (at >= slots.length) at -= slots.length;
    }
  }

  /** Reads the tags that {@link #find} will compare. */
  final int touchTags(long hash) {
    return tags[home(hash)];
  }

  /** What is in the first slot whose tag may be the entry's: in all likelihood the entry itself, else null. */
  final Object likely(long hash) {
    int at = home(hash);
    long equal = zeroBytes((long) GROUPS.get(tags, at) ^ (tag(hash) & 255) * ONES);
    if (equal == 0) return null;
    int slot = at + (Long.numberOfTrailingZeros(equal) >>> 3);
    return slots[slot >= slots.length ? slot - slots.length : slot];
  }

  /** The slot of an entry that is known to be here. */
  int slotOf(long hash, Object entry) {
    int slot = home(hash);
    for (int i = 0; i < slots.length; i++) {
      if (slots[slot] == entry) return slot;
      slot = slot + 1 == slots.length ? 0 : slot + 1;
    }
    throw new IllegalStateException("the entry is not here any more");
  }

  /** Puts an entry where there is none of its key. The segment must not be full. */
  void place(long hash, Object entry) {
    int at = home(hash);
    while (true) {
      long free = zeroBytes((long) GROUPS.get(tags, at) & ~ONES); // EMPTY or DELETED; the lowest reported one is exact
      if (free != 0) {
        int slot = at + (Long.numberOfTrailingZeros(free) >>> 3);
        if (slot >= slots.length) slot -= slots.length;
        if (tags[slot] == DELETED) deleted--;
        slots[slot] = entry;
        tag(slot, tag(hash));
        live++;
        return;
      }
      at += 8;
      if (at >= slots.length) at -= slots.length;
    }
  }

  /** Empties a slot; nothing moves. */
  void vacate(int slot) {
    slots[slot] = null;
    live--;
    // a search may have to go on past this slot; behind the last one stands the first again
    if (tags[slot + 1] != EMPTY) {
      tag(slot, DELETED);
      deleted++;
      return;
    }
    tag(slot, EMPTY);
    int before = slot == 0 ? slots.length - 1 : slot - 1;
    while (tags[before] == DELETED) {
      tag(before, EMPTY);
      deleted--;
      before = before == 0 ? slots.length - 1 : before - 1;
    }
  }

  /** Gives the segment another capacity and forgets deleted slots; moves every entry. */
  void rebuild(int capacity, SegmentDirectory<?> directory) {
    Object[] old = slots;
    allocate(capacity);
    live = 0;
    deleted = 0;
    for (Object entry : old) {
      if (entry != null) place(directory.hashOf(entry), entry);
    }
  }

  /** Puts an entry of another segment here. */
  protected void adopt(long hash, Object entry) {
    place(hash, entry);
  }

  /**
   * Collects the entries whose hashes are in a range.
   *
   * @param from first position of the range (see {@link SegmentDirectory#POSITION_SHIFT}) in this segment
   * @param to position after the last one
   */
  void collect(long from, long to, SegmentDirectory<?> directory, Batch into) {
    int slot = home(from << SegmentDirectory.POSITION_SHIFT);
    int lastHome = home((to << SegmentDirectory.POSITION_SHIFT) - 1);
    int untilLast = lastHome - slot;
    for (int i = 0; i < slots.length; i++) {
      Object entry = slots[slot];
      if (entry != null) {
        long hash = directory.hashOf(entry);
        long position = hash >>> SegmentDirectory.POSITION_SHIFT;
        if (position >= from && position < to) into.add(hash, entry);
      } else if (i >= untilLast && tags[slot] == EMPTY) {
        return;
      }
      if (++slot == slots.length) slot = 0;
    }
  }

  /** The first position whose home is that slot or a later one. The segment begins at {@code start}. */
  long positionOfHome(int slot, long start) {
    long offset = (((long) slot << 32) + slots.length - 1) / slots.length; // within 2^32, rounded up
    int shift = SegmentDirectory.POSITION_SHIFT;
    long position = ((offset << (32 - depth)) + (1 << shift) - 1) >>> shift;
    return start + position;
  }

  private void tag(int slot, byte tag) {
    tags[slot] = tag;
    if (slot < 8) tags[slots.length + slot] = tag;
  }

  /** From the low bits, which neither the directory nor the home uses. */
  private static byte tag(long hash) {
    int bits = (int) hash & 255;
    return (byte) (bits > DELETED ? bits : bits + 64);
  }

  /** The high bit of each zero byte; the lowest one set is exact, those above it may be set wrongly. */
  private static long zeroBytes(long bytes) {
    return bytes - ONES & ~bytes & HIGH_BITS;
  }
}
