package org.understudy.keyspace;

import java.util.function.LongSupplier;

/**
 * Removes keys whose time has come without waiting for somebody to look them up: in slices, database by database, table
 * segment by table segment, each slice going on where the last one stopped.
 */
public final class ActiveExpiry {
  /** How many steps one database gets before the next has its turn. */
  private static final int STEPS = 8;
  /** Slots that one step looks at, and segments without expired keys that it passes. */
  private static final int STEP_SLOTS = 128;
  private static final int STEP_SKIPS = 64;
  /** Below so many expiries looking is too cheap to save on. */
  private static final long PATIENT_FROM = 1 << 16;
  private static final long MAX_PATIENCE_MILLIS = 10_000;

  private final Keyspace keyspace;
  private final LongSupplier nanos;
  private boolean on = true;
  private int effort = 1;
  private int nextDatabase;
  /** What the steps of the slice under way saw: keys with an expiry, and those that were removed. */
  private long examined;
  private long expired;
  private double stalePercentage;
  private long timeCapReached;
  private long spentNanos;

  /** @param nanos monotonic */
  ActiveExpiry(Keyspace keyspace, LongSupplier nanos) {
    this.keyspace = keyspace;
    this.nanos = nanos;
  }

  /** DEBUG SET-ACTIVE-EXPIRE: whether {@link #slice} does anything. Lookups remove expired keys all the same. */
  public void turn(boolean onOrOff) {
    on = onOrOff;
  }

  public boolean isOn() {
    return on;
  }

  /** {@code active-expire-effort}, 1 to 10: how long a key whose time has come may wait. */
  public void effort(int upToTen) {
    effort = upToTen;
  }

  /**
   * Removes keys whose time has come, until there are none or the budget is used up.
   *
   * @return whether it stopped for the budget, so that another slice would find work at once
   */
  public boolean slice(long budgetNanos) {
    if (!on || keyspace.expiryMode() != ExpiryMode.DELETE) return false;
    long start = nanos.getAsLong();
    long now = keyspace.nowMillis();
    examined = 0;
    expired = 0;
    int databases = keyspace.databases();
    boolean[] done = new boolean[databases];
    boolean[] fromStart = new boolean[databases];
    for (int i = 0; i < databases; i++) fromStart[i] = keyspace.database(i).table().sweepPosition == 0;
    int left = databases;
    boolean outOfTime = false;
    while (left > 0 && !outOfTime) {
      int i = nextDatabase;
      nextDatabase = i + 1 == databases ? 0 : i + 1;
      if (done[i]) continue;
      Database database = keyspace.database(i);
      long patience = patienceMillis(database);
      for (int step = 0; step < STEPS && !outOfTime; step++) {
        if (step(database, now, patience)) {
          if (fromStart[i]) {
            done[i] = true;
            left--;
            break;
          }
          fromStart[i] = true;
        }
        outOfTime = nanos.getAsLong() - start >= budgetNanos;
      }
    }
    spentNanos += nanos.getAsLong() - start;
    double stale = examined == 0 ? 0 : 100.0 * expired / examined;
    stalePercentage = stale * 0.05 + stalePercentage * 0.95;
    if (!outOfTime || left == 0) return false;
    timeCapReached++;
    return true;
  }

  /**
   * How long a segment with an expired key may wait. Looking through a segment costs the same whether one key or a
   * hundred in it have expired; so with many of them wait until about one in a hundred has. (Redis's cycle leaves up to
   * one in ten.)
   */
  private long patienceMillis(Database database) {
    if (database.expires() < PATIENT_FROM) return 0;
    return Math.min(database.averageTtlMillis() / 128, MAX_PATIENCE_MILLIS) / effort;
  }

  /**
   * One short step from where the last one of this database stopped: passes over segments that have nothing to expire,
   * or looks through a piece of one that has.
   *
   * @param now keys whose expiry is before this are removed
   * @param patienceMillis a segment is not looked through before its earliest expiry is that old
   * @return whether the step came to the end of the table; the next one begins anew
   */
  private boolean step(Database database, long now, long patienceMillis) {
    Table table = database.table();
    if (table.expiring() == 0) {
      table.sweepPosition = 0;
      return true;
    }
    long position = table.sweepPosition;
    Segment segment = table.segment(position << Table.POSITION_SHIFT);
    for (int skips = 0; position == Table.segmentStart(segment, position); skips++) {
      if (segment.expiring > 0 && segment.earliestExpiry < now - patienceMillis) {
        segment.earliestExpiry = Long.MAX_VALUE; // found anew on the way
        break;
      }
      examined += segment.expiring;
      position = Table.segmentEnd(segment, position);
      if (position == Table.END || skips == STEP_SKIPS) return cameTo(table, position);
      segment = table.segment(position << Table.POSITION_SHIFT);
    }
    Batch batch = keyspace.takeBatch();
    position = table.collect(position, STEP_SLOTS, batch);
    int gone = keepSurvivors(batch, segment, now); // while the segment is what it was
    for (int i = 0; i < gone; i++) database.expire(batch.hashes[i], Stored.key(batch.entries[i]));
    expired += gone;
    batch.clear();
    keyspace.giveBack(batch);
    return cameTo(table, position);
  }

  /** Notes the expiries that are to come, and brings the entries whose time has come to the front; returns how many. */
  private int keepSurvivors(Batch batch, Segment segment, long now) {
    int gone = 0;
    for (int i = 0; i < batch.size; i++) {
      Object entry = batch.entries[i];
      long expireAt = Stored.expireAt(entry);
      if (expireAt == Entry.NO_EXPIRE) continue;
      examined++;
      if (now > expireAt) {
        batch.entries[gone] = entry;
        batch.hashes[gone++] = batch.hashes[i];
      } else {
        segment.earliestExpiry = Math.min(segment.earliestExpiry, expireAt);
      }
    }
    return gone;
  }

  private static boolean cameTo(Table table, long position) {
    boolean end = position == Table.END;
    table.sweepPosition = end ? 0 : position;
    return end;
  }

  /** Estimate of how many of the keys with an expiry are past it, 0 to 100. */
  public double stalePercentage() {
    return stalePercentage;
  }

  /** How many slices stopped for their budget. */
  public long timeCapReached() {
    return timeCapReached;
  }

  /** Time spent in {@link #slice}. */
  public long spentNanos() {
    return spentNanos;
  }

  void resetStats() {
    stalePercentage = 0;
    timeCapReached = 0;
    spentNanos = 0;
  }
}
