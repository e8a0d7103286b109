package org.understudy.shard.replication;

import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.PiecewiseFile;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.RdbLoad;
import org.understudy.persistence.Turns;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.Statistics;

/** How a dataset from our primary takes the place of ours, in memory and on disk. */
public final class Replacement {
  private static final Logger log = LoggerFactory.getLogger(Replacement.class);

  private final Config config;
  private final Keyspace keyspace;
  private final Persistence persistence;
  private final Statistics statistics;
  private DatasetOwner owner;
  private Turns turns;

  public Replacement(ServerParts server, Persistence persistence) {
    config = server.config();
    keyspace = server.keyspace();
    statistics = server.statistics();
    this.persistence = persistence;
  }

  public void start(DatasetOwner owner, Turns lent) {
    this.owner = owner;
    turns = lent;
  }

  /** Removes all that is there. */
  void flush() {
    persistence.saves().giveUpForReplacement();
    persistence.stopAppendOnly();
    owner.emptying();
    for (int i = 0; i < keyspace.databases(); i++) keyspace.database(i).clear();
    persistence.files().forgetLibraries();
  }

  // ---- through a file ----------------------------------------------------------------------------------------------

  /** A file for what comes, which takes the place of ours. */
  PiecewiseFile file() {
    return persistence.files().receivedFile();
  }

  /** Loads the file that has taken the place of ours. If that fails, there is no dataset. */
  void loadFile(Consumer<RdbFiles.Outcome> ended) {
    persistence.setLoading(true);
    persistence.files().load(turns, () -> false, RdbLoad.Expired.LOADED, outcome -> {
      if (outcome != RdbFiles.Outcome.LOADED) flush();
      persistence.setLoading(false);
      if (outcome == RdbFiles.Outcome.LOADED) persistence.restartAppendOnly();
      if (config.flag(Directive.RDB_DEL_SYNC_FILES) && config.save().isEmpty() && !config.appendonly()) {
        log.info("Removing the RDB file obtained from the master. This replica has persistence disabled");
        persistence.deleteFile();
      }
      ended.accept(outcome);
    });
  }

  // ---- straight from the connection --------------------------------------------------------------------------------

  /** Where a dataset can be loaded to while ours stays. */
  Database[] newDatabases() {
    return keyspace.newDatabases();
  }

  /**
   * Begins to load.
   *
   * @param totalBytes 0 if that is not known
   * @param beside where the keys go; null for our own databases
   * @param serving whether ours is served meanwhile
   */
  RdbLoad startLoading(long totalBytes, Database[] beside, boolean serving) {
    if (serving) persistence.setAsyncLoading(true);
    else persistence.setLoading(true);
    IntFunction<Database> into = beside == null ? keyspace::database : index -> beside[index];
    return persistence.files().receive(totalBytes, into);
  }

  /** For how long the loading of so many keys is slowed down: {@code key-load-delay}, a brake for tests. */
  long delayMillis(long keys) {
    return Math.max(0, keys * config.number(Directive.KEY_LOAD_DELAY) / 1000);
  }

  /** Puts what was loaded beside ours in its place. */
  void exchange(Database[] beside) {
    persistence.saves().giveUpForReplacement();
    persistence.stopAppendOnly();
    owner.exchanging(beside);
    keyspace.exchange(beside);
  }

  /** Ends what {@link #startLoading} began, with success: there is a dataset that is on no disk. */
  void loaded() {
    persistence.files().received();
    statistics.changes++;
    notLoaded();
    persistence.restartAppendOnly();
  }

  void notLoaded() {
    persistence.setLoading(false);
    persistence.setAsyncLoading(false);
  }

  /** What is there now is ours: the append-only file begins with it, if it was ended for a replacement. */
  void keep() {
    persistence.restartAppendOnly();
  }

  // ---- afterwards --------------------------------------------------------------------------------------------------

  /** The database that is selected where the stream begins which follows the dataset that was loaded last. */
  int streamDatabase() {
    RdbLoad load = persistence.files().load();
    return load.place() == null ? 0 : load.place().database();
  }
}
