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
import org.understudy.shard.clients.Clients;

/** Commands about the server as a whole: INFO, TIME, LOLWUT, SHUTDOWN. */
final class ServerCommands {
  private final Info info;
  private final Clock clock;
  private final Clients clients;
  private final ShutdownSequence shutdowns;

  ServerCommands(ShardParts parts, Info info) {
    this.info = info;
    clock = parts.clock;
    clients = parts.clients;
    shutdowns = parts.shutdowns;
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
        command("LOLWUT").arity(-1).since("5.0.0").group(SERVER)
            .summary("Display some computer art and the Redis version")
            .flags(READONLY, FAST)
            .args(integer("version").after("VERSION").optional())
            .runs(Place.SHARD, this::lolwut),
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
    call.reply.verbatim(Bytes.of(info.text(call.argv, 1)));
  }

  /** An array of Unix time in seconds and the microseconds of that second. */
  private void time(Call call) {
    long micros = clock.micros();
    call.reply.array(2);
    call.reply.bulk(micros / 1_000_000);
    call.reply.bulk(micros % 1_000_000);
  }

  /** LOLWUT [VERSION version [measure …]]: one picture for all versions; measures have to be numbers all the same. */
  private void lolwut(Call call) {
    byte[][] argv = call.argv;
    if (argv.length >= 3 && Bytes.is(argv[1], "VERSION")) {
      long version = Arguments.integer(argv[2]);
      int measures = version == 5 ? 3 : version == 6 ? 2 : 0;
      for (int i = 3; i < Math.min(argv.length, 3 + measures); i++) Arguments.integer(argv[i]);
    }
    call.reply.verbatim(Bytes.of(Lolwut.picture(clock.nanos(), call.session.id)));
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
      if (!shutdowns.abort()) throw CommandError.err("No shutdown in progress.");
      call.reply.ok();
      return;
    }
    if (call.inTransaction && (flags & Config.SHUTDOWN_NOW) == 0) {
      throw CommandError.err("SHUTDOWN without NOW or ABORT isn't allowed for DENY BLOCKING client");
    }
    String refusal = shutdowns.begin(flags);
    if (refusal != null) throw new CommandError(refusal);
    shutdowns.await(clients.of(call.session));
  }
}
