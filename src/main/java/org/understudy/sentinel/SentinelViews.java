package org.understudy.sentinel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.FailoverRecord;
import org.understudy.sentinel.state.FailoverStage;
import org.understudy.sentinel.state.Instance;
import org.understudy.sentinel.state.Kind;
import org.understudy.sentinel.state.MonitoredPrimary;
import org.understudy.sentinel.state.OtherSentinel;
import org.understudy.sentinel.state.PrimarySettings;
import org.understudy.sentinel.state.Replica;

/** What a sentinel shows of what it knows. */
final class SentinelViews {
  private SentinelViews() {}

  /** ROLE: {@code sentinel} and the names of the primaries. */
  static void role(Sentinel sentinel, Inquiry inquiry) {
    Collection<MonitoredPrimary> primaries = sentinel.state().primaries();
    inquiry.reply(reply -> {
      reply.array(2);
      reply.bulk("sentinel");
      reply.array(primaries.size());
      for (MonitoredPrimary primary : primaries) reply.bulk(primary.name());
    });
  }

  /** The section of INFO. */
  static String infoSection(Sentinel sentinel) {
    StringBuilder text = new StringBuilder("# Sentinel\r\n");
    boolean tilt = sentinel.state().tilt();
    text.append("sentinel_masters:").append(sentinel.state().primaries().size()).append("\r\n");
    text.append("sentinel_tilt:").append(tilt ? 1 : 0).append("\r\n");
    text.append("sentinel_tilt_since_seconds:")
        .append(tilt ? sentinel.state().tiltMillis(sentinel.now()) / 1000 : -1).append("\r\n");
    text.append("sentinel_running_scripts:").append(sentinel.scripts().running()).append("\r\n");
    text.append("sentinel_scripts_queue_length:").append(sentinel.scripts().jobs().size()).append("\r\n");
    text.append("sentinel_simulate_failure_flags:").append(sentinel.simulatedFailures()).append("\r\n");
    int number = 0;
    for (MonitoredPrimary primary : sentinel.state().primaries()) {
      String status = primary.objectivelyDown() ? "odown" : primary.subjectivelyDown() ? "sdown" : "ok";
      text.append("master").append(number++).append(":name=").append(primary.name()).append(",status=").append(status)
          .append(",address=").append(shown(sentinel, primary.address())).append(':').append(primary.address().port())
          .append(",slaves=").append(primary.replicas().size())
          .append(",sentinels=").append(primary.sentinels().size() + 1).append("\r\n");
    }
    return text.toString();
  }

  private static String shown(Sentinel sentinel, Address address) {
    return address.shown(sentinel.options().announceHostnames());
  }

  // ---- instances -------------------------------------------------------------------------------------------------

  /** SENTINEL MASTERS. */
  static void masters(Sentinel sentinel, Inquiry inquiry) {
    reply(sentinel, inquiry, sentinel.state().primaries());
  }

  /** SENTINEL MASTER name. */
  static void master(Sentinel sentinel, Inquiry inquiry) {
    MonitoredPrimary primary = inquiry.primary(sentinel);
    inquiry.reply(reply -> write(sentinel, primary, reply));
  }

  /** SENTINEL REPLICAS name: those that want to be shown. */
  static void replicas(Sentinel sentinel, Inquiry inquiry) {
    reply(sentinel, inquiry, inquiry.primary(sentinel).replicas().stream().filter(Replica::announced).toList());
  }

  /** SENTINEL SENTINELS name. */
  static void sentinels(Sentinel sentinel, Inquiry inquiry) {
    reply(sentinel, inquiry, inquiry.primary(sentinel).sentinels());
  }

  private static void reply(Sentinel sentinel, Inquiry inquiry, Collection<? extends Instance> instances) {
    inquiry.reply(reply -> {
      reply.array(instances.size());
      for (Instance instance : instances) write(sentinel, instance, reply);
    });
  }

  /** A map of names and texts, numbers as texts too. */
  private static final class Fields {
    private final List<Object> all = new ArrayList<>();

    void add(String name, Object value) {
      all.add(name);
      all.add(value);
    }

    void write(ReplyBuffer reply) {
      reply.map(all.size() / 2);
      for (Object each : all) reply.bulk(Bytes.of(each.toString()));
    }
  }

