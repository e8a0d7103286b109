package org.understudy.shard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.ByteKey;
import org.understudy.command.Session;

/** The shard's side of one connection. Made by the connection, used by the shard's loop only. */
public final class Client {
  public final Session session;
  final ClientSink sink;

  /** The run that waits (blocked, paused, or for its output to leave), else null. */
  Run suspended;
  /** The run that is being executed at this moment, else null. */
  Run current;
  boolean gone;
  /** What a blocked command waits for; {@link BlockedClients} knows it, null if it does not wait. */
  Object wait;

  final Set<ByteKey> channels = new HashSet<>();
  final Set<ByteKey> patterns = new HashSet<>();
  final Set<ByteKey> shardChannels = new HashSet<>();
  final List<Watches.Watch> watched = new ArrayList<>();

  public Client(Session session, ClientSink sink) {
    this.session = session;
    this.sink = sink;
  }

  public Session session() {
    return session;
  }

  /** Sends a message that answers no request, in order with the replies of the command that runs. */
  void push(ByteString message) {
    if (gone) return;
    if (current != null) {
      current.reply.raw(message);
      return;
    }
    session.outputBytes.addAndGet(message.size());
    sink.push(message);
  }
}
