package org.understudy.engine;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.actor.SchedulerTask;
import org.apache.pekko.dispatch.MonitorableThreadFactory;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * {@code pekko.scheduler.implementation = "org.understudy.engine.LoopScheduler"}: timers that the event loop fires
 * between its tasks, so that an idle system has no ticking thread. Timers fire at their deadline or up to a millisecond
 * later, not at the next of Pekko's 10 ms ticks; contracts and error texts are those of Pekko's
 * LightArrayRevolverScheduler.
 *
 * <p>The scheduler is the first thing an actor system makes, so it makes the system's loop, too, and holds it until
 * closed.
 */
public final class LoopScheduler extends AbstractScheduler implements Closeable {
  private static final Cancellable NOT_CANCELLABLE = new Cancellable() {
    @Override
    public boolean cancel() {
      return false;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  };

  private final EventLoop loop;
  private final LoggingAdapter log;
  private final long maxDelayNanos;
  private final long shutdownTimeoutNanos;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Called by Pekko. */
  public LoopScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    this(config, log, new EventLoop(LoopThread.like(threads, threadName(threads)), System::nanoTime));
  }

  LoopScheduler(Config config, LoggingAdapter log, EventLoop loop) {
    this.loop = loop;
    this.log = log;
    this.maxDelayNanos = config.getDuration("pekko.scheduler.tick-duration").toNanos() * Integer.MAX_VALUE;
    this.shutdownTimeoutNanos = config.getDuration("pekko.scheduler.shutdown-timeout").toNanos();
    loop.hold();
  }

  /** Pekko's name is that of the system and {@code -scheduler}. */
  private static String threadName(ThreadFactory threads) {
    return threads instanceof MonitorableThreadFactory of ? of.name().replaceFirst("-scheduler$", "-loop") : "loop";
  }

  EventLoop loop() {
    return loop;
  }

  @Override
  public double maxFrequency() {
    return TimeUnit.SECONDS.toMillis(1);
  }

  // ---- scheduling ---------------------------------------------------------------------------------------------------

