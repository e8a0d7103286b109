/**
 * The shard's side of the connections: a {@link org.understudy.shard.clients.Client} for each, the
 * {@link org.understudy.shard.clients.Run} of requests that comes from it and the
 * {@link org.understudy.shard.clients.ClientSink} that replies leave through; who may run what, who has to wait and for
 * what; what is remembered for a client (watched keys, subscriptions, tracking) and the commands about that. Nothing
 * here executes a run; that is the shard's.
 */
package org.understudy.shard.clients;
