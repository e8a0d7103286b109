package org.understudy.shard.persistence;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.KeyWait;
import org.understudy.command.NotifyClass;
import org.understudy.command.Session;
import org.understudy.command.SlicedWork;
import org.understudy.config.Config;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.AofLoad;
import org.understudy.persistence.PlainSets;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.SilentSink;

/**
 * Executes what an append-only file holds, as a client without a connection would: nothing is refused, answered,
 * counted, propagated or told to anybody, and nothing waits. What concerns the client itself, as SUBSCRIBE does, ends
 * with its file.
 */
final class LoadedCommands implements AofLoad.Commands, Call.Changes {
  private static final Logger log = LoggerFactory.getLogger(LoadedCommands.class);

  /** Shown without a sign, as Redis shows that of whoever loads. */
  private static final long ID = -1;
  private static final String NO_ADDRESS = "?:0";

  private final Supplier<CommandTable> table;
  private final Keyspace keyspace;
  private final Consumer<byte[]> libraries;
  private final Clients clients;
  private final BlockedClients blocked;
  private final Clock clock;
  private final ReplyBuffer reply = new ReplyBuffer();
  private final Call call = new Call(this);
  private final long[] hashes = new long[PlainSets.MOST];
  /** Whether SET was not renamed. */
  private final boolean setIsSet;
  /** Name and row of the last command without subcommands. */
  private byte[] lastName;
  private CommandSpec lastSpec;
  private long changes;
  /** Of the file that is loaded. */
  private Session session;
  private Client client;

  LoadedCommands(Supplier<CommandTable> table, Keyspace keyspace, Config config, Consumer<byte[]> libraries,
      ClientParts clientParts, Clock clock) {
    this.table = table;
    this.libraries = libraries;
    this.keyspace = keyspace;
    this.clock = clock;
    clients = clientParts.clients();
    blocked = clientParts.blocked();
    call.keyspace = keyspace;
    call.config = config;
    call.reply = reply;
    call.inTransaction = true;
    CommandSpec set = table.get().lookup(new byte[][] {Bytes.of("SET")});
    setIsSet = set != null && set.fullName.equals("set");
  }

  /** How much they have changed so far, as {@link Call#dirty} counts it. */
  long changes() {
    return changes;
  }

  @Override
  public void begin() {
    session = new Session(ID, NO_ADDRESS, NO_ADDRESS, clock.millis());
    session.authenticated = true;
    session.loads = true;
    client = new Client(session, new SilentSink(session));
    client.run = new Run(client, reply);
    clients.loader(client);
    call.session = session;
    reply.muted(true);
  }

  @Override
  public void end() {
    clients.gone(client);
    clients.loader(null);
    session.endTransaction();
  }

  @Override
  public boolean run(byte[][] command) {
    if (command[0] != lastName && bringsLibrary(command)) return true;
    CommandSpec spec = lookup(command);
    if (spec == null || spec.handler == null || !spec.takes(command.length)) return false;
    if (!session.inTransaction()) {
      execute(spec, command);
    } else if (!spec.fullName.equals("exec")) {
      session.queue(spec, command);
    } else {
      for (Session.Queued each : session.transaction) execute(each.spec(), each.argv());
      session.endTransaction();
    }
    return true;
  }

  @Override
  public boolean takesSets() {
    return setIsSet && !session.inTransaction();
  }

  @Override
  public void set(PlainSets sets) {
    Database database = keyspace.database(session.database);
    byte[][] keys = sets.keys();
    int count = sets.count();
    if (count > 1) database.warm(keys, count, hashes);
    for (int i = 0; i < count; i++) {
      int offset = sets.valueOffset(i);
      int length = sets.valueLength(i);
      Encoding encoding = Encoding.of(sets.buffer(), offset, length);
      database.setString(keys[i], sets.buffer(), offset, length, encoding, Entry.NO_EXPIRE);
    }
    changes += count;
  }

  /** A name that comes again comes as the same array. */
  private CommandSpec lookup(byte[][] command) {
    if (command[0] == lastName) return lastSpec;
    CommandSpec spec = table.get().lookup(command);
    if (spec != null && spec.parent == null && !spec.isContainer()) {
      lastName = command[0];
      lastSpec = spec;
    }
    return spec;
  }

  /** FUNCTION LOAD: nothing runs functions yet, but they are saved again. */
  private boolean bringsLibrary(byte[][] command) {
    if (command.length < 3 || !Bytes.is(command[0], "FUNCTION") || !Bytes.is(command[1], "LOAD")) return false;
    libraries.accept(command[command.length - 1]);
    return true;
  }

  private void execute(CommandSpec spec, byte[][] argv) {
    call.reset();
    call.spec = spec;
    call.argv = argv;
    call.db = keyspace.database(session.database);
    call.nowMillis = keyspace.nowMillis();
    long errors = reply.errors();
    try {
      spec.handler.run(call);
    } catch (CommandError error) {
      reply.error(error);
    }
    if (session.blocked) blocked.forget(client); // what it waits for goes on without it
    changes += call.dirty;
    if (reply.errors() == errors) return;
    log.warn("== CRITICAL == This server is sending an error to its AOF-loading-client: '{}' after processing the "
        + "command '{}'", Errors.logged(reply.lastError()), session.inTransaction() ? "exec" : spec.fullName);
  }

  @Override
  public boolean inTransaction() {
    return session.inTransaction();
  }

  // ---- nobody is told ----------------------------------------------------------------------------------------------

  @Override
  public void changed(Session by, int database, byte[] key) {}

  @Override
  public void notify(NotifyClass type, String event, byte[] key, int database) {}

  @Override
  public void lookedUp(boolean hit) {}

  @Override
  public void flushing(Session by, int database) {}

  @Override
  public void swapping(Session by, int a, int b) {}

  @Override
  public void wakeWaiting(int database, byte[] key) {}

  @Override
  public void awaitKeys(Call call, int from, int to, long timeoutMillis, KeyWait wait) {}

  @Override
  public void inSlices(Call call, SlicedWork work) {}
}
