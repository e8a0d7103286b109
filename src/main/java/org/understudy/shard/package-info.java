/**
 * The actor that owns the keyspace, and what is shared by all clients: execution of commands, pub/sub, watched keys,
 * client-side caching, statistics. Everything here but {@link org.understudy.shard.KeyspaceShard} is plain
 * single-threaded code that the shard calls.
 */
package org.understudy.shard;
