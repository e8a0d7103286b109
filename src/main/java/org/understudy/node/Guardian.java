package org.understudy.node;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.client.BindAddress;
import org.understudy.client.ClientListener;
import org.understudy.client.ConnectionCommands;
import org.understudy.client.Sessions;
import org.understudy.config.Config;
import org.understudy.engine.Engine;
import org.understudy.persistence.DiskFileSystem;
import org.understudy.persistence.RdbFiles;
import org.understudy.sentinel.SentinelMode;
import org.understudy.shard.KeyspaceShard;
import org.understudy.shard.Mode;
import org.understudy.shard.ShardParts;
import org.understudy.shard.clients.ShardMessage;
import org.understudy.shard.server.ServerFacts;

/**
 * The actor that all others of a node descend from.
 * Starting -> Loading: all sockets listen; Loading -> Serving: the dataset is loaded; serving ends with the node.
 */
final class Guardian extends AbstractBehavior<Guardian.Command> {
  sealed interface Command {}

  /** Every socket listens and that is known: load the dataset, or start the sentinel. */
  enum Load implements Command { INSTANCE }

  /** It takes longer to load: clients are told so from now on. */
  enum TellOfLoading implements Command { INSTANCE }

  /** Shut down as SHUTDOWN without arguments does, with the {@code Config.SHUTDOWN_*} bits for the signal. */
  record ShutDown(int flags) implements Command {}

  /** Everything that had to be saved is saved: end. */
  enum Stop implements Command { INSTANCE }

  /** Listen on other addresses; the outcome is null or the reason why not. */
  record Listen(List<String> bind, int port, CompletableFuture<String> outcome) implements Command {}

  /** What the thread that starts the node waits for; either may complete with a {@link StartFailure}. */
  record Milestones(CompletableFuture<Done> listening, CompletableFuture<Done> loaded) {
    Milestones() {
      this(new CompletableFuture<>(), new CompletableFuture<>());
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Guardian.class);
  /** Who comes while a dataset is loaded that takes no longer than this waits for its end and hears of no loading. */
  private static final Duration QUIET_LOADING = Duration.ofMillis(100);

  private final Config config;
  private final Milestones milestones;
  private final Shutdown shutdown;
  /** Null for an ordinary server. */
  private final SentinelMode sentinel;
  private final ShardParts parts;
  private final ActorRef<ShardMessage> shard;
  private final Listeners listeners;

  /** @param sentinel null for an ordinary server */
  static Behavior<Command> create(Config config, Milestones milestones, Shutdown shutdown, SentinelMode sentinel) {
    return Behaviors.setup(context -> new Guardian(context, config, milestones, shutdown, sentinel));
  }

  private Guardian(ActorContext<Command> context, Config config, Milestones milestones, Shutdown shutdown,
      SentinelMode sentinel) {
    super(context);
    this.config = config;
    this.milestones = milestones;
    this.shutdown = shutdown;
    this.sentinel = sentinel;
    Clock clock = new SystemClock();
    Sessions sessions = new Sessions();
    parts = new ShardParts(config, clock, hashSeed(),
        wired -> new ConnectionCommands(wired).rows(), ServerFacts.ofProcess(clock),
        new NodeControl(context.getSelf(), shutdown, config), new DiskFileSystem(),
        sentinel == null ? Mode.STANDALONE : sentinel);
    parts.connections(sessions);
    shutdown.beforeEndingAtOnce(parts::removeUnfinishedSave);
    if (sentinel == null) parts.awaitDataset();
    shard = context.spawn(KeyspaceShard.create(parts.shard()), "shard");
    HeapKeeper.start(context.getSystem(), parts::usedMemory);
    listeners = Listeners.start(context,
        ClientListener.create(shard, parts, parts.users(), sessions, Engine::showReads), config.ioThreads());
    if (!parts.loadUsers()) {
      milestones.listening.completeExceptionally(new StartFailure("no users"));
      return;
    }
    listeners.listen(BindAddress.of(config.bind()), config.port())
        .thenCompose(this::listenOnUnixSocket)
        .whenComplete((done, failure) -> {
          if (failure == null) milestones.listening.complete(Done.getInstance());
          else milestones.listening.completeExceptionally(failure);
        });
  }

