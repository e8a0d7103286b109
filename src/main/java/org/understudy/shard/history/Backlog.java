package org.understudy.shard.history;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.replication.ReplicationLog;

/**
 * For how long the replication log is kept: on a primary from the first replica on until {@code repl-backlog-ttl}
 * seconds after the last one has gone, or after the start if it goes on with a history from before. A replica keeps it
 * as long as it is one.
 */
public final class Backlog {
  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

  private final Config config;
  private final ReplicationState replication;
  private final ReplicationLog log;
  private int replicas;
  private long unneededSinceMillis;

  public Backlog(Config config, ReplicationState replication, ReplicationLog log) {
    this.config = config;
    this.replication = replication;
    this.log = log;
  }

  /**
   * A replica needs the history of a primary from now on. If none was kept, offsets say nothing of what happened
   * before, so that a new history begins.
   */
  public void begin() {
    if (log.isActive()) return;
    replication.changeId();
    log.activate();
    LOG.info("Replication backlog created, my new replication IDs are '{}' and '{}'", replication.history().id(),
        replication.history().secondId());
  }

  /** So many replicas are connected from now on. */
  public void replicas(int count, long nowMillis) {
    if (count == 0) unneeded(nowMillis);
    replicas = count;
  }

  /** Nobody needs the log, but somebody may come back: the time begins to count. */
  public void unneeded(long nowMillis) {
    unneededSinceMillis = nowMillis;
  }

  /** A round of the cron: forgets the log if its time is up. */
  public void tick(long nowMillis) {
    if (!log.isActive() || replicas > 0 || replication.isReplica()) return;
    if (log.isRead()) {
      unneeded(nowMillis); // a link that is about to end
      return;
    }
    long ttlSeconds = config.number(Directive.REPL_BACKLOG_TTL);
    if (ttlSeconds == 0 || (nowMillis - unneededSinceMillis) / 1000 <= ttlSeconds) return;
    // without a log offsets do not move, so nobody may go on with this history when it is kept again
    replication.changeId();
    log.deactivate();
    LOG.info("Replication backlog freed after {} seconds without connected replicas.", ttlSeconds);
  }
}
