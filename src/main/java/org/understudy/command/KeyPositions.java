package org.understudy.command;

import java.util.Arrays;

/** Which arguments are keys, and what is done with each. Reusable after {@link #clear}. */
public final class KeyPositions {
  private int[] positions = new int[8];
  private int[] flags = new int[8];
  private int size;

  public int size() {
    return size;
  }

  /** Index in the arguments of the i-th key. */
  public int position(int i) {
    return positions[i];
  }

  /** Bits of {@link KeyFlag}. */
  public int flags(int i) {
    return flags[i];
  }

  public void clear() {
    size = 0;
  }

  public void add(int position, int keyFlags) {
    if (size == positions.length) {
      positions = Arrays.copyOf(positions, size * 2);
      flags = Arrays.copyOf(flags, size * 2);
    }
    positions[size] = position;
    flags[size++] = keyFlags;
  }
}
