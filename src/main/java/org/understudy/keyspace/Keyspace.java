package org.understudy.keyspace;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.understudy.bytes.Numbers;
import org.understudy.bytes.SpareArrays;

/**
 * All databases of one server, what they share (hash seed, clocks, listener, policy of expiry and access clocks) and
 * the active expiry cycle. One thread uses it.
 */
public final class Keyspace {
  /** Values that take more steps to free than this count as freed lazily when they are unlinked. */
  public static final int LAZY_FREE_THRESHOLD = 64;

  /** How many sweep steps one database gets before the next has its turn. */
  private static final int SWEEP_STEPS = 8;
  /** Below so many expiries sweeping is too cheap to save on. */
  private static final long PATIENT_FROM = 1 << 16;
  private static final long MAX_PATIENCE_MILLIS = 10_000;

  private final long hashSeed;
  private final HeapLayout layout;
  private final LongSupplier unixMillis;
  private final LongSupplier nanos;
  private final Database[] databases;
  private final AccessClock accessClock;
  private final Eviction eviction = new Eviction(this);
  private KeyspaceListener listener = new KeyspaceListener() {};
  private ExpiryMode expiryMode = ExpiryMode.DELETE;
  private boolean activeExpire = true;
  private int expireEffort = 1;
  private long expiredKeys;
  private double expiredStalePercentage;
  private long expiredTimeCapReached;
  private long expireCycleNanos;
  private long lazyFreedObjects;
  private int nextSwept;
  private int epoch;
  /** How many different marks entries may bear, see {@link Snapshot}. */
  private int epochsInUse = 1;
  private Snapshot snapshot;
  private final SplittableRandom random;
  private Batch spareBatch;
  private final byte[] decimal = new byte[20];
  private int decimalLength;
  private final SpareArrays spares = new SpareArrays();
  /** Keeps {@link Table#warm} from being optimised away. */
  int read;

  /**
   * @param databases how many
   * @param hashSeed secret of the process, see {@link org.understudy.bytes.Bytes#hash}
   * @param unixMillis wall clock in milliseconds; may stand still during a command, as Redis's does
   * @param nanos monotonic clock for budgets
   */
  public Keyspace(int databases, long hashSeed, LongSupplier unixMillis, LongSupplier nanos) {
    this(databases, hashSeed, unixMillis, nanos, HeapLayout.ofThisMachine());
  }

  Keyspace(int databases, long hashSeed, LongSupplier unixMillis, LongSupplier nanos, HeapLayout layout) {
    this.hashSeed = hashSeed;
    this.layout = layout;
    this.unixMillis = unixMillis;
    this.nanos = nanos;
    this.random = new SplittableRandom(hashSeed ^ 0x9E3779B97F4A7C15L);
    this.accessClock = new AccessClock(random.nextLong());
    this.databases = new Database[databases];
    for (int i = 0; i < databases; i++) this.databases[i] = new Database(this, i);
  }

  public int databases() {
    return databases.length;
  }

  public Database database(int index) {
    return databases[index];
  }

  /**
   * Exchanges the contents of two databases; clients, and the watchers that the caller looks after, stay where they
   * are.
   */
  public void swap(int a, int b) {
    databases[a].swapWith(databases[b]);
  }

  /** As many databases beside ours, for a dataset that is to take the place of ours ({@link #exchange}). */
  public Database[] newDatabases() {
    Database[] beside = new Database[databases.length];
    for (int i = 0; i < beside.length; i++) beside[i] = new Database(this, i);
    return beside;
  }

