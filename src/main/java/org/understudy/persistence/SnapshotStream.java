package org.understudy.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import org.understudy.config.Config;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.Snapshot;
import org.understudy.rdb.RdbWriter;

/**
 * A snapshot as bytes, those of an RDB file mostly, which come into being as somebody takes them: {@link #step} makes
 * some more, {@link #take} hands out what there is. While a large value is under way in steps, entries that are about
 * to change are gathered beside it and follow it.
 */
public final class SnapshotStream implements Snapshot.Sink {
  /** What is in it, besides what it says of its origin. */
  public record Contents(boolean entries, boolean functions) {
    public static final Contents ALL = new Contents(true, true);
  }

  private final RdbWriter.Place place;
  private final SnapshotForm form;
  /** Null if there are to be no entries. */
  private final Snapshot snapshot;
  /** The form is in the middle of a large value. */
  private boolean begun;
  private boolean ended;
  /** Why the bytes are not to be used: thrown by the next step instead of into a command. */
  private RuntimeException fault;

  /**
   * Makes the cut; the bytes are those of an RDB file.
   *
   * @param libraries the code of all libraries of functions
   * @param capacityBytes about how much will gather before it is taken
   */
  public SnapshotStream(Keyspace keyspace, Contents contents, RdbWriter.Origin origin, List<byte[]> libraries,
      Config config, int capacityBytes) {
    RdbForm rdb = new RdbForm(keyspace, origin, contents.functions ? libraries : List.of(), config, capacityBytes);
    place = origin.replication();
    form = rdb;
    if (contents.entries) rdb.announce(keyspace);
    snapshot = contents.entries ? keyspace.startSnapshot(this) : null;
  }

  /** Makes the cut of the whole dataset; the bytes are of that form. */
  SnapshotStream(Keyspace keyspace, SnapshotForm form) {
    place = null;
    this.form = form;
    snapshot = keyspace.startSnapshot(this);
  }

  /**
   * Makes a few more bytes; false once all are made.
   *
   * @throws RuntimeException for a fault of ours: what was made is not to be used
   */
  public boolean step() {
    if (ended) return false;
    boolean more = snapshot != null && snapshot.step();
    if (fault != null) throw fault;
    if (!more) {
      form.end();
      ended = true;
    }
    return more;
  }

  /** Bytes that can be taken. */
  public int size() {
    return form.size();
  }

  /** The bytes made since the last call; the caller's to keep, or to {@link #giveBack}. */
  public ByteBuffer take() {
    return form.take();
  }

  /** What {@link #take} handed out is not needed any more: its memory may be used again. */
  public void giveBack(ByteBuffer taken) {
    form.giveBack(taken);
  }

  /** Gives up, if not all bytes are made. */
  public void abandon() {
    if (snapshot != null) snapshot.abandon();
    ended = true;
  }

  /** Where the cut is in the history of changes; null if no history is kept. */
  public RdbWriter.Place place() {
    return place;
  }

  /** Keys at the cut. */
  public long keys() {
    return snapshot == null ? 0 : snapshot.keys();
  }

  /** Keys that are in the bytes, or about to be. */
  public long keysTaken() {
    return snapshot == null ? 0 : snapshot.keysTaken();
  }

  /** See {@link Snapshot#aheadBytes}. */
  public long aheadBytes() {
    return snapshot == null ? 0 : snapshot.aheadBytes();
  }

  @Override
  public void take(int database, Entry entry) {
    try {
      form.write(database, entry);
    } catch (RuntimeException e) {
      fault = e;
    }
  }

  @Override
  public boolean takePart(int database, Entry entry) {
    if (!begun) form.begin(database, entry);
    begun = !form.step();
    return !begun;
  }
}
