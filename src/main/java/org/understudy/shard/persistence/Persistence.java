package org.understudy.shard.persistence;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.understudy.config.SavePoint;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.AofFiles;
import org.understudy.persistence.FileSystem;
import org.understudy.persistence.LoadProgress;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.RdbLoad;
import org.understudy.persistence.Save;
import org.understudy.persistence.SnapshotStream;
import org.understudy.persistence.Turns;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.history.Continuity;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.Statistics;

/**
 * When the dataset is saved and loaded, and what is known of how it went. One save is under way at a time; clients go
 * on meanwhile, also during SAVE, whose own client waits. Only what has to come before anything else is done at one
 * go: the last save of a shutdown, the empty one after FLUSHALL, DEBUG RELOAD.
 */
public final class Persistence {
  /** For whom a save is. */
  public enum Kind {
    /** For clients that wait for it (SAVE). */
    FOREGROUND,
    /** For the RDB file, and perhaps replicas besides. */
    BACKGROUND,
    /** For replicas only: it leaves no file. */
    REPLICAS,
    /** For the append-only file, as its base. */
    REWRITE
  }

  /** Who wants to know of saves other than those at one go. */
  public interface SaveListener {
    /** A snapshot was cut just now. */
    void begun(Save save, Kind kind, SnapshotStream.Contents contents);

    /** It ended or was given up; the next may begin. */
    void ended(Save save, boolean saved);
  }

  private static final Logger log = LoggerFactory.getLogger(Persistence.class);
  private static final String ENDS_AFTER_DAMAGE = "Terminating server after rdb file reading failure.";
  /** After a failure save points wait for so long before they try again. */
  private static final int RETRY_SECONDS = 5;

  private final Config config;
  private final boolean hasDataset;
  private final Clock clock;
  private final Keyspace keyspace;
  private final Statistics statistics;
  private final Admission admission;
  private final BlockedClients blocked;
  private final ServerControl control;
  private final Continuity continuity;
  private final Propagation propagation;
  private final RdbFiles files;
  private final AofFiles aofFiles;
  private final AppendOnly appendOnly;
  private final AofRewrite rewrite;
  private final Supplier<CommandTable> table;
  private final long processId;
  private Turns turns;
  private Executor blocking;

  /** The save under way, or null; and for whom it is. */
  private Save running;
  private Kind kind;
  private SaveListener listener;
  private long changesAtCut;
  private long startSeconds;
  /** Clients that the save under way will answer, and those who asked for one meanwhile. */
  private List<Client> waiting = new ArrayList<>();
  private List<Client> nextWaiting = new ArrayList<>();
  private boolean scheduled;

