package org.understudy.engine;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jctools.queues.MessagePassingQueue;
import org.apache.pekko.util.SerializedSuspendableExecutionContext;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * One thread that runs tasks, timers and, when there is nothing else to do, the selector.
 *
 * <p>Tasks come in two lanes. The main lane is first in, first out, a group of tasks at a time; its tasks from the
 * loop's own thread cost no more than an array slot, those of other threads go through a multi-producer queue. The idle
 * lane holds the selector's task and background work: one of its tasks runs each time the main lane has run dry, or, so
 * that endless work cannot starve the sockets, when the main lane has kept the loop for longer than {@link
 * #PATIENCE_NANOS}.
 *
 * <p>The loop sleeps in exactly one place at a time: in the selector's {@code select}, or, as long as no selector's
 * task is queued, parked. It sleeps only if both lanes are empty, and until the next timer at most. A thread that
 * submits work finds out from {@link #state} whether it must wake the loop.
 *
 * <p>The thread starts with the first task and ends when nobody holds the loop any more and nothing is queued. Work
 * that arrives even later gets a new thread, so no task is ever lost.
 */
public final class EventLoop {
  /** How long the main lane may keep the idle lane waiting. Checked between generations of tasks, never within one. */
  static final long PATIENCE_NANOS = 1_000_000;

  /**
   * Generations of main-lane tasks that are run without a look at the clock: requests and their replies take five or
   * six.
   */
  private static final int UNTIMED_GENERATIONS = 8;
  /** What belongs to so many connections fits into a processor's caches. */
  private static final int GROUP = 64;
  /** After so many generations a group that still goes on makes way for the others. */
  private static final int MOST_GROUP_GENERATIONS = 32;
  private static final int QUEUE_CHUNK = 1024;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** No thread: before the first task and after the end. Who submits starts one. */
  private static final int STOPPED = 0;
  /** Will look at the queues again before it sleeps or ends. */
  private static final int AWAKE = 1;
  /** Asleep, or about to: who submits must wake it. */
  private static final int ASLEEP = 2;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(EventLoop.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ThreadFactory threads;
  private final LongSupplier nanoClock;
  private final AtomicInteger holders = new AtomicInteger();

  private final MpscUnboundedAtomicArrayQueue<Runnable> incoming = new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>(256);
  /** Tasks of the main lane behind the group in {@link #tasks}. */
  private final ArrayDeque<Runnable> laterTasks = new ArrayDeque<>();
  private final MessagePassingQueue.Consumer<Runnable> intoLaterTasks = laterTasks::addLast;
  private int groupGenerations;
  private final ArrayDeque<Runnable> idleTasks = new ArrayDeque<>();
  private final MessagePassingQueue.Consumer<Runnable> intoTasks = tasks::addLast;
  private final TimerHeap timers = new TimerHeap();

  private volatile int state = STOPPED;
  /** Only ever compared with the current thread, which needs no barrier: a thread always sees what it wrote itself. */
  private Thread thread;
  /** Where the loop sleeps, null when parked; published by {@link #state}. */
  private Selector sleepsIn;

  /**
   * Pekko's queue of one selector's tasks, interest changes and select, while its turn lasts. It may run many of them
   * in a turn, which is cheaper than a turn for each; once select has looked at the sockets, the turn must end, since
   * what they brought is now in the main lane: so it is suspended until the next.
   */
  private SerializedSuspendableExecutionContext selectors;
  private boolean polled;

  private final Map<SelectableChannel, DrainedSocketChannel> connections = new ConcurrentHashMap<>();

  private final Counter rounds = new Counter();
  private final Counter tasksRun = new Counter();
  private final Counter sleeps = new Counter();

  /**
   * @param threads makes {@link LoopThread}s out of the loop's runnable
   * @param nanoClock monotonic nanoseconds; it must advance while the loop sleeps
   */
  EventLoop(LoopThread.Maker threads, LongSupplier nanoClock) {
    this.threads = body -> threads.make(this, body);
    this.nanoClock = nanoClock;
  }

  /** The loop whose thread this is, or null. */
  static EventLoop current() {
    return Thread.currentThread() instanceof LoopThread here ? here.loop : null;
  }

  /** The connections that this loop's selectors watch, by the JDK's channel within; some of them closed since. */
  Map<SelectableChannel, DrainedSocketChannel> connections() {
    return connections;
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  // ---- submitting ---------------------------------------------------------------------------------------------------

  /** Queues a task of the main lane. */
  void execute(Runnable task) {
    if (isCurrent()) tasks.addLast(task);
    else submit(task);
  }

  /** Queues a task of the idle lane: it runs when the main lane has run dry. */
  void executeWhenIdle(Runnable task) {
    if (isCurrent()) idleTasks.addLast(task);
    else submit(() -> idleTasks.addLast(task));
  }

  /** From another thread. The queue's own barrier orders the offer before the look at the state. */
  private void submit(Runnable task) {
    incoming.offer(task);
    if (state != AWAKE) wake();
  }

  private void wake() {
    if (STATE.compareAndSet(this, ASLEEP, AWAKE)) {
      Selector selector = sleepsIn;
      if (selector != null) selector.wakeup();
      else LockSupport.unpark(thread);
    } else if (STATE.compareAndSet(this, STOPPED, AWAKE)) {
      Thread next = threads.newThread(this::run);
      thread = next;
      next.start();
    }
  }

  // ---- life ---------------------------------------------------------------------------------------------------------

  /** An executor over the main lane; the loop does not end before it was shut down. */
  ExecutorService newExecutor() {
    return new LoopExecutor(this);
  }

  /** Keeps the loop alive until {@link #release}. */
  void hold() {
    holders.incrementAndGet();
  }

  void release() {
    // The task makes a sleeping loop look again whether it may end.
    if (holders.decrementAndGet() == 0) execute(() -> { });
  }

  /** Whatever fails, a timer or the memory for the queue: the loop goes on until it may end. */
  private void run() {
    boolean ended = false;
    while (!ended) {
      try {
        serve();
        ended = true;
      } catch (Throwable trouble) {
        report(trouble);
      }
    }
  }

  private void serve() {
    int generations = 0;
    long patienceEndsNanos = 0;
    while (true) {
      if (!incoming.isEmpty()) incoming.drain(laterTasks.isEmpty() ? intoTasks : intoLaterTasks, QUEUE_CHUNK);
      int generation = nextGeneration();
      if (generation > 0) {
        for (int i = 0; i < generation; i++) perform(tasks.pollFirst());
        tasksRun.add(generation);
        generations++;
        if (generations < UNTIMED_GENERATIONS) continue;
        long now = nanoClock.getAsLong();
        if (generations == UNTIMED_GENERATIONS) patienceEndsNanos = now + PATIENCE_NANOS;
        if (now - patienceEndsNanos < 0) continue;
      }
      generations = 0;
      rounds.add(1);
      if (!timers.isEmpty()) timers.fireUntil(nanoClock.getAsLong());
      Runnable idle = idleTasks.pollFirst();
      if (idle != null) {
        performIdle(idle);
      } else if (isMainLaneDry()) {
        if (holders.get() > 0) park();
        else if (mayEnd()) return;
      }
    }
  }

  /**
   * How many tasks at the head of the lane have their turn next. Of many, a group goes first, with all that it sets
   * going: so its requests go from their sockets through the actors and back while what belongs to their connections is
   * in the processor's caches, from which five hundred connections would throw each other at every hop. Within a group
   * tasks run side by side, since sockets that are served in one burst wake their peers once.
   */
  private int nextGeneration() {
    if (!laterTasks.isEmpty() && (tasks.isEmpty() || ++groupGenerations > MOST_GROUP_GENERATIONS)) {
      groupGenerations = 0;
      while (!tasks.isEmpty()) laterTasks.addLast(tasks.pollFirst());
      for (int i = 0; i < GROUP && !laterTasks.isEmpty(); i++) tasks.addLast(laterTasks.pollFirst());
    }
    while (tasks.size() > GROUP) laterTasks.addFirst(tasks.pollLast());
    return tasks.size();
  }

  /** Whatever a task throws is its owner's trouble; the loop goes on. */
  private void perform(Runnable task) {
    try {
      task.run();
    } catch (Throwable trouble) {
      report(trouble);
    }
  }

  private static void report(Throwable trouble) {
    Thread here = Thread.currentThread();
    try {
      here.getUncaughtExceptionHandler().uncaughtException(here, trouble);
    } catch (Throwable handlerFailed) {
      // Nobody is left who could be told.
    }
  }

  private void performIdle(Runnable task) {
    selectors = task instanceof SerializedSuspendableExecutionContext queue ? queue : null;
    polled = false;
    perform(task);
    tasksRun.add(1);
    if (polled && selectors != null) selectors.resume();
    selectors = null;
  }

  private boolean isMainLaneDry() {
    return tasks.isEmpty() && laterTasks.isEmpty();
  }

  private boolean mayEnd() {
    state = STOPPED;
    return incoming.isEmpty() || !STATE.compareAndSet(this, STOPPED, AWAKE);
  }

  // ---- sleeping -----------------------------------------------------------------------------------------------------

  /**
   * What {@code select} means on the loop's thread: it blocks only if nothing at all is queued, until the next timer at
   * most, and a thread that submits work ends it.
   *
   * @param timeoutMillis at most; {@link Long#MAX_VALUE} for no limit
   * @return the number of keys handed to {@code ready}
   */
  int select(Selector selector, ReadyKeys ready, long timeoutMillis) throws IOException {
    if (selectors != null) {
      if (polled) return 0;
      selectors.suspend();
    }
    polled = true;
    long millis = Math.min(timeoutMillis, millisToNextTimer());
    if (millis <= 0 || !isMainLaneDry() || !idleTasks.isEmpty() || !incoming.isEmpty()) {
      return selector.selectNow(ready);
    }
    // A pending interrupt, which means nothing here, would let every select return at once.
    Thread.interrupted();
    sleepsIn = selector;
    state = ASLEEP;
    try {
      if (!incoming.isEmpty()) return selector.selectNow(ready);
      sleeps.add(1);
      return selector.select(ready, millis == Long.MAX_VALUE ? 0 : millis);
    } finally {
      state = AWAKE;
      sleepsIn = null;
    }
  }

  private void park() {
    long nanos = timers.isEmpty() ? Long.MAX_VALUE : timers.firstDeadlineNanos() - nanoClock.getAsLong();
    if (nanos <= 0) return;
    Thread.interrupted();
    state = ASLEEP;
    if (incoming.isEmpty()) {
      sleeps.add(1);
      LockSupport.parkNanos(this, nanos);
    }
    state = AWAKE;
  }

  /** Rounded up, lest the selector's milliseconds make the loop come back too early, again and again. */
  private long millisToNextTimer() {
    if (timers.isEmpty()) return Long.MAX_VALUE;
    long nanos = timers.firstDeadlineNanos() - nanoClock.getAsLong();
    return nanos <= 0 ? 0 : (nanos - 1) / NANOS_PER_MILLI + 1;
  }

  // ---- timers -------------------------------------------------------------------------------------------------------

  long nanoTime() {
    return nanoClock.getAsLong();
  }

  /** For the loop's thread only. */
  TimerHeap timers() {
    return timers;
  }

  // ---- diagnostics --------------------------------------------------------------------------------------------------

  /** Times that the main lane had run dry (or patience had ended) and one task of the idle lane had its turn. */
  public long rounds() {
    return rounds.get();
  }

  /** Tasks run so far, of both lanes; one is a mailbox with up to a throughput of messages. May be slightly old. */
  public long tasksRun() {
    return tasksRun.get();
  }

  /** Times that the loop went to sleep. */
  public long sleeps() {
    return sleeps.get();
  }

  /** Written by the loop's thread without a barrier, read by anyone. */
  private static final class Counter {
    private static final VarHandle VALUE;

    static {
      try {
        VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private long value;

    void add(long more) {
      VALUE.setOpaque(this, value + more);
    }

    long get() {
      return (long) VALUE.getOpaque(this);
    }
  }
}
