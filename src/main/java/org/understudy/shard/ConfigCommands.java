package org.understudy.shard;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.config.Config;
import org.understudy.config.ConfigChange;
import org.understudy.config.ConfigRewriter;
import org.understudy.config.Directive;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.Background;
import org.understudy.shard.clients.PendingAnswer;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.replication.Upstream;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.statistics.Statistics;

/** CONFIG. What a directive changes at run time is said where it is used, by {@link Config#onChange}. */
final class ConfigCommands {
  private static final Logger log = LoggerFactory.getLogger(ConfigCommands.class);

  private final Config config;
  private final Statistics statistics;
  private final MemoryLimit memoryLimit;
  private final Background background;
  private final ServerControl control;
  private final Persistence persistence;
  private final UserFile userFile;
  private final Upstream upstream;
  private final Replicas replicas;

  ConfigCommands(ShardParts parts) {
    config = parts.config;
    statistics = parts.statistics;
    memoryLimit = parts.memoryLimit;
    background = parts.background;
    control = parts.control;
    persistence = parts.persistence;
    userFile = parts.userFile;
    upstream = parts.upstream;
    replicas = parts.replicas;
  }

  List<CommandSpec> rows() {
    return List.of(
        container("CONFIG").arity(-2).since("2.0.0").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for server configuration commands")
            .containing(
                subcommand("GET").arity(-3).since("2.0.0").group(SERVER)
                    .complexity("O(N) when N is the number of configuration parameters provided")
                    .summary("Get the values of configuration parameters")
                    .history("7.0.0", "Added the ability to pass multiple pattern parameters in one call")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .args(block("parameter", string("parameter")).multiple())
                    .runs(Place.SHARD, this::get),
                subcommand("RESETSTAT").arity(2).since("2.0.0").group(SERVER).complexity("O(1)")
                    .summary("Reset the stats returned by INFO")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .runs(Place.SHARD, this::resetStatistics),
                subcommand("REWRITE").arity(2).since("2.8.0").group(SERVER).complexity("O(1)")
                    .summary("Rewrite the configuration file with the in memory configuration")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .runs(Place.SHARD, this::rewrite),
                subcommand("SET").arity(-4).since("2.0.0").group(SERVER)
                    .complexity("O(N) when N is the number of configuration parameters provided")
                    .summary("Set configuration parameters to the given values")
                    .history("7.0.0", "Added the ability to set multiple parameters in one call.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .args(block("parameter_value", string("parameter"), string("value")).multiple())
                    .runs(Place.SHARD_IN_STEP, this::set),
                subcommand("HELP").arity(2).since("5.0.0").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "GET <pattern>",
                        "    Return parameters matching the glob-like <pattern> and their values.",
                        "SET <directive> <value>",
                        "    Set the configuration <directive> to <value>.",
                        "RESETSTAT",
                        "    Reset statistics reported by the INFO command.",
                        "REWRITE",
                        "    Rewrite the configuration file."))));
  }

  /** CONFIG GET pattern …: a map from names to values. */
  private void get(Call call) {
    List<String> patterns = new ArrayList<>();
    for (int i = 2; i < call.argv.length; i++) patterns.add(Bytes.string(call.argv[i]));
    List<Config.Setting> found = config.get(patterns);
    call.reply.map(found.size());
    for (Config.Setting setting : found) {
      call.reply.bulk(setting.name());
      call.reply.bulk(setting.value());
    }
  }

  /** CONFIG SET name value …: all or nothing. */
  private void set(Call call) {
    byte[][] argv = call.argv;
    if (argv.length % 2 != 0) throw Errors.SYNTAX;
    List<Config.Setting> settings = new ArrayList<>();
    for (int i = 2; i < argv.length; i += 2) {
      String name = Bytes.string(argv[i]);
      Directive directive = Directive.of(name);
      if (directive != null && directive.sensitive()) call.redact(i + 1);
      settings.add(new Config.Setting(name, Bytes.string(argv[i + 1])));
    }
    boolean loading = persistence.isLoading() || persistence.isAsyncLoading();
    ConfigChange change = config.set(settings, call.session.isLocal(), loading);
    if (change.changes(Directive.APPENDONLY)) switchAppendOnly(call, change);
    else if (change.changes(Directive.AOF_DISABLE_AUTO_GC)) deleteHistory(call);
    else if (change.changes(Directive.PORT) || change.changes(Directive.BIND)) listenAnew(call, change);
    else call.reply.ok();
  }

  /** The answer waits until the file is opened, or closed and safe on disk. */
  private void switchAppendOnly(Call call, ConfigChange change) {
    CompletableFuture<Boolean> switched = persistence.appendOnlySwitched();
    background.run(call, () -> {
      if (!switched.join()) throw CommandError.err("cannot");
    }, failure -> change.rollBack(Directive.APPENDONLY, "Unable to turn on AOF. Check server logs."));
  }

  /** The answer waits until the manifest names only what is to be kept. In a transaction it does not. */
  private void deleteHistory(Call call) {
    CompletableFuture<Void> deleted = persistence.appendOnly().historyDeleted();
    if (call.inTransaction) {
      call.reply.ok();
      return;
    }
    PendingAnswer answer = background.later(call);
    deleted.thenRun(() -> answer.give(ReplyBuffer::ok));
  }

  /**
   * The answer waits until the new sockets are open. In a transaction, whose commands may not be torn apart, it
   * does not.
   */
  private void listenAnew(Call call, ConfigChange change) {
    CompletionStage<String> listening = control.listen(config.bind(), config.port());
    Directive directive = change.changes(Directive.PORT) ? Directive.PORT : Directive.BIND;
    if (call.inTransaction) {
      call.reply.ok();
      return;
    }
    background.run(call, () -> {
      String failure = listening.toCompletableFuture().join();
      if (failure != null) throw CommandError.err(failure);
    }, failure -> change.rollBack(directive, directive == Directive.PORT
        ? "Unable to listen on this port. Check server logs." : "Failed to bind to specified addresses."));
  }

  private void rewrite(Call call) {
    if (config.file() == null) throw CommandError.err("The server is running without a config file");
    List<String> users = userFile.configurationLines();
    // A sentinel has it in the transaction that promotes a replica, which is to serve at once
    background.runUnawaited(call, () -> rewriteFile(users));
  }

  /** One at a time, so that the file ends as the configuration is when the last one comes to its turn. Blocks. */
  private synchronized void rewriteFile(List<String> users) {
    try {
      ConfigRewriter.rewriteFile(config, users, false);
    } catch (CommandError failure) {
      log.warn("CONFIG REWRITE failed: {}", failure.getMessage());
      throw failure;
    }
    log.warn("CONFIG REWRITE executed with success.");
  }

  private void resetStatistics(Call call) {
    statistics.reset(call.nowMillis);
    memoryLimit.resetStats();
    upstream.resetStats();
    replicas.resetStats();
    persistence.resetStats();
    persistence.appendOnly().writer().resetDelayedSyncs();
    call.reply.ok();
  }
}
