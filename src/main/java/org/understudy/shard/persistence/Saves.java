package org.understudy.shard.persistence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.SavePoint;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.Save;
import org.understudy.persistence.SnapshotStream;
import org.understudy.persistence.Turns;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.Statistics;

/**
 * When the dataset is saved, and what is known of how it went. One save is under way at a time; clients go on
 * meanwhile, also during SAVE, whose own client waits. Only what has to come before anything else is done at one go:
 * the last save of a shutdown, the empty one after FLUSHALL, DEBUG RELOAD.
 */
public final class Saves {
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
  public interface Listener {
    /** A snapshot was cut just now. */
    void begun(Save save, Kind kind, SnapshotStream.Contents contents);

    /** It ended or was given up; the next may begin. */
    void ended(Save save, boolean saved);
  }

  private static final Logger log = LoggerFactory.getLogger(Saves.class);
  /** After a failure save points wait for so long before they try again. */
  private static final int RETRY_SECONDS = 5;

  private final Config config;
  private final Clock clock;
  private final Statistics statistics;
  private final Admission admission;
  private final BlockedClients blocked;
  private final RdbFiles files;
  private final AppendOnly appendOnly;
  private final long processId;
  private Turns turns;
  private Listener listener;

  /** The save under way, or null; and for whom it is. */
  private Save running;
  private Kind kind;
  /** Hears that the base under way is given up. */
  private Runnable baseGivenUp;
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
  private long begun;
  private long begunInBackground;

  Saves(ServerParts server, ClientParts clients, RdbFiles files, AppendOnly appendOnly) {
    config = server.config();
    clock = server.clock();
    statistics = server.statistics();
    admission = clients.admission();
    blocked = clients.blocked();
    this.files = files;
    this.appendOnly = appendOnly;
    processId = server.facts().processId();
    lastSaveSeconds = server.facts().startMillis() / 1000;
  }

  void start(Turns lent) {
    turns = lent;
  }

  /** To be called before the first save. */
  public void listener(Listener observer) {
    listener = observer;
  }

  private long seconds() {
    return clock.millis() / 1000;
  }

  // ---- beginning ---------------------------------------------------------------------------------------------------

  /** A round of the cron: starts what is scheduled or due. */
  void tick() {
    if (running != null) return;
    long now = seconds();
    boolean mayTry = !lastFailed || now - lastTrySeconds > RETRY_SECONDS;
    if (!mayTry) return;
    if (scheduled) {
      scheduled = false;
      startInBackground();
      return;
    }
    if (statistics.changes == 0) return;
    for (SavePoint point : config.save()) {
      if (statistics.changes < point.changes() || now - lastSaveSeconds <= point.seconds()) continue;
      log.info("{} changes in {} seconds. Saving...", point.changes(), point.seconds());
      startInBackground();
      return;
    }
  }

  /** BGSAVE as soon as possible. */
  void schedule() {
    scheduled = true;
  }

  /** BGSAVE and save points. None may be under way. */
  public void startInBackground() {
    lastTrySeconds = seconds();
    start(Kind.BACKGROUND);
    log.info("Background saving started by pid {}", processId);
  }

  /** Makes a snapshot that replicas can read while it is made. No save may be under way. */
  public void startForReplicas(SnapshotStream.Contents contents) {
    noteStart(Kind.REPLICAS);
    running = files.startForReplicas(contents, turns, this::ended);
    listener.begun(running, kind, contents);
    log.info("Background RDB transfer started by pid {}", processId);
  }

  /**
   * Makes a base for the append-only file. No save may be under way.
   *
   * @param rdb its format
   * @param ended is told whether it is there, and safe on disk
   * @param givenUp is told instead if another save takes its place
   */
  void startBase(Path file, boolean rdb, BiConsumer<Save, Boolean> ended, Runnable givenUp) {
    kind = Kind.REWRITE;
    baseGivenUp = givenUp;
    appendOnly.writer().snapshotUnderWay(true);
    running = files.startBase(file, rdb, turns, saved -> {
      Save save = running;
      over(saved);
      ended.accept(save, saved);
    });
  }

  /** SAVE: the client is answered when it is done. A SAVE under way is of an earlier state, so another follows it. */
  void startFor(Client client) {
    blocked.suspend(client);
    if (running != null) {
      nextWaiting.add(client);
      return;
    }
    waiting.add(client);
    start(Kind.FOREGROUND);
  }

  private void start(Kind wanted) {
    noteStart(wanted);
    changesAtCut = statistics.changes;
    running = files.start(turns, wanted == Kind.BACKGROUND, this::ended);
    listener.begun(running, kind, SnapshotStream.Contents.ALL);
  }

  private void noteStart(Kind wanted) {
    kind = wanted;
    appendOnly.writer().snapshotUnderWay(true);
    begun++;
    if (wanted != Kind.FOREGROUND) begunInBackground++;
    startSeconds = seconds();
  }

  // ---- ending ------------------------------------------------------------------------------------------------------

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
      start(Kind.FOREGROUND);
    }
    listener.ended(save, saved);
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

  // ---- giving up ---------------------------------------------------------------------------------------------------

  /** Gives up the save under way, if there is one. Clients that wait for it go on waiting. */
  void giveUp() {
    if (running == null) return;
    Save save = running;
    running = null;
    save.cancel();
    appendOnly.writer().snapshotUnderWay(false);
    if (kind == Kind.REWRITE) baseGivenUp.run();
    listener.ended(save, false);
  }

  /** The rewrite under way is not to go on. */
  void giveUpBase() {
    if (running != null && kind == Kind.REWRITE) giveUp();
  }

  /** Nobody waits any more for the background save under way. */
  public void giveUpForNobody() {
    log.info("Background saving given up since no replica waits for it any more");
    lastDurationSeconds = seconds() - startSeconds;
    giveUp();
  }

  /** The dataset is about to be replaced: saves under way are of no use any more. */
  public void giveUpForReplacement() {
    if (running == null) return;
    if (kind == Kind.BACKGROUND) {
      log.info("Replica is about to load the RDB file received from the master, but there is a background save, "
          + "which is given up");
    }
    giveUp();
    answer(waiting, false);
    answer(nextWaiting, false);
  }

  // ---- at one go ---------------------------------------------------------------------------------------------------

  /** Saves before anything else happens. A save under way is given up for this one, which answers for it. */
  public boolean saveAtOnce() {
    boolean forFile = running != null && kind == Kind.BACKGROUND;
    giveUp();
    begun++;
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

  // ---- figures -----------------------------------------------------------------------------------------------------

  /** The save under way, or null. */
  public Save running() {
    return running;
  }

  /** Whether a snapshot is under way: there is one at a time. */
  public boolean isUnderWay() {
    return running != null;
  }

  /** Whether an RDB file is being made that no client waits for. */
  public boolean isUnderWayInBackground() {
    return running != null && (kind == Kind.BACKGROUND || kind == Kind.REPLICAS);
  }

  /** Whether it is a base for the append-only file that is being made. */
  boolean isBaseUnderWay() {
    return running != null && kind == Kind.REWRITE;
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
    return isUnderWayInBackground() ? seconds() - startSeconds : -1;
  }

  /** Bytes that the last save made ahead of time since writers could not wait. */
  public long lastAheadBytes() {
    return lastAheadBytes;
  }

  /** How many were begun, bases for the append-only file not counted. */
  public long begun() {
    return begun;
  }

  /** How many of these no client waited for. */
  long begunInBackground() {
    return begunInBackground;
  }

  void resetStats() {
    begun = 0;
    begunInBackground = 0;
  }
}
