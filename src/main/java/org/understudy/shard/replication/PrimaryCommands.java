package org.understudy.shard.replication;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_ASYNC_LOADING;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.config.PrimaryAddress;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.history.ReplicationState;

/** Whose replica we are: REPLICAOF and its older name; and FAILOVER, which makes us that of one of ours. */
public final class PrimaryCommands {
  private static final Logger log = LoggerFactory.getLogger(PrimaryCommands.class);
  private static final int MAX_PORT = 65535;

  private final ReplicationState state;
  private final Upstream upstream;
  private final Clients clients;
  private final Failover failover;
  private final Replicas replicas;

  public PrimaryCommands(Clients clients, ReplicationState state, Replicas replicas, Upstream upstream,
      Failover failover) {
    this.clients = clients;
    this.state = state;
    this.replicas = replicas;
    this.upstream = upstream;
    this.failover = failover;
  }

  public List<CommandSpec> rows() {
    return List.of(
        replicaof("REPLICAOF").since("5.0.0").runs(Place.SHARD, this::replicaof),
        command("FAILOVER").arity(-1).since("6.2.0").group(SERVER).complexity("O(1)")
            .summary("Start a coordinated failover between this server and one of its replicas.")
            .flags(ADMIN, NOSCRIPT, STALE)
            .args(block("target", string("host"), integer("port"), token("FORCE").optional()).after("TO").optional(),
                token("ABORT").optional(), integer("milliseconds").after("TIMEOUT").optional())
            .runs(Place.SHARD, this::failover),
        replicaof("SLAVEOF").since("1.0.0").deprecated("5.0.0", "`REPLICAOF`").runs(Place.SHARD, this::replicaof));
  }

  private static CommandSpec.Builder replicaof(String name) {
    return command(name).arity(3).group(SERVER).complexity("O(1)")
        .summary("Make the server a replica of another instance, or promote it as master.")
        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, STALE)
        .args(oneOf("args", block("host-port", string("host"), integer("port")),
            block("no-one", token("NO"), token("ONE"))));
  }

  /** REPLICAOF host port | NO ONE: OK, at once; the link to the primary follows. */
  private void replicaof(Call call) {
    if (failover.isUnderWay()) throw CommandError.err("REPLICAOF not allowed while failing over.");
    byte[] host = call.argv[1];
    byte[] port = call.argv[2];
    Client client = clients.of(call.session);
    if (Bytes.is(host, "NO") && Bytes.is(port, "ONE")) {
      if (state.isReplica()) {
        upstream.lead();
        log.info("MASTER MODE enabled (user request from '{}')", clients.info(client));
      }
      call.reply.ok();
      return;
    }
    if (call.session.replica) throw CommandError.err("Command is not valid when client is a replica.");
    PrimaryAddress address = new PrimaryAddress(Bytes.string(host), port(port));
    if (isFollowed(address)) {
      log.info("REPLICAOF would result into synchronization with the master we are already connected with. No operation"
          + " performed.");
      call.reply.simple("OK Already connected to specified master");
      return;
    }
    upstream.follow(address);
    log.info("REPLICAOF {}:{} enabled (user request from '{}')", address.host(), address.port(), clients.info(client));
    call.reply.ok();
  }

  /** FAILOVER [TO host port [FORCE]] [TIMEOUT milliseconds] | ABORT: OK, before anything is handed over. */
  private void failover(Call call) {
    byte[][] argv = call.argv;
    if (argv.length == 2 && Bytes.is(argv[1], "ABORT")) {
      if (!failover.isUnderWay()) throw CommandError.err("No failover in progress.");
      failover.abort("Failover manually aborted");
      call.reply.ok();
      return;
    }
    PrimaryAddress target = null;
    long timeoutMillis = 0;
    boolean force = false;
    for (int i = 1; i < argv.length; i++) {
      if (Bytes.is(argv[i], "TIMEOUT") && i + 1 < argv.length && timeoutMillis == 0) {
        timeoutMillis = Arguments.integer(argv[++i]);
        if (timeoutMillis <= 0) throw CommandError.err("FAILOVER timeout must be greater than 0");
      } else if (Bytes.is(argv[i], "TO") && i + 2 < argv.length && target == null) {
        target = new PrimaryAddress(Bytes.string(argv[i + 1]), (int) Arguments.integer(argv[i + 2]));
        i += 2;
      } else if (Bytes.is(argv[i], "FORCE") && !force) {
        force = true;
      } else {
        throw Errors.SYNTAX;
      }
    }
    refuseFailover(target, timeoutMillis, force);
    failover.begin(target, timeoutMillis, force);
    call.reply.ok();
  }

  private void refuseFailover(PrimaryAddress target, long timeoutMillis, boolean force) {
    if (failover.isUnderWay()) throw CommandError.err("FAILOVER already in progress.");
    if (state.isReplica()) throw CommandError.err("FAILOVER is not valid when server is a replica.");
    if (replicas.size() == 0) throw CommandError.err("FAILOVER requires connected replicas.");
    if (force && (timeoutMillis == 0 || target == null)) {
      throw CommandError.err("FAILOVER with force option requires both a timeout and target HOST and IP.");
    }
    if (target == null) return;
    for (Replica replica : replicas.attached()) {
      if (!Failover.isAt(replica, target)) continue;
      if (replica.isOnline()) return;
      throw CommandError.err("FAILOVER target replica is not online.");
    }
    throw CommandError.err("FAILOVER target HOST and PORT is not a replica.");
  }

  private static int port(byte[] digits) {
    long port = Numbers.isLong(digits) ? Numbers.parseLong(digits) : -1;
    if (port < 0 || port > MAX_PORT) throw CommandError.err("Invalid master port");
    return (int) port;
  }

  private boolean isFollowed(PrimaryAddress address) {
    PrimaryAddress current = state.primary();
    return current != null && current.host().equalsIgnoreCase(address.host()) && current.port() == address.port();
  }
}
