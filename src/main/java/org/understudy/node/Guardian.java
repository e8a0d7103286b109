package org.understudy.node;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.understudy.config.Config;

/**
 * The actor that all others of a node descend from.
 * Starting -> Serving: all sockets listen, the dataset is loaded; serving ends with the node.
 */
final class Guardian extends AbstractBehavior<Guardian.Command> {
  sealed interface Command {}

  /** Shut down as SHUTDOWN without arguments does, with the {@code Config.SHUTDOWN_*} bits for the signal. */
  record ShutDown(int flags) implements Command {}

  /** What the thread that starts the node waits for; either may complete with a {@link StartFailure}. */
  record Milestones(CompletableFuture<Done> listening, CompletableFuture<Done> loaded) {
    Milestones() {
      this(new CompletableFuture<>(), new CompletableFuture<>());
    }
  }

  static Behavior<Command> create(Config config, Milestones milestones, Shutdown shutdown) {
    return Behaviors.setup(context -> new Guardian(context, milestones));
  }

  private Guardian(ActorContext<Command> context, Milestones milestones) {
    super(context);
    milestones.listening.complete(Done.getInstance());
    milestones.loaded.complete(Done.getInstance());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(ShutDown.class, request -> Behaviors.stopped()).build();
  }
}
