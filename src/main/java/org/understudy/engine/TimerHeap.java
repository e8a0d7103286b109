package org.understudy.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Timers in the order of their deadlines, equal ones in the order of arrival: a binary heap whose entries know their
 * place.
 */
final class TimerHeap {
  /** One entry; it belongs to at most one heap. */
  abstract static class Timer {
    private final long deadlineNanos;
    private long arrival;
    private int index = -1;

    Timer(long deadlineNanos) {
      this.deadlineNanos = deadlineNanos;
    }

    /** The deadline has passed; the timer has left the heap. */
    abstract void fire();

    private boolean isBefore(Timer other) {
      // Differences, since the clock's zero is arbitrary and it may overflow.
      long difference = deadlineNanos - other.deadlineNanos;
      return difference != 0 ? difference < 0 : arrival - other.arrival < 0;
    }
  }

  private Timer[] heap = new Timer[64];
  private int size;
  private long arrivals;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  long firstDeadlineNanos() {
    return heap[0].deadlineNanos;
  }

  void add(Timer timer) {
    if (size == heap.length) heap = Arrays.copyOf(heap, size * 2);
    timer.arrival = arrivals++;
    siftUp(size++, timer);
  }

  /** Does nothing if the timer has fired or was removed before. */
  void remove(Timer timer) {
    int hole = timer.index;
    if (hole < 0) return;
    timer.index = -1;
    Timer last = heap[--size];
    heap[size] = null;
    if (hole == size) return;
    if (hole > 0 && last.isBefore(heap[(hole - 1) >>> 1])) siftUp(hole, last);
    else siftDown(hole, last);
  }

  /** Fires what is due, in order. Timers that are added meanwhile wait for the next call, however short they are. */
  void fireUntil(long nowNanos) {
    long newcomers = arrivals;
    while (size > 0 && heap[0].deadlineNanos - nowNanos <= 0 && heap[0].arrival < newcomers) {
      Timer due = heap[0];
      remove(due);
      due.fire();
    }
  }

  /** Empties the heap. */
  List<Timer> removeAll() {
    List<Timer> all = new ArrayList<>(size);
    while (size > 0) {
      all.add(heap[0]);
      remove(heap[0]);
    }
    return all;
  }

  private void siftUp(int hole, Timer timer) {
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!timer.isBefore(heap[parent])) break;
      place(heap[parent], hole);
      hole = parent;
    }
    place(timer, hole);
  }

  private void siftDown(int hole, Timer timer) {
    while (true) {
      int child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) child++;
      if (!heap[child].isBefore(timer)) break;
      place(heap[child], hole);
      hole = child;
    }
    place(timer, hole);
  }

  private void place(Timer timer, int index) {
    heap[index] = timer;
    timer.index = index;
  }
}
