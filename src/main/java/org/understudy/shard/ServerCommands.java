package org.understudy.shard;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.ALLOW_BUSY;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_MULTI;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.command.AclCategory;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.config.Config;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/** Commands about the server as a whole: INFO, TIME, ROLE, LOLWUT, WAIT, SHUTDOWN. */
final class ServerCommands {
  private final Info info;
  private final Clock clock;
  private final Clients clients;
  private final BlockedClients blocked;
  private final ServerControl control;
  private final Persistence persistence;
  private final ReplicationState replication;

  ServerCommands(ShardParts parts, Info info) {
    this.info = info;
    clock = parts.clock;
    clients = parts.clients;
    blocked = parts.blocked;
    control = parts.control;
    persistence = parts.persistence;
    replication = parts.replication;
  }

  List<CommandSpec> rows() {
    return List.of(
        command("INFO").arity(-1).since("1.0.0").group(SERVER).complexity("O(1)")
            .summary("Get information and statistics about the server")
            .history("7.0.0", "Added support for taking multiple section arguments.")
            .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.DANGEROUS)
            .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
            .args(string("section").optional().multiple())
            .runs(Place.SHARD, this::info),
        command("TIME").arity(1).since("2.6.0").group(SERVER).complexity("O(1)")
            .summary("Return the current server time")
            .flags(LOADING, STALE, FAST).tips("nondeterministic_output")
            .runs(Place.SHARD, this::time),
        command("ROLE").arity(1).since("2.8.12").group(SERVER).complexity("O(1)")
            .summary("Return the role of the instance in the context of replication")
            .flags(NOSCRIPT, LOADING, STALE, FAST, IN_SENTINEL).categories(AclCategory.ADMIN, AclCategory.DANGEROUS)
            .runs(Place.SHARD, this::role),
        command("LOLWUT").arity(-1).since("5.0.0").group(SERVER)
            .summary("Display some computer art and the Redis version")
            .flags(READONLY, FAST)
            .args(integer("version").after("VERSION").optional())
            .runs(Place.SHARD, this::lolwut),
        command("WAIT").arity(3).since("3.0.0").group(GENERIC).complexity("O(1)")
            .summary("Wait for the synchronous replication of all the write commands sent in the context of the "
                + "current connection")
            .flags(NOSCRIPT).categories(AclCategory.CONNECTION)
            .tips("request_policy:all_shards", "response_policy:agg_min")
            .args(integer("numreplicas"), integer("timeout"))
            .runs(Place.SHARD, this::waitForReplicas),
        command("SHUTDOWN").arity(-1).since("1.0.0").group(SERVER)
            .complexity("O(N) when saving, where N is the total number of keys in all databases when saving data, "
                + "otherwise O(1)")
            .summary("Synchronously save the dataset to disk and then shut down the server")
            .history("7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers.")
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY, IN_SENTINEL)
            .args(oneOf("nosave_save", token("NOSAVE"), token("SAVE")).optional(),
                token("NOW").since("7.0.0").optional(), token("FORCE").since("7.0.0").optional(),
                token("ABORT").since("7.0.0").optional())
            .runs(Place.SHARD, this::shutdown));
  }

  private void info(Call call) {
    call.reply.verbatim("txt", Bytes.of(info.text(call.argv, 1)));
  }

  /** An array of Unix time in seconds and the microseconds of that second. */
  private void time(Call call) {
    long micros = clock.micros();
    call.reply.array(2);
    call.reply.bulk(micros / 1_000_000);
    call.reply.bulk(micros % 1_000_000);
  }

  /** {@code master}, offset, replicas. */
  private void role(Call call) {
    call.reply.array(3);
    call.reply.bulk(replication.role());
    call.reply.integer(0);
    call.reply.emptyArray();
  }

  private void lolwut(Call call) {
    byte[][] argv = call.argv;
    if (argv.length >= 3 && Bytes.is(argv[1], "VERSION")) Arguments.integer(argv[2]);
    call.reply.verbatim("txt", Bytes.of(Lolwut.picture(clock.nanos(), call.session.id)));
  }

  /** WAIT replicas milliseconds: how many replicas have all our writes. There are none. */
  private void waitForReplicas(Call call) {
    long replicas = Arguments.integer(call.argv[1]);
    long timeoutMillis = Arguments.timeoutOfMillis(call.argv[2]);
    if (replicas <= 0 || call.inTransaction) {
      call.reply.integer(0);
      return;
    }
    blocked.block(clients.of(call.session), timeoutMillis, call.nowMillis, reply -> reply.integer(0));
  }

  /** SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: the connection closes without a reply. */
  private void shutdown(Call call) {
    int flags = 0;
    boolean abort = false;
    for (int i = 1; i < call.argv.length; i++) {
      switch (Bytes.lowerString(call.argv[i])) {
        case "nosave" -> flags |= Config.SHUTDOWN_NOSAVE;
        case "save" -> flags |= Config.SHUTDOWN_SAVE;
        case "now" -> flags |= Config.SHUTDOWN_NOW;
        case "force" -> flags |= Config.SHUTDOWN_FORCE;
        case "abort" -> abort = true;
        default -> throw Errors.SYNTAX;
      }
    }
    int both = Config.SHUTDOWN_NOSAVE | Config.SHUTDOWN_SAVE;
    if (abort && flags != 0 || (flags & both) == both) throw Errors.SYNTAX;
    if (abort) {
      if (!control.abortShutdown()) throw CommandError.err("No shutdown in progress.");
      call.reply.ok();
      return;
    }
    String refusal = persistence.prepareShutdown(flags);
    if (refusal == null) refusal = control.shutDown();
    if (refusal != null) throw new CommandError(refusal);
    blocked.suspend(clients.of(call.session));
  }
}
