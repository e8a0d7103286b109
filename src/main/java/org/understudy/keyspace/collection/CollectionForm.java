package org.understudy.keyspace.collection;

import org.understudy.keyspace.PackedForm;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.packed.Intset;
import org.understudy.keyspace.packed.Listpack;

/** The packed forms of small collections. */
public enum CollectionForm implements PackedForm {
  HASH_LISTPACK(Type.HASH) {
    @Override
    public Value over(byte[] array, int offset) {
      return HashValue.over(Listpack.over(array, offset));
    }
  },
  SET_INTSET(Type.SET) {
    @Override
    public Value over(byte[] array, int offset) {
      return SetValue.over(Intset.over(array, offset));
    }
  },
  SET_LISTPACK(Type.SET) {
    @Override
    public Value over(byte[] array, int offset) {
      return SetValue.over(Listpack.over(array, offset));
    }
  },
  SORTED_SET_LISTPACK(Type.ZSET) {
    @Override
    public Value over(byte[] array, int offset) {
      return SortedSetValue.over(Listpack.over(array, offset));
    }
  };

  private final Type type;

  CollectionForm(Type type) {
    this.type = type;
  }

  @Override
  public Type type() {
    return type;
  }
}
