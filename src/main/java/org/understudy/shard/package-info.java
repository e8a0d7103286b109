/**
 * The actor that owns the keyspace, and what is shared by all clients. Everything here but
 * {@link org.understudy.shard.KeyspaceShard} is plain single-threaded code that the shard calls. Each of the packages
 * below imports only from those before it:
 *
 * <ul>
 *   <li>{@code statistics}: commands are run and counted, what was slow is remembered;
 *   <li>{@code server}: the process around the shard;
 *   <li>{@code clients}: the shard's side of the connections, and who waits for what;
 *   <li>{@code history}: what commands did, as the history of changes;
 *   <li>{@code persistence}: when the dataset is saved and loaded;
 *   <li>{@code replication}: replicas of ours, and we as a replica;
 *   <li>this one: {@link org.understudy.shard.Shard} executes runs, {@link org.understudy.shard.ShardParts} wires it
 *       all.
 * </ul>
 *
 * <p>What else is left here looks at all of that (INFO, CONFIG, DEBUG, MEMORY, SHUTDOWN, the cron), or has a command go
 * on outside of the turn that it began in (ACL, MIGRATE), which only the shard can do.
 */
package org.understudy.shard;
