package org.understudy.sentinel;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.MAY_REPLICATE;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.ONLY_SENTINEL;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandFlag.UNLISTED;
import static org.understudy.command.CommandGroup.SENTINEL;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.command.AclCategory;
import org.understudy.command.Arguments;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandGroup;
import org.understudy.command.CommandSpec;
import org.understudy.command.Handler;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.Event;
import org.understudy.sentinel.state.MonitoredPrimary;
import org.understudy.sentinel.state.Request;
import org.understudy.shard.ShardParts;

/**
 * The commands that only a sentinel has, or answers differently: SENTINEL, INFO, ROLE and PUBLISH. All but HELP are
 * answered by the sentinel's actor while the client waits. Here are those that make it do something; see
 * {@link SentinelViews} and {@link SentinelSettings} for the others. Replies are those of sentinel.c 7.0.15.
 */
final class SentinelCommands {
  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);

  /** The sections of INFO that a sentinel has besides its own. */
  private static final List<String> SERVER_SECTIONS = List.of("server", "clients", "cpu", "stats");

  private final ShardParts parts;
  private final Consumer<Consumer<Sentinel>> sentinel;

  /** @param sentinel runs work in the sentinel's actor */
  SentinelCommands(ShardParts parts, Consumer<Consumer<Sentinel>> sentinel) {
    this.parts = parts;
    this.sentinel = sentinel;
  }

  List<CommandSpec> rows() {
    return List.of(
        command("INFO").arity(-1).since("1.0.0").group(CommandGroup.SERVER).complexity("O(1)")
            .summary("Get information and statistics about the server")
            .history("7.0.0", "Added support for taking multiple section arguments.")
            .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.DANGEROUS)
            .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
            .args(string("section").optional().multiple())
            .runs(Place.SHARD, answeredBy(this::info)),
        command("PUBLISH").arity(3).since("2.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N+M) where N is the number of clients subscribed to the receiving channel and M is the "
                + "total number of subscribed patterns (by any client).")
            .summary("Post a message to a channel")
            .flags(CommandFlag.PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE, IN_SENTINEL)
            .args(string("channel"), string("message"))
            .runs(Place.SHARD, answeredBy(SentinelCommands::publish)),
        command("ROLE").arity(1).since("2.8.12").group(CommandGroup.SERVER).complexity("O(1)")
            .summary("Return the role of the instance in the context of replication")
            .flags(NOSCRIPT, LOADING, STALE, FAST, IN_SENTINEL).categories(AclCategory.ADMIN, AclCategory.DANGEROUS)
            .runs(Place.SHARD, answeredBy(SentinelViews::role)),
        container("SENTINEL").arity(-2).since("2.8.4").group(SENTINEL).complexity("Depends on subcommand.")
            .summary("A container for Sentinel commands")
            .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
            .containing(
                subcommand("CKQUORUM").arity(3).since("2.8.4").group(SENTINEL)
                    .summary("Check for a Sentinel quorum")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::ckquorum)),
                subcommand("CONFIG").arity(-3).since("6.2.0").group(SENTINEL).complexity("O(1)")
                    .summary("Configure Sentinel")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(
                        oneOf("set_or_get",
                            block("set_param_value", string("parameter"), string("value")).after("SET").multiple(),
                            string("parameter").after("GET").multiple()))
                    .runs(Place.SHARD, answeredBy(SentinelSettings::config)),
                subcommand("DEBUG").arity(-2).since("7.0.0").group(SENTINEL)
                    .complexity("O(N) where N is the number of configurable parameters")
                    .summary("List or update the current configurable parameters")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(block("parameter_value", string("parameter"), string("value")).multiple())
                    .runs(Place.SHARD, answeredBy(SentinelSettings::debug)),
                subcommand("FAILOVER").arity(3).since("2.8.4").group(SENTINEL)
                    .summary("Force a failover")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelCommands::failover)),
                subcommand("FAILOVERS").arity(3).since("7.0.0").group(SENTINEL)
                    .complexity("O(N) where N is the number of failovers that are remembered")
                    .summary("Explain the last failovers of a master")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL, UNLISTED)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::failovers)),
                subcommand("FLUSHCONFIG").arity(2).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Rewrite configuration file")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .runs(Place.SHARD, answeredBy(SentinelCommands::flushconfig)),
                subcommand("FORGET").arity(-5).since("7.0.0").group(SENTINEL)
                    .complexity("O(1)")
                    .summary("Forget a replica or a sentinel that is down")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL, UNLISTED)
                    .args(string("master-name"),
                        oneOf("instance", block("replica", string("ip"), integer("port")).after("REPLICA"),
                            string("id").after("SENTINEL")),
                        token("LOCAL").optional())
                    .runs(Place.SHARD, answeredBy(SentinelCommands::forget)),
                subcommand("GET-MASTER-ADDR-BY-NAME").arity(3).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Get port and address of a master")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::getMasterAddrByName)),
                subcommand("INFO-CACHE").arity(-3).since("3.2.0").group(SENTINEL)
                    .complexity("O(N) where N is the number of instances")
                    .summary("Get cached INFO from the instances in the deployment")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("nodename").multiple())
                    .runs(Place.SHARD, answeredBy(SentinelViews::infoCache)),
                subcommand("IS-MASTER-DOWN-BY-ADDR").arity(6).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Check if a master is down")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("ip"), integer("port"), integer("current-epoch"), string("runid"))
                    .runs(Place.SHARD, answeredBy(SentinelCommands::isMasterDownByAddr)),
                subcommand("MASTER").arity(3).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Shows the state of a master")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::master)),
                subcommand("MASTERS").arity(2).since("2.8.4").group(SENTINEL)
                    .complexity("O(N) where N is the number of masters")
                    .summary("List the monitored masters")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .runs(Place.SHARD, answeredBy(SentinelViews::masters)),
                subcommand("MONITOR").arity(6).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Start monitoring")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("name"), string("ip"), integer("port"), integer("quorum"))
                    .runs(Place.SHARD, answeredBy(SentinelCommands::monitor)),
                subcommand("MYID").arity(2).since("6.2.0").group(SENTINEL).complexity("O(1)")
                    .summary("Get the Sentinel instance ID")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .runs(Place.SHARD, answeredBy(SentinelViews::myid)),
                subcommand("PENDING-SCRIPTS").arity(2).since("2.8.4").group(SENTINEL)
                    .summary("Get information about pending scripts")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .runs(Place.SHARD, answeredBy(SentinelViews::pendingScripts)),
                subcommand("REMOVE").arity(3).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Stop monitoring")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelCommands::remove)),
                subcommand("REPLICAS").arity(3).since("5.0.0").group(SENTINEL)
                    .complexity("O(N) where N is the number of replicas")
                    .summary("List the monitored replicas")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::replicas)),
                subcommand("RESET").arity(3).since("2.8.4").group(SENTINEL)
                    .complexity("O(N) where N is the number of monitored masters")
                    .summary("Reset masters by name pattern")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(pattern("pattern"))
                    .runs(Place.SHARD, answeredBy(SentinelCommands::reset)),
                subcommand("SENTINELS").arity(3).since("2.8.4").group(SENTINEL)
                    .complexity("O(N) where N is the number of Sentinels")
                    .summary("List the Sentinel instances")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::sentinels)),
                subcommand("SET").arity(-5).since("2.8.4").group(SENTINEL).complexity("O(1)")
                    .summary("Change the configuration of a monitored master")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"), block("option_value", string("option"), string("value")).multiple())
                    .runs(Place.SHARD, answeredBy(SentinelSettings::set)),
                subcommand("SIMULATE-FAILURE").arity(-3).since("3.2.0").group(SENTINEL)
                    .summary("Simulate failover scenarios")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(
                        oneOf("mode", token("crash-after-election", null), token("crash-after-promotion", null),
                            token("help", null)).optional().multiple())
                    .runs(Place.SHARD, answeredBy(SentinelSettings::simulateFailure)),
                subcommand("SLAVES").arity(3).since("2.8.0").group(SENTINEL)
                    .complexity("O(N) where N is the number of slaves")
                    .summary("List the monitored slaves")
                    .deprecated("5.0.0", "`SENTINEL REPLICAS`")
                    .flags(ADMIN, IN_SENTINEL, ONLY_SENTINEL)
                    .args(string("master-name"))
                    .runs(Place.SHARD, answeredBy(SentinelViews::replicas)),
                subcommand("HELP").arity(2).since("6.2.0").group(SENTINEL).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE, IN_SENTINEL, ONLY_SENTINEL)
                    .runs(Place.CONNECTION, help(
                        "CKQUORUM <master-name>",
                        "    Check if the current Sentinel configuration is able to reach the quorum",
                        "    needed to failover a master and the majority needed to authorize the",
                        "    failover.",
                        "CONFIG SET <param> <value>",
                        "    Set a global Sentinel configuration parameter.",
                        "CONFIG GET <param>",
                        "    Get global Sentinel configuration parameter.",
                        "DEBUG [<param> <value> ...]",
                        "    Show a list of configurable time parameters and their values (milliseconds).",
                        "    Or update current configurable parameters values (one or more).",
                        "GET-MASTER-ADDR-BY-NAME <master-name>",
                        "    Return the ip and port number of the master with that name.",
                        "FAILOVER <master-name>",
                        "    Manually failover a master node without asking for agreement from other",
                        "    Sentinels",
                        "FLUSHCONFIG",
                        "    Force Sentinel to rewrite its configuration on disk, including the current",
                        "    Sentinel state.",
                        "INFO-CACHE <master-name>",
                        "    Return last cached INFO output from masters and all its replicas.",
                        "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
                        "    Check if the master specified by ip:port is down from current Sentinel's",
                        "    point of view.",
                        "MASTER <master-name>",
                        "    Show the state and info of the specified master.",
                        "MASTERS",
                        "    Show a list of monitored masters and their state.",
                        "MONITOR <name> <ip> <port> <quorum>",
                        "    Start monitoring a new master with the specified name, ip, port and quorum.",
                        "MYID",
                        "    Return the ID of the Sentinel instance.",
                        "PENDING-SCRIPTS",
                        "    Get pending scripts information.",
                        "REMOVE <master-name>",
                        "    Remove master from Sentinel's monitor list.",
                        "REPLICAS <master-name>",
                        "    Show a list of replicas for this master and their state.",
                        "RESET <pattern>",
                        "    Reset masters for specific master name matching this pattern.",
                        "SENTINELS <master-name>",
                        "    Show a list of Sentinel instances for this master and their state.",
                        "SET <master-name> <option> <value> [<option> <value> ...]",
                        "    Set configuration parameters for certain masters.",
                        "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
                        "    Simulate a Sentinel crash."))));
  }

  private Handler answeredBy(BiConsumer<Sentinel, Inquiry> answer) {
    return call -> {
      String name = call.spec.fullName;
      Inquiry inquiry = new Inquiry(call.argv, call.session.protocol, parts.answerLater(call));
      sentinel.accept(actor -> {
        try {
          answer.accept(actor, inquiry);
        } catch (CommandError error) {
          inquiry.error(error);
        } catch (RuntimeException fault) {
          log.error("A fault in the handler of '{}'", name, fault);
          inquiry.error(CommandError.err("internal error, see the server's log"));
        }
      });
    };
  }

  /** INFO [section …]: the server's part is written where the server is. */
  private void info(Sentinel sentinel, Inquiry inquiry) {
    Set<String> named = new LinkedHashSet<>();
    for (int i = 1; i < inquiry.argv.length; i++) named.add(Bytes.lowerString(inquiry.argv[i]));
    boolean all = named.isEmpty() || named.contains("default") || named.contains("all") || named.contains("everything");
    List<String> sections = all ? SERVER_SECTIONS : SERVER_SECTIONS.stream().filter(named::contains).toList();
    String own = all || named.contains("sentinel") ? SentinelViews.infoSection(sentinel) : "";
    inquiry.replyThere(reply -> {
      String server = parts.info(sections);
      String text = server.isEmpty() || own.isEmpty() ? server + own : server + "\r\n" + own;
      reply.bulk(Bytes.of(text));
    });
  }

  /** PUBLISH channel message: another sentinel's hello, and nothing else. */
  private static void publish(Sentinel sentinel, Inquiry inquiry) {
    if (!inquiry.text(1).equals(Request.HELLO_CHANNEL)) {
      throw CommandError.err("Only HELLO messages are accepted by Sentinel instances.");
    }
    sentinel.tell(new Event.HelloReceived(inquiry.text(2)));
    inquiry.reply(reply -> reply.integer(1));
  }

  // ---- SENTINEL --------------------------------------------------------------------------------------------------

  /** SENTINEL IS-MASTER-DOWN-BY-ADDR ip port epoch candidate. */
  private static void isMasterDownByAddr(Sentinel sentinel, Inquiry inquiry) {
    int port = (int) inquiry.number(3);
    long epoch = inquiry.number(4);
    sentinel.ask(token -> new Event.AskedDown(token, inquiry.text(2), port, epoch, inquiry.text(5)), inquiry::answer);
  }

  /** SENTINEL FAILOVER name. */
  private static void failover(Sentinel sentinel, Inquiry inquiry) {
    MonitoredPrimary primary = inquiry.primary(sentinel);
    sentinel.ask(token -> new Event.FailoverAsked(token, primary.name()), inquiry::answer);
  }

  /** SENTINEL FLUSHCONFIG. */
  private static void flushconfig(Sentinel sentinel, Inquiry inquiry) {
    sentinel.ask(Event.FlushAsked::new, inquiry::answer);
  }

  /** SENTINEL REMOVE name. */
  private static void remove(Sentinel sentinel, Inquiry inquiry) {
    MonitoredPrimary primary = inquiry.primary(sentinel);
    sentinel.ask(token -> new Event.RemoveAsked(token, primary.name()), inquiry::answer);
  }

  /** SENTINEL RESET pattern. */
  private static void reset(Sentinel sentinel, Inquiry inquiry) {
    sentinel.ask(token -> new Event.ResetAsked(token, inquiry.text(2)), inquiry::answer);
  }

  /** SENTINEL FORGET name (REPLICA ip port | SENTINEL id) [LOCAL]. Ours. */
  private static void forget(Sentinel sentinel, Inquiry inquiry) {
    List<String> what = new ArrayList<>();
    for (int i = 3; i < inquiry.argv.length; i++) what.add(inquiry.text(i));
    boolean local = what.get(what.size() - 1).equalsIgnoreCase("LOCAL");
    if (local) what.remove(what.size() - 1);
    sentinel.ask(token -> new Event.ForgetAsked(token, inquiry.text(2), what, local), inquiry::answer);
  }

  /** SENTINEL MONITOR name host port quorum: a name is looked up first. */
  private static void monitor(Sentinel sentinel, Inquiry inquiry) {
    long quorum = Arguments.integer(inquiry.argv[5], CommandError.err("Invalid quorum"));
    long port = Arguments.integer(inquiry.argv[4], CommandError.err("Invalid port"));
    if (quorum <= 0) throw CommandError.err("Quorum must be 1 or greater.");
    String host = inquiry.text(3);
    String ip = NameResolver.literal(host);
    if (ip != null || !sentinel.options().resolveHostnames()) {
      monitor(sentinel, inquiry, ip, port, quorum);
      return;
    }
    sentinel.blocking().execute(() -> {
      String resolved = sentinel.world().names().resolve(host);
      sentinel.later(back -> monitor(back, inquiry, resolved, port, quorum));
    });
  }

  private static void monitor(Sentinel sentinel, Inquiry inquiry, String ip, long port, long quorum) {
    if (ip == null) {
      inquiry.error(CommandError.err("Invalid IP address or hostname specified"));
    } else if (!Address.isPort(port)) {
      inquiry.error(CommandError.err("Invalid port number."));
    } else {
      Address address = new Address(inquiry.text(3), ip, (int) port);
      sentinel.ask(token -> new Event.MonitorAsked(token, inquiry.text(2), address, (int) quorum), inquiry::answer);
    }
  }
}
