package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;

/**
 * The files of the append-only file and the manifest that names them, in a folder of their own ({@code appenddirname}).
 * Every step leaves a manifest, old or new, whose files are all there: whoever crashes in between finds a whole.
 *
 * <p>Everything here may block. One thread after the other uses it. Failures are logged here, in Redis's words.
 */
final class AofFolder {
  private static final Logger log = LoggerFactory.getLogger(AofFolder.class);

  private final FileSystem files;
  private final Config config;
  private AofManifest manifest = AofManifest.EMPTY;

  AofFolder(FileSystem files, Config config) {
    this.files = files;
    this.config = config;
  }

  AofManifest manifest() {
    return manifest;
  }

  String fileName() {
    return config.text(Directive.APPENDFILENAME);
  }

  private String folderName() {
    return config.text(Directive.APPENDDIRNAME);
  }

  private Path folder() {
    return config.resolve(folderName());
  }

  /** @param name one character a byte */
  Path path(String name) {
    return config.resolve(folderName() + "/" + name);
  }

  private String temporaryIncrement() {
    return "temp-" + fileName() + ".incr";
  }

  // ---- at the start ------------------------------------------------------------------------------------------------

  /** Reads the manifest, if there is one. */
  void readManifest() throws IOException {
    String name = fileName() + ".manifest";
    if (!files.exists(path(name))) {
      log.debug("The AOF manifest file {} doesn't exist", name);
      manifest = AofManifest.EMPTY;
      return;
    }
    try {
      manifest = AofManifest.parse(readAll(path(name)));
    } catch (AofManifest.Malformed e) {
      log.warn("\n*** FATAL AOF MANIFEST FILE ERROR ***\n");
      if (e.line != null) {
        log.warn("Reading the manifest file, at line {}\n", e.lineNumber);
        log.warn(">>> '{}'\n", e.line);
      }
      log.warn("{}\n", e.getMessage());
      throw new IOException(e.getMessage(), e);
    } catch (IOException e) {
      log.warn("Fatal error: can't open the AOF manifest file {} for reading: {}", path(name), FileNames.reason(e));
      throw e;
    }
  }

  private byte[] readAll(Path file) throws IOException {
    try (FileSystem.Input input = files.open(file)) {
      byte[] all = Bytes.EMPTY;
      byte[] piece = new byte[4096];
      for (int length = input.read(piece); length >= 0; length = input.read(piece)) {
        all = Bytes.concat(all, Arrays.copyOf(piece, length));
      }
      return all;
    }
  }

  /**
   * Takes over the single file that a version before 7.0 has left: it becomes the base. A crash on the way is no harm,
   * this goes on where it stopped.
   */
  void upgrade() throws IOException {
    Path old = config.resolve(fileName());
    if (!files.exists(old)) return;
    AofManifest now = manifest;
    boolean moved = now.base() == null || !now.base().name().equals(fileName()) || files.exists(path(fileName()));
    if (!now.isEmpty() && (!now.increments().isEmpty() || moved)) return;
    createFolder();
    persist(now.upgraded(fileName()));
    try {
      files.rename(old, path(fileName()));
      files.syncFolder(folder());
      files.syncFolder(old.getParent());
    } catch (IOException e) {
      log.warn("Error trying to move the old AOF file {} into dir {}: {}", fileName(), folderName(),
          FileNames.reason(e));
      throw e;
    }
    log.info("Successfully migrated an old-style AOF file ({}) into the AOF directory ({}).", fileName(), folderName());
  }

  void createFolder() throws IOException {
    try {
      if (files.exists(folder())) return;
      files.createFolder(folder());
      files.syncFolder(folder().getParent());
    } catch (IOException e) {
      log.warn("Can't open or create append-only dir {}: {}", folderName(), FileNames.reason(e));
      throw e;
    }
  }

