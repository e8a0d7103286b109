package org.understudy.keyspace.collection;

import java.util.Arrays;

/**
 * Goes through elements of a sorted set. After {@link #next} the fields show an element where it lies: they hold until
 * the set is changed or {@code next} is called again, and the array must not be written to.
 */
public abstract class ScoredCursor {
  /** The member is {@link #length} bytes of this from {@link #offset} on. */
  public byte[] array;
  public int offset;
  public int length;
  public double score;

  /** Goes to the next element; false if there is none. */
  public abstract boolean next();

  /** The member as an array of its own. */
  public final byte[] member() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }
}
