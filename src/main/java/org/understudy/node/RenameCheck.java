package org.understudy.node;

import java.util.function.BiConsumer;
import org.understudy.acl.Users;
import org.understudy.client.ConnectionCommands;
import org.understudy.command.CommandTable;
import org.understudy.config.Config;
import org.understudy.shard.ShardParts;

/**
 * Tries each {@code rename-command} while the configuration is read, so that one of an unknown command or to a name
 * that is taken is a configuration error with its line. The table is that of a server with the defaults, made if there
 * is a need.
 */
final class RenameCheck implements BiConsumer<String, String> {
  private CommandTable table;

  /** @throws IllegalArgumentException in the words of a configuration error */
  @Override
  public void accept(String from, String to) {
    if (table == null) {
      Config defaults = Config.defaults();
      table = new ShardParts(defaults, new SystemClock(), 0, wired -> new ConnectionCommands(wired, new Users(defaults)).rows())
          .table();
    }
    table = table.renamed(from, to);
  }
}
