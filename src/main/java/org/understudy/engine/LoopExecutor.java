package org.understudy.engine;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The main lane of a loop as the executor of one dispatcher. Several share a loop; each can be shut down on its own, as
 * Pekko does with a dispatcher that has had no actor for a while.
 */
final class LoopExecutor extends AbstractExecutorService {
  private final EventLoop loop;
  private final AtomicBoolean shutdown = new AtomicBoolean();
  private final CountDownLatch terminated = new CountDownLatch(1);

  LoopExecutor(EventLoop loop) {
    this.loop = loop;
    loop.hold();
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown.get()) throw new RejectedExecutionException("the executor was shut down");
    loop.execute(task);
  }

  /** What was queued before still runs. */
  @Override
  public void shutdown() {
    if (!shutdown.compareAndSet(false, true)) return;
    loop.execute(() -> {
      terminated.countDown();
      loop.release();
    });
  }

  /** As {@link #shutdown}: the queue belongs to the loop, and other dispatchers have tasks in it. */
  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown.get();
  }

  @Override
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated.await(timeout, unit);
  }
}
