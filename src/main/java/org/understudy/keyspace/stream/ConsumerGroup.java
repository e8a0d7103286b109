package org.understudy.keyspace.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.understudy.bytes.ByteKey;

/**
 * A consumer group of a stream: what was delivered last, the consumers, and the entries that were delivered and not yet
 * acknowledged. A pending entry lies in the group's table with all that is known of it; the table of its consumer holds
 * its id only.
 */
public final class ConsumerGroup {
  /** Instead of {@link #entriesRead}: not known. */
  public static final long UNKNOWN = -1;

  /** Columns of {@link #pending}. */
  private static final int DELIVERY_MILLIS = 0;
  private static final int DELIVERIES = 1;
  private static final int CONSUMER = 2;
  private static final int COLUMNS = 3;

  private final byte[] name;
  private final Holdings holdings;
  private final IdTable pending;
  private final TreeMap<ByteKey, Consumer> consumers = new TreeMap<>();
  /** By their numbers; null where none has the number. */
  private final List<Consumer> byNumber;
  private StreamId lastId;
  private long entriesRead;

  ConsumerGroup(byte[] name, StreamId lastId, long entriesRead, Holdings holdings) {
    this(name, new IdTable(COLUMNS, holdings), new ArrayList<>(1), lastId, entriesRead, holdings);
    countOwn(1);
  }

  private ConsumerGroup(byte[] name, IdTable pending, List<Consumer> byNumber, StreamId lastId, long entriesRead,
      Holdings holdings) {
    this.name = name;
    this.pending = pending;
    this.byNumber = byNumber;
    this.lastId = lastId;
    this.entriesRead = entriesRead;
    this.holdings = holdings;
  }

  ConsumerGroup copy(Holdings into) {
    ConsumerGroup copy =
        new ConsumerGroup(name, pending.copy(into), new ArrayList<>(byNumber), lastId, entriesRead, into);
    consumers.forEach((key, consumer) -> {
      Consumer copied = consumer.copy(into);
      copy.consumers.put(key, copied);
      copy.byNumber.set(copied.number, copied);
    });
    return copy;
  }

  /** Takes itself out of the holdings; it is not to be used afterwards. */
  void release() {
    for (Consumer consumer : consumers.values()) release(consumer);
    pending.release();
    countOwn(-1);
  }

  /** Counts this object with its map, its list, its id and its entry in the stream's map. */
  private void countOwn(int sign) {
    holdings.object(sign, 6, 8);
    holdings.object(sign, 4, 8);
    holdings.object(sign, 1, 8);
    holdings.object(sign, 0, 16);
    countNamed(sign, name);
  }

  /** Counts a name, its key and the key's entry in a map. */
  private void countNamed(int sign, byte[] counted) {
    holdings.array(sign, counted.length);
    holdings.object(sign, 1, 4);
    holdings.object(sign, 5, 1);
  }

  /** Not to be changed. */
  public byte[] name() {
    return name;
  }

  /** Id of the last entry that was delivered. */
  public StreamId lastId() {
    return lastId;
  }

  public void lastId(StreamId id) {
    lastId = id;
  }

  /** How many of the entries ever added the group has passed, or {@link #UNKNOWN}. */
  public long entriesRead() {
    return entriesRead;
  }

  public void entriesRead(long entries) {
    entriesRead = entries;
  }

  // ---- consumers ----------------------------------------------------------------------------------------------------

  /** In the order of their names. */
  public Collection<Consumer> consumers() {
    return consumers.values();
  }

  /** The consumer of that name, or null. */
  public Consumer consumer(byte[] consumerName) {
    return consumers.get(new ByteKey(consumerName));
  }

  /** Adds a consumer; null if there is one of that name. @param consumerName kept */
  public Consumer createConsumer(byte[] consumerName, long nowMillis) {
    ByteKey key = new ByteKey(consumerName);
    if (consumers.containsKey(key)) return null;
    boolean gaps = consumers.size() < byNumber.size();
    int number = gaps ? byNumber.indexOf(null) : byNumber.size();
    if (!gaps) byNumber.add(null);
    Consumer consumer = new Consumer(consumerName, number, new IdTable(0, holdings), nowMillis);
    holdings.object(1, 2, 12);
    countNamed(1, consumerName);
    consumers.put(key, consumer);
    byNumber.set(number, consumer);
    return consumer;
  }

  /** Removes a consumer and what is pending for it. */
  public void removeConsumer(Consumer consumer) {
    IdTable.Cursor entry = pending.cursor();
    IdTable.Cursor id = consumer.pending.cursor();
    for (id.seek(StreamId.MIN); id.atRow(); id.next()) {
      if (entry.seek(id.id())) entry.remove();
    }
    consumers.remove(new ByteKey(consumer.name()));
    byNumber.set(consumer.number, null);
    release(consumer);
  }

