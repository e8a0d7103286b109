package org.understudy.sentinel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.Effect;
import org.understudy.sentinel.state.Timing;
import org.understudy.sentinel.state.Timing.Period;

/**
 * The scripts that are to run, that run and that are to be tried again. Who has them run tells what became of them and
 * gives the time, in monotonic milliseconds. Numbers and events are those of sentinel.c 7.0.15.
 */
final class ScriptQueue {
  static final int MOST_QUEUED = 256;
  static final int MOST_RUNNING = 16;
  static final int MOST_ATTEMPTS = 10;
  /** With this exit status a script asks to be tried again. */
  private static final int TRY_AGAIN = 1;
  /** Exit status of a script that could not be started at all. */
  static final int NOT_STARTED = 2;

  /** A script with its arguments. */
  static final class Job {
    final List<String> command;
    boolean running;
    /** 0 until it has started. */
    long pid;
    int attempts;
    /** When it was started, or when it may be; before the first attempt at once. */
    private long atMillis = Long.MIN_VALUE;
    private boolean killed;

    private Job(List<String> command) {
      this.command = command;
    }

    long runMillis(long now) {
      return now - atMillis;
    }

    /** Until it may start. */
    long delayMillis(long now) {
      return atMillis == Long.MIN_VALUE ? 0 : Math.max(0, atMillis - now);
    }
  }

  private final Timing timing;
  private final List<Job> jobs = new ArrayList<>();
  private int running;

  ScriptQueue(Timing timing) {
    this.timing = timing;
  }

  List<Job> jobs() {
    return jobs;
  }

  int running() {
    return running;
  }

  /** Queues a script; if there are too many the oldest that does not run is dropped. */
  void add(String path, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(path));
    command.addAll(arguments);
    jobs.add(new Job(command));
    if (jobs.size() <= MOST_QUEUED) return;
    for (Iterator<Job> each = jobs.iterator(); each.hasNext(); ) {
      if (each.next().running) continue;
      each.remove();
      return;
    }
  }

  /** Those that are to be started now; they count as running. */
  List<Job> due(long now) {
    List<Job> due = new ArrayList<>();
    for (Job job : jobs) {
      if (running == MOST_RUNNING) break;
      if (job.running || job.delayMillis(now) > 0) continue;
      job.running = true;
      job.killed = false;
      job.atMillis = now;
      job.attempts++;
      running++;
      due.add(job);
    }
    return due;
  }

  /** A script was started. */
  Effect.Publish started(Job job, long pid) {
    job.pid = pid;
    return new Effect.Publish(LogLevel.DEBUG, "+script-child", Long.toString(pid));
  }

  /** Those that have run for too long: they are to be killed. Each is given once. */
  List<Job> overdue(long now) {
    List<Job> overdue = new ArrayList<>();
    for (Job job : jobs) {
      if (!job.running || job.killed || job.pid == 0) continue;
      if (job.runMillis(now) <= timing.millis(Period.SCRIPT_MAX_RUNTIME)) continue;
      job.killed = true;
      overdue.add(job);
    }
    return overdue;
  }

  static Effect.Publish killed(Job job) {
    return new Effect.Publish(LogLevel.WARNING, "-script-timeout", job.command.get(0) + " " + job.pid);
  }

  /**
   * A script has ended.
   *
   * @param signal that ended it, or 0
   * @return what there is to say
   */
  List<Effect.Publish> ended(Job job, int exitStatus, int signal, long now) {
    List<Effect.Publish> events = new ArrayList<>();
    if (job.pid != 0) {
      events.add(new Effect.Publish(LogLevel.DEBUG, "-script-child", job.pid + " " + exitStatus + " " + signal));
    }
    running--;
    job.running = false;
    job.pid = 0;
    if ((signal != 0 || exitStatus == TRY_AGAIN) && job.attempts < MOST_ATTEMPTS) {
      job.atMillis = now + (timing.millis(Period.SCRIPT_RETRY_DELAY) << (job.attempts - 1));
      return events;
    }
    jobs.remove(job);
    if (signal != 0 || exitStatus != 0) {
      events.add(new Effect.Publish(LogLevel.WARNING, "-script-error",
          job.command.get(0) + " " + signal + " " + exitStatus));
    }
    return events;
  }
}
