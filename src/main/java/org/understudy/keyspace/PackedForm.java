package org.understudy.keyspace;

import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.packed.Intset;
import org.understudy.keyspace.packed.Listpack;

/** How a small value lies in a {@link Record}: its first byte is the place of one of these. */
public enum PackedForm {
  HASH_LISTPACK(Type.HASH) {
    @Override
    Value over(byte[] array, int offset) {
      return HashValue.over(Listpack.over(array, offset));
    }
  },
  SET_INTSET(Type.SET) {
    @Override
    Value over(byte[] array, int offset) {
      return SetValue.over(Intset.over(array, offset));
    }
  },
  SET_LISTPACK(Type.SET) {
    @Override
    Value over(byte[] array, int offset) {
      return SetValue.over(Listpack.over(array, offset));
    }
  },
  SORTED_SET_LISTPACK(Type.ZSET) {
    @Override
    Value over(byte[] array, int offset) {
      return SortedSetValue.over(Listpack.over(array, offset));
    }
  };

  private static final PackedForm[] BY_ORDINAL = values();

  final Type type;

  PackedForm(Type type) {
    this.type = type;
  }

  static PackedForm at(int ordinal) {
    return BY_ORDINAL[ordinal];
  }

  /** A value that reads its packed bytes from an offset of the array on. */
  abstract Value over(byte[] array, int offset);
}
