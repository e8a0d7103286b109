package org.understudy.rdb;

import java.util.Iterator;
import org.understudy.keyspace.packed.Listpack;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamNode;
import org.understudy.keyspace.stream.StreamValue;

/** A stream as the pieces that {@link ValueWriter} puts, in the form that {@link StreamBuilder} describes. */
final class StreamPieces implements ValueWriter.Pieces {
  /** What is to be put next. */
  private enum Next { NODE_COUNT, NODE, PAST, GROUP, GROUP_PAST, PENDING, CONSUMER, CONSUMER_PAST, OWN }

  private final StreamValue stream;
  private Next next = Next.NODE_COUNT;
  private int node;
  private Iterator<ConsumerGroup> groups;
  private ConsumerGroup group;
  private Iterator<Consumer> consumers;
  private Consumer consumer;
  private ConsumerGroup.Pending pending;

  StreamPieces(StreamValue stream) {
    this.stream = stream;
  }

  @Override
  public boolean put(RdbOutput out) {
    switch (next) {
      case NODE_COUNT -> {
        out.putLength(stream.nodeCount());
        next = Next.NODE;
      }
      case NODE -> putNode(out);
      case PAST -> putPast(out);
      case GROUP -> {
        if (!groups.hasNext()) return false;
        group = groups.next();
        out.putString(group.name());
        next = Next.GROUP_PAST;
      }
      case GROUP_PAST -> putGroup(out);
      case PENDING -> putPending(out);
      case CONSUMER -> putConsumer(out);
      case CONSUMER_PAST -> {
        out.putLong(consumer.seenMillis());
        out.putLength(consumer.pendingCount());
        pending = group.pending(consumer, StreamId.MIN);
        next = Next.OWN;
      }
      case OWN -> putOwn(out);
    }
    return true;
  }

  private void putNode(RdbOutput out) {
    if (node == stream.nodeCount()) {
      next = Next.PAST;
      return;
    }
    StreamNode packed = stream.node(node++);
    out.putLength(2 * Long.BYTES);
    putRaw(out, packed.firstId());
    Listpack listpack = packed.listpack();
    out.putString(listpack.array(), listpack.offset(), listpack.size());
  }

  private void putPast(RdbOutput out) {
    out.putLength(stream.length());
    putId(out, stream.lastId());
    putId(out, stream.firstId());
    putId(out, stream.maxDeletedId());
    out.putLength(stream.entriesAdded());
    out.putLength(stream.groups().size());
    groups = stream.groups().iterator();
    next = Next.GROUP;
  }

  private void putGroup(RdbOutput out) {
    putId(out, group.lastId());
    out.putLength(group.entriesRead());
    out.putLength(group.pendingCount());
    pending = group.pending(StreamId.MIN);
    next = Next.PENDING;
  }

  private void putPending(RdbOutput out) {
    if (pending.atEntry()) {
      putRaw(out, pending.id());
      out.putLong(pending.deliveryMillis());
      out.putLength(pending.deliveries());
      pending.next();
    } else {
      out.putLength(group.consumers().size());
      consumers = group.consumers().iterator();
      next = Next.CONSUMER;
    }
  }

  private void putConsumer(RdbOutput out) {
    if (!consumers.hasNext()) {
      next = Next.GROUP;
      return;
    }
    consumer = consumers.next();
    out.putString(consumer.name());
    next = Next.CONSUMER_PAST;
  }

  private void putOwn(RdbOutput out) {
    if (pending.atEntry()) {
      putRaw(out, pending.id());
      pending.next();
    } else {
      next = Next.CONSUMER;
    }
  }

  private static void putId(RdbOutput out, StreamId id) {
    out.putLength(id.ms());
    out.putLength(id.seq());
  }

  private static void putRaw(RdbOutput out, StreamId id) {
    out.putBigEndian(id.ms());
    out.putBigEndian(id.seq());
  }
}
