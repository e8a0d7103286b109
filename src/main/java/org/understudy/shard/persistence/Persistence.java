package org.understudy.shard.persistence;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.command.CommandTable;
import org.understudy.command.ListForms;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.AofFiles;
import org.understudy.persistence.FileSystem;
import org.understudy.persistence.LoadProgress;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.RdbLoad;
import org.understudy.persistence.Turns;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.history.Continuity;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.Statistics;

/**
 * How the dataset outlives the process: loads it at the start, switches the append-only file on and off, and keeps what
 * is to be kept when the server ends. When it is saved in between is {@link Saves}' and {@link AofRewrite}'s.
 */
public final class Persistence {
  private static final Logger log = LoggerFactory.getLogger(Persistence.class);
  private static final String ENDS_AFTER_DAMAGE = "Terminating server after rdb file reading failure.";

  private final Config config;
  private final boolean hasDataset;
  private final Clock clock;
  private final Keyspace keyspace;
  private final Statistics statistics;
  private final Admission admission;
  private final ServerControl control;
  private final Continuity continuity;
  private final Propagation propagation;
  private final RdbFiles files;
  private final AofFiles aofFiles;
  private final AppendOnly appendOnly;
  private final Saves saves;
  private final AofRewrite rewrite;
  private final Supplier<CommandTable> table;
  private final ClientParts clients;
  private final long processId;
  private Turns turns;
  private Executor blocking;

  private boolean loading;
  private boolean asyncLoading;
  private boolean comparesChecksums = true;
  private CompletableFuture<Boolean> switched = CompletableFuture.completedFuture(true);

  /**
   * @param hasDataset false for a server that keeps none, and so has nothing to save
   * @param usedBytes what a saved file tells of the memory that the server takes
   * @param fileSystem where everything is kept
   */
  public Persistence(ServerParts server, ClientParts clients, Propagation propagation, Continuity continuity,
      Supplier<CommandTable> table, ListForms listForms, boolean hasDataset, LongSupplier usedBytes,
      FileSystem fileSystem) {
    config = server.config();
    clock = server.clock();
    keyspace = server.keyspace();
    statistics = server.statistics();
    control = server.control();
    this.clients = clients;
    admission = clients.admission();
    this.continuity = continuity;
    this.propagation = propagation;
    this.table = table;
    this.hasDataset = hasDataset;
    processId = server.facts().processId();
    files = new RdbFiles(fileSystem, keyspace, config, clock, () -> new RdbWriter.Origin(ServerFacts.REDIS_VERSION,
        clock.millis() / 1000, usedBytes.getAsLong(), continuity.place(), false), () -> readOptions(listForms),
        processId);
    aofFiles = new AofFiles(fileSystem, config, clock, files);
    appendOnly = new AppendOnly(server, admission, propagation, continuity, aofFiles);
    saves = new Saves(server, clients, files, appendOnly);
    rewrite = new AofRewrite(config, clock, saves, appendOnly, processId);
    config.onChange(Directive.APPENDONLY, this::switchAppendOnly);
  }

  /** @param writing runs the writer of the append-only file, {@code blocking} other things that may block */
  public void start(Turns lent, Executor writing, Executor blocking) {
    turns = lent;
    this.blocking = blocking;
    saves.start(lent);
    appendOnly.start(lent, writing, blocking);
  }

  public AppendOnly appendOnly() {
    return appendOnly;
  }

  public Saves saves() {
    return saves;
  }

  public AofRewrite rewrite() {
    return rewrite;
  }

  /** A round of the cron: begins what is scheduled or due. */
  public void tick() {
    appendOnly.tick();
    if (loading) return;
    rewrite.tick();
    saves.tick();
  }

  /** Removes the RDB file. */
  public void deleteFile() {
    turns.block(files::delete);
  }

  // ---- loading -----------------------------------------------------------------------------------------------------

  /** From now on the dataset counts as not loaded: commands that need it are refused. */
  public void awaitDataset() {
    setLoading(true);
  }

  /** A dataset is on its way, and ours is not served, or no more than before. */
  public void setLoading(boolean yes) {
    loading = yes;
    admission.loading(yes);
  }

  public boolean isLoading() {
    return loading;
  }

  /** A dataset is on its way while ours, an earlier state of it, is served. */
  public void setAsyncLoading(boolean yes) {
    asyncLoading = yes;
    admission.asyncLoading(yes);
  }

  public boolean isAsyncLoading() {
    return asyncLoading;
  }

  public RdbFiles files() {
    return files;
  }

  /**
   * Loads the append-only file, or if there is to be none, the RDB file, in slices. The dataset counts as loaded only
   * after success.
   */
  public void load(BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    continuity.readLog(turns, () -> loadDataset(stop, ended));
  }

  private void loadDataset(BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    aofFiles.readManifest(turns, read -> {
      if (!read) ended.accept(RdbFiles.Outcome.FAILED);
      else if (config.appendonly()) loadAppendOnly(stop, ended);
      else loadRdb(stop, ended);
    });
  }

