package org.understudy.bytes;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many replies that are on their way refer to an array, which may not be written over before the last of them has
 * left. The owner lends; any thread may return. A loan that nobody returns, since its client is gone, lasts: then the
 * owner takes another array.
 */
public final class Loans {
  private final AtomicInteger count = new AtomicInteger();

  public void lend() {
    count.incrementAndGet();
  }

  public void giveBack() {
    count.decrementAndGet();
  }

  public boolean any() {
    return count.get() > 0;
  }
}
