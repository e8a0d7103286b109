package org.understudy.shard;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
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
final class PubSub {
  private final Clients clients;
  private final Map<ByteKey, Set<Client>> channels = new HashMap<>();
  private final Map<ByteKey, Set<Client>> shardChannels = new HashMap<>();
  private final Map<ByteKey, Set<Client>> patterns = new LinkedHashMap<>();
  private final ReplyBuffer encoder = new ReplyBuffer();

  PubSub(Clients clients) {
    this.clients = clients;
  }

  // ---- listening ----------------------------------------------------------------------------------------------------
  // Each answers whether anything changed.

  boolean subscribe(Client client, ByteKey channel) {
    boolean is = add(channels, client.channels, client, channel);
    client.session.channels = client.channels.size();
    return is;
  }

  boolean unsubscribe(Client client, ByteKey channel) {
    boolean was = remove(channels, client.channels, client, channel);
    client.session.channels = client.channels.size();
    return was;
  }

  boolean subscribePattern(Client client, ByteKey pattern) {
    boolean is = add(patterns, client.patterns, client, pattern);
    client.session.patterns = client.patterns.size();
    return is;
  }

  boolean unsubscribePattern(Client client, ByteKey pattern) {
    boolean was = remove(patterns, client.patterns, client, pattern);
    client.session.patterns = client.patterns.size();
    return was;
  }

  boolean subscribeShard(Client client, ByteKey channel) {
    boolean is = add(shardChannels, client.shardChannels, client, channel);
    client.session.shardChannels = client.shardChannels.size();
    return is;
  }

  boolean unsubscribeShard(Client client, ByteKey channel) {
    boolean was = remove(shardChannels, client.shardChannels, client, channel);
    client.session.shardChannels = client.shardChannels.size();
    return was;
  }

  /** Ends all subscriptions of a client without telling it. */
  void forget(Client client) {
    if (client.session.subscriptions() == 0) return;
    for (ByteKey channel : List.copyOf(client.channels)) unsubscribe(client, channel);
    for (ByteKey pattern : List.copyOf(client.patterns)) unsubscribePattern(client, pattern);
    for (ByteKey channel : List.copyOf(client.shardChannels)) unsubscribeShard(client, channel);
  }

  private static boolean add(Map<ByteKey, Set<Client>> all, Set<ByteKey> own, Client client, ByteKey name) {
    if (!own.add(name)) return false;
    all.computeIfAbsent(name, n -> new LinkedHashSet<>(2)).add(client);
    return true;
  }

  private static boolean remove(Map<ByteKey, Set<Client>> all, Set<ByteKey> own, Client client, ByteKey name) {
    if (!own.remove(name)) return false;
    Set<Client> listeners = all.get(name);
    listeners.remove(client);
    if (listeners.isEmpty()) all.remove(name);
    return true;
  }

  // ---- publishing ---------------------------------------------------------------------------------------------------

  /**
   * Sends a message to all who listen to the channel, then to those with a pattern that matches. Returns how many got
   * it.
   */
  int publish(byte[] channel, byte[] message) {
    int receivers = send("message", null, channel, message, channels.get(new ByteKey(channel)));
    for (Map.Entry<ByteKey, Set<Client>> pattern : patterns.entrySet()) {
      byte[] glob = pattern.getKey().bytes();
      if (Glob.matches(glob, channel, false)) receivers += send("pmessage", glob, channel, message, pattern.getValue());
    }
    return receivers;
  }

  /** The same for a shard channel; patterns do not count there. */
  int publishShard(byte[] channel, byte[] message) {
    return send("smessage", null, channel, message, shardChannels.get(new ByteKey(channel)));
  }

  private int send(String kind, byte[] pattern, byte[] channel, byte[] message, Set<Client> listeners) {
    if (listeners == null) return 0;
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

  // ---- looking ------------------------------------------------------------------------------------------------------

  /** Channels that somebody listens to. */
  Collection<ByteKey> channels() {
    return channels.keySet();
  }

  Collection<ByteKey> shardChannels() {
    return shardChannels.keySet();
  }

  /** Number of different patterns. */
  int patterns() {
    return patterns.size();
  }

  int listeners(byte[] channel) {
    Set<Client> listeners = channels.get(new ByteKey(channel));
    return listeners == null ? 0 : listeners.size();
  }

  int shardListeners(byte[] channel) {
    Set<Client> listeners = shardChannels.get(new ByteKey(channel));
    return listeners == null ? 0 : listeners.size();
  }
}
