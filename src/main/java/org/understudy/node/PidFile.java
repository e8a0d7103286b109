package org.understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code pidfile}: where the process id can be read while the server runs. Written and removed if possible. */
record PidFile(Path path) {
  /** Where a daemon's goes when none is configured. */
  static final String DEFAULT = "/var/run/redis.pid";
  private static final Logger log = LoggerFactory.getLogger(PidFile.class);

  void write(long pid) {
    try {
      Files.writeString(path, pid + "\n");
    } catch (IOException notAllowed) {
      log.debug("Cannot write the pid file", notAllowed);
    }
  }

  void remove() {
    log.info("Removing the pid file.");
    try {
      Files.deleteIfExists(path);
    } catch (IOException notAllowed) {
      log.debug("Cannot remove the pid file", notAllowed);
    }
  }
}
