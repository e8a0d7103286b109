package org.understudy.bytes;

/** The node's time. Everything below {@code node} takes it as a parameter and never asks the system. */
public interface Clock {
  /** Unix time in milliseconds. May jump. */
  long millis();

  /** Unix time in microseconds, as fine as the machine gives it. */
  default long micros() {
    return millis() * 1000;
  }

  /** Monotonic time in nanoseconds from an arbitrary origin. */
  long nanos();
}
