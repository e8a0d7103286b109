package org.understudy.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.LongAdder;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamNode;
import org.understudy.keyspace.stream.StreamValue;

/**
 * A stream. All numbers are lengths but for times (8 bytes, little-endian) and ids that are raw (16 bytes, big-endian):
 *
 * <pre>
 *   number of nodes, each: its id raw as a string, its listpack as a string
 *   number of entries, last id                        ms and seq each, as all ids that are not raw
 *   [first id, greatest deleted id, entries added]    not in the older encoding
 *   number of groups, each:
 *     name, last id, [entries read]
 *     number of pending entries, each: id raw, time of the last delivery, number of deliveries
 *     number of consumers, each:
 *       name, time when last seen, number of pending entries, each: id raw
 * </pre>
 */
final class StreamBuilder implements ValueReader.Builder {
  private static final int ID_BYTES = 16;
  private static final int TIME_BYTES = 8;
  private static final VarHandle IDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle TIMES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What is to be read next. */
  private enum Next {
    NODE_COUNT, NODE_ID, NODE, PAST, GROUP_COUNT, GROUP_NAME, GROUP_PAST, PENDING_COUNT, PENDING, DELIVERIES,
    CONSUMER_COUNT, CONSUMER_NAME, CONSUMER_SEEN, OWN_COUNT, OWN, NOTHING
  }

  private final boolean old;
  private final LongAdder integrityChecks;
  private final StreamValue stream = new StreamValue();
  private Next next = Next.NODE_COUNT;
  /** How many of a kind are still to be read. */
  private long nodesLeft;
  private long groupsLeft;
  private long pendingLeft;
  private long consumersLeft;
  private long ownLeft;

  private StreamId id;
  private long time;
  private byte[] name;
  private ConsumerGroup group;
  private Consumer consumer;
  /** Pending entries of the group that no consumer has claimed yet. */
  private long unassigned;
  /** Numbers of a row that are read already. */
  private final long[] row = new long[8];
  private int rowLength;

  /** @param old whether it is the encoding before 7.0 */
  StreamBuilder(boolean old, LongAdder integrityChecks) {
    this.old = old;
    this.integrityChecks = integrityChecks;
  }

  @Override
  public Value value() {
    return stream; // which may be empty
  }

  @Override
  public boolean read(RdbInput in) {
    while (next != Next.NOTHING) {
      if (!step(in)) return false;
    }
    return true;
  }

  /** Reads one thing; false if not all of it has arrived. */
  private boolean step(RdbInput in) {
    return switch (next) {
      case NODE_COUNT, NODE_ID, NODE -> readNodes(in);
      case PAST -> readPast(in);
      case GROUP_COUNT, GROUP_NAME, GROUP_PAST -> readGroup(in);
      case PENDING_COUNT, PENDING, DELIVERIES -> readPending(in);
      default -> readConsumers(in);
    };
  }

  private boolean then(Next following) {
    next = following;
    return true;
  }

  // ---- entries -----------------------------------------------------------------------------------------------------

  private boolean readNodes(RdbInput in) {
    switch (next) {
      case NODE_COUNT:
        if (!in.readCount()) return false;
        nodesLeft = in.number();
        return then(nodesLeft == 0 ? Next.PAST : Next.NODE_ID);
      case NODE_ID:
        if (!in.readString()) return false;
        if (in.length() != ID_BYTES) throw new RdbException("Stream node key entry is not the size of a stream ID");
        id = idAt(in.array(), in.offset());
        return then(Next.NODE);
      default:
        if (!in.readString()) return false;
        byte[] packed = in.string();
        integrityChecks.increment();
        if (!StreamNode.isValid(packed)) throw new RdbException("Stream listpack integrity check failed.");
        if (!stream.addNode(id, packed)) throw new RdbException("Listpack re-added with existing key");
        return then(--nodesLeft == 0 ? Next.PAST : Next.NODE_ID);
    }
  }

