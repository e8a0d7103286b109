package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/**
 * A snapshot that is written for replicas only. It loses its name as soon as it has one, so that it goes with whoever
 * reads it last, whatever happens to the server.
 */
final class SpoolFile implements Save.Target {
  private static final Logger log = LoggerFactory.getLogger(SpoolFile.class);

  private final FileSystem files;
  private final Path path;
  private FileSystem.Output output;
  private FileSystem.Input input;
  private volatile boolean cancelled;

  SpoolFile(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    try {
      if (output == null) create();
      output.write(bytes);
    } catch (IOException e) {
      log.warn("Write error saving DB for replicas (in server root dir {}): {}", path.getParent(),
          FileNames.reason(e));
      throw e;
    }
  }

  private void create() throws IOException {
    output = files.create(path);
    try {
      input = files.open(path);
    } finally {
      files.delete(path);
    }
  }

  /** Nothing is made safe on disk: after a crash nobody asks for it. */
  @Override
  public void commit() throws IOException {
    output.close();
    if (cancelled) throw new IOException("cancelled");
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void discard() {
    try {
      if (output != null) output.close();
      if (input != null) input.close();
    } catch (IOException e) {
      log.debug("Cannot close {}: {}", path, FileNames.reason(e));
    }
  }

  @Override
  public FileSystem.Input open() {
    return input;
  }
}
