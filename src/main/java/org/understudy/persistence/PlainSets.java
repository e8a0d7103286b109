package org.understudy.persistence;

/**
 * SETs of a key and a value without options that follow each other in an append-only file. They are most of what such
 * files hold, so they come many at a time and make no objects: values stay where they were read. Reused: what is here
 * holds until the reader is asked for more.
 */
public final class PlainSets {
  /** So many at once: about as many look-ups as a processor lets wait for memory together. */
  public static final int MOST = 16;

  private final byte[][] keys = new byte[MOST][0];
  private final int[] valueOffsets = new int[MOST];
  private final int[] valueLengths = new int[MOST];
  private byte[] buffer;
  private int count;

  /** Begins anew. @param buffer where the values are */
  void start(byte[] buffer) {
    this.buffer = buffer;
    count = 0;
  }

  boolean isFull() {
    return count == MOST;
  }

  void add(int keyOffset, int keyLength, int valueOffset, int valueLength) {
    if (keys[count].length != keyLength) keys[count] = new byte[keyLength];
    System.arraycopy(buffer, keyOffset, keys[count], 0, keyLength);
    valueOffsets[count] = valueOffset;
    valueLengths[count++] = valueLength;
  }

  public int count() {
    return count;
  }

  /** The keys, {@link #count} of them; nobody may keep one. */
  public byte[][] keys() {
    return keys;
  }

  /** What the values are in. */
  public byte[] buffer() {
    return buffer;
  }

  public int valueOffset(int index) {
    return valueOffsets[index];
  }

  public int valueLength(int index) {
    return valueLengths[index];
  }
}
