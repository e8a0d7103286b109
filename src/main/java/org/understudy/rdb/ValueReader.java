package org.understudy.rdb;

import org.understudy.keyspace.Value;

/** Reads one value after another, of any encoding, from bytes that come piece by piece. */
final class ValueReader {
  /** Reads one value. */
  interface Builder {
    /**
     * Reads as much as there is; whether that completes the value.
     *
     * @throws RdbException if it is damaged
     */
    boolean read(RdbInput in);

    /** The complete value; null if it has no elements. */
    Value value();
  }

  private final ReadOptions options;
  private final PackedBuilder packed;
  private Builder builder;

  ValueReader(ReadOptions options) {
    this.options = options;
    this.packed = new PackedBuilder(options);
  }

  /** Whether a value may follow that byte, be it one that is not supported. */
  static boolean isType(int type) {
    return type <= RdbFormat.MODULE_2 || type >= RdbFormat.HASH_ZIPMAP && type <= RdbFormat.STREAM_LISTPACKS_2;
  }

  /** @param type for which {@link #isType}, and no string */
  void begin(int type) {
    builder = switch (type) {
      case RdbFormat.LIST, RdbFormat.LIST_QUICKLIST, RdbFormat.LIST_QUICKLIST_2 ->
          new ListBuilder(type, options);
      case RdbFormat.SET -> new SetBuilder(options);
      case RdbFormat.HASH -> new HashBuilder(options);
      case RdbFormat.ZSET, RdbFormat.ZSET_2 -> new SortedSetBuilder(options, type == RdbFormat.ZSET_2);
      case RdbFormat.STREAM_LISTPACKS, RdbFormat.STREAM_LISTPACKS_2 ->
          new StreamBuilder(type == RdbFormat.STREAM_LISTPACKS, options.integrityChecks());
      case RdbFormat.MODULE, RdbFormat.MODULE_2 -> ModuleRefusal.INSTANCE;
      default -> packed.of(type);
    };
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

  /** Reads as much of a module's value as its name. */
  private enum ModuleRefusal implements Builder {
    INSTANCE;

    @Override
    public boolean read(RdbInput in) {
      if (!in.readLength()) return false;
      throw new RdbException("The RDB file contains module data I can't load: no matching module type '"
          + ModuleId.name(in.number()) + "'");
    }

    @Override
    public Value value() {
      throw new IllegalStateException("no module's value is ever read");
    }
  }
}