  private static long hashSeed() {
    return ByteBuffer.wrap(ServerFacts.random(Long.BYTES)).getLong();
  }

  private CompletionStage<Done> listenOnUnixSocket(ClientListener.Bound bound) {
    report(bound);
    if (!bound.succeeded()) {
      log.warn("Failed listening on port {} (TCP), aborting.", bound.port());
      return CompletableFuture.failedStage(new StartFailure("no socket"));
    }
    if (config.unixsocket().isEmpty()) {
      if (bound.sockets() > 0) return CompletableFuture.completedStage(Done.getInstance());
      log.warn("Configured to not listen anywhere, exiting.");
      return CompletableFuture.failedStage(new StartFailure("no socket"));
    }
    return listeners.listen(config.resolve(config.unixsocket()), config.unixsocketperm()).thenCompose(failure -> {
      if (failure == null) return CompletableFuture.completedStage(Done.getInstance());
      log.warn("Failed opening Unix socket: bind: {}", failure);
      return CompletableFuture.failedStage(new StartFailure("no socket"));
    });
  }

  /** Logs what cannot be listened on: up to the first address that had to be there, as Redis, which then stops. */
  private static void report(ClientListener.Bound bound) {
    for (ClientListener.Failure failure : bound.failures()) {
      log.warn("Warning: Could not create server TCP listening socket {}:{}: {}", failure.address().shown(),
          bound.port(), failure.reason());
      if (failure.fatal()) return;
    }
  }

  private Behavior<Command> onListen(Listen message) {
    listeners.listen(BindAddress.of(message.bind), message.port).whenComplete((bound, broken) -> {
      if (broken != null) {
        message.outcome.complete(broken.toString());
        return;
      }
      report(bound);
      message.outcome.complete(bound.failures().stream().filter(ClientListener.Failure::fatal).findFirst()
          .map(ClientListener.Failure::reason).orElse(null));
    });
    return this;
  }

  private Behavior<Command> onLoad(Load message) {
    if (sentinel == null) {
      shard.tell(new ShardMessage.Task(() -> parts.load(shutdown::requested, this::loaded)));
      getContext().scheduleOnce(QUIET_LOADING, getContext().getSelf(), TellOfLoading.INSTANCE);
    } else {
      sentinel.start(getContext(), parts, work -> shard.tell(new ShardMessage.Task(work)));
      milestones.loaded.complete(Done.getInstance());
      listeners.open();
    }
    return this;
  }

  private Behavior<Command> onTellOfLoading() {
    listeners.open();
    return this;
  }

  /** Runs on the shard's loop. */
  private void loaded(RdbFiles.Outcome outcome) {
    switch (outcome) {
      case LOADED, ABSENT -> {
        listeners.open();
        milestones.loaded.complete(Done.getInstance());
      }
      case STOPPED -> parts.shutDown(Config.SHUTDOWN_NOSAVE);
      case FAILED, DAMAGED -> milestones.loaded.completeExceptionally(new StartFailure("no dataset"));
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Listen.class, this::onListen)
        .onMessage(Load.class, this::onLoad)
        .onMessage(TellOfLoading.class, message -> onTellOfLoading())
        .onMessage(ShutDown.class, this::onShutDown)
        .onMessage(Stop.class, message -> onStop())
        .build();
  }

  private Behavior<Command> onShutDown(ShutDown request) {
    shard.tell(new ShardMessage.Task(() -> {
      if (parts.shutDown(request.flags) != null) shutdown.callOff();
    }));
    return this;
  }

  private Behavior<Command> onStop() {
    listeners.stop();
    return Behaviors.stopped();
  }
}
