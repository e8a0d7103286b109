package org.understudy.keyspace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.understudy.bytes.ByteKey;
import org.understudy.bytes.Bytes;

/**
 * One database: keys to values, with expiry.
 *
 * <p>A key whose time has come counts as absent everywhere (see {@link ExpiryMode}). Methods that take a key do not keep its
 * array. Methods that answer boolean answer whether there was such a key.
 */
public final class Database {
  /** As an expiry: the key keeps the one it has, or has none if it is new. */
  public static final long KEEP_EXPIRE = Long.MIN_VALUE;

  /** Sees entries during a scan. It must not change the database; the entry is reused for the next one. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Entry entry);
  }

  private static final class Node {
    byte[] key;
    Object value;
    long expireAt;
    int clock;
  }

  private final Keyspace keyspace;
  private final int index;
  private TreeMap<Long, Map<ByteKey, Node>> table = new TreeMap<>(Long::compareUnsigned);
  private long size;

  Database(Keyspace keyspace, int index) {
    this.keyspace = keyspace;
    this.index = index;
  }

  public int index() {
    return index;
  }

  // ---- looking up ------------------------------------------------------------------------------------------------------

  /** Looks a key up and notes the access. */
  public boolean find(byte[] key, Entry into) {
    return find(key, into, true);
  }

  /** @param touch whether this counts as an access (OBJECT, TYPE, TTL, DEBUG and clients that asked for it do not) */
  public boolean find(byte[] key, Entry into, boolean touch) {
    Node node = living(key);
    if (node == null) return false;
    if (touch) node.clock = keyspace.accessClock().touched(node.clock, keyspace.nowMillis());
    show(node, into);
    return true;
  }

  public boolean contains(byte[] key) {
    return living(key) != null;
  }

  /** Whether the key is still there although its time has come. Removes nothing. */
  public boolean isExpired(byte[] key) {
    Map<ByteKey, Node> bucket = table.get(hash(key));
    Node node = bucket == null ? null : bucket.get(new ByteKey(key));
    return node != null && isExpired(node, keyspace.nowMillis());
  }

  // ---- setting ---------------------------------------------------------------------------------------------------------

  /** Sets a string without expiry. Its encoding is chosen by {@link Encoding#of}. */
  public void setString(byte[] key, byte[] value) {
    setString(key, value, Entry.NO_EXPIRE);
  }

  /**
   * Sets a string, whatever the key held. A large array is kept, not copied: it must never change afterwards.
   *
   * @param expireAtMillis Unix time, {@link Entry#NO_EXPIRE} or {@link #KEEP_EXPIRE}
   */
  public void setString(byte[] key, byte[] value, long expireAtMillis) {
    setString(key, value, 0, value.length, Encoding.of(value, 0, value.length), expireAtMillis);
  }

  /** Sets a string from a range, which is always copied. */
  public void setString(byte[] key, byte[] array, int offset, int length, Encoding encoding, long expireAtMillis) {
    byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
    put(key, new StringValue(copy, length, encoding, false), expireAtMillis);
  }

  /** Sets a string to the decimal text of a number. */
  public void setLong(byte[] key, long number, long expireAtMillis) {
    setString(key, Bytes.of(number), expireAtMillis);
  }

  /** Sets a value of another type, whatever the key held. */
  public void setValue(byte[] key, Value value, long expireAtMillis) {
    put(key, value, expireAtMillis);
  }

  /** Counts the memory of a value anew after it was changed. */
  public void valueChanged(byte[] key) {}

  /**
   * Prepares a string for a change in place: makes it at least {@code length} bytes long (zeros behind the old end), RAW, and
   * {@code into}'s array writable from {@code offset} to {@code offset + length} until the next use of the database. Creates
   * the key if it is absent. The key must not hold another type. Expiry stays.
   */
  public void edit(byte[] key, int length, Entry into) {
    Node node = living(key);
    if (node == null) {
      setString(key, new byte[length], 0, length, Encoding.RAW, Entry.NO_EXPIRE);
      node = living(key);
    }
    ((StringValue) node.value).edit(length);
    show(node, into);
  }

  /**
   * Adds to the end of a string, which becomes RAW; sets the string if the key is absent. The key must not hold another type.
   *
   * @return the new length
   */
  public int append(byte[] key, byte[] tail) {
    Node node = living(key);
    if (node == null) {
      setString(key, tail);
      return tail.length;
    }
    StringValue string = (StringValue) node.value;
    string.append(tail);
    return string.length;
  }

