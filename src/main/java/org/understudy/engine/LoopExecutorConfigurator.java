package org.understudy.engine;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.ConfigurationException;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * {@code executor = "org.understudy.engine.LoopExecutorConfigurator"}: the dispatcher runs on the event loop of its
 * actor system, which is the one that drives the system's {@link LoopScheduler}.
 */
public final class LoopExecutorConfigurator extends ExecutorServiceConfigurator {
  private final EventLoop loop;

  /** Called by Pekko. */
  public LoopExecutorConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.loop = loopOf(prerequisites);
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return loop::newExecutor;
  }

  static EventLoop loopOf(DispatcherPrerequisites prerequisites) {
    if (prerequisites.scheduler() instanceof LoopScheduler scheduler) return scheduler.loop();
    throw new ConfigurationException("a dispatcher on the event loop needs pekko.scheduler.implementation = "
        + LoopScheduler.class.getName());
  }
}