  private boolean lastFailed;
  private long lastTrySeconds;
  private long lastSaveSeconds;
  private long lastDurationSeconds = -1;
  private long lastAheadBytes;
  private long saves;
  private long backgroundSaves;
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
    admission = clients.admission();
    blocked = clients.blocked();
    this.continuity = continuity;
    this.propagation = propagation;
    this.table = table;
    this.hasDataset = hasDataset;
    processId = server.facts().processId();
    lastSaveSeconds = server.facts().startMillis() / 1000;
    files = new RdbFiles(fileSystem, keyspace, config, clock, () -> new RdbWriter.Origin(ServerFacts.REDIS_VERSION,
        seconds(), usedBytes.getAsLong(), continuity.place(), false), () -> readOptions(listForms),
        processId);
    aofFiles = new AofFiles(fileSystem, config, clock, files);
    appendOnly = new AppendOnly(server, admission, propagation, continuity, aofFiles);
    rewrite = new AofRewrite(config, clock, this, appendOnly, processId);
    config.onChange(Directive.APPENDONLY, this::switchAppendOnly);
  }

  /** @param writing runs the writer of the append-only file, {@code blocking} other things that may block */
  public void start(Turns lent, Executor writing, Executor blocking) {
    turns = lent;
    this.blocking = blocking;
    appendOnly.start(lent, writing, blocking);
  }

  public AppendOnly appendOnly() {
    return appendOnly;
  }

  public AofRewrite rewrite() {
    return rewrite;
  }

  private long seconds() {
    return clock.millis() / 1000;
  }

  // ---- saving ------------------------------------------------------------------------------------------------------

  /** To be called before the first save. */
  public void onSave(SaveListener observer) {
    listener = observer;
  }

  /** Whether an RDB file is being made that no client waits for. */
  public boolean isSavingInBackground() {
    return running != null && (kind == Kind.BACKGROUND || kind == Kind.REPLICAS);
  }

  /** Whether a snapshot is under way: there is one at a time. */
  public boolean isSaving() {
    return running != null;
  }

  /** BGSAVE and save points. None may be under way. */
  public void saveInBackground() {
    lastTrySeconds = seconds();
    begin(Kind.BACKGROUND);
    log.info("Background saving started by pid {}", processId);
  }

  /** Makes a snapshot that replicas can read while it is made. No save may be under way. */
  public void saveForReplicas(SnapshotStream.Contents contents) {
    noteBeginning(Kind.REPLICAS);
    running = files.startForReplicas(contents, turns, this::ended);
    listener.begun(running, kind, contents);
    log.info("Background RDB transfer started by pid {}", processId);
  }

  /** Makes a base for the append-only file. No save may be under way. @return where it will be */
  Path saveForAppendOnly(boolean rdb, Consumer<Boolean> ended) {
    kind = Kind.REWRITE;
    Path file = config.resolve("temp-rewriteaof-bg-" + processId + ".aof");
    appendOnly.writer().snapshotUnderWay(true);
    running = files.startBase(file, rdb, turns, saved -> {
      rewrite.aheadBytes(running.stream().aheadBytes());
      over(saved);
      ended.accept(saved);
    });
    return file;
  }

  /** The rewrite under way is not to go on. */
  void giveUpRewrite() {
    if (running != null && kind == Kind.REWRITE) giveUp();
  }

  /** Removes the RDB file. */
  public void deleteFile() {
    turns.block(files::delete);
  }

  /** BGSAVE as soon as possible. */
  void schedule() {
    scheduled = true;
  }

  /** SAVE: the client is answered when it is done. A SAVE under way is of an earlier state, so another follows it. */
  void saveFor(Client client) {
    blocked.suspend(client);
    if (running != null) {
      nextWaiting.add(client);
      return;
    }
    waiting.add(client);
    begin(Kind.FOREGROUND);
  }

  private void begin(Kind wanted) {
    noteBeginning(wanted);
    changesAtCut = statistics.changes;
    running = files.start(turns, wanted == Kind.BACKGROUND, this::ended);
    listener.begun(running, kind, SnapshotStream.Contents.ALL);
  }

  private void noteBeginning(Kind wanted) {
    kind = wanted;
    appendOnly.writer().snapshotUnderWay(true);
    saves++;
    if (wanted != Kind.FOREGROUND) backgroundSaves++;
    startSeconds = seconds();
  }

  private void ended(boolean saved) {
    lastAheadBytes = running.stream().aheadBytes();
    if (kind != Kind.FOREGROUND) lastDurationSeconds = seconds() - startSeconds;
    if (kind == Kind.REPLICAS) {
      if (saved) log.info("Background RDB transfer terminated with success");
      else log.warn("Background transfer error");
    } else if (saved) {
      saved(changesAtCut);
    }
    if (kind == Kind.BACKGROUND) {
      failed(!saved);
      if (saved) log.info("Background saving terminated with success");
      else log.warn("Background saving error");
    }
    over(saved);
  }

  /** The save under way has ended: those hear of it who wait for it, or for the next. */
  private void over(boolean saved) {
    Save save = running;
    running = null;
    appendOnly.writer().snapshotUnderWay(false);
    if (kind == Kind.FOREGROUND) answer(waiting, saved);
    if (!nextWaiting.isEmpty()) {
      List<Client> next = nextWaiting;
      nextWaiting = new ArrayList<>();
      waiting = next;
      begin(Kind.FOREGROUND);
    }
    listener.ended(save, saved);
  }

  /** Gives up the save under way, if there is one. */
  private void giveUp() {
    if (running == null) return;
    Save save = running;
    running = null;
    save.cancel();
    appendOnly.writer().snapshotUnderWay(false);
    if (kind == Kind.REWRITE) rewrite.givenUp(true);
    listener.ended(save, false);
  }

  /** Nobody waits any more for the background save under way. */
  public void giveUpForNobody() {
    log.info("Background saving given up since no replica waits for it any more");
    lastDurationSeconds = seconds() - startSeconds;
    giveUp();
  }

  /** @param changes that are in the file */
  private void saved(long changes) {
    statistics.changes -= changes;
    lastSaveSeconds = seconds();
    failed(false);
  }

  private void failed(boolean yes) {
    lastFailed = yes;
    admission.lastSaveFailed(yes);
  }

  private void answer(List<Client> clients, boolean saved) {
    for (Client client : List.copyOf(clients)) {
      blocked.release(client, reply -> {
        if (saved) reply.ok();
        else reply.error("ERR");
      });
    }
    clients.clear();
  }

  /** A client that waits for its SAVE has gone. */
  public void forget(Client client) {
    waiting.remove(client);
    nextWaiting.remove(client);
  }

  /** Saves before anything else happens. A save under way is given up for this one, which answers for it. */
  public boolean saveAtOnce() {
    boolean forFile = running != null && kind == Kind.BACKGROUND;
    giveUp();
    saves++;
    boolean saved = files.saveAtOnce();
    if (saved) saved(statistics.changes);
    else if (forFile) failed(true);
    answer(waiting, saved);
    answer(nextWaiting, saved);
    return saved;
  }

  /**
   * FLUSHALL has removed everything: a background save under way is given up, unless a replica waits for it, and with
   * save points the empty dataset is saved at once, lest what was flushed comes back with a restart.
   *
   * @return whether it was saved
   */
  public boolean flushed() {
    if (running != null && kind == Kind.BACKGROUND && !running.hasSpool()) {
      log.warn("Background saving given up for FLUSHALL");
      lastDurationSeconds = seconds() - startSeconds;
      giveUp();
    }
    return !config.save().isEmpty() && saveAtOnce();
  }

  /** A round of the cron: starts what is scheduled or due. */
  public void tick() {
    appendOnly.tick();
    rewrite.tick();
    if (running != null || loading) return;
    long now = seconds();
    boolean mayTry = !lastFailed || now - lastTrySeconds > RETRY_SECONDS;
    if (!mayTry) return;
    if (scheduled) {
      scheduled = false;
      saveInBackground();
      return;
    }
    if (statistics.changes == 0) return;
    for (SavePoint point : config.save()) {
      if (statistics.changes < point.changes() || now - lastSaveSeconds <= point.seconds()) continue;
      log.info("{} changes in {} seconds. Saving...", point.changes(), point.seconds());
      saveInBackground();
      return;
    }
  }

  // ---- the end -----------------------------------------------------------------------------------------------------

  /**
   * The last thing before the server ends: saves if that is asked for, or if there are save points.
   *
   * @param flags {@code Config.SHUTDOWN_*} bits
   * @return null if the server may end, else the error line for the client
   */
  public String prepareShutdown(int flags) {
    if (isSavingInBackground()) log.warn("There is a child saving an .rdb. Killing it!");
    if (rewrite.isUnderWay() && !endRewrite((flags & Config.SHUTDOWN_FORCE) != 0)) {
      log.warn("Errors trying to shut down the server. Check the logs for more information.");
      return "ERR Errors trying to SHUTDOWN. Check logs.";
    }
    giveUp();
    if (appendOnly.isOn()) log.info("Calling fsync() on the AOF file.");
    appendOnly.flush();
    if (loading || !hasDataset) return null; // what is loaded so far must not replace the whole
    boolean save = (flags & Config.SHUTDOWN_SAVE) != 0
        || (flags & Config.SHUTDOWN_NOSAVE) == 0 && !config.save().isEmpty();
    if (save) log.info("Saving the final RDB snapshot before exiting.");
    boolean failed = save && !saveAtOnce();
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

  /** The dataset is about to be replaced: saves under way are of no use any more. */
  public void giveUpSaves() {
    if (running == null) return;
    if (kind == Kind.BACKGROUND) {
      log.info("Replica is about to load the RDB file received from the master, but there is a background save, "
          + "which is given up");
    }
    giveUp();
    answer(waiting, false);
    answer(nextWaiting, false);
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
    appendOnly.load(loadedCommands(), stop, outcome -> {
      keyspace.expiryMode(before);
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
    return new LoadedCommands(table, keyspace, config, files::addLibrary, clock.millis());
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
    RdbFiles.Outcome outcome = aofFiles.loadAtOnce(loadedCommands());
    loading = false;
    keyspace.expiryMode(before);
    statistics.changes = 0;
    if (outcome == RdbFiles.Outcome.LOADED) log.warn("Append Only File loaded by DEBUG LOADAOF");
    else control.exit("Terminating server after AOF reading failure.");
    return outcome == RdbFiles.Outcome.LOADED;
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
    giveUpRewrite();
    rewrite.givenUp(false);
    rewrite.unschedule();
  }

  /** Has a base made of what is there, as soon as possible, and what commands do written behind it. */
  private void openAppendOnly() {
    appendOnly.await();
    if (running != null && kind != Kind.REWRITE) {
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

  // ---- figures -----------------------------------------------------------------------------------------------------

  /** The save under way, or null. */
  public Save running() {
    return running;
  }

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

  /** Unix time of the last save that succeeded; of the start if there was none. */
  public long lastSaveSeconds() {
    return lastSaveSeconds;
  }

  /** Whether the last background save failed, and none of any kind has succeeded since. */
  public boolean lastFailed() {
    return lastFailed;
  }

  /** How long the last background save took, -1 before the first. */
  public long lastDurationSeconds() {
    return lastDurationSeconds;
  }

  /** For how long the background save under way has been so, -1 if there is none. */
  public long currentDurationSeconds() {
    return isSavingInBackground() ? seconds() - startSeconds : -1;
  }

  /** Bytes that the last save made ahead of time since writers could not wait. */
  public long lastAheadBytes() {
    return lastAheadBytes;
  }

  /** How many snapshots were begun that Redis would fork for: saves in the background, for replicas, and rewrites. */
  public long snapshots() {
    return backgroundSaves + rewrite.rewrites();
  }

  /** CONFIG RESETSTAT. */
  public void resetStats() {
    saves = 0;
    backgroundSaves = 0;
    rewrite.resetStats();
  }

  /** How many saves were begun. */
  public long saves() {
    return saves;
  }
}
