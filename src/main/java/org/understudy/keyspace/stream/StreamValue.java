package org.understudy.keyspace.stream;

import java.util.Collection;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.understudy.bytes.ByteKey;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.packed.Listpack;

/**
 * A stream: entries in the order of their ids, packed many to a node ({@link StreamNode}), what is known of their past,
 * and consumer groups.
 */
public final class StreamValue implements Value {
  /** What a node may hold at most, whatever is configured: a listpack has 4 bytes for its size. */
  public static final int MAX_NODE_BYTES = 1 << 30;

  /** How large a first node is made, and how large at most one is before there is something in it. */
  private static final int FIRST_NODE_BYTES = 64;
  private static final int MAX_PREPARED_BYTES = 4096;

  /**
   * How large nodes become: {@code stream-node-max-bytes} and {@code stream-node-max-entries}, deleted ones included.
   *
   * @param bytes 0 for no limit, as {@code entries}
   */
  public record NodeLimits(long bytes, long entries) {
    private boolean isFull(StreamNode node, long moreBytes) {
      long most = bytes <= 0 || bytes > MAX_NODE_BYTES ? MAX_NODE_BYTES : bytes;
      return node.listpack.size() + moreBytes >= most
          || entries > 0 && node.entries() + node.deleted() >= entries;
    }
  }

  private final Holdings holdings;
  private final Directory<StreamNode> nodes;
  private final TreeMap<ByteKey, ConsumerGroup> groups = new TreeMap<>();
  private long length;
  private long entriesAdded;
  private StreamId firstId = StreamId.MIN;
  private StreamId lastId = StreamId.MIN;
  private StreamId maxDeletedId = StreamId.MIN;

  public StreamValue() {
    holdings = new Holdings();
    nodes = new Directory<>(holdings);
    holdings.object(1, 6, 16); // this
    holdings.object(1, 1, 32); // the holdings
    holdings.object(1, 0, 0); // their token
    holdings.object(1, 4, 8); // the map of groups
    for (int i = 0; i < 3; i++) holdings.object(1, 0, 16); // ids
  }

  private StreamValue(StreamValue original) {
    holdings = original.holdings.copy();
    nodes = original.nodes.copy(holdings);
    length = original.length;
    entriesAdded = original.entriesAdded;
    firstId = original.firstId;
    lastId = original.lastId;
    maxDeletedId = original.maxDeletedId;
    original.groups.forEach((name, group) -> groups.put(name, group.copy(holdings)));
  }

  // ---- as a value ---------------------------------------------------------------------------------------------------

  @Override
  public Type type() {
    return Type.STREAM;
  }

  @Override
  public String encodingName() {
    return "stream";
  }

  @Override
  public long memoryBytes(HeapLayout layout) {
    return holdings.bytes(layout);
  }

  @Override
  public Value copy() {
    return new StreamValue(this);
  }

  @Override
  public long freeEffort() {
    long effort = nodes.size();
    if (!groups.isEmpty()) effort += groups.size() * (1 + groups.firstEntry().getValue().pendingCount());
    return effort;
  }

  /** Groups do not count, as in Redis. */
  @Override
  public void digest(Digest into) {
    EntryCursor entries = entries();
    while (entries.next()) {
      into.mix(entries.id().text('.'));
      for (byte[] word : entries.fields()) into.mix(word);
    }
  }

  // ---- looking ------------------------------------------------------------------------------------------------------

  /** How many entries there are, deleted ones not counted. */
  public long length() {
    return length;
  }

  /** Id of the entry that was added last, even if it is deleted, or what XSETID made of it; 0-0 at first. */
  public StreamId lastId() {
    return lastId;
  }

  /** Id of the first entry; 0-0 if there is none. */
  public StreamId firstId() {
    return firstId;
  }

  /** The greatest id that was deleted by XDEL; 0-0 if none was. */
  public StreamId maxDeletedId() {
    return maxDeletedId;
  }

