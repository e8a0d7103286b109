package org.understudy.node;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.shard.server.ServerControl;

/** Lets commands end the node, or the process. */
final class NodeControl implements ServerControl {
  private static final Logger log = LoggerFactory.getLogger(NodeControl.class);
  private static final int CRASHED = 134;

  private final ActorRef<Guardian.Command> guardian;
  private final Shutdown shutdown;
  private final Config config;

  NodeControl(ActorRef<Guardian.Command> guardian, Shutdown shutdown, Config config) {
    this.guardian = guardian;
    this.shutdown = shutdown;
    this.config = config;
  }

  @Override
  public String shutDown() {
    shutdown.request();
    guardian.tell(Guardian.Stop.INSTANCE);
    return null;
  }

  @Override
  public void shutdownCalledOff() {
    shutdown.callOff();
  }

  @Override
  public void crash(String reason) {
    new CrashReport().write(reason, null);
    Runtime.getRuntime().halt(CRASHED);
  }

  @Override
  public void exit(String reason) {
    log.warn(reason);
    Runtime.getRuntime().halt(1);
  }

  @Override
  public CompletionStage<String> listen(List<String> bind, int port) {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    guardian.tell(new Guardian.Listen(bind, port, outcome));
    return outcome;
  }

  @Override
  public String supervisor() {
    return Supervision.supervisor(config.supervised(), System.getenv()).name().toLowerCase(Locale.ROOT);
  }
}
