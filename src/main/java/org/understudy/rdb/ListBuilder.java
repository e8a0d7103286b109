package org.understudy.rdb;

import java.util.concurrent.atomic.LongAdder;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.packed.Listpack;

/** A list as the number of its elements, then the elements; or as the number of its nodes, then the nodes. */
final class ListBuilder implements ValueReader.Builder {
  private final int type;
  private final LongAdder integrityChecks;
  private final ListValue list;
  private long left = -1;
  /** What the next node holds; 0 if that is still to be read. */
  private int container;

  /** @param type {@link RdbFormat#LIST}, {@link RdbFormat#LIST_QUICKLIST} or {@link RdbFormat#LIST_QUICKLIST_2} */
  ListBuilder(int type, ReadOptions options) {
    this.type = type;
    this.integrityChecks = options.integrityChecks();
    this.list = new ListValue(options.lists());
  }

  @Override
  public boolean read(RdbInput in) {
    if (left < 0) {
      if (!in.readCount()) return false;
      left = in.number();
    }
    for (; left > 0; left--) {
      if (type == RdbFormat.LIST_QUICKLIST_2 && container == 0 && !readContainer(in)) return false;
      if (!in.readString()) return false;
      add(in.string());
      container = 0;
    }
    return true;
  }

  private boolean readContainer(RdbInput in) {
    if (!in.readLength()) return false;
    if (in.number() != RdbFormat.NODE_PLAIN && in.number() != RdbFormat.NODE_PACKED) {
      throw new RdbException("Quicklist integrity check failed.");
    }
    container = (int) in.number();
    return true;
  }

  private void add(byte[] string) {
    if (type == RdbFormat.LIST) {
      list.push(false, string);
    } else if (container == RdbFormat.NODE_PLAIN) {
      if (string.length == 0) throw new RdbException("Quicklist node without contents");
      list.appendPlain(string);
    } else {
      integrityChecks.increment();
      Listpack pack = type == RdbFormat.LIST_QUICKLIST ? PackedBuilder.ziplist(string, "List")
          : PackedBuilder.listpack(string, "List");
      if (!pack.isEmpty()) list.append(pack);
    }
  }

  @Override
  public Value value() {
    return list.size() == 0 ? null : list;
  }
}
