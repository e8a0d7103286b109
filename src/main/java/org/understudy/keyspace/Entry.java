package org.understudy.keyspace;

import java.util.Arrays;
import org.understudy.bytes.Loans;

/**
 * What a lookup found: a view that the caller owns and every lookup fills anew. Strings are seen where they lie,
 * without a copy: {@link #array}, {@link #offset}, {@link #length} hold until the next change of the database and must
 * not be written to, except after {@link Database#edit}.
 */
public final class Entry {
  /** Expiry of a key that has none. */
  public static final long NO_EXPIRE = -1;

  private byte[] keyArray;
  private int keyOffset;
  private int keyLength;
  private byte[] array;
  private int offset;
  private int length;
  private Encoding encoding;
  private Value value;
  /** How the value lies in {@link #array}, if it does; it becomes an object when asked for. */
  private PackedForm packedForm;
  private boolean toChange;
  private StringValue large;
  private Node node;
  private long expireAtMillis;
  private int clock;

  void fill(byte[] keyArray, int keyOffset, int keyLength, long expireAtMillis, int clock) {
    this.keyArray = keyArray;
    this.keyOffset = keyOffset;
    this.keyLength = keyLength;
    this.expireAtMillis = expireAtMillis;
    this.clock = clock;
  }

  void string(byte[] array, int offset, int length, Encoding encoding, StringValue large) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.encoding = encoding;
    this.large = large;
    this.value = null;
    this.packedForm = null;
    this.node = null;
  }

  /** @param toChange whether the value will be changed, so that it cannot be seen where it lies */
  void packed(byte[] record, int offset, PackedForm form, boolean toChange) {
    string(record, offset + 1, record.length - offset - 1, null, null);
    packedForm = form;
    this.toChange = toChange;
  }

  /** Another record for the same key and the value that was changed. */
  void repacked(byte[] record, int keyOffset, int offset) {
    this.keyArray = record;
    this.keyOffset = keyOffset;
    this.array = record;
    this.offset = offset + 1;
    this.length = record.length - offset - 1;
  }

  void object(Node node) {
    this.node = node;
    this.value = (Value) node.value;
    this.packedForm = null;
    this.array = null;
    this.large = null;
    this.encoding = null;
  }

  public Type type() {
    if (packedForm != null) return packedForm.type();
    return value == null ? Type.STRING : value.type();
  }

  public boolean isString() {
    return value == null && packedForm == null;
  }

  /**
   * The value of any type but string; null for a string. A small one holds until the next change of the database; one
   * that was looked up for reading must not be changed.
   */
  public Value value() {
    if (value == null && packedForm != null) {
      value = toChange ? packedForm.over(bytes(), 0) : packedForm.over(array, offset);
    }
    return value;
  }

  /** The table's entry of {@link #value}, if that is an object. */
  Node node() {
    return node;
  }

  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  /** Length of the string in bytes. */
  public int length() {
    return length;
  }

  /** The string as an array of its own. */
  public byte[] bytes() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** Encoding of a string; null for other types. */
  public Encoding encoding() {
    return encoding;
  }

  /** As OBJECT ENCODING names it, for every type. */
  public String encodingName() {
    return isString() ? encoding.word() : value().encodingName();
  }

  /**
   * For replies that refer to the string's bytes instead of copying them; null if it is small and must be copied. A
   * change in place costs a copy of the value while one is on its way.
   */
  public Loans loans() {
    return large == null ? null : large.loans();
  }

  /** Unix time in milliseconds, or {@link #NO_EXPIRE}. */
  public long expireAtMillis() {
    return expireAtMillis;
  }

  public boolean hasExpiry() {
    return expireAtMillis != NO_EXPIRE;
  }

  /** The key as an array of its own. */
  public byte[] key() {
    return Arrays.copyOfRange(keyArray, keyOffset, keyOffset + keyLength);
  }

  public byte[] keyArray() {
    return keyArray;
  }

  public int keyOffset() {
    return keyOffset;
  }

  public int keyLength() {
    return keyLength;
  }

  /** The 24 bits of the access clock, after the lookup's own touch; {@link AccessClock} reads them. */
  public int clock() {
    return clock;
  }
}