  private static void write(Sentinel sentinel, Instance instance, ReplyBuffer reply) {
    long now = sentinel.now();
    Fields fields = new Fields();
    fields.add("name", instance.name());
    fields.add("ip", shown(sentinel, instance.address()));
    fields.add("port", instance.address().port());
    fields.add("runid", instance.runId());
    fields.add("flags", String.join(",", instance.flags()));
    fields.add("link-pending-commands", instance.link().pendingCommands());
    fields.add("link-refcount", instance.link().userCount());
    if (instance instanceof MonitoredPrimary primary && primary.stage() != FailoverStage.NONE) {
      fields.add("failover-state", primary.stage().word);
    }
    fields.add("last-ping-sent", instance.link().pendingPingMillis(now));
    fields.add("last-ok-ping-reply", instance.link().sinceAvailableMillis(now));
    fields.add("last-ping-reply", instance.link().sincePongMillis(now));
    if (instance.subjectivelyDown()) fields.add("s-down-time", instance.subjectivelyDownMillis(now));
    if (instance instanceof MonitoredPrimary primary && primary.objectivelyDown()) {
      fields.add("o-down-time", primary.objectivelyDownMillis(now));
    }
    fields.add("down-after-milliseconds", instance.primary().settings().downAfterMillis());
    if (instance.kind() != Kind.SENTINEL) {
      fields.add("info-refresh", instance.infoAgeMillis(now));
      fields.add("role-reported", instance.roleReported().word);
      fields.add("role-reported-time", instance.roleReportedMillis(now));
    }
    if (instance instanceof MonitoredPrimary primary) add(fields, primary);
    if (instance instanceof Replica replica) add(fields, replica);
    if (instance instanceof OtherSentinel other) add(fields, other, now);
    fields.write(reply);
  }

  private static void add(Fields fields, MonitoredPrimary primary) {
    PrimarySettings settings = primary.settings();
    fields.add("config-epoch", primary.configEpoch());
    fields.add("num-slaves", primary.replicas().size());
    fields.add("num-other-sentinels", primary.sentinels().size());
    fields.add("quorum", settings.quorum());
    fields.add("failover-timeout", settings.failoverTimeoutMillis());
    fields.add("parallel-syncs", settings.parallelSyncs());
    if (settings.notificationScript() != null) fields.add("notification-script", settings.notificationScript());
    if (settings.clientReconfigScript() != null) fields.add("client-reconfig-script", settings.clientReconfigScript());
  }

  private static void add(Fields fields, Replica replica) {
    fields.add("master-link-down-time", replica.primaryLinkDownMillis());
    fields.add("master-link-status", replica.primaryLinkUp() ? "ok" : "err");
    fields.add("master-host", replica.primaryHost() == null ? "?" : replica.primaryHost());
    fields.add("master-port", replica.primaryPort());
    fields.add("slave-priority", replica.priority());
    fields.add("slave-repl-offset", replica.offset());
    fields.add("replica-announced", replica.announced() ? 1 : 0);
  }

  private static void add(Fields fields, OtherSentinel other, long now) {
    fields.add("last-hello-message", other.sinceHelloMillis(now));
    fields.add("voted-leader", other.votedFor() == null ? "?" : other.votedFor());
    fields.add("voted-leader-epoch", other.voteEpoch());
  }

  // ---- single facts ----------------------------------------------------------------------------------------------

  /** SENTINEL GET-MASTER-ADDR-BY-NAME name: address and port, or a null array. */
  static void getMasterAddrByName(Sentinel sentinel, Inquiry inquiry) {
    MonitoredPrimary primary = sentinel.state().primary(inquiry.text(2));
    inquiry.reply(reply -> {
      if (primary == null) {
        reply.nullArray();
        return;
      }
      Address address = primary.currentAddress();
      reply.array(2);
      reply.bulk(shown(sentinel, address));
      reply.bulk(address.port());
    });
  }

  /** SENTINEL MYID. */
  static void myid(Sentinel sentinel, Inquiry inquiry) {
    String id = sentinel.state().settings().myId();
    inquiry.reply(reply -> reply.bulk(id));
  }

  /** SENTINEL CKQUORUM name. */
  static void ckquorum(Sentinel sentinel, Inquiry inquiry) {
    MonitoredPrimary primary = inquiry.primary(sentinel);
    int usable = sentinel.state().usableSentinels(primary);
    int voters = primary.sentinels().size() + 1;
    List<String> missing = new ArrayList<>();
    if (usable < primary.settings().quorum()) {
      missing.add("Not enough available Sentinels to reach the specified quorum for this master");
    }
    if (usable < voters / 2 + 1) {
      missing.add("Not enough available Sentinels to reach the majority and authorize a failover");
    }
    if (!missing.isEmpty()) {
      throw new CommandError("NOQUORUM " + usable + " usable Sentinels. " + String.join(". ", missing));
    }
    inquiry.reply(reply -> reply.simple("OK " + usable
        + " usable Sentinels. Quorum and failover authorization can be reached"));
  }

