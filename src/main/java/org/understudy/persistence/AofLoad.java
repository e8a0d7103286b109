package org.understudy.persistence;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;
import org.understudy.rdb.RdbWriter;

/**
 * Loads the files of an append-only file, one after the other: a base in the RDB format goes into the keyspace,
 * commands are executed. Files are read where that may block, and loaded piece by piece on the loop, each while the
 * next is read.
 *
 * <p>The last file may lack its end, as a crash leaves it: with {@code aof-load-truncated} what is not whole is cut
 * off, a transaction without its EXEC included. Everything else that is not as it should be ends the loading; the
 * keyspace holds a part then. All is said in the log, in Redis's words. Source: loadAppendOnlyFiles, aof.c 7.0.15.
 */
public final class AofLoad implements LoadProgress {
  /** Executes what is loaded. */
  public interface Commands {
    /** A file begins: nothing that the one before it has left to whoever comes next, such as its database, holds. */
    void begin();

    /** Executes a command, or queues it after MULTI. @return false if there is no such command */
    boolean run(byte[][] command);

    /** Whether SETs may come by {@link #set} now: outside of a transaction, and if SET is the command of that name. */
    boolean takesSets();

    /** Executes SETs, first to last. */
    void set(PlainSets sets);

    /** Whether there was a MULTI and no EXEC yet. */
    boolean inTransaction();

    /** The file is at its end; a transaction without an EXEC is forgotten. */
    void end();
  }

  /** Ends the loading; the reason is logged. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
  }

  private static final Logger log = LoggerFactory.getLogger(AofLoad.class);
  private static final int PIECE_BYTES = 64 << 10;
  private static final byte[] RDB_MAGIC = Bytes.of("REDIS");

  private final FileSystem files;
  private final AofFolder folder;
  private final Config config;
  private final Clock clock;
  private final Commands commands;
  private final Function<Long, RdbLoad> newRdbLoad;
  private final Turns turns;
  private final BooleanSupplier stop;
  private final Consumer<RdbFiles.Outcome> ended;
  private final long startMillis;
  /** The piece that is being loaded, and the one that is read meanwhile. */
  private byte[] piece = new byte[PIECE_BYTES];
  private byte[] nextPiece = new byte[PIECE_BYTES];
  private final PlainSets sets = new PlainSets();
  private boolean over;

  private List<AofManifest.File> names = List.of();
  private long totalBytes;
  private long bytesBefore;
  private int next;

  /** The file under way: its name, size and what reads it; the RDB part, if it has one, comes first. */
  private AofManifest.File name;
  private long fileBytes;
  private FileSystem.Input input;
  private RdbLoad rdb;
  private AofReader reader;
  private long beforeTransaction;
  private RdbWriter.Place place;
  private long fileStartNanos;

  /**
   * @param newRdbLoad what loads a base of so many bytes in the RDB format
   * @param stop whether to give up
   * @param ended is told on the loop
   */
  AofLoad(FileSystem files, AofFolder folder, Config config, Clock clock, Commands commands,
      Function<Long, RdbLoad> newRdbLoad, Turns turns, BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    this.files = files;
    this.folder = folder;
    this.config = config;
    this.clock = clock;
    this.commands = commands;
    this.newRdbLoad = newRdbLoad;
    this.turns = turns;
    this.stop = stop;
    this.ended = ended;
    startMillis = clock.millis();
  }

  // ---- progress ----------------------------------------------------------------------------------------------------

  @Override
  public long startMillis() {
    return startMillis;
  }

  @Override
  public long totalBytes() {
    return totalBytes;
  }

  @Override
  public long loadedBytes() {
    long ofFile = reader != null ? reader.position() : rdb != null ? rdb.loadedBytes() : 0;
    return bytesBefore + ofFile;
  }

  @Override
  public long usedMemory() {
    return rdb == null ? 0 : rdb.usedMemory();
  }

  /** Where what was loaded is in the history of changes; null if that is not known. */
  public RdbWriter.Place place() {
    return place;
  }

  // ---- file by file ------------------------------------------------------------------------------------------------

  /** Something that may block. */
  private interface Blocking {
    void run() throws IOException;
  }