  /**
   * Opens the increment that commands go to, behind what is in it. There is one from now on, and if there was nothing
   * at all, a base before it.
   *
   * @param emptyBase what a base holds if there is nothing
   * @param rdb its format
   */
  FileSystem.Output openAtStart(ByteBuffer emptyBase, boolean rdb) throws IOException {
    createFolder();
    AofManifest next = manifest;
    if (next.isEmpty()) {
      next = next.withNewBase(fileName(), rdb);
      writeSmall(path(next.base().name()), emptyBase);
      log.info("Creating AOF base file {} on server start", next.base().name());
    }
    boolean isNew = next.lastIncrement() == null;
    if (isNew) next = next.withNewIncrement(fileName());
    String name = next.lastIncrement().name();
    FileSystem.Output output = open(name, isNew); // a crash may have left one that no manifest names
    if (next != manifest) persist(next);
    log.info("{} AOF incr file {} on server start", isNew ? "Creating" : "Opening", name);
    return output;
  }

  private void writeSmall(Path place, ByteBuffer bytes) throws IOException {
    Path temporary = place.resolveSibling("temp-" + place.getFileName());
    try {
      try (FileSystem.Output output = files.create(temporary)) {
        output.write(bytes);
        output.sync();
      }
      files.rename(temporary, place);
    } catch (IOException e) {
      log.warn("Write error writing append only file on disk: {}", FileNames.reason(e));
      throw e;
    }
  }

  /** Bytes of the base and of all increments. */
  long size() throws IOException {
    long bytes = 0;
    for (AofManifest.File file : manifest.loaded()) bytes += size(file);
    return bytes;
  }

  long size(AofManifest.File file) throws IOException {
    try {
      return files.size(path(file.name()));
    } catch (IOException e) {
      log.warn("Unable to obtain the AOF file {} length. stat: {}", file.name(), FileNames.reason(e));
      throw e;
    }
  }

  // ---- a rewrite ---------------------------------------------------------------------------------------------------

  /** Opens a new increment: what is written from now on comes after the snapshot that is being made. */
  FileSystem.Output newIncrement() throws IOException {
    AofManifest before = manifest;
    AofManifest next = before.withNewIncrement(fileName());
    String name = next.lastIncrement().name();
    FileSystem.Output output = open(name, true);
    try {
      persist(next);
    } catch (IOException e) {
      output.close();
      if (manifest == next) goBackTo(before);
      throw e;
    }
    log.info("Creating AOF incr file {} on background rewrite", name);
    return output;
  }

  /**
   * Takes back an increment that the manifest names although nothing will be written to it: the one before it would not
   * be the last, whose end a crash may tear. A failure is logged.
   */
  private void goBackTo(AofManifest before) {
    try {
      persist(before);
    } catch (IOException logged) {
      // the next rewrite tries again
    }
  }

  /**
   * Opens an increment that the manifest does not name yet, since there is no base before it: {@link #install} gives it
   * its name.
   */
  FileSystem.Output newTemporaryIncrement() throws IOException {
    createFolder();
    FileSystem.Output output = open(temporaryIncrement(), true);
    log.info("Creating AOF incr file {} on background rewrite", temporaryIncrement());
    return output;
  }

  /** A rewrite that was to bring the first base has failed. */
  void discardTemporaryIncrement() {
    log.info("Removing the temp incr aof file {} in the background", temporaryIncrement());
    delete(temporaryIncrement());
  }

  void rename(Path from, Path to) throws IOException {
    files.rename(from, to);
  }

  private FileSystem.Output open(String name, boolean empty) throws IOException {
    try {
      return empty ? files.create(path(name)) : files.append(path(name));
    } catch (IOException e) {
      log.warn("Can't open the append-only file {}: {}", name, FileNames.reason(e));
      throw e;
    }
  }

  /** {@link FileSystem#rename}, or something around it. */
  interface Renaming {
    void rename(Path from, Path to) throws IOException;
  }

