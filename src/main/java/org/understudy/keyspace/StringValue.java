package org.understudy.keyspace;

import java.util.Arrays;
import org.understudy.bytes.Loans;
import org.understudy.bytes.SpareArrays;

/** A string too large for a record, or growing: an array with spare room behind the value. */
final class StringValue {
  private static final int DOUBLE_UP_TO = 1 << 20;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 16;

  byte[] array;
  int length;
  private byte encoding;
  /** Somebody else refers to the first {@link #length} bytes of the array: they may not be written. */
  private boolean shared;
  /** Replies that refer to it, for as long as they are on their way; null if there never was one. */
  private Loans loans;

  /** @param shared whether the array is also the caller's; then it is copied before it is changed */
  StringValue(byte[] array, int length, Encoding encoding, boolean shared) {
    this.array = array;
    this.length = length;
    this.encoding = (byte) encoding.ordinal();
    this.shared = shared;
  }

  Encoding encoding() {
    return Encoding.at(encoding);
  }

  /** Bytes of heap, spare room included. */
  long bytes(HeapLayout layout) {
    return layout.object(2, 6) + layout.byteArray(array.length);
  }

  /** For replies that refer to the array, which then is not written over while they do. */
  Loans loans() {
    if (loans == null) loans = new Loans();
    return loans;
  }

  private boolean mayBeWritten() {
    return !shared && (loans == null || !loans.any());
  }

  /** Makes the value {@code newLength} bytes long (never shorter), zeros behind the old end, all of it writable. */
  void edit(int newLength) {
    if (!mayBeWritten() || newLength > array.length) replaceArray(newLength);
    if (newLength > length) Arrays.fill(array, length, newLength, (byte) 0); // a longer value may have been here before
    length = Math.max(length, newLength);
    encoding = (byte) Encoding.RAW.ordinal();
  }

  /** Adds to the end. The bytes before it are not touched, so that a shared array serves if it has room. */
  void append(byte[] tail) {
    int newLength = Math.addExact(length, tail.length);
    if (newLength > array.length) replaceArray(newLength);
    System.arraycopy(tail, 0, array, length, tail.length);
    length = newLength;
    encoding = (byte) Encoding.RAW.ordinal();
  }

  /**
   * What holds a new value in place of this one: this one again, if nobody else refers to its array and it fits. So a
   * large value that is set again and again stays where it is, and does not have to grow old first, which is what
   * collectors are slow at. Where the lengths are equal the arrays change places and nothing is copied.
   *
   * @param spares gets the array that is not needed any more
   */
  StringValue overwritten(StringValue fresh, SpareArrays spares) {
    if (!mayBeWritten() || fresh.length > array.length || fresh.length < array.length / 2) return fresh;
    byte[] unneeded = fresh.array;
    if (unneeded.length == array.length) {
      unneeded = array;
      array = fresh.array;
    } else {
      System.arraycopy(fresh.array, 0, array, 0, fresh.length);
    }
    length = fresh.length;
    encoding = fresh.encoding;
    spares.give(unneeded);
    return this;
  }

  /** The value as it is now: the bytes are shared, and copied once they are to change. */
  StringValue frozen() {
    shared = true;
    return new StringValue(array, length, encoding(), true);
  }

  /** A value of its own with the same bytes. */
  StringValue copy() {
    return new StringValue(Arrays.copyOf(array, length), length, encoding(), false);
  }

  private void replaceArray(int needed) {
    int room = Math.max(needed, length);
    if (needed > length) { // it grows, and will again
      long generous = room < DOUBLE_UP_TO ? 2L * room : room + Math.max(DOUBLE_UP_TO, room / 4L);
      room = (int) Math.min(MAX_ARRAY, generous);
    }
    array = Arrays.copyOf(array, room);
    shared = false;
    loans = null;
  }
}