  /** Does it where it may block, then goes on on the loop; a failure, which is logged, ends the loading. */
  private void blocking(Blocking work, Runnable then) {
    turns.block(() -> {
      try {
        work.run();
      } catch (IOException logged) {
        turns.back(() -> end(RdbFiles.Outcome.FAILED));
        return;
      }
      turns.back(then);
    });
  }

  void start() {
    blocking(() -> {
      folder.upgrade();
      totalBytes = folder.size();
    }, () -> {
      names = folder.manifest().loaded();
      if (names.isEmpty()) end(RdbFiles.Outcome.ABSENT);
      else nextFile();
    });
  }

  private void nextFile() {
    if (next == names.size()) {
      end(RdbFiles.Outcome.LOADED);
      return;
    }
    name = names.get(next++);
    rdb = null;
    reader = null;
    fileStartNanos = clock.nanos();
    commands.begin();
    blocking(this::open, this::read);
  }

  private void open() throws IOException {
    try {
      input = files.open(folder.path(name.name()));
      fileBytes = input.size();
    } catch (IOException e) {
      log.warn("Fatal error: can't open the append log file {} for reading: {}", name.name(), FileNames.reason(e));
      throw e;
    }
  }

  private void read() {
    FileSystem.Input from = input;
    byte[] into = nextPiece;
    turns.block(() -> {
      try {
        int length = from.read(into);
        turns.back(() -> load(length));
      } catch (IOException e) {
        turns.back(() -> readFailed(e));
      }
    });
  }

  private void readFailed(IOException failure) {
    if (over) return;
    log.warn("Unrecoverable error reading the append only file {}: {}", name.name(), FileNames.reason(failure));
    end(RdbFiles.Outcome.DAMAGED);
  }

  private void load(int length) {
    if (over) return;
    if (stop.getAsBoolean()) {
      end(RdbFiles.Outcome.STOPPED);
      return;
    }
    try {
      if (length < 0) {
        fileEnded();
        return;
      }
      byte[] read = nextPiece;
      nextPiece = piece;
      piece = read;
      long delayMicros = Math.max(0, config.number(Directive.KEY_LOAD_DELAY));
      if (delayMicros == 0) read();
      long commandsRun = loadPiece(length);
      if (delayMicros > 0) turns.later(delayMicros * commandsRun / 1000, this::read);
    } catch (Refused logged) {
      end(RdbFiles.Outcome.DAMAGED);
    } catch (RuntimeException fault) {
      log.error("A fault while loading {}", name.name(), fault);
      end(RdbFiles.Outcome.DAMAGED);
    }
  }

  /** A piece that is still being read is not looked at any more. */
  private void end(RdbFiles.Outcome outcome) {
    over = true;
    closeInput();
    ended.accept(outcome);
  }

  private void closeInput() {
    FileSystem.Input open = input;
    input = null;
    if (open == null) return;
    turns.block(() -> {
      try {
        open.close();
      } catch (IOException e) {
        log.debug("Closing {}: {}", name.name(), e.getMessage());
      }
    });
  }

  // ---- what is in a file -------------------------------------------------------------------------------------------

  /** Returns how many commands were executed. */
  private long loadPiece(int length) throws Refused {
    if (rdb == null && reader == null) startFile(length);
    int from = 0;
    if (reader == null) {
      boolean more = rdb.read(piece, length);
      if (more) return 0;
      if (!rdb.complete()) throw refusedBase();
      from = rdb.used();
      place = rdb.place();
      reader = new AofReader(rdb.loadedBytes(), fileBytes);
      if (isOldStyle()) log.info("Reading the remaining AOF tail...");
    }
    reader.feed(piece, from, length - from);
    return runCommands();
  }

  private void startFile(int length) {
    boolean isRdb = length >= RDB_MAGIC.length;
    for (int i = 0; isRdb && i < RDB_MAGIC.length; i++) isRdb = piece[i] == RDB_MAGIC[i];
    if (!isRdb) {
      reader = new AofReader(0, fileBytes);
      return;
    }
    log.info(isOldStyle() ? "Reading RDB preamble from AOF file..." : "Reading RDB base file on AOF loading...");
    rdb = newRdbLoad.apply(fileBytes);
  }

  /** Whether it is the one file of a version before 7.0. */
  private boolean isOldStyle() {
    return name.name().equals(folder.fileName());
  }

