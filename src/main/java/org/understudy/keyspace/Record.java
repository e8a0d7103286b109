package org.understudy.keyspace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A small value with everything that belongs to it in one array, which is what the table's slot holds:
 *
 * <pre>
 *   byte 0       bits 0-1 encoding, bit 2 set if there is an expiry, bits 3-7 epoch
 *   bytes 1-3    access clock
 *   1-2 bytes    length of the key: 7 bits, and if the top bit is set 8 higher bits in a second byte
 *   …            key
 *   8 bytes      expiry in Unix milliseconds, if there is one
 *   … to the end value
 * </pre>
 *
 * Numbers are little-endian. The first four bytes are read and written as one number, here called the head.
 */
final class Record {
  static final int MAX_KEY_BYTES = (1 << 15) - 1;
  static final int MAX_VALUE_BYTES = 4096;
  /**
   * Up to here a value that is no string may be kept packed; larger ones change too often to be written anew each time.
   */
  static final int MAX_PACKED_BYTES = 1024;

  static final int ENCODING = 3;
  /** As an encoding: no string but a {@link PackedForm}, a byte, and the value in that form. */
  static final int PACKED = 3;
  static final int EXPIRES = 4;
  private static final int EPOCH_SHIFT = 3;

  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Record() {}

  /** A record whose value is zeros. The head's bit for the expiry is set or cleared as needed. */
  static byte[] blank(byte[] key, int keyOffset, int keyLength, int valueLength, int head, long expireAt) {
    boolean expires = expireAt != Entry.NO_EXPIRE;
    int keyStart = keyLength < 128 ? 5 : 6;
    byte[] record = new byte[keyStart + keyLength + (expires ? 8 : 0) + valueLength];
    head(record, expires ? head | EXPIRES : head & ~EXPIRES);
    if (keyLength < 128) {
      record[4] = (byte) keyLength;
    } else {
      record[4] = (byte) (keyLength | 128);
      record[5] = (byte) (keyLength >> 7);
    }
    System.arraycopy(key, keyOffset, record, keyStart, keyLength);
    if (expires) LONGS.set(record, keyStart + keyLength, expireAt);
    return record;
  }

  static byte[] of(byte[] key, byte[] value, int offset, int length, int head, long expireAt) {
    byte[] record = blank(key, 0, key.length, length, head, expireAt);
    System.arraycopy(value, offset, record, record.length - length, length);
    return record;
  }

  /** The same value and access clock under another expiry. */
  static byte[] withExpiry(byte[] record, long expireAt) {
    int valueStart = valueStart(record);
    int length = record.length - valueStart;
    byte[] changed = blank(record, keyStart(record), keyLength(record), length, head(record), expireAt);
    System.arraycopy(record, valueStart, changed, changed.length - length, length);
    return changed;
  }

  /** The same value, expiry and access clock under another key. */
  static byte[] withKey(byte[] record, byte[] key) {
    int valueStart = valueStart(record);
    return of(key, record, valueStart, record.length - valueStart, head(record), expireAt(record));
  }

  static int head(byte[] record) {
    return (int) INTS.get(record, 0);
  }

  static void head(byte[] record, int head) {
    INTS.set(record, 0, head);
  }

  static int head(Encoding encoding, int clock) {
    return head(encoding.ordinal(), clock);
  }

  /** @param encoding an ordinal of {@link Encoding}, or {@link #PACKED} */
  static int head(int encoding, int clock) {
    return encoding | clock << 8;
  }

  static boolean isPacked(int head) {
    return (head & ENCODING) == PACKED;
  }

  static int clock(int head) {
    return head >>> 8;
  }

  static Encoding encoding(int head) {
    return Encoding.at(head & ENCODING);
  }

  /** See {@link Snapshot}. */
  static int epoch(byte[] record) {
    return (record[0] & 255) >>> EPOCH_SHIFT;
  }

  static void epoch(byte[] record, int epoch) {
    record[0] = (byte) (record[0] & (1 << EPOCH_SHIFT) - 1 | epoch << EPOCH_SHIFT);
  }

  static int keyStart(byte[] record) {
    return record[4] >= 0 ? 5 : 6;
  }

  static int keyLength(byte[] record) {
    int low = record[4];
    return low >= 0 ? low : low & 127 | (record[5] & 255) << 7;
  }

  static boolean hasKey(byte[] record, byte[] key) {
    int length = keyLength(record);
    if (length != key.length) return false;
    int start = keyStart(record);
    return Arrays.equals(record, start, start + length, key, 0, length);
  }

  static byte[] key(byte[] record) {
    int start = keyStart(record);
    return Arrays.copyOfRange(record, start, start + keyLength(record));
  }

  static int valueStart(byte[] record) {
    return keyStart(record) + keyLength(record) + ((record[0] & EXPIRES) != 0 ? 8 : 0);
  }

  static long expireAt(byte[] record) {
    if ((record[0] & EXPIRES) == 0) return Entry.NO_EXPIRE;
    return (long) LONGS.get(record, keyStart(record) + keyLength(record));
  }

  /** For a record that has an expiry already. */
  static void expireAt(byte[] record, long unixMillis) {
    LONGS.set(record, keyStart(record) + keyLength(record), unixMillis);
  }
}
