package org.understudy.keyspace.collection;

import java.util.Locale;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.packed.Listpack;
import org.understudy.resp.ReplyBuffer;

/**
 * A list: one listpack as long as that is no larger than a chunk may be, else a row of chunks ({@link LargeList}).
 * Redis calls either a quicklist.
 */
public final class ListValue implements Value {
  private final ListForm form;
  /** Either the elements of a small list or the large one; the other is null. */
  private Listpack small;
  private LargeList large;

  /** An empty list, which is to get elements before anybody sees it. */
  public ListValue(ListForm form) {
    this.form = form;
    small = new Listpack();
  }

  private ListValue(ListValue other) {
    form = other.form;
    if (other.small != null) small = other.small.copy();
    else large = other.large.copy();
  }

  @Override
  public Type type() {
    return Type.LIST;
  }

  @Override
  public String encodingName() {
    return "quicklist";
  }

  @Override
  public long memoryBytes(HeapLayout layout) {
    long own = layout.object(3, 0);
    return own + (small == null ? large.memoryBytes(layout)
        : layout.object(1, 4) + layout.byteArray(small.array().length));
  }

  @Override
  public Value copy() {
    return new ListValue(this);
  }

  @Override
  public long freeEffort() {
    return chunks();
  }

  @Override
  public void digest(Digest into) {
    for (ListCursor cursor = cursor(0); cursor.isValid(); cursor.move(false)) into.mix(cursor.element());
  }

  /** How many elements there are. */
  public long size() {
    return small == null ? large.elements() : small.count();
  }

  // ---- the ends -----------------------------------------------------------------------------------------------------

  /** Adds an element at an end. A large array is kept, not copied: it must not change. */
  public void push(boolean front, byte[] element) {
    if (small != null) {
      if (form.fits(small, small.count(), element.length)) {
        if (front) small.prepend(element);
        else small.append(element);
        return;
      }
      enlarge();
    }
    large.push(front, element);
  }

  /** Takes the element at an end away; there is one. */
  public byte[] pop(boolean front) {
    byte[] element = end(front).element();
    removeEnd(front);
    return element;
  }

  /** As {@link #pop}, but replies with the element as a bulk string. */
  public void pop(boolean front, ReplyBuffer into) {
    if (small != null) {
      int at = front ? small.first() : small.last();
      small.reply(at, into);
      small.delete(at);
      return;
    }
    end(front).reply(into);
    removeEnd(front);
  }

  private ListCursor end(boolean front) {
    return new ListCursor(this, front ? 0 : size() - 1);
  }