  /** How many entries were ever added. */
  public long entriesAdded() {
    return entriesAdded;
  }

  /** Id of the last entry that is not deleted; 0-0 if there is none. */
  public StreamId lastEntryId() {
    EntryCursor last = entries(StreamId.MIN, StreamId.MAX, true);
    return last.next() ? last.id() : StreamId.MIN;
  }

  /** Id of the first entry in the nodes, even if it is marked as deleted; the greatest id if there are no nodes. */
  public StreamId firstPackedId() {
    EntryCursor first = new EntryCursor(nodes, StreamId.MIN, StreamId.MAX, false, true);
    return first.next() ? first.id() : StreamId.MAX;
  }

  public boolean contains(StreamId id) {
    return entries(id, id, false).next();
  }

  /** All entries. */
  public EntryCursor entries() {
    return entries(StreamId.MIN, StreamId.MAX, false);
  }

  /** The entries within a range of ids, both ends included. */
  public EntryCursor entries(StreamId start, StreamId end, boolean backwards) {
    return new EntryCursor(nodes, start, end, backwards, false);
  }

  public int nodeCount() {
    return nodes.size();
  }

  /** @param index from 0, in the order of ids */
  public StreamNode node(int index) {
    return nodes.get(index);
  }

  /** How many nodes the radix tree has in which Redis would keep {@link #nodeCount} nodes with these ids. */
  public long radixTreeNodes() {
    return RadixTree.nodes(nodes);
  }

  // ---- adding -------------------------------------------------------------------------------------------------------

  /** The id that an entry gets which is added at that time; null if there is none left. */
  public StreamId nextId(long nowMillis) {
    if (Long.compareUnsigned(nowMillis, lastId.ms()) > 0) return new StreamId(nowMillis, 0);
    return lastId.equals(StreamId.MAX) ? null : lastId.next();
  }

  /**
   * Adds an entry.
   *
   * @param id behind {@link #lastId}
   * @param words fields and values by turns, from {@code from} on; {@link #MAX_NODE_BYTES} at most in all
   */
  public void add(StreamId id, byte[][] words, int from, NodeLimits limits) {
    long wordBytes = 0;
    for (int i = from; i < words.length; i++) wordBytes += words[i].length;
    StreamNode node = nodes.isEmpty() ? null : nodes.last();
    if (node == null || limits.isFull(node, wordBytes)) {
      int capacity = node == null ? FIRST_NODE_BYTES : Math.min(MAX_PREPARED_BYTES, node.listpack.size());
      if (node != null) {
        node = own(nodes.size() - 1);
        long spare = -heapBytes(node);
        node.listpack.trim();
        holdings.resized(spare + heapBytes(node));
      }
      node = StreamNode.begin(id, words, from, capacity, holdings.token());
      addNode(nodes.size(), node);
    } else {
      node = own(nodes.size() - 1);
    }
    long before = heapBytes(node);
    node.append(id, words, from);
    holdings.resized(heapBytes(node) - before);
    length++;
    entriesAdded++;
    lastId = id;
    if (length == 1) firstId = id;
  }

  private void addNode(int index, StreamNode node) {
    nodes.add(index, node);
    count(node, 1);
  }

  private void removeNode(int index) {
    count(nodes.get(index), -1);
    nodes.remove(index);
  }

  /** Counts a node with its id and its listpack. */
  private void count(StreamNode node, int sign) {
    holdings.object(sign, 3, 0);
    holdings.object(sign, 0, 16);
    holdings.object(sign, 1, 4);
    holdings.array(sign, heapBytes(node));
  }

  private static long heapBytes(StreamNode node) {
    return node.listpack.array().length;
  }

  /** A node, to be changed. */
  private StreamNode own(int index) {
    StreamNode node = nodes.get(index);
    if (holdings.owns(node.token)) return node;
    StreamNode own = node.copy(holdings.token());
    holdings.resized(heapBytes(own) - heapBytes(node));
    nodes.set(index, own);
    return own;
  }

