package org.understudy.keyspace;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.understudy.bytes.Numbers;
import org.understudy.bytes.SpareArrays;

/**
 * All databases of one server, and what they share: hash seed, clocks, listener, policy of expiry and access clocks.
 * One thread uses it.
 */
public final class Keyspace {
  /** Values that take more steps to free than this count as freed lazily when they are unlinked. */
  public static final int LAZY_FREE_THRESHOLD = 64;

  private final long hashSeed;
  private final HeapLayout layout;
  private final PackedForm[] forms;
  private final LongSupplier unixMillis;
  private final Database[] databases;
  private final AccessClock accessClock;
  private final Eviction eviction = new Eviction(this);
  private final ActiveExpiry activeExpiry;
  private KeyspaceListener listener = new KeyspaceListener() {};
  private ExpiryMode expiryMode = ExpiryMode.DELETE;
  private long expiredKeys;
  private long lazyFreedObjects;
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
   * @param forms in which small values may be packed, each at the index of its ordinal
   */
  public Keyspace(int databases, long hashSeed, LongSupplier unixMillis, LongSupplier nanos, PackedForm[] forms) {
    this(databases, hashSeed, unixMillis, nanos, forms, HeapLayout.ofThisMachine());
  }

  Keyspace(int databases, long hashSeed, LongSupplier unixMillis, LongSupplier nanos, PackedForm[] forms,
      HeapLayout layout) {
    this.hashSeed = hashSeed;
    this.layout = layout;
    this.forms = forms;
    this.unixMillis = unixMillis;
    activeExpiry = new ActiveExpiry(this, nanos);
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
   * @param sink gets every entry as it is now, in the steps of the snapshot and, when one is about to change, before
   * that
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

  /** Removes keys whose time has come that nobody asks for. */
  public ActiveExpiry activeExpiry() {
    return activeExpiry;
  }

  void countExpired() {
    expiredKeys++;
  }

  /** Keys removed because their time had come. */
  public long expiredKeys() {
    return expiredKeys;
  }

  /** CONFIG RESETSTAT. */
  public void resetStats() {
    expiredKeys = 0;
    lazyFreedObjects = 0;
    activeExpiry.resetStats();
    eviction.resetStats();
  }

  // ---- for the databases --------------------------------------------------------------------------------------------

  PackedForm[] forms() {
    return forms;
  }

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
