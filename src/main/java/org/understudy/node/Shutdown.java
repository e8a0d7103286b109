package org.understudy.node;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a shutdown was asked for (by a signal or by SHUTDOWN) and not called off since: what tells a first SIGINT
 * from one that insists, and an orderly end from another.
 */
final class Shutdown {
  private final AtomicBoolean requested = new AtomicBoolean();
  private volatile Runnable lastAct = () -> { };

  void request() {
    requested.set(true);
  }

  /** It failed (a last snapshot could not be written), or SHUTDOWN ABORT was given. */
  void callOff() {
    requested.set(false);
  }

  /** @param act what has to be done before the process may end at once; may block */
  void beforeEndingAtOnce(Runnable act) {
    lastAct = act;
  }

  /** Does the last that has to be done: the process is about to end at once. */
  void endAtOnce() {
    lastAct.run();
  }

  boolean requested() {
    return requested.get();
  }
}
