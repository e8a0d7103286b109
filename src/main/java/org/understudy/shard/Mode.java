package org.understudy.shard;

import java.util.List;
import org.understudy.command.CommandSpec;

/** What kind of server this is, as far as its clients see it. */
public interface Mode {
  /** A server with a dataset. */
  Mode STANDALONE = new Mode() {
    @Override
    public String word() {
      return "standalone";
    }

    @Override
    public List<CommandSpec> rows(ShardParts parts, List<CommandSpec> server) {
      return server;
    }
  };

  /** As INFO, HELLO and the banner call it. */
  String word();

  /**
   * The commands that it has.
   *
   * @param server those of an ordinary server
   */
  List<CommandSpec> rows(ShardParts parts, List<CommandSpec> server);

  /** Whether there is a dataset, and with it a role, persistence and replication. */
  default boolean hasDataset() {
    return true;
  }
}
