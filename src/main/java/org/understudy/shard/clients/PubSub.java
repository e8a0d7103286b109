package org.understudy.shard.clients;

import java.util.Map;
import java.util.Set;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.ByteKey;
import org.understudy.bytes.Glob;
import org.understudy.resp.ReplyBuffer;

/**
 * Who listens to which channels, patterns and shard channels. A message is encoded once for each version of the
 * protocol, however many listen. Behaves as pubsub.c 7.0.15.
 */
public final class PubSub {
  public final Subscriptions channels = new Subscriptions(interests -> interests.channels,
      (session, count) -> session.channels = count, PubSub::channelsAndPatterns);
  public final Subscriptions patterns = new Subscriptions(interests -> interests.patterns,
      (session, count) -> session.patterns = count, PubSub::channelsAndPatterns);
  public final Subscriptions shardChannels = new Subscriptions(interests -> interests.shardChannels,
      (session, count) -> session.shardChannels = count, client -> client.session.shardChannels);
  private final Clients clients;
  private final ReplyBuffer encoder = new ReplyBuffer();

  public PubSub(Clients clients) {
    this.clients = clients;
  }

  private static int channelsAndPatterns(Client client) {
    return client.session.channels + client.session.patterns;
  }

  /** Ends all subscriptions of a client without telling it. */
  public void forget(Client client) {
    if (client.session.subscriptions() == 0) return;
    channels.forget(client);
    patterns.forget(client);
    shardChannels.forget(client);
  }

  // ---- publishing ---------------------------------------------------------------------------------------------------

  /**
   * Sends a message to all who listen to the channel, then to those with a pattern that matches. Returns how many got
   * it.
   */
  public int publish(byte[] channel, byte[] message) {
    int receivers = send("message", null, channel, message, channels.listeners(channel));
    for (Map.Entry<ByteKey, Set<Client>> pattern : patterns.all()) {
      byte[] glob = pattern.getKey().bytes();
      if (Glob.matches(glob, channel, false)) receivers += send("pmessage", glob, channel, message, pattern.getValue());
    }
    return receivers;
  }

  /** The same for a shard channel; patterns do not count there. */
  int publishShard(byte[] channel, byte[] message) {
    return send("smessage", null, channel, message, shardChannels.listeners(channel));
  }

  private int send(String kind, byte[] pattern, byte[] channel, byte[] message, Set<Client> listeners) {
    ByteString resp2 = null;
    ByteString resp3 = null;
    for (Client client : listeners) {
      if (client.session.protocol == 2) {
        if (resp2 == null) resp2 = encode(2, kind, pattern, channel, message);
        clients.push(client, resp2);
      } else {
        if (resp3 == null) resp3 = encode(3, kind, pattern, channel, message);
        clients.push(client, resp3);
      }
    }
    return listeners.size();
  }

  private ByteString encode(int protocol, String kind, byte[] pattern, byte[] channel, byte[] message) {
    encoder.protocol(protocol);
    encoder.push(pattern == null ? 3 : 4);
    encoder.bulk(kind);
    if (pattern != null) encoder.bulk(pattern);
    encoder.bulk(channel);
    if (message.length >= ReplyBuffer.LEND_FROM_BYTES) encoder.lend(message, 0, message.length);
    else encoder.bulk(message);
    return encoder.take();
  }
}