  // ---- removing -----------------------------------------------------------------------------------------------------

  /** Removes entries (XDEL). Returns how many of them there were. */
  public long delete(StreamId[] ids) {
    long deleted = 0;
    boolean first = false;
    for (StreamId id : ids) {
      if (!delete(id)) continue;
      deleted++;
      first |= id.equals(firstId);
      if (id.isAfter(maxDeletedId)) maxDeletedId = id;
    }
    if (first || deleted > 0 && length == 0) findFirst();
    return deleted;
  }

  private boolean delete(StreamId id) {
    int index = nodes.floor(id.ms(), id.seq());
    if (index < 0) return false;
    StreamNode node = nodes.get(index);
    int at = node.firstEntry();
    while (at != Listpack.NONE && (node.isDeleted(at) || !node.idOf(at).equals(id))) at = node.entryBehind(at);
    if (at == Listpack.NONE) return false;
    length--;
    if (node.entries() == 1) {
      removeNode(index);
    } else {
      node = own(index);
      node.delete(at);
      countDeleted(node, 1);
    }
    return true;
  }

  private void countDeleted(StreamNode node, long marked) {
    long before = heapBytes(node);
    node.countDeleted(marked);
    holdings.resized(heapBytes(node) - before);
  }

  private void findFirst() {
    EntryCursor first = entries();
    firstId = length > 0 && first.next() ? first.id() : StreamId.MIN;
  }

  /**
   * Removes entries from the front until {@code most} are left.
   *
   * @param wholeNodes remove no node of which something is to stay
   * @param limit stop before more than so many are removed with whole nodes; 0 for no limit
   * @return how many were removed
   */
  public long trimToLength(long most, boolean wholeNodes, long limit) {
    return trim(most, null, wholeNodes, limit);
  }

  /** Removes entries from the front whose id is less than {@code least}; else as {@link #trimToLength}. */
  public long trimBefore(StreamId least, boolean wholeNodes, long limit) {
    return trim(0, least, wholeNodes, limit);
  }

  /** @param least null to go by the length */
  private long trim(long most, StreamId least, boolean wholeNodes, long limit) {
    long removed = 0;
    while (!nodes.isEmpty() && (least != null || length > most)) {
      StreamNode node = nodes.get(0);
      long entries = node.entries();
      if (limit != 0 && removed + entries > limit) break;
      boolean whole = least == null ? length - entries >= most : least.isAfter(lastPackedId(node));
      if (whole) {
        removeNode(0);
        length -= entries;
        removed += entries;
        continue;
      }
      if (!wholeNodes) removed += trimWithin(most, least);
      break;
    }
    if (removed > 0) findFirst();
    return removed;
  }

  private static StreamId lastPackedId(StreamNode node) {
    int last = node.lastEntry();
    return last == Listpack.NONE ? StreamId.MIN : node.idOf(last);
  }

  /** Trims the first node, of which something stays. */
  private long trimWithin(long most, StreamId least) {
    StreamNode node = own(0);
    long marked = 0;
    int at = node.firstEntry();
    while (at != Listpack.NONE) {
      boolean stays = least == null ? length <= most : !least.isAfter(node.idOf(at));
      if (stays) break;
      if (!node.isDeleted(at)) {
        node.delete(at);
        marked++;
        length--;
      }
      at = node.entryBehind(at);
    }
    if (marked > 0) countDeleted(node, marked);
    return marked;
  }

  // ---- groups -------------------------------------------------------------------------------------------------------

  /** In the order of their names. */
  public Collection<ConsumerGroup> groups() {
    return groups.values();
  }

  /** The group of that name, or null. */
  public ConsumerGroup group(byte[] name) {
    return groups.get(new ByteKey(name));
  }

