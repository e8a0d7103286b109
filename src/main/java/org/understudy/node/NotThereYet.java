package org.understudy.node;

import org.understudy.config.Config;
import org.understudy.config.ConfigFileError;
import org.understudy.config.Directive;

/** What a configuration may ask for that later parts will bring: refused where silence would cost data. */
final class NotThereYet {
  private NotThereYet() {}

  /** @throws ConfigFileError the configuration promises something that this version cannot keep */
  static void refuse(Config config) {
    if (!config.text(Directive.ACLFILE).isEmpty()) {
      throw ConfigFileError.general("'aclfile': there are no users but the default one yet");
    }
  }
}