  private void release(Consumer consumer) {
    consumer.pending.release();
    holdings.object(-1, 2, 12);
    countNamed(-1, consumer.name());
  }

  // ---- pending entries ----------------------------------------------------------------------------------------------

  public long pendingCount() {
    return pending.size();
  }

  /** The least id that is pending; null if none is. */
  public StreamId firstPending() {
    return pending.first();
  }

  public StreamId lastPending() {
    return pending.last();
  }

  /** What is pending, from an id on. */
  public Pending pending(StreamId from) {
    return new Pending(pending, from);
  }

  /** What is pending for one consumer, from an id on. */
  public Pending pending(Consumer consumer, StreamId from) {
    return new Pending(consumer.pending, from);
  }

  /** The pending entry of that id, or null. */
  public Pending find(StreamId id) {
    Pending found = new Pending(pending, id);
    return found.atEntry() && found.id().equals(id) ? found : null;
  }

  /** Makes an entry pending for a consumer, whether it was for another, or not at all. */
  public void assign(StreamId id, Consumer consumer, long deliveryMillis, long deliveries) {
    IdTable.Cursor entry = pending.cursor();
    boolean added = entry.insert(id);
    if (added || entry.get(CONSUMER) != consumer.number) {
      if (!added) unassign(id, entry);
      consumer.pending.cursor().insert(id);
      entry.set(CONSUMER, consumer.number);
    }
    entry.set(DELIVERY_MILLIS, deliveryMillis);
    entry.set(DELIVERIES, deliveries);
  }

  /** Forgets a pending entry. False if it is none. */
  public boolean acknowledge(StreamId id) {
    IdTable.Cursor entry = pending.cursor();
    if (!entry.seek(id)) return false;
    unassign(id, entry);
    entry.remove();
    return true;
  }

  private void unassign(StreamId id, IdTable.Cursor entry) {
    Consumer consumer = consumerOf(entry);
    if (consumer == null) return;
    IdTable.Cursor own = consumer.pending.cursor();
    if (own.seek(id)) own.remove();
  }

  /**
   * For those who read a group from a file, where the entries come before the consumers: adds a pending entry that has
   * no consumer yet, as it must not stay. False if it is there already.
   */
  public boolean addUnassigned(StreamId id, long deliveryMillis, long deliveries) {
    IdTable.Cursor entry = pending.cursor();
    if (!entry.insert(id)) return false;
    entry.set(DELIVERY_MILLIS, deliveryMillis);
    entry.set(DELIVERIES, deliveries);
    entry.set(CONSUMER, UNKNOWN);
    return true;
  }

  /** Gives a consumer an entry that has none. False if it has one, or there is no such entry. */
  public boolean assignUnassigned(StreamId id, Consumer consumer) {
    IdTable.Cursor entry = pending.cursor();
    if (!entry.seek(id) || entry.get(CONSUMER) != UNKNOWN) return false;
    entry.set(CONSUMER, consumer.number);
    consumer.pending.cursor().insert(id);
    return true;
  }

  private Consumer consumerOf(IdTable.Cursor entry) {
    int number = (int) entry.get(CONSUMER);
    return number < 0 ? null : byNumber.get(number);
  }

  /** A place among pending entries, in the order of their ids. Changes by others make it invalid. */
  public final class Pending {
    private final IdTable.Cursor ids;
    private final IdTable.Cursor entry;

    /** @param table the group's, or that of a consumer, which tells the ids only */
    private Pending(IdTable table, StreamId from) {
      ids = table.cursor();
      ids.seek(from);
      entry = table == pending ? ids : pending.cursor();
      look();
    }

    private void look() {
      if (entry != ids && ids.atRow()) entry.seek(ids.id());
    }

    /** Whether there is an entry at this place; else it is behind the last. */
    public boolean atEntry() {
      return ids.atRow();
    }

    public void next() {
      ids.next();
      look();
    }

    public StreamId id() {
      return ids.id();
    }

    /** Null only while a group is being read from a file. */
    public Consumer consumer() {
      return consumerOf(entry);
    }

    /** Unix time in milliseconds of the last delivery. */
    public long deliveryMillis() {
      return entry.get(DELIVERY_MILLIS);
    }

    public long deliveries() {
      return entry.get(DELIVERIES);
    }

    /** It was delivered to its consumer again. */
    public void delivered(long nowMillis) {
      entry.set(DELIVERY_MILLIS, nowMillis);
      entry.set(DELIVERIES, entry.get(DELIVERIES) + 1);
    }
  }
}
