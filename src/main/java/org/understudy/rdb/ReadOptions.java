package org.understudy.rdb;

import org.understudy.config.Config;
import org.understudy.keyspace.collection.Packing;

/**
 * How RDB data is read, and how far the values that it holds stay packed.
 *
 * @param databases how many there are: entries of others are refused
 * @param checksum whether the checksum of a file is compared, {@code rdbchecksum}
 * @param hashSeed of the tables of large values, see {@link org.understudy.bytes.Bytes#hash}
 * @param maxIntsetEntries as many integers may be a packed set, inclusive
 */
public record ReadOptions(int databases, boolean checksum, long hashSeed, Packing hashes, Packing sortedSets,
    long maxIntsetEntries) {
  /** As configured at this moment. */
  public static ReadOptions of(Config config, long hashSeed) {
    return new ReadOptions(config.databases(), config.rdbchecksum(), hashSeed,
        new Packing(config.hashMaxListpackEntries(), config.hashMaxListpackValue(), hashSeed),
        new Packing(config.zsetMaxListpackEntries(), config.zsetMaxListpackValue(), hashSeed),
        config.setMaxIntsetEntries());
  }

  /** The same without comparing checksums (DEBUG SET-SKIP-CHECKSUM-VALIDATION). */
  public ReadOptions withoutChecksum() {
    return new ReadOptions(databases, false, hashSeed, hashes, sortedSets, maxIntsetEntries);
  }
}
