package org.understudy.shard;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.understudy.acl.AclLog;
import org.understudy.acl.Denial;
import org.understudy.acl.User;
import org.understudy.acl.Users;
import org.understudy.bytes.ByteKey;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.bytes.Doubles;
import org.understudy.command.AclCategory;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.Interests;

/**
 * ACL. What changes users runs in step with the connection, which decides by them about the requests that follow.
 */
final class AclCommands {
  private static final CommandError BAD_NAME = CommandError.err("Usernames can't contain spaces or null characters");
  private static final CommandError NO_FILE = CommandError.err("This Redis instance is not configured to use an ACL"
      + " file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you"
      + " have a Redis configuration file set) in order to store users in the Redis configuration.");
  private static final CommandError NOT_SAVED = CommandError.err("There was an error trying to save the ACLs. Please"
      + " check the server logs for more information");
  private static final int MOST_PASSWORD_BITS = 4096;
  private static final int PASSWORD_BITS = 256;
  private static final CommandError PASSWORD_LENGTH = CommandError.err("ACL GENPASS argument must be the number of bits"
      + " for the output password, a positive number up to " + MOST_PASSWORD_BITS);
  private static final int LOG_ENTRIES = 10;
  private static final int QUOTED_BYTES = 128;

  private final ShardParts parts;
  private final Users users;
  private final AclLog log;
  private final Clock clock;
  private final Clients clients;
  private final UserFile file;
  private final SecureRandom random = new SecureRandom();

  AclCommands(ShardParts parts) {
    this.parts = parts;
    users = parts.users;
    log = parts.aclLog;
    clock = parts.clock;
    clients = parts.clients;
    file = parts.userFile;
  }

