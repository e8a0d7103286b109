package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.actor.SchedulerTask;
import org.apache.pekko.event.NoLogging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.concurrent.ExecutionContext;
import scala.concurrent.ExecutionContext$;

@Timeout(60)
class LoopSchedulerTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(5);

  private final EventLoop loop =
      new EventLoop(LoopThread.named("test-loop", (thread, trouble) -> { }), System::nanoTime);
  private final LoopScheduler scheduler =
      new LoopScheduler(ConfigFactory.load("reference.conf"), NoLogging.getInstance(), loop);
  private final ExecutionContext onLoop = ExecutionContext$.MODULE$.fromExecutor(loop::execute);

  @AfterEach
  void end() {
    scheduler.close();
  }

  @Test
  void firesInOrderOfDeadlinesWhoeverSchedules() throws Exception {
    List<Integer> order = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(6);
    for (int millis : List.of(60, 20, 40)) schedule(millis, order, all);
    loop.execute(() -> {
      for (int millis : List.of(50, 30, 70)) schedule(millis, order, all);
    });
    assertTrue(all.await(30, TimeUnit.SECONDS));
    assertEquals(List.of(20, 30, 40, 50, 60, 70), order);
  }

  private void schedule(int millis, List<Integer> order, CountDownLatch all) {
    scheduler.scheduleOnce(Duration.ofMillis(millis), () -> {
      order.add(millis);
      all.countDown();
    }, onLoop);
  }

  @Test
  void firesAtTheDeadlineOrLater() throws Exception {
    for (int i = 0; i < 20; i++) {
      CountDownLatch fired = new CountDownLatch(1);
      long start = System.nanoTime();
      scheduler.scheduleOnce(SHORT, fired::countDown, onLoop);
      assertTrue(fired.await(10, TimeUnit.SECONDS));
      assertTrue(System.nanoTime() - start >= SHORT.toNanos());
    }
  }

  @Test
  void noDelayRunsWithoutATimer() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    Cancellable done = scheduler.scheduleOnce(Duration.ZERO, ran::countDown, onLoop);
    assertTrue(ran.await(10, TimeUnit.SECONDS));
    assertFalse(done.cancel());
    assertFalse(done.isCancelled());
  }

  @Test
  void cancelledTimerDoesNotRunAndLeavesTheHeap() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    Cancellable fromHere = scheduler.scheduleOnce(SHORT, ran::incrementAndGet, onLoop);
    assertTrue(fromHere.cancel());
    assertFalse(fromHere.cancel());
    assertTrue(fromHere.isCancelled());
    onLoop(() -> {
      Cancellable fromLoop = scheduler.scheduleOnce(LONG, ran::incrementAndGet, onLoop);
      assertTrue(fromLoop.cancel());
      assertTrue(loop.timers().isEmpty());
    });
    CountDownLatch later = new CountDownLatch(1);
    scheduler.scheduleOnce(SHORT.multipliedBy(2), later::countDown, onLoop);
    assertTrue(later.await(10, TimeUnit.SECONDS));
    assertEquals(0, ran.get());
  }

  @Test
  void firedTimerCannotBeCancelled() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    Cancellable timer = scheduler.scheduleOnce(SHORT, fired::countDown, onLoop);
    assertTrue(fired.await(10, TimeUnit.SECONDS));
    assertFalse(timer.cancel());
    assertFalse(timer.isCancelled());
  }

  @Test
  void cancelAndFireNeverBothWin() throws Exception {
    for (int i = 0; i < 500; i++) {
      CountDownLatch ran = new CountDownLatch(1);
      Cancellable timer = scheduler.scheduleOnce(Duration.ofNanos(20_000), ran::countDown, onLoop);
      while (ran.getCount() > 0 && (i & 7) != 0 && !timer.isCancelled()) {
        if (i % 3 == 0) break;
        Thread.onSpinWait();
      }
      boolean cancelled = timer.cancel();
      if (cancelled) {
        // Behind whatever the timer may have queued.
        CountDownLatch behind = new CountDownLatch(1);
        scheduler.scheduleOnce(Duration.ofNanos(20_001), behind::countDown, onLoop);
        assertTrue(behind.await(10, TimeUnit.SECONDS));
        assertEquals(1, ran.getCount());
      } else {
        assertTrue(ran.await(10, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void taskThatWantsToKnowIsToldOfItsCancelling() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Cancellable timer = scheduler.scheduleOnce(LONG, new SchedulerTask() {
      @Override
      public void run() {}

      @Override
      public void cancelled() {
        told.countDown();
      }
    }, onLoop);
    assertTrue(timer.cancel());
    assertTrue(told.await(10, TimeUnit.SECONDS));
  }

  @Test
  void repeatsUntilCancelledFromWithin() throws Exception {
    for (boolean fixedRate : List.of(true, false)) {
      AtomicInteger runs = new AtomicInteger();
      CountDownLatch third = new CountDownLatch(1);
      AtomicReference<Cancellable> timer = new AtomicReference<>();
      Runnable task = () -> {
        if (runs.incrementAndGet() == 3) {
          timer.get().cancel();
          third.countDown();
        }
      };
      onLoop(() -> timer.set(fixedRate
          ? scheduler.scheduleAtFixedRate(SHORT, SHORT, task, onLoop)
          : scheduler.scheduleWithFixedDelay(SHORT, SHORT, task, onLoop)));
      assertTrue(third.await(10, TimeUnit.SECONDS));
      onLoop(() -> assertTrue(loop.timers().isEmpty()));
      assertEquals(3, runs.get());
      assertTrue(timer.get().isCancelled());
    }
  }

  @Test
  void exceptionEndsTheRepetition() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    scheduler.scheduleAtFixedRate(SHORT, SHORT, () -> {
      ran.countDown();
      throw new SchedulerException("timer active for terminated actor");
    }, onLoop);
    assertTrue(ran.await(10, TimeUnit.SECONDS));
    onLoop(() -> assertTrue(loop.timers().isEmpty()));
  }

  @Test
  void refusesWhatPekkoRefuses() {
    assertThrows(IllegalArgumentException.class,
        () -> scheduler.scheduleAtFixedRate(SHORT, Duration.ZERO, () -> { }, onLoop));
    assertThrows(IllegalArgumentException.class,
        () -> scheduler.scheduleWithFixedDelay(SHORT, Duration.ZERO, () -> { }, onLoop));
    assertThrows(IllegalArgumentException.class,
        () -> scheduler.scheduleOnce(Duration.ofDays(300), () -> { }, onLoop));
  }

  @Test
  void closingRunsOnlyTheTasksThatAskForItAndRefusesNewOnes() throws Exception {
    AtomicInteger plain = new AtomicInteger();
    AtomicInteger onClose = new AtomicInteger();
    Scheduler.TaskRunOnClose task = onClose::incrementAndGet;
    scheduler.scheduleOnce(LONG, plain::incrementAndGet, onLoop);
    Cancellable fromHere = scheduler.scheduleOnce(LONG, task, onLoop);
    onLoop(() -> scheduler.scheduleOnce(LONG, task, onLoop));
    scheduler.scheduleOnce(LONG, task, onLoop).cancel();
    Thread thread = onLoop(() -> { });
    scheduler.close();
    scheduler.close();
    assertEquals(2, onClose.get());
    assertEquals(0, plain.get());
    assertFalse(fromHere.cancel());
    assertThrows(IllegalStateException.class, () -> scheduler.scheduleOnce(SHORT, () -> { }, onLoop));
    assertThrows(IllegalStateException.class, () -> scheduler.scheduleAtFixedRate(SHORT, SHORT, () -> { }, onLoop));
    thread.join(10_000);
    assertFalse(thread.isAlive());
  }

  @Test
  void mayBeClosedFromItsOwnLoop() throws Exception {
    AtomicInteger onClose = new AtomicInteger();
    Scheduler.TaskRunOnClose task = onClose::incrementAndGet;
    scheduler.scheduleOnce(LONG, task, onLoop);
    onLoop(scheduler::close);
    assertEquals(1, onClose.get());
  }

  /** Runs on the loop, and hands over the loop's thread; what fails there fails here. */
  private Thread onLoop(Runnable task) throws Exception {
    CompletableFuture<Thread> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        task.run();
        done.complete(Thread.currentThread());
      } catch (Throwable trouble) {
        done.completeExceptionally(trouble);
      }
    });
    return done.get(10, TimeUnit.SECONDS);
  }
}
