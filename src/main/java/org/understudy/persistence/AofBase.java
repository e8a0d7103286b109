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

  private final FileSystem files;
  private final Path path;
  private final UnfinishedFile file;
  private volatile boolean cancelled;

  /** @param incremental {@code aof-rewrite-incremental-fsync} */
  AofBase(FileSystem files, Path path, boolean incremental) {
    this.files = files;
    this.path = path;
    file = UnfinishedFile.of(files, path, incremental);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    create();
    try {
      file.write(bytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void create() throws IOException {
    if (file.isCreated()) return;
    try {
      file.create();
    } catch (IOException e) {
      log.warn("Opening the temp file for AOF rewrite in rewriteAppendOnlyFile(): {}", FileNames.reason(e));
      throw e;
    }
  }

  @Override
  public void commit() throws IOException {
    create(); // no command is needed for an empty dataset
    try {
      file.sync();
      file.close();
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
    file.discard();
  }

  @Override
  public FileSystem.Input open() throws IOException {
    return files.open(path);
  }
}