  private void loadAppendOnly(BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    long start = clock.nanos();
    ExpiryMode before = keyspace.expiryMode();
    keyspace.expiryMode(ExpiryMode.KEEP);
    continuity.loading();
    LoadedCommands commands = loadedCommands();
    appendOnly.load(commands, stop, outcome -> {
      keyspace.expiryMode(before);
      statistics.changes += commands.changes(); // which the RDB file does not hold
      continuity.loaded(outcome == RdbFiles.Outcome.LOADED ? appendOnly.loadedPlace() : null, clock.millis());
      if (outcome == RdbFiles.Outcome.LOADED) {
        log.info("DB loaded from append only file: {} seconds", secondsSince(start));
      } else if (outcome != RdbFiles.Outcome.ABSENT) {
        ended.accept(outcome);
        return;
      }
      boolean rdb = config.flag(Directive.AOF_USE_RDB_PREAMBLE);
      ByteBuffer emptyBase = outcome == RdbFiles.Outcome.ABSENT ? files.emptyBase(rdb) : ByteBuffer.allocate(0);
      appendOnly.open(emptyBase, rdb, blocking, opened -> {
        if (opened) setLoading(false);
        ended.accept(opened ? outcome : RdbFiles.Outcome.FAILED);
      });
    });
  }

  private LoadedCommands loadedCommands() {
    return new LoadedCommands(table, keyspace, config, files::addLibrary, clients, clock);
  }

  private String secondsSince(long startNanos) {
    return String.format(Locale.ROOT, "%.3f", (clock.nanos() - startNanos) / 1e9);
  }

  private void loadRdb(BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    long start = clock.nanos();
    continuity.loading();
    files.load(turns, stop, continuity::leavesOut, outcome -> {
      if (outcome == RdbFiles.Outcome.LOADED) {
        log.info("DB loaded from disk: {} seconds", secondsSince(start));
      }
      if (outcome == RdbFiles.Outcome.DAMAGED) {
        reportDamage();
        log.warn(ENDS_AFTER_DAMAGE);
      }
      continuity.loaded(outcome, files.load(), clock.millis());
      if (outcome == RdbFiles.Outcome.LOADED || outcome == RdbFiles.Outcome.ABSENT) setLoading(false);
      ended.accept(outcome);
    });
  }

  /** Repeats what is wrong with the file in the form of redis-check-rdb, which Redis runs at this point. */
  private void reportDamage() {
    log.warn("--- RDB ERROR DETECTED ---");
    log.warn("[offset {}] {}", files.load().loadedBytes(), files.load().failure());
  }

  /**
   * DEBUG RELOAD: empties the dataset, if that is wanted, and loads the file at one go. Of a damaged one nothing stays,
   * since half of a dataset is none; where it was to join keys that were there, the server ends.
   *
   * @param replaces whether keys of the file may replace others
   * @return null, or the error line
   */
  public String reload(boolean flush, boolean replaces) {
    if (flush) empty();
    loading = true;
    RdbFiles.Outcome outcome = files.loadAtOnce(replaces);
    loading = false;
    if (outcome == RdbFiles.Outcome.LOADED) {
      log.warn("DB reloaded by DEBUG RELOAD");
      return null;
    }
    if (outcome == RdbFiles.Outcome.DAMAGED) {
      reportDamage();
      if (flush) empty();
      else control.exit(ENDS_AFTER_DAMAGE);
    }
    return "ERR Error trying to load the RDB dump";
  }

  private void empty() {
    for (int i = 0; i < keyspace.databases(); i++) keyspace.database(i).clear();
    files.forgetLibraries();
  }

  /** DEBUG LOADAOF: empties the dataset and loads the append-only file at one go. @return whether it is there */
  public boolean reloadAppendOnly() {
    appendOnly.flush();
    appendOnly.writer().readManifest();
    empty();
    ExpiryMode before = keyspace.expiryMode();
    keyspace.expiryMode(ExpiryMode.KEEP);
    loading = true;
    RdbFiles.Outcome outcome = appendOnly.reload(loadedCommands());
    loading = false;
    keyspace.expiryMode(before);
    statistics.changes = 0;
    if (outcome == RdbFiles.Outcome.LOADED) log.warn("Append Only File loaded by DEBUG LOADAOF");
    else control.exit("Terminating server after AOF reading failure.");
    return outcome == RdbFiles.Outcome.LOADED;
  }

  private ReadOptions readOptions(ListForms lists) {
    ReadOptions options =
        ReadOptions.of(config, keyspace.hashSeed(), lists.current()).counting(statistics.integrityChecks);
    return comparesChecksums ? options : options.withoutChecksum();
  }

  /**
   * Whether checksums of files are compared, as far as the configuration wants it (DEBUG SET-SKIP-CHECKSUM-VALIDATION).
   */
  public void compareChecksums(boolean yes) {
    comparesChecksums = yes;
  }

  // ---- the append-only file, switched at run time ------------------------------------------------------------------