  private void removeEnd(boolean front) {
    if (small != null) {
      small.delete(front ? small.first() : small.last());
    } else {
      large.removeEnd(front);
      settle();
    }
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  /** Stands at an index, negative from the end (-1 is the last element); not valid if there is no such element. */
  public ListCursor cursor(long index) {
    return new ListCursor(this, index < 0 ? index + size() : index);
  }

  /**
   * Replies with elements as bulk strings, without the header of an array.
   *
   * @param start index of the first, not negative; all of them are there
   */
  public void reply(long start, long number, boolean backwards, ReplyBuffer into) {
    if (number > 0) new ListCursor(this, start).reply(number, backwards, into);
  }

  // ---- searching ----------------------------------------------------------------------------------------------------

  /** Gets the indexes of elements. */
  public interface Matches {
    /** @return whether to search on */
    boolean found(long index);
  }

  /**
   * Searches for elements that are equal to one.
   *
   * @param most how many elements are looked at
   */
  public void search(byte[] element, boolean fromEnd, long most, Matches matches) {
    Sought sought = new Sought(element);
    ListCursor cursor = end(!fromEnd);
    for (long end = fromEnd ? size() - most : 0; cursor.isValid(); cursor.move(fromEnd)) {
      if (fromEnd ? cursor.index < end : cursor.index >= most) return;
      if (cursor.is(sought) && !matches.found(cursor.index)) return;
    }
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  /** Puts an element in the place of that at an index; false if there is no such index. */
  public boolean set(long index, byte[] element) {
    ListCursor place = cursor(index);
    if (!place.isValid()) return false;
    if (small != null && !form.standsAlone(element.length)) {
      small.replace(place.position, element);
      return true;
    }
    enlarge();
    large.set(cursor(index), element);
    settle();
    return true;
  }

  /** Adds an element next to the first one that is equal to another; false if there is none. */
  public boolean insert(byte[] pivot, boolean before, byte[] element) {
    long[] index = {-1};
    search(pivot, false, Long.MAX_VALUE, found -> {
      index[0] = found;
      return false;
    });
    if (index[0] < 0) return false;
    if (small != null && form.fits(small, small.count(), element.length)) {
      int at = small.seek(index[0]);
      if (before) small.insertBefore(at, element);
      else small.insertAfter(at, element);
      return true;
    }
    enlarge();
    large.insert(cursor(index[0]), before, element);
    settle();
    return true;
  }

  /** Removes elements, all of which are there. */
  public void removeRange(long start, long number) {
    if (number <= 0) return;
    if (small != null) {
      small.deleteRange(start, (int) number);
    } else {
      large.removeRange(start, number);
      settle();
    }
  }

  /**
   * Removes elements that are equal to one.
   *
   * @param limit how many at most
   * @return how many were removed
   */
  public long remove(byte[] element, long limit, boolean fromEnd) {
    if (small != null) return new Sought(element).removeFrom(small, limit, fromEnd);
    long removed = large.remove(element, limit, fromEnd);
    if (removed > 0) settle();
    return removed;
  }

  // ---- small and large ----------------------------------------------------------------------------------------------

  private void enlarge() {
    if (small == null) return;
    large = new LargeList(form);
    if (!small.isEmpty()) large.append(small, small.count());
    small = null;
  }

  /** Makes a large list small again if it has come to that. */
  private void settle() {
    small = large.chunks() == 0 ? new Listpack() : large.onlyPack();
    if (small != null) large = null;
  }

  // ---- chunks, as they are stored -----------------------------------------------------------------------------------

  /** How many nodes a quicklist has for these elements. */
  public int chunks() {
    return small == null ? large.chunks() : small.isEmpty() ? 0 : 1;
  }

  /** The elements of a chunk, not to be changed; null if it holds one element alone. */
  public Listpack pack(int chunk) {
    return small == null ? large.chunk(chunk).pack() : small;
  }

  /** The element that a chunk holds alone. */
  public byte[] element(int chunk) {
    return large.chunk(chunk).element();
  }

  /** Whether an element that is alone in its chunk is stored as a plain node, not as a listpack of one. */
  public boolean isPlain(int chunk) {
    return small == null && large.chunk(chunk).alone && form.isPlain(element(chunk).length);
  }

  /** What DEBUG OBJECT says of a quicklist's nodes. */
  public String nodeFigures() {
    long bytes = 0;
    for (int i = 0; i < chunks(); i++) bytes += pack(i) == null ? element(i).length : pack(i).size();
    return String.format(Locale.ROOT, " ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:%d"
        + " ql_uncompressed_size:%d", chunks(), (double) size() / chunks(), form.configuredSize(),
        form.depth() > 0 ? 1 : 0, bytes);
  }

  /** The arrays that hold the elements. */
  byte[][] arrays() {
    byte[][] arrays = new byte[chunks()][];
    for (int i = 0; i < arrays.length; i++) arrays[i] = small == null ? large.chunk(i).array() : small.array();
    return arrays;
  }

  int count(int chunk) {
    return small == null ? large.count(chunk) : small.count();
  }

  /** See {@link LargeList#locate}. */
  long locate(long index) {
    return small == null ? large.locate(index) : index;
  }

  /**
   * Adds a chunk at the end as it is, split if it is larger than chunks may be, or if others never join its only
   * element. It must be valid and not empty.
   */
  public void append(Listpack pack) {
    boolean alone = pack.count() == 1 && form.standsAlone(pack.element(pack.first()).length);
    if (alone || pack.size() > ListForm.MOST_CHUNK_BYTES) {
      for (int at = pack.first(); at != Listpack.NONE; at = pack.next(at)) push(false, pack.element(at));
      return;
    }
    enlarge();
    large.append(pack, pack.count());
    settle();
  }

  /** Adds an element at the end as a chunk of its own. The array is kept: it must not change. */
  public void appendPlain(byte[] element) {
    enlarge();
    large.appendAlone(element);
  }
}
