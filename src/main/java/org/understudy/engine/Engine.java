package org.understudy.engine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.Socket;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.client.EarlyReads;

/**
 * Makes the configuration of an actor system that runs on one thread.
 *
 * <p>With the event loop that thread also selects and keeps the timers. It needs two options on the java command line:
 * {@code -Djava.nio.channels.spi.SelectorProvider=org.understudy.engine.LoopSelectorProvider} and
 * {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED}. Without them everything works as well, on Pekko's own means.
 */
public final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private Engine() {}

  /**
   * What to create an actor system with; one event loop belongs to each system. Says so in the log if there can be
   * none.
   */
  public static Config systemConfig() {
    boolean loop = loopAvailable();
    if (!loop) {
      LOG.warn("Running without the event loop, on a plain dispatcher: the java command line lacks"
          + " -Djava.nio.channels.spi.SelectorProvider={}", LoopSelectorProvider.class.getName());
    }
    return systemConfig(loop);
  }

  /** @param loop on an event loop, else on a plain single-threaded dispatcher */
  static Config systemConfig(boolean loop) {
    Config all = ConfigFactory.load();
    return all.getConfig(loop ? "understudy.engine.loop" : "understudy.engine.plain").withFallback(all);
  }

  /** Whether this JVM was started for the event loop. */
  public static boolean loopAvailable() {
    return SelectorProvider.provider() instanceof LoopSelectorProvider;
  }

  /** {@link EarlyReads} of the loop on whose thread this is called; there are none without it. */
  public static void showReads(Socket socket, EarlyReads.Reader reader) {
    EventLoop loop = EventLoop.current();
    DrainedSocketChannel connection = loop == null ? null : loop.connections().get(socket.getChannel());
    if (connection != null) connection.showReads(reader);
  }

  /** The loop that a system runs on, for its counters; empty if it runs on a plain dispatcher. */
  public static Optional<EventLoop> loopOf(ActorSystem system) {
    return system.scheduler() instanceof LoopScheduler scheduler ? Optional.of(scheduler.loop()) : Optional.empty();
  }
}
