package org.understudy.shard;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.persistence.AofWriterActor;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.ShardMessage;

/**
 * The actor that owns the keyspace. A thin shell: what happens is in {@link Shard}, which knows nothing of actors.
 * Messages of one connection arrive in order, so a client's end comes after its last run.
 */
public final class KeyspaceShard extends AbstractMatchingBehavior<ShardMessage> {
  /**
   * Execution context for work in slices, on the system's thread: {@code execute} runs a task when all actors have run
   * out of messages and the sockets had their turn. An actor that has much to do asks it to tell the next slice to the
   * actor, instead of telling itself. Not for actors to live on.
   */
  public static final String BACKGROUND_DISPATCHER = "understudy.background-dispatcher";

  private static final Logger LOG = LoggerFactory.getLogger(KeyspaceShard.class);

  private final Shard shard;

  public static Behavior<ShardMessage> create(Shard shard) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> new KeyspaceShard(context, shard, timers)));
  }

  private KeyspaceShard(ActorContext<ShardMessage> context, Shard shard, TimerScheduler<ShardMessage> timers) {
    super(context);
    this.shard = shard;
    Executor background =
        context.getSystem().dispatchers().lookup(DispatcherSelector.fromConfig(BACKGROUND_DISPATCHER));
    shard.start(new Shard.Timing() {
      @Override
      public void nextSlice(Runnable work) {
        background.execute(() -> context.getSelf().tell(new ShardMessage.Task(work)));
      }

      @Override
      public void runIn(long millis, Runnable work) {
        context.scheduleOnce(Duration.ofMillis(millis), context.getSelf(), new ShardMessage.Task(work));
      }

      @Override
      public <M> Consumer<M> startLink(Behavior<M> link) {
        return context.spawnAnonymous(link)::tell;
      }

      @Override
      public void wakeIn(long millis) {
        timers.startSingleTimer(ShardMessage.Tick.WAKE, ShardMessage.Tick.WAKE, Duration.ofMillis(millis));
      }

      @Override
      public void tickEvery(long millis) {
        timers.startTimerWithFixedDelay(ShardMessage.Tick.CRON, ShardMessage.Tick.CRON, Duration.ofMillis(millis));
      }
    }, work -> context.getSelf().tell(new ShardMessage.Task(work)),
        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()), writing(context));
  }

  private static Executor writing(ActorContext<ShardMessage> context) {
    ActorRef<AofWriterActor.Turn> writer = context.spawn(AofWriterActor.create(), "append-only-file",
        DispatcherSelector.fromConfig(AofWriterActor.DISPATCHER));
    return work -> writer.tell(new AofWriterActor.Turn(work));
  }

  /** A fault of ours ends the turn that it happened in, not the shard: the dataset goes on being served. */
  @Override
  public Behavior<ShardMessage> onMessage(ShardMessage message) {
    try {
      receive(message);
    } catch (RuntimeException fault) {
      LOG.error("A fault in the shard", fault);
      shard.abandonTurn(message instanceof Run run ? run.client : null);
    }
    return this;
  }

  private void receive(ShardMessage message) {
    if (message instanceof Run run) {
      shard.execute(run);
    } else if (message instanceof ShardMessage.Drained drained) {
      shard.drained(drained.client());
    } else if (message instanceof ShardMessage.Connected connected) {
      shard.connected(connected.client());
    } else if (message instanceof ShardMessage.Disconnected disconnected) {
      shard.disconnected(disconnected.client());
    } else if (message instanceof ShardMessage.Slow slow) {
      shard.took(slow.session(), slow.spec(), slow.argv(), slow.nanos());
    } else if (message instanceof ShardMessage.Resized resized) {
      shard.resized(resized.session());
    } else if (message instanceof ShardMessage.Task task) {
      shard.perform(task.work());
    } else if (message == ShardMessage.Tick.CRON) {
      shard.tick();
    } else {
      shard.wake();
    }
  }
}
