package org.understudy.rdb;

import org.understudy.keyspace.Arrivals;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.Value;

/** A key that was read, with its value and what belongs to it. */
public final class RdbEntry {
  private static final int UNKNOWN = -1;

  int database;
  byte[] key;
  long expireAtMillis;
  long idleSeconds;
  int frequency;
  private Value value;
  private byte[] array;
  private int offset;
  private int length;
  /** Whether the array holds nothing but the string and may be kept. */
  private boolean kept;

  RdbEntry() {
    reset();
  }

  /** Forgets what opcodes said of the last key. */
  void reset() {
    key = null;
    expireAtMillis = Entry.NO_EXPIRE;
    idleSeconds = UNKNOWN;
    frequency = UNKNOWN;
    value = null;
    array = null;
  }

  /** The last string of an input; if the array is not the input's to give away, it must be used before the input is. */
  void string(RdbInput in) {
    array = in.array();
    offset = in.offset();
    length = in.length();
    kept = in.isOwn();
  }

  void value(Value value) {
    this.value = value;
  }

  /** Index of the database. */
  public int database() {
    return database;
  }

  /** It holds until the visitor returns. */
  public byte[] key() {
    return key;
  }

  /** Unix time in milliseconds, or {@link Entry#NO_EXPIRE}. */
  public long expireAtMillis() {
    return expireAtMillis;
  }

  /**
   * Adds the key to its database, with its expiry and, if the policy is of the kind that the file was written under,
   * its access history.
   *
   * @return false if the database had the key already, whose value is replaced then; found without a look-up of its own
   */
  public boolean addTo(Keyspace keyspace) {
    Database target = keyspace.database(database);
    boolean lfu = keyspace.accessClock().lfu();
    long before = target.size();
    putInto(target, key, expireAtMillis);
    if (target.size() == before) return false;
    if (lfu) {
      if (frequency != UNKNOWN) target.setFrequency(key, frequency);
    } else if (idleSeconds != UNKNOWN) {
      target.setIdleSeconds(key, idleSeconds);
    }
    return true;
  }

  /**
   * Adds the key to others that arrive in a database, which stands for that of the entry.
   *
   * @param lfu the kind of the policy
   */
  public void addTo(Arrivals target, boolean lfu) {
    if (value != null) target.addValue(key, value, expireAtMillis);
    else if (kept) target.addString(key, array, expireAtMillis);
    else target.addString(key, array, offset, length, expireAtMillis);
    if (lfu) {
      if (frequency != UNKNOWN) target.frequency(frequency);
    } else if (idleSeconds != UNKNOWN) {
      target.idleSeconds(idleSeconds);
    }
  }

  /** Sets a key to the value, whatever it held; nothing is known of its access history. */
  public void putInto(Database target, byte[] key, long expireAtMillis) {
    if (value != null) target.setValue(key, value, expireAtMillis);
    else if (kept) target.setString(key, array, expireAtMillis);
    else target.setString(key, array, offset, length, Encoding.of(array, offset, length), expireAtMillis);
  }
}
