package org.understudy.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is to happen. */
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = 2_000_000;

  private Eventually() {}

  /** Waits until the condition holds; fails if it does not within half a minute. */
  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) throw new AssertionError("has not happened: " + what);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
