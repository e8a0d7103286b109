package org.understudy.shard;

import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Keyspace;
import org.understudy.shard.clients.ClientCron;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.history.Backlog;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.replication.Failover;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.replication.Upstream;
import org.understudy.shard.server.Watchdog;
import org.understudy.shard.statistics.LatencyMonitor;
import org.understudy.shard.statistics.Statistics;

/** The rounds of background work, {@code hz} a second; what grows with the data goes on in slices between them. */
final class Cron {
  private static final long SAMPLE_MILLIS = 100;
  private static final long SECOND_MILLIS = 1000;
  private static final int MAX_HZ = 500;
  private static final int CLIENTS_PER_ROUND = 200;
  /** Share of the time that active expiry may take at effort 1, and what each step of effort adds; as in Redis. */
  private static final int EXPIRY_PERCENT = 25;
  private static final int EXPIRY_PERCENT_PER_EFFORT = 2;
  private static final long EXPIRY_SLICE_NANOS = 500_000;

  private final Config config;
  private final Clock clock;
  private final Moment moment;
  private final Keyspace keyspace;
  private final Clients clients;
  private final Statistics statistics;
  private final Memory memory;
  private final LatencyMonitor latencyMonitor;
  private final Persistence persistence;
  private final Backlog backlog;
  private final Upstream upstream;
  private final OwnExpiries ownExpiries;
  private final Replicas replicas;
  private final Failover failover;
  private final ShutdownSequence shutdowns;
  private final MigrationTargets migrationTargets;
  private final ClientCron clientCron;
  private final Watchdog watchdog;
  private Shard.Timing timing;
  private Runnable afterTurn;
  /** Rounds a second. */
  private int hz;
  private boolean paused;
  private long lastSecondMillis;
  /** Monotonic end of the time that active expiry may take in this round. */
  private long expiryEndNanos;
  /** A further slice of it is due. */
  private boolean expiring;

  Cron(ShardParts parts) {
    config = parts.config;
    clock = parts.clock;
    moment = parts.moment;
    keyspace = parts.keyspace;
    clients = parts.clients;
    statistics = parts.statistics;
    memory = parts.memory;
    latencyMonitor = parts.latencyMonitor;
    persistence = parts.persistence;
    backlog = parts.backlog;
    upstream = parts.upstream;
    ownExpiries = parts.ownExpiries;
    replicas = parts.replicas;
    failover = parts.failover;
    shutdowns = parts.shutdowns;
    migrationTargets = parts.migrationTargets;
    clientCron = parts.clientCron;
    watchdog = new Watchdog(config, clock);
    hz = config.hz();
    config.onChange(Directive.HZ, now -> {
      adjustHz();
      return null;
    });
  }

  /** @param afterTurn tells everybody concerned what was done, as after a client's turn */
  void start(Shard.Timing lent, Runnable afterTurn) {
    timing = lent;
    this.afterTurn = afterTurn;
    timing.tickEvery(1000 / hz);
  }

  int hz() {
    return hz;
  }

  /** DEBUG PAUSE-CRON. */
  void pause(boolean yes) {
    paused = yes;
  }

  boolean isPaused() {
    return paused;
  }

  void round() {
    watchdog.round();
    if (paused) return;
    long now = moment.pass();
    adjustHz();
    if (now - statistics.lastSampleMillis() >= SAMPLE_MILLIS) {
      statistics.sample(now, upstream.receivedBytes(), replicas.sentBytes());
      memory.samplePeak();
    }
    if (now - lastSecondMillis >= SECOND_MILLIS) {
      lastSecondMillis = now;
      memory.turnSecond(now);
      migrationTargets.tick(now);
      if (!persistence.isLoading()) backlog.tick(now); // what is loaded may add to the log, and its replicas come later
      upstream.tick();
      keyspace.spares().shrink();
    }
    long percent = EXPIRY_PERCENT + EXPIRY_PERCENT_PER_EFFORT * (config.activeExpireEffort() - 1);
    expiryEndNanos = clock.nanos() + 10_000_000L * percent / hz;
    if (!expiring && !persistence.isLoading()) expire();
    ownExpiries.tick();
    persistence.tick();
    replicas.tick(now, failover.isUnderWay());
    failover.check();
    shutdowns.check();
    clientCron.tick(now, hz, client -> memory.sample(client, now));
    afterTurn.run();
  }

  /**
   * A slice of active expiry. As long as there is more to do and time in this round, the next slice follows after
   * what the loop has got to do meanwhile; so there is no need of the short cycle before sleeping that the
   * reference implementation has.
   */
  private void expire() {
    expiring = false; // also if this slice fails: the next round tries again
    long start = clock.nanos();
    moment.pass();
    boolean more = keyspace.activeExpiry().slice(EXPIRY_SLICE_NANOS);
    long end = clock.nanos();
    latencyMonitor.note(LatencyMonitor.EXPIRE_CYCLE, end - start, clock.millis());
    afterTurn.run();
    expiring = more && end - expiryEndNanos < 0;
    if (expiring) timing.nextSlice(this::expire);
  }

  /** {@code hz}, doubled for many clients if {@code dynamic-hz} is on. */
  private void adjustHz() {
    int wanted = config.hz();
    if (config.dynamicHz()) {
      while (wanted < MAX_HZ && clients.size() / wanted > CLIENTS_PER_ROUND) wanted = Math.min(MAX_HZ, 2 * wanted);
    }
    if (wanted == hz) return;
    hz = wanted;
    timing.tickEvery(1000 / hz);
  }
}
