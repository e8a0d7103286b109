package org.understudy.keyspace.packed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.HeapLayout;
import org.understudy.resp.ReplyBuffer;

/**
 * A list of strings and integers in one array, in the format of Redis 7.0's listpack.c, byte for byte:
 *
 * <pre>
 *   4 bytes   size of the whole in bytes, little-endian
 *   2 bytes   number of entries; 65535: that many or more, to be counted
 *   entries   each: encoding (with the length or the number), string, and the size of both for walking backwards
 *   0xFF      the end
 *
 *   0xxxxxxx                    integer 0 to 127
 *   10llllll  string            up to 63 bytes
 *   110xxxxx xxxxxxxx           integer of 13 bits, two's complement as all of them
 *   1110llll llllllll string    up to 4095 bytes, the length big-endian
 *   11110000 4 bytes, string    the length little-endian
 *   11110001 … 11110100         integers of 16, 24, 32 and 64 bits, little-endian
 * </pre>
 *
 * A string that spells a 64-bit number canonically is stored as that number.
 *
 * <p>A position is the offset of an entry in {@link #array}, or {@link #NONE}. Any change makes positions behind it
 * invalid. The array may have spare room on both sides: adding and removing costs the same at either end. Contents that
 * come from outside must pass {@link #isValid} first; the methods here trust them.
 */
public final class Listpack {
  /** Instead of a position: there is no such entry. */
  public static final int NONE = -1;

  private static final int HEADER_BYTES = 6;
  /** Header and end. */
  private static final int EMPTY_BYTES = HEADER_BYTES + 1;
  private static final int COUNT_OFFSET = 4;
  /** As a count: too many for the header. */
  private static final int MANY = 0xFFFF;
  private static final byte END = (byte) 0xFF;

  private static final int STRING_6_BITS = 0x80;
  private static final int INTEGER_13_BITS = 0xC0;
  private static final int STRING_12_BITS = 0xE0;
  private static final int STRING_32_BITS = 0xF0;
  private static final int INTEGER_16_BITS = 0xF1;
  private static final int INTEGER_24_BITS = 0xF2;
  private static final int INTEGER_32_BITS = 0xF3;
  private static final int INTEGER_64_BITS = 0xF4;

  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  /** Where the packed form begins in the array. */
  private int start;

  /** An empty one. */
  public Listpack() {
    this(EMPTY_BYTES);
  }

  /** An empty one with room for a number of bytes in all. */
  public Listpack(int capacityBytes) {
    this(new byte[Math.max(EMPTY_BYTES, capacityBytes)]);
    resized(EMPTY_BYTES);
    bytes[HEADER_BYTES] = END;
  }

  /** As {@link #Listpack(int)}, with all of the room before the entries: for one that grows towards its start. */
  public static Listpack growingForwards(int capacityBytes) {
    Listpack listpack = new Listpack(new byte[Math.max(EMPTY_BYTES, capacityBytes)]);
    listpack.start = listpack.bytes.length - EMPTY_BYTES;
    listpack.resized(EMPTY_BYTES);
    listpack.bytes[listpack.start + HEADER_BYTES] = END;
    return listpack;
  }

  private Listpack(byte[] bytes) {
    this.bytes = bytes;
  }

  /** One over an array that holds nothing else and is not the caller's any more. It must be valid. */
  public static Listpack over(byte[] packed) {
    return new Listpack(packed);
  }

  /** One that reads within an array: from an offset on, it must be valid. It must not be changed. */
  public static Listpack over(byte[] array, int offset) {
    Listpack listpack = new Listpack(array);
    listpack.start = offset;
    return listpack;
  }

  /** One with an array of its own. */
  public Listpack copy() {
    return new Listpack(toBytes());
  }

  /** Holds the packed bytes: {@link #size} of them from {@link #offset} on. Not to be changed by others. */
  public byte[] array() {
    return bytes;
  }

  public int offset() {
    return start;
  }

  /** Size of the packed form in bytes. */
  public int size() {
    return (int) INTS.get(bytes, start);
  }

