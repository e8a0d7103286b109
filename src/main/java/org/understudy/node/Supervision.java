package org.understudy.node;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Supervised;

/**
 * The service manager that is told about readiness ({@code supervised}). Upstart waits for the process to stop itself;
 * systemd takes datagrams, which Java's Unix sockets cannot send, so its own tool sends them: the unit needs
 * {@code NotifyAccess=all}.
 */
final class Supervision {
  private static final Logger log = LoggerFactory.getLogger(Supervision.class);

  private final Supervised by;

  private Supervision(Supervised by) {
    this.by = by;
  }

  /** Finds out who supervises; upstart is told at once. */
  static Supervision of(Supervised mode, Map<String, String> environment) {
    Supervised by = supervisor(mode, environment);
    if (mode == Supervised.AUTO && by != Supervised.NO) {
      log.debug("{} supervision detected.", by == Supervised.UPSTART ? "Upstart" : "Systemd");
    } else if (mode == Supervised.UPSTART && by == Supervised.NO) {
      log.warn("upstart supervision requested, but UPSTART_JOB not found!");
    } else if (mode == Supervised.SYSTEMD && by == Supervised.NO) {
      log.warn("systemd supervision error: NOTIFY_SOCKET not found!");
    }
    if (by == Supervised.UPSTART) {
      log.info("supervised by upstart, will stop to signal readiness.");
      run("kill", "-STOP", Long.toString(ProcessHandle.current().pid()));
    } else if (by == Supervised.SYSTEMD) {
      log.info("Supervised by systemd. Please make sure you set appropriate values for TimeoutStartSec and"
          + " TimeoutStopSec in your service unit.");
    }
    return new Supervision(by);
  }

  /** Who supervises a process that was asked to be supervised like this and has such an environment. */
  static Supervised supervisor(Supervised mode, Map<String, String> environment) {
    boolean upstart = environment.containsKey("UPSTART_JOB");
    boolean systemd = environment.containsKey("NOTIFY_SOCKET");
    return switch (mode) {
      case NO -> Supervised.NO;
      case UPSTART -> upstart ? mode : Supervised.NO;
      case SYSTEMD -> systemd ? mode : Supervised.NO;
      case AUTO -> upstart ? Supervised.UPSTART : systemd ? Supervised.SYSTEMD : Supervised.NO;
    };
  }

  /** A supervised server stays in the foreground whatever {@code daemonize} says. */
  boolean isSupervised() {
    return by != Supervised.NO;
  }

  void ready() {
    tell("STATUS=Ready to accept connections", "READY=1");
  }

  void stopping() {
    tell("STOPPING=1");
  }

  private void tell(String... assignments) {
    if (by != Supervised.SYSTEMD) return;
    String[] command = new String[assignments.length + 2];
    command[0] = "systemd-notify";
    command[1] = "--pid=" + ProcessHandle.current().pid();
    System.arraycopy(assignments, 0, command, 2, assignments.length);
    run(command);
  }

  private static void run(String... command) {
    try {
      new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start();
    } catch (IOException missing) {
      log.warn("supervision error: cannot run {}: {}", command[0], missing.getMessage());
    }
  }
}
