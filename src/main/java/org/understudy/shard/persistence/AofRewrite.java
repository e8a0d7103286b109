package org.understudy.shard.persistence;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.persistence.AofWriter;
import org.understudy.persistence.Save;

/**
 * When the append-only file is rewritten, and what is known of how it went.
 *
 * <pre>
 * IDLE       -> MAKING:     what follows goes to a new increment, a snapshot becomes a base
 * MAKING     -> INSTALLING: the base is safe on disk
 * INSTALLING -> IDLE:       the manifest names it, or that has failed
 * MAKING     -> IDLE:       it has failed, or was given up
 * </pre>
 * After some failures in a row rewrites that nobody asked for wait, longer each time.
 */
public final class AofRewrite {
  private enum State { IDLE, MAKING, INSTALLING }

  private static final Logger log = LoggerFactory.getLogger(AofRewrite.class);
  private static final int FAILURES_BEFORE_WAIT = 3;
  private static final int MOST_MINUTES = 60;

  private final Config config;
  private final Clock clock;
  private final Saves saves;
  private final AppendOnly file;
  private final long processId;

  private State state = State.IDLE;
  private boolean scheduled;
  /** Raised with each rewrite, so that what is heard of an earlier one is told apart. */
  private int round;
  private Path made;
  private boolean rdb;
  private long startSeconds;

  private boolean lastFailed;
  private long lastDurationSeconds = -1;
  private long lastAheadBytes;
  private long rewrites;
  private long failuresInARow;
  private int delayMinutes;
  private long waitsUntilSeconds;

  AofRewrite(Config config, Clock clock, Saves saves, AppendOnly file, long processId) {
    this.config = config;
    this.clock = clock;
    this.saves = saves;
    this.file = file;
    this.processId = processId;
  }

  private long seconds() {
    return clock.millis() / 1000;
  }

  // ---- when --------------------------------------------------------------------------------------------------------

  /** As soon as possible, however many have failed. */
  void schedule() {
    scheduled = true;
  }

  /** As {@link #schedule}, asked for by somebody: earlier failures do not count any more. */
  void scheduleAsked() {
    scheduled = true;
    failuresInARow = 0;
  }

  void unschedule() {
    scheduled = false;
  }

  /** A round of the cron, while nothing is loaded: starts what is scheduled or due. */
  void tick() {
    if (state != State.IDLE || saves.isUnderWay()) return;
    AofWriter writer = file.writer();
    if (file.isWriting() && writer.isDamaged()) {
      if (seconds() - startSeconds >= repairPauseSeconds()) start(); // nothing else makes it whole again
      return;
    }
    if (scheduled) {
      if (!isLimited()) start();
      return;
    }
    long percentage = config.number(Directive.AUTO_AOF_REWRITE_PERCENTAGE);
    long size = writer.currentSize();
    if (!file.isWriting() || percentage == 0 || size <= config.number(Directive.AUTO_AOF_REWRITE_MIN_SIZE)) return;
    long growth = size * 100 / Math.max(1, file.baseBytes()) - 100;
    if (growth < percentage || isLimited()) return;
    log.info("Starting automatic rewriting of AOF on {}% growth", growth);
    start();
  }

  /** Changes are refused until it has succeeded, so it is tried again soon; but it may be the whole disk that fails. */
  private long repairPauseSeconds() {
    return failuresInARow < FAILURES_BEFORE_WAIT ? 1 : 60;
  }

  private boolean isLimited() {
    if (failuresInARow < FAILURES_BEFORE_WAIT) {
      delayMinutes = 0;
      waitsUntilSeconds = 0;
      return false;
    }
    if (waitsUntilSeconds != 0) {
      if (seconds() < waitsUntilSeconds) return true;
      waitsUntilSeconds = 0;
      return false;
    }
    delayMinutes = Math.min(MOST_MINUTES, Math.max(1, 2 * delayMinutes));
    waitsUntilSeconds = seconds() + 60L * delayMinutes;
    log.warn("Background AOF rewrite has repeatedly failed and triggered the limit, will retry in {} minutes",
        delayMinutes);
    return true;
  }

  // ---- how ---------------------------------------------------------------------------------------------------------

  /**
   * Begins: makes the cut. No save may be under way.
   *
   * @return completed, on any thread, with whether it goes on
   */
  CompletableFuture<Boolean> start() {
    scheduled = false;
    state = State.MAKING;
    int mine = ++round;
    rewrites++;
    startSeconds = seconds();
    rdb = config.flag(Directive.AOF_USE_RDB_PREAMBLE);
    CompletableFuture<Boolean> begun = file.startIncrement();
    begun.thenAccept(yes -> {
      if (!yes) file.onLoop(() -> notBegun(mine));
    });
    made = config.resolve("temp-rewriteaof-bg-" + processId + ".aof");
    saves.startBase(made, rdb, this::made, () -> givenUp(true));
    log.info("Background append only file rewriting started by pid {}", processId);
    return begun;
  }

  private void notBegun(int mine) {
    if (mine != round || state != State.MAKING) return;
    saves.giveUpBase();
    scheduled = false;
    failuresInARow++;
    failed();
  }

  private void made(Save save, boolean saved) {
    lastAheadBytes = save.stream().aheadBytes();
    if (!saved) {
      failuresInARow++;
      log.warn("Background AOF rewrite terminated with error");
      failed();
      return;
    }
    log.info("Background AOF rewrite terminated with success");
    state = State.INSTALLING;
    int mine = round;
    file.writer().install(made, rdb, file.isWaiting(), done -> file.onLoop(() -> installed(mine, done)));
  }

  private void installed(int mine, boolean done) {
    if (mine != round || state != State.INSTALLING) return;
    if (!done) {
      failuresInARow++;
      failed();
      return;
    }
    over();
    lastFailed = false;
    failuresInARow = 0;
    file.rewritten();
    log.info("Background AOF rewrite finished successfully");
  }

  private void failed() {
    over();
    lastFailed = true;
    if (!file.isWaiting()) return;
    file.dropIncrement();
    scheduled = true;
  }

  private void over() {
    state = State.IDLE;
    lastDurationSeconds = seconds() - startSeconds;
  }

  /** Another save takes its place, or it is not wanted any more: no failure. @param again whether to try again */
  void givenUp(boolean again) {
    if (state == State.IDLE) return;
    round++;
    over();
    if (file.isWaiting()) file.dropIncrement();
    scheduled = again;
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

  public boolean isUnderWay() {
    return state != State.IDLE;
  }

  public boolean isScheduled() {
    return scheduled;
  }

  public boolean lastFailed() {
    return lastFailed;
  }

  /** How long the last one took, -1 before the first. */
  public long lastDurationSeconds() {
    return lastDurationSeconds;
  }

  /** For how long the one under way has been so, -1 if there is none. */
  public long currentDurationSeconds() {
    return isUnderWay() ? seconds() - startSeconds : -1;
  }

  public long lastAheadBytes() {
    return lastAheadBytes;
  }

  /** How many were begun. */
  public long rewrites() {
    return rewrites;
  }

  public long failuresInARow() {
    return failuresInARow;
  }

  void resetStats() {
    rewrites = 0;
    failuresInARow = 0;
  }
}
