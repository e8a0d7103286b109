package org.understudy.shard.clients;

import static org.understudy.command.Arg.block;
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
import static org.understudy.command.CommandFlag.NO_AUTH;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.CONNECTION;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import org.understudy.acl.Users;
import org.understudy.bytes.ByteKey;
import org.understudy.bytes.Bytes;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.statistics.CommandExecutor;

/**
 * CLIENT, MONITOR and RESET. What concerns nothing but the client's own session runs on its connection, the rest on the
 * shard. Source: clientCommand, networking.c 7.0.15. Differences: CLIENT TRACKING with prefixes of one list that
 * overlap is always an error (there, an error and an OK); CLIENT UNBLOCK leaves clients alone that wait for the end of
 * a pause (there, a crash).
 */
public final class ClientCommands {
  private static final CommandError ID_NOT_POSITIVE = CommandError.err("client-id should be greater than 0");

  private final PausedClients paused;
  private final CommandExecutor executor;
  private final Clients clients;
  private final Tracking tracking;
  private final PubSub pubSub;
  private final Watches watches;
  private final Monitors monitors;
  private final BlockedClients blocked;
  private final Users users;

  public ClientCommands(PausedClients paused, CommandExecutor executor, Clients clients, Tracking tracking,
      PubSub pubSub, Watches watches, Monitors monitors, BlockedClients blocked, Users users) {
    this.paused = paused;
    this.executor = executor;
    this.clients = clients;
    this.tracking = tracking;
    this.pubSub = pubSub;
    this.watches = watches;
    this.monitors = monitors;
    this.blocked = blocked;
    this.users = users;
  }

