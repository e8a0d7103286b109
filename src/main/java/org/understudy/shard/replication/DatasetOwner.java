package org.understudy.shard.replication;

import org.understudy.keyspace.Database;
import org.understudy.shard.clients.Run;

/** Whoever owns the dataset that our primary's takes the place of, and that its changes are applied to. */
public interface DatasetOwner {
  /** All databases are about to be emptied. */
  void emptying();

  /** All databases are about to be exchanged for others. */
  void exchanging(Database[] successors);

  /** We are a replica from now on, or a primary. */
  void roleChanged();

  /** Executes what our primary has sent. */
  void execute(Run run);
}