  private boolean readPast(RdbInput in) {
    if (!readRow(in, old ? 3 : 8)) return false;
    long length = row[0];
    if (length < 0 || length > 0 && stream.nodeCount() == 0) {
      throw new RdbException("Stream length inconsistent with rax entries");
    }
    stream.length(length);
    stream.lastId(new StreamId(row[1], row[2]));
    if (stream.lastEntryId().isAfter(stream.lastId())) throw new RdbException("Stream with entries behind its last ID");
    if (old) {
      stream.entriesAdded(length);
      stream.firstIdFromEntries();
    } else {
      stream.firstId(new StreamId(row[3], row[4]));
      stream.maxDeletedId(new StreamId(row[5], row[6]));
      stream.entriesAdded(row[7]);
    }
    return then(Next.GROUP_COUNT);
  }

  /** Reads some numbers that belong together. */
  private boolean readRow(RdbInput in, int wanted) {
    while (rowLength < wanted) {
      if (!in.readLength()) return false;
      row[rowLength++] = in.number();
    }
    rowLength = 0;
    return true;
  }

  private static StreamId idAt(byte[] bytes, int offset) {
    return new StreamId((long) IDS.get(bytes, offset), (long) IDS.get(bytes, offset + 8));
  }

  // ---- groups ------------------------------------------------------------------------------------------------------

  private boolean readGroup(RdbInput in) {
    switch (next) {
      case GROUP_COUNT:
        if (!in.readCount()) return false;
        groupsLeft = in.number();
        return thenGroup();
      case GROUP_NAME:
        if (!in.readString()) return false;
        name = in.string();
        return then(Next.GROUP_PAST);
      default:
        if (!readRow(in, old ? 2 : 3)) return false;
        StreamId lastId = new StreamId(row[0], row[1]);
        group = stream.createGroup(name, lastId, old ? stream.entriesUpTo(lastId) : row[2]);
        if (group == null) throw new RdbException("Duplicated consumer group name");
        groupsLeft--;
        return then(Next.PENDING_COUNT);
    }
  }

  private boolean thenGroup() {
    return then(groupsLeft == 0 ? Next.NOTHING : Next.GROUP_NAME);
  }

  private boolean readPending(RdbInput in) {
    switch (next) {
      case PENDING_COUNT:
        if (!in.readCount()) return false;
        pendingLeft = in.number();
        unassigned = pendingLeft;
        return then(pendingLeft == 0 ? Next.CONSUMER_COUNT : Next.PENDING);
      case PENDING:
        if (!in.readRaw(ID_BYTES + TIME_BYTES)) return false;
        id = idAt(in.array(), in.offset());
        time = (long) TIMES.get(in.array(), in.offset() + ID_BYTES);
        return then(Next.DELIVERIES);
      default:
        if (!in.readLength()) return false;
        if (!group.addUnassigned(id, time, in.number())) throw new RdbException("Duplicated global PEL entry");
        return then(--pendingLeft == 0 ? Next.CONSUMER_COUNT : Next.PENDING);
    }
  }

  private boolean readConsumers(RdbInput in) {
    switch (next) {
      case CONSUMER_COUNT:
        if (!in.readCount()) return false;
        consumersLeft = in.number();
        return thenConsumer();
      case CONSUMER_NAME:
        if (!in.readString()) return false;
        name = in.string();
        return then(Next.CONSUMER_SEEN);
      case CONSUMER_SEEN:
        if (!in.readLong()) return false;
        consumer = group.createConsumer(name, in.number());
        if (consumer == null) throw new RdbException("Duplicate stream consumer detected.");
        consumersLeft--;
        return then(Next.OWN_COUNT);
      case OWN_COUNT:
        if (!in.readCount()) return false;
        ownLeft = in.number();
        return ownLeft == 0 ? thenConsumer() : then(Next.OWN);
      default:
        if (!in.readRaw(ID_BYTES)) return false;
        if (!group.assignUnassigned(idAt(in.array(), in.offset()), consumer)) {
          throw new RdbException("Consumer entry not found in group global PEL, or of two consumers");
        }
        unassigned--;
        return --ownLeft == 0 ? thenConsumer() : true;
    }
  }

  private boolean thenConsumer() {
    if (consumersLeft > 0) return then(Next.CONSUMER_NAME);
    if (unassigned > 0) throw new RdbException("Stream CG PEL entry without consumer");
    return thenGroup();
  }
}
