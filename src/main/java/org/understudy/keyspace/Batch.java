package org.understudy.keyspace;

import java.util.Arrays;
import java.util.function.Predicate;

/** Entries collected before they are visited or removed, since either may change the table. Reused. */
public final class Batch {
  private static final int FIRST_ROOM = 64;

  Object[] entries;
  long[] hashes;
  int size;

  public Batch() {
    this(FIRST_ROOM);
  }

  /** @param room for so many entries before the arrays have to grow, at least 1 */
  Batch(int room) {
    entries = new Object[room];
    hashes = new long[room];
  }

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
    truncate(0);
  }

  /** Keeps the first ones only. */
  void truncate(int most) {
    if (size <= most) return;
    Arrays.fill(entries, most, size, null);
    size = most;
  }

  void removeIf(Predicate<Object> unwanted) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (unwanted.test(entries[i])) continue;
      entries[kept] = entries[i];
      hashes[kept++] = hashes[i];
    }
    truncate(kept);
  }
}
