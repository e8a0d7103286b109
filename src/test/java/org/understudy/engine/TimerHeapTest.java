package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private final TimerHeap heap = new TimerHeap();
  private final List<Integer> fired = new ArrayList<>();

  private final class Noted extends TimerHeap.Timer {
    final long deadline;
    final int number;

    Noted(long deadline, int number) {
      super(deadline);
      this.deadline = deadline;
      this.number = number;
    }

    @Override
    void fire() {
      fired.add(number);
    }
  }

  @Test
  void firesInOrderOfDeadlinesAndArrivalWhateverWasRemoved() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Noted> left = new ArrayList<>();
    // Around the overflow of the clock, which a JVM is free to start at.
    long origin = Long.MAX_VALUE - 500;
    for (int i = 0; i < 5_000; i++) {
      Noted timer = new Noted(origin + random.nextInt(1_000), i);
      heap.add(timer);
      left.add(timer);
      if (random.nextInt(3) == 0) {
        Noted victim = left.remove(random.nextInt(left.size()));
        heap.remove(victim);
        heap.remove(victim);
      }
    }
    assertEquals(left.size(), heap.size());
    left.sort(Comparator.<Noted>comparingLong(timer -> timer.deadline - origin).thenComparing(timer -> timer.number));
    heap.fireUntil(origin + 1_000);
    assertEquals(left.stream().map(timer -> timer.number).toList(), fired, "seed " + seed);
    assertTrue(heap.isEmpty());
  }

  @Test
  void firesUpToAndIncludingNow() {
    for (int deadline : List.of(30, 10, 20)) heap.add(new Noted(deadline, deadline));
    heap.fireUntil(20);
    assertEquals(List.of(10, 20), fired);
    assertEquals(30, heap.firstDeadlineNanos());
  }

  @Test
  void timerThatIsAddedByOneThatFiresWaitsForTheNextCall() {
    heap.add(new TimerHeap.Timer(5) {
      @Override
      void fire() {
        heap.add(new Noted(1, 1));
      }
    });
    heap.fireUntil(10);
    assertEquals(List.of(), fired);
    heap.fireUntil(10);
    assertEquals(List.of(1), fired);
  }

  @Test
  void removeAllHandsOverEverything() {
    List<TimerHeap.Timer> added = new ArrayList<>();
    for (int i = 0; i < 100; i++) added.add(new Noted(i, i));
    List<TimerHeap.Timer> shuffled = new ArrayList<>(added);
    Collections.shuffle(shuffled, new Random(1));
    shuffled.forEach(heap::add);
    assertEquals(added, heap.removeAll());
    assertTrue(heap.isEmpty());
  }
}
