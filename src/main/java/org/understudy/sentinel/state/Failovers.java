package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.understudy.config.LogLevel;
import org.understudy.resp.Reply;
import org.understudy.sentinel.state.Replica.Reconfiguration;
import org.understudy.sentinel.state.Timing.Period;

/**
 * Failovers, stage by stage.
 *
 * <pre>
 * WAIT_START            -> SELECT_REPLICA: elected, or forced and nobody else is
 * SELECT_REPLICA        -> SEND_REPLICAOF_NO_ONE: a replica was good enough
 * SEND_REPLICAOF_NO_ONE -> WAIT_PROMOTION: it, or the primary that is to hand over, was told
 * WAIT_PROMOTION        -> RECONF_REPLICAS: its INFO says that it is a primary
 *                       -> SEND_REPLICAOF_NO_ONE: the primary did not hand over
 * RECONF_REPLICAS       -> UPDATE_CONFIG: all others follow it, or took too long
 * UPDATE_CONFIG         -> over: its address is the primary's now
 * until WAIT_PROMOTION  -> over: aborted, with a reason
 * any                   -> over: another sentinel's configuration is newer, or the primary was reset
 * </pre>
 *
 * A stage that has nothing to wait for is left within the step that entered it.
 */
final class Failovers {
  private static final DateTimeFormatter CTIME = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

  private final Links links;
  private final Outbox outbox;
  private final Timing timing;
  private final Epochs epochs;
  private final Durability durability;
  private final Elections elections;
  private final Registry registry;
  private final RandomGenerator random;
  private final ZoneId zone;
  /** Unix time of monotonic 0, by the last tick. */
  private long wallOffsetMillis;
  private boolean crashAfterElection;
  private boolean crashAfterPromotion;

  Failovers(Links links, Outbox outbox, Timing timing, Epochs epochs, Durability durability, Elections elections,
      Registry registry, RandomGenerator random, ZoneId zone) {
    this.links = links;
    this.outbox = outbox;
    this.timing = timing;
    this.epochs = epochs;
    this.durability = durability;
    this.elections = elections;
    this.registry = registry;
    this.random = random;
    this.zone = zone;
  }

  void wallTime(long wallMillis, long now) {
    wallOffsetMillis = wallMillis - now;
  }

  void simulate(boolean afterElection, boolean afterPromotion) {
    crashAfterElection = afterElection;
    crashAfterPromotion = afterPromotion;
  }

  // --------------------------------------------------------------------------------------------------------- Start

  /** Begins a failover if the primary is objectively down and nothing speaks against it. */
  void startIfNeeded(MonitoredPrimary primary, long now) {
    if (!primary.objectivelyDown || primary.failover != null || now < primary.electionAt) return;
    // Who cannot write, or shares its id, cannot be elected; the others can
    if (durability.isFailing() || !elections.mayTakePart(now)) return;
    long notBefore = primary.lastAttemptAt + primary.settings.failoverTimeoutMillis() * 2;
    if (now < notBefore && !leaderIsLost(primary, now) && !foundReplica(primary, now)) {
      if (primary.delayLoggedFor == primary.lastAttemptAt) return;
      primary.delayLoggedFor = primary.lastAttemptAt;
      outbox.log(LogLevel.WARNING, "Next failover delay: I will not start a failover before "
          + CTIME.format(Instant.ofEpochMilli(notBefore + wallOffsetMillis).atZone(zone)));
      return;
    }
    start(primary, false, now);
  }

  /** Whether the sentinel that we voted for has been down for longer than an election takes. Redis waits in vain. */
  private boolean leaderIsLost(MonitoredPrimary primary, long now) {
    OtherSentinel leader = primary.votedFor == null ? null : primary.sentinels.get(primary.votedFor);
    return leader != null && leader.subjectivelyDown && now - primary.lastAttemptAt > electionTimeout(primary);
  }

  /** Whether what the last attempt lacked is there now. Nobody was promoted, so there is nobody to disturb. */
  private boolean foundReplica(MonitoredPrimary primary, long now) {
    return primary.lacksReplica && Selection.choose(primary, timing, now).best() != null;
  }

