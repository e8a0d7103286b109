package org.understudy.keyspace;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import org.understudy.bytes.Numbers;

/**
 * One database: keys to values, with expiry.
 *
 * <p>A key whose time has come counts as absent everywhere (see {@link ExpiryMode}). Methods that take a key do not
 * keep its array. Methods that answer boolean answer whether there was such a key.
 */
public final class Database {
  /** As an expiry: the key keeps the one it has, or has none if it is new. */
  public static final long KEEP_EXPIRE = Long.MIN_VALUE;

  /** Sees entries during a scan. It may remove this one, and nothing else; the entry is reused for the next one. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Entry entry);
  }

  /** Strings that grow beyond this get an array of their own with room to grow on. */
  private static final int GROWING_RECORD_BYTES = 512;
  /** Smaller tables are in the caches anyhow. */
  private static final int WARMED_FROM_KEYS = 2048;
  /** How many random picks may meet expired keys that stay, before one of them is the answer. */
  private static final int RANDOM_TRIES = 100;
  /** Of how many neighbours a random one with an expiry is chosen, since those behind a gap are met more often. */
  private static final int RANDOM_SAMPLE = 16;

  static {
    // Paths that are hot before the first large value, or the first collection, are compiled for ever to stumble over a
    // class that was not there yet: its first object would send them back to the interpreter, to be compiled again.
    try {
      MethodHandles.lookup().ensureInitialized(Node.class);
      MethodHandles.lookup().ensureInitialized(StringValue.class);
    } catch (IllegalAccessException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Keyspace keyspace;
  private final int index;
  private final PackedForm[] forms;
  private Table table;

  Database(Keyspace keyspace, int index) {
    this.keyspace = keyspace;
    this.index = index;
    forms = keyspace.forms();
    this.table = keyspace.newTable();
  }

  public int index() {
    return index;
  }

  // ---- looking up ---------------------------------------------------------------------------------------------------

  /** Looks a key up and notes the access. */
  public boolean find(byte[] key, Entry into) {
    return find(key, into, true);
  }

  /** @param touch whether this counts as an access (OBJECT, TYPE, TTL, DEBUG and clients that asked for it do not) */
  public boolean find(byte[] key, Entry into, boolean touch) {
    Object entry = living(key);
    if (entry == null) return false;
    if (touch) touch(entry);
    Stored.show(entry, into, forms);
    return true;
  }

  /** As {@link #find}, for those who are going to change the value in place: a snapshot under way takes it as it is. */
  public boolean findForWrite(byte[] key, Entry into) {
    return findForWrite(key, into, true);
  }

  /** @param touch whether this counts as an access (not if the command has looked the key up before) */
  public boolean findForWrite(byte[] key, Entry into, boolean touch) {
    Object entry = livingForWrite(key);
    if (entry == null) return false;
    if (entry instanceof Node) table.changing(entry);
    if (touch) touch(entry);
    Stored.show(entry, into, forms, true);
    return true;
  }

  /** Whether there is such a key; no access. */
  public boolean contains(byte[] key) {
    return living(key) != null;
  }

  /** Whether the key is there, even if its time has come. Removes nothing. */
  public boolean holds(byte[] key) {
    long hash = table.hash(key);
    return table.segment(hash).find(hash, key) >= 0;
  }

  /** Whether the key is still there although its time has come. Removes nothing. */
  public boolean isExpired(byte[] key) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    return slot >= 0 && isExpired(segment.slots[slot], keyspace.nowMillis());
  }

  /** Whether an entry that was found without a look-up counts as absent. */
  public boolean isExpired(Entry entry) {
    return entry.hasExpiry() && keyspace.nowMillis() > entry.expireAtMillis()
        && keyspace.expiryMode() != ExpiryMode.KEEP;
  }

  /**
   * Prepares look-ups of these keys, so that they wait for memory together and not one after the other.
   *
   * @param hashes room for as many numbers
   */
  public void warm(byte[][] keys, int count, long[] hashes) {
    warm(table, keys, count, hashes);
  }

  /** As {@link #warm(byte[][], int, long[])}, of elements in the table of a value. */
  public void warm(SegmentDirectory<?> table, byte[][] keys, int count, long[] hashes) {
    if (table.size() >= WARMED_FROM_KEYS) keyspace.read += table.warm(keys, count, hashes);
  }

  /** The table of the elements of a key's value, in all likelihood; null if there is none. No access. */
  public SegmentDirectory<?> elements(byte[] key) {
    long hash = table.hash(key);
    Object likely = table.segment(hash).likely(hash);
    return likely instanceof Node node && node.value instanceof Value value ? value.table() : null;
  }

  // ---- setting ------------------------------------------------------------------------------------------------------

  /** Makes room for so many keys, 8 to 16 bytes each, if the database is empty: then none moves while they come. */
  public void reserve(long keys) {
    table.reserve(keys);
  }

  /** Sets a string without expiry. Its encoding is chosen by {@link Encoding#of}. */
  public void setString(byte[] key, byte[] value) {
    setString(key, value, Entry.NO_EXPIRE);
  }

  /**
   * Sets a string, whatever the key held. A large array becomes the database's own: the caller may read it until the
   * command is over, but not keep it. Setting counts as an access, except with {@link #KEEP_EXPIRE}: commands that keep
   * the expiry have looked the key up before.
   *
   * @param expireAtMillis Unix time, {@link Entry#NO_EXPIRE} or {@link #KEEP_EXPIRE}
   */
  public void setString(byte[] key, byte[] value, long expireAtMillis) {
    if (fitsRecord(key, value.length)) {
      putRecord(key, value, 0, value.length, Encoding.of(value, 0, value.length).ordinal(), expireAtMillis);
    } else {
      putNode(key, new StringValue(value, value.length, Encoding.of(value, 0, value.length), false), expireAtMillis);
    }
  }

  /** Sets a string from a range, which is always copied. */
  public void setString(byte[] key, byte[] array, int offset, int length, Encoding encoding, long expireAtMillis) {
    if (fitsRecord(key, length)) {
      putRecord(key, array, offset, length, encoding.ordinal(), expireAtMillis);
    } else {
      byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
      putNode(key, new StringValue(copy, length, encoding, false), expireAtMillis);
    }
  }

  /** Sets a string to the decimal text of a number. */
  public void setLong(byte[] key, long number, long expireAtMillis) {
    byte[] text = keyspace.decimal(number);
    int length = keyspace.decimalLength();
    if (fitsRecord(key, length)) putRecord(key, text, 0, length, Encoding.INT.ordinal(), expireAtMillis);
    else putNode(key, new StringValue(Arrays.copyOf(text, length), length, Encoding.INT, false), expireAtMillis);
  }

  /**
   * Puts another number in place of the one that a look-up has just found, without a second look-up. Expiry and access
   * clock stay.
   *
   * @return false, and nothing done, if that takes another way of storing: then {@link #setLong} is to be called
   */
  public boolean overwriteLong(Entry entry, long number) {
    byte[] record = entry.array();
    if (record != entry.keyArray() || entry.encoding() != Encoding.INT) return false;
    int length = entry.length();
    if (Numbers.decimalLength(number) != length) return false;
    table.changing(record);
    table.mark(record);
    Numbers.putDecimal(number, record, entry.offset());
    return true;
  }

  /** Sets a value of another type, whatever the key held. The object may be kept. */
  public void setValue(byte[] key, Value value, long expireAtMillis) {
    int packedBytes = packedBytes(value, key.length);
    if (packedBytes == 0) {
      putNode(key, value, expireAtMillis);
      return;
    }
    byte[] packed = new byte[packedBytes];
    pack(value, packed, 0);
    putRecord(key, packed, 0, packed.length, Record.PACKED, expireAtMillis);
  }

  /**
   * Takes up that a value was changed in place: counts its memory anew, or packs it again. The entry must be as {@link
   * #findForWrite} filled it.
   */
  public void valueChanged(Entry entry) {
    if (entry.node() != null) table.recount(entry.node());
    else repack(entry);
  }

  private void repack(Entry entry) {
    byte[] record = entry.keyArray();
    Value value = entry.value();
    long hash = table.hashOf(record);
    Segment segment = table.segment(hash);
    int slot = segment.slotOf(hash, record);
    int head = Record.head(record);
    int packedBytes = packedBytes(value, entry.keyLength());
    if (packedBytes == 0) {
      Node node = new Node(entry.key(), value, entry.expireAtMillis(), Record.clock(head));
      table.replace(segment, slot, node);
      entry.object(node);
      return;
    }
    byte[] packed = record;
    int start = Record.valueStart(record);
    if (record.length - start == packedBytes) {
      table.changing(record);
      table.mark(record);
    } else {
      packed = Record.blank(record, entry.keyOffset(), entry.keyLength(), packedBytes, head, entry.expireAtMillis());
      table.replace(segment, slot, packed);
    }
    pack(value, packed, start);
    entry.repacked(packed, entry.keyOffset(), start);
  }

  /** How many bytes a value takes within a record, its form included; 0 if it does not belong into one. */
  static int packedBytes(Value value, int keyLength) {
    int bytes = value.packedBytes();
    return bytes == 0 || bytes > Record.MAX_PACKED_BYTES || keyLength > Record.MAX_KEY_BYTES ? 0 : 1 + bytes;
  }

  static void pack(Value value, byte[] into, int offset) {
    into[offset] = (byte) value.packedForm().ordinal();
    value.pack(into, offset + 1);
  }

  /**
   * Prepares a string for a change in place: makes it at least {@code length} bytes long (zeros behind the old end),
   * RAW, and {@code into}'s array writable from {@code offset} to {@code offset + length} until the next use of the
   * database. Creates the key if it is absent. The key must not hold another type. Expiry and access clock stay.
   */
  public void edit(byte[] key, int length, Entry into) {
    Stored.show(stretched(key, length, false), into, forms);
  }

  /**
   * Adds to the end of a string, which becomes RAW; sets the string if the key is absent. The key must not hold another
   * type. Expiry and access clock stay.
   *
   * @return the new length
   */
  public int append(byte[] key, byte[] tail) {
    Object entry = livingForWrite(key);
    if (entry == null) {
      setString(key, tail);
      return tail.length;
    }
    if (entry instanceof Node node) {
      table.changing(node);
      StringValue string = (StringValue) node.value;
      string.append(tail);
      table.recount(node);
      return string.length;
    }
    byte[] record = (byte[]) entry;
    int oldLength = record.length - Record.valueStart(record);
    int length = Math.addExact(oldLength, tail.length);
    Object stretched = stretched(key, length, true);
    if (stretched instanceof Node node) {
      System.arraycopy(tail, 0, ((StringValue) node.value).array, oldLength, tail.length);
    } else {
      byte[] grown = (byte[]) stretched;
      System.arraycopy(tail, 0, grown, grown.length - tail.length, tail.length);
    }
    return length;
  }

  /** Sets the time since the last access (RESTORE IDLETIME). */
  public boolean setIdleSeconds(byte[] key, long seconds) {
    return setClock(key, keyspace.accessClock().idleFor(seconds, keyspace.nowMillis()));
  }

  /** Sets the access counter (RESTORE FREQ). */
  public boolean setFrequency(byte[] key, int frequency) {
    return setClock(key, keyspace.accessClock().counted(frequency, keyspace.nowMillis()));
  }

  // ---- removing and moving ------------------------------------------------------------------------------------------

  /**
   * Removes a key; on a replica whose clients may write also one whose time has come, and as if it had not. False if
   * there is none.
   */
  public boolean remove(byte[] key) {
    return take(key) != null;
  }

  /** As {@link #remove}: the collector frees. Only the count of values freed lazily differs. */
  public boolean unlink(byte[] key) {
    Object entry = take(key);
    countLazyFreed(entry);
    return entry != null;
  }

  /** As {@link #remove}, or lazily as {@link #unlink}; but also if its time had come, and nobody hears that it had. */
  public boolean removeEvenExpired(byte[] key, boolean lazily) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    if (slot < 0) return false;
    if (lazily) countLazyFreed(segment.slots[slot]);
    table.remove(hash, segment, slot);
    return true;
  }

