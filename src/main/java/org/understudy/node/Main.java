package org.understudy.node;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program behind {@code understudy-server}. */
public final class Main {
  public static void main(String[] args) throws Exception {
    Logger log = LoggerFactory.getLogger(Main.class);
    log.warn("oO0OoO0OoO0Oo Understudy is starting oO0OoO0OoO0Oo");
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "understudy");
    log.info("Ready to accept connections");
    Signals.handle(new Signals.Target() {
      @Override
      public void requestShutdown() {
        system.terminate();
      }

      @Override
      public boolean shutdownRequested() {
        return false;
      }

      @Override
      public boolean loading() {
        return false;
      }
    }, true, new CrashReport(() -> ""));
    system.getWhenTerminated().toCompletableFuture().join();
    log.warn("Redis is now ready to exit, bye bye...");
    System.exit(0);
  }
}
