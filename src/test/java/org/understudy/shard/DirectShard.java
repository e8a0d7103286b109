package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.client.ConnectionCommands;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.MemoryFileSystem;
import org.understudy.persistence.RdbFiles;
import org.understudy.resp.CommandError;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.ShardMessage;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.statistics.CommandExecutor;
import org.understudy.testing.RespReader;

/**
 * A shard without actors and sockets, with one client that is connected to it. Everything happens in the caller's
 * thread, and time passes when it is told to. Commands that belong to the connection run as a connection runs them.
 */
public class DirectShard extends ReadySink {
  final Config config;
  final MemoryFileSystem files;
  public final ShardParts parts;
  public final Session session = new Session(7, "127.0.0.1:50000", "127.0.0.1:6379", 0);
  public final Client client = new Client(session, this);
  /** Rounds that the shard asked for: milliseconds between them; and when it wants to be woken. */
  final List<Long> tickRequests = new ArrayList<>();
  final List<Long> wakeRequests = new ArrayList<>();
  /** How often the client's input buffer was to shrink; true where the reason was that the client is idle. */
  final List<Boolean> inputShrinks = new ArrayList<>();
  private final Run run = new Run(client);
  private final CommandExecutor connectionExecutor;
  private final Call connectionCall = new Call(null);
  private final List<ShardMessage> mailbox = new ArrayList<>();
  /** What the shard has given its own loop to do; done after each command. */
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final List<BehaviorTestKit<?>> actors = new ArrayList<>();
  private byte[] delivered = {};
  private long nowNanos = 1_700_000_000_123L * 1_000_000;
  private long tickNanos;
  /** What is to be done where it may block, and what the writer of the append-only file has to do, while held. */
  private final ArrayDeque<Runnable> blockingTasks = new ArrayDeque<>();
  private final ArrayDeque<Runnable> writerTasks = new ArrayDeque<>();
  private boolean blockingHeld;
  private boolean writerHeld;
  private Runnable betweenSlices = () -> { };
  private boolean slicesHeld;

  /** A task that waits until the loop has nothing else to do. */
  private record Slice(Runnable work) implements Runnable {
    @Override
    public void run() {
      work.run();
    }
  }

  public DirectShard() {
    this(Config.defaults());
  }

  public DirectShard(Config config) {
    this(config, List.of());
  }

  /** @param further commands that only this shard knows */
  DirectShard(Config config, List<CommandSpec> further) {
    this(config, further, new MemoryFileSystem());
  }

  /** A server that starts where another has left its files. */
  DirectShard(Config config, MemoryFileSystem files) {
    this(config, List.of(), files);
  }

  /** A server that keeps an append-only file and has not loaded yet what another has left. */
  static DirectShard withAppendOnlyFile(MemoryFileSystem files, String... directives) {
    List<String> lines = new ArrayList<>(List.of("appendonly yes", "save \"\""));
    lines.addAll(List.of(directives));
    return new DirectShard(Config.parse(lines), files);
  }

  private DirectShard(Config config, List<CommandSpec> further, MemoryFileSystem files) {
    this.config = config;
    this.files = files;
    session.authenticated = true;
    Clock clock = new Clock() {
      @Override
      public long millis() {
        return nowNanos / 1_000_000;
      }

      @Override
      public long nanos() {
        nowNanos += tickNanos;
        return nowNanos;
      }
    };
    parts = new ShardParts(config, clock, 42, wired -> {
      List<CommandSpec> rows = new ArrayList<>(new ConnectionCommands(wired).rows());
      rows.addAll(further);
      return rows;
    }, ServerFacts.ofProcess(clock), ServerControl.NONE, files, Mode.STANDALONE);
    connectionExecutor =
        parts.newExecutor(parts.newLoopStats(), mailbox::add);
    parts.shard().start(new Shard.Timing() {
      @Override
      public void wakeIn(long millis) {
        wakeRequests.add(millis);
      }

      @Override
      public void nextSlice(Runnable work) {
        tasks.add(new Slice(work));
      }

      @Override
      public <M> Consumer<M> startLink(Behavior<M> link) {
        BehaviorTestKit<M> kit = BehaviorTestKit.create(link);
        actors.add(kit);
        return message -> tasks.add(() -> {
          if (kit.isAlive()) kit.run(message);
        });
      }

      @Override
      public void runIn(long millis, Runnable work) {
        tasks.add(() -> {
          advance(millis);
          work.run();
        });
      }

      @Override
      public void tickEvery(long millis) {
        tickRequests.add(millis);
      }
    }, tasks::add, work -> runUnless(blockingHeld, work, blockingTasks),
        work -> runUnless(writerHeld, work, writerTasks));
    parts.shard().connected(client);
  }

  /** Loads what there is, as a server does before it serves. @return how that ended */
  RdbFiles.Outcome load() {
    parts.awaitDataset();
    List<RdbFiles.Outcome> outcomes = new ArrayList<>();
    parts.load(() -> false, outcomes::add);
    runSlices();
    assertEquals(1, outcomes.size(), "loading has ended once");
    return outcomes.get(0);
  }

  private static void runUnless(boolean held, Runnable work, ArrayDeque<Runnable> queue) {
    if (held) queue.add(work);
    else work.run();
  }

  /** What may block, a sync for instance, is not done any more. */
  void holdBlocking() {
    blockingHeld = true;
  }

  /** The writer of the append-only file does nothing of its own until {@link #runWriter}. */
  void holdWriter() {
    writerHeld = true;
  }

  void runWriter() {
    writerHeld = false;
    while (!writerTasks.isEmpty()) writerTasks.poll().run();
  }

