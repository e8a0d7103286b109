package org.understudy.keyspace.stream;

import org.understudy.keyspace.packed.Listpack;
import org.understudy.resp.ReplyBuffer;

/**
 * Walks over the entries of a stream within a range of ids, forwards or backwards. Any change of the stream ends it.
 */
public final class EntryCursor {
  private final Directory<StreamNode> nodes;
  private final StreamId start;
  private final StreamId end;
  private final boolean backwards;
  private final boolean withDeleted;

  private int index;
  private StreamNode node;
  private Listpack listpack;
  /** The flags of the current entry, or {@link Listpack#NONE} when the node is at its end. */
  private int at;
  /** Where the entry after the current one begins, if that is known already. */
  private int behind;
  private StreamId id;

  /**
   * @param start inclusive, as {@code end}
   * @param withDeleted whether entries that are marked as deleted count
   */
  EntryCursor(Directory<StreamNode> nodes, StreamId start, StreamId end, boolean backwards, boolean withDeleted) {
    this.nodes = nodes;
    this.start = start;
    this.end = end;
    this.backwards = backwards;
    this.withDeleted = withDeleted;
    StreamId from = backwards ? end : start;
    index = nodes.floor(from.ms(), from.seq());
    if (index < 0 && !backwards) index = 0;
    if (index >= 0 && index < nodes.size()) enter();
  }

  private void enter() {
    node = nodes.get(index);
    listpack = node.listpack;
    at = backwards ? node.lastEntry() : node.firstEntry();
  }

  /** Goes to the next entry of the range, the first one at the beginning. False if there is none. */
  public boolean next() {
    if (node == null) return false;
    if (id != null) step();
    while (true) {
      if (at == Listpack.NONE) {
        index += backwards ? -1 : 1;
        if (index < 0 || index >= nodes.size()) return false;
        enter();
        continue;
      }
      behind = Listpack.NONE;
      if (withDeleted || !node.isDeleted(at)) {
        id = node.idOf(at);
        boolean reached = backwards ? !id.isAfter(end) : !start.isAfter(id);
        if (reached) return backwards ? !start.isAfter(id) : !id.isAfter(end);
      }
      step();
    }
  }

  private void step() {
    if (backwards) at = node.entryBefore(at);
    else at = behind != Listpack.NONE ? behind : node.entryBehind(at);
  }

  public StreamId id() {
    return id;
  }

  /** Replies with the fields and values of the entry: an array of both by turns. */
  public void replyFields(ReplyBuffer reply) {
    int value = node.behindId(at);
    if (node.hasMasterFields(at)) {
      long fields = node.masterFields();
      reply.array(2 * fields);
      int field = node.firstMasterField();
      for (long i = 0; i < fields; i++) {
        listpack.reply(field, reply);
        listpack.reply(value, reply);
        field = listpack.next(field);
        value = listpack.next(value);
      }
    } else {
      long elements = 2 * listpack.integer(value);
      reply.array(elements);
      value = listpack.next(value);
      for (long i = 0; i < elements; i++) {
        listpack.reply(value, reply);
        value = listpack.next(value);
      }
    }
    behind = listpack.next(value);
  }

  /** The fields and values of the entry by turns. */
  public byte[][] fields() {
    int value = node.behindId(at);
    byte[][] words;
    if (node.hasMasterFields(at)) {
      words = new byte[Math.toIntExact(2 * node.masterFields())][];
      int field = node.firstMasterField();
      for (int i = 0; i < words.length; i += 2) {
        words[i] = listpack.element(field);
        words[i + 1] = listpack.element(value);
        field = listpack.next(field);
        value = listpack.next(value);
      }
    } else {
      words = new byte[Math.toIntExact(2 * listpack.integer(value))][];
      for (int i = 0; i < words.length; i++) {
        value = listpack.next(value);
        words[i] = listpack.element(value);
      }
    }
    return words;
  }
}
