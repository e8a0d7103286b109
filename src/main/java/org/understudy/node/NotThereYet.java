package org.understudy.node;

import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.ConfigFileError;
import org.understudy.config.Directive;

/** What a configuration may ask for that later parts will bring: refused where silence would cost data, else said. */
final class NotThereYet {
  private static final Logger log = LoggerFactory.getLogger(NotThereYet.class);

  private NotThereYet() {}

  /** @throws ConfigFileError the configuration promises something that this version cannot keep */
  static void refuse(Config config) {
    if (config.appendonly()) {
      throw ConfigFileError.general("'appendonly yes': there is no append-only file yet, nothing would be kept");
    }
    if (config.replicaof().isPresent()) {
      throw ConfigFileError.general("'replicaof': there is no replication yet");
    }
    if (!config.text(Directive.ACLFILE).isEmpty()) {
      throw ConfigFileError.general("'aclfile': there are no users but the default one yet");
    }
  }

  static void warn(Config config) {
    if (!config.save().isEmpty()) log.warn("Snapshots are not there yet: the dataset is kept in memory only.");
    Path snapshot = config.resolve(config.dbfilename());
    if (Files.exists(snapshot)) log.warn("Snapshots are not there yet: {} is not loaded and will not be written.", snapshot);
  }
}
