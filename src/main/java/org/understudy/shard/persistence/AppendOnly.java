package org.understudy.shard.persistence;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.AppendFsync;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.persistence.AofFiles;
import org.understudy.persistence.AofLoad;
import org.understudy.persistence.AofPlaces;
import org.understudy.persistence.AofWriter;
import org.understudy.persistence.LoadProgress;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.Turns;
import org.understudy.rdb.RdbWriter;
import org.understudy.replication.EffectSink;
import org.understudy.resp.RequestBuffer;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.Client;
import org.understudy.shard.history.Continuity;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.LatencyMonitor;

/**
 * The append-only file as the shard feeds it: effects go to the writer once all requests that have come are executed,
 * so that many clients' make one group, and so do those of one chunk that comes in several runs. A client that changed
 * something hears nothing more until its group is safe on disk, under {@code appendfsync always}, or else until it is
 * written, so that it outlives the server. A disk that takes too long for that is waited for under always only, or if
 * too much would gather in memory.
 *
 * <pre>
 * OFF     -> ON:      the server has started with appendonly
 * OFF     -> WAITING: CONFIG SET appendonly yes
 * WAITING -> ON:      the first rewrite has made a base
 * any     -> OFF:     CONFIG SET appendonly no
 * </pre>
 */
public final class AppendOnly implements EffectSink, AofWriter.Owner {
  private enum State {
    /** There is none. */
    OFF,
    /** There is none yet: what commands do is kept only while a rewrite makes the base that it follows. */
    WAITING,
    ON
  }

  /** A client that hears nothing before the writer is there. */
  private record Held(Client client, long position) {}

  private static final int NONE = -1;
  /** How long clients wait for a write. */
  private static final long PATIENCE_MILLIS = 200;
  /** Bytes that may wait to be written before clients have to. */
  private static final long MOST_UNWRITTEN_BYTES = 32 << 20;

  private final Config config;
  private final Clock clock;
  private final Admission admission;
  private final Propagation propagation;
  private final Continuity continuity;
  private final ServerControl control;
  private final LatencyMonitor latencyMonitor;
  private final AofFiles files;
  private Turns turns;
  private AofWriter writer;

  private State state = State.OFF;
  private int selected = NONE;
  private long timestampSeconds;
  private final RequestBuffer select = new RequestBuffer();
  private RdbWriter.Place notedPlace;
  private final RequestBuffer noted = new RequestBuffer();
  private boolean handOverDue;
  /** Since the hand-over was planned a client's run has ended whose chunk has not. */
  private boolean moreFollows;
  /** Whether the end of patience is looked out for, and whether it has come: until the writer has caught up. */
  private boolean watchesPatience;
  private boolean impatient;

  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private long notedPosition;
  private final AtomicBoolean releaseDue = new AtomicBoolean();

  private CompletableFuture<Void> historyDeleted = CompletableFuture.completedFuture(null);
  private AofLoad load;
  private long baseBytes;

  AppendOnly(ServerParts server, Admission admission, Propagation propagation, Continuity continuity, AofFiles files) {
    config = server.config();
    clock = server.clock();
    this.admission = admission;
    this.propagation = propagation;
    this.continuity = continuity;
    control = server.control();
    latencyMonitor = server.latencyMonitor();
    this.files = files;
  }

  /** @param writing runs the writer, {@code blocking} other things that may block */
  void start(Turns lent, Executor writing, Executor blocking) {
    turns = lent;
    writer = files.writer(this, writing, blocking);
    for (Directive directive : List.of(Directive.APPENDFSYNC, Directive.NO_APPENDFSYNC_ON_REWRITE)) {
      config.onChange(directive, Config::appendfsyncContradiction);
    }
    config.onChange(Directive.AOF_DISABLE_AUTO_GC, now -> {
      CompletableFuture<Void> deleted = new CompletableFuture<>();
      writer.deleteHistory(() -> deleted.complete(null));
      historyDeleted = deleted;
      return null;
    });
  }

  /** Completed, on any thread, when the last change of {@code aof-disable-auto-gc} has come into effect. */
  public CompletableFuture<Void> historyDeleted() {
    return historyDeleted;
  }

  // ---- what commands did -------------------------------------------------------------------------------------------