  private void countLazyFreed(Object entry) {
    boolean large = entry instanceof Node node && node.value instanceof Value value
        && value.freeEffort() > Keyspace.LAZY_FREE_THRESHOLD;
    if (large) keyspace.countLazyFreed(1);
  }

  /**
   * Gives a value, its expiry and its access clock another key, whatever that key held. Nothing happens if both are
   * one.
   */
  public boolean rename(byte[] from, byte[] to) {
    if (Arrays.equals(from, to)) return contains(from);
    Object entry = take(from);
    if (entry == null) return false;
    add(to, Stored.withKey(entry, to, forms));
    return true;
  }

  /** Moves a key with its expiry and access clock, whatever the target held under it. */
  public boolean moveTo(Database target, byte[] key) {
    Object entry = take(key);
    if (entry == null) return false;
    target.add(key, entry);
    return true;
  }

  /** Copies a value and its expiry, whatever the new key held. */
  public boolean copyTo(Database target, byte[] key, byte[] newKey) {
    Object entry = living(key);
    if (entry == null) return false;
    Object copy = Stored.withKey(entry, newKey, forms);
    if (copy instanceof Node node) {
      node = node == entry ? new Node(newKey.clone(), node.value, node.expireAt, 0) : node;
      node.value = node.value instanceof StringValue s ? s.copy() : ((Value) node.value).copy();
      copy = node;
    } else if (copy == entry) {
      copy = ((byte[]) entry).clone();
    }
    Stored.clock(copy, keyspace.accessClock().initial(keyspace.nowMillis()));
    target.add(newKey, copy);
    return true;
  }

