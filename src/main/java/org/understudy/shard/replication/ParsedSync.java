package org.understudy.shard.replication;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.keyspace.Database;
import org.understudy.persistence.RdbLoad;
import org.understudy.persistence.Turns;

/**
 * Reads the dataset of our primary straight from the connection. Into our own databases where they are empty ({@code
 * repl-diskless-load on-empty-db}); or ({@code swapdb}) into others beside them, which change places with ours once the
 * dataset is whole. Until then ours stays as it was, and is served if the new one is but a later state of it.
 */
final class ParsedSync implements FullSync {
  private static final Logger log = LoggerFactory.getLogger(ParsedSync.class);
  private static final int SLICE_BYTES = 32 << 10;
  private static final long LONGEST_PAUSE_MILLIS = 50;

  private final Replacement replacement;
  private final Owner owner;
  private final Turns turns;
  /** Where the dataset goes to; null if that is our own databases. */
  private final Database[] beside;
  private final RdbLoad load;
  private boolean over;

  /** @param totalBytes of the dataset; 0 if that is not known */
  static ParsedSync intoEmptyDatabases(Replacement replacement, Owner owner, Turns turns, long totalBytes) {
    owner.replacing();
    log.info("MASTER <-> REPLICA sync: Flushing old data");
    replacement.flush();
    log.info("MASTER <-> REPLICA sync: Loading DB in memory");
    return new ParsedSync(replacement, owner, turns, totalBytes, null, false);
  }

  /** @param serving whether ours, of the same history, is served meanwhile */
  static ParsedSync besideOurs(Replacement replacement, Owner owner, Turns turns, long totalBytes,
      boolean serving) {
    log.info("MASTER <-> REPLICA sync: Loading DB in memory");
    return new ParsedSync(replacement, owner, turns, totalBytes, replacement.newDatabases(), serving);
  }

  private ParsedSync(Replacement replacement, Owner owner, Turns turns, long totalBytes, Database[] beside,
      boolean serving) {
    this.replacement = replacement;
    this.owner = owner;
    this.turns = turns;
    this.beside = beside;
    load = replacement.startLoading(totalBytes, beside, serving);
  }

  @Override
  public void piece(byte[] bytes, boolean last) {
    slice(bytes, 0, last);
  }

  private void slice(byte[] bytes, int from, boolean last) {
    if (over) return;
    int length = Math.min(SLICE_BYTES, bytes.length - from);
    int to = from + length;
    long before = load.keysLoaded();
    if (length > 0 && load.complete()) { // it has its own end: what follows it should have been the mark
      log.warn("Replication stream EOF marker is broken");
      fail();
    } else if (length > 0 && !load.read(bytes, from, length) && !load.complete()) {
      sayThatLoadingFailed();
      fail();
    } else if (to < bytes.length) {
      later(before, () -> slice(bytes, to, last));
    } else if (!last) {
      later(before, this::readOn);
    } else if (load.complete()) {
      brake(load.keysLoaded() - before, 0, this::finish);
    } else {
      sayThatItEndsEarly();
      fail();
    }
  }

  private void later(long keysBefore, Runnable next) {
    turns.next(() -> brake(load.keysLoaded() - keysBefore, 0, next));
  }

  /** Goes on as late as {@code key-load-delay} wants it, which may be changed meanwhile. @param keys of the slice */
  private void brake(long keys, long waitedMillis, Runnable next) {
    long millis = Math.min(replacement.delayMillis(keys) - waitedMillis, LONGEST_PAUSE_MILLIS);
    if (millis > 0) turns.later(millis, () -> brake(keys, waitedMillis + millis, next));
    else next.run();
  }

  private void readOn() {
    if (!over) owner.readOn();
  }

  private void finish() {
    if (over) return;
    if (beside != null && owner.refuses(load.keysLoaded())) {
      fail();
      return;
    }
    over = true;
    if (beside != null) {
      owner.replacing();
      log.info("MASTER <-> REPLICA sync: Swapping active DB with loaded DB");
      replacement.exchange(beside);
      log.info("MASTER <-> REPLICA sync: Discarding old DB in background");
    }
    replacement.loaded();
    owner.ready(replacement.streamDatabase());
  }

  private void sayThatItEndsEarly() {
    load.endedEarly(null);
    sayThatLoadingFailed();
  }

  private static void sayThatLoadingFailed() {
    log.warn("Failed trying to load the MASTER synchronization DB from socket");
  }

  private void fail() {
    drop();
    owner.failed();
  }

  @Override
  public void abandon() {
    if (over) return;
    sayThatItEndsEarly();
    drop();
  }

  private void drop() {
    over = true;
    if (beside == null) replacement.flush();
    else log.info("MASTER <-> REPLICA sync: Discarding temporary DB in background");
    replacement.notLoaded();
  }
}
