package org.understudy.keyspace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The dataset as it was at one moment, the cut, read step by step while it goes on changing.
 *
 * <p>Every entry is marked with an epoch. The cut raises the epoch, so what is marked otherwise is of the time before.
 * A cursor passes over each table; it hands on the entries of that time and marks them. Whoever is about to change or
 * remove an entry that the cursor has not reached hands it on first ({@link Table#changing}), and what is added is
 * marked as new. So every entry is handed on exactly once, as it was at the cut, in no particular order. A database
 * that is flushed or swapped gives away its table, which this goes on reading.
 *
 * <p>Large values are put aside as copies that share everything with the original until it changes, and are handed on
 * in parts later: neither a step nor a writer ever waits for a whole one. Access clocks are those of the moment of
 * reading, not of the cut.
 *
 * <p>Five bits a mark are enough: an epoch comes again after 31 others, and by then a snapshot that was read to its end
 * has given all entries the same mark. Should so many have been abandoned in a row, the next cut does it, in one go.
 */
public final class Snapshot {
  /** How many epochs can be told apart. */
  static final int EPOCHS = 32;

  /** Slots that one step passes over. */
  private static final int STEP_SLOTS = 64;
  /** From so many bytes on a value is put aside instead of being handed on at once. */
  private static final int LARGE_BYTES = 16 * 1024;

  /**
   * Takes the entries. Called in the middle of commands: it must not use the keyspace. The entry it gets is reused;
   * what it shows of a small one holds during the call only.
   */
  public interface Sink {
    /** A key with a string or another value that is not large. */
    void take(int database, Entry entry);

    /**
     * A part of a key with a large value, which nobody changes any more. Called again with the same key and value until
     * it answers true; entries that are not large may be taken in between.
     *
     * @return whether that was all of it
     */
    boolean takePart(int database, Entry entry);
  }

  /** One table on its way. */
  final class Part {
    private final int database;
    private final Table table;
    private long position;

    private Part(int database, Table table) {
      this.database = database;
      this.table = table;
    }

    /** Takes an entry that is about to change or to go, if it is of the time before the cut and was not taken yet. */
    void changing(Object entry) {
      if (Table.epochOf(entry) == table.epoch()) return;
      table.mark(entry);
      handOn(database, entry);
    }

    /** Passes over some slots; false at the end. */
    private boolean advance() {
      Batch batch = keyspace.takeBatch();
      position = table.collect(position, STEP_SLOTS, batch);
      for (int i = 0; i < batch.size; i++) changing(batch.entries[i]);
      batch.clear();
      keyspace.giveBack(batch);
      return position < Table.END;
    }
  }

  private record Large(int database, Node node) {}

  private final Keyspace keyspace;
  private final Sink sink;
  private final List<Part> parts = new ArrayList<>();
  private final long keys;
  private final ArrayDeque<Large> large = new ArrayDeque<>();
  private final Entry entry = new Entry();
  private int nextPart;
  private long keysTaken;
  private long aheadBytes;
  private boolean stepping;
  private boolean open = true;

  Snapshot(Keyspace keyspace, Sink sink, int epoch) {
    this.keyspace = keyspace;
    this.sink = sink;
    long keys = 0;
    for (int i = 0; i < keyspace.databases(); i++) {
      Table table = keyspace.database(i).table();
      keys += table.size();
      Part part = table.size() == 0 ? null : new Part(i, table);
      if (part != null) parts.add(part);
      table.startEpoch(epoch, part);
    }
    this.keys = keys;
  }

  /** Keys at the cut, those included whose time had come but which were still there. */
  public long keys() {
    return keys;
  }

  /** Keys that the sink has got, or gets a part of. */
  public long keysTaken() {
    return keysTaken;
  }

  /** Bytes of entries that were handed on since they were about to change: what copying on write is for a fork. */
  public long aheadBytes() {
    return aheadBytes;
  }

  /**
   * One short step: a part of a large value, or a few slots of a table.
   *
   * @return false once the sink has got everything
   */
  public boolean step() {
    if (!open) return false;
    stepping = true;
    Large first = large.peek();
    if (first != null) {
      Stored.show(first.node, entry, keyspace.forms());
      if (sink.takePart(first.database, entry)) large.remove();
    } else if (nextPart < parts.size()) {
      Part part = parts.get(nextPart);
      if (!part.advance()) {
        part.table.readerDone();
        parts.set(nextPart++, null); // it may be a whole database that was flushed
      }
    }
    stepping = false;
    if (!large.isEmpty() || nextPart < parts.size()) return true;
    open = false;
    keyspace.snapshotEnded(true);
    return false;
  }

  /** Gives up: nothing is handed on any more. No effect at the end. */
  public void abandon() {
    if (!open) return;
    open = false;
    for (Part part : parts) {
      if (part != null) part.table.readerDone();
    }
    parts.clear();
    large.clear();
    keyspace.snapshotEnded(false);
  }

  private void handOn(int database, Object found) {
    keysTaken++;
    if (!stepping) aheadBytes += found instanceof byte[] record ? record.length : ((Node) found).countedBytes;
    if (found instanceof Node node && node.countedBytes >= LARGE_BYTES) {
      Object frozen = node.value instanceof StringValue string ? string.frozen() : ((Value) node.value).copy();
      large.add(new Large(database, new Node(node.key, frozen, node.expireAt, node.clock())));
      return;
    }
    Stored.show(found, entry, keyspace.forms());
    sink.take(database, entry);
  }
}
