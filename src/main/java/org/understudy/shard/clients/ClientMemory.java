package org.understudy.shard.clients;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.ClientClass;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.shard.statistics.Statistics;

/**
 * What clients cost, one by one and together, and who has to go when {@code maxmemory-clients} is reached: the largest
 * first. Clients of about the same size share a bucket, sizes doubling from one to the next, as in the reference
 * implementation (updateClientMemUsageAndBucket, evictClients in 7.0.15).
 */
public final class ClientMemory {
  /**
   * A connection's objects: session, client, actors, stages, socket, without its buffers. Measured over 2,000
   * connections on JDK 25 with compact object headers (7.6 KB each, of which 1 KB is the smallest reply buffer).
   */
  private static final int CLIENT_OBJECTS_BYTES = 6656;
  /** One watched key: the watch, its place in two collections, the key's array. */
  private static final long WATCH_BYTES = 200;
  /** One subscription or prefix: its place in two collections. */
  private static final long SUBSCRIPTION_BYTES = 100;

  private static final Logger LOG = LoggerFactory.getLogger(ClientMemory.class);
  private static final long INPUT_BLOCK_BYTES = 1024;
  private static final int LEAST_LOG = 15;
  private static final int MOST_LOG = 33;

  private final Config config;
  private final Clients clients;
  private final Statistics statistics;
  private final List<Set<Client>> buckets =
      IntStream.rangeClosed(LEAST_LOG, MOST_LOG).mapToObj(log -> (Set<Client>) new LinkedHashSet<Client>()).toList();
  /** Those that were sent something at their last turn, which may have left since. */
  private final Set<Client> sending = new HashSet<>();
  private final long[] bytesByClass = new long[ClientClass.values().length];
  private long limit;

  ClientMemory(Config config, Clients clients, Statistics statistics) {
    this.statistics = statistics;
    this.config = config;
    this.clients = clients;
    limit = config.clientEvictionLimitBytes();
    config.onChange(Directive.MAXMEMORY_CLIENTS, this::configured);
    config.onChange(Directive.MAXMEMORY, this::configured);
  }

  private String configured(Config now) {
    limit = config.clientEvictionLimitBytes();
    for (Client client : clients.all()) update(client);
    return null;
  }

  /** Whether there is a limit, so that every change of a client's size has to be followed at once. */
  public boolean isLimited() {
    return limit != 0;
  }

  static long bytes(Client client) {
    long names = client.session.subscriptions() + client.interests().prefixes.size();
    return CLIENT_OBJECTS_BYTES + client.session.outputBytes.get() + client.run.reply.heapBytes()
        + blocks(client.session.queryBufferBytes) + client.session.queryBufferFreeBytes + client.argumentBytes()
        + client.session.multiBytes + client.session.watchedKeys * WATCH_BYTES + names * SUBSCRIPTION_BYTES;
  }

  /** Chunks of input come in blocks of this size; so a short request more or less in one makes no difference. */
  private static long blocks(long bytes) {
    return (bytes + INPUT_BLOCK_BYTES - 1) / INPUT_BLOCK_BYTES * INPUT_BLOCK_BYTES;
  }

  /** Looks anew at what a client costs. */
  public void update(Client client) {
    if (client.gone) return;
    bytesByClass[client.memoryClass.ordinal()] -= client.memoryBytes;
    client.memoryBytes = bytes(client);
    client.memoryClass = client.type();
    bytesByClass[client.memoryClass.ordinal()] += client.memoryBytes;
    boolean safe = limit == 0 || client.session.noEvict || client.memoryClass == ClientClass.REPLICA
        || client.session.primary;
    move(client, safe ? -1 : bucketOf(client.memoryBytes));
  }

  /** The same at the end of a client's turn: what it was sent counts until {@link #lookAgain}. */
  public void updateAfterTurn(Client client) {
    update(client);
    if (!client.gone && client.session.outputBytes.get() > 0) sending.add(client);
  }

  /**
   * Looks again at all who have had a turn since this was asked the last time, so no more often than there are turns.
   */
  public void lookAgain() {
    for (Client client : sending) update(client);
    sending.clear();
  }

  private static int bucketOf(long bytes) {
    int log = 64 - Long.numberOfLeadingZeros(bytes);
    return Math.max(LEAST_LOG, Math.min(MOST_LOG, log)) - LEAST_LOG;
  }

  private void move(Client client, int bucket) {
    if (client.memoryBucket == bucket) return;
    if (client.memoryBucket >= 0) buckets.get(client.memoryBucket).remove(client);
    if (bucket >= 0) buckets.get(bucket).add(client);
    client.memoryBucket = bucket;
  }

  void forget(Client client) {
    bytesByClass[client.memoryClass.ordinal()] -= client.memoryBytes;
    client.memoryBytes = 0;
    sending.remove(client);
    move(client, -1);
  }

  /** Cuts off clients, the largest first, while all together are over the limit. */
  public void evict() {
    if (limit == 0 || total() < limit) return;
    for (Client client : clients.all()) update(client); // some may have got smaller unnoticed
    int bucket = buckets.size() - 1;
    while (total() >= limit) {
      while (bucket >= 0 && buckets.get(bucket).isEmpty()) bucket--;
      if (bucket < 0) {
        LOG.warn("Over client maxmemory after evicting all evictable clients");
        return;
      }
      Client client = buckets.get(bucket).iterator().next();
      LOG.info("Evicting client: {}", clients.info(client));
      statistics.evictedClients++;
      clients.kill(client);
    }
  }

  /**
   * A line for each bucket: the sizes of its clients, what they cost together, how many they are (DEBUG
   * CLIENT-EVICTION).
   */
  public String describeBuckets() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < buckets.size(); i++) {
      long total = 0;
      for (Client client : buckets.get(i)) total += client.memoryBytes;
      long from = i == 0 ? 0 : 1L << LEAST_LOG + i - 1;
      String to = i == buckets.size() - 1 ? "+            : " : String.format(" - %10d: ", (1L << LEAST_LOG + i) - 1);
      lines.append(String.format("bucket %10d", from)).append(to)
          .append(String.format("tot-mem: %10d, clients: %d%n", total, buckets.get(i).size()));
    }
    return lines.toString();
  }

  /** What all clients cost, those included that no limit holds for. */
  public long allBytes() {
    long bytes = 0;
    for (long some : bytesByClass) bytes += some;
    return bytes;
  }

  /** What those clients cost that may have to go. */
  private long total() {
    return bytesByClass[ClientClass.NORMAL.ordinal()] + bytesByClass[ClientClass.PUBSUB.ordinal()];
  }
}
