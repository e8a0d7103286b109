package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;

/** The append-only file as the shard sees it: loaded once, then written to. Used on the shard's loop only. */
public final class AofFiles {
  /**
   * A file that commands can be added to.
   *
   * @param baseBytes size of the base, {@code allBytes} with all increments; of a base that is new, and empty, neither
   *     counts anything, as in Redis
   */
  public record Opened(FileSystem.Output output, long incrementBytes, long baseBytes, long allBytes) {}

  private final FileSystem files;
  private final Config config;
  private final Clock clock;
  private final RdbFiles rdbFiles;
  private final AofFolder folder;

  /** @param rdbFiles whose counts of keys a base adds to */
  public AofFiles(FileSystem files, Config config, Clock clock, RdbFiles rdbFiles) {
    this.files = files;
    this.config = config;
    this.clock = clock;
    this.rdbFiles = rdbFiles;
    folder = new AofFolder(files, config);
  }

  /** See {@link AofWriter}. */
  public AofWriter writer(AofWriter.Owner owner, Executor signal, Executor blocking) {
    return new AofWriter(folder, config, clock, owner, signal, blocking);
  }

  /** Reads the manifest, if there is one. @param done whether that went well; why not is in the log */
  public void readManifest(Turns turns, Consumer<Boolean> done) {
    inBackground(turns, () -> {
      folder.readManifest();
      return true;
    }, read -> done.accept(read != null));
  }

  /**
   * Loads all files that the manifest names, or the one that a version before 7.0 has left.
   *
   * @param stop whether to give up
   * @return how far it is, and in the end, what was loaded
   */
  public AofLoad load(AofLoad.Commands commands, Turns turns, BooleanSupplier stop,
      Consumer<RdbFiles.Outcome> ended) {
    AofLoad load = new AofLoad(files, folder, config, clock, commands, rdbFiles::loadBase, turns, stop, ended);
    load.start();
    return load;
  }

  /**
   * Opens the file that commands go to after the start.
   *
   * @param emptyBase what the base holds if there is none yet
   * @param rdb its format
   * @param done gets null if that has failed, which is logged
   */
  public void open(ByteBuffer emptyBase, boolean rdb, Turns turns, Executor background, Consumer<Opened> done) {
    inBackground(turns, () -> {
      boolean isNew = folder.manifest().isEmpty();
      FileSystem.Output output = folder.openAtStart(emptyBase, rdb);
      folder.deleteHistory(background);
      if (isNew) return new Opened(output, 0, 0, 0);
      return new Opened(output, output.size(), baseBytes(folder), folder.size());
    }, done);
  }

  private static long baseBytes(AofFolder folder) throws IOException {
    AofManifest.File base = folder.manifest().base();
    return base == null ? 0 : folder.size(base);
  }

  /** @param baseBytes size of the base, 0 without one */
  public record LoadedAtOnce(RdbFiles.Outcome outcome, long baseBytes) {}

  /** Loads everything at one go. All that was added must be written. */
  public LoadedAtOnce loadAtOnce(AofLoad.Commands commands) {
    TurnsAtOnce turns = new TurnsAtOnce();
    AofFolder read = new AofFolder(files, config); // the other is the writer's
    List<RdbFiles.Outcome> outcome = new ArrayList<>();
    try {
      read.readManifest();
      new AofLoad(files, read, config, clock, commands, rdbFiles::loadBase, turns, () -> false, outcome::add).start();
      turns.runAll();
      return new LoadedAtOnce(outcome.get(0), baseBytes(read));
    } catch (IOException logged) {
      return new LoadedAtOnce(RdbFiles.Outcome.FAILED, 0);
    }
  }

  private interface Work<R> {
    R run() throws IOException;
  }

  private <R> void inBackground(Turns turns, Work<R> work, Consumer<R> done) {
    turns.block(() -> {
      R result = null;
      try {
        result = work.run();
      } catch (IOException logged) {
        // the folder has said why
      }
      R outcome = result;
      turns.back(() -> done.accept(outcome));
    });
  }
}
