package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.AppendFsync;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;

/**
 * Writes the append-only file: what the shard hands over, in order, all that has gathered at once, and makes it safe on
 * disk as {@code appendfsync} says. Positions count the bytes handed over since the start.
 *
 * <p>The shard adds commands and asks, on its loop; figures are for any thread. All else happens in {@link #work},
 * which the writer's own thread runs, so that a slow disk holds up nobody but those who are promised that it has their
 * data. A write that is as good as certain to be no more than a copy into the operating system's memory is done by the
 * shard itself ({@link #writeHere}), which costs a tenth of waking another thread.
 *
 * <ul>
 * <li>always: a group is written and synced before the next; failure ends the process, since what clients were told
 *     could not be taken back.
 * <li>everysec: another thread syncs once a second. While that lasts a write may have to wait for it.
 * <li>no: the operating system decides.
 * </ul>
 * What cannot be written stays here and is tried again every second. A sync that has failed is not tried again, since
 * the next would succeed without the data: the file counts as damaged until a rewrite has replaced it.
 */
public final class AofWriter {
  /** Who is told what became of the data, by the thread that writes or syncs. */
  public interface Owner {
    /** More is written, or safe: under always, and while {@link AofWriter#awaited}. */
    void progressed();

    /** The disk took its time. @param event what {@code LATENCY} calls it */
    void took(String event, long nanos);

    /** Writing or syncing fails, or works again: see {@link AofWriter#failure}. */
    void statusChanged();

    /** The process has to end, since it could not keep its promise. @param reason a line for the log */
    void fatal(String reason);
  }

  /** What is done once all that was added before is written. */
  private interface Order {
    /**
     * @param written whether it is; if not, it stays here
     * @return whether it is done; else it is tried again after the sync under way
     */
    boolean run(boolean written);
  }

  private record Piece(ByteBuffer bytes, long endPosition) {}

  /** A sync on another thread has ended. @param failure null if there is none */
  private record SyncEnd(long position, IOException failure) {}

  private static final Logger log = LoggerFactory.getLogger(AofWriter.class);
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int SPARE_CHUNKS = 4;
  private static final long SYNC_MILLIS = 1000;
  private static final long RETRY_MILLIS = 1000;
  /** A write that has to wait for a sync longer than that counts as delayed. */
  private static final long LONGEST_SYNC_MILLIS = 2000;
  /** What the shard may write itself: it takes about a tenth of a millisecond. */
  private static final int MOST_BYTES_HERE = 512 << 10;
  /** After a write that took longer than that the shard leaves them to the writer's thread for a while. */
  private static final long SLOW_WRITE_NANOS = 5_000_000;
  private static final long CAUTION_NANOS = 1_000_000_000;
  private static final long ERROR_LOG_MILLIS = 30_000;
  private static final String NO_SPACE = "No space left on device";

  private final AofFolder folder;
  private final Config config;
  private final Clock clock;
  private final Owner owner;
  private final Executor signal;
  private final Executor blocking;

  // ---- the shard's
  private byte[] chunk = new byte[CHUNK_BYTES];
  private int filled;
  private long addedPosition;

  // ---- guarded by handedOver: pieces and orders, whether work is about to look, arrays to be used again
  private final ArrayDeque<Object> handedOver = new ArrayDeque<>();
  private boolean signalled;
  private SyncEnd syncEnd;
  private final ArrayDeque<byte[]> spares = new ArrayDeque<>();

  // ---- the writer's: guarded by turn
  private final ReentrantLock turn = new ReentrantLock();
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();
  /** Null while there is no file. */
  private FileSystem.Output output;
  private long fileSize;
  private long lastSyncMillis;
  /** When there was first something to write during the sync under way; 0 if there was nothing. */
  private long besideSyncSinceMillis;
  /** Monotonic end of the time in which the shard does not write itself. */
  private long cautiousUntilNanos;
  private long failedAtMillis;
  private long lastErrorLogMillis = Long.MIN_VALUE / 2;
  /** The last rewrite has no increment of its own, so that the last one holds what its base holds, too. */
  private boolean rotationFailed;
  private boolean dead;

  private volatile long flushSleepMicros;
  private volatile boolean awaited;
  private volatile boolean snapshotUnderWay;
  private volatile boolean syncUnderWay;
  private volatile boolean ticking;
  private volatile long writtenPosition;
  private volatile long syncedPosition;
  private volatile long currentSize;
  private volatile long delayedSyncs;
  private volatile String writeFailure;
  private volatile String syncFailure;

