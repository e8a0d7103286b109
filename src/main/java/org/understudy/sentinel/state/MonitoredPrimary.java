package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A primary under watch, with its replicas, the other sentinels and the failover that this sentinel may be trying. */
public final class MonitoredPrimary extends Instance {
  PrimarySettings settings;
  /** By their names. */
  final Map<String, Replica> replicas = new LinkedHashMap<>();
  final Map<String, OtherSentinel> sentinels = new LinkedHashMap<>();

  /** The epoch in which its present address was decided. */
  long configEpoch;
  boolean objectivelyDown;
  long objectivelyDownAt = NEVER;
  boolean rebooting;
  long rebootingAt = NEVER;
  /** {@code master_repl_offset} as its INFO said last, -1 before. */
  long offset = -1;

  /** Our vote: whom, or null if it was given before a restart. */
  String votedFor;
  long voteEpoch;

  FailoverStage stage = FailoverStage.NONE;
  final List<FailoverRecord> failovers = new ArrayList<>();

  MonitoredPrimary(InstanceId id, String name, Address address, PrimarySettings settings, Link link, long now) {
    super(id, Kind.PRIMARY, name, address, link, now);
    this.settings = settings;
  }

  @Override
  public MonitoredPrimary primary() {
    return this;
  }

  @Override
  public List<String> flags() {
    List<String> flags = new ArrayList<>();
    if (subjectivelyDown) flags.add("s_down");
    if (objectivelyDown) flags.add("o_down");
    flags.add("master");
    if (link.disconnected()) flags.add("disconnected");
    if (stage != FailoverStage.NONE) flags.add("failover_in_progress");
    if (scriptKillSent) flags.add("script_kill_sent");
    return flags;
  }

  public PrimarySettings settings() {
    return settings;
  }

  public Collection<Replica> replicas() {
    return Collections.unmodifiableCollection(replicas.values());
  }

  public Collection<OtherSentinel> sentinels() {
    return Collections.unmodifiableCollection(sentinels.values());
  }

  public long configEpoch() {
    return configEpoch;
  }

  public boolean objectivelyDown() {
    return objectivelyDown;
  }

  public long objectivelyDownMillis(long now) {
    return now - objectivelyDownAt;
  }

  public FailoverStage stage() {
    return stage;
  }

  /** The address that clients and other sentinels are told: the promoted replica's once it is a primary. */
  public Address currentAddress() {
    return address;
  }

  /** The last failovers, oldest first. */
  public List<FailoverRecord> failovers() {
    return Collections.unmodifiableList(failovers);
  }
}
