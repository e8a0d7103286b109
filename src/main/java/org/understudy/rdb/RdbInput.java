package org.understudy.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Lzf;
import org.understudy.bytes.Numbers;

/**
 * The bytes that have arrived and are not read yet, and the format's primitives on them. A method that reads answers
 * whether it could: if not, because the primitive's last byte has not arrived, nothing counts as read and the same
 * method is to be called again when there is more. Only a string's bytes are collected as they come, so what is left
 * unread is always short; and however long a string claims to be, room is made for it only as it comes.
 */
final class RdbInput {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;
  private static final int FIRST_ROOM = 1 << 10;
  private static final int NOT_COMPRESSED = -1;

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = Bytes.EMPTY;
  private int at;
  private int end;
  /** Offset of the first of the bytes in all that was ever there. */
  private long base;

  private long number;
  private byte[] array = Bytes.EMPTY;
  private int offset;
  private int length;
  /** Whether {@link #array} is not the input's own. */
  private boolean owned;
  private final byte[] decimal = new byte[RdbFormat.MAX_INT32_TEXT];

  /** The string that is being collected, null if none. */
  private byte[] collected;
  private int collectedLength;
  private int wantedLength;
  /** Length of the collected string's expanded form, or {@link #NOT_COMPRESSED}. */
  private int expandedLength;

  /** Puts new bytes in the place of the old ones, of which those not read yet must be the first of the new. */
  void bytes(byte[] bytes, int from, int to) {
    base += at - from;
    this.bytes = bytes;
    at = from;
    end = to;
  }

  int available() {
    return end - at;
  }

  /** The array that was given last. */
  byte[] given() {
    return bytes;
  }

  /** Index of the next byte to read in that array. */
  int index() {
    return at;
  }

  /** How many bytes were read since the beginning. */
  long position() {
    return base + at;
  }

  // ---- numbers -----------------------------------------------------------------------------------------------------

  /** What the last method that reads a number has read. */
  long number() {
    return number;
  }

  double real() {
    return Double.longBitsToDouble(number);
  }

  boolean readByte() {
    if (at == end) return false;
    number = bytes[at++] & 255;
    return true;
  }

  /** Eight bytes, little-endian. */
  boolean readLong() {
    if (end - at < 8) return false;
    number = (long) LONGS.get(bytes, at);
    at += 8;
    return true;
  }

  /** Four bytes with a sign, little-endian. */
  boolean readInt() {
    if (end - at < 4) return false;
    number = littleEndian(4);
    at += 4;
    return true;
  }

  /** A length or any other unsigned number in the form of a length. */
  boolean readLength() {
    if (at == end) return false;
    int size = lengthSize(bytes[at]);
    if (size == 0) throw new RdbException("Unknown length encoding " + (bytes[at] & 255));
    if (end - at < size) return false;
    number = lengthAt(at, size);
    at += size;
    return true;
  }

  /** A length that counts what follows. */
  boolean readCount() {
    if (!readLength()) return false;
    if (number < 0) throw new RdbException("Count of " + Long.toUnsignedString(number));
    return true;
  }

  /** How many bytes a length takes; 0 if the first byte begins none. */
  private static int lengthSize(byte first) {
    switch (first >> 6 & 3) {
      case RdbFormat.LENGTH_6_BITS:
        return 1;
      case RdbFormat.LENGTH_14_BITS:
        return 2;
      case RdbFormat.ENCODED:
        return 0;
      default:
        int whole = first & 255;
        return whole == RdbFormat.LENGTH_32_BITS ? 5 : whole == RdbFormat.LENGTH_64_BITS ? 9 : 0;
    }
  }

  private long lengthAt(int index, int size) {
    return switch (size) {
      case 1 -> bytes[index] & 63;
      case 2 -> (bytes[index] & 63) << 8 | bytes[index + 1] & 255;
      case 5 -> (int) BIG_INTS.get(bytes, index + 1) & 0xFFFFFFFFL;
      default -> (long) BIG_LONGS.get(bytes, index + 1);
    };
  }

  // ---- strings -----------------------------------------------------------------------------------------------------

