package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.List;

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
  /** The instances that share it. */
  final List<Instance> users = new ArrayList<>();
  /** Whether hellos are listened to at all: not on links to sentinels. */
  final boolean listens;
  int pendingCommands;
  Status commands = Status.CLOSED;
  Status hellos = Status.CLOSED;
  /** Our end of the command connection, or null before the first. */
  String localIp;
  /** When each connection was begun. */
  long commandsSince = NEVER;
  long hellosSince = NEVER;
  long lastConnectAt = NEVER;
  /** Last reply to PING that counts as one of a living instance. */
  long lastAvailableAt;
  /** When the oldest PING without such a reply was sent, or the connection was lost; {@link #NEVER} if all is well. */
  long pendingPingAt;
  long lastPingAt = NEVER;
  /** Last reply to PING, whatever it was. */
  long lastPongAt;
  long lastHelloAt = NEVER;

  Link(LinkId id, boolean listens, long now) {
    this.id = id;
    this.listens = listens;
    forgetPings(now);
  }

  /** As if a PING were pending from now on: what cannot be connected to at all is down after a while, too. */
  void forgetPings(long now) {
    lastAvailableAt = now;
    pendingPingAt = now;
    lastPongAt = now;
    lastPingAt = NEVER;
  }

  /** How many instances share it. */
  public int userCount() {
    return users.size();
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
