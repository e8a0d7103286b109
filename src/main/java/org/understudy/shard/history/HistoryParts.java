package org.understudy.shard.history;

import org.understudy.replication.ReplicationLog;

/** The history of changes: whose it is, what it consists of, how it grows, and for how long it is kept. */
public record HistoryParts(ReplicationState state, ReplicationLog log, Propagation propagation, Backlog backlog) {}
