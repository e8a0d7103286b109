package org.understudy.rdb;

import java.util.concurrent.atomic.LongAdder;
import org.understudy.config.Config;
import org.understudy.keyspace.collection.ListForm;
import org.understudy.keyspace.collection.Packing;

/**
 * How RDB data is read, and how far the values that it holds stay packed.
 *
 * @param databases how many there are: entries of others are refused
 * @param checksum whether the checksum of a file is compared, {@code rdbchecksum}
 * @param hashSeed of the tables of large values, see {@link org.understudy.bytes.Bytes#hash}
 * @param maxIntsetEntries as many integers may be a packed set, inclusive
 * @param integrityChecks counts the packed strings that were looked through before they were believed
 */
public record ReadOptions(int databases, boolean checksum, long hashSeed, Packing hashes, Packing sortedSets,
    long maxIntsetEntries, ListForm lists, LongAdder integrityChecks) {
  /** As configured at this moment. For many values: each call makes a form that their lists share. */
  public static ReadOptions of(Config config, long hashSeed) {
    return of(config, hashSeed,
        new ListForm(config.listMaxListpackSize(), config.listCompressDepth(), ListForm.PLAIN_FROM_BYTES));
  }

  /**
   * As configured at this moment.
   *
   * @param lists that which other lists made now get
   */
  public static ReadOptions of(Config config, long hashSeed, ListForm lists) {
    return new ReadOptions(config.databases(), config.rdbchecksum(), hashSeed,
        new Packing(config.hashMaxListpackEntries(), config.hashMaxListpackValue(), hashSeed),
        new Packing(config.zsetMaxListpackEntries(), config.zsetMaxListpackValue(), hashSeed),
        config.setMaxIntsetEntries(), lists, new LongAdder());
  }

  /** The same without comparing checksums (DEBUG SET-SKIP-CHECKSUM-VALIDATION). */
  public ReadOptions withoutChecksum() {
    return new ReadOptions(databases, false, hashSeed, hashes, sortedSets, maxIntsetEntries, lists, integrityChecks);
  }

  /** The same, with what is looked through counted there. */
  public ReadOptions counting(LongAdder checks) {
    return new ReadOptions(databases, checksum, hashSeed, hashes, sortedSets, maxIntsetEntries, lists, checks);
  }
}
