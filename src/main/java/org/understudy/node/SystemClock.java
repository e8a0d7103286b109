package org.understudy.node;

import java.time.Instant;
import org.understudy.bytes.Clock;

/** The machine's time: the one place that asks for it. */
final class SystemClock implements Clock {
  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public long micros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }
}
