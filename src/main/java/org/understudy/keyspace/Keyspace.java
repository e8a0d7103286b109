package org.understudy.keyspace;

import java.util.function.LongSupplier;

/**
 * All databases of one server, what they share (hash seed, clocks, listener, policy of expiry and access clocks) and the
 * active expiry cycle. One thread uses it.
 */
public final class Keyspace {
  /** Values that take more steps to free than this count as freed lazily when they are unlinked. */
  public static final int LAZY_FREE_THRESHOLD = 64;

  final long hashSeed;
  final LongSupplier unixMillis;
  private final LongSupplier nanos;
  private final Database[] databases;
  private final AccessClock accessClock;
  private KeyspaceListener listener = new KeyspaceListener() {};
  private ExpiryMode expiryMode = ExpiryMode.DELETE;
  private boolean activeExpire = true;
  private int expireEffort = 1;
  private long expiredKeys;
  private double expiredStalePercentage;
  private long expiredTimeCapReached;
  private long expireCycleNanos;
  private long lazyFreedObjects;
  private int nextExpired;

  /**
   * @param databases how many
   * @param hashSeed secret of the process, see {@link org.understudy.bytes.Bytes#hash}
   * @param unixMillis wall clock in milliseconds; may stand still during a command, as Redis's does
   * @param nanos monotonic clock for budgets
   */
  public Keyspace(int databases, long hashSeed, LongSupplier unixMillis, LongSupplier nanos) {
    this.hashSeed = hashSeed;
    this.unixMillis = unixMillis;
    this.nanos = nanos;
    this.accessClock = new AccessClock(hashSeed);
    this.databases = new Database[databases];
    for (int i = 0; i < databases; i++) this.databases[i] = new Database(this, i);
  }

  public int databases() {
    return databases.length;
  }

  public Database database(int index) {
    return databases[index];
  }

  /** Exchanges the contents of two databases; clients, and the watchers that the caller looks after, stay where they are. */
  public void swap(int a, int b) {
    databases[a].swapWith(databases[b]);
  }

  public void listener(KeyspaceListener listener) {
    this.listener = listener;
  }

  KeyspaceListener listener() {
    return listener;
  }

  public long nowMillis() {
    return unixMillis.getAsLong();
  }

  public AccessClock accessClock() {
    return accessClock;
  }

  // ---- memory ----------------------------------------------------------------------------------------------------------

  /** Bytes of heap that all databases hold: entries and tables. */
  public long usedBytes() {
    long bytes = 0;
    for (Database database : databases) bytes += database.usedBytes();
    return bytes;
  }

  /** The part of {@link #usedBytes} that is not keys and values: the tables. */
  public long overheadBytes() {
    long bytes = 0;
    for (Database database : databases) bytes += database.overheadBytes();
    return bytes;
  }

  /** Keys in all databases. */
  public long size() {
    long size = 0;
    for (Database database : databases) size += database.size();
    return size;
  }

  /** Values that UNLINK or FLUSHALL ASYNC left to be freed in the background, since the start or the last reset. */
  public long lazyFreedObjects() {
    return lazyFreedObjects;
  }

  void countLazyFreed(long objects) {
    lazyFreedObjects += objects;
  }

  // ---- expiry ----------------------------------------------------------------------------------------------------------

  public ExpiryMode expiryMode() {
    return expiryMode;
  }

  public void expiryMode(ExpiryMode mode) {
    expiryMode = mode;
  }

  /** DEBUG SET-ACTIVE-EXPIRE: whether {@link #expireSlice} does anything. Lookups remove expired keys all the same. */
  public void activeExpire(boolean on) {
    activeExpire = on;
  }

  public boolean activeExpire() {
    return activeExpire;
  }

  /** {@code active-expire-effort}, 1 to 10: how long a key whose time has come may wait for the active cycle. */
  public void expireEffort(int effort) {
    expireEffort = effort;
  }

  /**
   * One slice of the active expiry cycle: removes keys whose time has come, database by database, until there are none or
   * the budget is used up. The next slice goes on where this one stopped.
   *
   * @return whether it stopped for the budget, so that another slice would find work at once
   */
  public boolean expireSlice(long budgetNanos) {
    if (!activeExpire || expiryMode != ExpiryMode.DELETE) return false;
    long start = nanos.getAsLong();
    long now = nowMillis();
    for (int i = 0; i < databases.length; i++) {
      Database database = databases[nextExpired];
      nextExpired = (nextExpired + 1) % databases.length;
      database.removeExpired(now);
    }
    expireCycleNanos += nanos.getAsLong() - start;
    return false;
  }

  void countExpired() {
    expiredKeys++;
  }

  /** Keys removed because their time had come. */
  public long expiredKeys() {
    return expiredKeys;
  }

  /** Estimate of how many of the keys with an expiry are past it, 0 to 100. */
  public double expiredStalePercentage() {
    return expiredStalePercentage;
  }

  /** How many slices stopped for their budget. */
  public long expiredTimeCapReached() {
    return expiredTimeCapReached;
  }

  /** Time spent in {@link #expireSlice}. */
  public long expireCycleNanos() {
    return expireCycleNanos;
  }

  /** CONFIG RESETSTAT. */
  public void resetStats() {
    expiredKeys = 0;
    expiredStalePercentage = 0;
    expiredTimeCapReached = 0;
    expireCycleNanos = 0;
    lazyFreedObjects = 0;
  }
}
