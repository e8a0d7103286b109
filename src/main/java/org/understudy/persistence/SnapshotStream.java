package org.understudy.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.AccessClock;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.Snapshot;
import org.understudy.rdb.RdbOutput;
import org.understudy.rdb.RdbWriter;

/**
 * A snapshot as the bytes of an RDB file, which come into being as somebody takes them: {@link #step} makes some more,
 * {@link #take} hands out what there is. While a large value is under way in steps, entries that are about to change
 * are gathered beside it and follow it.
 */
public final class SnapshotStream implements Snapshot.Sink {
  /** What is in it, besides what it says of its origin. */
  public record Contents(boolean entries, boolean functions) {
    public static final Contents ALL = new Contents(true, true);
  }

  private static final int SIDE_BYTES = 16 << 10;
  /** About as much of a large value is written, or compressed, in one step. */
  private static final int PART_BYTES = 8 << 10;

  private final RdbWriter.Place place;
  private final AccessClock accessClock;
  private final long cutMillis;
  private final RdbOutput output;
  private final RdbWriter writer;
  private final RdbOutput sideOutput;
  private final RdbWriter sideWriter;
  /** Null if there are to be no entries. */
  private final Snapshot snapshot;
  /** The writer is in the middle of a large value. */
  private boolean begun;
  private boolean ended;
  /** Why the bytes are not to be used: thrown by the next step instead of into a command. */
  private RuntimeException fault;

  /**
   * Makes the cut.
   *
   * @param libraries the code of all libraries of functions
   * @param capacityBytes about how much will gather before it is taken
   */
  public SnapshotStream(Keyspace keyspace, Contents contents, RdbWriter.Origin origin, List<byte[]> libraries,
      Config config, int capacityBytes) {
    boolean compress = config.flag(Directive.RDBCOMPRESSION);
    boolean checksum = config.flag(Directive.RDBCHECKSUM);
    RdbWriter.Access access = config.maxmemoryPolicy().lru() ? RdbWriter.Access.IDLE
        : config.maxmemoryPolicy().lfu() ? RdbWriter.Access.FREQUENCY : RdbWriter.Access.NONE;
    accessClock = keyspace.accessClock();
    cutMillis = keyspace.nowMillis();
    output = new RdbOutput(capacityBytes, compress, checksum);
    writer = new RdbWriter(output, access);
    sideOutput = new RdbOutput(SIDE_BYTES, compress, false);
    sideWriter = new RdbWriter(sideOutput, access);
    place = origin.replication();
    writer.header(origin);
    if (contents.functions) {
      for (byte[] library : libraries) writer.function(library);
    }
    if (!contents.entries) {
      snapshot = null;
      return;
    }
    for (int i = 0; i < keyspace.databases(); i++) {
      Database database = keyspace.database(i);
      if (database.size() > 0) writer.database(i, database.size(), database.expires());
    }
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
      writer.end();
      ended = true;
    }
    return more;
  }

  /** Bytes that can be taken. */
  public int size() {
    return output.size();
  }

  /** The bytes made since the last call; the caller's to keep, or to {@link #giveBack}. */
  public ByteBuffer take() {
    return output.take();
  }

  /** What {@link #take} handed out is not needed any more: its memory may be used again. */
  public void giveBack(ByteBuffer taken) {
    output.reuse(taken);
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
      (begun ? sideWriter : writer).write(database, entry, accessClock, cutMillis);
    } catch (RuntimeException e) {
      fault = e;
    }
  }

  @Override
  public boolean takePart(int database, Entry entry) {
    if (!begun) writer.begin(database, entry, accessClock, cutMillis);
    begun = !writer.step(PART_BYTES);
    if (!begun) writer.splice(sideOutput);
    return !begun;
  }
}