  /** The packed form in an array of exactly its size. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(bytes, start, start + size());
  }

  /** Bytes of heap of the object and its array, spare room included. */
  public long heapBytes(HeapLayout layout) {
    return layout.object(1, 4) + layout.byteArray(bytes.length);
  }

  /** How much of the array holds nothing. */
  public int spareBytes() {
    return bytes.length - size();
  }

  /** Gives back spare room. */
  public void trim() {
    if (bytes.length == size()) return;
    bytes = toBytes();
    start = 0;
  }

  /** How many entries there are. Takes a walk over all from 65535 entries on. */
  public int count() {
    int count = countInHeader();
    if (count != MANY) return count;
    count = 0;
    for (int at = first(); at != NONE; at = next(at)) count++;
    if (count < MANY) countInHeader(count);
    return count;
  }

  public boolean isEmpty() {
    return bytes[start + HEADER_BYTES] == END;
  }

  // ---- walking ------------------------------------------------------------------------------------------------------

  public int first() {
    return orNone(start + HEADER_BYTES);
  }

  public int last() {
    return isEmpty() ? NONE : before(end());
  }

  public int next(int at) {
    return orNone(after(at));
  }

  public int previous(int at) {
    return at == start + HEADER_BYTES ? NONE : before(at);
  }

  /** The entry at an index from the start, or from the end if negative (-1 is the last); {@link #NONE} outside. */
  public int seek(long index) {
    int count = countInHeader();
    boolean known = count != MANY;
    if (known) {
      if (index < 0) index += count;
      if (index < 0 || index >= count) return NONE;
      if (index > count / 2) index -= count; // from the nearer end
    }
    int at;
    if (index >= 0) {
      for (at = first(); index > 0 && at != NONE; index--) at = next(at);
    } else {
      for (at = last(); index < -1 && at != NONE; index++) at = previous(at);
    }
    return at;
  }

  /** Where the mark of the end is. */
  private int end() {
    return start + size() - 1;
  }

  private int orNone(int at) {
    return bytes[at] == END ? NONE : at;
  }

  private int after(int at) {
    int body = bodyBytes(at);
    return at + body + backLengthBytes(body);
  }