  /**
   * Puts a new base, which is safe on disk, into its place, and makes history of what it replaces.
   *
   * @param made where the base is now
   * @param rdb its format
   * @param appending whether the last increment is in use, so that it stays
   * @param first whether the increment in use is the temporary one
   * @param renaming how the finished files get their names
   */
  void install(Path made, boolean rdb, boolean appending, boolean first, Renaming renaming) throws IOException {
    AofManifest next = manifest.withNewBase(fileName(), rdb);
    String base = next.base().name();
    try {
      createFolder();
      renaming.rename(made, path(base));
    } catch (IOException e) {
      log.warn("Error trying to rename the temporary AOF base file {} into {}: {}", made.getFileName(), path(base),
          FileNames.reason(e));
      discardBase(made);
      throw e;
    }
    log.info("Successfully renamed the temporary AOF base file {} into {}", made.getFileName(), base);
    if (first) {
      next = next.withNewIncrement(fileName());
      String name = next.lastIncrement().name();
      try {
        renaming.rename(path(temporaryIncrement()), path(name));
      } catch (IOException e) {
        log.warn("Error trying to rename the temporary AOF incr file {} into {}: {}", path(temporaryIncrement()),
            path(name), FileNames.reason(e));
        delete(base);
        throw e;
      }
      log.info("Successfully renamed the temporary AOF incr file {} into {}", temporaryIncrement(), name);
    }
    next = next.rewritten(appending ? 1 : 0);
    try {
      persist(next);
    } catch (IOException e) {
      if (manifest != next) { // else it may be found after a crash, and so must the files
        delete(base);
        if (first) delete(next.lastIncrement().name());
      }
      throw e;
    }
  }

  /** Deletes a base that is not to be installed. */
  void discardBase(Path made) {
    delete(made);
  }

  /**
   * Deletes what no one reads any more, unless {@code aof-disable-auto-gc} says that it stays. The manifest forgets the
   * names last: whoever crashes before it does deletes at the next start what is left.
   *
   * @param background where giving back their space may take long
   */
  void deleteHistory(Executor background) {
    if (config.flag(Directive.AOF_DISABLE_AUTO_GC) || manifest.history().isEmpty()) return;
    for (AofManifest.File file : manifest.history()) {
      log.info("Removing the history file {} in the background", file.name());
      deleteName(file.name(), background);
    }
    try {
      persist(manifest.withoutHistory());
    } catch (IOException logged) {
      // the names of what is gone stay until the next time
    }
  }

  /** Deletes a file while it is open, which takes the name alone: its space is given back when it is closed. */
  private void deleteName(String name, Executor background) {
    try {
      FileSystem.Input held = files.open(path(name));
      delete(name);
      background.execute(() -> close(held));
    } catch (IOException unreadable) {
      delete(name);
    }
  }

  private static void close(FileSystem.Input file) {
    try {
      file.close();
    } catch (IOException e) {
      log.debug("Cannot close a file that is deleted: {}", FileNames.reason(e));
    }
  }

  private void delete(String name) {
    delete(path(name));
  }

  private void delete(Path file) {
    try {
      files.delete(file);
    } catch (IOException e) {
      log.debug("Cannot remove {}: {}", file.getFileName(), FileNames.reason(e));
    }
  }

  // ---- the manifest ------------------------------------------------------------------------------------------------

  /**
   * @throws IOException if it has failed, or if it is not known whether it would survive a crash; the latter if {@link
   *     #manifest} is the new one
   */
  private void persist(AofManifest next) throws IOException {
    String name = fileName() + ".manifest";
    String temporary = "temp-" + name;
    String failure = "Can't open the AOF manifest file {}: {}";
    try (FileSystem.Output output = files.create(path(temporary))) {
      failure = "Error trying to write the temporary AOF manifest file {}: {}";
      output.write(ByteBuffer.wrap(next.print()));
      failure = "Fail to fsync the temp AOF file {}: {}.";
      output.sync();
    } catch (IOException e) {
      log.warn(failure, temporary, FileNames.reason(e));
      throw e;
    }
    try {
      files.syncFolder(folder()); // the files that it names are there before it
      files.rename(path(temporary), path(name));
    } catch (IOException e) {
      log.warn("Error trying to rename the temporary AOF manifest file {} into {}: {}", temporary, name,
          FileNames.reason(e));
      throw e;
    }
    manifest = next;
    try {
      files.syncFolder(folder());
    } catch (IOException e) {
      log.warn("Fail to fsync AOF directory {}: {}.", path(name), FileNames.reason(e));
      throw e;
    }
  }
}
