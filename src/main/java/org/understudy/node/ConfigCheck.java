package org.understudy.node;

import java.util.List;
import org.understudy.client.ConnectionCommands;
import org.understudy.command.CommandTable;
import org.understudy.config.Config;
import org.understudy.shard.ShardParts;

/**
 * Tries {@code rename-command} and {@code user} while the configuration is read, so that one that makes no sense is a
 * configuration error with its line. Tried on the parts of a server with the defaults, made if there is a need.
 */
final class ConfigCheck {
  private ShardParts parts;
  private CommandTable table;

  private ShardParts parts() {
    if (parts == null) {
      parts = new ShardParts(Config.defaults(), new SystemClock(), 0, wired -> new ConnectionCommands(wired).rows());
      table = parts.table();
    }
    return parts;
  }

  /** @throws IllegalArgumentException in the words of a configuration error */
  void rename(String from, String to) {
    parts();
    table = table.renamed(from, to);
  }

  /**
   * @param words name and rules
   * @throws IllegalArgumentException in the words of a configuration error
   */
  void user(List<String> words) {
    parts().users().tryOut(words);
  }
}
