package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;
import org.understudy.rdb.RdbException;
import org.understudy.rdb.RdbReader;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;

/**
 * Saves the dataset to the RDB file that the configuration names ({@code dir}, {@code dbfilename}) and loads it from
 * there. Used on the shard's loop only; there is one save at a time.
 */
public final class RdbFiles {
  /** How loading ended. */
  public enum Outcome {
    LOADED,
    /** There is no file. */
    ABSENT,
    /** It cannot be opened; nothing was loaded. */
    FAILED,
    /** For a reason that is logged; the keyspace holds a part of it and is not to be used. */
    DAMAGED,
    /** Somebody asked for it. */
    STOPPED
  }

  private static final Logger log = LoggerFactory.getLogger(RdbFiles.class);

  private final FileSystem files;
  private final Keyspace keyspace;
  private final Config config;
  private final Clock clock;
  private final Supplier<RdbWriter.Origin> origin;
  private final Supplier<ReadOptions> reading;
  private final long processId;
  /** Libraries of functions of the file that was loaded: nothing runs them yet, but they are saved again. */
  private final List<byte[]> libraries = new ArrayList<>();
  /** The same of a dataset that is on its way. */
  private final List<byte[]> receivedLibraries = new ArrayList<>();
  private int serial;
  private RdbLoad load;
  /** The last one that was begun; null before. */
  private volatile DumpFile unfinished;

  /**
   * @param origin what a file that is written now says of its origin
   * @param reading how a file that is loaded now is read
   * @param processId for the names of unfinished files
   */
  public RdbFiles(FileSystem files, Keyspace keyspace, Config config, Clock clock, Supplier<RdbWriter.Origin> origin,
      Supplier<ReadOptions> reading, long processId) {
    this.files = files;
    this.keyspace = keyspace;
    this.config = config;
    this.clock = clock;
    this.origin = origin;
    this.reading = reading;
    this.processId = processId;
  }

  private Path place() {
    return config.resolve(config.dbfilename());
  }

  // ---- saving ------------------------------------------------------------------------------------------------------

  /**
   * Makes the cut of a snapshot and saves it in slices.
   *
   * @param gentle whether clients come first, or somebody waits for the end
   * @param ended is told on the loop whether it was saved; not if it is cancelled before
   */
  public Save start(Turns turns, boolean gentle, Consumer<Boolean> ended) {
    DumpFile file = file("temp-" + processId + "-" + ++serial + ".rdb");
    return start(stream(SnapshotStream.Contents.ALL), file, turns, gentle, ended);
  }

  /** As {@link #start}, but for replicas only: once the last of them has read it nothing is left. */
  public Save startForReplicas(SnapshotStream.Contents contents, Turns turns, Consumer<Boolean> ended) {
    SpoolFile file = new SpoolFile(files, place().resolveSibling("temp-repl-" + processId + "-" + ++serial + ".rdb"));
    return start(stream(contents), file, turns, true, ended);
  }

  private Save start(SnapshotStream stream, Save.Target target, Turns turns, boolean gentle,
      Consumer<Boolean> ended) {
    int delay = keyDelayMicros();
    Save save = new Save(stream, target, turns, clock::nanos, gentle, () -> Math.min(delay, keyDelayMicros()), ended);
    save.start();
    return save;
  }

  /** A brake may be released while a save is under way, since there is no child process that could be killed. */
  private int keyDelayMicros() {
    return (int) config.number(Directive.RDB_KEY_SAVE_DELAY);
  }

  /**
   * Saves at one go, files included: for when nothing else may happen, {@code rdb-key-save-delay} excepted.
   *
   * @return false if it failed, which is logged
   */
  public boolean saveAtOnce() {
    int delay = keyDelayMicros();
    return Save.atOnce(stream(SnapshotStream.Contents.ALL), file("temp-" + processId + ".rdb"),
        keys -> LockSupport.parkNanos(Math.max(0, keys * delay * 1000)));
  }

  /** The process ends now: removes the file that a save is writing, if there is one. From any thread; may block. */
  public void removeUnfinished() {
    DumpFile file = unfinished;
    if (file != null) file.abort();
  }

  private SnapshotStream stream(SnapshotStream.Contents contents) {
    return new SnapshotStream(keyspace, contents, origin.get(), libraries, config, Save.PIECE_BYTES);
  }

  private DumpFile file(String temporaryName) {
    unfinished = new DumpFile(files, place(), temporaryName, config.flag(Directive.RDB_SAVE_INCREMENTAL_FSYNC));
    return unfinished;
  }

  /**
   * Makes the cut of a snapshot and writes it as the base of an append-only file.
   *
   * @param file where to
   * @param rdb the format: RDB, or commands
   */
  public Save startBase(Path file, boolean rdb, Turns turns, Consumer<Boolean> ended) {
    Save.Target target = new AofBase(files, file, config.flag(Directive.AOF_REWRITE_INCREMENTAL_FSYNC));
    return start(baseStream(rdb), target, turns, true, ended);
  }