  /** When a failover may have to be begun, if nothing happens until then. */
  long nextStartAt(MonitoredPrimary primary) {
    return primary.objectivelyDown && primary.failover == null ? primary.electionAt : Long.MAX_VALUE;
  }

  /** @param forced by SENTINEL FAILOVER */
  void start(MonitoredPrimary primary, boolean forced, long now) {
    long epoch = epochs.next(primary);
    outbox.publish(LogLevel.WARNING, "+try-failover", primary);
    primary.lacksReplica = false;
    primary.lastAttemptAt = elections.desynchronised(now);
    primary.failover = new Failover(primary, epoch, forced, primary.lastAttemptAt, now, now + wallOffsetMillis);
    elections.voteIfNotYet(primary, now);
    elections.ask(primary, true, now);
    for (Replica replica : primary.replicas.values()) {
      if (replica.infoAskedAt < freshFrom(primary)) replica.infoWanted = true;
    }
  }

  // -------------------------------------------------------------------------------------------------------- Stages

  /** Goes as far as it can go now. */
  void advance(MonitoredPrimary primary, long now) {
    FailoverStage before;
    do {
      if (primary.failover == null) return;
      before = primary.failover.stage;
      switch (before) {
        case WAIT_START -> waitStart(primary, now);
        case SELECT_REPLICA -> selectReplica(primary, now);
        case SEND_REPLICAOF_NO_ONE -> sendReplicaOfNoOne(primary, now);
        case WAIT_PROMOTION -> waitPromotion(primary, now);
        case RECONF_REPLICAS -> reconfigureReplicas(primary, now);
        case UPDATE_CONFIG -> switchToPromoted(primary, now);
        case NONE -> throw new IllegalStateException("A failover without a stage");
      }
    } while (primary.failover != null && primary.failover.stage != before);
  }

  private void waitStart(MonitoredPrimary primary, long now) {
    Failover failover = primary.failover;
    if (!failover.forced && !primary.subjectivelyDown) {
      outbox.log(LogLevel.NOTICE, primary, "it is up again before a sentinel was elected");
      abort(primary, "-failover-abort-not-elected", now);
      retryAt(primary, now);
      return;
    }
    elections.voteIfNotYet(primary, now);
    boolean overruled = primary.voteEpoch > failover.epoch;
    Elections.Outcome outcome = elections.outcome(primary);
    boolean chosen = outcome == Elections.Outcome.WON || failover.forced && mayGoUnelected(primary, now);
    if (chosen && !overruled) {
      elected(primary, now);
    } else if (overruled) {
      abort(primary, "-failover-abort-not-elected", now);
    } else if (elections.othersWentOn(primary)) {
      abort(primary, "-failover-abort-not-elected", now);
      retryAt(primary, now + electionTimeout(primary));
    } else if (outcome == Elections.Outcome.SPLIT || outcome == Elections.Outcome.LOST && failover.forced) {
      abort(primary, "-failover-abort-not-elected", now);
      int span = Cadence.SPLIT_RETRY_MILLIS << Math.min(primary.splitVotes++, Cadence.SPLIT_RETRY_DOUBLINGS);
      retryAt(primary, now + random.nextInt(span));
    } else if (now - failover.electionFrom > electionTimeout(primary)) {
      boolean unheard = elections.majorityIsCutOff(primary);
      abort(primary, "-failover-abort-not-elected", now);
      if (unheard) retryAt(primary, now + electionTimeout(primary));
    }
  }

  /** Nobody was elected, and nobody waits for one who was: no need for the usual pause. */
  private static void retryAt(MonitoredPrimary primary, long at) {
    primary.lastAttemptAt = NEVER;
    primary.electionAt = at;
  }

  /** Redis does not ask at all; but then two operators could fail over to two replicas in one epoch. */
  private boolean mayGoUnelected(MonitoredPrimary primary, long now) {
    if (elections.hasRival(primary) || !elections.isSealed(primary)) return false;
    return elections.allReachableHaveVoted(primary)
        || now - primary.failover.startedAt > Cadence.FORCED_VOTE_WAIT_MILLIS;
  }