  /** Removes everything; returns how many keys there were. Takes the same time however many. */
  public long clear() {
    long before = table.size();
    table = keyspace.newTable();
    return before;
  }

  // ---- expiry -------------------------------------------------------------------------------------------------------

  /** Sets the expiry, Unix time in milliseconds; a time in the past is set all the same. */
  public boolean expireAt(byte[] key, long unixMillis) {
    Object entry = livingForWrite(key);
    if (entry == null) return false;
    setExpiry(key, entry, unixMillis);
    return true;
  }

  /** Removes the expiry; false if there was none. */
  public boolean persist(byte[] key) {
    Object entry = livingForWrite(key);
    if (entry == null || Stored.expireAt(entry) == Entry.NO_EXPIRE) return false;
    setExpiry(key, entry, Entry.NO_EXPIRE);
    return true;
  }

  /** How many keys have an expiry. */
  public long expires() {
    return table.expiring();
  }

  /** Average time to live of the keys that have an expiry, 0 if none has. Exact, while Redis samples. */
  public long averageTtlMillis() {
    return table.expiring() == 0 ? 0 : Math.max(0, (long) (table.averageExpiry() - keyspace.nowMillis()));
  }

  // ---- all keys -----------------------------------------------------------------------------------------------------

  /** Keys, those included whose time has come but which are not removed yet. */
  public long size() {
    return table.size();
  }