  List<CommandSpec> rows() {
    String perUser = "O(N). Where N is the number of configured users.";
    return List.of(
        container("ACL").arity(-2).since("6.0.0").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for Access List Control commands ")
            .flags(IN_SENTINEL)
            .containing(
                subcommand("CAT").arity(-2).since("6.0.0").group(SERVER)
                    .complexity("O(1) since the categories and commands are a fixed set.")
                    .summary("List the ACL categories or the commands inside a category")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(string("categoryname").optional())
                    .runs(Place.SHARD, this::cat),
                subcommand("DELUSER").arity(-3).since("6.0.0").group(SERVER)
                    .complexity("O(1) amortized time considering the typical user.")
                    .summary("Remove the specified ACL users and the associated rules")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(string("username").multiple())
                    .runs(Place.SHARD_IN_STEP, this::deluser),
                subcommand("DRYRUN").arity(-4).since("7.0.0").group(SERVER).complexity("O(1).")
                    .summary("Returns whether the user can execute the given command without executing the command.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(string("username"), string("command"), string("arg").optional().multiple())
                    .runs(Place.SHARD, this::dryrun),
                subcommand("GENPASS").arity(-2).since("6.0.0").group(SERVER).complexity("O(1)")
                    .summary("Generate a pseudorandom secure password to use for ACL users")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(integer("bits").optional())
                    .runs(Place.SHARD, this::genpass),
                subcommand("GETUSER").arity(3).since("6.0.0").group(SERVER)
                    .complexity("O(N). Where N is the number of password, command and pattern rules that the user has.")
                    .summary("Get the rules for a specific ACL user")
                    .history("6.2.0", "Added Pub/Sub channel patterns.")
                    .history("7.0.0", "Added selectors and changed the format of key and channel patterns from a list"
                        + " to their rule representation.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(string("username"))
                    .runs(Place.SHARD, this::getuser),
                subcommand("HELP").arity(2).since("6.0.0").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE, IN_SENTINEL)
                    .runs(Place.CONNECTION, help(
                        "CAT [<category>]",
                        "    List all commands that belong to <category>, or all command categories",
                        "    when no category is specified.",
                        "DELUSER <username> [<username> ...]",
                        "    Delete a list of users.",
                        "DRYRUN <username> <command> [<arg> ...]",
                        "    Returns whether the user can execute the given command without executing the command.",
                        "GETUSER <username>",
                        "    Get the user's details.",
                        "GENPASS [<bits>]",
                        "    Generate a secure 256-bit user password. The optional `bits` argument can",
                        "    be used to specify a different size.",
                        "LIST",
                        "    Show users details in config file format.",
                        "LOAD",
                        "    Reload users from the ACL file.",
                        "LOG [<count> | RESET]",
                        "    Show the ACL log entries.",
                        "SAVE",
                        "    Save the current config to the ACL file.",
                        "SETUSER <username> <attribute> [<attribute> ...]",
                        "    Create or modify a user with the specified attributes.",
                        "USERS",
                        "    List all the registered usernames.",
                        "WHOAMI",
                        "    Return the current connection username.")),
                subcommand("LIST").arity(2).since("6.0.0").group(SERVER).complexity(perUser)
                    .summary("List the current ACL rules in ACL config file format")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, call -> strings(call.reply, users.lines())),
                subcommand("LOAD").arity(2).since("6.0.0").group(SERVER).complexity(perUser)
                    .summary("Reload the ACLs from the configured ACL file")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD_IN_STEP, this::load),
                subcommand("LOG").arity(-2).since("6.0.0").group(SERVER)
                    .complexity("O(N) with N being the number of entries shown.")
                    .summary("List latest events denied because of ACLs in place")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(oneOf("operation", integer("count"), token("RESET")).optional())
                    .runs(Place.SHARD, this::showLog),
                subcommand("SAVE").arity(2).since("6.0.0").group(SERVER).complexity(perUser)
                    .summary("Save the current ACL rules in the configured ACL file")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, this::save),
                subcommand("SETUSER").arity(-3).since("6.0.0").group(SERVER)
                    .complexity("O(N). Where N is the number of rules provided.")
                    .summary("Modify or create the rules for a specific ACL user")
                    .history("6.2.0", "Added Pub/Sub channel patterns.")
                    .history("7.0.0", "Added selectors and key based permissions.")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .args(string("username"), string("rule").optional().multiple())
                    .runs(Place.SHARD_IN_STEP, this::setuser),
                subcommand("USERS").arity(2).since("6.0.0").group(SERVER).complexity(perUser)
                    .summary("List the username of all the configured ACL rules")
                    .flags(ADMIN, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, call -> strings(call.reply, users.all().stream().map(User::name).toList())),
                subcommand("WHOAMI").arity(2).since("6.0.0").group(SERVER).complexity("O(1)")
                    .summary("Return the name of the user associated to the current connection")
                    .flags(NOSCRIPT, LOADING, STALE, IN_SENTINEL)
                    .runs(Place.SHARD, call -> call.reply.bulk(call.session.user))));
  }

  private static void strings(ReplyBuffer reply, List<String> texts) {
    reply.array(texts.size());
    texts.forEach(reply::bulk);
  }

  // ---- users --------------------------------------------------------------------------------------------------------

  private void setuser(Call call) {
    byte[][] argv = call.argv;
    for (int i = 2; i < argv.length; i++) call.redact(i);
    if (!Users.isName(argv[2])) throw BAD_NAME;
    List<String> rules = Arrays.stream(argv, 3, argv.length).map(Bytes::string).toList();
    String failure = users.set(Bytes.string(argv[2]), rules, this::closeSubscribers);
    if (failure != null) throw CommandError.err(failure);
    call.reply.ok();
  }

  /** Closes the connections of a user that listen to what they may not any more. */
  private void closeSubscribers(User user, BiPredicate<byte[], Boolean> mayListen) {
    for (Client client : List.copyOf(clients.all())) {
      if (client.session.permissions != user) continue;
      Predicate<ByteKey> lost = channel -> !mayListen.test(channel.bytes(), false);
      Interests interests = client.interests();
      boolean illegal = interests.patterns.stream().anyMatch(pattern -> !mayListen.test(pattern.bytes(), true))
          || Stream.concat(interests.channels.stream(), interests.shardChannels.stream()).anyMatch(lost);
      if (illegal) clients.kill(client);
    }
  }

  private void deluser(Call call) {
    byte[][] argv = call.argv;
    for (int i = 2; i < argv.length; i++) {
      if (Bytes.string(argv[i]).equals(Users.DEFAULT)) {
        throw CommandError.err("The 'default' user cannot be removed");
      }
    }
    int deleted = 0;
    for (int i = 2; i < argv.length; i++) {
      User user = users.remove(argv[i]);
      if (user == null) continue;
      closeAll(call, user);
      deleted++;
    }
    call.reply.integer(deleted);
  }

  /** Closes the connections of a user that is no more; the one whose command does it gets its answer. */
  private void closeAll(Call call, User user) {
    for (Client client : List.copyOf(clients.all())) {
      Session session = client.session;
      if (session.permissions != user) continue;
      session.become(Users.DEFAULT, users.defaultUser());
      session.authenticated = false;
      if (session == call.session) session.closeAfterReply = true;
      else clients.kill(client);
    }
  }

  /** A map of flags, passwords, the user's own rules, and a map for each selector. */
  private void getuser(Call call) {
    User user = users.find(call.argv[2]);
    ReplyBuffer reply = call.reply;
    if (user == null) {
      reply.nullValue();
      return;
    }
    reply.map(6);
    reply.bulk("flags");
    reply.set(user.flags().size());
    user.flags().forEach(reply::bulk);
    reply.bulk("passwords");
    reply.array(user.passwords().size());
    user.passwords().forEach(reply::bulk);
    List<User.Description> selectors = user.selectors();
    describe(reply, selectors.get(0));
    reply.bulk("selectors");
    reply.array(selectors.size() - 1);
    for (User.Description selector : selectors.subList(1, selectors.size())) {
      reply.map(3);
      describe(reply, selector);
    }
  }

  private static void describe(ReplyBuffer reply, User.Description selector) {
    reply.bulk("commands");
    reply.bulk(selector.commands());
    reply.bulk("keys");
    reply.bulk(selector.keys());
    reply.bulk("channels");
    reply.bulk(selector.channels());
  }

  // ---- file ---------------------------------------------------------------------------------------------------------

  private void load(Call call) {
    if (!file.isConfigured()) throw NO_FILE;
    String[] text = new String[1];
    String[] failure = new String[1];
    parts.shard().offLoop(call, () -> {
      try {
        text[0] = file.read();
      } catch (IOException e) {
        failure[0] = file.unreadable(e);
      }
    }, rest -> {
      if (failure[0] != null) throw CommandError.err(failure[0]);
      Users.Loaded loaded = file.load(text[0]);
      if (loaded.errors() != null) throw CommandError.err(loaded.errors());
      for (User user : loaded.removed()) closeAll(rest, user);
      rest.reply.ok();
    });
  }

  private void save(Call call) {
    if (!file.isConfigured()) throw NO_FILE;
    List<String> lines = users.lines();
    parts.background.run(call, () -> {
      if (!file.save(lines)) throw NOT_SAVED;
    });
  }

  // ---- questions ----------------------------------------------------------------------------------------------------

  private void cat(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 3) throw Errors.subcommandSyntax(argv[0], argv[1]);
    if (argv.length == 2) {
      strings(call.reply, Arrays.stream(AclCategory.values()).map(category -> category.label).toList());
      return;
    }
    AclCategory category = AclCategory.named(argv[2]);
    if (category == null) {
      String name = Bytes.string(argv[2], 0, Math.min(QUOTED_BYTES, argv[2].length));
      throw CommandError.err("Unknown category '" + name + "'");
    }
    List<CommandSpec> rows = parts.table().rows();
    strings(call.reply, rows.stream().filter(row -> row.in(category)).map(row -> row.fullName).toList());
  }

  private void dryrun(Call call) {
    byte[][] argv = call.argv;
    User user = users.find(argv[2]);
    if (user == null) throw CommandError.err("User '" + Bytes.string(argv[2]) + "' not found");
    byte[][] command = Arrays.copyOfRange(argv, 3, argv.length);
    CommandTable table = parts.table();
    CommandSpec spec = table.lookup(command);
    if (spec == null) throw CommandError.err("Command '" + Bytes.string(argv[3]) + "' not found");
    if (!spec.takes(command.length)) throw Errors.wrongArity(spec.fullName);
    Denial denial = user.check(spec, command);
    if (denial == null) {
      call.reply.ok();
    } else if (denial.reason() == Denial.Reason.COMMAND) {
      call.reply.bulk("This user has no permissions to run the '" + spec.fullName + "' command");
    } else {
      call.reply.bulk("This user has no permissions to access the '" + Bytes.string(command[denial.position()]) + "' "
          + denial.reason().word);
    }
  }

  private void genpass(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 3) throw Errors.subcommandSyntax(argv[0], argv[1]);
    long bits = argv.length == 3 ? Arguments.integer(argv[2]) : PASSWORD_BITS;
    if (bits <= 0 || bits > MOST_PASSWORD_BITS) throw PASSWORD_LENGTH;
    byte[] secret = new byte[MOST_PASSWORD_BITS / Byte.SIZE];
    random.nextBytes(secret);
    call.reply.bulk(HexFormat.of().formatHex(secret).substring(0, (int) (bits + 3) / 4));
  }

  private void showLog(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 3) throw Errors.subcommandSyntax(argv[0], argv[1]);
    if (argv.length == 3 && Bytes.is(argv[2], "RESET")) {
      log.clear();
      call.reply.ok();
      return;
    }
    List<AclLog.Entry> entries = log.newest(argv.length == 3 ? Arguments.integer(argv[2]) : LOG_ENTRIES);
    ReplyBuffer reply = call.reply;
    reply.array(entries.size());
    for (AclLog.Entry entry : entries) {
      reply.map(7);
      reply.bulk("count");
      reply.integer(entry.count());
      reply.bulk("reason");
      reply.bulk(entry.reason().word);
      reply.bulk("context");
      reply.bulk(entry.context().name().toLowerCase(Locale.ROOT));
      reply.bulk("object");
      reply.bulk(entry.object());
      reply.bulk("username");
      reply.bulk(entry.user());
      reply.bulk("age-seconds");
      reply.doubleText(Doubles.toText((clock.millis() - entry.lastMillis()) / 1000.0));
      reply.bulk("client-info");
      reply.bulk(entry.clientInfo());
    }
  }
}
