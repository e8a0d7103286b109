/**
 * Both roles of replication, as far as the dataset and the clients are concerned; the links themselves are in
 * {@code org.understudy.replication}. As a primary: {@link org.understudy.shard.replication.Replicas}, with the
 * snapshots that they are given. As a replica: {@link org.understudy.shard.replication.Upstream}, which takes the
 * primary's dataset ({@link org.understudy.shard.replication.FullSync}) and applies its changes
 * ({@link org.understudy.shard.replication.PrimaryStream}). Handing the role over is
 * {@link org.understudy.shard.replication.Failover}.
 */
package org.understudy.shard.replication;
