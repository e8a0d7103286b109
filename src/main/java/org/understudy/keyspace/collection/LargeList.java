package org.understudy.keyspace.collection;

import java.util.Arrays;
import org.understudy.keyspace.ArrayTally;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.packed.Listpack;

/**
 * A list of more than one chunk: a row of chunks with room on both sides, and how many elements each holds, so that an
 * index is found by adding up small numbers that lie side by side.
 */
final class LargeList {
  private static final int LEAST_ROOM = 8;
  private static final int EIGHTHS = 8;
  /** A chunk that will not grow any more gives back its spare room from this size on. */
  private static final int LEAST_SPARE_BYTES = 128;

  private final ListForm form;
  /** Marks the chunks that are this list's own. */
  private Object owner = new Object();
  private ListChunk[] chunks = new ListChunk[LEAST_ROOM];
  private int[] counts = new int[LEAST_ROOM];
  /** Where the first chunk is in the arrays, and how many there are. */
  private int first = LEAST_ROOM / 2;
  private int size;
  private long elements;
  private final ArrayTally tally;

  LargeList(ListForm form) {
    this.form = form;
    tally = new ArrayTally();
  }

  private LargeList(LargeList other) {
    form = other.form;
    chunks = other.chunks.clone();
    counts = other.counts.clone();
    first = other.first;
    size = other.size;
    elements = other.elements;
    tally = new ArrayTally(other.tally);
  }

  /** The same elements; from now on either list copies a chunk before it changes it. */
  LargeList copy() {
    owner = new Object();
    return new LargeList(this);
  }

  long elements() {
    return elements;
  }

  long memoryBytes(HeapLayout layout) {
    return layout.object(5, 16) + layout.object(0, 0) + layout.referenceArray(chunks.length)
        + layout.byteArray(4L * counts.length) + ArrayTally.ownBytes(layout) + tally.bytes(layout)
        + size * (layout.object(3, 5) + layout.object(1, 4));
  }

  // ---- chunks -------------------------------------------------------------------------------------------------------

  int chunks() {
    return size;
  }

  ListChunk chunk(int index) {
    return chunks[first + index];
  }

  /** How many elements a chunk holds. */
  int count(int index) {
    return counts[first + index];
  }

  /** Where an element is: its chunk in the upper 32 bits, and below how many elements are before it there. */
  long locate(long element) {
    int end = first + size;
    int at;
    if (element < elements / 2) {
      at = first;
      while (element >= counts[at]) element -= counts[at++];
    } else {
      long before = elements;
      at = end;
      do before -= counts[--at]; while (before > element);
      element -= before;
    }
    return (long) (at - first) << 32 | element;
  }

  /** Adds a chunk that is this list's own. */
  private void addChunk(int index, ListChunk chunk, int count) {
    boolean atFront = index < size / 2;
    if (atFront ? first == 0 : first + size == chunks.length) makeRoom();
    int at = first + index;
    if (atFront) {
      System.arraycopy(chunks, first, chunks, first - 1, index);
      System.arraycopy(counts, first, counts, first - 1, index);
      first--;
      at--;
    } else {
      System.arraycopy(chunks, at, chunks, at + 1, size - index);
      System.arraycopy(counts, at, counts, at + 1, size - index);
    }
    size++;
    chunks[at] = chunk;
    counts[at] = count;
    elements += count;
    tally.add(chunk.array());
  }

  /** Removes chunks from one on. */
  private void removeChunks(int index, int number) {
    int at = first + index;
    for (int i = at; i < at + number; i++) {
      elements -= counts[i];
      tally.remove(chunks[i].array());
    }
    int behind = size - index - number;
    if (index < behind) {
      System.arraycopy(chunks, first, chunks, first + number, index);
      System.arraycopy(counts, first, counts, first + number, index);
      Arrays.fill(chunks, first, first + number, null);
      first += number;
    } else {
      System.arraycopy(chunks, at + number, chunks, at, behind);
      System.arraycopy(counts, at + number, counts, at, behind);
      Arrays.fill(chunks, at + behind, at + behind + number, null);
    }
    size -= number;
    if (size < chunks.length / 4 && chunks.length > LEAST_ROOM) makeRoom();
  }

  /** Puts the chunks into the middle of arrays twice as large as needed. */
  private void makeRoom() {
    int room = Math.max(LEAST_ROOM, 2 * size);
    int newFirst = (room - size) / 2;
    ListChunk[] newChunks = new ListChunk[room];
    int[] newCounts = new int[room];
    System.arraycopy(chunks, first, newChunks, newFirst, size);
    System.arraycopy(counts, first, newCounts, newFirst, size);
    chunks = newChunks;
    counts = newCounts;
    first = newFirst;
  }

