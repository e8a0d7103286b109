package org.understudy.persistence;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.config.FileNames;
import org.understudy.keyspace.Arrivals;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.rdb.RdbEntry;
import org.understudy.rdb.RdbException;
import org.understudy.rdb.RdbReader;
import org.understudy.rdb.RdbVisitor;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;

/**
 * Puts what is read of an RDB file into the keyspace, and says in the log what Redis says. Keys whose time has come
 * are left out. After a failure the keyspace holds a part of the file: nobody may take it for a dataset.
 */
public final class RdbLoad implements RdbVisitor, LoadProgress {
  private static final Logger log = LoggerFactory.getLogger(RdbLoad.class);
  /** So much of a file is read and loaded at once: about half a millisecond. */
  static final int PIECE_BYTES = 64 << 10;
  /** What a file says is to come is believed so far: some tens of megabytes, a few milliseconds. */
  private static final long MAX_RESERVED_KEYS = 4 << 20;
  /** A key with its value in a file, if both are very short. */
  private static final int LEAST_KEY_BYTES = 8;
  private static final int EMPTY_KEYS_LOGGED = 10;
  private static final int ID_LENGTH = 40;

  /** Decides about keys whose time has come. */
  public interface Expired {
    /** All of them are left out. */
    Expired LEFT_OUT = (database, key) -> true;
    /** None is: commands may follow that still see them. */
    Expired LOADED = (database, key) -> false;

    /** Whether it is left out. The array is the receiver's to keep. */
    boolean leavesOut(int database, byte[] key);
  }

  private final Keyspace keyspace;
  private final IntFunction<Database> databases;
  private final int databaseCount;
  private final boolean lfu;
  private final List<byte[]> libraries;
  private final boolean replaces;
  private final Expired expired;
  private final long startMillis;
  private final long totalBytes;
  private final RdbReader reader;
  /** For so many keys more room is made in advance, because the file says that they come. */
  private long reservable;
  private int used;
  private long usedMemory;
  private long keysLoaded;
  private long keysExpired;
  private long emptyKeys;
  /** Keys that were read and are not in their database yet; null before the first. */
  private Arrivals arrivals;
  private int arrivalsDatabase;
  private String failure;
  /** See {@link RdbWriter.Place}. */
  private String id;
  private long offset = -1;
  private long streamDatabase = -1;

  /**
   * @param libraries gets the code of libraries of functions
   * @param replaces whether a key that is there already gives way; else it means that the file is damaged
   */
  RdbLoad(Keyspace keyspace, List<byte[]> libraries, ReadOptions options, long totalBytes, boolean replaces,
      Expired expired) {
    this(keyspace, keyspace::database, libraries, options, totalBytes, replaces, expired);
  }

  /** @param databases where the keys go, by index */
  RdbLoad(Keyspace keyspace, IntFunction<Database> databases, List<byte[]> libraries, ReadOptions options,
      long totalBytes, boolean replaces, Expired expired) {
    this.keyspace = keyspace;
    this.databases = databases;
    databaseCount = keyspace.databases();
    lfu = keyspace.accessClock().lfu();
    this.libraries = libraries;
    this.replaces = replaces;
    this.expired = expired;
    this.totalBytes = totalBytes;
    reservable = totalBytes == 0 ? MAX_RESERVED_KEYS : Math.min(MAX_RESERVED_KEYS, totalBytes / LEAST_KEY_BYTES);
    startMillis = keyspace.nowMillis();
    reader = new RdbReader(options, this);
  }

  /** Reads on. @return whether the file goes on; false with its end, and after a failure, which is logged */
  boolean read(byte[] piece, int length) {
    return read(piece, 0, length);
  }

  public boolean read(byte[] piece, int offset, int length) {
    try {
      used = reader.read(piece, offset, length);
      if (!reader.finished()) return true;
      logCounts();
    } catch (RdbException e) {
      failed(e);
    } catch (RuntimeException fault) {
      log.error("A fault while loading", fault); // whoever waits for the end must hear of it
    }
    return false;
  }

  /** How many bytes of the last piece belong to the file: all of them unless it ended. */
  int used() {
    return used;
  }