  /** Array of the last string read; it holds until the next call of anything here. */
  byte[] array() {
    return array;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  /** Whether {@link #array} holds nothing but the string and is the caller's to keep. */
  boolean isOwn() {
    return owned && length == array.length;
  }

  /** The last string read as an array of its own. */
  byte[] string() {
    if (isOwn()) return array;
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** The last string read: in the given array if that is as long, else in one of its own. */
  byte[] string(byte[] spare) {
    if (isOwn() || spare.length != length) return string();
    System.arraycopy(array, offset, spare, 0, length);
    return spare;
  }

  /** A string in any encoding. */
  boolean readString() {
    if (collected != null) return collect();
    if (at == end) return false;
    int first = bytes[at];
    if ((first >> 6 & 3) == RdbFormat.ENCODED) {
      int encoding = first & 63;
      if (encoding == RdbFormat.ENCODED_LZF) return readCompressed();
      if (encoding > RdbFormat.ENCODED_LZF) throw new RdbException("Unknown RDB string encoding type " + encoding);
      return readDecimal(1 << encoding);
    }
    return readLength() && readBytes(checked(number), NOT_COMPRESSED);
  }

  /** A given number of bytes. Once this has answered false, {@link #readString} goes on, too. */
  boolean readRaw(int count) {
    return collected != null ? collect() : readBytes(count, NOT_COMPRESSED);
  }

  private boolean readDecimal(int size) {
    if (end - at < 1 + size) return false;
    at++;
    long value = littleEndian(size);
    at += size;
    show(decimal, 0, Numbers.putDecimal(value, decimal, 0), false);
    return true;
  }

  private boolean readCompressed() {
    int compressedSize = at + 1 < end ? lengthSize(bytes[at + 1]) : 1;
    if (compressedSize == 0) throw new RdbException("Unknown length encoding of a compressed string");
    int second = at + 1 + compressedSize;
    if (second >= end) return false;
    int expandedSize = lengthSize(bytes[second]);
    if (expandedSize == 0) throw new RdbException("Unknown length encoding of a compressed string");
    if (end - second < expandedSize) return false;
    int compressed = checked(lengthAt(at + 1, compressedSize));
    int expanded = checked(lengthAt(second, expandedSize));
    if (!Lzf.canExpand(compressed, expanded)) throw new RdbException("Invalid LZF compressed string");
    at = second + expandedSize;
    return readBytes(compressed, expanded);
  }

  private static int checked(long length) {
    if (length < 0 || length > LARGEST_ARRAY) {
      throw new RdbException("String of " + Long.toUnsignedString(length) + " bytes");
    }
    return (int) length;
  }

  private boolean readBytes(int count, int expanded) {
    if (end - at >= count) {
      at += count;
      finish(bytes, at - count, count, false, expanded);
      return true;
    }
    wantedLength = count;
    expandedLength = expanded;
    collected = new byte[Math.min(count, Math.max(FIRST_ROOM, end - at))];
    collectedLength = 0;
    return collect();
  }

  private boolean collect() {
    int more = Math.min(wantedLength - collectedLength, end - at);
    int needed = collectedLength + more;
    if (needed > collected.length) {
      collected = Arrays.copyOf(collected, (int) Math.min(wantedLength, Math.max(needed, 2L * collected.length)));
    }
    System.arraycopy(bytes, at, collected, collectedLength, more);
    at += more;
    collectedLength = needed;
    if (needed < wantedLength) return false;
    byte[] complete = collected;
    collected = null;
    finish(complete, 0, needed, true, expandedLength);
    return true;
  }

  private void finish(byte[] from, int start, int count, boolean owned, int expanded) {
    if (expanded == NOT_COMPRESSED) {
      show(from, start, count, owned);
      return;
    }
    byte[] whole = new byte[expanded];
    if (!Lzf.expand(from, start, count, whole, 0, expanded)) throw new RdbException("Invalid LZF compressed string");
    show(whole, 0, expanded, true);
  }

  private void show(byte[] from, int start, int count, boolean owned) {
    array = from;
    offset = start;
    length = count;
    this.owned = owned;
  }

  private long littleEndian(int size) {
    long value = bytes[at + size - 1]; // with its sign
    for (int i = size - 2; i >= 0; i--) value = value << 8 | bytes[at + i] & 255;
    return value;
  }
}
