package org.understudy.rdb;

import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.Packing;

/** A hash as the number of its fields, then each field and its value. */
final class HashBuilder implements ValueReader.Builder {
  private final ReadOptions options;
  private final HashValue hash = new HashValue();
  private Packing packing;
  private long left = -1;
  /** The field whose value is still to be read. */
  private byte[] field;

  HashBuilder(ReadOptions options) {
    this.options = options;
  }

  /** For a hash that is not to be packed, however small. */
  static Packing unpacked(ReadOptions options) {
    return new Packing(0, 0, options.hashSeed());
  }

  @Override
  public boolean read(RdbInput in) {
    if (left < 0) {
      if (!in.readCount()) return false;
      left = in.number();
      packing = left > options.hashes().maxEntries() ? unpacked(options) : options.hashes();
    }
    for (; left > 0; left--) {
      if (field == null) {
        if (!in.readString()) return false;
        field = in.string();
      }
      if (!in.readString()) return false;
      if (!hash.set(field, in.string(), packing)) throw new RdbException("Duplicate hash fields detected");
      field = null;
    }
    return true;
  }

  @Override
  public Value value() {
    return hash.size() == 0 ? null : hash;
  }
}
