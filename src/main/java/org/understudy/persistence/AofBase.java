package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/**
 * The base of an append-only file in the making: safe on disk in the end, under a name of its own, for {@link
 * AofWriter#install}.
 */
final class AofBase implements Save.Target {
  private static final Logger log = LoggerFactory.getLogger(AofBase.class);
  /** See {@code aof-rewrite-incremental-fsync}. */
  private static final int SYNC_BYTES = 4 << 20;

  private final FileSystem files;
  private final Path path;
  private final boolean syncOften;
  private FileSystem.Output output;
  private long unsyncedBytes;
  private volatile boolean cancelled;

  AofBase(FileSystem files, Path path, boolean syncOften) {
    this.files = files;
    this.path = path;
    this.syncOften = syncOften;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    create();
    unsyncedBytes += bytes.remaining();
    try {
      output.write(bytes);
      if (!syncOften || unsyncedBytes < SYNC_BYTES) return;
      unsyncedBytes = 0;
      output.sync();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void create() throws IOException {
    if (output != null) return;
    try {
      output = files.create(path);
    } catch (IOException e) {
      log.warn("Opening the temp file for AOF rewrite in rewriteAppendOnlyFile(): {}", FileNames.reason(e));
      throw e;
    }
  }

  @Override
  public void commit() throws IOException {
    create(); // no command is needed for an empty dataset
    try {
      output.sync();
      output.close();
    } catch (IOException e) {
      throw failed(e);
    }
    if (cancelled) throw new IOException("cancelled");
    log.info("Successfully created the temporary AOF base file {}", path.getFileName());
  }

  private static IOException failed(IOException cause) {
    log.warn("Write error writing append only file on disk: {}", FileNames.reason(cause));
    return cause;
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void discard() {
    if (output == null) return;
    try (FileSystem.Output open = output) {
      files.delete(path);
    } catch (IOException e) {
      log.debug("Cannot remove {}: {}", path, FileNames.reason(e));
    }
  }

  @Override
  public FileSystem.Input open() throws IOException {
    return files.open(path);
  }
}
