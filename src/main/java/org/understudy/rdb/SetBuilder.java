package org.understudy.rdb;

import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.SetValue;

/** A set as the number of its members, then the members. */
final class SetBuilder implements ValueReader.Builder {
  private final ReadOptions options;
  private final SetValue set = new SetValue();
  private long left = -1;

  SetBuilder(ReadOptions options) {
    this.options = options;
  }

  @Override
  public boolean read(RdbInput in) {
    if (left < 0) {
      if (!in.readCount()) return false;
      left = in.number();
    }
    for (; left > 0; left--) {
      if (!in.readString()) return false;
      if (!set.add(in.string(), options.maxIntsetEntries(), options.hashSeed())) {
        throw new RdbException("Duplicate set members detected");
      }
    }
    return true;
  }

  @Override
  public Value value() {
    return set.size() == 0 ? null : set;
  }
}
