package org.understudy.node;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.CommandLine;
import org.understudy.config.Config;
import org.understudy.config.ConfigReader;
import org.understudy.engine.Engine;
import org.understudy.sentinel.SentinelMode;

/** One running server: an actor system and what is known about it from outside. Several can live in one JVM. */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  private final ActorSystem<Guardian.Command> system;
  private final Config config;
  private final Shutdown shutdown;

  private Node(ActorSystem<Guardian.Command> system, Config config, Shutdown shutdown) {
    this.system = system;
    this.config = config;
    this.shutdown = shutdown;
  }

  /** Starts a node and waits until it serves. */
  public static Node start(Config config) {
    return start(config, new Shutdown(), () -> {}, null);
  }

  /**
   * Starts a sentinel and waits until it serves.
   *
   * @param file its configuration, which it will rewrite
   * @throws org.understudy.config.ConfigFileError the file is wrong
   * @throws StartFailure the reason has been logged
   */
  public static Node sentinel(Path file) {
    Config config = Config.defaults();
    ConfigCheck check = new ConfigCheck();
    SentinelMode sentinel =
        SentinelStart.read(config, new ConfigReader(config).renaming(check::rename).users(check::user),
            CommandLine.parse(file.toString()), InputStream.nullInputStream());
    return start(config, new Shutdown(), () -> {}, sentinel);
  }

  /**
   * @param listening runs once every socket listens, before the dataset is loaded
   * @param sentinel null for an ordinary server
   * @throws StartFailure the reason has been logged
   */
  static Node start(Config config, Shutdown shutdown, Runnable listening, SentinelMode sentinel) {
    Guardian.Milestones milestones = new Guardian.Milestones();
    ActorSystem<Guardian.Command> system = ActorSystem.create(
        Guardian.create(config, milestones, shutdown, sentinel), "understudy",
        Engine.systemConfig());
    Node node = new Node(system, config, shutdown);
    // A guardian that dies on the way would leave us waiting for ever.
    system.getWhenTerminated().whenComplete((done, failure) -> {
      StartFailure died = new StartFailure("the node stopped while it was starting");
      milestones.listening().completeExceptionally(died);
      milestones.loaded().completeExceptionally(died);
    });
    try {
      await(milestones.listening());
      listening.run();
      if (sentinel != null) sentinel.prepare();
      system.tell(Guardian.Load.INSTANCE);
      await(milestones.loaded());
    } catch (StartFailure failure) {
      if (shutdown.requested()) return node; // it has ended in order, before it served
      system.terminate();
      node.awaitStopped();
      throw failure;
    }
    if (sentinel != null) return node;
    if (config.port() != 0) log.info("Ready to accept connections");
    if (!config.unixsocket().isEmpty()) {
      log.info("The server is now ready to accept connections at {}", config.unixsocket());
    }
    return node;
  }

  /** Asks for an orderly shutdown, as SHUTDOWN does; flags are the {@code Config.SHUTDOWN_*} bits. */
  void requestShutdown(int flags) {
    shutdown.request();
    system.tell(new Guardian.ShutDown(flags));
  }

  /** Waits until the node has stopped, by whatever cause. */
  void awaitStopped() {
    system.getWhenTerminated().toCompletableFuture().join();
  }

  /** Shuts down without a last snapshot and waits. */
  @Override
  public void close() {
    requestShutdown(Config.SHUTDOWN_NOSAVE | Config.SHUTDOWN_NOW);
    awaitStopped();
  }

  private static void await(CompletableFuture<?> milestone) {
    try {
      milestone.join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof StartFailure known) throw known;
      throw failure;
    }
  }
}