  /** Exchanges the contents of all databases for those of others, from {@link #newDatabases}. */
  public void exchange(Database[] beside) {
    for (int i = 0; i < beside.length; i++) {
      if (beside[i].table().epoch() != epoch) { // there was a cut since they were made, which they are no part of
        beside[i].table().startEpoch(epoch, null);
        beside[i].markAll();
      }
      databases[i].swapWith(beside[i]);
    }
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

  /** Arrays of large strings that were replaced. */
  public SpareArrays spares() {
    return spares;
  }

  // ---- memory -------------------------------------------------------------------------------------------------------

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

  /** For the caller of {@link Database#clear}, who knows whether it was asynchronous. */
  public void countLazyFreed(long objects) {
    lazyFreedObjects += objects;
  }

  public Eviction eviction() {
    return eviction;
  }

  // ---- snapshots ----------------------------------------------------------------------------------------------------

  /**
   * Makes the cut of a snapshot. One can be under way at a time.
   *
   * @param sink gets every entry as it is now, in the steps of the snapshot and, when one is about to change, before that
   */
  public Snapshot startSnapshot(Snapshot.Sink sink) {
    if (snapshot != null) throw new IllegalStateException("a snapshot is under way");
    if (epochsInUse == Snapshot.EPOCHS) {
      for (Database database : databases) database.markAll();
      epochsInUse = 1;
    }
    epochsInUse++;
    epoch = (epoch + 1) % Snapshot.EPOCHS;
    snapshot = new Snapshot(this, sink, epoch);
    return snapshot;
  }

  void snapshotEnded(boolean complete) {
    snapshot = null;
    if (complete) epochsInUse = 1;
  }

  // ---- expiry -------------------------------------------------------------------------------------------------------

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
   * One slice of the active expiry cycle: removes keys whose time has come, database by database, until there are none
   * or the budget is used up. The next slice goes on where this one stopped.
   *
   * @return whether it stopped for the budget, so that another slice would find work at once
   */
  public boolean expireSlice(long budgetNanos) {
    if (!activeExpire || expiryMode != ExpiryMode.DELETE) return false;
    long start = nanos.getAsLong();
    long now = nowMillis();
    Database.Sweep figures = new Database.Sweep();
    boolean[] done = new boolean[databases.length];
    boolean[] fromStart = new boolean[databases.length];
    for (int i = 0; i < databases.length; i++) fromStart[i] = databases[i].sweepPosition() == 0;
    int left = databases.length;
    boolean outOfTime = false;
    while (left > 0 && !outOfTime) {
      int i = nextSwept;
      nextSwept = i + 1 == databases.length ? 0 : i + 1;
      if (done[i]) continue;
      Database database = databases[i];
      long patience = patienceMillis(database);
      for (int step = 0; step < SWEEP_STEPS && !outOfTime; step++) {
        if (database.sweep(now, patience, figures)) {
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
    expireCycleNanos += nanos.getAsLong() - start;
    double stale = figures.examined == 0 ? 0 : 100.0 * figures.expired / figures.examined;
    expiredStalePercentage = stale * 0.05 + expiredStalePercentage * 0.95;
    if (!outOfTime || left == 0) return false;
    expiredTimeCapReached++;
    return true;
  }

  /**
   * How long a segment with an expired key may wait. Looking through a segment costs the same whether one key or a
   * hundred in it have expired; so with many of them wait until about one in a hundred has. (Redis's cycle leaves up to
   * one in ten.)
   */
  private long patienceMillis(Database database) {
    if (database.expires() < PATIENT_FROM) return 0;
    return Math.min(database.averageTtlMillis() / 128, MAX_PATIENCE_MILLIS) / expireEffort;
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
    eviction.resetStats();
  }

  // ---- for the databases --------------------------------------------------------------------------------------------

  Table newTable() {
    return new Table(hashSeed, layout, epoch);
  }

  /** Secret of the process for hash tables, see {@link org.understudy.bytes.Bytes#hash}. */
  public long hashSeed() {
    return hashSeed;
  }

  /** For everything that is to be picked at random. */
  public SplittableRandom random() {
    return random;
  }

  /** A batch to use and give back; a new one if a visitor began another iteration within the first. */
  Batch takeBatch() {
    Batch batch = spareBatch;
    spareBatch = null;
    return batch == null ? new Batch() : batch;
  }

  void giveBack(Batch batch) {
    spareBatch = batch;
  }

  /** The text of a number in a reused array; {@link #decimalLength} tells how much of it. */
  byte[] decimal(long number) {
    decimalLength = Numbers.putDecimal(number, decimal, 0);
    return decimal;
  }

  int decimalLength() {
    return decimalLength;
  }
}