  /**
   * @param signal runs {@link #work} on the writer's thread
   * @param blocking runs syncs and what else takes long on others
   */
  public AofWriter(AofFolder folder, Config config, Clock clock, Owner owner, Executor signal, Executor blocking) {
    this.folder = folder;
    this.config = config;
    this.clock = clock;
    this.owner = owner;
    this.signal = signal;
    this.blocking = blocking;
  }

  // ---- the shard's side: commands ----------------------------------------------------------------------------------

  /** Adds whole commands, which {@link #handOver} lets go. */
  public void add(byte[] bytes, int from, int length) {
    if (length > chunk.length - filled) makeRoom(length);
    System.arraycopy(bytes, from, chunk, filled, length);
    filled += length;
    addedPosition += length;
  }

  private void makeRoom(int length) {
    synchronized (handedOver) {
      passOn();
      if (length > chunk.length) {
        if (chunk.length == CHUNK_BYTES) keep(chunk);
        chunk = new byte[length];
      }
    }
  }

  /** Has everything written that was added so far. */
  public void handOver() {
    if (filled > 0) hand(null);
  }

  /**
   * As {@link #handOver}, but writes here and now, on the caller's thread, unless that might take long: under always,
   * while the writer's thread is at work or a sync lasts, if it is much, and for a while after a write that took long.
   *
   * @return whether all that was added is written
   */
  public boolean writeHere() {
    if (!workHere()) handOver();
    return writtenPosition == addedPosition;
  }

  private boolean workHere() {
    if (policy() == AppendFsync.ALWAYS || addedPosition - writtenPosition > MOST_BYTES_HERE || !turn.tryLock()) {
      return false;
    }
    try {
      if (!mayWorkHere()) return false;
      work();
      return true;
    } finally {
      turn.unlock();
    }
  }

  private boolean mayWorkHere() {
    if (output == null || !waiting.isEmpty() || syncUnderWay || writeFailure != null || flushSleepMicros > 0
        || clock.nanos() - cautiousUntilNanos < 0) {
      return false;
    }
    synchronized (handedOver) {
      if (!signalled) passOn();
      return !signalled;
    }
  }

  /** Hands over what was added, and an order behind it. */
  private void hand(Order order) {
    boolean wake;
    synchronized (handedOver) {
      passOn();
      if (order != null) handedOver.add(order);
      wake = !signalled;
      signalled = true;
    }
    if (wake) wake();
  }

  private void passOn() {
    if (filled == 0) return;
    if (!fitsBehindLast()) {
      handedOver.add(new Piece(ByteBuffer.wrap(chunk, 0, filled), addedPosition));
      byte[] spare = spares.poll();
      chunk = spare == null ? new byte[CHUNK_BYTES] : spare;
    }
    filled = 0;
  }

  /** Puts small pieces that wait into one, so that one write does for them. */
  private boolean fitsBehindLast() {
    if (!(handedOver.peekLast() instanceof Piece last)) return false;
    ByteBuffer bytes = last.bytes;
    if (bytes.capacity() - bytes.limit() < filled) return false;
    System.arraycopy(chunk, 0, bytes.array(), bytes.limit(), filled);
    bytes.limit(bytes.limit() + filled);
    handedOver.removeLast();
    handedOver.add(new Piece(bytes, addedPosition));
    return true;
  }

  private void keep(byte[] array) {
    if (array.length == CHUNK_BYTES && spares.size() < SPARE_CHUNKS) spares.add(array);
  }

  private void wake() {
    try {
      signal.execute(this::work);
    } catch (RejectedExecutionException e) {
      log.debug("the writer has ended");
    }
  }

  /** Where the bytes end that were added so far. */
  public long addedPosition() {
    return addedPosition;
  }

  // ---- the shard's side: orders ------------------------------------------------------------------------------------

  /** Begins to write to a file. @param size what is in it, {@code allBytes} with all files before it */
  public void open(FileSystem.Output file, long size, long allBytes) {
    currentSize = allBytes; // known from the first INFO on
    hand(written -> {
      use(file, size, allBytes);
      return true;
    });
  }

