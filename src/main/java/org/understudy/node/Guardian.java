package org.understudy.node;

import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.acl.Users;
import org.understudy.bytes.Clock;
import org.understudy.client.BindAddress;
import org.understudy.client.ClientListener;
import org.understudy.client.ConnectionCommands;
import org.understudy.client.Sessions;
import org.understudy.config.Config;
import org.understudy.shard.KeyspaceShard;
import org.understudy.shard.ServerFacts;
import org.understudy.shard.ShardParts;

/**
 * The actor that all others of a node descend from.
 * Starting -> Serving: all sockets listen, the dataset is loaded; serving ends with the node.
 */
final class Guardian extends AbstractBehavior<Guardian.Command> {
  sealed interface Command {}

  /** Shut down as SHUTDOWN without arguments does, with the {@code Config.SHUTDOWN_*} bits for the signal. */
  record ShutDown(int flags) implements Command {}

  private record Listening(ClientListener.Bound outcome) implements Command {}

  private record ListeningUnix(ClientListener.BoundUnix outcome) implements Command {}

  /** What the thread that starts the node waits for; either may complete with a {@link StartFailure}. */
  record Milestones(CompletableFuture<Done> listening, CompletableFuture<Done> loaded) {
    Milestones() {
      this(new CompletableFuture<>(), new CompletableFuture<>());
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Guardian.class);

  private final Config config;
  private final Milestones milestones;
  private final ActorRef<ClientListener.Message> listener;

  static Behavior<Command> create(Config config, Milestones milestones, Shutdown shutdown) {
    return Behaviors.setup(context -> new Guardian(context, config, milestones, shutdown));
  }

  private Guardian(ActorContext<Command> context, Config config, Milestones milestones, Shutdown shutdown) {
    super(context);
    this.config = config;
    this.milestones = milestones;
    Users users = new Users(config);
    Clock clock = new SystemClock();
    Sessions sessions = new Sessions();
    ShardParts parts = new ShardParts(config, clock, new SecureRandom().nextLong(),
        new ConnectionCommands(config, users).rows(), ServerFacts.ofProcess(clock),
        new NodeControl(context.getSelf(), shutdown, config));
    parts.connections(sessions);
    ActorRef<KeyspaceShard.Message> shard = context.spawn(KeyspaceShard.create(parts.shard()), "shard");
    listener = context.spawn(ClientListener.create(shard, parts, users, sessions), "clients");
    if (config.port() == 0) {
      listenOnUnixSocket();
    } else {
      listener.tell(new ClientListener.Bind(BindAddress.of(config.bind()), config.port(),
          context.messageAdapter(ClientListener.Bound.class, Listening::new)));
    }
  }

  private void listenOnUnixSocket() {
    if (config.unixsocket().isEmpty()) {
      listening();
    } else {
      listener.tell(new ClientListener.BindUnix(config.resolve(config.unixsocket()), config.unixsocketperm(),
          getContext().messageAdapter(ClientListener.BoundUnix.class, ListeningUnix::new)));
    }
  }

  private Behavior<Command> onListeningUnix(ListeningUnix message) {
    if (message.outcome.failure() == null) {
      listening();
    } else {
      log.warn("Failed opening Unix socket: bind: {}", message.outcome.failure());
      milestones.listening.completeExceptionally(new StartFailure("no socket"));
    }
    return this;
  }

  private void listening() {
    milestones.listening.complete(Done.getInstance());
    milestones.loaded.complete(Done.getInstance());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Listening.class, this::onListening)
        .onMessage(ListeningUnix.class, this::onListeningUnix)
        .onMessage(ShutDown.class, this::onShutDown)
        .build();
  }

  private Behavior<Command> onShutDown(ShutDown request) {
    log.warn("User requested shutdown...");
    boolean save = (request.flags & Config.SHUTDOWN_SAVE) != 0
        || (request.flags & Config.SHUTDOWN_NOSAVE) == 0 && !config.save().isEmpty();
    if (save) log.warn("Snapshots are not there yet: the dataset is not saved.");
    return Behaviors.stopped();
  }

  private Behavior<Command> onListening(Listening message) {
    ClientListener.Bound outcome = message.outcome;
    if (outcome.failures().isEmpty()) {
      listenOnUnixSocket();
      return this;
    }
    ClientListener.Failure failure = outcome.failures().get(0);
    log.warn("Warning: Could not create server TCP listening socket {}:{}: {}", failure.address().shown(), outcome.port(),
        failure.reason());
    log.warn("Failed listening on port {} (TCP), aborting.", outcome.port());
    milestones.listening.completeExceptionally(new StartFailure("no socket"));
    return this;
  }
}
