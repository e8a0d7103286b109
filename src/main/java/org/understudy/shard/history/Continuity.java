package org.understudy.shard.history;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.persistence.FileSystem;
import org.understudy.persistence.LogFile;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.RdbLoad;
import org.understudy.persistence.Turns;
import org.understudy.rdb.RdbWriter;
import org.understudy.replication.History;
import org.understudy.replication.LogExcerpt;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.server.ServerParts;

/**
 * Lets replication go on after a restart: a saved dataset knows its place in the history of changes, and whoever loads
 * it goes on from there. A replica asks its primary for what follows. A primary begins a history of its own, which
 * branches off there: so its replicas can go on with it, unless they have seen more than was saved.
 *
 * <p>At an orderly end the newest part of the log is saved beside the dataset, for replicas that lag. It is sound to
 * use it with whatever dataset is loaded whose place is in it: an offset of a history is one state of the dataset, and
 * what led there is the same for all who have been there. What follows that place is not used.
 */
public final class Continuity {
  private static final Logger LOG = LoggerFactory.getLogger(Continuity.class);
  private static final byte[] NOTHING = {};
  /** More of the log is not kept from one run to the next. */
  private static final int MOST_SAVED_BYTES = 1 << 30;

  private final Config config;
  private final ReplicationState replication;
  private final ReplicationLog log;
  private final Propagation propagation;
  private final Backlog backlog;
  private final FileSystem files;
  private final long processId;
  /** What the run before has saved of its log; null if nothing, or when it is not needed any more. */
  private LogExcerpt earlier;

  public Continuity(ServerParts server, HistoryParts history, FileSystem files) {
    config = server.config();
    replication = history.state();
    log = history.log();
    propagation = history.propagation();
    backlog = history.backlog();
    this.files = files;
    processId = server.facts().processId();
  }

  /** Where the dataset is in the history; null if nobody follows it, so that the place would say nothing. */
  public RdbWriter.Place place() {
    int database;
    if (replication.isReplica()) {
      database = replication.streamDatabase();
      if (database == Propagation.NONE || !replication.isResumable()) return null;
    } else {
      if (!log.isActive()) return null;
      database = Math.max(0, propagation.selectedDatabase()); // with none the next effect selects one
    }
    return new RdbWriter.Place(database, replication.history().id(), log.end());
  }

  // ---- the end of a run --------------------------------------------------------------------------------------------

  /** The dataset has been saved, and the server ends: saves at once what led to it. */
  public void saveLog() {
    if (place() == null) return;
    byte[] newest = log.newest(MOST_SAVED_BYTES);
    LogFile.save(files, path(), new LogExcerpt(replication.history().id(), log.end() - newest.length, newest),
        processId);
  }

  private Path path() {
    return config.resolve(config.dbfilename() + ".backlog");
  }

  /** Reads what an earlier run has saved of the log. @param then is run on the loop */
  public void readLog(Turns turns, Runnable then) {
    Path path = path();
    turns.block(() -> {
      LogExcerpt read = LogFile.read(files, path);
      turns.back(() -> {
        earlier = read;
        then.run();
      });
    });
  }

  // ---- loading -----------------------------------------------------------------------------------------------------

  /** The server's dataset is about to be loaded. */
  public void loading() {
    if (!replication.isReplica()) log.activate(); // for the deletions below
  }

  /**
   * What is to become of a key in the file whose time has come: a primary leaves it out, which its replicas have to be
   * told; a replica waits for its primary to say so.
   */
  public boolean leavesOut(int database, byte[] key) {
    if (replication.isReplica()) return false;
    propagation.deleted(database, key, config.lazyfreeLazyExpire(), false);
    return true;
  }

  /** The server's dataset was loaded, or there was none. @param load null if there was none */
  public void loaded(RdbFiles.Outcome outcome, RdbLoad load, long nowMillis) {
    loaded(outcome == RdbFiles.Outcome.LOADED ? load.place() : null, nowMillis);
  }

  /** As above. @param place of the dataset, null if it is not known or there is none */
  public void loaded(RdbWriter.Place place, long nowMillis) {
    if (place == null) {
      if (log.isActive()) log.deactivate();
    } else if (replication.isReplica()) {
      replication.history(History.of(place.id()));
      begin(place, NOTHING);
      replication.streamDatabase(place.database());
      replication.resumable(true);
    } else {
      replication.history(new History(replication.history().id(), place.id(), place.offset() + 1));
      if (log.first() == 0) begin(place, log.newest(Integer.MAX_VALUE));
      else log.rebase(place.offset() + log.end());
      backlog.unneeded(nowMillis);
    }
    earlier = null;
  }

  /** Has the log begin with what led to a place, as far as that is known. @param since what has happened since then */
  private void begin(RdbWriter.Place place, byte[] since) {
    boolean known = earlier != null && earlier.leadsTo(place.id(), place.offset());
    long first = known ? earlier.first() : place.offset();
    log.restart(first);
    log.activate();
    if (known) {
      log.append(earlier.bytes(), 0, (int) (place.offset() - first));
      log.inherited();
      LOG.info("Replication goes on with {} bytes of the log of the run before.", place.offset() - first);
    } else if (earlier != null) {
      LOG.info("The saved replication log does not lead to the dataset that was loaded, and is not used.");
    }
    log.append(since, 0, since.length);
  }
}