  /**
   * Adds a group; null if there is one of that name.
   *
   * @param name kept
   * @param lastDelivered id behind which it begins to read
   * @param entriesRead or {@link ConsumerGroup#UNKNOWN}
   */
  public ConsumerGroup createGroup(byte[] name, StreamId lastDelivered, long entriesRead) {
    ByteKey key = new ByteKey(name);
    if (groups.containsKey(key)) return null;
    ConsumerGroup group = new ConsumerGroup(name, lastDelivered, entriesRead, holdings);
    groups.put(key, group);
    return group;
  }

  /** Removes a group with its consumers and all that is pending. False if there is none of that name. */
  public boolean removeGroup(byte[] name) {
    ConsumerGroup group = groups.remove(new ByteKey(name));
    if (group == null) return false;
    group.release();
    return true;
  }

  /** A group is delivered the entry of that id, which is behind its last one: moves it on and counts. */
  public void passOn(ConsumerGroup group, StreamId id) {
    if (group.entriesRead() != ConsumerGroup.UNKNOWN && !mayHaveGapsFrom(id)) {
      group.entriesRead(group.entriesRead() + 1);
    } else if (entriesAdded != 0) {
      group.entriesRead(entriesUpTo(id));
    }
    group.lastId(id);
  }

  /** How many entries a group has still to be delivered; empty if that is not known. */
  public OptionalLong lag(ConsumerGroup group) {
    if (entriesAdded == 0) return OptionalLong.of(0);
    long read = group.entriesRead();
    if (read == ConsumerGroup.UNKNOWN || mayHaveGapsFrom(group.lastId())) read = entriesUpTo(group.lastId());
    return read == ConsumerGroup.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(entriesAdded - read);
  }

  /** Whether an entry from this id on may have been deleted by XDEL, so that counting does not tell its number. */
  private boolean mayHaveGapsFrom(StreamId id) {
    if (length == 0 || maxDeletedId.isZero() || firstId.isAfter(maxDeletedId)) return false;
    return !id.isAfter(maxDeletedId);
  }

  /**
   * How many entries were ever added up to an id, that one included, or {@link ConsumerGroup#UNKNOWN}: that is known
   * for the ends of the stream only, and before its last entry only if none was deleted since the first.
   */
  public long entriesUpTo(StreamId id) {
    if (entriesAdded == 0) return 0;
    int toLast = id.compareTo(lastId);
    if (toLast == 0 || toLast < 0 && length == 0) return entriesAdded;
    if (toLast > 0) return ConsumerGroup.UNKNOWN;
    if (!maxDeletedId.isZero() && !firstId.isAfter(maxDeletedId)) return ConsumerGroup.UNKNOWN;
    int toFirst = id.compareTo(firstId);
    if (toFirst > 0) return ConsumerGroup.UNKNOWN;
    return entriesAdded - length + (toFirst == 0 ? 1 : 0);
  }

  // ---- its past, as XSETID and files tell it ------------------------------------------------------------------------

  public void lastId(StreamId id) {
    lastId = id;
  }

  public void entriesAdded(long entries) {
    entriesAdded = entries;
  }

  public void maxDeletedId(StreamId id) {
    maxDeletedId = id;
  }

  /** For those who read a stream from a file: what it says of the entries, which need not be true. */
  public void length(long entries) {
    length = entries;
  }

  /** As {@link #length(long)}; without it {@link #firstIdFromEntries} finds the id. */
  public void firstId(StreamId id) {
    firstId = id;
  }

  /** Sets {@link #firstId} to what the entries say; for files that do not hold it. */
  public void firstIdFromEntries() {
    EntryCursor first = entries();
    firstId = first.next() ? first.id() : StreamId.MAX;
  }

  /**
   * For those who read a stream from a file: adds a node. False if there is one of that id already.
   *
   * @param packed kept; must be {@link StreamNode#isValid}
   */
  public boolean addNode(StreamId id, byte[] packed) {
    int index = nodes.floor(id.ms(), id.seq());
    if (index >= 0 && nodes.get(index).firstId.equals(id)) return false;
    addNode(index + 1, new StreamNode(id, Listpack.over(packed), holdings.token()));
    return true;
  }
}
