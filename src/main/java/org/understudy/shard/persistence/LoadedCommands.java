package org.understudy.shard.persistence;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
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
import org.understudy.resp.ReplyBuffer;

/**
 * Executes what an append-only file holds, as a client without a connection would: nothing is refused, answered,
 * counted, propagated or told to anybody, and nothing waits.
 */
final class LoadedCommands implements AofLoad.Commands, Call.Changes {
  private static final Logger log = LoggerFactory.getLogger(LoadedCommands.class);

  private final Supplier<CommandTable> table;
  private final Keyspace keyspace;
  private final Consumer<byte[]> libraries;
  private final Session session;
  private final ReplyBuffer reply = new ReplyBuffer();
  private final Call call = new Call(this);
  private final long[] hashes = new long[PlainSets.MOST];
  /** Whether SET was not renamed. */
  private final boolean setIsSet;
  /** Name and row of the last command without subcommands. */
  private byte[] lastName;
  private CommandSpec lastSpec;
  private long changes;

  LoadedCommands(Supplier<CommandTable> table, Keyspace keyspace, Config config, Consumer<byte[]> libraries,
      long nowMillis) {
    this.table = table;
    this.libraries = libraries;
    this.keyspace = keyspace;
    session = new Session(-1, "", "", nowMillis);
    session.authenticated = true;
    session.loads = true;
    call.session = session;
    call.keyspace = keyspace;
    call.config = config;
    call.reply = reply;
    call.inTransaction = true;
    reply.muted(true);
    CommandSpec set = table.get().lookup(new byte[][] {Bytes.of("SET")});
    setIsSet = set != null && set.fullName.equals("set");
  }

  /** How much they have changed so far, as {@link Call#dirty} counts it. */
  long changes() {
    return changes;
  }

  @Override
  public boolean run(byte[][] command) {
    if (command[0] != lastName && bringsLibrary(command)) return true;
    CommandSpec spec = lookup(command);
    if (spec == null || spec.handler == null || !spec.takes(command.length)) return false;
    if (spec.fullName.equals("exec")) {
      List<Session.Queued> queued = session.inTransaction() ? session.transaction : List.of();
      session.endTransaction();
      for (Session.Queued each : queued) execute(each.spec(), each.argv());
    } else if (session.inTransaction()) {
      session.queue(spec, command);
    } else {
      execute(spec, command);
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
    changes += call.dirty;
    if (reply.errors() == errors) return;
    log.warn("== CRITICAL == This server is sending an error to its AOF-loading-client: '{}' after processing the "
        + "command '{}'", reply.lastError(), spec.fullName);
  }

  @Override
  public boolean inTransaction() {
    return session.inTransaction();
  }

  @Override
  public void dropTransaction() {
    session.endTransaction();
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
