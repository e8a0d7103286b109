package org.understudy.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.command.BitCommands;
import org.understudy.command.BitfieldCommands;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.DatabaseCommands;
import org.understudy.command.DumpCommands;
import org.understudy.command.ExpiryCommands;
import org.understudy.command.GeoCommands;
import org.understudy.command.HashCommands;
import org.understudy.command.HyperLogLogCommands;
import org.understudy.command.KeyCommands;
import org.understudy.command.KeyWait;
import org.understudy.command.ListCommands;
import org.understudy.command.ListForms;
import org.understudy.command.ListPopCommands;
import org.understudy.command.NotifyClass;
import org.understudy.command.Session;
import org.understudy.command.SetCommands;
import org.understudy.command.SlicedWork;
import org.understudy.command.SortCommands;
import org.understudy.command.SortedSetAlgebraCommands;
import org.understudy.command.SortedSetCommands;
import org.understudy.command.SortedSetPopCommands;
import org.understudy.command.SortedSetRangeCommands;
import org.understudy.command.StreamCommands;
import org.understudy.command.StringCommands;
import org.understudy.config.Config;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.KeyspaceListener;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.collection.CollectionForm;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;

/**
 * Runs handlers through their rows over a keyspace of its own whose clock only moves when told to, and writes down all
 * that they report. Arguments are byte arrays, or anything whose text is meant (one byte a character).
 */
public final class CommandRunner implements Call.Changes {
  /** Where the clock stands at first, unless told otherwise. */
  public static final long START_MILLIS = 1_700_000_000_123L;

  public final Keyspace keyspace;
  public final Config config = Config.defaults();
  private final ListForms listForms = new ListForms(config);
  public final DumpCommands dumpCommands = new DumpCommands(listForms, new LongAdder());
  public final ReplyBuffer reply = new ReplyBuffer();
  public final Session session = new Session(1, "127.0.0.1:50000", "127.0.0.1:6379", 0);

  private final CommandTable table;
  private final Call call = new Call(this);
  private long nowMillis;
  /** Commands that wait; null if the time of each is up at once. */
  private List<Parked> parked;

  private final List<String> events = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private final List<String> effects = new ArrayList<>();
  private long hits;
  private long misses;
  private long dirty;

  public CommandRunner() {
    this(START_MILLIS, keyspaceRows());
  }

  public CommandRunner(long nowMillis) {
    this(nowMillis, keyspaceRows());
  }

  public CommandRunner(long nowMillis, List<CommandSpec> rows) {
    this.nowMillis = nowMillis;
    keyspace = new Keyspace(config.databases(), 42, () -> this.nowMillis, () -> this.nowMillis * 1_000_000,
        CollectionForm.values());
    keyspace.listener(new KeyspaceListener() {
      @Override
      public void added(Database database, byte[] key) {
        CommandRunner.this.notify(NotifyClass.NEW, "new", key, database.index());
      }

      @Override
      public void expired(Database database, byte[] key) {
        CommandRunner.this.notify(NotifyClass.EXPIRED, "expired", key, database.index());
        effects.add(line(database.index(), Bytes.of("DEL"), key));
      }
    });
    List<CommandSpec> all = new ArrayList<>(rows);
    all.addAll(new ListCommands(listForms).rows());
    all.addAll(new ListPopCommands(listForms).rows());
    all.addAll(SortCommands.rows());
    all.addAll(dumpCommands.rows());
    table = new CommandTable(all);
    call.keyspace = keyspace;
    call.config = config;
    call.session = session;
    call.reply = reply;
    call.db = keyspace.database(0);
  }

  /** The commands that need nothing but the keyspace. */
  public static List<CommandSpec> keyspaceRows() {
    List<CommandSpec> rows = new ArrayList<>(StringCommands.rows());
    rows.addAll(BitCommands.rows());
    rows.addAll(BitfieldCommands.rows());
    rows.addAll(HyperLogLogCommands.rows());
    rows.addAll(HashCommands.rows());
    rows.addAll(SetCommands.rows());
    rows.addAll(StreamCommands.rows());
    rows.addAll(KeyCommands.rows());
    rows.addAll(ExpiryCommands.rows());
    rows.addAll(DatabaseCommands.rows());
    rows.addAll(SortedSetCommands.rows());
    rows.addAll(SortedSetRangeCommands.rows());
    rows.addAll(SortedSetPopCommands.rows());
    rows.addAll(SortedSetAlgebraCommands.rows());
    rows.addAll(GeoCommands.rows());
    return rows;
  }

  /** Runs one command; the reply as {@link RespReader} gives it. */
  public Object run(Object... command) {
    return RespReader.parse(runRaw(command));
  }

  /** The message of the error that the command answers with. */
  public String error(Object... command) {
    Object answer = run(command);
    if (answer instanceof RespReader.RespError error) return error.message();
    throw new AssertionError("no error but " + answer + " from " + Arrays.toString(command));
  }

