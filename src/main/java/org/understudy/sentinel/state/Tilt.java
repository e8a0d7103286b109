package org.understudy.sentinel.state;

import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.Timing.Period;

/**
 * TILT: this process did not run for a while, so what it believes is old. It goes on asking but decides nothing until
 * it has watched for some time. Redis goes by the clock of the system, so that setting the clock is a TILT; time here
 * is monotonic.
 */
final class Tilt {
  private final Timing timing;
  private final Outbox outbox;
  private boolean on;
  private long since;
  private long lastSeenAt;

  Tilt(Timing timing, Outbox outbox, long now) {
    this.timing = timing;
    this.outbox = outbox;
    lastSeenAt = now;
  }

  /** At each step. */
  void notice(long now) {
    if (now - lastSeenAt > timing.millis(Period.TILT_TRIGGER)) {
      on = true;
      since = now;
      outbox.publishText(LogLevel.WARNING, "+tilt", null, "#tilt mode entered");
    } else if (on && now - since >= timing.millis(Period.TILT_PERIOD)) {
      on = false;
      outbox.publishText(LogLevel.WARNING, "-tilt", null, "#tilt mode exited");
    }
    lastSeenAt = now;
  }

  boolean on() {
    return on;
  }

  long millis(long now) {
    return on ? now - since : 0;
  }
}
