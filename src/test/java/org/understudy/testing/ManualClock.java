package org.understudy.testing;

import java.util.function.LongSupplier;
import org.understudy.bytes.Clock;

/** Shows the time that a test says, and the same as monotonic time. */
public record ManualClock(LongSupplier unixMillis) implements Clock {
  @Override
  public long millis() {
    return unixMillis.getAsLong();
  }

  @Override
  public long nanos() {
    return millis() * 1_000_000;
  }
}
