package org.understudy.shard.clients;

import org.understudy.command.CommandSpec;
import org.understudy.command.Session;

/** What the shard's actor is told. Those of one connection come in order. */
public sealed interface ShardMessage permits Run, ShardMessage.Connected, ShardMessage.Disconnected,
    ShardMessage.Drained, ShardMessage.Resized, ShardMessage.Slow, ShardMessage.Task, ShardMessage.Tick {
  /** A connection is open; its runs follow. */
  record Connected(Client client) implements ShardMessage {}

  /** The connection is gone, or will be after its last replies; whoever closes it. May come twice. */
  record Disconnected(Client client) implements ShardMessage {}

  /** The part of the replies that {@link ClientSink#deliverPart} sent has left. */
  record Drained(Client client) implements ShardMessage {}

  /** A client's input or its transaction grew while the memory of clients is limited. */
  record Resized(Session session) implements ShardMessage {}

  /** A connection ran a command of its own, and it was slow. @param argv as it may be shown */
  record Slow(Session session, CommandSpec spec, byte[][] argv, long nanos) implements ShardMessage {}

  /** Something to be done on the shard's loop: the way back for work that was done elsewhere. */
  record Task(Runnable work) implements ShardMessage {}

  /** The actor's own timers. */
  enum Tick implements ShardMessage { CRON, WAKE }
}
