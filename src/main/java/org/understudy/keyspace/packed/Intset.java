package org.understudy.keyspace.packed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.understudy.keyspace.HeapLayout;

/**
 * A set of integers in one array, in the format of Redis's intset.c: the width of an element in bytes (2, 4 or 8) and
 * the number of elements, 4 bytes each, then the elements in ascending order; all little-endian. The width is that of
 * the widest element that was ever in it.
 */
public final class Intset {
  private static final int HEADER_BYTES = 8;
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  /** Header, elements, and perhaps spare room. */
  private byte[] bytes;
  private int count;
  /** Bytes of an element. */
  private byte width;

  public Intset() {
    bytes = new byte[HEADER_BYTES];
    width = Short.BYTES;
    writeHeader();
  }

  private Intset(byte[] bytes, int count, int width) {
    this.bytes = bytes;
    this.count = count;
    this.width = (byte) width;
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  /** One over an array that holds nothing else and is not the caller's any more. It must be valid. */
  public static Intset over(byte[] packed) {
    return new Intset(packed, (int) INTS.get(packed, Integer.BYTES), (int) INTS.get(packed, 0));
  }

  /** One of the bytes from an offset of an array on, which are copied. */
  public static Intset over(byte[] array, int offset) {
    int bytes = HEADER_BYTES + (int) INTS.get(array, offset + Integer.BYTES) * (int) INTS.get(array, offset);
    return over(Arrays.copyOfRange(array, offset, offset + bytes));
  }

  /** One with an array of its own. */
  public Intset copy() {
    return new Intset(toBytes(), count, width);
  }

  /**
   * Whether bytes from outside are an intset, as intsetValidateIntegrity decides.
   *
   * @param deep whether to check that the elements ascend
   */
  public static boolean isValid(byte[] packed, boolean deep) {
    if (packed.length < HEADER_BYTES) return false;
    int width = (int) INTS.get(packed, 0);
    if (width != Short.BYTES && width != Integer.BYTES && width != Long.BYTES) return false;
    long count = (int) INTS.get(packed, Integer.BYTES) & 0xFFFFFFFFL;
    if (count == 0 || HEADER_BYTES + count * width != packed.length) return false;
    if (!deep) return true;
    for (int i = 1; i < count; i++) {
      if (element(packed, i - 1, width) >= element(packed, i, width)) return false;
    }
    return true;
  }

  // ---- looking ------------------------------------------------------------------------------------------------------

  public int count() {
    return count;
  }

  /** The packed bytes, from 0 to {@link #size}. Not to be changed by others. */
  public byte[] array() {
    return bytes;
  }

  /** Size of the packed form in bytes. */
  public int size() {
    return HEADER_BYTES + count * width;
  }

  /** The packed form in an array of exactly its size. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size());
  }

  /** Bytes of heap of the object and its array, spare room included. */
  public long heapBytes(HeapLayout layout) {
    return layout.object(1, 5) + layout.byteArray(bytes.length);
  }

  /** The element of a rank, from 0. */
  public long get(int index) {
    return element(bytes, index, width);
  }

  public boolean contains(long value) {
    return widthOf(value) <= width && search(value) >= 0;
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  /** Adds a value; false if it is there already. */
  public boolean add(long value) {
    int at;
    if (widthOf(value) > width) {
      widen(widthOf(value));
      at = value < 0 ? 0 : count; // it is outside of what the others can be
    } else {
      at = search(value);
      if (at >= 0) return false;
      at = ~at;
    }
    int size = size();
    if (bytes.length < size + width) bytes = Arrays.copyOf(bytes, roomFor(size + width));
    int offset = HEADER_BYTES + at * width;
    System.arraycopy(bytes, offset, bytes, offset + width, size - offset);
    put(bytes, at, width, value);
    count++;
    writeHeader();
    return true;
  }

  /** Removes a value; false if it is not there. */
  public boolean remove(long value) {
    if (widthOf(value) > width) return false;
    int at = search(value);
    if (at < 0) return false;
    int offset = HEADER_BYTES + at * width;
    System.arraycopy(bytes, offset + width, bytes, offset, size() - offset - width);
    count--;
    writeHeader();
    if (size() < bytes.length / 2) bytes = toBytes();
    return true;
  }

  /** The index of a value, or, if it is not there, the complement of where it belongs. */
  private int search(long value) {
    int low = 0;
    int high = count - 1;
    if (count > 0 && value > get(high)) return ~count; // numbers often come in order
    while (low <= high) {
      int middle = low + high >>> 1;
      long found = get(middle);
      if (found == value) return middle;
      if (found < value) low = middle + 1;
      else high = middle - 1;
    }
    return ~low;
  }

  private void widen(int newWidth) {
    byte[] wide = new byte[HEADER_BYTES + (count + 1) * newWidth];
    for (int i = 0; i < count; i++) put(wide, i, newWidth, get(i));
    bytes = wide;
    width = (byte) newWidth;
  }

  /** An eighth more than needed, since it will grow on. */
  private static int roomFor(int needed) {
    return needed + (needed >> 3) + 7 & ~7;
  }

  private void writeHeader() {
    INTS.set(bytes, 0, (int) width);
    INTS.set(bytes, Integer.BYTES, count);
  }

  private static int widthOf(long value) {
    return value == (short) value ? Short.BYTES : value == (int) value ? Integer.BYTES : Long.BYTES;
  }

  private static long element(byte[] bytes, int index, int width) {
    int offset = HEADER_BYTES + index * width;
    return switch (width) {
      case Short.BYTES -> (short) SHORTS.get(bytes, offset);
      case Integer.BYTES -> (int) INTS.get(bytes, offset);
      default -> (long) LONGS.get(bytes, offset);
    };
  }

  private static void put(byte[] bytes, int index, int width, long value) {
    int offset = HEADER_BYTES + index * width;
    switch (width) {
      case Short.BYTES -> SHORTS.set(bytes, offset, (short) value);
      case Integer.BYTES -> INTS.set(bytes, offset, (int) value);
      default -> LONGS.set(bytes, offset, value);
    }
  }
}
