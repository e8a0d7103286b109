package org.understudy.node;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the process from growing with what it has dropped. The JVM collects old objects only when its heap is full, and
 * the heap may take most of the machine; but we know what the dataset takes, so a collection of the whole heap is asked
 * for when more than that, and more than a fixed amount, is garbage. It stops everything for about 80 ms a million
 * keys.
 */
final class HeapKeeper {
  private static final Logger log = LoggerFactory.getLogger(HeapKeeper.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final long TOLERATED_BYTES = 384L << 20;

  private HeapKeeper() {}

  /** @param accountedBytes what the server says it uses; asked on the system's loop */
  static void start(ActorSystem<?> system, LongSupplier accountedBytes) {
    Runtime runtime = Runtime.getRuntime();
    system.scheduler().scheduleWithFixedDelay(INTERVAL, INTERVAL, () -> {
      long heap = runtime.totalMemory() - runtime.freeMemory();
      long accounted = accountedBytes.getAsLong();
      if (heap - accounted <= accounted + TOLERATED_BYTES) return;
      System.gc();
      log.debug("Collected the heap: {} bytes before, {} after, {} accounted", heap,
          runtime.totalMemory() - runtime.freeMemory(), accounted);
    }, system.executionContext());
  }
}