  /** The whole snapshot as base of an append-only file: for a dataset without keys. */
  public ByteBuffer emptyBase(boolean rdb) {
    SnapshotStream stream = baseStream(rdb);
    for (boolean more = true; more; ) more = stream.step();
    return stream.take();
  }

  private SnapshotStream baseStream(boolean rdb) {
    if (!rdb) {
      long timestamp = config.flag(Directive.AOF_TIMESTAMP_ENABLED) ? clock.millis() / 1000 : 0;
      RdbWriter.Place place = config.flag(Directive.AOF_REPLICATION_OFFSET) ? origin.get().replication() : null;
      return new SnapshotStream(keyspace, new CommandForm(libraries, timestamp, place));
    }
    RdbWriter.Origin now = origin.get();
    RdbWriter.Origin base = new RdbWriter.Origin(now.redisVersion(), now.unixSeconds(), now.usedMemory(),
        now.replication(), true);
    return new SnapshotStream(keyspace, SnapshotStream.Contents.ALL, base, libraries, config, Save.PIECE_BYTES);
  }

  // ---- loading -----------------------------------------------------------------------------------------------------

  /** The last load, or the one under way; null before the first. */
  public RdbLoad load() {
    return load;
  }

  /** Keeps a library of functions that a command brought. */
  public void addLibrary(byte[] code) {
    libraries.add(code);
  }

  /** Forgets the libraries: a dataset is about to be replaced. */
  public void forgetLibraries() {
    libraries.clear();
  }

  /** Loads the file at one go. @param replaces see {@link RdbLoad} */
  public Outcome loadAtOnce(boolean replaces) {
    try (FileSystem.Input input = files.open(place())) {
      load = new RdbLoad(keyspace, libraries, reading.get(), input.size(), replaces, RdbLoad.Expired.LEFT_OUT);
      load.readAll(input);
      return load.complete() ? Outcome.LOADED : Outcome.DAMAGED;
    } catch (NoSuchFileException e) {
      return Outcome.ABSENT;
    } catch (IOException e) {
      log.warn("Cannot read the RDB file: {}", FileNames.reason(e));
      return Outcome.FAILED;
    }
  }

  /** What our primary sends, on its way into the place of the file. Its pieces have arrays. */
  public PiecewiseFile receivedFile() {
    String name = "temp-" + clock.millis() / 1000 + "." + processId + "-" + ++serial + ".rdb";
    return new ReceivedFile(files, place(), name, reading.get());
  }

  /**
   * Begins to load what our primary sends; all keys, since it says when they have expired.
   *
   * @param totalBytes 0 if that is not known
   * @param databases where the keys go, by index
   */
  public RdbLoad receive(long totalBytes, IntFunction<Database> databases) {
    receivedLibraries.clear();
    load = new RdbLoad(keyspace, databases, receivedLibraries, reading.get(), totalBytes, false,
        RdbLoad.Expired.LOADED);
    return load;
  }

  /** What {@link #receive} began is whole: its libraries take the place of ours, as its keys do. */
  public void received() {
    libraries.clear();
    libraries.addAll(receivedLibraries);
    receivedLibraries.clear();
  }

  /** How many keys are in the bytes of a whole file; 0 if they are damaged before the first. */
  public long keysIn(byte[] file) {
    long[] keys = {0};
    try {
      new RdbReader(reading.get(), entry -> {
        keys[0]++;
        return true;
      }).read(file, 0, file.length);
    } catch (RdbException damaged) {
      log.debug("A file that is damaged: {}", damaged.getMessage());
    }
    return keys[0];
  }

  /** Removes the file. May block. */
  public void delete() {
    try {
      files.delete(place());
    } catch (IOException e) {
      log.warn("Cannot remove the RDB file: {}", FileNames.reason(e));
    }
  }

  /** Loads the base of an append-only file, of so many bytes. */
  RdbLoad loadBase(long bytes) {
    load = new RdbLoad(keyspace, libraries, reading.get(), bytes, false, RdbLoad.Expired.LOADED);
    return load;
  }

  /** Loads the file in slices, each as long as a small piece of it takes. @param stop whether to end it now */
  public void load(Turns turns, BooleanSupplier stop, RdbLoad.Expired expired, Consumer<Outcome> ended) {
    turns.block(() -> {
      try {
        FileSystem.Input input = files.open(place());
        long size = input.size();
        turns.back(() -> {
          load = new RdbLoad(keyspace, libraries, reading.get(), size, false, expired);
          new Loading(input, load, turns, stop, (int) config.number(Directive.KEY_LOAD_DELAY), ended).read();
        });
      } catch (NoSuchFileException e) {
        turns.back(() -> ended.accept(Outcome.ABSENT));
      } catch (IOException e) {
        log.warn("Fatal error loading the DB: {}. Exiting.", FileNames.reason(e));
        turns.back(() -> ended.accept(Outcome.FAILED));
      }
    });
  }
}
