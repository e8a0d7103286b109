package org.understudy.rdb;

import org.understudy.keyspace.Value;

/** Reads one value after another, of any encoding, from bytes that come piece by piece. */
final class ValueReader {
  /** Reads one value. */
  interface Builder {
    /** Reads as much as there is; whether that completes the value. */
    boolean read(RdbInput in);

    /** The complete value; null if it has no elements. */
    Value value();
  }

  private final ReadOptions options;
  private Builder builder;

  ValueReader(ReadOptions options) {
    this.options = options;
  }

  /** Whether a value may follow that byte, be it one that is not supported. */
  static boolean isType(int type) {
    return type <= RdbFormat.MODULE_2 || type >= RdbFormat.HASH_ZIPMAP && type <= RdbFormat.STREAM_LISTPACKS_2;
  }

  /** @param type for which {@link #isType}, and no string */
  void begin(int type) {
    throw new RdbException("Unknown RDB encoding type " + type);
  }

  boolean read(RdbInput in) {
    return builder.read(in);
  }

  /** The value that was read; null if it has no elements. */
  Value value() {
    Value value = builder.value();
    builder = null;
    return value;
  }
}
