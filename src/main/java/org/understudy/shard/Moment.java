package org.understudy.shard;

import java.util.function.LongSupplier;
import org.understudy.bytes.Clock;

/**
 * The time at which the shard's loop does what it does: it stands still during a command and passes between commands
 * and pieces of background work. Asking the machine at each look-up of a key would cost as much as the look-up.
 */
final class Moment implements LongSupplier {
  private final Clock clock;
  private long unixMillis;

  Moment(Clock clock) {
    this.clock = clock;
    pass();
  }

  /** Asks the machine; returns Unix time in milliseconds. */
  long pass() {
    unixMillis = clock.millis();
    return unixMillis;
  }

  void set(long unixMillis) {
    this.unixMillis = unixMillis;
  }

  @Override
  public long getAsLong() {
    return unixMillis;
  }
}
