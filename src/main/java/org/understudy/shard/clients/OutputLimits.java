package org.understudy.shard.clients;

import org.understudy.command.Session;
import org.understudy.config.ClientClass;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.OutputLimit;

/**
 * How much output may wait for a client. Where the configuration limits it, the client is cut off beyond, as in Redis:
 * at once, or when it was too much for too long. Where it does not, a client that does not read is not read from, and
 * its commands wait. Asked by the shard and by the sockets' side, which may be other threads.
 */
public final class OutputLimits {
  /** Output that may wait for a client without a limit before it has to wait itself. */
  public static final long ALLOWANCE_BYTES = 16 * 1024 * 1024;
  /** The same while all clients together have much waiting. */
  public static final long TIGHT_ALLOWANCE_BYTES = 256 * 1024;

  /** What Redis keeps in a client's own buffer, and does not count. */
  private static final long UNCOUNTED_BYTES = 16 * 1024;

  private static final OutputLimit DEFAULT_OF_REPLICAS = new OutputLimit(256L << 20, 64L << 20, 60);

  private final Config config;
  private volatile OutputLimit normal;
  private volatile OutputLimit pubSub;
  private volatile OutputLimit replica;
  /** The client memory limit is on: it ends what has no limit here. */
  private volatile boolean clientsAreEvicted;
  private volatile long leastBytes;
  private volatile long allowanceBytes = ALLOWANCE_BYTES;

  OutputLimits(Config config) {
    this.config = config;
    configured(config);
    config.onChange(Directive.CLIENT_OUTPUT_BUFFER_LIMIT, this::configured);
    config.onChange(Directive.MAXMEMORY_CLIENTS, this::configured);
    config.onChange(Directive.MAXMEMORY, this::configured);
  }

  private String configured(Config now) {
    normal = config.clientOutputBufferLimit(ClientClass.NORMAL);
    pubSub = config.clientOutputBufferLimit(ClientClass.PUBSUB);
    replica = config.clientOutputBufferLimit(ClientClass.REPLICA);
    clientsAreEvicted = config.clientEvictionLimitBytes() != 0;
    leastBytes = Math.min(least(normal), least(pubSub));
    return null;
  }

  private static long least(OutputLimit limit) {
    return Math.min(orNone(limit.hardBytes()), orNone(limit.softBytes()));
  }

  /**
   * 0 is no limit, and so is what is too large for a signed number. A lower limit than {@link #UNCOUNTED_BYTES} is
   * reached by whatever is more.
   */
  private static long orNone(long bytes) {
    return bytes > 0 ? Math.max(bytes, UNCOUNTED_BYTES + 1) : Long.MAX_VALUE;
  }

  /** Below so many bytes no limit of any class is reached: a cheap first look. */
  long leastBytes() {
    return leastBytes;
  }

  /**
   * Whether a client has more output waiting than it may. To be asked whenever output was added, for the soft limit's
   * sake.
   */
  public boolean exceeded(Client client, long pendingBytes, long nowMillis) {
    if (pendingBytes < leastBytes) {
      client.overSoftLimitSinceMillis = 0;
      return false;
    }
    OutputLimit limit = client.type() == ClientClass.PUBSUB ? pubSub : normal;
    return exceeds(client, pendingBytes, orNone(limit.hardBytes()), orNone(limit.softBytes()), limit.softSeconds(),
        nowMillis);
  }

  private static boolean exceeds(Client client, long pendingBytes, long hardBytes, long softBytes, long softSeconds,
      long nowMillis) {
    boolean hard = pendingBytes >= hardBytes;
    boolean soft = pendingBytes >= softBytes;
    if (!soft) {
      client.overSoftLimitSinceMillis = 0;
    } else if (client.overSoftLimitSinceMillis == 0) {
      client.overSoftLimitSinceMillis = nowMillis;
      soft = false;
    } else {
      soft = nowMillis / 1000 - client.overSoftLimitSinceMillis / 1000 > softSeconds;
    }
    return hard || soft;
  }

  /** Whether somebody has limited what may wait for a replica: the default limits nothing. */
  public boolean limitReplicas() {
    return !replica.equals(DEFAULT_OF_REPLICAS) && least(replica) != Long.MAX_VALUE;
  }

  /**
   * As {@link #exceeded}, for a replica.
   *
   * @param keptBytes of the log that are kept anyway, whether it needs them or not
   */
  public boolean exceededByReplica(Client client, long pendingBytes, long keptBytes, long nowMillis) {
    return exceeds(client, pendingBytes, raised(replica.hardBytes(), keptBytes), raised(replica.softBytes(), keptBytes),
        replica.softSeconds(), nowMillis);
  }

  private static long raised(long limitBytes, long leastBytes) {
    return Math.max(orNone(limitBytes), leastBytes);
  }

  /**
   * Whether a client that has output waiting may cause more of it, since there is room or it will be cut off in time.
   */
  public boolean mayAnswerMore(Session session) {
    if (clientsAreEvicted || session.outputBytes.get() < allowanceBytes) return true;
    return least(session.subscriptions() > 0 ? pubSub : normal) != Long.MAX_VALUE;
  }

  /**
   * Whether a client goes as soon as a reply is too long. As in Redis it then gets nothing of that reply, which it
   * could take for a whole one with errors in it.
   */
  public boolean cutsOffAtOnce(Session session) {
    return orNone((session.subscriptions() > 0 ? pubSub : normal).hardBytes()) != Long.MAX_VALUE;
  }

  /** Whether there is a limit for the memory of all clients, so that their growth has to be followed. */
  public boolean clientsAreEvicted() {
    return clientsAreEvicted;
  }

  /** @param tight all clients together have much output waiting */
  public void memoryIsTight(boolean tight) {
    allowanceBytes = tight ? TIGHT_ALLOWANCE_BYTES : ALLOWANCE_BYTES;
  }
}
