package org.understudy.sentinel.state;

import org.understudy.config.LogLevel;

/** The epoch that this sentinel lives in: the highest it has heard of. */
final class Epochs {
  private final Durability durability;
  private final Outbox outbox;
  private long current;

  Epochs(long current, Durability durability, Outbox outbox) {
    this.current = current;
    this.durability = durability;
    this.outbox = outbox;
  }

  long current() {
    return current;
  }

  /** Another sentinel lives in that one. @param about the primary over which we learnt it */
  void heard(long epoch, MonitoredPrimary about) {
    if (epoch > current) enter(epoch, about);
  }

  /** Enters an epoch that nobody was in before, as far as is known. */
  long next(MonitoredPrimary about) {
    enter(current + 1, about);
    return current;
  }

  private void enter(long epoch, MonitoredPrimary about) {
    current = epoch;
    durability.change();
    outbox.publishText(LogLevel.WARNING, "+new-epoch", about, String.valueOf(epoch));
  }
}
