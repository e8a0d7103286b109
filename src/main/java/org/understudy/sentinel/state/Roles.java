package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.Replica.Reconfiguration;
import org.understudy.sentinel.state.Timing.Period;

/** Takes in INFO, and sets right what is not as it should be: roles, and whom a replica follows. */
final class Roles {
  private final Links links;
  private final Outbox outbox;
  private final Timing timing;
  private final Durability durability;
  private final Registry registry;
  private final Failovers failovers;

  Roles(Links links, Outbox outbox, Timing timing, Durability durability, Registry registry, Failovers failovers) {
    this.links = links;
    this.outbox = outbox;
    this.timing = timing;
    this.durability = durability;
    this.registry = registry;
    this.failovers = failovers;
  }

  /** @param tilt nothing is set right then, only noted */
  void informed(Instance instance, String info, boolean tilt, long now) {
    InfoReport report = InfoReport.parse(info);
    instance.info = info;
    noteRunId(instance, report.runId(), now);
    if (instance instanceof MonitoredPrimary primary) notePrimary(primary, report, now);
    if (instance instanceof Replica replica) noteReplica(replica, report, now);
    instance.infoAt = now;
    noteRole(instance, report.role(), now);
    if (tilt || !(instance instanceof Replica replica)) return;
    if (report.role() == Kind.PRIMARY) {
      if (Failovers.awaitsPromotion(replica)) failovers.promoted(replica, now);
      else convertIfAlone(replica, now);
    } else if (report.role() == Kind.REPLICA) {
      fixPrimaryIfWrong(replica, now);
      noteReconfiguration(replica);
    }
  }

  private void noteRunId(Instance instance, String runId, long now) {
    if (runId == null || runId.equals(instance.runId)) return;
    if (instance.runId != null) {
      outbox.publish(LogLevel.NOTICE, "+reboot", instance);
      if (instance instanceof MonitoredPrimary primary && primary.settings.rebootDownAfterMillis() != 0) {
        primary.rebooting = true;
        primary.rebootingAt = now;
      }
    }
    instance.runId = runId;
  }

  private void notePrimary(MonitoredPrimary primary, InfoReport report, long now) {
    if (report.primaryOffset() != null && report.role() == Kind.PRIMARY) primary.offset = report.primaryOffset();
    for (InfoReport.Place place : report.replicas()) {
      Replica replica = registry.addReplica(primary, registry.address(place.host(), place.port()), now);
      if (replica == null) continue;
      outbox.publish(LogLevel.NOTICE, "+slave", replica);
      durability.change();
    }
  }

  private static void noteReplica(Replica replica, InfoReport report, long now) {
    replica.primaryLinkDownMillis = report.primaryLinkDownMillis();
    if (report.primaryHost() != null && !report.primaryHost().equalsIgnoreCase(replica.primaryHost)) {
      replica.primaryHost = report.primaryHost();
      replica.primaryChangedAt = now;
    }
    if (report.primaryPort() != null && report.primaryPort() != replica.primaryPort) {
      replica.primaryPort = report.primaryPort();
      replica.primaryChangedAt = now;
    }
    if (report.primaryLinkUp() != null) replica.primaryLinkUp = report.primaryLinkUp();
    if (report.priority() != null) replica.priority = report.priority();
    if (report.replicaOffset() != null) replica.offset = report.replicaOffset();
    if (report.announced() != null) replica.announced = report.announced();
  }

  private void noteRole(Instance instance, Kind role, long now) {
    if (role == null || role == instance.roleReported) return;
    instance.roleReported = role;
    instance.roleReportedAt = now;
    if (role == Kind.REPLICA && instance instanceof Replica replica) replica.primaryChangedAt = now;
    outbox.publish(LogLevel.VERBOSE, role == instance.kind ? "+role-change" : "-role-change", instance,
        "new reported role is " + role.word);
  }

  /** A replica that says it is a primary becomes one again, unless news about it come within four hellos. */
  private void convertIfAlone(Replica replica, long now) {
    long patience = timing.millis(Period.PUBLISH_PERIOD) * 4;
    if (replica.promoted || !looksSane(replica.primary(), now) || wasDownWithin(replica, patience, now)
        || now - replica.roleReportedAt <= patience) {
      return;
    }
    if (follow(replica)) outbox.publish(LogLevel.NOTICE, "+convert-to-slave", replica);
  }

  /** A replica that follows another primary is led back, unless news come within the failover timeout. */
  private void fixPrimaryIfWrong(Replica replica, long now) {
    MonitoredPrimary primary = replica.primary();
    long patience = primary.settings.failoverTimeoutMillis();
    if (follows(replica, primary.address) || !looksSane(primary, now) || wasDownWithin(replica, patience, now)
        || now - replica.primaryChangedAt <= patience) {
      return;
    }
    if (follow(replica)) outbox.publish(LogLevel.NOTICE, "+fix-slave-config", replica);
  }

  private boolean follow(Replica replica) {
    return links.send(replica, new Request.Reconfigure(replica.primary().address, outbox.showsNames()));
  }

  private boolean follows(Replica replica, Address primary) {
    return replica.primaryHost != null && registry.address(replica.primaryHost, replica.primaryPort).same(primary);
  }

  private void noteReconfiguration(Replica replica) {
    Failover failover = replica.primary().failover;
    if (failover == null || failover.promoted == null) return;
    if (replica.reconfiguration == Reconfiguration.SENT && follows(replica, failover.promoted.address)) {
      replica.reconfiguration = Reconfiguration.IN_PROGRESS;
      outbox.publish(LogLevel.NOTICE, "+slave-reconf-inprog", replica);
    }
    if (replica.reconfiguration == Reconfiguration.IN_PROGRESS && replica.primaryLinkUp) {
      replica.reconfiguration = Reconfiguration.DONE;
      outbox.publish(LogLevel.NOTICE, "+slave-reconf-done", replica);
    }
  }

  /** Whether the primary is up, says that it is one, and said so not long ago. */
  private boolean looksSane(MonitoredPrimary primary, long now) {
    return primary.roleReported == Kind.PRIMARY && !primary.subjectivelyDown && !primary.objectivelyDown
        && now - primary.infoAt < timing.millis(Period.INFO_PERIOD) * 2;
  }

  private static boolean wasDownWithin(Replica replica, long millis, long now) {
    return replica.subjectivelyDownAt != NEVER && now - replica.subjectivelyDownAt <= millis;
  }
}
