package org.understudy.client;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.ALLOW_BUSY;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_AUTH;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.CONNECTION;
import static org.understudy.command.CommandGroup.TRANSACTIONS;
import static org.understudy.command.CommandSpec.command;

import java.util.List;
import org.understudy.acl.User;
import org.understudy.acl.Users;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.Mode;
import org.understudy.shard.ShardParts;
import org.understudy.shard.clients.ClientCommands;
import org.understudy.shard.history.ReplicationState;

/** What a connection answers itself: greeting, authentication, choice of database, MULTI. */
public final class ConnectionCommands {
  private static final CommandError WRONG_PASSWORD =
      new CommandError("WRONGPASS invalid username-password pair or user is disabled.");

  private final Config config;
  private final ShardParts parts;
  private final Users users;
  private final ReplicationState replication;
  private final Mode mode;

  public ConnectionCommands(ShardParts parts) {
    config = parts.config();
    replication = parts.replication();
    mode = parts.mode();
    users = parts.users();
    this.parts = parts;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("PING").arity(-1).since("1.0.0").group(CONNECTION).complexity("O(1)")
            .summary("Ping the server")
            .flags(FAST, IN_SENTINEL).tips("request_policy:all_shards", "response_policy:all_succeeded")
            .args(string("message").optional())
            .runs(Place.CONNECTION, ConnectionCommands::ping),
        command("ECHO").arity(2).since("1.0.0").group(CONNECTION).complexity("O(1)")
            .summary("Echo the given string")
            .flags(LOADING, STALE, FAST)
            .args(string("message"))
            .runs(Place.CONNECTION, call -> call.reply.bulk(call.argv[1])),
        command("AUTH").arity(-2).since("1.0.0").group(CONNECTION)
            .complexity("O(N) where N is the number of passwords defined for the user")
            .summary("Authenticate to the server")
            .history("6.0.0", "Added ACL style (username and password).")
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY, IN_SENTINEL)
            .args(string("username").since("6.0.0").optional(), string("password"))
            .runs(Place.CONNECTION, this::auth),
        command("HELLO").arity(-1).since("6.0.0").group(CONNECTION).complexity("O(1)")
            .summary("Handshake with Redis")
            .history("6.2.0", "`protover` made optional; when called without arguments the command reports "
                + "the current connection's context.")
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY, IN_SENTINEL)
            .args(
                block("arguments", integer("protover"),
                    block("username_password", string("username"), string("password")).after("AUTH").optional(),
                    string("clientname").after("SETNAME").optional()).optional())
            .runs(Place.CONNECTION, this::hello),
        command("SELECT").arity(2).since("1.0.0").group(CONNECTION).complexity("O(1)")
            .summary("Change the selected database for the current connection")
            .flags(LOADING, STALE, FAST)
            .args(integer("index"))
            .runs(Place.CONNECTION, this::select),
        command("QUIT").arity(-1).since("1.0.0").group(CONNECTION).complexity("O(1)")
            .summary("Close the connection")
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .runs(Place.CONNECTION, ConnectionCommands::quit),
        command("MULTI").arity(1).since("1.2.0").group(TRANSACTIONS).complexity("O(1)")
            .summary("Mark the start of a transaction block")
            .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
            .runs(Place.CONNECTION, ConnectionCommands::multi));
  }

  /** PONG or the message; for a RESP2 subscriber in the shape of a message. */
  static void ping(Call call) {
    if (call.argv.length > 2) throw Errors.wrongArity("ping");
    byte[] message = call.argv.length == 2 ? call.argv[1] : null;
    if (call.session.subscriptions() > 0 && call.session.protocol == 2) {
      call.reply.array(2);
      call.reply.bulk("pong");
      call.reply.bulk(message == null ? Bytes.EMPTY : message);
    } else if (message == null) {
      call.reply.simple("PONG");
    } else {
      call.reply.bulk(message);
    }
  }

  private void auth(Call call) {
    if (call.argv.length > 3) throw CommandError.err("syntax error");
    boolean named = call.argv.length == 3;
    call.redact(1);
    if (named) call.redact(2);
    if (!named && users.defaultNeedsNoPassword()) {
      throw CommandError.err("AUTH <password> called without any password configured for the default user. "
          + "Are you sure your configuration is correct?");
    }
    logIn(call, named ? call.argv[1] : Bytes.of(Users.DEFAULT), call.argv[call.argv.length - 1]);
    call.reply.ok();
  }

  private void logIn(Call call, byte[] name, byte[] password) {
    User user = users.logIn(name, password);
    if (user == null) {
      parts.noteFailedLogIn(call, Bytes.string(name));
      throw WRONG_PASSWORD;
    }
    call.session.authenticated = true;
    call.session.become(user.name(), user);
  }

  private void hello(Call call) {
    byte[][] argv = call.argv;
    Session session = call.session;
    int version = argv.length < 2 ? 0 : version(argv[1]);
    for (int i = 2; i < argv.length; i++) {
      int more = argv.length - 1 - i;
      if (Bytes.is(argv[i], "AUTH") && more >= 2) {
        call.redact(i + 1);
        call.redact(i + 2);
        logIn(call, argv[i + 1], argv[i + 2]);
        i += 2;
      } else if (Bytes.is(argv[i], "SETNAME") && more >= 1) {
        ClientCommands.setName(session, argv[++i]);
      } else {
        throw CommandError.err("Syntax error in HELLO option '" + Bytes.string(argv[i]) + "'");
      }
    }
    if (!session.authenticated) {
      throw new CommandError("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
          + "AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at "
          + "the same time");
    }
    if (version != 0) session.protocol = version;
    ReplyBuffer reply = call.reply;
    reply.protocol(session.protocol);
    reply.map(mode.hasDataset() ? 7 : 6);
    reply.bulk("server");
    reply.bulk("redis");
    reply.bulk("version");
    reply.bulk("7.0.15");
    reply.bulk("proto");
    reply.integer(session.protocol);
    reply.bulk("id");
    reply.integer(session.id);
    reply.bulk("mode");
    reply.bulk(mode.word());
    if (mode.hasDataset()) {
      reply.bulk("role");
      reply.bulk(replication.role());
    }
    reply.bulk("modules");
    reply.emptyArray();
  }

  private static int version(byte[] argument) {
    if (!Numbers.isLong(argument)) throw CommandError.err("Protocol version is not an integer or out of range");
    long version = Numbers.parseLong(argument);
    if (version < 2 || version > 3) throw new CommandError("NOPROTO unsupported protocol version");
    return (int) version;
  }

  private void select(Call call) {
    if (!Numbers.isLong(call.argv[1])) throw CommandError.err("value is not an integer or out of range");
    long index = Numbers.parseLong(call.argv[1]);
    if (index != (int) index) {
      throw CommandError.err("value is out of range, value must between -2147483648 and 2147483647");
    }
    if (index < 0 || index >= config.databases()) throw CommandError.err("DB index is out of range");
    call.session.database = (int) index;
    call.reply.ok();
  }

  private static void quit(Call call) {
    call.session.closeAfterReply = true;
    call.reply.ok();
  }

  private static void multi(Call call) {
    if (call.session.inTransaction()) throw CommandError.err("MULTI calls can not be nested");
    call.session.startTransaction();
    call.reply.ok();
  }
}
