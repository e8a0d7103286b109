package org.understudy.keyspace;

import java.util.Arrays;

/** Entries collected before they are visited or removed, since either may change the table. Reused. */
public final class Batch {
  Object[] entries = new Object[64];
  long[] hashes = new long[64];
  int size;

  public int size() {
    return size;
  }

  public Object entry(int index) {
    return entries[index];
  }

  void add(long hash, Object entry) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
    }
    entries[size] = entry;
    hashes[size++] = hash;
  }

  public void clear() {
    Arrays.fill(entries, 0, size, null);
    size = 0;
  }
}
