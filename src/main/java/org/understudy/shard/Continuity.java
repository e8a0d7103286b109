package org.understudy.shard;

import org.understudy.config.Config;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.RdbLoad;
import org.understudy.rdb.RdbWriter;
import org.understudy.replication.History;
import org.understudy.replication.ReplicationLog;

/**
 * Lets replication go on after a restart: a saved dataset knows its place in the history of changes, and whoever loads
 * it goes on from there. A replica asks its primary for what follows. A primary begins a history of its own, which
 * branches off there: so its replicas can go on with it, unless they have seen more than was saved.
 */
final class Continuity {
  private final Config config;
  private final ReplicationState replication;
  private final ReplicationLog log;
  private final Propagation propagation;
  private final Backlog backlog;

  Continuity(ShardParts parts) {
    config = parts.config;
    replication = parts.replication;
    log = parts.replicationLog;
    propagation = parts.propagation;
    backlog = parts.backlog;
  }

  /** Where the dataset is in the history; null if nobody follows it, so that the place would say nothing. */
  RdbWriter.Place place() {
    int database;
    if (replication.isReplica()) {
      database = replication.streamDatabase();
      if (database == Propagation.NONE) return null;
    } else {
      if (!log.isActive()) return null;
      database = Math.max(0, propagation.selectedDatabase()); // with none the next effect selects one
    }
    return new RdbWriter.Place(database, replication.history().id(), log.end());
  }

  // ---- loading -----------------------------------------------------------------------------------------------------

  /** The server's dataset is about to be loaded. */
  void loading() {
    if (!replication.isReplica()) log.activate(); // for the deletions below
  }

  /**
   * What is to become of a key in the file whose time has come: a primary leaves it out, which its replicas have to be
   * told; a replica waits for its primary to say so.
   */
  boolean leavesOut(int database, byte[] key) {
    if (replication.isReplica()) return false;
    propagation.deleted(database, key, config.lazyfreeLazyExpire(), false);
    return true;
  }

  /** The server's dataset was loaded, or there was none. @param load null if there was none */
  void loaded(RdbFiles.Outcome outcome, RdbLoad load, long nowMillis) {
    loaded(outcome == RdbFiles.Outcome.LOADED ? load.place() : null, nowMillis);
  }

  /** As above. @param place of the dataset, null if it is not known or there is none */
  void loaded(RdbWriter.Place place, long nowMillis) {
    if (place == null) {
      if (log.isActive()) log.deactivate();
    } else if (replication.isReplica()) {
      replication.history(History.of(place.id()));
      log.restart(place.offset());
      log.activate();
      replication.streamDatabase(place.database());
      replication.resumable(true);
    } else {
      replication.history(new History(replication.history().id(), place.id(), place.offset() + 1));
      log.rebase(place.offset() + log.length());
      backlog.unneeded(nowMillis);
    }
  }
}