  @Override
  public void add(int database, byte[] bytes, int from, int length) {
    if (!handOverDue) planHandOver();
    if (config.flag(Directive.AOF_TIMESTAMP_ENABLED)) addTimestamp();
    if (database != selected) {
      selected = database;
      select.clear();
      select.add(Bytes.of("SELECT"), Bytes.of(database));
      writer.add(select.array(), 0, select.size());
    }
    writer.add(bytes, from, length);
  }

  private void addTimestamp() {
    long now = clock.millis() / 1000;
    if (now <= timestampSeconds) return;
    timestampSeconds = now;
    byte[] annotation = Bytes.of("#TS:" + now + "\r\n");
    writer.add(annotation, 0, annotation.length);
  }

  private void planHandOver() {
    handOverDue = true;
    moreFollows = false;
    turns.back(this::handOverOrWait);
  }

  /**
   * The rest of a chunk is executed before the loop takes its next slice of work; with I/O threads it may come later,
   * and be a group of its own.
   */
  private void handOverOrWait() {
    if (moreFollows) turns.next(this::handOver);
    else handOver();
  }

  private void handOver() {
    handOverDue = false;
    notePlace();
    if (writer.writeHere()) {
      release();
    } else if (!isAlways() && !watchesPatience) {
      watchPatience();
    }
  }

  private void watchPatience() {
    watchesPatience = true;
    long position = writer.addedPosition();
    turns.later(PATIENCE_MILLIS, () -> endPatience(position));
  }

  private void endPatience(long position) {
    watchesPatience = false;
    if (isAlways() || held.isEmpty()) return;
    if (writer.writtenPosition() >= position) {
      watchPatience(); // for those who came later
      return;
    }
    impatient = true;
    writer.awaited(true); // to hear that it has caught up
    if (unwrittenBytes() <= MOST_UNWRITTEN_BYTES) releaseAll();
  }

  /** Says at the end of a group where it is in the history of changes, so that replication can go on there. */
  private void notePlace() {
    if (!config.flag(Directive.AOF_REPLICATION_OFFSET)) return;
    RdbWriter.Place place = continuity.place();
    if (place == null || place.equals(notedPlace) || propagation.isInTheMiddle()) return;
    notedPlace = place;
    noted.clear();
    AofPlaces.add(noted, place);
    writer.add(noted.array(), 0, noted.size());
    notedPosition = writer.addedPosition(); // nobody's change
  }

  private boolean isAlways() {
    return config.appendfsync() == AppendFsync.ALWAYS;
  }

  // ---- who waits ---------------------------------------------------------------------------------------------------

  /** A client's run has ended, and the rest of its chunk follows: what was changed so far can wait for that. */
  public void moreFollows() {
    moreFollows = true;
  }

  /** A command of a client was done: if it changed something the client may have to wait. */
  public void ran(Client client) {
    long position = writer.addedPosition();
    if (position == notedPosition) return;
    notedPosition = position;
    if (releasedPosition() >= position) return; // of keys that had expired by themselves, for instance
    if (!isAlways() && (impatient || writer.failure() != null) && unwrittenBytes() <= MOST_UNWRITTEN_BYTES) return;
    if (!client.sink.isHeld()) {
      client.sink.hold();
      held.add(new Held(client, position));
      if (held.size() == 1) writer.awaited(true);
      if (releasedPosition() >= position) progressed(); // the writer may have come so far before it knew who waits
    }
    client.awaitedPosition = position;
  }

  /** Whoever waits for what is before it may go on. */
  private long releasedPosition() {
    return isAlways() ? writer.syncedPosition() : writer.writtenPosition();
  }

  @Override
  public void progressed() {
    if (releaseDue.compareAndSet(false, true)) turns.back(this::release);
  }

  private void release() {
    releaseDue.set(false);
    if (unwrittenBytes() == 0) impatient = false;
    long position = releasedPosition();
    while (!held.isEmpty() && held.peek().position <= position) {
      Client client = held.poll().client;
      if (client.awaitedPosition > position) held.add(new Held(client, client.awaitedPosition));
      else client.sink.release();
    }
    if (held.isEmpty() && !impatient) writer.awaited(false);
  }

  private void releaseAll() {
    while (!held.isEmpty()) held.poll().client.sink.release();
    if (!impatient) writer.awaited(false);
  }

