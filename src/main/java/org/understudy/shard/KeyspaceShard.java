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
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.persistence.AofWriterActor;

/**
 * The actor that owns the keyspace. A thin shell: what happens is in {@link Shard}, which knows nothing of actors.
 * Messages of one connection arrive in order, so a client's end comes after its last run.
 */
public final class KeyspaceShard extends AbstractMatchingBehavior<KeyspaceShard.Message> {
  public sealed interface Message permits Run, Connected, Disconnected, Drained, Resized, Slow, Task, Tick {}

  /** A connection is open; its runs follow. */
  public record Connected(Client client) implements Message {}

  /** The connection is gone, or will be after its last replies; whoever closes it. May come twice. */
  public record Disconnected(Client client) implements Message {}

  /** The part of the replies that {@link ClientSink#deliverPart} sent has left. */
  public record Drained(Client client) implements Message {}

  /** A client's input or its transaction grew while the memory of clients is limited. */
  public record Resized(Session session) implements Message {}

  /** A connection ran a command of its own, and it was slow. @param argv as it may be shown */
  public record Slow(Session session, CommandSpec spec, byte[][] argv, long nanos) implements Message {}

  /** Something to be done on the shard's loop: the way back for work that was done elsewhere. */
  public record Task(Runnable work) implements Message {}

  private enum Tick implements Message { CRON, WAKE }

  private static final Logger LOG = LoggerFactory.getLogger(KeyspaceShard.class);

  private final Shard shard;
  private final TimerScheduler<Message> timers;

  public static Behavior<Message> create(Shard shard) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers -> new KeyspaceShard(context, shard, timers)));
  }

  private KeyspaceShard(ActorContext<Message> context, Shard shard, TimerScheduler<Message> timers) {
    super(context);
    this.shard = shard;
    this.timers = timers;
    Executor background =
        context.getSystem().dispatchers().lookup(DispatcherSelector.fromConfig("understudy.background-dispatcher"));
    shard.start(new Shard.Timing() {
      @Override
      public void nextSlice(Runnable work) {
        background.execute(() -> context.getSelf().tell(new Task(work)));
      }

      @Override
      public void runIn(long millis, Runnable work) {
        context.scheduleOnce(Duration.ofMillis(millis), context.getSelf(), new Task(work));
      }

      @Override
      public <M> Consumer<M> startLink(Behavior<M> link) {
        return context.spawnAnonymous(link)::tell;
      }

      @Override
      public void wakeIn(long millis) {
        timers.startSingleTimer(Tick.WAKE, Tick.WAKE, Duration.ofMillis(millis));
      }

      @Override
      public void tickEvery(long millis) {
        timers.startTimerWithFixedDelay(Tick.CRON, Tick.CRON, Duration.ofMillis(millis));
      }
    }, work -> context.getSelf().tell(new Task(work)),
        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()), writing(context));
  }

  private static Executor writing(ActorContext<Message> context) {
    ActorRef<AofWriterActor.Turn> writer = context.spawn(AofWriterActor.create(), "append-only-file",
        DispatcherSelector.fromConfig(AofWriterActor.DISPATCHER));
    return work -> writer.tell(new AofWriterActor.Turn(work));
  }

  /** A fault of ours ends the turn that it happened in, not the shard: the dataset goes on being served. */
  @Override
  public Behavior<Message> onMessage(Message message) {
    try {
      receive(message);
    } catch (RuntimeException fault) {
      LOG.error("A fault in the shard", fault);
      shard.abandonTurn(message instanceof Run run ? run.client : null);
    }
    return this;
  }

  private void receive(Message message) {
    if (message instanceof Run run) {
      shard.execute(run);
    } else if (message instanceof Drained drained) {
      shard.drained(drained.client());
    } else if (message instanceof Connected connected) {
      shard.connected(connected.client());
    } else if (message instanceof Disconnected disconnected) {
      shard.disconnected(disconnected.client());
    } else if (message instanceof Slow slow) {
      shard.took(slow.session(), slow.spec(), slow.argv(), slow.nanos());
    } else if (message instanceof Resized resized) {
      shard.resized(resized.session());
    } else if (message instanceof Task task) {
      shard.perform(task.work());
    } else if (message == Tick.CRON) {
      shard.tick();
    } else {
      shard.wake();
    }
  }
}
