package org.understudy.shard.replication;

import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.persistence.Save;
import org.understudy.persistence.SnapshotStream;
import org.understudy.replication.ReplicaLink;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.history.HistoryParts;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.persistence.Saves;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.server.ServerParts;

/**
 * Which snapshot a replica gets. One is made at a time; whoever comes while it is made, or while it is still being
 * read, or while the log of what happened since is not longer than {@code repl-backlog-size}, joins it. Each reads it
 * at its own pace. Who sends SYNC, or wants no more than the snapshot, joins only one that is under way, as in Redis:
 * it is a backup, or somebody who listens, and wants the dataset as it is now.
 *
 * <p>As in Redis a snapshot is either a save to the RDB file, which replicas are sent when it is complete, or (with
 * {@code repl-diskless-sync}) made for them only and sent while it is made. In either case it passes through a file,
 * so that the slowest replica holds up neither the others nor the snapshot.
 */
public final class ReplicaSnapshots {
  private static final Logger log = LoggerFactory.getLogger(ReplicaSnapshots.class);
  /** For so long after its end others may join a snapshot. */
  private static final long JOINABLE_MILLIS = 60_000;

  /**
   * A snapshot that was begun.
   *
   * @param offset of the log where it was cut
   * @param forReplicas made for replicas only
   * @param keyDelay {@code rdb-key-save-delay} with which it was made: who changes this brake for tests wants to see
   *     another one
   */
  private record Cut(Save save, long offset, boolean forReplicas, SnapshotStream.Contents contents, long keyDelay) {}

  private final Config config;
  private final Clock clock;
  private final ReplicationLog replicationLog;
  private final ReplicationState replication;
  private final Propagation propagation;
  private final Persistence persistence;
  private final Saves saves;
  private final Replicas replicas;
  /** The one that is under way, or that others can still join; else null. */
  private Cut cut;
  private boolean open;
  /** The save to the RDB file under way that was begun for replicas, or null. */
  private Save saveForReplicas;
  /** There may be an RDB file that was written for replicas, and is to go if we keep no files otherwise. */
  private boolean leavesFile;
  private long completeMillis;

  ReplicaSnapshots(ServerParts server, HistoryParts history, Persistence persistence, Replicas replicas) {
    config = server.config();
    clock = server.clock();
    replicationLog = history.log();
    replication = history.state();
    propagation = history.propagation();
    this.persistence = persistence;
    saves = persistence.saves();
    this.replicas = replicas;
    saves.listener(new Saves.Listener() {
      @Override
      public void begun(Save save, Saves.Kind kind, SnapshotStream.Contents contents) {
        cut(save, kind, contents);
      }

      @Override
      public void ended(Save save, boolean saved) {
        over(save, saved);
      }
    });
  }

  // ---- replicas come -----------------------------------------------------------------------------------------------

  /** Has a replica join the snapshot that there is, or wait for another, or begin one for it. */
  void serve(Replica replica) {
    replica.state = Replica.State.AWAITS_SNAPSHOT;
    replica.waitsSinceMillis = clock.millis();
    if (isJoinable(replica)) {
      join(replica);
      log.info("Waiting for end of BGSAVE for SYNC");
    } else if (persistence.rewrite().isUnderWay()) {
      log.info("No BGSAVE in progress, but another BG operation is active. BGSAVE for replication delayed");
    } else if (saves.isUnderWay()) {
      log.info("Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC");
    } else if (config.flag(Directive.REPL_DISKLESS_SYNC) && replica.takesEndMark && delaySeconds() > 0) {
      log.info("Delay next BGSAVE for diskless SYNC");
    } else {
      begin(replica.contents);
    }
  }

  private long delaySeconds() {
    return config.number(Directive.REPL_DISKLESS_SYNC_DELAY);
  }

  private long keyDelay() {
    return config.number(Directive.RDB_KEY_SAVE_DELAY);
  }

  private boolean isJoinable(Replica replica) {
    if (cut == null || !open || !cut.contents.equals(replica.contents)) return false;
    if (cut.save.isOver() && !(isRecent() && replica.knowsOffsets && !replica.snapshotOnly)) return false;
    return replica.snapshotOnly || replicationLog.holds(cut.offset);
  }

  private boolean isRecent() {
    return clock.millis() - completeMillis <= JOINABLE_MILLIS && cut.keyDelay == keyDelay();
  }

  private void join(Replica replica) {
    String greeting = replica.knowsOffsets ? "+FULLRESYNC " + replication.id() + " " + cut.offset + "\r\n" : "";
    replica.marked = cut.forReplicas && replica.takesEndMark;
    String endMark = replica.marked ? ServerFacts.randomId() : null;
    replica.save = cut.save;
    replica.snapshot = cut.save.spool().reader();
    if (!replica.snapshotOnly) replica.log = replicationLog.reader(cut.offset);
    replica.state = cut.save.isOver() ? Replica.State.RECEIVES : Replica.State.AWAITS_END;
    replica.lastProgressMillis = clock.millis();
    replica.link.accept(new ReplicaLink.Give(greeting, replica.snapshot, endMark, replica.log));
  }

  // ---- snapshots begin ---------------------------------------------------------------------------------------------

