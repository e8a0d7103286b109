package org.understudy.shard.clients;

import static org.understudy.command.Arg.key;
import static org.understudy.command.CommandFlag.ALLOW_BUSY;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.SKIP_SLOWLOG;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.TRANSACTIONS;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.acl.AclLog;
import org.understudy.acl.Denial;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.resp.CommandError;
import org.understudy.shard.statistics.CommandExecutor;

/** WATCH, UNWATCH, EXEC, DISCARD. MULTI and queueing are the connection's. */
public final class TransactionCommands {
  private final Watches watches;
  private final Clients clients;
  private final CommandExecutor executor;
  private final Admission admission;

  public TransactionCommands(Watches watches, Clients clients, CommandExecutor executor, Admission admission) {
    this.watches = watches;
    this.clients = clients;
    this.executor = executor;
    this.admission = admission;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("DISCARD").arity(1).since("2.0.0").group(TRANSACTIONS)
            .complexity("O(N), when N is the number of queued commands")
            .summary("Discard all commands issued after MULTI")
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .runs(Place.SHARD, this::discard),
        command("EXEC").arity(1).since("1.2.0").group(TRANSACTIONS).complexity("Depends on commands in the transaction")
            .summary("Execute all commands issued after MULTI")
            .flags(NOSCRIPT, LOADING, STALE, SKIP_SLOWLOG)
            .runs(Place.SHARD, this::exec),
        command("UNWATCH").arity(1).since("2.2.0").group(TRANSACTIONS).complexity("O(1)")
            .summary("Forget about all watched keys")
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .runs(Place.SHARD, this::unwatch),
        command("WATCH").arity(-2).since("2.2.0").group(TRANSACTIONS).complexity("O(1) for every key.")
            .summary("Watch the given keys to determine execution of the MULTI/EXEC block")
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY).keys(at(1).flags(RO).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, this::watch));
  }

  private void watch(Call call) {
    if (call.session.inTransaction()) throw CommandError.err("WATCH inside MULTI is not allowed");
    if (!call.session.watchedChanged) {
      Client client = clients.of(call.session);
      for (int i = 1; i < call.argv.length; i++) watches.watch(client, call.db, call.argv[i]);
    }
    call.reply.ok();
  }

  private void unwatch(Call call) {
    watches.unwatch(clients.of(call.session));
    call.reply.ok();
  }

  private void discard(Call call) {
    if (call.queued == null) throw CommandError.err("DISCARD without MULTI");
    watches.unwatch(clients.of(call.session));
    call.reply.ok();
  }

  /** Runs what was queued, unless a command was refused (an error) or a watched key changed (a null). */
  private void exec(Call call) {
    List<Session.Queued> queued = call.queued;
    if (queued == null) throw CommandError.err("EXEC without MULTI");
    Client client = clients.of(call.session);
    boolean changed = call.session.watchedChanged || watches.anyExpired(client, call.keyspace);
    watches.unwatch(client);
    if (call.queuedRefused) throw new CommandError("EXECABORT Transaction discarded because of previous errors.");
    if (changed) {
      call.reply.nullArray();
      return;
    }
    CommandSpec exec = call.spec;
    byte[][] argv = call.argv;
    call.queued = null;
    call.inTransaction = true;
    call.reply.array(queued.size());
    try {
      for (Session.Queued command : queued) {
        call.db = call.keyspace.database(call.session.database);
        call.spec = command.spec();
        call.argv = command.argv();
        Denial denial = Admission.denial(call.session, call.spec, call.argv);
        if (denial == null) executor.run(call);
        else deny(call, client, denial);
      }
    } finally { // even a fault of ours ends it: what was done goes out as one transaction
      call.inTransaction = false;
      call.reset();
      call.spec = exec;
      call.argv = argv;
    }
  }

  /** The rules of the client's user have changed since the command was queued. */
  private void deny(Call call, Client client, Denial denial) {
    admission.noteDenied(client, denial, AclLog.Context.MULTI, call.spec, call.argv, call.nowMillis);
    call.reply.error(denial.errorInExec());
  }
}
