package org.understudy.persistence;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/**
 * A file that loses its name as soon as it has one: it goes with whoever has it open last, so that nothing is left
 * behind, whatever happens to the server. Every method may block.
 */
final class NamelessFile {
  private static final Logger log = LoggerFactory.getLogger(NamelessFile.class);

  private final FileSystem files;
  private final Path path;
  private FileSystem.Output output;
  private FileSystem.Input input;

  /** @param path the name that it has for a moment */
  NamelessFile(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** The end that bytes are written to; creates the file when it is first asked for. */
  FileSystem.Output output() throws IOException {
    if (output != null) return output;
    output = files.create(path);
    try {
      input = files.open(path);
    } finally {
      files.delete(path);
    }
    return output;
  }

  /** The end that bytes are read from; null before there is a file. */
  FileSystem.Input input() {
    return input;
  }

  /** Closes both ends, if there are any. */
  void close() {
    try {
      if (output != null) output.close();
      if (input != null) input.close();
    } catch (IOException e) {
      log.debug("Cannot close {}: {}", path, FileNames.reason(e));
    }
  }
}