  /** The elements of a packed chunk, to be changed; {@link #changed} has to follow. */
  private Listpack open(int index) {
    int at = first + index;
    ListChunk chunk = chunks[at];
    tally.remove(chunk.array());
    if (chunk.owner != owner) {
      chunk = chunk.copy(owner);
      chunks[at] = chunk;
    }
    return chunk.open();
  }

  /** A chunk that {@link #open} gave has other elements now. */
  private void changed(int index, int count) {
    int at = first + index;
    elements += count - counts[at];
    counts[at] = count;
    tally.add(chunks[at].array());
  }

  /** Compresses the chunks that may have come to lie between the ends. */
  private void tidyInner() {
    tidy(form.depth());
    tidy(size - 1 - form.depth());
  }

  /** Compresses a chunk if chunks at its index are. */
  private void tidy(int index) {
    if (!form.compresses(index, size)) return;
    int at = first + index;
    ListChunk chunk = chunks[at];
    tally.remove(chunk.array());
    if (chunk.owner != owner) {
      chunk = chunk.copy(owner);
      chunks[at] = chunk;
    }
    chunk.compress(form);
    tally.add(chunk.array());
  }

  // ---- the ends -----------------------------------------------------------------------------------------------------

  void push(boolean front, byte[] element) {
    int end = front ? 0 : size - 1;
    if (size > 0 && hasRoom(end, element.length)) {
      add(end, front, element);
      return;
    }
    if (form.standsAlone(element.length)) {
      addChunk(front ? 0 : size, ListChunk.of(element, owner), 1);
    } else {
      if (size > 0) seal(end);
      int room = roomForChunk();
      Listpack pack = front ? Listpack.growingForwards(room) : new Listpack(room);
      addPacked(front ? 0 : size, pack, 0);
      add(front ? 0 : size - 1, front, element);
    }
    tidyInner();
  }

  /** What a new chunk gets at first: all that it may ever need, or an eighth of what the list has, if that is less. */
  private int roomForChunk() {
    return form.chunkBytes() / EIGHTHS * Math.max(1, Math.min(EIGHTHS, size));
  }

  void removeEnd(boolean front) {
    int end = front ? 0 : size - 1;
    int count = count(end);
    if (count == 1) {
      removeChunks(end, 1);
      return;
    }
    Listpack pack = open(end);
    pack.delete(front ? pack.first() : pack.last());
    changed(end, count - 1);
  }

  /** The elements of the only chunk there is, to be kept by the caller; null if there are others, or one alone. */
  Listpack onlyPack() {
    return size == 1 && !chunk(0).alone ? open(0) : null;
  }

  private void add(int index, boolean front, byte[] element) {
    Listpack pack = open(index);
    if (front) pack.prepend(element);
    else pack.append(element);
    changed(index, count(index) + 1);
  }

  private boolean hasRoom(int index, int elementBytes) {
    ListChunk chunk = chunk(index);
    return !chunk.alone && form.fits(chunk.pack(), count(index), elementBytes);
  }

  /** Nothing more will be added to a chunk soon. */
  private void seal(int index) {
    ListChunk chunk = chunk(index);
    if (chunk.alone || chunk.owner != owner || chunk.pack().spareBytes() < LEAST_SPARE_BYTES) return;
    open(index).trim();
    changed(index, count(index));
  }

  /** Adds a chunk at the end as it is. @param count of its elements */
  void append(Listpack pack, int count) {
    addPacked(size, pack, count);
    tidyInner();
  }

  /** Adds an element at the end as a chunk of its own. It is kept and must not change. */
  void appendAlone(byte[] element) {
    addChunk(size, ListChunk.of(element, owner), 1);
    tidyInner();
  }

  private void addPacked(int index, Listpack pack, int count) {
    addChunk(index, ListChunk.of(pack, owner), count);
  }

  // ---- anywhere -----------------------------------------------------------------------------------------------------

  void set(ListCursor place, byte[] element) {
    int index = place.chunk;
    ListChunk chunk = chunk(index);
    boolean alone = form.standsAlone(element.length);
    if (!chunk.alone && !alone) {
      int at = place.position;
      Listpack pack = open(index);
      pack.replace(at - place.pack.offset() + pack.offset(), element);
      changed(index, count(index));
      tidy(index);
      return;
    }
    insert(place, true, element);
    // the element that was there comes right behind the new one
    removeRange(place.index + 1, 1);
  }