  /** Reads the file to its end, or until it turns out to be damaged. */
  void readAll(FileSystem.Input input) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      int length = input.read(piece);
      while (length > 0 && read(piece, length)) length = input.read(piece);
      if (length < 0) endedEarly(null);
    } catch (IOException e) {
      endedEarly(e);
    }
  }

  /** There is no more to read. @param failure why, or null at the end of the file */
  public void endedEarly(IOException failure) {
    if (failure != null) log.warn("Error reading the RDB file: {}", FileNames.reason(failure));
    try {
      reader.requireFinished();
    } catch (RdbException e) {
      log.warn("Short read or OOM loading DB. Unrecoverable error, aborting now.");
      failed(e);
    }
  }

  private void failed(RdbException why) {
    failure = why.getMessage();
    log.warn("Internal error in RDB reading: {}", failure);
  }

  /** What is wrong with the file, its place included; null if nothing is so far. */
  public String failure() {
    return failure;
  }

  private void logCounts() {
    if (emptyKeys > 0) {
      log.warn("Done loading RDB, keys loaded: {}, keys expired: {}, empty keys skipped: {}.", keysLoaded, keysExpired,
          emptyKeys);
    } else {
      log.info("Done loading RDB, keys loaded: {}, keys expired: {}.", keysLoaded, keysExpired);
    }
  }

  /** Whether the whole file was read. */
  public boolean complete() {
    return reader.finished();
  }

  // ---- progress ----------------------------------------------------------------------------------------------------

  @Override
  public long startMillis() {
    return startMillis;
  }

  @Override
  public long totalBytes() {
    return totalBytes;
  }

  @Override
  public long loadedBytes() {
    return reader.position();
  }

  @Override
  public long usedMemory() {
    return usedMemory;
  }

  public long keysLoaded() {
    return keysLoaded;
  }

  /** Keys left out since their time had come. */
  public long keysExpired() {
    return keysExpired;
  }

  /** The place of the dataset in the history of its changes; null if the file does not say. */
  public RdbWriter.Place place() {
    boolean known = id != null && id.length() == ID_LENGTH && offset >= 0 && streamDatabase >= 0
        && streamDatabase < databaseCount;
    return known ? new RdbWriter.Place((int) streamDatabase, id, offset) : null;
  }

  // ---- what is in the file -----------------------------------------------------------------------------------------

  @Override
  public void sizes(int database, long keys, long expires) {
    long reserved = Math.min(keys, reservable);
    if (reserved <= 0) return;
    databases.apply(database).reserve(reserved);
    reservable -= reserved;
  }

  @Override
  public boolean entry(RdbEntry entry) {
    if (entry.expireAtMillis() != Entry.NO_EXPIRE && entry.expireAtMillis() < startMillis
        && expired.leavesOut(entry.database(), entry.key().clone())) {
      keysExpired++;
      return true;
    }
    if (arrivals == null || arrivalsDatabase != entry.database()) arriveIn(entry.database());
    else if (arrivals.isFull()) settle();
    keysLoaded++;
    entry.addTo(arrivals, lfu);
    return true;
  }

  private void arriveIn(int database) {
    settle();
    Database target = databases.apply(database);
    arrivals = new Arrivals(keyspace, target, keyspace.database(database) == target ? Arrivals.MOST : Arrivals.FEW,
        replaces);
    arrivalsDatabase = database;
  }

  private void settle() {
    byte[] duplicate = arrivals == null ? null : arrivals.settle();
    if (duplicate != null) throw RdbException.duplicate(arrivalsDatabase, duplicate);
  }

  @Override
  public void ended() {
    settle();
  }

  @Override
  public void emptyKey(int database, byte[] key) {
    if (emptyKeys++ < EMPTY_KEYS_LOGGED) log.warn("rdbLoadObject skipping empty key: {}", Bytes.string(key));
  }

  @Override
  public void function(byte[] code) {
    libraries.add(code);
  }

  @Override
  public void noChecksum() {
    log.warn("RDB file was saved with checksum disabled: no check performed.");
  }

  @Override
  public void aux(byte[] name, byte[] value) {
    String field = Bytes.string(name);
    String text = Bytes.string(value);
    if (field.startsWith("%")) {
      log.info("RDB '{}': {}", field, text);
      return;
    }
    switch (field.toLowerCase(Locale.ROOT)) {
      case "redis-ver" -> log.info("Loading RDB produced by version {}", text);
      case "ctime" -> log.info("RDB age {} seconds", Math.max(0, startMillis / 1000 - number(text)));
      case "used-mem" -> {
        usedMemory = number(text);
        log.info("RDB memory usage when created {} Mb", String.format(Locale.ROOT, "%.2f", usedMemory / 1048576.0));
      }
      case "aof-preamble" -> {
        if (number(text) != 0) log.info("RDB has an AOF tail");
      }
      case "aof-base" -> {
        if (number(text) != 0) log.info("RDB is base AOF");
      }
      case "repl-stream-db" -> streamDatabase = number(text);
      case "repl-id" -> id = text;
      case "repl-offset" -> offset = number(text);
      case "lua", "redis-bits" -> { }
      default -> log.debug("Unrecognized RDB AUX field: '{}'", field);
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
