package org.understudy.shard.clients;

import java.util.function.LongSupplier;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.config.ClientClass;

/** The shard's side of one connection. Made by the connection, used by the shard's loop only. */
public final class Client {
  public final Session session;
  public final ReplyGate sink;
  /** The one run of this connection; at any moment either the connection has it or the shard. */
  public Run run;

  /** The run that waits (blocked, paused, or for its output to leave), else null. */
  public Run suspended;
  /** Its run is being executed at this moment. */
  public boolean executes;
  /**
   * Bytes of a long reply that have left in parts while the command goes on; they count for the output limit, as in
   * Redis, where no part leaves before the end.
   */
  public long partBytes;
  /** The gate is closed until the command that answers in parts is done. */
  public boolean replyWithheld;
  /** What goes on once a part of a long reply has left, else null. */
  public Runnable afterDrain;
  /** Waits for the end of a pause. */
  public boolean paused;
  /** Position in the append-only file; until it is written so far the gate stays closed. */
  public long awaitedPosition;
  /** What a blocked command waits for; {@link BlockedClients} knows it, null if it does not wait. */
  Object wait;
  /** What the blocked command took until it waited. */
  public long nanosBeforeWait;
  /** Is to be closed as soon as the command that runs is done; gets nothing more. */
  boolean closing;
  /** Closed, or about to be: no part of the shard knows it any more. */
  public boolean gone;

  private Interests interests = Interests.NONE;

  /** Bytes of the replication log that its socket was not given yet; null if it has said nothing of replicas. */
  public LongSupplier pendingLogBytes;
  /** End of the replication log after its last command. */
  public long writeOffset;

  /** Since when more output waits than the soft limit allows, Unix time; 0 while it does not. */
  long overSoftLimitSinceMillis;
  /** When the peak of the reply buffer began to be measured, Unix time. */
  long peakSinceMillis;
  /** What {@link ClientMemory} counted last, for which class, and in which of its buckets the client is (-1: none). */
  long memoryBytes;
  ClientClass memoryClass = ClientClass.NORMAL;
  int memoryBucket = -1;

  public Client(Session session, ClientSink sink) {
    this.session = session;
    this.sink = new ReplyGate(sink);
  }

  /** To be looked at, and taken from. */
  public Interests interests() {
    return interests;
  }

  /** To be added to. */
  Interests ownInterests() {
    if (interests == Interests.NONE) interests = new Interests();
    return interests;
  }

  /** The class that its output limit depends on. A client that monitors counts as normal. */
  ClientClass type() {
    if (session.replica) return ClientClass.REPLICA;
    return session.subscriptions() > 0 ? ClientClass.PUBSUB : ClientClass.NORMAL;
  }

  /** Whether messages may come that answer no request. */
  public boolean hears() {
    return session.subscriptions() > 0 || session.tracking != null || session.monitor;
  }

  public boolean isBlocked() {
    return wait != null || paused;
  }

  /** Output that has not left: what the socket's side has, and what a command has written so far. */
  long pendingOutputBytes() {
    long bytes = session.outputBytes.get();
    return executes ? bytes + run.reply.size() : bytes;
  }

  /** The command that a blocked run stands at. */
  CommandSpec blockedCommand() {
    return run.specs[run.next - 1];
  }

  /** Bytes of the arguments of requests that the client waits for, or that are being read. */
  public long argumentBytes() {
    Run waiting = executes ? run : suspended;
    return session.argumentBytes + (waiting == null ? 0 : waiting.argumentBytes());
  }
}