  /**
   * Writes to a new increment from now on: what comes after a snapshot that is made at this moment.
   *
   * @param first whether there is no base yet, so that the increment gets its place together with it
   * @param done whether it has succeeded; else it goes on as before
   */
  public void rotate(boolean first, Consumer<Boolean> done) {
    hand(written -> {
      if (syncUnderWay) return false; // a file that is being synced cannot be closed
      if (!written) log.warn("No new AOF file is begun while this one cannot be written: {}", writeFailure);
      rotationFailed = !written || !rotateNow(first);
      done.accept(!rotationFailed);
      return true;
    });
  }

  /**
   * Puts the base that a rewrite has made into its place, and deletes what it replaces; after a {@link #rotate} that
   * has failed only the base is deleted.
   *
   * @param made where it is, safe on disk
   * @param rdb its format
   * @param first whether it is the first
   */
  public void install(Path made, boolean rdb, boolean first, Consumer<Boolean> done) {
    hand(written -> {
      done.accept(installNow(made, rdb, first));
      return true;
    });
  }

  /** A rewrite that was to bring the first base has failed: what was written since its beginning goes. */
  public void discardFirst() {
    hand(written -> {
      if (syncUnderWay) return false;
      closeOutput();
      folder.discardTemporaryIncrement();
      return true;
    });
  }

  /** Has all that was added made safe on disk. */
  public void flush(Runnable done) {
    hand(written -> {
      if (written) syncNow();
      done.run();
      return true;
    });
  }

  /** As {@link #flush}; then the file is closed. */
  public void close(Runnable done) {
    hand(written -> {
      if (syncUnderWay) return false;
      if (written) syncNow();
      closeOutput();
      status(null, null);
      done.run();
      return true;
    });
  }

  /** Takes the manifest for what it is on disk: somebody may have put other files there (DEBUG LOADAOF). */
  public void readManifest() {
    hand(written -> {
      try {
        folder.readManifest();
        currentSize = folder.size();
      } catch (IOException logged) {
        // then it stays as it was
      }
      return true;
    });
  }

  /**
   * Deletes history that was kept so far, unless it still is to be kept.
   *
   * @param done the manifest names it no more, or that has failed
   */
  public void deleteHistory(Runnable done) {
    hand(written -> {
      folder.deleteHistory(blocking);
      done.run();
      return true;
    });
  }

  /** To be called some times a second: looks after what is due. */
  public void tick() {
    if (ticking && !workHere()) hand(null);
  }

  /** A brake for tests (DEBUG AOF-FLUSH-SLEEP): how long the writer waits before it writes. */
  public void flushSleep(long micros) {
    flushSleepMicros = micros;
  }

  /** Whether somebody waits for {@link #writtenPosition}, so that the owner is to be told of it. */
  public void awaited(boolean yes) {
    awaited = yes;
  }