  /** Places for keys in the table, empty ones included. */
  public long tableSlots() {
    return table.slots();
  }

  /** A key, each as likely as another; null if there is none. */
  public byte[] randomKey() {
    int tries = RANDOM_TRIES;
    while (true) {
      Object entry = table.random(keyspace.random());
      if (entry == null) return null;
      byte[] key = Stored.key(entry);
      if (!isExpired(entry, keyspace.nowMillis())) return key;
      if (keyspace.expiryMode() == ExpiryMode.DELETE) expire(table.hash(key), key);
      else if (--tries == 0) return key;
    }
  }

  /**
   * One step of an iteration over the keys. A key that is there throughout the iteration is visited exactly once,
   * whatever else is added and removed meanwhile (Redis promises: at least once). Expired keys that are still there are
   * visited too.
   *
   * @param cursor 0 to begin, then what the last step returned; below 2^52
   * @param count about how many keys to visit
   * @return the next cursor; 0 at the end
   */
  public long scan(long cursor, int count, Visitor visitor) {
    Entry entry = new Entry();
    Batch batch = keyspace.takeBatch();
    long wanted = Math.max(1, count);
    long slotsLeft = 10L * wanted; // as Redis: that many buckets in vain are enough for one step
    long position = cursor & Table.END - 1;
    do {
      long slots = Math.min(slotsLeft, table.slotsOf(wanted, position));
      position = table.collect(position, slots, batch);
      slotsLeft -= slots;
      for (int i = 0; i < batch.size; i++) {
        Stored.show(batch.entries[i], entry, forms);
        visitor.visit(entry);
      }
      wanted -= batch.size;
      batch.clear();
    } while (position < Table.END && wanted > 0 && slotsLeft > 0);
    keyspace.giveBack(batch);
    return position == Table.END ? 0 : position;
  }

