package org.understudy.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What the process does on signals, as Redis: TERM and INT ask for a shutdown, INT while one is under way ends the
 * process at once, HUP is ignored, ABRT (when crash logs are enabled) leaves a crash report first. SEGV, BUS, FPE and
 * ILL belong to the JVM, which writes its own report (hs_err_pid).
 */
final class Signals {
  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  /** What signals act on. */
  interface Target {
    /** Asks for an orderly shutdown because of a signal: {@code TERM} or {@code INT}. */
    void requestShutdown(String signal);

    /** A shutdown was asked for, and has not been called off since. */
    boolean shutdownRequested();

    /** The process is about to end at once: what must not stay behind is removed. */
    void endAtOnce();

    /** The dataset is being loaded. */
    boolean loading();
  }

  private Signals() {}

  static void handle(Target target, boolean crashLog, CrashReport crash) {
    Signal.handle(new Signal("HUP"), SignalHandler.SIG_IGN);
    Signal.handle(new Signal("TERM"), signal -> shutdown(target, signal));
    Signal.handle(new Signal("INT"), signal -> shutdown(target, signal));
    if (crashLog) {
      Signal.handle(new Signal("ABRT"), signal -> {
        crash.signal(signal.getNumber());
        // What a shell sees of a process that the signal has ended.
        Runtime.getRuntime().halt(128 + signal.getNumber());
      });
    }
  }

  private static void shutdown(Target target, Signal signal) {
    if (target.shutdownRequested() && signal.getName().equals("INT")) {
      log.warn(LogAppender.SIGNAL, "You insist... exiting now.");
      target.endAtOnce();
      Runtime.getRuntime().halt(1);
    }
    log.warn(LogAppender.SIGNAL, target.loading() ? "Received shutdown signal during loading, scheduling shutdown."
        : "Received SIG" + signal.getName() + " scheduling shutdown...");
    target.requestShutdown(signal.getName());
  }
}
