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
 * <p>Every method but {@link #cancel} may block, and is called by one thread after the other. Failures are logged
 * here, in Redis's words; after one, {@link #discard} is all that may follow.
 */
final class DumpFile implements Save.Target {
  private static final Logger log = LoggerFactory.getLogger(DumpFile.class);
  /** After so many bytes they are made safe on disk, if that is wanted, so that the end does not bring all at once. */
  private static final int SYNC_BYTES = 4 << 20;

  private final FileSystem files;
  private final Path place;
  private final Path temporary;
  private final boolean syncOften;
  private FileSystem.Output output;
  private long unsyncedBytes;
  /** Guarded by this, as the next. */
  private boolean cancelled;
  private boolean renamed;

  /**
   * @param temporaryName in the same folder as {@code place}
   * @param syncOften {@code rdb-save-incremental-fsync}
   */
  DumpFile(FileSystem files, Path place, String temporaryName, boolean syncOften) {
    this.files = files;
    this.place = place;
    this.temporary = place.resolveSibling(temporaryName);
    this.syncOften = syncOften;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    if (output == null) output = create();
    unsyncedBytes += bytes.remaining();
    try {
      output.write(bytes);
      if (!syncOften || unsyncedBytes < SYNC_BYTES) return;
      unsyncedBytes = 0;
      output.sync();
    } catch (IOException e) {
      throw failed("rdbSaveRio", e);
    }
  }

  private FileSystem.Output create() throws IOException {
    try {
      return files.create(temporary);
    } catch (IOException e) {
      log.warn("Failed opening the temp RDB file {} (in server root dir {}) for saving: {}", temporary.getFileName(),
          temporary.getParent(), FileNames.reason(e));
      throw e;
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      output.sync();
    } catch (IOException e) {
      throw failed("fsync", e);
    }
    try {
      output.close();
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
      files.rename(temporary, place);
      renamed = true;
      return true;
    } catch (IOException e) {
      log.warn("Error moving temp DB file {} on the final destination {} (in server root dir {}): {}",
          temporary.getFileName(), place.getFileName(), place.getParent(), FileNames.reason(e));
      throw e;
    }
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
  }

  @Override
  public void discard() {
    if (output == null) return;
    try (FileSystem.Output open = output) {
      files.delete(temporary);
    } catch (IOException e) {
      log.debug("Cannot remove {}: {}", temporary, FileNames.reason(e));
    }
  }

  @Override
  public synchronized FileSystem.Input open() throws IOException {
    return files.open(renamed ? place : temporary);
  }

  private static IOException failed(String step, IOException cause) {
    log.warn("Write error saving DB on disk({}): {}", step, FileNames.reason(cause));
    return cause;
  }
}
