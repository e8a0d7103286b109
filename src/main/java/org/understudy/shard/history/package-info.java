/**
 * The history of changes: {@link org.understudy.shard.history.Propagation} adds what commands did,
 * {@link org.understudy.shard.history.ReplicationState} says whose history it is, and
 * {@link org.understudy.shard.history.Continuity} carries it over a restart.
 */
package org.understudy.shard.history;
