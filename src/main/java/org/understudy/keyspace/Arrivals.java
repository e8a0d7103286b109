package org.understudy.keyspace;

import java.util.Arrays;

/**
 * Keys on their way into a database, put into its table many at a time and in the order of the table. Each on its own
 * would wait for memory twice, and the collector, which looks through what changed, would look through all of the table
 * again and again for a few keys here and there.
 *
 * <p>For datasets that are loaded: until {@link #settle} nobody sees the keys, and nobody is told of them.
 */
public final class Arrivals {
  /** So many settle in some milliseconds. */
  public static final int MOST = 1 << 18;
  /** As {@link #MOST}, where others are served meanwhile: in less than a millisecond. */
  public static final int FEW = 1 << 12;

  /** Leading bits of the hash by which they are put in order: what falls together shares the processor's caches. */
  private static final int ORDER_BITS = 12;

  private final Database database;
  private final Keyspace keyspace;
  private final int most;
  private final boolean replaces;
  private final Batch batch = new Batch();

  /**
   * @param most after so many they settle
   * @param replaces whether a key that is there already gives way
   */
  public Arrivals(Keyspace keyspace, Database database, int most, boolean replaces) {
    this.keyspace = keyspace;
    this.database = database;
    this.most = most;
    this.replaces = replaces;
  }

  /** Whether {@link #settle} is due. */
  public boolean isFull() {
    return batch.size >= most;
  }

  /** Adds a string without access history; the range is copied. @param expireAtMillis as in {@link Database} */
  public void addString(byte[] key, byte[] array, int offset, int length, long expireAtMillis) {
    Encoding encoding = Encoding.of(array, offset, length);
    if (Database.fitsRecord(key, length)) {
      add(Record.of(key, array, offset, length, Record.head(encoding, clock()), expireAtMillis));
    } else {
      byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
      add(new Node(key.clone(), new StringValue(copy, length, encoding, false), expireAtMillis, clock()));
    }
  }

  /** As {@link #addString(byte[], byte[], int, int, long)}; a large array may be kept. */
  public void addString(byte[] key, byte[] value, long expireAtMillis) {
    int length = value.length;
    if (Database.fitsRecord(key, length)) {
      addString(key, value, 0, length, expireAtMillis);
    } else {
      StringValue string = new StringValue(value, length, Encoding.of(value, 0, length), false);
      add(new Node(key.clone(), string, expireAtMillis, clock()));
    }
  }

  /** Adds a value of another type, which may be kept. */
  public void addValue(byte[] key, Value value, long expireAtMillis) {
    int packedBytes = Database.packedBytes(value, key.length);
    if (packedBytes == 0) {
      add(new Node(key.clone(), value, expireAtMillis, clock()));
      return;
    }
    int head = Record.head(Record.PACKED, clock());
    byte[] record = Record.blank(key, 0, key.length, packedBytes, head, expireAtMillis);
    Database.pack(value, record, Record.valueStart(record));
    add(record);
  }

  /** Sets the time since the last access of the one that was added last. */
  public void idleSeconds(long seconds) {
    Stored.clock(batch.entries[batch.size - 1], keyspace.accessClock().idleFor(seconds, keyspace.nowMillis()));
  }

  /** Sets the access counter of the one that was added last. */
  public void frequency(int frequency) {
    Stored.clock(batch.entries[batch.size - 1], keyspace.accessClock().counted(frequency, keyspace.nowMillis()));
  }

  private int clock() {
    return keyspace.accessClock().initial(keyspace.nowMillis());
  }

  private void add(Object entry) {
    batch.add(database.table().hashOf(entry), entry);
  }

  /**
   * Puts them into the table.
   *
   * @return null, or a key that the database had already and was to keep: then some of them are missing
   */
  public byte[] settle() {
    Table table = database.table();
    byte[] duplicate = null;
    for (int index : inOrder()) {
      long hash = batch.hashes[index];
      Object entry = batch.entries[index];
      Segment segment = table.segment(hash);
      int slot = segment.mayHold(hash) ? segment.find(hash, Stored.key(entry)) : -1;
      if (slot < 0) table.insert(hash, entry);
      else if (replaces) table.replace(segment, slot, entry);
      else duplicate = Stored.key(entry);
    }
    batch.clear();
    return duplicate;
  }

  /** The indexes of the batch, ordered by the first bits of the hashes; those that come first stay first. */
  private int[] inOrder() {
    int[] next = new int[(1 << ORDER_BITS) + 1];
    for (int i = 0; i < batch.size; i++) next[bucket(i) + 1]++;
    for (int bucket = 0; bucket < 1 << ORDER_BITS; bucket++) next[bucket + 1] += next[bucket];
    int[] order = new int[batch.size];
    for (int i = 0; i < batch.size; i++) order[next[bucket(i)]++] = i;
    return order;
  }

  private int bucket(int index) {
    return (int) (batch.hashes[index] >>> 64 - ORDER_BITS);
  }
}
