package org.understudy.persistence;

import java.util.ArrayDeque;

/** Runs what it is given only when the test wants it. */
final class ManualTurns implements Turns {
  /** What is to run on the loop. */
  final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  /** What may block. */
  final ArrayDeque<Runnable> blocking = new ArrayDeque<>();
  long delayedMillis;

  @Override
  public void next(Runnable slice) {
    loop.add(slice);
  }

  @Override
  public void nextIfQuiet(Runnable slice) {
    loop.add(slice);
  }

  @Override
  public void later(long millis, Runnable slice) {
    delayedMillis += millis;
    loop.add(slice);
  }

  @Override
  public void block(Runnable work) {
    blocking.add(work);
  }

  @Override
  public void back(Runnable work) {
    loop.add(work);
  }

  void runAll() {
    while (!loop.isEmpty() || !blocking.isEmpty()) {
      runOne(loop);
      runOne(blocking);
    }
  }

  static void runOne(ArrayDeque<Runnable> queue) {
    Runnable first = queue.poll();
    if (first != null) first.run();
  }
}
