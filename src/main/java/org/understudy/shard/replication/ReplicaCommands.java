package org.understudy.shard.replication;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.ALLOW_BUSY;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_ASYNC_LOADING;
import static org.understudy.command.CommandFlag.NO_MULTI;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;

import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.bytes.QuotedArguments;
import org.understudy.command.AclCategory;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.config.PrimaryAddress;
import org.understudy.persistence.SnapshotStream;
import org.understudy.replication.History;
import org.understudy.replication.PsyncDecision;
import org.understudy.replication.ReplicationLog;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.history.Backlog;
import org.understudy.shard.history.HistoryParts;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.statistics.Statistics;

/** What replicas say to us: PSYNC, SYNC, REPLCONF; and what others ask about them: ROLE, WAIT. */
public final class ReplicaCommands {
  private static final Logger log = LoggerFactory.getLogger(ReplicaCommands.class);
  /** An address has to be shorter. */
  private static final int ADDRESS_BYTES = 256;

  private final Clients clients;
  private final Statistics statistics;
  private final ReplicationLog replicationLog;
  private final Backlog backlog;
  private final ReplicationState replication;
  private final Upstream upstream;
  private final Replicas replicas;
  private final Failover failover;
  private final AmnesiaGuard guard;

  public ReplicaCommands(Clients clients, Statistics statistics, HistoryParts history, Replicas replicas,
      Upstream upstream, Failover failover, AmnesiaGuard guard) {
    this.clients = clients;
    this.statistics = statistics;
    replicationLog = history.log();
    backlog = history.backlog();
    replication = history.state();
    this.replicas = replicas;
    this.upstream = upstream;
    this.failover = failover;
    this.guard = guard;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("PSYNC").arity(-3).since("2.8.0").group(SERVER)
            .summary("Internal command used for replication")
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
            .args(string("replicationid"), integer("offset"))
            .runs(Place.SHARD, this::psync),
        command("SYNC").arity(1).since("1.0.0").group(SERVER)
            .summary("Internal command used for replication")
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
            .runs(Place.SHARD, this::sync),
        command("REPLCONF").arity(-1).since("3.0.0").group(SERVER).complexity("O(1)")
            .summary("An internal command for configuring the replication stream")
            .systemCommand()
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, ALLOW_BUSY)
            .runs(Place.SHARD, this::replconf),
        command("ROLE").arity(1).since("2.8.12").group(SERVER).complexity("O(1)")
            .summary("Return the role of the instance in the context of replication")
            .flags(NOSCRIPT, LOADING, STALE, FAST, IN_SENTINEL).categories(AclCategory.ADMIN, AclCategory.DANGEROUS)
            .runs(Place.SHARD, this::role),
        command("WAIT").arity(3).since("3.0.0").group(GENERIC).complexity("O(1)")
            .summary("Wait for the synchronous replication of all the write commands sent in the context of the "
                + "current connection")
            .flags(NOSCRIPT).categories(AclCategory.CONNECTION)
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .args(integer("numreplicas"), integer("timeout"))
            .runs(Place.SHARD, this::waitForReplicas));
  }

  // ---- synchronisation ---------------------------------------------------------------------------------------------

  /**
   * PSYNC id number [FAILOVER]: the client becomes a replica. It gets {@code +CONTINUE} and the log from that byte on,
   * or {@code +FULLRESYNC id offset} as soon as a snapshot is cut, then the snapshot, then the log from that offset on.
   */
  private void psync(Call call) {
    if (call.argv.length > 3 && Bytes.is(call.argv[3], "FAILOVER") && !call.session.countsAsReplica()) lead(call);
    Replica replica = admit(call);
    if (replica == null) return;
    if (!Numbers.isLong(call.argv[2])) {
      log.warn("Replica {} asks for synchronization but with a wrong offset", replica.name());
      throw Errors.NOT_AN_INTEGER;
    }
    replica.knowsOffsets = true;
    String id = Bytes.string(call.argv[1]);
    long number = Numbers.parseLong(call.argv[2]);
    PsyncDecision decision = PsyncDecision.of(id, number, replication.history(), replicationLog.isActive(),
        replicationLog.first(), replicationLog.end());
    if (decision instanceof PsyncDecision.Continue from) {
      statistics.partialSyncs++;
      log.info("Partial resynchronization request from {} accepted. Sending {} bytes of backlog starting from "
          + "offset {}.", replica.name(), replicationLog.end() - from.offset(), number);
      replicas.resume(replica, from.offset(),
          replica.takesNewId ? "+CONTINUE " + replication.id() + "\r\n" : "+CONTINUE\r\n");
      return;
    }
    if (guard.refusesToServe(replica.name(), id, number)) throw new CommandError(AmnesiaGuard.REFUSAL);
    explain(((PsyncDecision.Full) decision).reason(), replica, id, number);
    if (!id.startsWith(PsyncDecision.NO_HISTORY)) statistics.refusedPartialSyncs++;
    synchronizeFully(replica);
  }

  /** PSYNC id number FAILOVER: our primary hands over to us, and follows us from now on. */
  private void lead(Call call) {
    log.warn("Failover request received for replid {}.", Bytes.string(call.argv[1]));
    if (!replication.isReplica()) throw CommandError.err("PSYNC FAILOVER can't be sent to a master.");
    if (!replication.history().id().equalsIgnoreCase(Bytes.string(call.argv[1]))) {
      throw CommandError.err("PSYNC FAILOVER replid must match my replid.");
    }
    upstream.lead();
    log.info("MASTER MODE enabled (failover request from '{}')", clients.info(clients.of(call.session)));
  }

  /** SYNC: as PSYNC from before there were offsets. Nothing precedes the snapshot, and nothing is acknowledged. */
  private void sync(Call call) {
    Replica replica = admit(call);
    if (replica != null) synchronizeFully(replica);
  }

  /**
   * What is known of the client as a replica, if it may become one; null if it is one, or has no connection, which ends
   * the command.
   */
  private Replica admit(Call call) {
    if (call.session.countsAsReplica() || call.session.loads) return null;
    if (failover.isUnderWay()) throw new CommandError("NOMASTERLINK Can't SYNC while failing over");
    if (replication.isReplica() && !replication.isLinkUp()) {
      throw new CommandError("NOMASTERLINK Can't SYNC while not connected with my master");
    }
    if (!call.reply.isEmpty()) throw CommandError.err("SYNC and PSYNC are invalid with pending output");
    Replica replica = replicas.known(clients.of(call.session));
    if (!replica.contents.equals(SnapshotStream.Contents.ALL) && !replica.takesEndMark) {
      throw CommandError.err("Filtered replica requires EOF capability");
    }
    log.info("Replica {} asks for synchronization", replica.name());
    return replica;
  }

  private void explain(PsyncDecision.Reason reason, Replica replica, String id, long number) {
    History history = replication.history();
    switch (reason) {
      case ASKED_FOR -> log.info("Full resync requested by replica {}", replica.name());
      case OTHER_HISTORY ->
          log.info("Partial resynchronization not accepted: Replication ID mismatch (Replica asked for "
              + "'{}', my replication IDs are '{}' and '{}')", id, history.id(), history.secondId());
      case PAST_BRANCH ->
          log.info("Partial resynchronization not accepted: Requested offset for second ID was {}, but I "
              + "can reply up to {}", number, history.secondOffset());
      case NOT_KEPT, AHEAD -> {
        log.info("Unable to partial resync with replica {} for lack of backlog (Replica request was: {}).",
            replica.name(), number);
        if (reason == PsyncDecision.Reason.AHEAD) {
          log.warn("Warning: replica {} tried to PSYNC with an offset that is greater than the master replication "
              + "offset.", replica.name());
        }
      }
    }
  }

  private void synchronizeFully(Replica replica) {
    statistics.fullSyncs++;
    backlog.begin();
    replicas.attach(replica);
    replicas.snapshots().serve(replica);
  }

  // ---- REPLCONF ----------------------------------------------------------------------------------------------------

  /** REPLCONF option value …: OK; nothing at all once ACK or GETACK was met. */
  private void replconf(Call call) {
    byte[][] argv = call.argv;
    if (argv.length % 2 == 0) throw Errors.SYNTAX;
    Client client = clients.of(call.session);
    for (int i = 1; i < argv.length; i += 2) {
      byte[] value = argv[i + 1];
      switch (Bytes.lowerString(argv[i])) {
        case "listening-port" -> replicas.known(client).port = (int) Arguments.integer(value);
        case "ip-address" -> {
          if (value.length >= ADDRESS_BYTES) {
            throw CommandError.err("REPLCONF ip-address provided by replica instance is too long: " + value.length
                + " bytes");
          }
          replicas.known(client).announcedAddress = Bytes.string(value);
        }
        case "capa" -> {
          if (Bytes.is(value, "eof")) replicas.known(client).takesEndMark = true;
          else if (Bytes.is(value, "psync2")) replicas.known(client).takesNewId = true;
        }
        case "ack" -> {
          if (Numbers.isLong(value)) replicas.acknowledged(client, Numbers.parseLong(value));
          return;
        }
        case "getack" -> {
          return;
        }
        case "rdb-only" -> replicas.known(client).snapshotOnly = Arguments.integer(value, 0, 1) == 1;
        case "rdb-filter-only" -> replicas.known(client).contents = contents(value);
        default -> throw CommandError.err("Unrecognized REPLCONF option: " + Bytes.string(argv[i]));
      }
    }
    call.reply.ok();
  }

  /** @param names what a snapshot is to hold, in words as on a command line; only {@code functions} can be named */
  private static SnapshotStream.Contents contents(byte[] names) {
    byte[][] words = QuotedArguments.split(names);
    if (words == null) throw CommandError.err("Missing rdb-filter-only values");
    for (byte[] word : words) {
      if (!Bytes.is(word, "functions")) {
        throw CommandError.err("Unsupported rdb-filter-only option: " + Bytes.string(word));
      }
    }
    return new SnapshotStream.Contents(false, words.length > 0);
  }

  // ---- questions ---------------------------------------------------------------------------------------------------

  /**
   * {@code master}, offset, replicas: an array of address, port and acknowledged offset each, all as text. Or {@code
   * slave}, address and port of the primary, how far the link to it has come, offset: -1 if there is no link.
   */
  private void role(Call call) {
    PrimaryAddress primary = replication.primary();
    if (primary != null) {
      call.reply.array(5);
      call.reply.bulk(replication.role());
      call.reply.bulk(primary.host());
      call.reply.integer(primary.port());
      call.reply.bulk(replication.progress().name().toLowerCase(Locale.ROOT));
      call.reply.integer(replication.isLinkUp() ? replicationLog.end() : -1);
      return;
    }
    List<Replica> online = replicas.attached().stream().filter(Replica::isOnline).toList();
    call.reply.array(3);
    call.reply.bulk(replication.role());
    call.reply.integer(replicationLog.end());
    call.reply.array(online.size());
    for (Replica replica : online) {
      call.reply.array(3);
      call.reply.bulk(replica.address());
      call.reply.bulk(replica.port);
      call.reply.bulk(replica.acknowledgedOffset);
    }
  }

  /** WAIT replicas milliseconds: how many replicas have all that this client wrote, as soon as they are so many. */
  private void waitForReplicas(Call call) {
    if (replication.isReplica()) {
      throw CommandError.err("WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a "
          + "replica is configured to be writable (which is not the default) writes to replicas are just local and are "
          + "not propagated.");
    }
    long wanted = Arguments.integer(call.argv[1]);
    long timeoutMillis = Arguments.timeoutOfMillis(call.argv[2]);
    Client client = clients.of(call.session);
    int acknowledging = replicas.acknowledging(client.writeOffset);
    if (acknowledging >= wanted || call.inTransaction) call.reply.integer(acknowledging);
    else replicas.awaitAcks(client, wanted, timeoutMillis);
  }
}
