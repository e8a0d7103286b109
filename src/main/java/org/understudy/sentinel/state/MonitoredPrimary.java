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
  /** So many failovers are remembered. */
  static final int MOST_RECORDS = 10;

  PrimarySettings settings;
  /** By their names. */
  final Map<String, Replica> replicas = new LinkedHashMap<>();
  final Map<String, OtherSentinel> sentinels = new LinkedHashMap<>();

  /** The epoch in which its present address was decided. */
  long configEpoch;
  boolean objectivelyDown;
  long objectivelyDownAt = NEVER;
  /** Until when another sentinel may have it hand over: it asked for our vote although the primary is up. */
  long handOverElsewhereUntil = NEVER;
  boolean rebooting;
  long rebootingAt = NEVER;
  /** {@code master_repl_offset} as its INFO said last, -1 before. */
  long offset = -1;

  /** Our vote: whom, or null if it was given before a restart. */
  String votedFor;
  long voteEpoch;
  /** The version of the saved state that holds the vote. */
  long voteVersion;

  /** Tried or led by this sentinel, or null. */
  Failover failover;
  /** When a failover was tried last, by this sentinel or by one it voted for, plus up to a second by chance. */
  long lastAttemptAt = NEVER;
  /** The value of {@link #lastAttemptAt} for which the log says that we wait. */
  long delayLoggedFor = NEVER;
  /** Not before then, so that sentinels do not all start at once. */
  long electionAt = NEVER;
  /** Whether the last attempt ended because no replica was good enough: one that is now need not wait. */
  boolean lacksReplica;
  /** Votes in a row that were split. */
  int splitVotes;
  /** The last ones, oldest first. */
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
    if (failover != null) flags.add("failover_in_progress");
    if (failover != null && failover.forced) flags.add("force_failover");
    if (scriptKillSent) flags.add("script_kill_sent");
    return flags;
  }

  /** Forgets what this sentinel saw and did; the epochs and the vote's epoch stay. */
  void reset(long now) {
    subjectivelyDown = false;
    subjectivelyDownAt = NEVER;
    objectivelyDown = false;
    objectivelyDownAt = NEVER;
    handOverElsewhereUntil = NEVER;
    rebooting = false;
    scriptKillSent = false;
    votedFor = null;
    failover = null;
    lastAttemptAt = NEVER;
    electionAt = NEVER;
    lacksReplica = false;
    splitVotes = 0;
    runId = null;
    offset = -1;
    infoAt = NEVER;
    infoWanted = true;
    roleReported = Kind.PRIMARY;
    roleReportedAt = now;
  }

  void remember(FailoverRecord record) {
    failovers.add(record);
    if (failovers.size() > MOST_RECORDS) failovers.remove(0);
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
    return failover == null ? FailoverStage.NONE : failover.stage;
  }

  /** Whether it was told to give its role to a replica by itself, and may still do so. Its writers wait until then. */
  boolean isHandingOver() {
    return stage() == FailoverStage.WAIT_PROMOTION && failover.handOverUntil != NEVER;
  }

  /** Whether its writers may have to wait because a sentinel has it hand over. */
  boolean mayHoldWritesBack(long now) {
    return isHandingOver() || now < handOverElsewhereUntil;
  }

  /** The address that clients and other sentinels are told: the promoted replica's once it is a primary. */
  public Address currentAddress() {
    boolean promoted = failover != null && failover.promoted != null
        && failover.stage.compareTo(FailoverStage.RECONF_REPLICAS) >= 0;
    return promoted ? failover.promoted.address : address;
  }

  /** The last failovers, oldest first. */
  public List<FailoverRecord> failovers() {
    return Collections.unmodifiableList(failovers);
  }
}
