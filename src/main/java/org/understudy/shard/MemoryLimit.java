package org.understudy.shard;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.MaxmemoryPolicy;
import org.understudy.keyspace.Keyspace;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.statistics.LatencyMonitor;

/**
 * Keeps {@link Memory#used} within {@code maxmemory}: keys go before a command that finds it exceeded, for as long as
 * {@code maxmemory-eviction-tenacity} allows; the rest follows in slices between other work. Source: performEvictions,
 * evict.c 7.0.15.
 */
final class MemoryLimit {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryLimit.class);
  /** Keys that go between two looks at the clock. */
  private static final int KEYS_A_LOOK = 16;
  private static final int LINEAR_TENACITY = 10;
  private static final int BOUNDLESS_TENACITY = 100;

  private final Config config;
  private final Clock clock;
  private final Keyspace keyspace;
  private final Memory memory;
  private final Pause pause;
  private final Admission admission;
  private final LatencyMonitor latencyMonitor;
  private Consumer<Runnable> nextSlice;
  private boolean slicing;
  /** Bytes, unsigned; 0 for no limit. */
  private long limit;
  private boolean exceeded;
  private long clientsSeenMillis;
  private long exceededSinceNanos;
  private long exceededNanos;

  MemoryLimit(Config config, Clock clock, Keyspace keyspace, Memory memory, Pause pause, Admission admission,
      LatencyMonitor latencyMonitor) {
    this.config = config;
    this.clock = clock;
    this.keyspace = keyspace;
    this.memory = memory;
    this.pause = pause;
    this.admission = admission;
    this.latencyMonitor = latencyMonitor;
    limit = config.maxmemory();
    config.onChange(Directive.MAXMEMORY, this::configured);
  }

  /** @param slices runs one piece of work after the other, others' between them */
  void start(Consumer<Runnable> slices) {
    nextSlice = slices;
  }

  private String configured(Config now) {
    limit = now.maxmemory();
    if (limit == 0) {
      settle(true, false);
      return null;
    }
    if (isOver()) {
      LOG.warn("WARNING: the new maxmemory value set via CONFIG SET ({}) is smaller than the current memory usage ({})."
          + " This will result in key eviction and/or the inability to accept new write commands depending on the"
          + " maxmemory-policy.", Long.toUnsignedString(limit), memory.used());
    }
    // what is put into transactions is refused from now on, before a command comes here that would notice
    if (now.maxmemoryPolicy() == MaxmemoryPolicy.NOEVICTION) makeRoom();
    else goOnInSlices();
    return null;
  }

  boolean isSet() {
    return limit != 0;
  }

  private long counted() {
    return memory.used() - memory.notCountedForEviction();
  }

  private boolean isOver() {
    return limit != 0 && Long.compareUnsigned(counted(), limit) > 0;
  }

  /**
   * The same after looking again at the clients, who may have been sent meanwhile what was waiting for them: at once at
   * those that had a turn, every millisecond at all.
   */
  private boolean isReallyOver() {
    if (!isOver()) return false;
    memory.lookAgainAtClients();
    if (!isOver()) return false;
    long now = clock.millis();
    if (now != clientsSeenMillis) memory.sampleClients(now);
    clientsSeenMillis = now;
    return isOver();
  }

  /**
   * Evicts keys if memory is over the limit. If it stays over it and no key may go, what needs more memory is refused
   * from now on. While clients are paused or a dataset is loaded nothing goes, and nothing is refused for it; nor on a
   * replica that leaves it to its primary.
   */
  void makeRoom() {
    if (pause.mode() != Pause.Mode.NONE || admission.isLoading() || admission.leavesEvictionToPrimary()) {
      admission.outOfMemory(false);
    } else if (!isReallyOver()) {
      settle(true, false);
    } else {
      boolean possible = evict();
      settle(possible, !possible || slicing);
    }
  }

  private void settle(boolean mayGrow, boolean over) {
    admission.outOfMemory(!mayGrow);
    if (over == exceeded) return;
    exceeded = over;
    if (over) exceededSinceNanos = clock.nanos();
    else exceededNanos += clock.nanos() - exceededSinceNanos;
  }

  /**
   * Frees as much of the dataset as memory is over the limit now. What evictions make clients be sent does not count,
   * or one would lead to the next.
   *
   * @return false if memory stays over the limit and no key may go
   */
  private boolean evict() {
    long start = clock.nanos();
    long enough = keyspace.usedBytes() - (counted() - limit);
    long budget = budgetNanos(config.maxmemoryEvictionTenacity());
    boolean possible = true;
    for (int evicted = 1; possible && keyspace.usedBytes() > enough; evicted++) {
      possible = evictOne();
      if (evicted % KEYS_A_LOOK == 0 && clock.nanos() - start > budget) {
        goOnInSlices();
        break;
      }
    }
    latencyMonitor.note(LatencyMonitor.EVICTION_CYCLE, clock.nanos() - start, clock.millis());
    return possible;
  }

  private boolean evictOne() {
    boolean watched = config.latencyMonitorThreshold() > 0;
    long start = watched ? clock.nanos() : 0;
    boolean evicted = keyspace.eviction()
        .evict(config.maxmemoryPolicy(), config.maxmemorySamples(), config.lazyfreeLazyEviction());
    if (watched) latencyMonitor.note(LatencyMonitor.EVICTION_DEL, clock.nanos() - start, clock.millis());
    return evicted;
  }

  /** Half a millisecond by default; growing by 15 % a step from there, up to no end at all. */
  private static long budgetNanos(int tenacity) {
    if (tenacity <= LINEAR_TENACITY) return 50_000L * tenacity;
    if (tenacity == BOUNDLESS_TENACITY) return Long.MAX_VALUE;
    return (long) (500_000 * Math.pow(1.15, tenacity - LINEAR_TENACITY));
  }

  private void goOnInSlices() {
    if (slicing || nextSlice == null) return;
    slicing = true;
    nextSlice.accept(this::slice);
  }

  private void slice() {
    slicing = false;
    makeRoom();
  }

  // ---- figures ------------------------------------------------------------------------------------------------------

  /** For how long memory has been over the limit; 0 if it is not. */
  long exceededMillis() {
    return exceeded ? (clock.nanos() - exceededSinceNanos) / 1_000_000 : 0;
  }

  /** For how long memory was over the limit, altogether. */
  long totalExceededMillis() {
    return exceededNanos / 1_000_000 + exceededMillis();
  }

  void resetStats() {
    exceeded = false;
    exceededNanos = 0;
  }
}