  private Refused refusedBase() {
    log.warn("Error reading the RDB {} {}, AOF loading aborted",
        isOldStyle() ? "preamble of the AOF file" : "base file", name.name());
    return new Refused();
  }

  private long runCommands() throws Refused {
    long run = 0;
    long before = reader.commandEnd();
    try {
      while (true) {
        run += runSets();
        before = reader.commandEnd();
        byte[][] command = reader.next();
        if (command == null) return run;
        run(command, before);
        run++;
      }
    } catch (AofReader.Malformed e) {
      logEnd(before);
      log.warn("Bad file format reading the append only file {}: make a backup of your AOF file, then use"
          + " ./redis-check-aof --fix <filename.manifest>", name.name());
      throw new Refused();
    }
  }

  private long runSets() {
    if (!commands.takesSets()) return 0;
    long run = 0;
    do {
      reader.takeSets(sets);
      if (sets.count() > 0) {
        commands.set(sets);
        place = null;
      }
      run += sets.count();
    } while (sets.isFull());
    return run;
  }

  /** @param before where in the file the last command ended */
  private void run(byte[][] command, long before) throws Refused {
    boolean inTransaction = commands.inTransaction();
    // what was noted before any other command does not hold any more, and a transaction is not done before its end
    place = inTransaction ? null : AofPlaces.parse(command);
    if (place == null && !commands.run(command)) {
      logEnd(before);
      log.warn("Unknown command '{}' reading the append only file {}", Bytes.string(command[0]), name.name());
      throw new Refused();
    }
    if (!inTransaction && commands.inTransaction()) beforeTransaction = before;
  }

  /** Before what Redis says, which is the last word. */
  private void logEnd(long offset) {
    log.warn("The last command of {} that is whole ends at offset {} of {}", name.name(), offset, fileBytes);
  }

  private void fileEnded() throws Refused {
    if (rdb != null && reader == null) {
      rdb.endedEarly(null);
      throw refusedBase();
    }
    boolean inTransaction = commands.inTransaction();
    commands.end();
    if (inTransaction) {
      if (!reader.inTheMiddle()) {
        log.warn("Revert incomplete MULTI/EXEC transaction in AOF file {}", name.name());
      }
      cutEnd(beforeTransaction);
    } else if (reader != null && reader.inTheMiddle()) {
      cutEnd(reader.commandEnd());
    } else {
      fileLoaded();
    }
  }

  /** The file lacks its end: takes off what is not whole, if that may be. */
  private void cutEnd(long wholeBytes) throws Refused {
    if (!config.flag(Directive.AOF_LOAD_TRUNCATED)) {
      logEnd(wholeBytes);
      log.warn("Unexpected end of file reading the append only file {}. You can: 1) Make a backup of your AOF file, "
          + "then use ./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the "
          + "'aof-load-truncated' configuration option to yes and restart the server.", name.name());
      throw new Refused();
    }
    log.warn("!!! Warning: short read while loading the AOF file {}!!!", name.name());
    if (next < names.size()) {
      logEnd(wholeBytes);
      log.warn("Fatal error: the truncated file is not the last file");
      throw new Refused();
    }
    log.warn("!!! Truncating the AOF {} at offset {} !!!", name.name(), wholeBytes);
    blocking(() -> {
      try {
        files.truncate(folder.path(name.name()), wholeBytes);
      } catch (IOException e) {
        log.warn("Error truncating the AOF file {}: {}", name.name(), FileNames.reason(e));
        throw e;
      }
    }, () -> {
      log.warn("AOF {} loaded anyway because aof-load-truncated is enabled; {} bytes were cut off", name.name(),
          fileBytes - wholeBytes);
      totalBytes -= fileBytes - wholeBytes;
      fileBytes = wholeBytes;
      fileLoaded();
    });
  }

  private void fileLoaded() {
    closeInput();
    bytesBefore += fileBytes;
    boolean empty = rdb == null && reader == null;
    rdb = null;
    reader = null;
    if (!empty) {
      log.info("DB loaded from {} file {}: {} seconds", name.type() == AofManifest.Type.BASE ? "base" : "incr",
          name.name(), String.format(Locale.ROOT, "%.3f", (clock.nanos() - fileStartNanos) / 1e9));
    }
    nextFile();
  }
}
