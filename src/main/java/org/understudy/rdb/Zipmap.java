package org.understudy.rdb;

import java.util.Arrays;
import org.understudy.keyspace.packed.Listpack;

/**
 * The small hash of Redis before 2.6, read only to become a {@link Listpack} of fields and values:
 *
 * <pre>
 *   1 byte    number of fields; 254: more than 253, to be counted
 *   fields    each: length, field, length of the value, number of unused bytes (1 byte), value, unused bytes
 *   0xFF      the end
 * </pre>
 *
 * A length is one byte, or 254 and four bytes, little-endian.
 */
final class Zipmap {
  private static final int END = 0xFF;
  private static final int LONG_LENGTH = 254;
  private static final int MANY = 254;

  private final byte[] bytes;
  /** Offset of the byte that ends it. */
  private final int end;
  private final Listpack listpack;
  private int at = 1;
  /** Where the string that was last passed begins. */
  private int start;

  private Zipmap(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length - 1;
    this.listpack = new Listpack(bytes.length);
  }

  /** The same fields as a listpack; null if the bytes are not a sound zipmap, as zipmapValidateIntegrity decides. */
  static Listpack toListpack(byte[] bytes) {
    if (bytes.length < 2) return null;
    Zipmap zipmap = new Zipmap(bytes);
    return zipmap.convert() ? zipmap.listpack : null;
  }

  private boolean convert() {
    if ((bytes[end] & 255) != END) return false;
    int count = 0;
    for (; (bytes[at] & 255) != END; count++) {
      if (!passString(0)) return false;
      listpack.append(Arrays.copyOfRange(bytes, start, at));
      if (at == end || !passString(1)) return false;
      listpack.append(Arrays.copyOfRange(bytes, start, at));
      at += bytes[start - 1] & 255;
      if (at > end) return false;
    }
    int expected = bytes[0] & 255;
    return at == end && count > 0 && (expected == count || expected == MANY);
  }

  /** @param more bytes between the length and the string */
  private boolean passString(int more) {
    int first = bytes[at] & 255;
    if (first == END) return false;
    boolean isLong = first == LONG_LENGTH;
    start = at + (isLong ? 5 : 1) + more;
    if (start > end) return false;
    long length = isLong ? littleEndian(at + 1) : first;
    if (length > end - start) return false;
    at = start + (int) length;
    return true;
  }

  private long littleEndian(int offset) {
    long value = 0;
    for (int i = 3; i >= 0; i--) value = value << 8 | bytes[offset + i] & 255;
    return value;
  }
}