  public void advance(long millis) {
    nowNanos += millis * 1_000_000;
  }

  long nowMillis() {
    return nowNanos / 1_000_000;
  }

  /** Whether slices wait for {@link #runSlices}, instead of running after each command. */
  void holdSlices(boolean yes) {
    slicesHeld = yes;
  }

  void runSlices() {
    do {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        betweenSlices.run();
        task.run();
      }
      for (BehaviorTestKit<?> actor : actors) {
        while (actor.isAlive() && actor.selfInbox().hasMessages()) actor.runOne();
      }
    } while (!tasks.isEmpty());
  }

  /** Actors that were started and have not ended. */
  long liveActors() {
    return actors.stream().filter(BehaviorTestKit::isAlive).count();
  }

  /** Has the shard do something on its loop later, as from another thread. */
  void later(Runnable work) {
    tasks.add(work);
  }

  /** What happens while a command that runs in slices waits for the next. */
  void betweenSlices(Runnable work) {
    betweenSlices = work;
  }

  public Keyspace keyspace() {
    return parts.keyspace;
  }

  public Clients clients() {
    return parts.clients;
  }

  /** From now on the clock goes on by so much whenever it is looked at: how long commands take. */
  void everyLookTakes(long nanos) {
    tickNanos = nanos;
  }

  public void configure(String directive, String value) {
    config.set(List.of(new Config.Setting(directive, value)), true, false);
  }

  /** Lets DEBUG run, which only the configuration at the start can. */
  public void allowDebug() {
    config.assign(Directive.ENABLE_DEBUG_COMMAND, "yes");
  }

  /** Runs one command in a version of the protocol; strings of different kinds are told apart. */
  public Object exact(int protocol, Object... command) {
    run.reply.protocol(protocol);
    call(command);
    run.reply.protocol(2);
    return RespReader.parseExact(delivered);
  }

  /** Runs one command; null if it has not been answered. */
  public Object call(Object... command) {
    Object refusal = send(command);
    return refusal != null ? refusal : answer();
  }

  /**
   * Runs one command.
   *
   * @return its answer if it never came to the shard; else null: {@link #answer} has it, if it is there, and whole
   */
  Object send(Object... command) {
    delivered = new byte[0];
    byte[][] argv = Arrays.stream(command).map(word -> word instanceof byte[] bytes ? bytes : Bytes.of(word.toString()))
        .toArray(byte[][]::new);
    CommandSpec spec;
    try {
      spec = parts.table().resolve(argv);
    } catch (CommandError error) {
      connectionExecutor.reject(session, parts.table().lookup(argv), run.reply, error.getMessage());
      return RespReader.parse(run.reply.take().toArray());
    }
    if (spec.place == Place.CONNECTION) {
      connectionCall.session = session;
      connectionCall.reply = run.reply;
      connectionCall.spec = spec;
      connectionCall.argv = argv;
      connectionCall.config = config;
      connectionExecutor.startBatch(connectionCall);
      connectionExecutor.run(connectionCall);
      connectionExecutor.endBatch(connectionCall);
      for (ShardMessage message : mailbox) {
        ShardMessage.Slow slow = (ShardMessage.Slow) message;
        parts.shard().took(slow.session(), slow.spec(), slow.argv(), slow.nanos());
      }
      mailbox.clear();
      return RespReader.parse(run.reply.take().toArray());
    }
    if (spec.fullName.equals("exec")) {
      List<Session.Queued> queued = session.transaction;
      session.endTransaction();
      run.add(spec, argv, queued, false);
    } else {
      run.add(spec, argv);
    }
    run.last = true;
    parts.shard().execute(run);
    if (!slicesHeld) runSlices();
    return null;
  }

  /** Runs commands of the shard in one run, as they come in one chunk. @return the bytes of all replies */
  byte[] pipelined(List<Object[]> commands) {
    delivered = new byte[0];
    for (Object[] command : commands) {
      byte[][] argv = Arrays.stream(command).map(word -> Bytes.of(word.toString())).toArray(byte[][]::new);
      run.add(parts.table().resolve(argv), argv);
    }
    run.last = true;
    parts.shard().execute(run);
    runSlices();
    return delivered;
  }

  /** Runs one command of a chunk that goes on behind it, and whatever the shard's loop does before it takes a slice. */
  void amidChunk(Object... command) {
    byte[][] argv = Arrays.stream(command).map(word -> Bytes.of(word.toString())).toArray(byte[][]::new);
    run.add(parts.table().resolve(argv), argv);
    run.last = false;
    parts.shard().execute(run);
    while (!tasks.isEmpty() && !(tasks.peek() instanceof Slice)) tasks.poll().run();
  }

  /** Queues a command of a transaction. */
  public void queue(Object... command) {
    byte[][] argv = Arrays.stream(command).map(word -> Bytes.of(word.toString())).toArray(byte[][]::new);
    if (!session.inTransaction()) session.startTransaction();
    session.queue(parts.table().resolve(argv), argv);
  }

  /** What has been delivered since the last command, or null. */
  Object answer() {
    return delivered.length == 0 ? null : RespReader.parse(delivered);
  }

  public String text(Object... command) {
    return (String) call(command);
  }

  public String error(Object... command) {
    return ((RespReader.RespError) call(command)).message();
  }

  @Override
  public void deliver(ByteString replies) {
    delivered = Bytes.concat(delivered, replies.toArray());
  }

  @Override
  public void resume(Run resumed) {
    if (resumed != run) super.resume(resumed);
  }

  @Override
  public void shrinkInput(boolean idle) {
    inputShrinks.add(idle);
  }
}
