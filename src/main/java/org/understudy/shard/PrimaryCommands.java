package org.understudy.shard;

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
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.config.PrimaryAddress;
import org.understudy.resp.CommandError;

/** Whose replica we are: REPLICAOF and its older name. */
final class PrimaryCommands {
  private static final Logger log = LoggerFactory.getLogger(PrimaryCommands.class);
  private static final int MAX_PORT = 65535;

  private final ReplicationState state;
  private final Upstream upstream;
  private final Clients clients;

  PrimaryCommands(ShardParts parts) {
    state = parts.replication;
    upstream = parts.upstream;
    clients = parts.clients;
  }

  List<CommandSpec> rows() {
    return List.of(
        replicaof("REPLICAOF").since("5.0.0").runs(Place.SHARD, this::replicaof),
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
