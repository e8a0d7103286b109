package org.understudy.rdb;

import java.util.Arrays;
import org.understudy.keyspace.packed.Listpack;

/**
 * The packed list of Redis before 7.0, read only to become a {@link Listpack}:
 *
 * <pre>
 *   4 bytes   size of the whole in bytes; all numbers are little-endian but for lengths of strings
 *   4 bytes   offset of the last entry
 *   2 bytes   number of entries; 65535: that many or more, to be counted
 *   entries   each: size of the one before (1 byte, or 254 and 4 bytes), encoding, string or number
 *   0xFF      the end
 *
 *   00llllll  string             up to 63 bytes
 *   01llllll llllllll string     up to 16383 bytes, the length big-endian
 *   10xxxxxx 4 bytes, string     the length big-endian
 *   11000000 … 11110000          numbers of 16, 32, 64 and 24 bits; 11111110 of 8
 *   1111nnnn                     0 to 12, as nnnn - 1
 * </pre>
 */
final class Ziplist {
  private static final int HEADER_BYTES = 10;
  private static final int END = 0xFF;
  private static final int LONG_SIZE = 254;
  private static final int MANY = 0xFFFF;

  private static final int NUMBER_16_BITS = 0xC0;
  private static final int NUMBER_32_BITS = 0xD0;
  private static final int NUMBER_64_BITS = 0xE0;
  private static final int NUMBER_24_BITS = 0xF0;
  private static final int NUMBER_8_BITS = 0xFE;
  private static final int FIRST_IMMEDIATE = 0xF1;

  private final byte[] bytes;
  /** Offset of the byte that ends it. */
  private final int end;
  private final Listpack listpack;
  private int at = HEADER_BYTES;

  private Ziplist(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length - 1;
    this.listpack = new Listpack(bytes.length);
  }

  /** The same entries as a listpack; null if the bytes are not a sound ziplist, as ziplistValidateIntegrity decides. */
  static Listpack toListpack(byte[] bytes) {
    if (bytes.length < HEADER_BYTES + 1) return null;
    Ziplist ziplist = new Ziplist(bytes);
    return ziplist.convert() ? ziplist.listpack : null;
  }

  private boolean convert() {
    if (littleEndian(0, 4) != bytes.length || (bytes[end] & 255) != END) return false;
    int count = 0;
    int last = -1;
    int sizeOfLast = 0;
    while ((bytes[at] & 255) != END) {
      int start = at;
      if (!readEntry(sizeOfLast)) return false;
      sizeOfLast = at - start;
      last = start;
      count++;
    }
    if (at != end) return false;
    long tail = littleEndian(4, 4) & 0xFFFFFFFFL;
    if (last < 0 ? tail > end : tail != last) return false;
    int expected = (int) littleEndian(8, 2) & MANY;
    return expected == MANY || expected == count;
  }

  /** Goes past an entry. False if it is not sound; something always follows one that is, if only the end. */
  private boolean readEntry(int sizeBefore) {
    boolean isLong = (bytes[at] & 255) == LONG_SIZE;
    int encodingAt = at + (isLong ? 5 : 1);
    if (encodingAt >= end) return false;
    long claimed = isLong ? littleEndian(at + 1, 4) & 0xFFFFFFFFL : bytes[at] & 255;
    if (claimed != sizeBefore) return false;
    int encoding = bytes[encodingAt] & 255;
    return encoding < NUMBER_16_BITS ? readString(encodingAt, encoding) : readNumber(encodingAt, encoding);
  }

  private boolean readString(int encodingAt, int encoding) {
    int form = encoding >> 6;
    int start = encodingAt + (form == 0 ? 1 : form == 1 ? 2 : 5);
    if (start > end) return false;
    long length = switch (form) {
      case 0 -> encoding & 63;
      case 1 -> (encoding & 63) << 8 | bytes[encodingAt + 1] & 255;
      default -> Integer.toUnsignedLong(Integer.reverseBytes((int) littleEndian(encodingAt + 1, 4)));
    };
    if (length > end - start) return false;
    at = start + (int) length;
    listpack.append(Arrays.copyOfRange(bytes, start, at));
    return true;
  }

  private boolean readNumber(int encodingAt, int encoding) {
    int width = switch (encoding) {
      case NUMBER_16_BITS -> 2;
      case NUMBER_24_BITS -> 3;
      case NUMBER_32_BITS -> 4;
      case NUMBER_64_BITS -> 8;
      case NUMBER_8_BITS -> 1;
      default -> 0;
    };
    if (width == 0 && (encoding < FIRST_IMMEDIATE || encoding == END)) return false;
    int start = encodingAt + 1;
    if (width > end - start) return false;
    listpack.append(width == 0 ? encoding - FIRST_IMMEDIATE : littleEndian(start, width));
    at = start + width;
    return true;
  }

  private long littleEndian(int offset, int width) {
    long value = bytes[offset + width - 1]; // with its sign
    for (int i = width - 2; i >= 0; i--) value = value << 8 | bytes[offset + i] & 255;
    return value;
  }
}