  /** Visits every key in one go, expired ones too if they are not removed yet. */
  public void forEach(Visitor visitor) {
    Entry entry = new Entry();
    Batch batch = keyspace.takeBatch();
    for (long position = 0; position < Table.END; ) {
      position = table.collect(position, Segment.MAX_CAPACITY, batch);
      for (int i = 0; i < batch.size; i++) {
        Stored.show(batch.entries[i], entry, forms);
        visitor.visit(entry);
      }
      batch.clear();
    }
    keyspace.giveBack(batch);
  }

  // ---- memory -------------------------------------------------------------------------------------------------------

  /** Bytes of heap that this database holds, table included. */
  public long usedBytes() {
    return table.usedBytes();
  }

  /** The table's part of {@link #usedBytes}. */
  public long overheadBytes() {
    return table.overheadBytes();
  }

  /** Bytes of heap that one key takes with its value and its slot in the table, even past its time; 0 if absent. */
  public long memoryUsage(byte[] key) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    return slot < 0 ? 0 : table.bytes(segment.slots[slot]);
  }

  // ---- eviction -----------------------------------------------------------------------------------------------------

  /** How many keys may go: those with an expiry, or all. */
  long evictable(boolean expiring) {
    return expiring ? table.expiring() : table.size();
  }

  /** Collects keys that may go, at least one if there is any. */
  void sample(int wanted, boolean expiring, Batch into) {
    table.sample(keyspace.random(), wanted, expiring, into);
  }

  /** One of the {@link #evictable} keys, of which there must be some. */
  byte[] randomEvictable(boolean expiring) {
    if (!expiring) return Stored.key(table.random(keyspace.random()));
    Batch batch = keyspace.takeBatch();
    table.sample(keyspace.random(), RANDOM_SAMPLE, true, batch);
    byte[] key = Stored.key(batch.entries[keyspace.random().nextInt(batch.size)]);
    batch.clear();
    keyspace.giveBack(batch);
    return key;
  }

  /** Removes a key, even if its time has come. False if it is not there, or has no expiry but is to have one. */
  boolean evict(byte[] key, boolean expiring, boolean lazily) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    if (slot < 0) return false;
    Object entry = segment.slots[slot];
    if (expiring && Stored.expireAt(entry) == Entry.NO_EXPIRE) return false;
    table.remove(hash, segment, slot);
    if (lazily) countLazyFreed(entry);
    return true;
  }

  // ---- inside -------------------------------------------------------------------------------------------------------

  Table table() {
    return table;
  }

  /** Marks every entry with the table's epoch, in one go. */
  void markAll() {
    Batch batch = keyspace.takeBatch();
    for (long position = 0; position < Table.END; ) {
      position = table.collect(position, Segment.MAX_CAPACITY, batch);
      for (int i = 0; i < batch.size; i++) table.mark(batch.entries[i]);
      batch.clear();
    }
    keyspace.giveBack(batch);
  }

  void swapWith(Database other) {
    Table mine = table;
    table = other.table;
    other.table = mine;
  }

  static boolean fitsRecord(byte[] key, int valueLength) {
    return valueLength <= Record.MAX_VALUE_BYTES && key.length <= Record.MAX_KEY_BYTES;
  }

  /** The entry of a key that is not expired, else null; an expired one is removed if that is the mode. */
  private Object living(byte[] key) {
    return living(key, keyspace.expiryMode() == ExpiryMode.DELETE);
  }

  private Object livingForWrite(byte[] key) {
    return living(key, removesForWrite());
  }

  private boolean removesForWrite() {
    ExpiryMode mode = keyspace.expiryMode();
    return mode == ExpiryMode.DELETE || mode == ExpiryMode.DELETE_FOR_WRITE;
  }

  private Object living(byte[] key, boolean removing) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    if (slot < 0) return null;
    Object entry = segment.slots[slot];
    if (segment.expiring == 0 || !isExpired(entry, keyspace.nowMillis())) return entry;
    if (removing) expire(hash, key.clone());
    return null;
  }

  private boolean isExpired(Object entry, long now) {
    long expireAt = Stored.expireAt(entry);
    return expireAt != Entry.NO_EXPIRE && now > expireAt && keyspace.expiryMode() != ExpiryMode.KEEP;
  }

  /** Removes a key whose time has come. @param key an array that the listener may keep */
  void expire(long hash, byte[] key) {
    Segment segment = table.segment(hash);
    table.remove(hash, segment, segment.find(hash, key));
    keyspace.countExpired();
    keyspace.listener().expired(this, key);
  }

  private void touch(Object entry) {
    AccessClock clock = keyspace.accessClock();
    if (entry instanceof byte[] record) {
      int head = Record.head(record);
      int touched = head & 255 | clock.touched(Record.clock(head), keyspace.nowMillis()) << 8;
      if (touched != head) Record.head(record, touched); // once a second at most under LRU: spares the cache a write
    } else {
      Node node = (Node) entry;
      node.clock(clock.touched(node.clock(), keyspace.nowMillis()));
    }
  }

  private boolean setClock(byte[] key, int clock) {
    Object entry = living(key);
    if (entry == null) return false;
    Stored.clock(entry, clock);
    return true;
  }

  /** @param encoding an ordinal of {@link Encoding}, or {@link Record#PACKED} */
  private void putRecord(byte[] key, byte[] value, int offset, int length, int encoding, long expireAt) {
    Table table = this.table;
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    long now = keyspace.nowMillis();
    AccessClock clock = keyspace.accessClock();
    if (slot >= 0) {
      Object old = segment.slots[slot];
      if (segment.expiring == 0 || !isExpired(old, now)) {
        long oldExpireAt = Stored.expireAt(old);
        int access = Stored.clock(old);
        if (expireAt == KEEP_EXPIRE) expireAt = oldExpireAt;
        else access = clock.touched(access, now);
        int head = Record.head(encoding, access);
        if (old instanceof byte[] record) {
          boolean expires = expireAt != Entry.NO_EXPIRE;
          if (expires == (oldExpireAt != Entry.NO_EXPIRE) && record.length - Record.valueStart(record) == length) {
            table.changing(record);
            Record.head(record, expires ? head | Record.EXPIRES : head);
            table.mark(record);
            System.arraycopy(value, offset, record, record.length - length, length);
            if (expireAt != oldExpireAt) {
              Record.expireAt(record, expireAt);
              table.expiryChanged(segment, oldExpireAt, expireAt);
            }
            return;
          }
        }
        table.replace(segment, slot, Record.of(key, value, offset, length, head, expireAt));
        return;
      }
      removeDead(hash, key, segment, slot);
    }
    if (expireAt == KEEP_EXPIRE) expireAt = Entry.NO_EXPIRE;
    table.insert(hash, Record.of(key, value, offset, length, Record.head(encoding, clock.initial(now)), expireAt));
    keyspace.listener().added(this, key);
  }

  private void putNode(byte[] key, Object value, long expireAt) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    long now = keyspace.nowMillis();
    AccessClock clock = keyspace.accessClock();
    if (slot >= 0) {
      Object old = segment.slots[slot];
      if (!isExpired(old, now)) {
        int access = Stored.clock(old);
        if (expireAt == KEEP_EXPIRE) expireAt = Stored.expireAt(old);
        else access = clock.touched(access, now);
        if (old instanceof Node node && node.value instanceof StringValue kept && value instanceof StringValue fresh) {
          table.changing(node);
          value = kept.overwritten(fresh, keyspace.spares());
          if (value == kept) {
            table.expiryChanged(segment, node.expireAt, expireAt);
            node.expireAt = expireAt;
            node.clock(access);
            table.mark(node);
            table.recount(node);
            return;
          }
        }
        byte[] ownKey = old instanceof Node node ? node.key : key.clone();
        table.replace(segment, slot, new Node(ownKey, value, expireAt, access));
        return;
      }
      removeDead(hash, key, segment, slot);
    }
    if (expireAt == KEEP_EXPIRE) expireAt = Entry.NO_EXPIRE;
    table.insert(hash, new Node(key.clone(), value, expireAt, clock.initial(now)));
    keyspace.listener().added(this, key);
  }

  /** An expired key is in the way of a new one: it goes as expired, or silently where expiry is another's decision. */
  private void removeDead(long hash, byte[] key, Segment segment, int slot) {
    if (removesForWrite()) expire(hash, key.clone());
    else table.remove(hash, segment, slot);
  }

  /** Adds an entry in place of that which its key may have. */
  private void add(byte[] key, Object entry) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    if (slot >= 0) {
      if (isExpired(segment.slots[slot], keyspace.nowMillis())) removeDead(hash, key, segment, slot);
      else table.remove(hash, segment, slot);
    }
    table.insert(hash, entry);
    keyspace.listener().added(this, key);
  }

  /** Removes the entry of a key as {@link #remove} does, and returns it, else null. */
  private Object take(byte[] key) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    int slot = segment.find(hash, key);
    if (slot < 0) return null;
    Object entry = segment.slots[slot];
    if (isExpired(entry, keyspace.nowMillis()) && keyspace.expiryMode() != ExpiryMode.DELETE_FOR_WRITE) {
      if (keyspace.expiryMode() == ExpiryMode.DELETE) expire(hash, key.clone());
      return null;
    }
    table.remove(hash, segment, slot);
    return entry;
  }

  /**
   * The string of a key with at least {@code length} bytes, RAW and writable; grown generously only if it is to grow
   * on.
   */
  private Object stretched(byte[] key, int length, boolean growing) {
    Object entry = livingForWrite(key);
    if (entry == null) {
      int head = Record.head(Encoding.RAW, keyspace.accessClock().initial(keyspace.nowMillis()));
      entry = length <= GROWING_RECORD_BYTES && fitsRecord(key, length)
          ? Record.blank(key, 0, key.length, length, head, Entry.NO_EXPIRE)
          : new Node(key.clone(), new StringValue(new byte[length], length, Encoding.RAW, false), Entry.NO_EXPIRE,
              Record.clock(head));
      add(key, entry);
      return entry;
    }
    table.changing(entry);
    if (entry instanceof Node node) {
      ((StringValue) node.value).edit(length);
      table.recount(node);
      return node;
    }
    byte[] record = (byte[]) entry;
    int valueStart = Record.valueStart(record);
    int oldLength = record.length - valueStart;
    int head = Record.head(record) & ~Record.ENCODING | Encoding.RAW.ordinal();
    if (length <= oldLength) {
      Record.head(record, head);
      return record;
    }
    long expireAt = Record.expireAt(record);
    if (length <= GROWING_RECORD_BYTES) {
      byte[] grown = Record.blank(key, 0, key.length, length, head, expireAt);
      System.arraycopy(record, valueStart, grown, grown.length - length, oldLength);
      replace(key, grown);
      return grown;
    }
    int room = growing && length < 1 << 20 ? 2 * length : length;
    StringValue string = new StringValue(Arrays.copyOfRange(record, valueStart, valueStart + room),
        length, Encoding.RAW, false);
    Node node = new Node(key.clone(), string, expireAt, Record.clock(head));
    replace(key, node);
    return node;
  }

  private void replace(byte[] key, Object entry) {
    long hash = table.hash(key);
    Segment segment = table.segment(hash);
    table.replace(segment, segment.find(hash, key), entry);
  }

  private void setExpiry(byte[] key, Object entry, long expireAt) {
    long old = Stored.expireAt(entry);
    if (old == expireAt) return;
    if (entry instanceof byte[] record && (old == Entry.NO_EXPIRE || expireAt == Entry.NO_EXPIRE)) {
      replace(key, Record.withExpiry(record, expireAt));
      return;
    }
    table.changing(entry);
    if (entry instanceof byte[] record) Record.expireAt(record, expireAt);
    else ((Node) entry).expireAt = expireAt;
    table.expiryChanged(table.segment(table.hash(key)), old, expireAt);
  }
}