  private void elected(MonitoredPrimary primary, long now) {
    primary.splitVotes = 0;
    outbox.publish(LogLevel.WARNING, "+elected-leader", primary);
    if (crashAfterElection) crash();
    primary.failover.enter(FailoverStage.SELECT_REPLICA, now);
    outbox.publish(LogLevel.WARNING, "+failover-state-select-slave", primary);
  }

  private void selectReplica(MonitoredPrimary primary, long now) {
    Failover failover = primary.failover;
    boolean waits = now - failover.stageSince < Cadence.FRESH_INFO_WAIT_MILLIS && primary.replicas.values().stream()
        .anyMatch(replica -> replica.infoAt < freshFrom(primary) && !replica.subjectivelyDown
            && !replica.link.disconnected() && replica.priority != 0);
    if (waits) return;
    Selection.Choice choice = Selection.choose(primary, timing, now);
    failover.candidates = choice.candidates();
    Replica best = choice.best();
    if (best == null) {
      abort(primary, "-failover-abort-no-good-slave", now);
      primary.lacksReplica = true;
      primary.electionAt = now + Cadence.NO_REPLICA_RETRY_MILLIS;
      return;
    }
    outbox.publish(LogLevel.WARNING, "+selected-slave", best);
    best.promoted = true;
    failover.promoted = best;
    failover.promotedOffset = best.offset;
    failover.enter(FailoverStage.SEND_REPLICAOF_NO_ONE, now);
    outbox.publish(LogLevel.NOTICE, "+failover-state-send-slaveof-noone", best);
  }

  /** INFO from then on tells how much each replica got of what the primary sent last. */
  private static long freshFrom(MonitoredPrimary primary) {
    return primary.subjectivelyDown ? primary.subjectivelyDownAt : primary.failover.startedAt;
  }

  private void sendReplicaOfNoOne(MonitoredPrimary primary, long now) {
    Failover failover = primary.failover;
    Replica promoted = failover.promoted;
    boolean told = canHandOver(primary) ? handOver(primary, now) : tell(promoted, null, now);
    if (told) {
      if (!failover.awaitedPromotion) outbox.publish(LogLevel.NOTICE, "+failover-state-wait-promotion", promoted);
      failover.awaitedPromotion = true;
      failover.enter(FailoverStage.WAIT_PROMOTION, now);
    } else if (now - failover.stageSince > primary.settings.failoverTimeoutMillis()) {
      abort(primary, "-failover-abort-slave-timeout", now);
    }
  }

  /** A primary that is up hands over without losing a write, where Redis just promotes the replica beside it. */
  private static boolean canHandOver(MonitoredPrimary primary) {
    return primary.failover.forced && !primary.failover.handOverTried && !primary.subjectivelyDown
        && primary.roleReported == Kind.PRIMARY && primary.failover.promoted.primaryLinkUp;
  }

  private boolean handOver(MonitoredPrimary primary, long now) {
    Failover failover = primary.failover;
    failover.handOverTried = true;
    boolean sent = links.send(primary, new Request.HandOver(failover.promoted.address, outbox.showsNames(),
        Cadence.HAND_OVER_MILLIS));
    if (sent) failover.handOverUntil = now + Cadence.HAND_OVER_GIVEN_UP_MILLIS;
    return sent || tell(failover.promoted, null, now);
  }

  /** @param primary whom to follow; null: nobody */
  private boolean tell(Replica replica, Address primary, long now) {
    if (!links.send(replica, new Request.Reconfigure(primary, outbox.showsNames()))) return false;
    replica.toldAt = now;
    replica.toldAnswered = false;
    return true;
  }

  /**
   * Tells it again if its connection broke before it answered: what was on its way then may have been lost. Redis waits
   * for the timeout.
   */
  private void tellAgainIfLost(Replica replica, Address primary, long now) {
    boolean lost = !replica.toldAnswered && replica.toldAt != NEVER && replica.link.commands == Link.Status.OPEN
        && replica.link.commandsSince > replica.toldAt;
    if (lost && tell(replica, primary, now)) {
      outbox.log(LogLevel.NOTICE, replica, "it is told again, since its connection broke before it answered");
    }
  }

  /** The primary's reply to FAILOVER: an error means that the replica has to be promoted without it. */
  void handOverAnswered(MonitoredPrimary primary, Reply reply, long now) {
    if (reply instanceof Reply.Failure failure && primary.isHandingOver()) {
      promoteWithoutHandOver(primary, failure.message(), now);
    }
  }

