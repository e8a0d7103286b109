package org.understudy.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.understudy.client.BindAddress;
import org.understudy.client.ClientListener;
import org.understudy.engine.Engine;

/**
 * The listeners of a node, one a loop that has connections. With {@code io-threads 1} that is the shard's own loop.
 * With more, the shard keeps its loop for itself and each further thread is an actor system with a loop of its own; the
 * kernel spreads connections over them.
 */
final class Listeners {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Scheduler scheduler;
  /** On the shard's loop: the Unix socket, and everything if there is no other loop. */
  private final ActorRef<ClientListener.Message> own;
  private final List<ActorSystem<ClientListener.Message>> others = new ArrayList<>();

  private Listeners(Scheduler scheduler, ActorRef<ClientListener.Message> own) {
    this.scheduler = scheduler;
    this.own = own;
  }

  static Listeners start(ActorContext<?> context, Behavior<ClientListener.Message> listener, int threads) {
    Listeners listeners = new Listeners(context.getSystem().scheduler(), context.spawn(listener, "clients"));
    for (int i = 1; i < threads; i++) {
      listeners.others.add(ActorSystem.create(listener, context.getSystem().name() + "-io-" + i,
          Engine.systemConfig()));
    }
    return listeners;
  }

  /** Listens on these addresses and no others. @return the outcome of the first loop that failed, else of the last */
  CompletionStage<ClientListener.Bound> listen(List<BindAddress> addresses, int port) {
    if (others.isEmpty()) return listen(own, addresses, port, false);
    CompletionStage<ClientListener.Bound> all =
        CompletableFuture.completedStage(new ClientListener.Bound(port, 0, List.of()));
    for (ActorRef<ClientListener.Message> each : others) {
      all = all.thenCompose(before -> before.succeeded() ? listen(each, addresses, port, others.size() > 1)
          : CompletableFuture.completedStage(before));
    }
    return all;
  }

  private CompletionStage<ClientListener.Bound> listen(ActorRef<ClientListener.Message> listener,
      List<BindAddress> addresses, int port, boolean shared) {
    return AskPattern.<ClientListener.Message, ClientListener.Bound>ask(listener,
        replyTo -> new ClientListener.Bind(addresses, port, shared, replyTo), TIMEOUT, scheduler);
  }

  /** @return null if the Unix socket is being listened on, else the reason why not */
  CompletionStage<String> listen(Path path, int permissions) {
    return AskPattern.<ClientListener.Message, ClientListener.BoundUnix>ask(own,
        replyTo -> new ClientListener.BindUnix(path, permissions, replyTo), TIMEOUT, scheduler)
        .thenApply(ClientListener.BoundUnix::failure);
  }

  /** Serves clients from now on, also those that have come already. */
  void open() {
    own.tell(ClientListener.Open.INSTANCE);
    others.forEach(each -> each.tell(ClientListener.Open.INSTANCE));
  }

  /** Ends the further loops with their connections. Those of the shard's loop end with its actor system. */
  void stop() {
    others.forEach(ActorSystem::terminate);
  }
}
