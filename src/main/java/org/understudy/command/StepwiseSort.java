package org.understudy.command;

import java.util.Comparator;

/**
 * A stable merge sort that can be done in pieces. The items are sorted where they are, with as much room again beside.
 */
final class StepwiseSort<T> {
  /** Items that one step puts in place. */
  private static final int STEP_ITEMS = 512;

  private final Comparator<? super T> order;
  private T[] from;
  private T[] to;
  /** Length of the runs that are sorted already. */
  private int width = 1;
  // the two runs being merged, and where the next item goes
  private int left;
  private int right;
  private int next;
  private int leftEnd;
  private int rightEnd;

  StepwiseSort(T[] items, Comparator<? super T> order) {
    this.order = order;
    from = items;
    to = items.clone();
    startMerge(0);
  }

  private void startMerge(int start) {
    left = start;
    next = start;
    leftEnd = (int) Math.min((long) start + width, from.length);
    right = leftEnd;
    rightEnd = (int) Math.min((long) leftEnd + width, from.length);
  }

  /** Does a piece. @return whether more is left */
  boolean step() {
    for (int i = 0; i < STEP_ITEMS; i++) {
      if (width >= from.length) return false;
      to[next++] = takeLeft() ? from[left++] : from[right++];
      if (next < rightEnd) continue;
      if (rightEnd < from.length) startMerge(rightEnd);
      else endPass();
    }
    return width < from.length;
  }

  private boolean takeLeft() {
    return left < leftEnd && (right == rightEnd || order.compare(from[left], from[right]) <= 0);
  }

  private void endPass() {
    T[] merged = to;
    to = from;
    from = merged;
    width = (int) Math.min(2L * width, Integer.MAX_VALUE);
    startMerge(0);
  }

  /** The items in order, once nothing is left to do. */
  T[] sorted() {
    return from;
  }
}