  // ---- failures ----------------------------------------------------------------------------------------------------

  @Override
  public void statusChanged() {
    turns.back(() -> {
      admission.aofFailure(writer.failure());
      if (writer.failure() != null) releaseAll(); // for how long nobody knows; what follows is refused
    });
  }

  @Override
  public void took(String event, long nanos) {
    if (latencyMonitor.concerns(nanos)) turns.back(() -> latencyMonitor.note(event, nanos, clock.millis()));
  }

  @Override
  public void fatal(String reason) {
    control.exit(reason);
  }

  // ---- life --------------------------------------------------------------------------------------------------------

  /**
   * Loads what the last run has left.
   *
   * @param stop whether to give up
   */
  void load(AofLoad.Commands commands, BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    load = files.load(commands, turns, stop, ended);
  }

  /** Loads again what is on disk, at one go: it may be something else by now. */
  RdbFiles.Outcome reload(AofLoad.Commands commands) {
    AofFiles.LoadedAtOnce loaded = files.loadAtOnce(commands);
    if (loaded.outcome() == RdbFiles.Outcome.LOADED) baseBytes = loaded.baseBytes();
    return loaded.outcome();
  }

  /** Has commands written from now on, behind what was loaded. @param done whether that is possible */
  void open(ByteBuffer emptyBase, boolean rdb, Executor background, Consumer<Boolean> done) {
    files.open(emptyBase, rdb, turns, background, opened -> {
      if (opened != null) {
        writer.open(opened.output(), opened.incrementBytes(), opened.allBytes());
        baseBytes = opened.baseBytes();
        state = State.ON;
        propagation.file(this);
      }
      done.accept(opened != null);
    });
  }

  /** CONFIG SET appendonly yes: a rewrite is to make the base. */
  void await() {
    state = State.WAITING;
  }

  /**
   * CONFIG SET appendonly no.
   *
   * @return completed, on any thread, once all is safe on disk
   */
  CompletableFuture<Boolean> close() {
    boolean drops = state == State.WAITING;
    state = State.OFF;
    propagation.file(null);
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    if (drops) writer.discardFirst();
    writer.close(() -> closed.complete(true));
    onLoop(this::releaseAll);
    return closed;
  }

  /**
   * What commands do from now on goes to a new increment, or if there is no base yet, to the one that the first rewrite
   * gives its place.
   *
   * @return completed, on any thread, with whether it does
   */
  CompletableFuture<Boolean> startIncrement() {
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    if (state == State.OFF) {
      started.complete(true);
      return started;
    }
    selected = NONE;
    writer.rotate(state == State.WAITING, started::complete);
    propagation.file(this);
    return started;
  }

  /** The first rewrite has failed: what commands do is kept again when the next begins. */
  void dropIncrement() {
    propagation.file(null);
    writer.discardFirst();
    releaseAll();
  }

  /** There is a new base. */
  void rewritten() {
    if (state == State.WAITING) state = State.ON;
    if (state == State.ON) baseBytes = writer.currentSize();
  }

  void onLoop(Runnable work) {
    turns.back(work);
  }

  /** Some times a second. */
  void tick() {
    if (state != State.OFF) writer.tick();
  }

  /** Whether it is wanted. */
  public boolean isOn() {
    return state != State.OFF;
  }

  /** Whether it is wanted but there is no base yet. */
  boolean isWaiting() {
    return state == State.WAITING;
  }

  boolean isWriting() {
    return state == State.ON;
  }

  /** Waits until all is safe on disk. */
  void flush() {
    if (state == State.OFF) return;
    CompletableFuture<Void> flushed = new CompletableFuture<>();
    writer.flush(() -> flushed.complete(null));
    flushed.join();
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

  /** The last load, or the one under way, or null. */
  LoadProgress load() {
    return load;
  }

  /** Where what was loaded is in the history of changes; null if that is not known. */
  RdbWriter.Place loadedPlace() {
    return load.place();
  }

  public AofWriter writer() {
    return writer;
  }

  /** Bytes that wait to be written. */
  public long unwrittenBytes() {
    return state == State.OFF ? 0 : writer.addedPosition() - writer.writtenPosition();
  }

  /** Size of the file after the last rewrite, or of the base that was loaded. */
  public long baseBytes() {
    return baseBytes;
  }
}
