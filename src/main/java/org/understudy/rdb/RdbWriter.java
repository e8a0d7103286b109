package org.understudy.rdb;

import java.util.Locale;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.AccessClock;
import org.understudy.keyspace.Entry;

/**
 * Writes an RDB file of version 10 step by step: {@link #header}, {@link #function} for each library, entries of all
 * databases in any order, {@link #end}. After each call the owner may take from the output what is there.
 *
 * <p>Entries that have to be written while another is begun and not complete go to a second writer with an output of
 * its own, which {@link #splice} puts behind that entry.
 */
public final class RdbWriter {
  /** What is written of an entry's access history. */
  public enum Access {
    /** Nothing. */
    NONE,
    /** Time since the last access: under an LRU policy. */
    IDLE,
    /** Access counter: under an LFU policy. */
    FREQUENCY
  }

  /**
   * What a file says of its origin.
   *
   * @param redisVersion the release whose format and behaviour it has
   * @param unixSeconds time of the snapshot
   * @param usedMemory bytes, as INFO's used_memory
   * @param replication null where the file stands for no place in a replication stream
   * @param aofBase whether it is the base of an append-only file
   */
  public record Origin(String redisVersion, long unixSeconds, long usedMemory, Place replication, boolean aofBase) {}

  /**
   * The place in a replication stream that a snapshot shows.
   *
   * @param database that the stream has selected there, -1 if none
   * @param id replication id, 40 hexadecimal digits
   * @param offset of the last byte before the snapshot
   */
  public record Place(int database, String id, long offset) {}

  private static final int NONE = -1;

  private final RdbOutput out;
  private final ValueWriter values;
  private final Access access;
  private int selected = NONE;

  public RdbWriter(RdbOutput out, Access access) {
    this.out = out;
    this.access = access;
    this.values = new ValueWriter(out);
  }

  public void header(Origin origin) {
    byte[] magic = Bytes.of(String.format(Locale.ROOT, "REDIS%04d", RdbFormat.VERSION));
    out.putRaw(magic, 0, magic.length);
    aux("redis-ver", Bytes.of(origin.redisVersion()));
    aux("redis-bits", Bytes.of(64));
    aux("ctime", Bytes.of(origin.unixSeconds()));
    aux("used-mem", Bytes.of(origin.usedMemory()));
    Place place = origin.replication();
    if (place != null) {
      aux("repl-stream-db", Bytes.of(place.database()));
      aux("repl-id", Bytes.of(place.id()));
      aux("repl-offset", Bytes.of(place.offset()));
    }
    aux("aof-base", Bytes.of(origin.aofBase() ? 1 : 0));
  }

  /** A field that readers may ignore. */
  public void aux(String name, byte[] value) {
    out.putByte(RdbFormat.AUX);
    out.putString(Bytes.of(name));
    out.putString(value);
  }

  /** The code of a library of functions, as FUNCTION LOAD took it. */
  public void function(byte[] code) {
    out.putByte(RdbFormat.FUNCTION2);
    out.putString(code);
    while (out.busy()) out.advance();
  }

  /** Selects a database and says how many keys, and keys with an expiry, it has: a hint for the reader's tables. */
  public void database(int index, long keys, long expires) {
    select(index);
    out.putByte(RdbFormat.RESIZEDB);
    out.putLength(keys);
    out.putLength(expires);
  }

  private void select(int index) {
    selected = index;
    out.putByte(RdbFormat.SELECTDB);
    out.putLength(index);
  }

  /**
   * Writes an entry completely.
   *
   * @param clock for the access history, if that is written
   */
  public void write(int database, Entry entry, AccessClock clock, long nowMillis) {
    begin(database, entry, clock, nowMillis);
    values.step(Long.MAX_VALUE);
  }

  /**
   * Begins an entry of any size, which {@link #step} completes. The entry is needed for this call only, but its key's
   * array and its value must not change until it is complete.
   */
  public void begin(int database, Entry entry, AccessClock clock, long nowMillis) {
    if (database != selected) select(database);
    if (entry.hasExpiry()) {
      out.putByte(RdbFormat.EXPIRETIME_MS);
      out.putLong(entry.expireAtMillis());
    }
    switch (access) {
      case IDLE -> {
        out.putByte(RdbFormat.IDLE);
        out.putLength(clock.idleMillis(entry, nowMillis) / 1000);
      }
      case FREQUENCY -> {
        out.putByte(RdbFormat.FREQ);
        out.putByte(clock.frequency(entry, nowMillis));
      }
      case NONE -> { }
    }
    out.putByte(ValueWriter.typeOf(entry));
    out.putString(entry.keyArray(), entry.keyOffset(), entry.keyLength());
    values.begin(entry);
  }

  /**
   * Goes on with the entry that was begun.
   *
   * @param budgetBytes about how much to write or compress
   * @return whether the entry is complete
   */
  public boolean step(int budgetBytes) {
    return values.step(budgetBytes);
  }

  /** Takes over all that another writer, which writes no header, has written. Neither is in the middle of an entry. */
  public void splice(RdbWriter other) {
    if (other.out.size() == 0) return;
    out.splice(other.out);
    selected = other.selected;
    other.selected = NONE;
  }

  /** After the last entry. */
  public void end() {
    out.putByte(RdbFormat.EOF);
    out.putLong(out.checksum());
  }
}
