package org.understudy.sentinel.state;

/**
 * The two connections to an instance and what is known from its PINGs. Primaries and replicas have one each; all
 * instances that stand for the same sentinel, one for each primary that it also monitors, share one.
 */
public final class Link {
  /** A time that never was: any duration since then is long. */
  static final long NEVER = Long.MIN_VALUE / 4;

  /** Of one connection. */
  enum Status { CLOSED, CONNECTING, OPEN }

  final LinkId id;
  int users = 1;
  int pendingCommands;
  Status commands = Status.CLOSED;
  Status hellos = Status.CLOSED;
  /** Whether hellos are listened to at all: not on links to sentinels. */
  final boolean listens;
  String localIp;
  long commandsSince = NEVER;
  long hellosSince = NEVER;
  long lastConnectAt = NEVER;
  /** Last reply to PING that counts as one of a living instance. */
  long lastAvailableAt;
  /** When the oldest PING without a reply was sent, or {@link #NEVER} if none is pending. */
  long pendingPingAt;
  long lastPingAt = NEVER;
  /** Last reply to PING, whatever it was. */
  long lastPongAt;
  long lastHelloAt = NEVER;

  Link(LinkId id, boolean listens, long now) {
    this.id = id;
    this.listens = listens;
    lastAvailableAt = now;
    // As if a PING were pending: an instance that cannot be connected to at all is down after a while, too
    pendingPingAt = now;
    lastPongAt = now;
  }

  public LinkId id() {
    return id;
  }

  /** Instances that share it. */
  public int users() {
    return users;
  }

  /** Commands without a reply. */
  public int pendingCommands() {
    return pendingCommands;
  }

  /** Whether one of its connections does not stand. */
  public boolean disconnected() {
    return commands != Status.OPEN || listens && hellos != Status.OPEN;
  }

  /** Since when a PING is pending, 0 if none is. */
  public long pendingPingMillis(long now) {
    return pendingPingAt == NEVER ? 0 : now - pendingPingAt;
  }

  public long sinceAvailableMillis(long now) {
    return now - lastAvailableAt;
  }

  public long sincePongMillis(long now) {
    return now - lastPongAt;
  }
}