  @Override
  public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
    try {
      return start(delay.toNanos(), task, executor);
    } catch (SchedulerException closing) {
      throw new IllegalStateException(closing.getMessage(), closing);
    }
  }

  @Override
  public Cancellable scheduleWithFixedDelay(
      FiniteDuration initialDelay, FiniteDuration delay, Runnable task, ExecutionContext executor) {
    checkPeriod(delay);
    return super.scheduleWithFixedDelay(initialDelay, delay, task, executor);
  }

  /** At a fixed rate. */
  @Override
  @Deprecated
  public Cancellable schedule(
      FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
    checkPeriod(interval);
    FixedRate repeated = new FixedRate(initialDelay.toNanos(), interval.toNanos(), task, executor);
    try {
      repeated.follow(start(initialDelay.toNanos(), repeated, executor));
    } catch (SchedulerException closing) {
      throw new IllegalStateException(closing.getMessage(), closing);
    }
    return repeated;
  }

  private Cancellable start(long delayNanos, Runnable task, ExecutionContext executor) {
    if (closed.get()) throw closedAlready();
    if (delayNanos <= 0) {
      executor.execute(task);
      return NOT_CANCELLABLE;
    }
    checkDelay(delayNanos);
    Entry entry = new Entry(loop.nanoTime() + delayNanos, task, executor);
    if (loop.isCurrent()) loop.timers().add(entry);
    else loop.execute(entry);
    // Closed meanwhile: either close() has the entry and honours it, or it is ours to refuse.
    if (closed.get() && entry.cancel()) throw closedAlready();
    return entry;
  }

  private static SchedulerException closedAlready() {
    return new SchedulerException("cannot enqueue after timer shutdown");
  }

  private void checkPeriod(FiniteDuration period) {
    if (period.length() <= 0) {
      throw new IllegalArgumentException("Task scheduled with [" + period.toSeconds()
          + "] seconds delay, which means creating an infinite loop. The expected delay must be greater than 0.");
    }
    checkDelay(period.toNanos());
  }

  private void checkDelay(long nanos) {
    if (nanos > maxDelayNanos) {
      throw new IllegalArgumentException("Task scheduled with [" + TimeUnit.NANOSECONDS.toSeconds(nanos)
          + "] seconds delay, which is too far in future, maximum delay is ["
          + (TimeUnit.NANOSECONDS.toSeconds(maxDelayNanos) - 1) + "] seconds");
    }
  }

  // ---- closing ------------------------------------------------------------------------------------------------------

  /** Runs the pending tasks that ask for it (dispatchers shut their executors down that way), drops the others. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) return;
    try {
      for (TimerHeap.Timer timer : pending()) {
        if (((Entry) timer).take(Entry.FIRED) instanceof Scheduler.TaskRunOnClose task) runNow(task);
      }
    } finally {
      loop.release();
    }
  }

  private List<TimerHeap.Timer> pending() {
    if (loop.isCurrent()) return loop.timers().removeAll();
    CompletableFuture<List<TimerHeap.Timer>> all = new CompletableFuture<>();
    loop.execute(() -> all.complete(loop.timers().removeAll()));
    try {
      return all.get(shutdownTimeoutNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException("the event loop did not hand over its timers", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the event loop hands over its timers", e);
    }
  }

  private void runNow(Runnable task) {
    try {
      task.run();
    } catch (SchedulerException ended) {
      // The actor it was for has ended.
    } catch (RuntimeException e) {
      log.error(e, "exception while executing timer task");
    }
  }

  // ---- entries ------------------------------------------------------------------------------------------------------

  /**
   * One timer. As a task of the loop it puts itself into the heap, or takes itself out: that is how other threads
   * schedule and cancel. Whoever swaps the task out, firing, cancelling or closing, owns it.
   */
  private final class Entry extends TimerHeap.Timer implements Cancellable, Runnable {
    static final Runnable FIRED = () -> { };
    static final Runnable CANCELLED = () -> { };

    private final AtomicReference<Runnable> task;
    private final ExecutionContext executor;

    Entry(long deadlineNanos, Runnable task, ExecutionContext executor) {
      super(deadlineNanos);
      this.task = new AtomicReference<>(task);
      this.executor = executor;
    }

    /** The task, or null if somebody else was faster. */
    Runnable take(Runnable mark) {
      while (true) {
        Runnable now = task.get();
        if (now == FIRED || now == CANCELLED) return null;
        if (task.compareAndSet(now, mark)) return now;
      }
    }

    @Override
    public void run() {
      if (isCancelled()) loop.timers().remove(this);
      else loop.timers().add(this);
    }

    @Override
    void fire() {
      Runnable due = take(FIRED);
      if (due == null) return;
      try {
        executor.execute(due);
      } catch (RuntimeException e) {
        executor.reportFailure(e);
      }
    }

    @Override
    public boolean cancel() {
      Runnable gone = take(CANCELLED);
      if (gone == null) return false;
      if (loop.isCurrent()) loop.timers().remove(this);
      else if (!closed.get()) loop.execute(this);
      if (gone instanceof SchedulerTask told) tell(told);
      return true;
    }

    private void tell(SchedulerTask cancelled) {
      try {
        executor.execute(cancelled::cancelled);
      } catch (RuntimeException e) {
        executor.reportFailure(e);
      }
    }

    @Override
    public boolean isCancelled() {
      return task.get() == CANCELLED;
    }
  }

  /** Runs a task again and again, each time aiming at the next multiple of the interval; null once cancelled. */
  private final class FixedRate extends AtomicReference<Cancellable> implements Cancellable, SchedulerTask {
    private final long intervalNanos;
    private final transient Runnable task;
    private final transient ExecutionContext executor;
    private long aimNanos;

    FixedRate(long initialDelayNanos, long intervalNanos, Runnable task, ExecutionContext executor) {
      super(NOT_CANCELLABLE);
      this.intervalNanos = intervalNanos;
      this.task = task;
      this.executor = executor;
      this.aimNanos = loop.nanoTime() + initialDelayNanos;
    }

    @Override
    public void run() {
      try {
        task.run();
        aimNanos += intervalNanos;
        if (!isCancelled()) swap(start(Math.max(aimNanos - loop.nanoTime(), 1), this, executor));
      } catch (SchedulerException ended) {
        // The scheduler has closed, or the actor it was for has ended: no more repetitions.
      }
    }

    /** The first timer; the task may have run and swapped in the second already. */
    void follow(Cancellable first) {
      compareAndSet(NOT_CANCELLABLE, first);
    }

    private void swap(Cancellable next) {
      while (true) {
        Cancellable now = get();
        if (now == null) {
          next.cancel();
          return;
        }
        if (compareAndSet(now, next)) return;
      }
    }

    @Override
    public boolean cancel() {
      while (true) {
        Cancellable now = get();
        if (now == null) return false;
        if (now.cancel()) return compareAndSet(now, null);
        if (compareAndSet(now, null)) return true;
      }
    }

    @Override
    public boolean isCancelled() {
      return get() == null;
    }

    @Override
    public void cancelled() {
      if (task instanceof SchedulerTask told) told.cancelled();
    }
  }
}