  /** Begins a snapshot if there are replicas that wait for one and have waited long enough. */
  void beginPending() {
    if (saves.isUnderWay() || persistence.isLoading()) return;
    Replica first = null;
    int waiting = 0;
    long oldestMillis = Long.MAX_VALUE;
    for (Replica replica : replicas.attached()) {
      if (replica.state != Replica.State.AWAITS_SNAPSHOT) continue;
      if (first == null) first = replica;
      if (!replica.contents.equals(first.contents)) continue;
      waiting++;
      oldestMillis = Math.min(oldestMillis, replica.waitsSinceMillis);
    }
    if (first == null) return;
    long most = config.number(Directive.REPL_DISKLESS_SYNC_MAX_REPLICAS);
    boolean due = !config.flag(Directive.REPL_DISKLESS_SYNC) || most > 0 && waiting >= most
        || clock.millis() - oldestMillis >= 1000 * delaySeconds();
    if (due) begin(first.contents);
  }

  private void begin(SnapshotStream.Contents contents) {
    boolean partial = !contents.equals(SnapshotStream.Contents.ALL);
    boolean allTakeMarks = replicas.attached().stream()
        .filter(replica -> awaits(replica, contents)).allMatch(replica -> replica.takesEndMark);
    boolean forReplicas = (config.flag(Directive.REPL_DISKLESS_SYNC) || partial) && allTakeMarks;
    log.info("Starting BGSAVE for SYNC with target: {}", forReplicas ? "replicas sockets" : "disk");
    if (forReplicas) {
      saves.startForReplicas(contents);
    } else {
      saves.startInBackground();
      saveForReplicas = saves.running();
      leavesFile = config.flag(Directive.RDB_DEL_SYNC_FILES);
    }
  }

  private static boolean awaits(Replica replica, SnapshotStream.Contents contents) {
    return replica.state == Replica.State.AWAITS_SNAPSHOT && replica.contents.equals(contents);
  }

  /** A snapshot was cut at the end of the log, whoever wanted it. */
  private void cut(Save save, Saves.Kind kind, SnapshotStream.Contents contents) {
    drop();
    if (!replicationLog.isActive()) return;
    open = true;
    cut = new Cut(save, replicationLog.end(), kind == Saves.Kind.REPLICAS, contents, keyDelay());
    propagation.selectAgain(); // who begins there knows of no database that was selected
    for (Replica replica : replicas.attached()) {
      if (awaits(replica, contents)) join(replica);
    }
  }

  /**
   * A replica is no more. A save to the RDB file that was begun for replicas ends with the last that waits for it,
   * unless there are save points, so that the file is wanted anyway; source: freeClient, networking.c 7.0.15. One that
   * leaves no file goes on: whoever comes back after a short interruption joins it.
   */
  void left(Replica replica) {
    boolean useless = isGiven(replica, saveForReplicas) && config.save().isEmpty()
        && replicas.attached().stream().noneMatch(other -> isGiven(other, saveForReplicas));
    if (useless) saves.giveUpForNobody();
  }

  // ---- snapshots end -----------------------------------------------------------------------------------------------

  private void over(Save save, boolean saved) {
    saveForReplicas = null;
    if (cut != null && cut.save == save) {
      if (saved) complete();
      else failed();
    }
    replicas.soon(this::beginPending); // it may have been given up in the middle of a command, for another one
  }

  private void complete() {
    completeMillis = clock.millis();
    for (Replica replica : replicas.attached()) {
      if (isGiven(replica, cut.save) && !replica.marked) replica.state = Replica.State.RECEIVES;
    }
    if (!open || !cut.save.hasSpool()) drop();
  }

  private void failed() {
    Save save = cut.save;
    drop();
    for (Replica replica : List.copyOf(replicas.attached())) {
      if (!isGiven(replica, save)) continue;
      log.warn("SYNC failed. BGSAVE child returned an error");
      replicas.disconnect(replica);
    }
  }

  private static boolean isGiven(Replica replica, Save save) {
    return replica.state == Replica.State.AWAITS_END && replica.save == save;
  }

  /** Nobody else joins what there is: the dataset may have become another in ways that the log does not know. */
  public void forget() {
    open = false;
    if (cut != null && cut.save.isOver()) drop();
  }

  private void drop() {
    if (cut != null && cut.save.hasSpool()) cut.save.spool().retire();
    cut = null;
  }

  /** Lets go of a snapshot that nobody can join any more. */
  void tick() {
    boolean stale = cut != null && cut.save.isOver() && cut.save.spool().readers() == 0
        && (!replicationLog.holds(cut.offset) || clock.millis() - completeMillis > JOINABLE_MILLIS);
    if (stale) drop();
    beginPending();
    if (leavesFile) removeFile();
  }

  private void removeFile() {
    if (!config.flag(Directive.RDB_DEL_SYNC_FILES)) {
      leavesFile = false;
      return;
    }
    boolean needed = saves.isUnderWay() || !config.save().isEmpty() || config.appendonly();
    for (Replica replica : replicas.attached()) {
      needed |= replica.state == Replica.State.AWAITS_SNAPSHOT || replica.state == Replica.State.AWAITS_END
          || replica.state == Replica.State.RECEIVES;
    }
    if (needed) return;
    leavesFile = false;
    log.info("Removing the RDB file used to feed replicas in a persistence-less instance");
    persistence.deleteFile();
  }

  /** A replica has got all of its snapshot. */
  void sent(Replica replica, long bytes) {
    replica.snapshot.close();
    log.info("{} with replica {} succeeded: {} bytes in {} seconds", replica.log == null ? "RDB transfer"
        : "Synchronization", replica.name(), bytes, seconds(clock.nanos() - replica.startedNanos));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
  }
}