  private int before(int at) {
    int body = (int) backLength(bytes, at - 1);
    return at - body - backLengthBytes(body);
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  public boolean isInteger(int at) {
    int head = bytes[at] & 0xFF;
    return head < STRING_6_BITS || head >= INTEGER_13_BITS && head < STRING_12_BITS || head > STRING_32_BITS;
  }

  /** The number of an entry that {@link #isInteger}. */
  public long integer(int at) {
    int head = bytes[at];
    if (head >= 0) return head;
    return switch (head & 0xFF) {
      case INTEGER_16_BITS -> littleEndian(at + 1, 2);
      case INTEGER_24_BITS -> littleEndian(at + 1, 3);
      case INTEGER_32_BITS -> littleEndian(at + 1, 4);
      case INTEGER_64_BITS -> littleEndian(at + 1, 8);
      default -> (head << 27 >> 19) | bytes[at + 1] & 0xFF; // 13 bits, the topmost of which is the sign
    };
  }

  private long littleEndian(int offset, int width) {
    long value = bytes[offset + width - 1]; // brings the sign
    for (int i = width - 2; i >= 0; i--) value = value << 8 | bytes[offset + i] & 0xFF;
    return value;
  }

  /** Where in {@link #array} the string of an entry that is no integer begins. */
  public int stringOffset(int at) {
    int head = bytes[at] & 0xFF;
    return head < INTEGER_13_BITS ? at + 1 : head == STRING_32_BITS ? at + 5 : at + 2;
  }

  /** Length of the string of an entry that is no integer. */
  public int stringLength(int at) {
    int head = bytes[at] & 0xFF;
    if (head < INTEGER_13_BITS) return head & 0x3F;
    if (head == STRING_32_BITS) return (int) littleEndian(at + 1, 4);
    return (head & 0x0F) << 8 | bytes[at + 1] & 0xFF;
  }

  /** Length of an entry as text. */
  public int length(int at) {
    return isInteger(at) ? Numbers.decimalLength(integer(at)) : stringLength(at);
  }

  /** An entry as text in an array of its own. */
  public byte[] element(int at) {
    if (isInteger(at)) return Bytes.of(integer(at));
    int offset = stringOffset(at);
    return Arrays.copyOfRange(bytes, offset, offset + stringLength(at));
  }

  /** Replies with an entry as a bulk string. */
  public void reply(int at, ReplyBuffer into) {
    if (isInteger(at)) into.bulk(integer(at));
    else into.bulk(bytes, stringOffset(at), stringLength(at));
  }

  /** Replies with some entries, all of which are there; returns the position of the last of them. */
  public int reply(int at, int entries, ReplyBuffer into) {
    while (true) {
      int head = bytes[at] & 0xFF;
      int next;
      if ((head & 0xC0) == STRING_6_BITS) { // most are short strings, which end one byte behind their text
        int length = head & 0x3F;
        into.bulk(bytes, at + 1, length);
        next = at + length + 2;
      } else {
        reply(at, into);
        next = after(at);
      }
      if (--entries == 0) return at;
      at = next;
    }
  }

  /** Whether an entry, as text, is that string. */
  public boolean is(int at, byte[] value) {
    if (isInteger(at)) return Numbers.isLong(value) && Numbers.parseLong(value) == integer(at);
    return isString(at, value);
  }

  private boolean isString(int at, byte[] value) {
    int length = stringLength(at);
    if (length != value.length) return false;
    int offset = stringOffset(at);
    return Arrays.equals(bytes, offset, offset + length, value, 0, length);
  }

  /** The first entry that, as text, is that string. */
  public int find(byte[] value) {
    return find(value, first(), 0);
  }

  /**
   * The first entry from a position on that, as text, is that string.
   *
   * @param from may be {@link #NONE}
   * @param skip how many entries to pass over after each one compared: 1 among pairs
   */
  public int find(byte[] value, int from, int skip) {
    boolean numeric = Numbers.isLong(value);
    long number = numeric ? Numbers.parseLong(value) : 0;
    int at = from;
    while (at != NONE) {
      if (isInteger(at) ? numeric && integer(at) == number : isString(at, value)) return at;
      at = next(at);
      for (int i = 0; i < skip && at != NONE; i++) at = next(at);
    }
    return NONE;
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  /** Adds an entry at the end. Returns its position, as the other methods that add one do. */
  public int append(byte[] value) {
    return put(end(), 0, value);
  }

  public int append(long number) {
    return put(end(), 0, number);
  }

  public int prepend(byte[] value) {
    return put(start + HEADER_BYTES, 0, value);
  }

  public int insertBefore(int at, byte[] value) {
    return put(at, 0, value);
  }

  public int insertAfter(int at, byte[] value) {
    return put(after(at), 0, value);
  }

  public int insertAfter(int at, long number) {
    return put(after(at), 0, number);
  }

  /** Puts another entry in the place of one. */
  public int replace(int at, byte[] value) {
    return put(at, after(at) - at, value);
  }

  public int replace(int at, long number) {
    return put(at, after(at) - at, number);
  }

  /** Adds all entries of another one at the end. */
  public void appendAll(Listpack other) {
    int added = other.size() - EMPTY_BYTES;
    int count = Math.min(MANY, count() + other.count());
    int at = splice(end(), 0, added);
    System.arraycopy(other.bytes, other.start + HEADER_BYTES, bytes, at, added);
    countInHeader(count);
  }

  /** Removes an entry; returns the position of the one behind it. */
  public int delete(int at) {
    return delete(at, 1);
  }

  /** Removes up to {@code count} entries from a position on; returns the position of what is behind them. */
  public int delete(int at, int count) {
    int end = at;
    int deleted = 0;
    for (; deleted < count && bytes[end] != END; deleted++) end = after(end);
    if (deleted == 0) return orNone(at);
    int behind = splice(at, end - at, 0);
    if (countInHeader() != MANY) countInHeader(countInHeader() - deleted);
    return orNone(behind);
  }

  /** Removes up to {@code count} entries from an index on, which may be negative as for {@link #seek}. */
  public void deleteRange(long index, int count) {
    int at = seek(index);
    if (at != NONE) delete(at, count);
  }

  private int put(int at, int replaced, byte[] value) {
    if (Numbers.isLong(value)) return put(at, replaced, Numbers.parseLong(value));
    int length = value.length;
    int header = length < 64 ? 1 : length < 4096 ? 2 : 5;
    at = open(at, replaced, Math.addExact(header, length));
    switch (header) {
      case 1 -> bytes[at] = (byte) (STRING_6_BITS | length);
      case 2 -> {
        bytes[at] = (byte) (STRING_12_BITS | length >> 8);
        bytes[at + 1] = (byte) length;
      }
      default -> {
        bytes[at] = (byte) STRING_32_BITS;
        putLittleEndian(at + 1, length, 4);
      }
    }
    System.arraycopy(value, 0, bytes, at + header, length);
    return at;
  }

  private int put(int at, int replaced, long number) {
    int body = integerBytes(number);
    at = open(at, replaced, body);
    switch (body) {
      case 1 -> bytes[at] = (byte) number;
      case 2 -> {
        bytes[at] = (byte) (INTEGER_13_BITS | number >> 8 & 0x1F);
        bytes[at + 1] = (byte) number;
      }
      default -> {
        bytes[at] = (byte) (body == 9 ? INTEGER_64_BITS : INTEGER_16_BITS + body - 3);
        putLittleEndian(at + 1, number, body - 1);
      }
    }
    return at;
  }

  private static int integerBytes(long number) {
    if (number >= 0 && number <= 127) return 1;
    int bits = 65 - Long.numberOfLeadingZeros(number ^ number >> 63); // with the sign
    if (bits <= 13) return 2;
    if (bits <= 16) return 3;
    return bits <= 24 ? 4 : bits <= 32 ? 5 : 9;
  }

  private void putLittleEndian(int offset, long value, int width) {
    for (int i = 0; i < width; i++) bytes[offset + i] = (byte) (value >>> 8 * i);
  }

  /**
   * Makes room for an entry in place of {@code replaced} bytes, counts it, and writes what is behind its body.
   *
   * @return where the entry is
   */
  private int open(int at, int replaced, int body) {
    int back = backLengthBytes(body);
    at = splice(at, replaced, Math.addExact(body, back));
    if (replaced == 0 && countInHeader() != MANY) countInHeader(countInHeader() + 1);
    int rest = body;
    for (int i = at + body + back - 1; i > at + body; i--) {
      bytes[i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at + body] = (byte) rest;
    return at;
  }

  /**
   * Replaces a range by another of any contents, and sets the size. At the start of the entries what is before the
   * range gives way, as long as the room suffices; elsewhere what is behind it.
   *
   * @return where the new range begins
   */
  private int splice(int at, int oldLength, int newLength) {
    if (oldLength == newLength) return at; // counters change often, and seldom in length
    int size = size();
    int newSize = Math.addExact(size - oldLength, newLength);
    if (at == start + size - 1 && start + newSize <= bytes.length) { // most come at the end
      bytes[at + newLength] = END;
      resized(newSize);
      return at;
    }
    boolean farTooLarge = newSize < bytes.length / 2 && oldLength > 0;
    boolean atStart = at == start + HEADER_BYTES && (oldLength == 0 || newLength == 0);
    if (atStart && newLength <= start + oldLength && !farTooLarge) {
      int count = countInHeader();
      start += oldLength - newLength;
      countInHeader(count);
      resized(newSize);
      return start + HEADER_BYTES;
    }
    int tail = at + oldLength;
    int tailLength = start + size - tail;
    boolean prepends = atStart && oldLength == 0 && tailLength > 1; // to the end of an empty one it is appended
    if (!prepends && !farTooLarge && start + newSize <= bytes.length) {
      System.arraycopy(bytes, tail, bytes, at + newLength, tailLength);
      resized(newSize);
      return at;
    }
    byte[] target = bytes;
    if (!prepends || bytes.length - newSize < newSize >> 3) {
      target = new byte[farTooLarge ? newSize : roomFor(newSize)];
    }
    int newStart = prepends ? (target.length - newSize + 1) / 2 : 0; // spare room where it grows, and half of it behind
    int newAt = newStart + at - start;
    System.arraycopy(bytes, tail, target, newAt + newLength, tailLength);
    System.arraycopy(bytes, start, target, newStart, at - start); // in the same array this lies before what was moved
    bytes = target;
    start = newStart;
    resized(newSize);
    return newAt;
  }

  /** An eighth more than needed, since it will grow on: what it costs in copies it saves in memory. */
  private static int roomFor(int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 16, needed + (needed >> 3) + 7L & ~7L);
  }

  private void resized(int newSize) {
    INTS.set(bytes, start, newSize);
  }

  private int countInHeader() {
    return (short) SHORTS.get(bytes, start + COUNT_OFFSET) & 0xFFFF;
  }

  private void countInHeader(int count) {
    SHORTS.set(bytes, start + COUNT_OFFSET, (short) count);
  }

  // ---- sizes --------------------------------------------------------------------------------------------------------

  /** Bytes of an entry without the length behind it. */
  private int bodyBytes(int at) {
    int head = bytes[at];
    if (head >= 0) return 1;
    int fixed = fixedBytes(head);
    if (fixed > 0) return fixed;
    return stringOffset(at) - at + stringLength(at);
  }

  /** The same for integers; 0 for strings, -1 for what is no encoding. */
  private static int fixedBytes(int head) {
    int bits = head & 0xFF;
    if (bits < STRING_6_BITS) return 1;
    if (bits < INTEGER_13_BITS) return 0;
    if (bits < STRING_12_BITS) return 2;
    if (bits <= STRING_32_BITS) return 0;
    return switch (bits) {
      case INTEGER_16_BITS -> 3;
      case INTEGER_24_BITS -> 4;
      case INTEGER_32_BITS -> 5;
      case INTEGER_64_BITS -> 9;
      default -> -1;
    };
  }

  /** Bytes of the length behind a body. The limits are those of the original, one lower than they need be. */
  private static int backLengthBytes(long body) {
    if (body <= 127) return 1;
    if (body < (1 << 14) - 1) return 2;
    if (body < (1 << 21) - 1) return 3;
    return body < (1 << 28) - 1 ? 4 : 5;
  }

  /** The length whose last byte is at {@code last}, read backwards; -1 if it has no end. */
  private static long backLength(byte[] bytes, int last) {
    long length = 0;
    for (int shift = 0; shift <= 28; shift += 7) {
      byte next = bytes[last--];
      length |= (next & 0x7FL) << shift;
      if (next >= 0) return length;
    }
    return -1;
  }

  // ---- validating ---------------------------------------------------------------------------------------------------

  /**
   * Whether bytes from outside are a listpack, as lpValidateIntegrity decides. Takes time in proportion to their
   * number.
   *
   * @param deep whether to look at the entries too; without that their methods may throw or answer nonsense
   */
  public static boolean isValid(byte[] packed, boolean deep) {
    int size = packed.length;
    if (size < EMPTY_BYTES || packed[size - 1] != END) return false;
    Listpack listpack = new Listpack(packed);
    if (listpack.size() != size) return false;
    if (!deep) return true;
    int count = 0;
    int at = HEADER_BYTES;
    while (packed[at] != END) {
      at = listpack.validatedAfter(at);
      if (at == NONE) return false;
      count++;
    }
    int expected = listpack.countInHeader();
    return at == size - 1 && (expected == MANY || expected == count);
  }

  /** The offset behind an entry if the entry is sound and something follows it, else {@link #NONE}. */
  private int validatedAfter(int at) {
    int head = bytes[at] & 0xFF;
    long body = fixedBytes(head);
    if (body < 0) return NONE;
    int size = size();
    if (body == 0) {
      if (stringOffset(at) >= size) return NONE;
      body = stringOffset(at) - at + (stringLength(at) & 0xFFFFFFFFL);
    }
    int back = backLengthBytes(body);
    long after = at + body + back;
    if (after >= size || backLength(bytes, (int) after - 1) != body) return NONE;
    return (int) after;
  }
}