  /** Runs one command; the reply as it goes over the wire. */
  public byte[] runRaw(Object... command) {
    return runLent(command).toArray();
  }

  /** Runs one command; the reply may refer to the value itself. */
  public ByteString runLent(Object... command) {
    byte[][] argv = Arrays.stream(command).map(CommandRunner::argument).toArray(byte[][]::new);
    call.reset();
    call.argv = argv;
    call.nowMillis = nowMillis;
    try {
      call.spec = table.resolve(argv);
      call.spec.handler.run(call);
    } catch (CommandError e) {
      reply.error(e);
    }
    dirty += call.dirty;
    for (byte[][] effect : call.effects()) effects.add(line(call.db.index(), effect));
    return reply.take();
  }

  /** From now on commands that wait for keys do wait, until {@link #serve}. */
  public void park() {
    parked = new ArrayList<>();
  }

  /** Serves all that wait and can be served by a key, in the order in which they came; returns their replies. */
  public List<Object> serve(String key) {
    List<Object> replies = new ArrayList<>();
    for (Parked waiting : List.copyOf(parked)) {
      if (!call.db.find(Bytes.of(key), new Entry())) break;
      call.reset();
      call.spec = waiting.spec;
      call.argv = waiting.argv;
      try {
        if (!waiting.what.serve(call, Bytes.of(key))) continue;
      } catch (CommandError e) {
        reply.error(e);
      }
      parked.remove(waiting);
      dirty += call.dirty;
      for (byte[][] effect : call.effects()) effects.add(line(call.db.index(), effect));
      replies.add(RespReader.parse(reply.take().toArray()));
    }
    return replies;
  }

  private record Parked(CommandSpec spec, byte[][] argv, KeyWait what) {}

  private static byte[] argument(Object argument) {
    return argument instanceof byte[] bytes ? bytes : Bytes.of(argument.toString());
  }

  private static String line(int database, byte[]... argv) {
    return database + " " + Arrays.stream(argv).map(Bytes::string).collect(Collectors.joining(" "));
  }

  /** Selects the database that following commands see. */
  public CommandRunner select(int database) {
    call.db = keyspace.database(database);
    return this;
  }

  public void advance(long millis) {
    nowMillis += millis;
  }

  public long nowMillis() {
    return nowMillis;
  }

  public void configure(String directive, String value) {
    config.set(List.of(new Config.Setting(directive, value)), true, false);
  }

  /** Puts a value there that is no string; nothing is reported. */
  public void putSet(String key) {
    SetValue set = new SetValue();
    set.add(Bytes.of("x"), config.setMaxIntsetEntries(), keyspace.hashSeed());
    call.db.setValue(Bytes.of(key), set, Entry.NO_EXPIRE);
  }

  /** The type of a key, null if it is absent; nothing is reported. */
  public Type typeOf(String key) {
    Entry entry = new Entry();
    return call.db.find(Bytes.of(key), entry, false) ? entry.type() : null;
  }

  // ---- what was reported since the last look ------------------------------------------------------------------------

  /** Notifications: {@code event key}, with {@code @n} behind the key in another database than 0. */
  public List<String> events() {
    return drain(events);
  }

  /** Changed keys, and {@code flushing n} and {@code swapping a b}. */
  public List<String> changes() {
    return drain(changes);
  }

  /** What would be propagated: the index of the database and the words of the command. */
  public List<String> effects() {
    return drain(effects);
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }

  /** Counted changes since the start. */
  public long dirty() {
    return dirty;
  }

  private static List<String> drain(List<String> list) {
    List<String> copy = List.copyOf(list);
    list.clear();
    return copy;
  }

  @Override
  public void changed(Session by, int database, byte[] key) {
    changes.add(named(database, key));
  }

  @Override
  public void notify(NotifyClass type, String event, byte[] key, int database) {
    events.add(event + " " + named(database, key));
  }

  @Override
  public void lookedUp(boolean hit) {
    if (hit) hits++;
    else misses++;
  }

  @Override
  public void flushing(Session by, int database) {
    changes.add("flushing " + database);
  }

  @Override
  public void swapping(Session by, int a, int b) {
    changes.add("swapping " + a + " " + b);
  }

  @Override
  public void wakeWaiting(int database, byte[] key) {
    changes.add("waking " + named(database, key));
  }

  /** The time is up at once, unless {@link #park} was called. */
  @Override
  public void awaitKeys(Call call, int from, int to, long timeoutMillis, KeyWait wait) {
    changes.add("waiting " + timeoutMillis);
    if (parked == null) reply.nullArray();
    else parked.add(new Parked(call.spec, call.argv, wait));
  }

  @Override
  public void inSlices(Call call, SlicedWork work) {
    for (boolean more = true; more; ) more = work.step(call.reply);
    work.answer(reply);
  }

  private static String named(int database, byte[] key) {
    return Bytes.string(key) + (database == 0 ? "" : "@" + database);
  }
}
