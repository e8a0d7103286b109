package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/**
 * A file in the making, under a name that it has only until it is whole. What is written can be made safe on disk as
 * it grows, so that the end does not bring all at once. Every method may block, and is called by one thread after the
 * other; what fails is for the caller to log, and after it {@link #discard} is all that may follow.
 */
final class UnfinishedFile {
  /** See {@code rdb-save-incremental-fsync} and {@code aof-rewrite-incremental-fsync}. */
  private static final long INCREMENT_BYTES = 4 << 20;

  private static final Logger log = LoggerFactory.getLogger(UnfinishedFile.class);

  private final FileSystem files;
  private final Path path;
  private final long syncBytes;
  private FileSystem.Output output;
  private long unsyncedBytes;

  /** @param syncBytes what is written is made safe on disk whenever it is so much */
  UnfinishedFile(FileSystem files, Path path, long syncBytes) {
    this.files = files;
    this.path = path;
    this.syncBytes = syncBytes;
  }

  /** @param incremental whether it is made safe on disk as it grows, or only by {@link #sync} */
  static UnfinishedFile of(FileSystem files, Path path, boolean incremental) {
    return new UnfinishedFile(files, path, incremental ? INCREMENT_BYTES : Long.MAX_VALUE);
  }

  Path path() {
    return path;
  }

  boolean isCreated() {
    return output != null;
  }

  void create() throws IOException {
    output = files.create(path);
  }

  void write(ByteBuffer bytes) throws IOException {
    unsyncedBytes += bytes.remaining();
    output.write(bytes);
    if (unsyncedBytes >= syncBytes) sync();
  }

  /** Makes all that was written safe on disk. */
  void sync() throws IOException {
    unsyncedBytes = 0;
    output.sync();
  }

  void close() throws IOException {
    output.close();
  }

  /** Removes what was written so far, if there is any. A file that has another name by now stays. */
  void discard() {
    if (output == null) return;
    try (FileSystem.Output open = output) {
      files.delete(path);
    } catch (IOException e) {
      log.debug("Cannot remove {}: {}", path, FileNames.reason(e));
    }
  }
}