  private void promoteWithoutHandOver(MonitoredPrimary primary, String reason, long now) {
    outbox.log(LogLevel.NOTICE, "The primary does not hand over, its replica is promoted without it: " + reason);
    primary.failover.handOverUntil = NEVER;
    primary.failover.enter(FailoverStage.SEND_REPLICAOF_NO_ONE, now);
  }

  private void waitPromotion(MonitoredPrimary primary, long now) {
    Failover failover = primary.failover;
    if (primary.isHandingOver() && (now > failover.handOverUntil || primary.subjectivelyDown)) {
      links.send(primary, new Request.AbortHandOver());
      promoteWithoutHandOver(primary, primary.subjectivelyDown ? "it is down" : "time is over", now);
      return;
    }
    if (!primary.isHandingOver()) tellAgainIfLost(failover.promoted, null, now);
    if (now - failover.stageSince > primary.settings.failoverTimeoutMillis()) {
      abort(primary, "-failover-abort-slave-timeout", now);
    }
  }

  /** Whether that replica is one whose promotion is awaited. */
  static boolean awaitsPromotion(Replica replica) {
    Failover failover = replica.primary().failover;
    return replica.promoted && failover != null && failover.stage == FailoverStage.WAIT_PROMOTION;
  }

  /** The chosen replica says that it is a primary. From now on its address is the one that others are told. */
  void promoted(Replica replica, long now) {
    MonitoredPrimary primary = replica.primary();
    Failover failover = primary.failover;
    primary.configEpoch = Math.max(primary.configEpoch, failover.epoch);
    boolean handedOver = failover.handOverUntil != NEVER;
    failover.enter(FailoverStage.RECONF_REPLICAS, now);
    durability.change();
    outbox.publish(LogLevel.WARNING, "+promoted-slave", replica);
    if (crashAfterPromotion) crash();
    outbox.publish(LogLevel.WARNING, "+failover-state-reconf-slaves", primary);
    runReconfigScript(primary, "leader", primary.address, replica.address);
    if (handedOver) {
      failover.promotedOffset = primary.offset; // a primary hands over at equal offsets
      // Both have changed roles already; what is left is to keep that and to part with the clients
      links.send(replica, new Request.Reconfigure(null, outbox.showsNames()));
    }
    // What it goes on to accept is lost. Redis leads it back after four hellos; one that cannot be reached has to wait
    links.send(primary, new Request.Reconfigure(replica.address, outbox.showsNames()));
    forceHellos(primary);
  }

  private void reconfigureReplicas(MonitoredPrimary primary, long now) {
    for (Replica replica : primary.replicas.values()) {
      if (replica.reconfiguration != Reconfiguration.SENT) continue;
      tellAgainIfLost(replica, primary.failover.promoted.address, now);
    }
    long inProgress = primary.replicas.values().stream().filter(Failovers::isReconfigured).count();
    for (Replica replica : primary.replicas.values()) {
      if (inProgress >= primary.settings.parallelSyncs()) break;
      if (replica.promoted || replica.reconfiguration == Reconfiguration.DONE) continue;
      if (replica.reconfiguration == Reconfiguration.SENT
          && now - replica.reconfigurationSentAt > timing.millis(Period.SLAVE_RECONF_TIMEOUT)) {
        outbox.publish(LogLevel.NOTICE, "-slave-reconf-sent-timeout", replica);
        replica.reconfiguration = Reconfiguration.DONE;
      }
      if (replica.reconfiguration != Reconfiguration.NONE) continue;
      if (tellToFollow(replica, "+slave-reconf-sent", now)) inProgress++;
    }
    detectEnd(primary, now);
  }

  private static boolean isReconfigured(Replica replica) {
    return replica.reconfiguration == Reconfiguration.SENT || replica.reconfiguration == Reconfiguration.IN_PROGRESS;
  }

  private boolean tellToFollow(Replica replica, String event, long now) {
    Address promoted = replica.primary().failover.promoted.address;
    if (!tell(replica, promoted, now)) return false;
    replica.reconfiguration = Reconfiguration.SENT;
    replica.reconfigurationSentAt = now;
    outbox.publish(LogLevel.NOTICE, event, replica);
    return true;
  }

