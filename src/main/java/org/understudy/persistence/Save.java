package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a snapshot into a file. The bytes are made in slices on the shard's loop and written where it may block, one
 * piece while the next is being made; if the disk is slower the snapshot waits for it.
 *
 * <pre>
 * Running -> Saved | Failed: the last piece is in the file and the file in its place, or something of that failed
 * Running -> Cancelled: the caller gave up; nobody is told
 * </pre>
 */
public final class Save {
  /** Where the bytes go. */
  interface Target extends PiecewiseFile {
    /** From now on {@link #commit} is to fail, unless it is done. From any thread; waits for a rename at most. */
    void cancel();

    /** Opens what was written, of which there is some, for reading. The caller closes it. */
    FileSystem.Input open() throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(Save.class);
  /** So much is written at once, and waits at most while the piece before it is written. */
  public static final int PIECE_BYTES = 32 << 10;
  /**
   * How long a slice is: an eighth of the time since the last one, within bounds. So a save goes on under any load,
   * and what a request may have to wait for is small against a round trip, or against what the others of a busy client
   * wait for each other.
   */
  private static final int SHARE = 8;
  private static final long SHORTEST_SLICE_NANOS = 40_000;
  private static final long LONGEST_SLICE_NANOS = 150_000;
  /** How long it may take until it is seen that the brake was released. */
  private static final long LONGEST_PAUSE_MILLIS = 100;

  private final SnapshotStream stream;
  private final Target file;
  private final Turns turns;
  private final LongSupplier nanos;
  private final boolean gentle;
  private final IntSupplier keyDelayMicros;
  private final Consumer<Boolean> ended;
  /** When the last slice ended. */
  private long lastSliceNanos;
  /** All bytes are made. */
  private boolean complete;
  /** A piece is being written. */
  private boolean writing;
  /** No slice is due: the piece that is being written has to be waited for. */
  private boolean waiting;
  /** Ended, or cancelled. */
  private boolean over;
  /** Lets others read what is written; null if nobody has asked. */
  private Spool spool;
  private long writtenBytes;

  /**
   * @param nanos monotonic
   * @param gentle whether clients come first, or somebody waits for the end
   * @param keyDelayMicros a brake for tests, see {@code rdb-key-save-delay}; 0 or negative for none, which also ends a
   *     pause that has begun
   * @param ended is told on the loop whether the file is in its place
   */
  Save(SnapshotStream stream, Target file, Turns turns, LongSupplier nanos, boolean gentle,
      IntSupplier keyDelayMicros, Consumer<Boolean> ended) {
    this.stream = stream;
    this.file = file;
    this.turns = turns;
    this.nanos = nanos;
    this.gentle = gentle;
    this.keyDelayMicros = keyDelayMicros;
    this.ended = ended;
    lastSliceNanos = nanos.getAsLong();
  }

  void start() {
    turns.next(this::slice);
  }

  /** The snapshot that is being saved. */
  public SnapshotStream stream() {
    return stream;
  }

  /** Whether it has ended, in whatever way. */
  public boolean isOver() {
    return over;
  }

  /** Whether somebody has asked for {@link #spool}. */
  public boolean hasSpool() {
    return spool != null;
  }

  /** What is written, to be read from now on, also once it has ended. */
  public Spool spool() {
    if (spool == null) {
      spool = new Spool(file, turns);
      spool.grown(writtenBytes);
    }
    return spool;
  }

  /** Gives up, unless it has ended: what was written is removed, and no file takes its place from now on. */
  public void cancel() {
    if (over) return;
    over = true;
    stream.abandon();
    file.cancel();
    if (spool != null) spool.failed();
    if (!writing) turns.block(file::discard);
  }

  private void slice() {
    if (over) return;
    try {
      makeBytes();
    } catch (RuntimeException fault) {
      log.error("A fault while saving", fault);
      cancel();
      ended.accept(false);
    }
  }

  private void makeBytes() {
    long start = nanos.getAsLong();
    long end = start + Math.max(SHORTEST_SLICE_NANOS, Math.min(LONGEST_SLICE_NANOS, (start - lastSliceNanos) / SHARE));
    long before = stream.keysTaken();
    int delayMicros = keyDelayMicros.getAsInt();
    boolean more;
    do {
      more = stream.step();
    } while (more && delayMicros <= 0 && stream.size() < PIECE_BYTES && nanos.getAsLong() - end < 0);
    lastSliceNanos = nanos.getAsLong();
    boolean last = !more;
    if (delayMicros <= 0) made(last);
    else pause((stream.keysTaken() - before) * delayMicros / 1000, last);
  }

  private void pause(long millis, boolean last) {
    if (over || millis <= 0 || keyDelayMicros.getAsInt() <= 0) {
      made(last);
      return;
    }
    long part = Math.min(millis, LONGEST_PAUSE_MILLIS);
    turns.later(part, () -> pause(millis - part, last));
  }

  /** A slice is made. @param last whether all bytes are */
  private void made(boolean last) {
    if (over) return;
    complete = last;
    waiting = writing && stream.size() >= PIECE_BYTES;
    if (!writing && (complete || stream.size() >= PIECE_BYTES)) write();
    if (!complete && !waiting) again();
  }

  private void again() {
    if (gentle) turns.nextIfQuiet(this::slice);
    else turns.next(this::slice);
  }

  private void write() {
    writing = true;
    ByteBuffer piece = stream.take();
    int size = piece.remaining();
    boolean last = complete;
    turns.block(() -> {
      boolean done = file.put(piece, last);
      turns.back(() -> {
        stream.giveBack(piece);
        if (done) writtenBytes += size;
        written(done, last);
      });
    });
  }

  private void written(boolean done, boolean last) {
    writing = false;
    if (over) {
      if (done && !last) turns.block(file::discard);
    } else if (!done || last) {
      over = true;
      stream.abandon();
      if (spool != null) noteInSpool(done);
      ended.accept(done);
    } else {
      if (spool != null) spool.grown(writtenBytes);
      goOn();
    }
  }

  private void noteInSpool(boolean done) {
    if (done) spool.complete(writtenBytes);
    else spool.failed();
  }

  private void goOn() {
    if (complete) {
      write();
    } else if (waiting) {
      waiting = false;
      again();
    }
  }

  /**
   * Saves at one go, for a caller that wants nothing else to happen meanwhile. The file is there before the first key
   * is in it. False if it failed, which is logged.
   *
   * @param brake is told whenever some keys were taken, and how many
   */
  static boolean atOnce(SnapshotStream stream, Target file, LongConsumer brake) {
    try {
      writeTaken(stream, file);
      boolean more = true;
      while (more) {
        long before = stream.keysTaken();
        more = stream.step();
        if (stream.keysTaken() > before) brake.accept(stream.keysTaken() - before);
        if (!more || stream.size() >= PIECE_BYTES) writeTaken(stream, file);
      }
      file.commit();
      return true;
    } catch (IOException | RuntimeException failure) {
      if (failure instanceof RuntimeException) log.error("A fault while saving", failure);
      stream.abandon();
      file.discard();
      return false;
    }
  }

  private static void writeTaken(SnapshotStream stream, Target file) throws IOException {
    ByteBuffer piece = stream.take();
    file.write(piece);
    stream.giveBack(piece);
  }
}