  /** SENTINEL INFO-CACHE name …: for each its name and an array of ages and texts of INFO, the primary's first. */
  static void infoCache(Sentinel sentinel, Inquiry inquiry) {
    List<MonitoredPrimary> named = new ArrayList<>();
    for (int i = 2; i < inquiry.argv.length; i++) {
      MonitoredPrimary primary = sentinel.state().primary(inquiry.text(i));
      if (primary != null && !named.contains(primary)) named.add(primary);
    }
    long now = sentinel.now();
    inquiry.reply(reply -> {
      reply.array(2L * named.size());
      for (MonitoredPrimary primary : named) {
        reply.bulk(primary.name());
        reply.array(1 + primary.replicas().size());
        writeInfo(primary, now, reply);
        for (Replica replica : primary.replicas()) writeInfo(replica, now, reply);
      }
    });
  }

  private static void writeInfo(Instance instance, long now, ReplyBuffer reply) {
    reply.array(2);
    reply.integer(instance.infoAgeMillis(now));
    if (instance.info() == null) reply.nullValue();
    else reply.bulk(instance.info());
  }

  /** SENTINEL PENDING-SCRIPTS: a map a script. */
  static void pendingScripts(Sentinel sentinel, Inquiry inquiry) {
    long now = sentinel.now();
    List<ScriptQueue.Job> jobs = sentinel.scripts().jobs();
    inquiry.reply(reply -> {
      reply.array(jobs.size());
      for (ScriptQueue.Job job : jobs) {
        reply.map(5);
        reply.bulk("argv");
        reply.array(job.command.size());
        for (String word : job.command) reply.bulk(word);
        reply.bulk("flags");
        reply.bulk(job.running ? "running" : "scheduled");
        reply.bulk("pid");
        reply.bulk(job.pid);
        reply.bulk(job.running ? "run-time" : "run-delay");
        reply.bulk(job.running ? job.runMillis(now) : job.delayMillis(now));
        reply.bulk("retry-num");
        reply.bulk(job.attempts);
      }
    });
  }

  /** SENTINEL FAILOVERS name: the last failovers, the youngest first, a map each. Ours. */
  static void failovers(Sentinel sentinel, Inquiry inquiry) {
    List<FailoverRecord> records = inquiry.primary(sentinel).failovers();
    inquiry.reply(reply -> {
      reply.array(records.size());
      for (int i = records.size() - 1; i >= 0; i--) write(records.get(i), reply);
    });
  }

  private static void write(FailoverRecord failover, ReplyBuffer reply) {
    reply.map(12);
    field(reply, "epoch", failover.epoch());
    field(reply, "forced", failover.forced() ? "yes" : "no");
    field(reply, "started-at", failover.startedAt());
    field(reply, "from", failover.from().withPort(false));
    field(reply, "to", failover.to() == null ? "" : failover.to().withPort(false));
    field(reply, "outcome", failover.outcome());
    field(reply, "total-milliseconds", failover.totalMillis());
    field(reply, "bytes-not-replicated", failover.bytesNotReplicated());
    reply.bulk("votes");
    reply.map(failover.votes().size());
    failover.votes().forEach((voter, candidate) -> field(reply, voter, candidate));
    reply.bulk("candidates");
    reply.array(failover.candidates().size());
    for (FailoverRecord.Candidate candidate : failover.candidates()) {
      reply.map(5);
      field(reply, "name", candidate.name());
      field(reply, "runid", candidate.runId());
      field(reply, "priority", candidate.priority());
      field(reply, "offset", candidate.offset());
      field(reply, "rejected", candidate.rejection() == null ? "" : candidate.rejection());
    }
    reply.bulk("stages");
    reply.map(failover.stages().size());
    for (FailoverRecord.StageTime time : failover.stages()) field(reply, time.stage().word, time.millis());
    field(reply, "summary", failover.line());
  }

  private static void field(ReplyBuffer reply, String name, Object value) {
    reply.bulk(name);
    reply.bulk(Bytes.of(value.toString()));
  }
}