  /** Completed, on any thread, when the last change of {@code appendonly} has come into effect; false if it cannot. */
  public CompletableFuture<Boolean> appendOnlySwitched() {
    return switched;
  }

  private String switchAppendOnly(Config now) {
    if (now.appendonly() == appendOnly.isOn()) return null;
    String contradiction = now.appendfsyncContradiction();
    if (contradiction != null) return contradiction;
    switched = CompletableFuture.completedFuture(true);
    if (!now.appendonly()) {
      switched = closeAppendOnly();
      return null;
    }
    openAppendOnly();
    return null;
  }

  private CompletableFuture<Boolean> closeAppendOnly() {
    dropRewrite();
    return appendOnly.close();
  }

  private void dropRewrite() {
    if (rewrite.isUnderWay()) log.info("Killing running AOF rewrite child: {}", processId);
    saves.giveUpBase();
    rewrite.givenUp(false);
    rewrite.unschedule();
  }

  /** Has a base made of what is there, as soon as possible, and what commands do written behind it. */
  private void openAppendOnly() {
    appendOnly.await();
    if (saves.isUnderWay() && !saves.isBaseUnderWay()) {
      rewrite.schedule();
      log.warn("AOF was enabled but there is already another background operation. An AOF background was scheduled to"
          + " start when possible.");
      return;
    }
    if (propagation.isInTheMiddle()) {
      rewrite.schedule();
      log.warn("AOF was enabled during a transaction. An AOF background was scheduled to start when possible.");
      return;
    }
    if (rewrite.isUnderWay()) {
      log.warn("AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and "
          + "starting a rewrite now.");
      dropRewrite();
    }
    switched = rewrite.start();
  }

  /** Another dataset is about to take the place of ours, of which the file knows nothing. */
  public void stopAppendOnly() {
    if (appendOnly.isOn()) closeAppendOnly();
  }

  /** The other dataset is there: the file begins anew with it, if there is to be one. */
  public void restartAppendOnly() {
    if (!config.appendonly() || appendOnly.isOn()) return;
    log.info("MASTER <-> REPLICA sync: Starting AOF with a successful sync");
    openAppendOnly();
  }

  // ---- the end -----------------------------------------------------------------------------------------------------

  /**
   * The last thing before the server ends: saves if that is asked for, or if there are save points.
   *
   * @param flags {@code Config.SHUTDOWN_*} bits
   * @return null if the server may end, else the error line for the client
   */
  public String prepareShutdown(int flags) {
    if (saves.isUnderWayInBackground()) log.warn("There is a child saving an .rdb. Killing it!");
    if (rewrite.isUnderWay() && !endRewrite((flags & Config.SHUTDOWN_FORCE) != 0)) {
      log.warn("Errors trying to shut down the server. Check the logs for more information.");
      return "ERR Errors trying to SHUTDOWN. Check logs.";
    }
    saves.giveUp();
    if (appendOnly.isOn()) log.info("Calling fsync() on the AOF file.");
    appendOnly.flush();
    if (loading || !hasDataset) return null; // what is loaded so far must not replace the whole
    boolean save = (flags & Config.SHUTDOWN_SAVE) != 0
        || (flags & Config.SHUTDOWN_NOSAVE) == 0 && !config.save().isEmpty();
    if (save) log.info("Saving the final RDB snapshot before exiting.");
    boolean failed = save && !saves.saveAtOnce();
    if (!failed && (save || appendOnly.isOn())) continuity.saveLog();
    if (!failed) return null;
    if ((flags & Config.SHUTDOWN_FORCE) != 0) {
      log.warn("Error trying to save the DB. Exit anyway.");
      return null;
    }
    log.warn("Error trying to save the DB, can't exit.");
    log.warn("Errors trying to shut down the server. Check the logs for more information.");
    return "ERR Errors trying to SHUTDOWN. Check logs.";
  }

  /** Gives up the rewrite under way. False if there would be nothing on disk of what is promised to be there. */
  private boolean endRewrite(boolean force) {
    if (appendOnly.isWaiting()) {
      if (!force) {
        log.warn("Writing initial AOF, can't exit.");
        return false;
      }
      log.warn("Writing initial AOF. Exit anyway.");
    }
    log.warn("There is a child rewriting the AOF. Killing it!");
    dropRewrite();
    return true;
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

  /** How far the loading under way is; null if there is none. */
  public LoadProgress progress() {
    if (asyncLoading) return files.load();
    if (!loading) return null;
    return appendOnly.load() != null ? appendOnly.load() : files.load();
  }

  /** The last load of an RDB file, or the one under way, or null. */
  public RdbLoad load() {
    return files.load();
  }

  /** How many snapshots were begun that Redis would fork for: saves in the background, for replicas, and rewrites. */
  public long snapshots() {
    return saves.begunInBackground() + rewrite.rewrites();
  }

  /** CONFIG RESETSTAT. */
  public void resetStats() {
    saves.resetStats();
    rewrite.resetStats();
  }
}
