package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLoopTest {
  private final LinkedBlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
  private final EventLoop loop = newLoop();
  private final ExecutorService executor = loop.newExecutor();

  private EventLoop newLoop() {
    return new EventLoop(LoopThread.named("test-loop", (thread, trouble) -> uncaught.add(trouble)), System::nanoTime);
  }

  @AfterEach
  void end() {
    executor.shutdown();
  }

  @Test
  void tasksOfTheMainLaneRunInOrder() throws Exception {
    List<Integer> order = new ArrayList<>();
    int count = 10_000;
    for (int i = 0; i < count; i++) {
      int number = i;
      // Each one adds a second one from the loop's own thread.
      executor.execute(() -> {
        order.add(number);
        loop.execute(() -> order.add(count + number));
      });
    }
    awaitQuiet();
    assertEquals(range(0, count), order.stream().filter(number -> number < count).toList());
    assertEquals(range(count, 2 * count), order.stream().filter(number -> number >= count).toList());
  }

  @Test
  void whatAGroupSetsGoingRunsBeforeTheTasksBehindTheGroup() throws Exception {
    List<Integer> order = new ArrayList<>();
    executor.execute(() -> {
      for (int i = 0; i < 200; i++) {
        int number = i;
        loop.execute(() -> {
          order.add(number);
          loop.execute(() -> order.add(1000 + number));
        });
      }
    });
    awaitQuiet();
    assertEquals(400, order.size());
    assertTrue(order.indexOf(1000) < order.indexOf(199), order::toString);
  }

  @Test
  void aGroupThatGoesOnAndOnMakesWayForTheTasksBehindIt() throws Exception {
    boolean[] done = {false};
    Runnable endless = new Runnable() {
      @Override
      public void run() {
        if (!done[0]) loop.execute(this);
      }
    };
    executor.execute(() -> {
      for (int i = 0; i < 200; i++) loop.execute(endless);
      loop.execute(() -> done[0] = true);
    });
    awaitQuiet();
    assertTrue(done[0]);
  }

  @Test
  void idleLaneWaitsUntilTheMainLaneHasRunDry() throws Exception {
    List<String> order = new ArrayList<>();
    executor.execute(() -> {
      loop.executeWhenIdle(() -> order.add("idle 1"));
      loop.executeWhenIdle(() -> order.add("idle 2"));
      loop.execute(() -> {
        order.add("main 1");
        loop.execute(() -> order.add("main 2"));
      });
    });
    awaitQuiet();
    assertEquals(List.of("main 1", "main 2", "idle 1", "idle 2"), order);
  }

  @Test
  void mainLaneGoesBetweenTwoTasksOfTheIdleLane() throws Exception {
    List<String> order = new ArrayList<>();
    executor.execute(() -> {
      loop.executeWhenIdle(() -> {
        order.add("idle 1");
        loop.execute(() -> order.add("main"));
      });
      loop.executeWhenIdle(() -> order.add("idle 2"));
    });
    awaitQuiet();
    assertEquals(List.of("idle 1", "main", "idle 2"), order);
  }

  @Test
  void endlessWorkInTheMainLaneDoesNotStarveTheIdleLane() throws Exception {
    CountDownLatch idleRan = new CountDownLatch(1);
    executor.execute(new Runnable() {
      @Override
      public void run() {
        if (idleRan.getCount() > 0) loop.execute(this);
      }
    });
    loop.executeWhenIdle(idleRan::countDown);
    assertTrue(idleRan.await(30, TimeUnit.SECONDS));
  }

  @Test
  void anotherThreadsTaskWakesTheSleepingLoop() throws Exception {
    for (int i = 0; i < 100; i++) {
      long sleeps = loop.sleeps();
      assertTrue(executor.submit(() -> loop.isCurrent()).get(10, TimeUnit.SECONDS));
      awaitSleep(sleeps);
    }
  }

  @Test
  void noTaskIsLostBetweenThreadsThatSubmitAndALoopThatFallsAsleep() throws Exception {
    int threads = 4;
    int each = 50_000;
    AtomicInteger ran = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(threads * each);
    for (int i = 0; i < threads; i++) {
      Thread submitter = new Thread(() -> {
        for (int n = 0; n < each; n++) {
          if (n % 3 == 0) loop.executeWhenIdle(all::countDown);
          else loop.execute(all::countDown);
          ran.incrementAndGet();
          // Now and then the loop gets the time to fall asleep.
          if (n % 64 == 0) LockSupport.parkNanos(1);
        }
      });
      submitter.setDaemon(true);
      submitter.start();
    }
    assertTrue(all.await(50, TimeUnit.SECONDS), () -> all.getCount() + " missing, submitted " + ran);
  }

  @Test
  void loopSleepsUntilItsNextTimer() throws Exception {
    CompletableFuture<Long> rounds = new CompletableFuture<>();
    executor.execute(() -> {
      long before = loop.rounds();
      loop.timers().add(timer(TimeUnit.MILLISECONDS.toNanos(200), () -> rounds.complete(loop.rounds() - before)));
    });
    long passed = rounds.get(10, TimeUnit.SECONDS);
    assertTrue(passed <= 4, "rounds while idle: " + passed);
  }

  @Test
  void exceptionInATaskDoesNotEndTheLoop() throws Exception {
    IllegalStateException trouble = new IllegalStateException("on purpose");
    StackOverflowError worse = new StackOverflowError();
    Thread before = executor.submit(Thread::currentThread).get();
    executor.execute(() -> {
      throw trouble;
    });
    loop.executeWhenIdle(() -> {
      throw worse;
    });
    assertSame(trouble, uncaught.poll(10, TimeUnit.SECONDS));
    assertSame(worse, uncaught.poll(10, TimeUnit.SECONDS));
    assertSame(before, executor.submit(Thread::currentThread).get());
  }

  @Test
  void errorOfATimerDoesNotEndTheLoop() throws Exception {
    AssertionError trouble = new AssertionError("on purpose");
    CompletableFuture<Boolean> next = new CompletableFuture<>();
    executor.execute(() -> {
      loop.timers().add(timer(1, () -> {
        throw trouble;
      }));
      loop.timers().add(timer(2, () -> next.complete(true)));
    });
    assertTrue(next.get(10, TimeUnit.SECONDS));
    assertSame(trouble, uncaught.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void interruptDoesNotKeepTheLoopAwake() throws Exception {
    Thread thread = executor.submit(() -> {
      Thread.currentThread().interrupt();
      return Thread.currentThread();
    }).get();
    awaitSleep(0);
    assertFalse(thread.isInterrupted());
  }

  @Test
  void shutdownRunsWhatIsQueuedThenEndsTheThreadAndRejects() throws Exception {
    Thread thread = executor.submit(Thread::currentThread).get();
    List<String> order = new ArrayList<>();
    executor.execute(() -> {
      executor.execute(() -> order.add("queued before"));
      executor.shutdown();
    });
    assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS));
    thread.join(10_000);
    assertFalse(thread.isAlive());
    assertEquals(List.of("queued before"), order);
    assertTrue(executor.isTerminated());
    assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> order.add("too late")));
  }

  @Test
  void loopLivesUntilTheLastOfItsExecutorsIsShutDown() throws Exception {
    ExecutorService second = loop.newExecutor();
    Thread thread = executor.submit(Thread::currentThread).get();
    executor.shutdown();
    assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS));
    assertSame(thread, second.submit(Thread::currentThread).get());
    second.shutdown();
    thread.join(10_000);
    assertFalse(thread.isAlive());
  }

  @Test
  void executorAfterTheEndGetsANewThread() throws Exception {
    Thread first = executor.submit(Thread::currentThread).get();
    executor.shutdown();
    first.join(10_000);
    ExecutorService late = loop.newExecutor();
    Thread second = late.submit(Thread::currentThread).get(10, TimeUnit.SECONDS);
    assertNotSame(first, second);
    late.shutdown();
    second.join(10_000);
    assertFalse(second.isAlive());
  }

  @Test
  void twoLoopsDoNotMeet() throws Exception {
    ExecutorService other = newLoop().newExecutor();
    Thread here = executor.submit(Thread::currentThread).get();
    Thread there = other.submit(Thread::currentThread).get();
    assertNotSame(here, there);
    other.shutdown();
    there.join(10_000);
    assertTrue(here.isAlive());
  }

  private TimerHeap.Timer timer(long delayNanos, Runnable task) {
    return new TimerHeap.Timer(loop.nanoTime() + delayNanos) {
      @Override
      void fire() {
        task.run();
      }
    };
  }

  /** Until the idle lane has run dry, too. */
  private void awaitQuiet() throws Exception {
    CountDownLatch quiet = new CountDownLatch(1);
    for (int lap = 0; lap < 2; lap++) executor.submit(() -> { }).get(30, TimeUnit.SECONDS);
    loop.executeWhenIdle(quiet::countDown);
    assertTrue(quiet.await(30, TimeUnit.SECONDS));
  }

  private void awaitSleep(long before) {
    while (loop.sleeps() == before) Thread.yield();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