  /** Sets the time since the last access (RESTORE IDLETIME, OBJECT tests). */
  public boolean setIdleSeconds(byte[] key, long seconds) {
    Node node = living(key);
    if (node == null) return false;
    node.clock = keyspace.accessClock().idleFor(seconds, keyspace.nowMillis());
    return true;
  }

  /** Sets the access counter (RESTORE FREQ). */
  public boolean setFrequency(byte[] key, int frequency) {
    Node node = living(key);
    if (node == null) return false;
    node.clock = keyspace.accessClock().counted(frequency, keyspace.nowMillis());
    return true;
  }

  // ---- removing and moving -----------------------------------------------------------------------------------------------

  public boolean remove(byte[] key) {
    Node node = living(key);
    if (node == null) return false;
    drop(node);
    return true;
  }

  /** As {@link #remove}: the collector frees. Only the count of values freed lazily differs. */
  public boolean unlink(byte[] key) {
    Node node = living(key);
    if (node == null) return false;
    if (node.value instanceof Value value && value.freeEffort() > Keyspace.LAZY_FREE_THRESHOLD) keyspace.countLazyFreed(1);
    drop(node);
    return true;
  }

  /** Gives a value, its expiry and its access clock another key, whatever that key held. Nothing happens if both are one. */
  public boolean rename(byte[] from, byte[] to) {
    Node node = living(from);
    if (node == null) return false;
    if (Arrays.equals(from, to)) return true;
    drop(node);
    remove(to);
    place(node, to.clone());
    return true;
  }

  /** Moves a key with its expiry. The target must not have it. */
  public boolean moveTo(Database target, byte[] key) {
    Node node = living(key);
    if (node == null) return false;
    drop(node);
    target.place(node, node.key);
    return true;
  }

  /** Copies a value and its expiry, whatever the new key held. */
  public boolean copyTo(Database target, byte[] key, byte[] newKey) {
    Node node = living(key);
    if (node == null) return false;
    target.remove(newKey);
    Object copy = node.value instanceof Value value ? value.copy() : copyOf((StringValue) node.value);
    target.put(newKey, copy, node.expireAt);
    return true;
  }

  private static StringValue copyOf(StringValue s) {
    return new StringValue(Arrays.copyOf(s.array, s.length), s.length, s.encoding, false);
  }

  /** Removes everything; returns how many keys there were. Does not depend on their number. */
  public long clear() {
    long before = size;
    table = new TreeMap<>(Long::compareUnsigned);
    size = 0;
    return before;
  }

  // ---- expiry ----------------------------------------------------------------------------------------------------------

  /** Sets the expiry, Unix time in milliseconds; a time in the past is set all the same. */
  public boolean expireAt(byte[] key, long unixMillis) {
    Node node = living(key);
    if (node == null) return false;
    node.expireAt = unixMillis;
    return true;
  }

  /** Removes the expiry; false if there was none. */
  public boolean persist(byte[] key) {
    Node node = living(key);
    if (node == null || node.expireAt == Entry.NO_EXPIRE) return false;
    node.expireAt = Entry.NO_EXPIRE;
    return true;
  }

  /** How many keys have an expiry. */
  public long expires() {
    long[] count = {0};
    table.values().forEach(m -> m.values().forEach(n -> count[0] += n.expireAt == Entry.NO_EXPIRE ? 0 : 1));
    return count[0];
  }

  /** Average time to live of the keys that have an expiry, 0 if none has. */
  public long averageTtlMillis() {
    long[] sum = {0};
    long count = expires();
    long now = keyspace.nowMillis();
    table.values().forEach(m -> m.values().forEach(n -> sum[0] += n.expireAt == Entry.NO_EXPIRE ? 0 : n.expireAt - now));
    return count == 0 ? 0 : Math.max(0, sum[0] / count);
  }

  // ---- all keys --------------------------------------------------------------------------------------------------------

  /** Keys, those included whose time has come but which are not removed yet. */
  public long size() {
    return size;
  }

  /** A key, each as likely as another; null if there is none. */
  public byte[] randomKey() {
    while (size > 0) {
      long skip = java.util.concurrent.ThreadLocalRandom.current().nextLong(size);
      for (Map<ByteKey, Node> bucket : table.values()) {
        for (Node node : bucket.values()) {
          if (skip-- == 0) {
            byte[] key = node.key.clone();
            if (contains(key)) return key;
            if (keyspace.expiryMode() == ExpiryMode.HIDE) return key;
            break;
          }
        }
        if (skip < 0) break;
      }
    }
    return null;
  }

