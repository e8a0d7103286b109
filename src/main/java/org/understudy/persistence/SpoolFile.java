package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/** A snapshot that is written for replicas only. It goes with the last of them that reads it. */
final class SpoolFile implements Save.Target {
  private static final Logger log = LoggerFactory.getLogger(SpoolFile.class);

  private final Path path;
  private final NamelessFile file;
  private volatile boolean cancelled;

  SpoolFile(FileSystem files, Path path) {
    this.path = path;
    file = new NamelessFile(files, path);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    try {
      file.output().write(bytes);
    } catch (IOException e) {
      log.warn("Write error saving DB for replicas (in server root dir {}): {}", path.getParent(),
          FileNames.reason(e));
      throw e;
    }
  }

  /** Nothing is made safe on disk: after a crash nobody asks for it. */
  @Override
  public void commit() throws IOException {
    file.output().close();
    if (cancelled) throw new IOException("cancelled");
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void discard() {
    file.close();
  }

  @Override
  public FileSystem.Input open() {
    return file.input();
  }
}