  /** Whether a snapshot is being written; syncs may be left to its end, see {@code no-appendfsync-on-rewrite}. */
  public void snapshotUnderWay(boolean yes) {
    snapshotUnderWay = yes;
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

  public long writtenPosition() {
    return writtenPosition;
  }

  public long syncedPosition() {
    return syncedPosition;
  }

  /** Bytes of the base and all increments. */
  public long currentSize() {
    return currentSize;
  }

  public boolean isSyncing() {
    return syncUnderWay;
  }

  /** How often a write could not wait any longer for a sync under way. */
  public long delayedSyncs() {
    return delayedSyncs;
  }

  public void resetDelayedSyncs() {
    delayedSyncs = 0;
  }

  /** Why data cannot be written or made safe, in the words of strerror; null if it can. */
  public String failure() {
    String write = writeFailure;
    return write != null ? write : syncFailure;
  }

  /** Whether a sync has failed: only a rewrite helps. */
  public boolean isDamaged() {
    return syncFailure != null;
  }

  // ---- the writer's side -------------------------------------------------------------------------------------------

  /** Does what was handed over and what is due. */
  void work() {
    turn.lock();
    try {
      takeTurn();
    } finally {
      turn.unlock();
    }
  }

  private void takeTurn() {
    SyncEnd ended;
    synchronized (handedOver) {
      signalled = false;
      ended = syncEnd;
      syncEnd = null;
      waiting.addAll(handedOver);
      handedOver.clear();
    }
    if (dead) return;
    if (ended != null) syncEnded(ended);
    proceed();
    startSyncIfDue();
    ticking = !waiting.isEmpty() || syncedPosition < writtenPosition;
  }

  private void proceed() {
    while (!waiting.isEmpty() && !dead) {
      if (waiting.peek() instanceof Order order) {
        if (!order.run(writeFailure == null)) return;
        waiting.remove();
      } else if (output == null) {
        waiting.remove(); // there is no file any more
      } else if (!mayWrite() || !writePieces()) {
        return;
      }
    }
  }

  /** Whether to try a write: after a failure not before a second has passed, unless an order has to hear of it. */
  private boolean mayWrite() {
    if (writeFailure == null) return true;
    return clock.millis() - failedAtMillis >= RETRY_MILLIS
        || waiting.stream().anyMatch(job -> job instanceof Order);
  }

  /** Counts writes that a disk which is busy with a sync may hold up, as Redis counts them. */
  private void noteDelay() {
    if (!syncUnderWay || policy() != AppendFsync.EVERYSEC) return;
    long now = clock.millis();
    if (besideSyncSinceMillis == 0) besideSyncSinceMillis = now;
    if (now - besideSyncSinceMillis < LONGEST_SYNC_MILLIS) return;
    besideSyncSinceMillis = 0;
    delayedSyncs++;
    log.info("Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for"
        + " fsync to complete, this may slow down Redis.");
  }

  /** Writes the pieces before the next order. False if that has failed, and no order waits that has to hear of it. */
  private boolean writePieces() {
    noteDelay();
    if (flushSleepMicros > 0) LockSupport.parkNanos(flushSleepMicros * 1000);
    while (waiting.peek() instanceof Piece piece) {
      if (!write(piece)) return runOrdersAfterFailure();
      waiting.remove();
    }
    if (writeFailure != null) {
      log.warn("AOF write error looks solved, Redis can write again.");
      status(null, syncFailure);
    }
    if (policy() == AppendFsync.ALWAYS) syncNow();
    tellProgress();
    return true;
  }

  /** Orders do not wait for a disk that may be full for long. */
  private boolean runOrdersAfterFailure() {
    if (dead) return false;
    for (Object job : waiting.toArray()) {
      if (!(job instanceof Order order)) continue;
      if (!order.run(false)) break; // those behind it count on what it does
      waiting.remove(order);
    }
    return false;
  }

  private boolean write(Piece piece) {
    ByteBuffer bytes = piece.bytes;
    int start = bytes.position();
    long startNanos = clock.nanos();
    try {
      output.write(bytes);
    } catch (IOException e) {
      writeFailed(e, bytes, start);
      return false;
    }
    noteDuration(clock.nanos() - startNanos);
    grown(bytes.position() - start);
    writtenPosition = piece.endPosition;
    synchronized (handedOver) {
      keep(bytes.array());
    }
    return true;
  }

  private void noteDuration(long nanos) {
    if (nanos >= SLOW_WRITE_NANOS) cautiousUntilNanos = clock.nanos() + CAUTION_NANOS;
    owner.took(syncUnderWay ? "aof-write-pending-fsync" : snapshotUnderWay ? "aof-write-active-child"
        : "aof-write-alone", nanos);
    owner.took("aof-write", nanos);
  }

  private void grown(long bytes) {
    fileSize += bytes;
    currentSize += bytes;
  }

  private void writeFailed(IOException failure, ByteBuffer bytes, int start) {
    failedAtMillis = clock.millis();
    boolean mayLog = failedAtMillis - lastErrorLogMillis > ERROR_LOG_MILLIS;
    if (mayLog) lastErrorLogMillis = failedAtMillis;
    String reason = FileNames.reason(failure);
    long part = writtenPart();
    if (part > 0) {
      if (mayLog) {
        log.warn("Short write while writing to the AOF file: (nwritten={}, expected={})", part, bytes.limit() - start);
      }
      reason = NO_SPACE;
      part = removePart(part, mayLog);
    } else if (mayLog) {
      log.warn("Error writing to the AOF file: {}", reason);
    }
    bytes.position(start + (int) part);
    grown(part);
    if (policy() == AppendFsync.ALWAYS) {
      die("Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...");
    } else {
      status(reason, syncFailure);
    }
  }

  private long writtenPart() {
    try {
      return Math.max(0, output.size() - fileSize);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns how much of the part is still in the file. */
  private long removePart(long part, boolean mayLog) {
    try {
      output.truncate(fileSize);
      return 0;
    } catch (IOException e) {
      if (mayLog) {
        log.warn("Could not remove short write from the append-only file.  Redis may refuse to load the AOF the next"
            + " time it starts.  ftruncate: {}", FileNames.reason(e));
      }
      return part;
    }
  }

  private void status(String write, String sync) {
    boolean changed = !Objects.equals(write, writeFailure) || !Objects.equals(sync, syncFailure);
    writeFailure = write;
    syncFailure = sync;
    if (changed) owner.statusChanged();
  }

  private void tellProgress() {
    if (awaited || policy() == AppendFsync.ALWAYS) owner.progressed();
  }

  private void die(String reason) {
    dead = true;
    owner.fatal(reason);
  }

  private AppendFsync policy() {
    return config.appendfsync();
  }

  // ---- syncs -------------------------------------------------------------------------------------------------------

  /** Makes everything that is written safe, unless a sync of this file has failed before. */
  private void syncNow() {
    if (output == null || syncedPosition == writtenPosition || syncFailure != null) return;
    long startNanos = clock.nanos();
    try {
      output.sync();
      if (policy() == AppendFsync.ALWAYS) owner.took("aof-fsync-always", clock.nanos() - startNanos);
      lastSyncMillis = clock.millis();
      syncedPosition = writtenPosition;
    } catch (IOException e) {
      syncFailed(e);
    }
  }

  private void startSyncIfDue() {
    if (output == null || syncUnderWay || syncFailure != null || syncedPosition == writtenPosition) return;
    if (snapshotUnderWay && config.flag(Directive.NO_APPENDFSYNC_ON_REWRITE)) return;
    long now = clock.millis();
    if (policy() == AppendFsync.NO || policy() == AppendFsync.EVERYSEC && now - lastSyncMillis < SYNC_MILLIS) return;
    lastSyncMillis = now;
    syncUnderWay = true;
    FileSystem.Output file = output;
    long position = writtenPosition;
    blocking.execute(() -> {
      IOException failure = null;
      try {
        file.sync();
      } catch (IOException e) {
        failure = e;
      }
      synchronized (handedOver) {
        syncEnd = new SyncEnd(position, failure);
      }
      wake();
    });
  }

  private void syncEnded(SyncEnd end) {
    syncUnderWay = false;
    besideSyncSinceMillis = 0;
    if (end.failure == null) {
      syncedPosition = Math.max(syncedPosition, end.position);
      tellProgress();
    } else {
      syncFailed(end.failure);
    }
  }

  private void syncFailed(IOException failure) {
    String reason = FileNames.reason(failure);
    if (policy() == AppendFsync.ALWAYS) {
      die("Can't persist AOF for fsync error when the AOF fsync policy is 'always': " + reason + ". Exiting...");
    } else {
      log.warn("Fail to fsync the AOF file: {}", reason);
      status(writeFailure, reason);
    }
  }

  // ---- files -------------------------------------------------------------------------------------------------------

  private void use(FileSystem.Output file, long size, long allBytes) {
    output = file;
    fileSize = size;
    currentSize = allBytes;
    lastSyncMillis = clock.millis();
    syncedPosition = writtenPosition;
  }

  private boolean rotateNow(boolean first) {
    FileSystem.Output next;
    try {
      syncNow(); // what comes before is safe before what comes after
      next = first ? folder.newTemporaryIncrement() : folder.newIncrement();
    } catch (IOException logged) {
      return false;
    }
    closeOutput();
    use(next, 0, currentSize);
    return true;
  }

  private boolean installNow(Path made, boolean rdb, boolean first) {
    if (rotationFailed) {
      folder.discardBase(made);
      return false;
    }
    try {
      folder.install(made, rdb, output != null, first, this::rename);
      if (output != null) currentSize = folder.size(folder.manifest().base()) + fileSize;
    } catch (IOException logged) {
      return false;
    }
    status(writeFailure, null);
    folder.deleteHistory(blocking);
    return true;
  }

  private void rename(Path from, Path to) throws IOException {
    long startNanos = clock.nanos();
    folder.rename(from, to);
    owner.took("aof-rename", clock.nanos() - startNanos);
  }

  private void closeOutput() {
    rotationFailed = false;
    if (output == null) return;
    try {
      output.close();
    } catch (IOException e) {
      log.debug("Closing the AOF file: {}", FileNames.reason(e));
    }
    output = null;
    fileSize = 0;
  }
}