  /** Adds an element before or behind another one. */
  void insert(ListCursor place, boolean before, byte[] element) {
    int index = place.chunk;
    int offset = place.offset + (before ? 0 : 1);
    int next = before ? index : index + 1;
    boolean atEdge = chunk(index).alone || offset == 0 || offset == count(index);
    if (form.standsAlone(element.length)) {
      if (!atEdge) next = split(index, offset);
      addChunk(next, ListChunk.of(element, owner), 1);
      tidy(next);
      tidyInner();
    } else if (hasRoom(index, element.length)) {
      insertInto(index, offset, element);
    } else if (atEdge) {
      int neighbour = before ? index - 1 : index + 1;
      if (neighbour >= 0 && neighbour < size && hasRoom(neighbour, element.length)) {
        insertInto(neighbour, before ? count(neighbour) : 0, element);
      } else {
        addPacked(next, new Listpack(), 0);
        insertInto(next, 0, element);
        tidyInner();
      }
    } else {
      next = split(index, offset);
      // as the reference implementation: behind the place it begins the second part, before it ends the first
      if (before) insertInto(next - 1, count(next - 1), element);
      else insertInto(next, 0, element);
      joinAround(before ? next : next - 1);
    }
  }

  private void insertInto(int index, int offset, byte[] element) {
    Listpack pack = open(index);
    if (offset == count(index)) pack.append(element);
    else pack.insertBefore(pack.seek(offset), element);
    changed(index, count(index) + 1);
    tidy(index);
  }

  /** Makes two chunks of one, neither of them empty; returns the index of the second. */
  private int split(int index, int offset) {
    int count = count(index);
    Listpack pack = open(index);
    Listpack tail = pack.copy();
    tail.deleteRange(0, offset);
    tail.trim();
    pack.deleteRange(offset, count - offset);
    pack.trim();
    changed(index, offset);
    addPacked(index + 1, tail, count - offset);
    tidy(index);
    tidy(index + 1);
    tidyInner();
    return index + 1;
  }

  /** Joins a chunk with its neighbours, and those with theirs, where the limits allow it. */
  private void joinAround(int index) {
    joinWithNext(index + 1);
    if (joinWithNext(index - 2)) index--;
    if (joinWithNext(index - 1)) index--;
    joinWithNext(index);
  }

  private boolean joinWithNext(int index) {
    if (index < 0 || index + 1 >= size) return false;
    ListChunk next = chunk(index + 1);
    if (chunk(index).alone || next.alone) return false;
    Listpack tail = next.pack();
    int count = count(index);
    int added = count(index + 1);
    if (!form.mayJoin(chunk(index).pack(), count, tail, added)) return false;
    removeChunks(index + 1, 1);
    open(index).appendAll(tail);
    changed(index, count + added);
    tidy(index);
    return true;
  }

  /** Removes elements; all of them are there. */
  void removeRange(long start, long number) {
    while (number > 0) {
      long place = locate(start);
      int index = (int) (place >> 32);
      int offset = (int) place;
      int count = count(index);
      int here = (int) Math.min(number, count - offset);
      number -= here;
      if (here < count) {
        Listpack pack = open(index);
        pack.deleteRange(offset, here);
        changed(index, count - here);
        tidy(index);
        continue;
      }
      int whole = 1;
      while (index + whole < size && count(index + whole) <= number) number -= count(index + whole++);
      removeChunks(index, whole);
    }
  }

  /**
   * Removes elements that are equal to one.
   *
   * @param limit how many at most
   * @return how many were removed
   */
  long remove(byte[] element, long limit, boolean fromEnd) {
    Sought sought = new Sought(element);
    long removed = 0;
    for (int i = fromEnd ? size - 1 : 0; i >= 0 && i < size && removed < limit; ) {
      int before = size;
      removed += removeIn(i, sought, limit - removed, fromEnd);
      if (fromEnd) i--;
      else if (size == before) i++;
    }
    return removed;
  }

  private long removeIn(int index, Sought sought, long limit, boolean fromEnd) {
    ListChunk chunk = chunk(index);
    if (chunk.alone) {
      if (!sought.is(chunk.element())) return 0;
      removeChunks(index, 1);
      return 1;
    }
    int removed = sought.occursIn(chunk.pack()) ? sought.removeFrom(open(index), limit, fromEnd) : 0;
    if (removed == 0) return 0;
    if (removed == count(index)) {
      changed(index, count(index));
      removeChunks(index, 1);
    } else {
      changed(index, count(index) - removed);
      tidy(index);
    }
    return removed;
  }
}
