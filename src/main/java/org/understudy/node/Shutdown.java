package org.understudy.node;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a shutdown was asked for (by a signal or by SHUTDOWN) and not called off since: what tells a first SIGINT
 * from one that insists, and an orderly end from another.
 */
final class Shutdown {
  private final AtomicBoolean requested = new AtomicBoolean();

  void request() {
    requested.set(true);
  }

  /** It failed (a last snapshot could not be written), or SHUTDOWN ABORT was given. */
  void callOff() {
    requested.set(false);
  }

  boolean requested() {
    return requested.get();
  }
}