  public List<CommandSpec> rows() {
    return List.of(
        container("CLIENT").arity(-2).since("2.4.0").group(CONNECTION).complexity("Depends on subcommand.")
            .summary("A container for client connection commands")
            .flags(IN_SENTINEL)
            .containing(
                subcommand("CACHING").arity(3).since("6.0.0").group(CONNECTION).complexity("O(1)")
                    .summary("Instruct the server about tracking or not keys in the next request")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(oneOf("mode", token("YES"), token("NO")))
                    .runs(Place.SHARD, this::caching),
                subcommand("GETNAME").arity(2).since("2.6.9").group(CONNECTION).complexity("O(1)")
                    .summary("Get the current connection name")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.CONNECTION, ClientCommands::getname),
                subcommand("GETREDIR").arity(2).since("6.0.0").group(CONNECTION).complexity("O(1)")
                    .summary("Get tracking notifications redirection client ID if any")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, this::getredir),
                subcommand("ID").arity(2).since("5.0.0").group(CONNECTION).complexity("O(1)")
                    .summary("Returns the client ID for the current connection")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.CONNECTION, ClientCommands::id),
                subcommand("INFO").arity(2).since("6.2.0").group(CONNECTION).complexity("O(1)")
                    .summary("Returns information about the current client connection.")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL).tips("nondeterministic_output")
                    .runs(Place.SHARD, this::info),
                subcommand("KILL").arity(-3).since("2.4.0").group(CONNECTION)
                    .complexity("O(N) where N is the number of client connections")
                    .summary("Kill the connection of a client")
                    .history("2.8.12", "Added new filter format.")
                    .history("2.8.12", "`ID` option.")
                    .history("3.2.0", "Added `master` type in for `TYPE` option.")
                    .history("5.0.0", "Replaced `slave` `TYPE` with `replica`. `slave` still supported for "
                        + "backward compatibility.")
                    .history("6.2.0", "`LADDR` option.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(
                        oneOf("filter", string("ip:port").deprecatedSince("2.8.12"),
                            oneOf("new-format", integer("client-id").after("ID").since("2.8.12").optional(),
                                oneOf("normal_master_slave_pubsub", token("NORMAL"), token("MASTER").since("3.2.0"),
                                    token("SLAVE"), token("REPLICA").since("5.0.0"),
                                    token("PUBSUB")).after("TYPE").since("2.8.12").optional(),
                                string("username").after("USER").optional(), string("ip:port").after("ADDR").optional(),
                                string("ip:port").after("LADDR").since("6.2.0").optional(),
                                string("yes/no").after("SKIPME").optional()).multiple()))
                    .runs(Place.SHARD, this::kill),
                subcommand("LIST").arity(-2).since("2.4.0").group(CONNECTION)
                    .complexity("O(N) where N is the number of client connections")
                    .summary("Get the list of client connections")
                    .history("2.8.12", "Added unique client `id` field.")
                    .history("5.0.0", "Added optional `TYPE` filter.")
                    .history("6.0.0", "Added `user` field.")
                    .history("6.2.0", "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the "
                        + "optional `ID` filter.")
                    .history("7.0.0", "Added `resp`, `multi-mem`, `rbs` and `rbp` fields.")
                    .history("7.0.3", "Added `ssub` field.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL).tips("nondeterministic_output")
                    .args(
                        oneOf("normal_master_replica_pubsub", token("NORMAL"), token("MASTER"), token("REPLICA"),
                            token("PUBSUB")).after("TYPE").since("5.0.0").optional(),
                        block("id", integer("client-id").multiple()).after("ID").since("6.2.0").optional())
                    .runs(Place.SHARD, this::list),
                subcommand("NO-EVICT").arity(3).since("7.0.0").group(CONNECTION).complexity("O(1)")
                    .summary("Set client eviction mode for the current connection")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(oneOf("enabled", token("ON"), token("OFF")))
                    .runs(Place.SHARD, this::noEvict),
                subcommand("PAUSE").arity(-3).since("2.9.50").group(CONNECTION).complexity("O(1)")
                    .summary("Stop processing commands from clients for some time")
                    .history("6.2.0", "`CLIENT PAUSE WRITE` mode added along with the `mode` option.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(integer("timeout"), oneOf("mode", token("WRITE"), token("ALL")).since("6.2.0").optional())
                    .runs(Place.SHARD, this::pause),
                subcommand("REPLY").arity(3).since("3.2.0").group(CONNECTION).complexity("O(1)")
                    .summary("Instruct the server whether to reply to commands")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(oneOf("on_off_skip", token("ON"), token("OFF"), token("SKIP")))
                    .runs(Place.CONNECTION, ClientCommands::reply),
                subcommand("SETNAME").arity(3).since("2.6.9").group(CONNECTION).complexity("O(1)")
                    .summary("Set the current connection name")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(string("connection-name"))
                    .runs(Place.CONNECTION, ClientCommands::setname),
                subcommand("TRACKING").arity(-3).since("6.0.0").group(CONNECTION)
                    .complexity("O(1). Some options may introduce additional complexity.")
                    .summary("Enable or disable server assisted client side caching support")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(oneOf("status", token("ON"), token("OFF")), integer("client-id").after("REDIRECT").optional(),
                        string("prefix").after("PREFIX").optional().multiple().multipleToken(),
                        token("BCAST").optional(), token("OPTIN").optional(), token("OPTOUT").optional(),
                        token("NOLOOP").optional())
                    .runs(Place.SHARD, this::tracking),
                subcommand("TRACKINGINFO").arity(2).since("6.2.0").group(CONNECTION).complexity("O(1)")
                    .summary("Return information about server assisted client side caching for the current connection")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, this::trackinginfo),
                subcommand("UNBLOCK").arity(-3).since("5.0.0").group(CONNECTION)
                    .complexity("O(log N) where N is the number of client connections")
                    .summary("Unblock a client blocked in a blocking command from a different connection")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(integer("client-id"), oneOf("timeout_error", token("TIMEOUT"), token("ERROR")).optional())
                    .runs(Place.SHARD, this::unblock),
                subcommand("UNPAUSE").arity(2).since("6.2.0").group(CONNECTION)
                    .complexity("O(N) Where N is the number of paused clients")
                    .summary("Resume processing of clients that were paused")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, this::unpause),
                subcommand("HELP").arity(2).since("5.0.0").group(CONNECTION).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE, IN_SENTINEL)
                    .runs(Place.CONNECTION, help(
                        "CACHING (YES|NO)",
                        "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
                        "GETREDIR",
                        "    Return the client ID we are redirecting to when tracking is enabled.",
                        "GETNAME",
                        "    Return the name of the current connection.",
                        "ID",
                        "    Return the ID of the current connection.",
                        "INFO",
                        "    Return information about the current client connection.",
                        "KILL <ip:port>",
                        "    Kill connection made from <ip:port>.",
                        "KILL <option> <value> [<option> <value> [...]]",
                        "    Kill connections. Options are:",
                        "    * ADDR (<ip:port>|<unixsocket>:0)",
                        "      Kill connections made from the specified address",
                        "    * LADDR (<ip:port>|<unixsocket>:0)",
                        "      Kill connections made to specified local address",
                        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                        "      Kill connections by type.",
                        "    * USER <username>",
                        "      Kill connections authenticated by <username>.",
                        "    * SKIPME (YES|NO)",
                        "      Skip killing current connection (default: yes).",
                        "LIST [options ...]",
                        "    Return information about client connections. Options:",
                        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                        "      Return clients of specified type.",
                        "UNPAUSE",
                        "    Stop the current client pause, resuming traffic.",
                        "PAUSE <timeout> [WRITE|ALL]",
                        "    Suspend all, or just write, clients for <timeout> milliseconds.",
                        "REPLY (ON|OFF|SKIP)",
                        "    Control the replies sent to the current connection.",
                        "SETNAME <name>",
                        "    Assign the name <name> to the current connection.",
                        "UNBLOCK <clientid> [TIMEOUT|ERROR]",
                        "    Unblock the specified blocked client.",
                        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
                        "         [OPTIN] [OPTOUT] [NOLOOP]",
                        "    Control server assisted client side caching.",
                        "TRACKINGINFO",
                        "    Report tracking status for the current connection.",
                        "NO-EVICT (ON|OFF)",
                        "    Protect current client connection from eviction."))),
        command("RESET").arity(1).since("6.2.0").group(CONNECTION).complexity("O(1)")
            .summary("Reset the connection")
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .runs(Place.SHARD_IN_STEP, this::reset),
        command("MONITOR").arity(1).since("1.0.0").group(SERVER)
            .summary("Listen for all requests received by the server in real time")
            .flags(ADMIN, NOSCRIPT, LOADING, STALE)
            .runs(Place.SHARD, this::monitor));
  }

  // ---- the session only ---------------------------------------------------------------------------------------------

  private static void id(Call call) {
    call.reply.integer(call.session.id);
  }

  private static void getname(Call call) {
    if (call.session.name.length == 0) call.reply.nullValue();
    else call.reply.bulk(call.session.name);
  }

  private static void setname(Call call) {
    setName(call.session, call.argv[2]);
    call.reply.ok();
  }

  /** Names a connection; an empty name takes the name away. Spaces and what is not printable are refused. */
  public static void setName(Session session, byte[] name) {
    for (byte b : name) {
      if (b < '!' || b > '~') {
        throw CommandError.err("Client names cannot contain spaces, newlines or special characters.");
      }
    }
    session.name = name.length == 0 ? Bytes.EMPTY : name;
  }

  /** Only ON is answered. SKIP counts for the next command, and for nothing while replies are off anyway. */
  private static void reply(Call call) {
    Session session = call.session;
    if (Bytes.is(call.argv[2], "ON")) {
      session.replyMode = Session.ReplyMode.ON;
      call.reply.muted(false);
      call.reply.ok();
    } else if (Bytes.is(call.argv[2], "OFF")) {
      session.replyMode = Session.ReplyMode.OFF;
    } else if (Bytes.is(call.argv[2], "SKIP")) {
      if (session.replyMode != Session.ReplyMode.OFF) session.replyMode = Session.ReplyMode.SKIP_NEXT;
    } else {
      throw Errors.SYNTAX;
    }
  }

  // ---- who is there -------------------------------------------------------------------------------------------------

  private void info(Call call) {
    call.reply.verbatim(Bytes.of(ClientInfo.line(clients.of(call.session), call.nowMillis) + "\n"));
  }

  private void list(Call call) {
    StringBuilder lines = new StringBuilder();
    for (Client client : listed(call.argv)) lines.append(ClientInfo.line(client, call.nowMillis)).append('\n');
    call.reply.verbatim(Bytes.of(lines.toString()));
  }

  /** The clients that CLIENT LIST [TYPE type | ID id …] means. */
  private Collection<Client> listed(byte[][] argv) {
    if (argv.length == 2) return clients.all();
    if (argv.length == 4 && Bytes.is(argv[2], "TYPE")) {
      Type type = type(argv[3]);
      return clients.all().stream().filter(type::is).toList();
    }
    if (argv.length == 3 || !Bytes.is(argv[2], "ID")) throw Errors.SYNTAX;
    List<Client> found = new ArrayList<>();
    for (int i = 3; i < argv.length; i++) {
      Client client = clients.find(Arguments.integer(argv[i], CommandError.err("Invalid client ID")));
      if (client != null) found.add(client);
    }
    return found;
  }

  /** The types that CLIENT LIST and KILL tell apart. */
  private enum Type {
    NORMAL, PUBSUB, REPLICA, PRIMARY;

    private boolean is(Client client) {
      if (client.session.primary) return this == PRIMARY;
      return this == switch (client.type()) {
        case NORMAL -> NORMAL;
        case PUBSUB -> PUBSUB;
        case REPLICA -> REPLICA;
      };
    }
  }

  private static Type type(byte[] word) {
    return switch (Bytes.lowerString(word)) {
      case "normal" -> Type.NORMAL;
      case "pubsub" -> Type.PUBSUB;
      case "slave", "replica" -> Type.REPLICA;
      case "master" -> Type.PRIMARY;
      default -> throw CommandError.err("Unknown client type '" + Bytes.string(word) + "'");
    };
  }

  private void noEvict(Call call) {
    call.session.noEvict = onOrOff(call.argv[2]);
    clients.memory.update(clients.of(call.session));
    call.reply.ok();
  }

  private static boolean onOrOff(byte[] word) {
    if (Bytes.is(word, "ON")) return true;
    if (Bytes.is(word, "OFF")) return false;
    throw Errors.SYNTAX;
  }

  // ---- cutting off --------------------------------------------------------------------------------------------------

  /** Which clients CLIENT KILL means; a null or 0 filters nothing. */
  private static final class Filter {
    private String address;
    private String localAddress;
    private Type type;
    private String user;
    private long id;
    private boolean skipMe = true;

    private boolean matches(Client client) {
      Session session = client.session;
      return (address == null || session.address.equals(address))
          && (localAddress == null || session.localAddress.equals(localAddress))
          && (type == null || type.is(client))
          && (id == 0 || session.id == id)
          && (user == null || session.user.equals(user));
    }
  }

  /**
   * The old form ends whoever has that address, also oneself, and answers OK; the new one answers how many it ended.
   */
  private void kill(Call call) {
    boolean oldForm = call.argv.length == 3;
    Filter filter = oldForm ? new Filter() : filter(call.argv);
    if (oldForm) {
      filter.address = Bytes.string(call.argv[2]);
      filter.skipMe = false;
    }
    Client self = clients.of(call.session);
    boolean killSelf = false;
    int killed = 0;
    for (Client client : List.copyOf(clients.all())) {
      if (!filter.matches(client) || client == self && filter.skipMe) continue;
      if (client == self) killSelf = true;
      else clients.kill(client);
      killed++;
    }
    if (!oldForm) call.reply.integer(killed);
    else if (killed == 0) throw CommandError.err("No such client");
    else call.reply.ok();
    if (killSelf) call.session.closeAfterReply = true;
  }

  private Filter filter(byte[][] argv) {
    Filter filter = new Filter();
    for (int i = 2; i < argv.length; i += 2) {
      if (i + 1 == argv.length) throw Errors.SYNTAX;
      byte[] value = argv[i + 1];
      switch (Bytes.lowerString(argv[i])) {
        case "id" -> {
          filter.id = Arguments.integer(value, ID_NOT_POSITIVE);
          if (filter.id < 1) throw ID_NOT_POSITIVE;
        }
        case "type" -> filter.type = type(value);
        case "addr" -> filter.address = Bytes.string(value);
        case "laddr" -> filter.localAddress = Bytes.string(value);
        case "user" -> {
          if (users.find(value) == null) throw CommandError.err("No such user '" + Bytes.string(value) + "'");
          filter.user = Bytes.string(value);
        }
        case "skipme" -> {
          if (!Bytes.is(value, "YES") && !Bytes.is(value, "NO")) throw Errors.SYNTAX;
          filter.skipMe = Bytes.is(value, "YES");
        }
        default -> throw Errors.SYNTAX;
      }
    }
    return filter;
  }

  // ---- waiting ------------------------------------------------------------------------------------------------------

  private void pause(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 4) throw Errors.subcommandSyntax(argv[0], argv[1]);
    Pause.Mode mode = Pause.Mode.ALL;
    if (argv.length == 4) {
      if (Bytes.is(argv[3], "WRITE")) mode = Pause.Mode.WRITE;
      else if (!Bytes.is(argv[3], "ALL")) throw CommandError.err("CLIENT PAUSE mode must be WRITE or ALL");
    }
    long millis = Arguments.timeoutOfMillis(argv[2]);
    paused.begin(Pause.Purpose.COMMAND, mode, millis == 0 ? 0 : call.nowMillis + millis);
    call.reply.ok();
  }

  private void unpause(Call call) {
    paused.end(Pause.Purpose.COMMAND);
    call.reply.ok();
  }

  private static final String UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

  /** 1 if the client was blocked and goes on now, else 0. Either way of unblocking counts as a failed call. */
  private void unblock(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 4) throw Errors.subcommandSyntax(argv[0], argv[1]);
    boolean withError = argv.length == 4 && Bytes.is(argv[3], "ERROR");
    if (argv.length == 4 && !withError && !Bytes.is(argv[3], "TIMEOUT")) {
      throw CommandError.err("CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    Client client = clients.find(Arguments.integer(argv[2]));
    boolean waits = client != null && client.wait != null;
    if (waits) {
      if (withError) {
        blocked.release(client, reply -> reply.error(UNBLOCKED));
      } else {
        executor.failed(client.blockedCommand(), null);
        blocked.timeOut(client);
      }
    }
    call.reply.integer(waits);
  }

  // ---- client-side caching ------------------------------------------------------------------------------------------

  private void tracking(Call call) {
    Client client = clients.of(call.session);
    byte[][] argv = call.argv;
    Session.Tracking wanted = new Session.Tracking();
    List<byte[]> prefixes = new ArrayList<>();
    for (int i = 3; i < argv.length; i++) {
      boolean more = i + 1 < argv.length;
      switch (Bytes.lowerString(argv[i])) {
        case "redirect" -> {
          if (!more) throw Errors.SYNTAX;
          wanted.redirect = redirect(argv[++i], wanted.redirect);
        }
        case "prefix" -> {
          if (!more) throw Errors.SYNTAX;
          prefixes.add(argv[++i]);
        }
        case "bcast" -> wanted.broadcast = true;
        case "optin" -> wanted.optIn = true;
        case "optout" -> wanted.optOut = true;
        case "noloop" -> wanted.noLoop = true;
        default -> throw Errors.SYNTAX;
      }
    }
    if (onOrOff(argv[2])) {
      checkTracking(wanted, call.session.tracking, prefixes);
      if (wanted.broadcast) checkPrefixes(client.interests().prefixes, prefixes);
      tracking.enable(client, wanted, prefixes);
    } else {
      tracking.disable(client);
    }
    call.reply.ok();
  }

  private long redirect(byte[] id, long before) {
    if (before != 0) throw CommandError.err("A client can only redirect to a single other client");
    long redirect = Arguments.integer(id);
    if (clients.find(redirect) == null) throw CommandError.err("The client ID you want redirect to does not exist");
    return redirect;
  }

  /** @param current null if tracking is off */
  private static void checkTracking(Session.Tracking wanted, Session.Tracking current, List<byte[]> prefixes) {
    if (!wanted.broadcast && !prefixes.isEmpty()) {
      throw CommandError.err("PREFIX option requires BCAST mode to be enabled");
    }
    if (current != null && current.broadcast != wanted.broadcast) {
      throw CommandError.err("You can't switch BCAST mode on/off before disabling tracking for this client, and then "
          + "re-enabling it with a different mode.");
    }
    if (wanted.broadcast && (wanted.optIn || wanted.optOut)) {
      throw CommandError.err("OPTIN and OPTOUT are not compatible with BCAST");
    }
    if (wanted.optIn && wanted.optOut) throw CommandError.err("You can't specify both OPTIN mode and OPTOUT mode");
    if (current != null && (wanted.optIn && current.optOut || wanted.optOut && current.optIn)) {
      throw CommandError.err("You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then "
          + "re-enabling it with a different mode.");
    }
  }

  private static void checkPrefixes(NavigableSet<ByteKey> own, List<byte[]> wanted) {
    byte[][] overlap = Tracking.overlap(own, wanted);
    if (overlap != null) throw overlapping(overlap, "an existing prefix");
    overlap = Tracking.overlap(wanted);
    if (overlap != null) throw overlapping(overlap, "another provided prefix");
  }

  private static CommandError overlapping(byte[][] both, String what) {
    return CommandError.err("Prefix '" + Bytes.string(both[0]) + "' overlaps with " + what + " '"
        + Bytes.string(both[1]) + "'. Prefixes for a single client must not overlap.");
  }

  private void caching(Call call) {
    Session.Tracking options = call.session.tracking;
    if (options == null) {
      throw CommandError.err("CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
          + "OPTOUT mode enabled");
    }
    if (Bytes.is(call.argv[2], "YES")) {
      if (!options.optIn) {
        throw CommandError.err("CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
      }
    } else if (Bytes.is(call.argv[2], "NO")) {
      if (!options.optOut) {
        throw CommandError.err("CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
      }
    } else {
      throw Errors.SYNTAX;
    }
    options.cachingGiven = true;
    call.reply.ok();
  }

  private void getredir(Call call) {
    Session.Tracking options = call.session.tracking;
    call.reply.integer(options == null ? -1 : options.redirect);
  }

  private void trackinginfo(Call call) {
    Session.Tracking options = call.session.tracking;
    List<String> flags = new ArrayList<>();
    flags.add(options == null ? "off" : "on");
    if (options != null) {
      if (options.broadcast) flags.add("bcast");
      if (options.optIn) flags.add("optin");
      if (options.optIn && options.cachingGiven) flags.add("caching-yes");
      if (options.optOut) flags.add("optout");
      if (options.optOut && options.cachingGiven) flags.add("caching-no");
      if (options.noLoop) flags.add("noloop");
      if (options.redirectBroken) flags.add("broken_redirect");
    }
    ReplyBuffer reply = call.reply;
    reply.map(3);
    reply.bulk("flags");
    reply.set(flags.size());
    for (String flag : flags) reply.bulk(flag);
    reply.bulk("redirect");
    reply.integer(options == null ? -1 : options.redirect);
    reply.bulk("prefixes");
    Set<ByteKey> prefixes = clients.of(call.session).interests().prefixes;
    reply.array(prefixes.size());
    for (ByteKey prefix : prefixes) reply.bulk(prefix.bytes());
  }

  // ---- the whole connection -----------------------------------------------------------------------------------------

  /** Makes the connection what it was when it was new, but for its id and CLIENT NO-EVICT. */
  private void reset(Call call) {
    Session session = call.session;
    if (session.replica) throw CommandError.err("can only reset normal client connections");
    Client client = clients.of(session);
    monitors.remove(client);
    tracking.disable(client);
    pubSub.forget(client);
    watches.unwatch(client);
    session.endTransaction();
    session.database = 0;
    session.protocol = 2;
    session.become(Users.DEFAULT, users.defaultUser());
    session.authenticated = users.admitsEverybody();
    session.name = Bytes.EMPTY;
    if (session.replyMode == Session.ReplyMode.OFF) {
      session.replyMode = Session.ReplyMode.ON;
      call.reply.muted(false);
    }
    call.reply.protocol(2);
    call.reply.simple("RESET");
  }

  private void monitor(Call call) {
    if (call.inTransaction) throw CommandError.err("MONITOR isn't allowed for DENY BLOCKING client");
    if (call.session.monitor) return; // no reply at all, as in Redis
    monitors.add(clients.of(call.session));
    call.reply.ok();
  }
}
