package org.understudy.shard.persistence;

import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_ASYNC_LOADING;
import static org.understudy.command.CommandFlag.NO_MULTI;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.understudy.bytes.Bytes;
import org.understudy.command.AclCategory;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;

/** SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE. */
public final class SaveCommands {
  private static final CommandError UNDER_WAY = CommandError.err("Background save already in progress");

  private static final CommandError REWRITE_UNDER_WAY = CommandError.err("Another child process is active (AOF?): can't"
      + " BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.");

  private final Persistence persistence;
  private final Saves saves;
  private final Clients clients;
  private final BlockedClients blocked;

  public SaveCommands(Persistence persistence, Clients clients, BlockedClients blocked) {
    this.persistence = persistence;
    saves = persistence.saves();
    this.clients = clients;
    this.blocked = blocked;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("SAVE").arity(1).since("1.0.0").group(SERVER)
            .complexity("O(N) where N is the total number of keys in all databases")
            .summary("Synchronously save the dataset to disk")
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
            .runs(Place.SHARD, this::save),
        command("BGREWRITEAOF").arity(1).since("1.0.0").group(SERVER).complexity("O(1)")
            .summary("Asynchronously rewrite the append-only file")
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
            .runs(Place.SHARD, this::rewrite),
        command("BGSAVE").arity(-1).since("1.0.0").group(SERVER).complexity("O(1)")
            .summary("Asynchronously save the dataset to disk")
            .history("3.2.2", "Added the `SCHEDULE` option.")
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING)
            .args(token("SCHEDULE").since("3.2.2").optional())
            .runs(Place.SHARD, this::bgsave),
        command("LASTSAVE").arity(1).since("1.0.0").group(SERVER).complexity("O(1)")
            .summary("Get the UNIX time stamp of the last successful save to disk")
            .flags(LOADING, STALE, FAST).categories(AclCategory.ADMIN, AclCategory.DANGEROUS)
            .tips("nondeterministic_output")
            .runs(Place.SHARD, this::lastSave));
  }

  /** OK once the file is in its place; others go on meanwhile, unlike in Redis. */
  private void save(Call call) {
    if (saves.isUnderWayInBackground()) throw UNDER_WAY;
    saves.startFor(clients.of(call.session));
  }

  /** BGSAVE [SCHEDULE]: within a transaction it is only scheduled, for after it. */
  private void bgsave(Call call) {
    if (call.argv.length > 2 || call.argv.length == 2 && !Bytes.is(call.argv[1], "SCHEDULE")) throw Errors.SYNTAX;
    AofRewrite rewrite = persistence.rewrite();
    if (saves.isUnderWay() && !rewrite.isUnderWay()) throw UNDER_WAY;
    if (rewrite.isUnderWay() && !call.inTransaction && call.argv.length == 1) throw REWRITE_UNDER_WAY;
    if (call.inTransaction || rewrite.isUnderWay()) {
      saves.schedule();
      call.reply.simple("Background saving scheduled");
    } else {
      saves.startInBackground();
      call.reply.simple("Background saving started");
    }
  }

  /** BGREWRITEAOF: answered once what follows goes to a new file, or cannot. */
  private void rewrite(Call call) {
    AofRewrite rewrite = persistence.rewrite();
    if (rewrite.isUnderWay()) throw CommandError.err("Background append only file rewriting already in progress");
    if (saves.isUnderWay() || call.inTransaction) {
      rewrite.scheduleAsked();
      call.reply.simple("Background append only file rewriting scheduled");
      return;
    }
    CompletableFuture<Boolean> begun = rewrite.start();
    Client client = clients.of(call.session);
    blocked.suspend(client);
    begun.thenAccept(yes -> persistence.appendOnly().onLoop(() -> blocked.release(client, reply -> {
      if (yes) reply.simple("Background append only file rewriting started");
      else reply.error("ERR Can't execute an AOF background rewriting. Please check the server logs for more"
          + " information.");
    })));
  }

  /** Unix time of the last snapshot; of the start if there was none. */
  private void lastSave(Call call) {
    call.reply.integer(saves.lastSaveSeconds());
  }
}
