package org.understudy.command;

import org.understudy.bytes.Bytes;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;

/**
 * What the commands that read from consumer groups share: consumers that come into being by being named, and the
 * commands that are propagated instead of the one that ran.
 */
final class StreamGroups {
  private static final byte[] XCLAIM = Bytes.of("XCLAIM");
  private static final byte[] NO_IDLE_TIME = Bytes.of("0");
  private static final byte[] TIME = Bytes.of("TIME");
  private static final byte[] RETRYCOUNT = Bytes.of("RETRYCOUNT");
  private static final byte[] FORCE = Bytes.of("FORCE");
  private static final byte[] JUSTID = Bytes.of("JUSTID");
  private static final byte[] LASTID = Bytes.of("LASTID");
  private static final byte[] XGROUP = Bytes.of("XGROUP");
  private static final byte[] SETID = Bytes.of("SETID");
  private static final byte[] ENTRIESREAD = Bytes.of("ENTRIESREAD");
  private static final byte[] CREATECONSUMER = Bytes.of("CREATECONSUMER");

  private StreamGroups() {}

  /** Adds a consumer, which counts as a change; null if there is one of that name. */
  static Consumer create(Call call, byte[] key, ConsumerGroup group, byte[] name) {
    Consumer consumer = group.createConsumer(name, call.nowMillis);
    if (consumer == null) return null;
    call.dirty++;
    call.notify(NotifyClass.STREAM, "xgroup-createconsumer", key);
    return consumer;
  }

  /** The consumer of that name, added if there is none. It asks for something and so was seen now. */
  static Consumer seen(Call call, byte[] key, ConsumerGroup group, byte[] name) {
    Consumer consumer = group.consumer(name);
    if (consumer == null) return create(call, key, group, name);
    consumer.seen(call.nowMillis);
    return consumer;
  }

  /** Propagates whose a pending entry is, and the group's last id. @param id as it is to be named */
  static void propagateClaim(Call call, byte[] key, ConsumerGroup group, byte[] id, byte[] consumer,
      long deliveryMillis, long deliveries) {
    call.effect(XCLAIM, key, group.name(), consumer, NO_IDLE_TIME, id, TIME, Bytes.of(deliveryMillis), RETRYCOUNT,
        Bytes.of(deliveries), FORCE, JUSTID, LASTID, group.lastId().text());
  }

  static void propagateLastId(Call call, byte[] key, ConsumerGroup group) {
    call.effect(XGROUP, SETID, key, group.name(), group.lastId().text(), ENTRIESREAD, Bytes.of(group.entriesRead()));
  }

  static void propagateConsumer(Call call, byte[] key, ConsumerGroup group, byte[] consumer) {
    call.effect(XGROUP, CREATECONSUMER, key, group.name(), consumer);
  }
}