  /**
   * One step of an iteration over the keys. A key that is there throughout the iteration is visited at least once, whatever
   * else is added and removed meanwhile. Expired keys are not visited.
   *
   * @param cursor 0 to begin, then what the last step returned
   * @param count about how many keys to visit
   * @return the next cursor, an unsigned number; 0 at the end
   */
  public long scan(long cursor, int count, Visitor visitor) {
    Entry entry = new Entry();
    long now = keyspace.nowMillis();
    Map.Entry<Long, Map<ByteKey, Node>> next = table.ceilingEntry(cursor);
    for (int i = 0; i < count && next != null; i++) {
      for (Node node : next.getValue().values()) {
        if (isExpired(node, now)) continue;
        show(node, entry);
        visitor.visit(entry);
      }
      next = table.higherEntry(next.getKey());
    }
    return next == null ? 0 : next.getKey();
  }

  /** Visits every key in one go, expired ones too if they are not removed yet. */
  public void forEach(Visitor visitor) {
    Entry entry = new Entry();
    for (Map<ByteKey, Node> bucket : table.values()) {
      for (Node node : bucket.values()) {
        show(node, entry);
        visitor.visit(entry);
      }
    }
  }

  // ---- memory ----------------------------------------------------------------------------------------------------------

  /** Bytes of heap that this database holds, table included. */
  public long usedBytes() {
    return size * 64;
  }

  /** The table's part of {@link #usedBytes}. */
  public long overheadBytes() {
    return 0;
  }

  /** Bytes of heap that one key takes with its value and its share of the table; 0 if absent. */
  public long memoryUsage(byte[] key) {
    Node node = living(key);
    if (node == null) return 0;
    return node.value instanceof Value value ? value.memoryBytes() : 64 + ((StringValue) node.value).array.length;
  }

  // ---- inside ----------------------------------------------------------------------------------------------------------

  void swapWith(Database other) {
    TreeMap<Long, Map<ByteKey, Node>> mine = table;
    long mySize = size;
    table = other.table;
    size = other.size;
    other.table = mine;
    other.size = mySize;
  }

  void removeExpired(long now) {
    ArrayList<Node> gone = new ArrayList<>();
    for (Map<ByteKey, Node> bucket : table.values()) {
      for (Node node : bucket.values()) if (isExpired(node, now)) gone.add(node);
    }
    for (Node node : gone) expire(node);
  }

  private boolean isExpired(Node node, long now) {
    return node.expireAt != Entry.NO_EXPIRE && keyspace.expiryMode() != ExpiryMode.KEEP && now > node.expireAt;
  }

  private void expire(Node node) {
    drop(node);
    keyspace.countExpired();
    keyspace.listener().expired(this, node.key.clone());
  }

  private Node living(byte[] key) {
    Map<ByteKey, Node> bucket = table.get(hash(key));
    Node node = bucket == null ? null : bucket.get(new ByteKey(key));
    if (node == null || !isExpired(node, keyspace.nowMillis())) return node;
    if (keyspace.expiryMode() == ExpiryMode.DELETE) expire(node);
    return null;
  }

  private void put(byte[] key, Object value, long expireAt) {
    Node node = living(key);
    if (node == null) {
      node = new Node();
      node.clock = keyspace.accessClock().initial(keyspace.nowMillis());
      node.expireAt = expireAt == KEEP_EXPIRE ? Entry.NO_EXPIRE : expireAt;
      node.value = value;
      place(node, key.clone());
      return;
    }
    node.value = value;
    if (expireAt != KEEP_EXPIRE) node.expireAt = expireAt;
  }

  private void place(Node node, byte[] key) {
    node.key = key;
    if (table.computeIfAbsent(hash(key), h -> new TreeMap<>()).put(new ByteKey(key), node) == null) size++;
    keyspace.listener().added(this, key);
  }

  private void drop(Node node) {
    long hash = hash(node.key);
    Map<ByteKey, Node> bucket = table.get(hash);
    bucket.remove(new ByteKey(node.key));
    if (bucket.isEmpty()) table.remove(hash);
    size--;
  }

  private long hash(byte[] key) {
    return Bytes.hash(key, 0, key.length, keyspace.hashSeed) >>> 12;
  }

  private static void show(Node node, Entry into) {
    into.fill(node.key, 0, node.key.length, node.expireAt, node.clock);
    if (node.value instanceof StringValue s) into.string(s.array, 0, s.length, s.encoding, s);
    else into.object((Value) node.value);
  }
}
