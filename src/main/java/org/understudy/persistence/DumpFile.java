package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/**
 * An RDB file in the making. It is written under another name beside its place, made safe on disk, and only then put
 * into its place in one step: whoever looks, and whenever the machine stops, finds the old file or the new one, each
 * whole.
 *
 * <p>{@link #abort} and {@link #cancel} may come from any thread. What fails is logged in Redis's words.
 */
final class DumpFile implements Save.Target {
  private static final Logger log = LoggerFactory.getLogger(DumpFile.class);

  private final FileSystem files;
  private final Path place;
  private final UnfinishedFile file;
  /** Guarded by this, as the next. */
  private boolean cancelled;
  private boolean renamed;

  /**
   * @param temporaryName in the same folder as {@code place}
   * @param incremental {@code rdb-save-incremental-fsync}
   */
  DumpFile(FileSystem files, Path place, String temporaryName, boolean incremental) {
    this.files = files;
    this.place = place;
    file = UnfinishedFile.of(files, place.resolveSibling(temporaryName), incremental);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    if (!file.isCreated()) create();
    try {
      file.write(bytes);
    } catch (IOException e) {
      throw failed("rdbSaveRio", e);
    }
  }

  private void create() throws IOException {
    try {
      file.create();
    } catch (IOException e) {
      log.warn("Failed opening the temp RDB file {} (in server root dir {}) for saving: {}", file.path().getFileName(),
          place.getParent(), FileNames.reason(e));
      throw e;
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      file.sync();
    } catch (IOException e) {
      throw failed("fsync", e);
    }
    try {
      file.close();
    } catch (IOException e) {
      throw failed("fclose", e);
    }
    if (!rename()) throw new IOException("cancelled");
    try {
      files.syncFolder(place.getParent());
    } catch (IOException e) {
      throw failed("fsyncFileDir", e);
    }
    log.info("DB saved on disk");
  }

  private synchronized boolean rename() throws IOException {
    if (cancelled) return false;
    try {
      files.rename(file.path(), place);
      renamed = true;
      return true;
    } catch (IOException e) {
      log.warn("Error moving temp DB file {} on the final destination {} (in server root dir {}): {}",
          file.path().getFileName(), place.getFileName(), place.getParent(), FileNames.reason(e));
      throw e;
    }
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
  }

  @Override
  public void discard() {
    file.discard();
  }

  /** The process ends: what was written so far is not to stay. From any thread; what is written after it is lost. */
  synchronized void abort() {
    cancelled = true;
    try {
      files.delete(file.path());
    } catch (IOException e) {
      log.debug("Cannot remove {}: {}", file.path(), FileNames.reason(e));
    }
  }

  @Override
  public synchronized FileSystem.Input open() throws IOException {
    return files.open(renamed ? place : file.path());
  }

  private static IOException failed(String step, IOException cause) {
    log.warn("Write error saving DB on disk({}): {}", step, FileNames.reason(cause));
    return cause;
  }
}
