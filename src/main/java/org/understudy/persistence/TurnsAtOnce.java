package org.understudy.persistence;

import java.util.ArrayDeque;

/** Turns for a caller that wants nothing else to happen meanwhile: everything is done in its thread, one by one. */
final class TurnsAtOnce implements Turns {
  private final ArrayDeque<Runnable> due = new ArrayDeque<>();

  void runAll() {
    for (Runnable next = due.poll(); next != null; next = due.poll()) next.run();
  }

  @Override
  public void next(Runnable slice) {
    due.add(slice);
  }

  @Override
  public void nextIfQuiet(Runnable slice) {
    due.add(slice);
  }

  /** At once: the delays are brakes for tests, and nobody could act meanwhile. */
  @Override
  public void later(long millis, Runnable slice) {
    due.add(slice);
  }

  @Override
  public void block(Runnable work) {
    due.add(work);
  }

  @Override
  public void back(Runnable work) {
    due.add(work);
  }
}
