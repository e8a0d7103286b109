package org.understudy.engine;

import com.typesafe.config.Config;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import org.apache.pekko.util.JavaDurationConverters;

/**
 * {@code type = "org.understudy.engine.IdleLaneConfigurator"}: an execution context over the idle lane of the event
 * loop, for the selector and for background work in slices. Actors should not live on it: their mailboxes would run in
 * the main lane.
 */
public final class IdleLaneConfigurator extends MessageDispatcherConfigurator {
  private final MessageDispatcher dispatcher;

  /** Called by Pekko. */
  public IdleLaneConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.dispatcher = new IdleLane(this, LoopExecutorConfigurator.loopOf(prerequisites));
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }

  /**
   * A dispatcher that hands runnables to the loop as they are. Pekko's own would wrap each one, to know when the
   * executor may be shut down; this one has no executor to shut down, since the loop is held by the scheduler.
   */
  private static final class IdleLane extends Dispatcher {
    private final EventLoop loop;

    IdleLane(IdleLaneConfigurator configurator, EventLoop loop) {
      super(configurator, configurator.config().getString("id"), configurator.config().getInt("throughput"),
          scala.concurrent.duration.Duration.Zero(), (id, threads) -> loop::newExecutor,
          JavaDurationConverters.asFiniteDuration(configurator.config().getDuration("shutdown-timeout")));
      this.loop = loop;
    }

    @Override
    public void execute(Runnable task) {
      loop.executeWhenIdle(task);
    }
  }
}
