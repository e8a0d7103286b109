package org.understudy.keyspace.stream;

import java.util.Arrays;

/**
 * The pieces of something large in the order of the ids in them: quick to search, to add to at the end and to take from
 * the front.
 */
final class Directory<P extends Directory.Piece> {
  /** Something that begins with an id and belongs to the stream whose token it carries, see {@link Holdings}. */
  interface Piece {
    long firstMs();

    long firstSeq();
  }

  private static final int LEAST_SLOTS = 2;

  private final Holdings holdings;
  private Object[] slots;
  /** Index of the first piece; the slots before it are free. */
  private int start;
  private int size;

  Directory(Holdings holdings) {
    this(holdings, new Object[LEAST_SLOTS], 0);
    holdings.object(1, 2, 8);
    holdings.referenceArray(1, LEAST_SLOTS);
  }

  private Directory(Holdings holdings, Object[] slots, int size) {
    this.holdings = holdings;
    this.slots = slots;
    this.size = size;
  }

  /** The same pieces in a directory of its own. @param into already counts them, as copies of holdings do */
  Directory<P> copy(Holdings into) {
    Object[] copied = Arrays.copyOfRange(slots, start, start + Math.max(size, LEAST_SLOTS));
    into.referenceArray(-1, slots.length);
    into.referenceArray(1, copied.length);
    return new Directory<>(into, copied, size);
  }

  /** Takes itself, not its pieces, out of the holdings. */
  void release() {
    holdings.object(-1, 2, 8);
    holdings.referenceArray(-1, slots.length);
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @SuppressWarnings("unchecked") // nothing else gets in
  P get(int index) {
    return (P) slots[start + index];
  }

  P last() {
    return get(size - 1);
  }

  /** Index of the last piece that begins with this id or one before it; -1 if there is none. */
  int floor(long ms, long seq) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      P piece = get(middle);
      if (StreamId.compare(piece.firstMs(), piece.firstSeq(), ms, seq) <= 0) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  void set(int index, P piece) {
    slots[start + index] = piece;
  }

  void add(int index, P piece) {
    if (start > 0 && index < size / 2) {
      System.arraycopy(slots, start, slots, start - 1, index);
      start--;
    } else {
      if (start + size == slots.length) makeRoomBehind();
      int at = start + index;
      System.arraycopy(slots, at, slots, at + 1, size - index);
    }
    slots[start + index] = piece;
    size++;
  }

  void remove(int index) {
    int at = start + index;
    if (index < size / 2) {
      System.arraycopy(slots, start, slots, start + 1, index);
      slots[start++] = null;
    } else {
      System.arraycopy(slots, at + 1, slots, at, size - index - 1);
      slots[start + size - 1] = null;
    }
    size--;
    if (size < slots.length / 4 && slots.length > 4 * LEAST_SLOTS) moveTo(slots.length / 2);
  }

  /** At least a quarter of the slots is free afterwards, so that this is not needed again soon. */
  private void makeRoomBehind() {
    moveTo(Math.max(slots.length, size + size / 2 + LEAST_SLOTS));
  }

  private void moveTo(int length) {
    Object[] target = new Object[length];
    System.arraycopy(slots, start, target, 0, size);
    holdings.referenceArray(-1, slots.length);
    holdings.referenceArray(1, length);
    slots = target;
    start = 0;
  }
}
