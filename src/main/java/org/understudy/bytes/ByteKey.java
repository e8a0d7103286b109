package org.understudy.bytes;

import java.util.Arrays;

/**
 * A byte string as the key of a {@link java.util.HashMap}: channels, patterns, watched keys. The array must not change.
 */
public final class ByteKey implements Comparable<ByteKey> {
  private final byte[] bytes;
  private final int hash;

  public ByteKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** The array itself, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteKey that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public int compareTo(ByteKey other) {
    return Bytes.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return Bytes.string(bytes);
  }
}
