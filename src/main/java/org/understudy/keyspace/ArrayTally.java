package org.understudy.keyspace;

/**
 * A running sum of what byte arrays take in the heap, for values that do not know the heap's layout before they are
 * asked. An array's header is a multiple of four bytes and arrays are padded to eight, so two sums serve every layout.
 */
public final class ArrayTally {
  private long arrays;
  /** Contents padded to eight bytes, and those four bytes longer. */
  private long padded;
  private long paddedBehindHalf;

  public ArrayTally() {}

  public ArrayTally(ArrayTally other) {
    arrays = other.arrays;
    padded = other.padded;
    paddedBehindHalf = other.paddedBehindHalf;
  }

  public void add(byte[] array) {
    arrays++;
    padded += array.length + 7 & ~7;
    paddedBehindHalf += array.length + 11 & ~7;
  }

  public void remove(byte[] array) {
    arrays--;
    padded -= array.length + 7 & ~7;
    paddedBehindHalf -= array.length + 11 & ~7;
  }

  /** Bytes of heap of all of them. */
  public long bytes(HeapLayout layout) {
    int header = layout.arrayHeader();
    return header % 8 == 0 ? arrays * header + padded : arrays * (header - 4L) + paddedBehindHalf;
  }

  /** Bytes of heap of this object. */
  public static long ownBytes(HeapLayout layout) {
    return layout.object(0, 24);
  }
}