  private void detectEnd(MonitoredPrimary primary, long now) {
    Failover failover = primary.failover;
    if (failover.promoted.subjectivelyDown) return;
    boolean timeout = now - failover.stageSince > primary.settings.failoverTimeoutMillis();
    boolean allDone = primary.replicas.values().stream().allMatch(replica ->
        replica.promoted || replica.reconfiguration == Reconfiguration.DONE || replica.subjectivelyDown);
    if (!timeout && !allDone) return;
    if (timeout) outbox.publish(LogLevel.WARNING, "+failover-end-for-timeout", primary);
    outbox.publish(LogLevel.WARNING, "+failover-end", primary);
    if (timeout) {
      for (Replica replica : primary.replicas.values()) {
        if (replica.promoted || replica.reconfiguration == Reconfiguration.DONE
            || replica.reconfiguration == Reconfiguration.SENT) {
          continue;
        }
        tellToFollow(replica, "+slave-reconf-sent-be", now);
      }
    }
    failover.enter(FailoverStage.UPDATE_CONFIG, now);
  }

  private void switchToPromoted(MonitoredPrimary primary, long now) {
    Address from = primary.address;
    Address to = primary.failover.promoted.address;
    end(primary, "switched", now);
    announceSwitch(primary, from, to);
    registry.switchAddress(primary, to, now);
  }

  /**
   * Others decided on an address in an epoch that counts more, be it the one from which we were failing over.
   *
   * @param about the sentinel that said so
   */
  void followConfiguration(MonitoredPrimary primary, Address to, OtherSentinel about, long now) {
    outbox.publish(LogLevel.WARNING, "+config-update-from", about);
    Address from = primary.address;
    if (primary.failover != null) end(primary, "+config-update-from", now);
    boolean elsewhere = !to.same(from);
    if (elsewhere) announceSwitch(primary, from, to);
    registry.switchAddress(primary, to, now);
    if (elsewhere) runReconfigScript(primary, "observer", from, to);
  }

  private void announceSwitch(MonitoredPrimary primary, Address from, Address to) {
    boolean byName = outbox.showsNames();
    outbox.publishText(LogLevel.WARNING, "+switch-master", primary, primary.name + " " + from.shown(byName) + " "
        + from.port() + " " + to.shown(byName) + " " + to.port());
  }

  // ----------------------------------------------------------------------------------------------------------- End

  private void abort(MonitoredPrimary primary, String event, long now) {
    outbox.publish(LogLevel.WARNING, event, primary);
    if (primary.failover.promoted != null) primary.failover.promoted.promoted = false;
    end(primary, event, now);
  }

  /** @param outcome see {@link FailoverRecord#outcome} */
  void end(MonitoredPrimary primary, String outcome, long now) {
    FailoverRecord record = primary.failover.end(outcome, elections.myId(), now);
    primary.failover = null;
    primary.remember(record);
    durability.change();
    outbox.log(LogLevel.NOTICE, record.line());
  }

  private long electionTimeout(MonitoredPrimary primary) {
    return Math.min(timing.millis(Period.ELECTION_TIMEOUT), primary.settings.failoverTimeoutMillis());
  }

  private void runReconfigScript(MonitoredPrimary primary, String role, Address from, Address to) {
    String script = primary.settings.clientReconfigScript();
    if (script == null) return;
    boolean byName = outbox.showsNames();
    outbox.add(new Effect.RunScript(script, List.of(primary.name, role, "start", from.shown(byName),
        String.valueOf(from.port()), to.shown(byName), String.valueOf(to.port()))));
  }

  private static void forceHellos(MonitoredPrimary primary) {
    primary.lastHelloSentAt = NEVER;
    primary.replicas.values().forEach(replica -> replica.lastHelloSentAt = NEVER);
    primary.sentinels.values().forEach(sentinel -> sentinel.lastHelloSentAt = NEVER);
  }

  private void crash() {
    outbox.log(LogLevel.WARNING, "Sentinel CRASH because of SENTINEL simulate-failure");
    outbox.add(new Effect.Crash());
  }
}
