package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.ArrayList;
import java.util.List;

/** A replica of a monitored primary, with what its INFO said last. */
public final class Replica extends Instance {
  /** How far it is with following the promoted one, during a failover that this sentinel leads. */
  enum Reconfiguration { NONE, SENT, IN_PROGRESS, DONE }

  private final MonitoredPrimary primary;
  boolean promoted;
  Reconfiguration reconfiguration = Reconfiguration.NONE;
  long reconfigurationSentAt = NEVER;
  /** When it was told last whom to follow, and whether it has answered. */
  long toldAt = NEVER;
  boolean toldAnswered;

  /** Since its link to its primary is down, as it says; 0 if it is up. */
  long primaryLinkDownMillis;
  boolean primaryLinkUp;
  String primaryHost;
  int primaryPort;
  /** When it last named another primary than before. */
  long primaryChangedAt;
  int priority = 100;
  boolean announced = true;
  long offset;

  Replica(InstanceId id, MonitoredPrimary primary, String name, Address address, Link link, long now) {
    super(id, Kind.REPLICA, name, address, link, now);
    this.primary = primary;
    primaryChangedAt = now;
  }

  @Override
  public MonitoredPrimary primary() {
    return primary;
  }

  @Override
  public List<String> flags() {
    List<String> flags = new ArrayList<>();
    if (subjectivelyDown) flags.add("s_down");
    flags.add("slave");
    if (link.disconnected()) flags.add("disconnected");
    if (promoted) flags.add("promoted");
    switch (reconfiguration) {
      case NONE -> { }
      case SENT -> flags.add("reconf_sent");
      case IN_PROGRESS -> flags.add("reconf_inprog");
      case DONE -> flags.add("reconf_done");
    }
    if (scriptKillSent) flags.add("script_kill_sent");
    return flags;
  }

  public long primaryLinkDownMillis() {
    return primaryLinkDownMillis;
  }

  public boolean primaryLinkUp() {
    return primaryLinkUp;
  }

  /** As it says; null until it has said so. */
  public String primaryHost() {
    return primaryHost;
  }

  public int primaryPort() {
    return primaryPort;
  }

  /** 0: never to be promoted. */
  public int priority() {
    return priority;
  }

  /** In bytes of the replication stream. */
  public long offset() {
    return offset;
  }

  /** Whether it wants to be shown to clients ({@code replica-announced}). */
  public boolean announced() {
    return announced;
  }
}
