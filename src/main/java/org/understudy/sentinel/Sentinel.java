package org.understudy.sentinel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;
import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.Answer;
import org.understudy.sentinel.state.Effect;
import org.understudy.sentinel.state.Event;
import org.understudy.sentinel.state.LinkId;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SentinelState;
import org.understudy.sentinel.state.Timing;
import org.understudy.shard.ShardParts;

/**
 * A sentinel: owns the machine, gives it what happens, one thing after the other, and carries out what it wants. What
 * may block (the file, starting scripts, names) is done elsewhere and comes back as a message.
 */
public final class Sentinel extends AbstractMatchingBehavior<Sentinel.Message> {
  public sealed interface Message permits Happened, Query, Tick, Written, ScriptStarted, ScriptEnded {}

  /** Something for the machine. */
  record Happened(Event event) implements Message {}

  /** A command that looks at the sentinel or tells it something. */
  record Query(Consumer<Sentinel> work) implements Message {}

  private enum Tick implements Message { INSTANCE }

  /** @param failure null: it is on disk */
  private record Written(long version, String failure) implements Message {}

  private record ScriptStarted(ScriptQueue.Job job, ScriptRunner.Running script) implements Message {}

  private record ScriptEnded(ScriptQueue.Job job, int exitStatus, int signal) implements Message {}

  /** State to be written. */
  private record Save(long version, SavedState state, SentinelOptions options, List<String> users) {}

  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);

  /** Exit status after a simulated failure. */
  private static final int CRASHED = 99;

  private final World world;
  private final Config config;
  private final Consumer<Runnable> shard;
  private final ShardParts parts;
  private final TimerScheduler<Message> timers;
  private final Executor blocking;
  private final SentinelFile file;
  private final Timing timing = new Timing();
  private final SentinelState state;
  private final ScriptQueue scripts = new ScriptQueue(timing);
  private final Map<ScriptQueue.Job, ScriptRunner.Running> running = new IdentityHashMap<>();
  private final Map<LinkId, ActorRef<InstanceLink.Message>> links = new HashMap<>();
  /** Commands that wait for the machine's answer. */
  private final Map<Long, Consumer<Answer>> asked = new HashMap<>();
  private SentinelOptions options;
  private int simulatedFailures;
  private long lastToken;
  /** When the machine's next tick is due. */
  private long tickAt;
  /** What is being written, and what is to be written next; null if nothing. */
  private Save writing;
  private Save toWrite;

  /**
   * @param configured what the configuration says, with an id
   * @param file where it is kept
   * @param shard runs work on the loop of the parts
   */
  static Behavior<Message> create(World world, SentinelConfig configured, SentinelFile file, ShardParts parts,
      Consumer<Runnable> shard) {
    Behavior<Message> sentinel = Behaviors.setup(context -> Behaviors.withTimers(
        timers -> new Sentinel(context, timers, world, configured, file, parts, shard)));
    return Behaviors.supervise(sentinel).onFailure(SupervisorStrategy.resume());
  }

  private Sentinel(ActorContext<Message> context, TimerScheduler<Message> timers, World world,
      SentinelConfig configured, SentinelFile file, ShardParts parts, Consumer<Runnable> shard) {
    super(context);
    this.world = world;
    this.file = file;
    this.parts = parts;
    this.shard = shard;
    this.timers = timers;
    config = parts.config();
    blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    options = configured.options();
    state = new SentinelState(options.settings(configured.state().myId(), config.port(), config.requirepass()), timing,
        configured.state(), world.random(), ZoneId.systemDefault(), now());
    onTick();
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    if (message instanceof Happened happened) {
      step(happened.event);
    } else if (message == Tick.INSTANCE) {
      onTick();
    } else if (message instanceof Query query) {
      query.work.accept(this);
    } else if (message instanceof Written written) {
      onWritten(written);
    } else if (message instanceof ScriptStarted started) {
      onScriptStarted(started);
    } else if (message instanceof ScriptEnded ended) {
      onScriptEnded(ended);
    }
    return this;
  }

  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal != PostStop.instance()) return this;
    running.values().forEach(ScriptRunner.Running::kill);
    Save last = toWrite == null ? writing : toWrite;
    String failure = last == null ? null : write(file, last); // nobody waits for this loop any more
    if (failure != null) {
      log.warn("WARNING: Sentinel was not able to save the new configuration on disk!!!: {}", failure);
    }
    return this;
  }

  // ---- the machine -----------------------------------------------------------------------------------------------

  private void onTick() {
    tickAt = 0;
    step(new Event.Tick(world.clock().millis()));
    runScripts();
  }

  private void step(Event event) {
    for (Effect effect : state.step(event, now())) carryOut(effect);
    if (state.nextTickMillis() == tickAt) return;
    tickAt = state.nextTickMillis();
    timers.startSingleTimer(Tick.INSTANCE, Tick.INSTANCE, Duration.ofMillis(Math.max(1, tickAt - now())));
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Send send) {
      link(send.link()).tell(new InstanceLink.Send(send.instance(), send.request(), send.commands()));
    } else if (effect instanceof Effect.Connect connect) {
      link(connect.link()).tell(new InstanceLink.Connect(connect.connection(), connect.address(), connect.greeting(),
          options.resolveHostnames()));
    } else if (effect instanceof Effect.Disconnect disconnect) {
      link(disconnect.link()).tell(new InstanceLink.Disconnect(disconnect.connection()));
    } else if (effect instanceof Effect.Release release) {
      ActorRef<InstanceLink.Message> link = links.remove(release.link());
      if (link != null) link.tell(InstanceLink.Release.INSTANCE);
    } else if (effect instanceof Effect.Publish publish) {
      publish(publish);
    } else if (effect instanceof Effect.Log line) {
      log(line.level(), line.text());
    } else if (effect instanceof Effect.RunScript script) {
      scripts.add(script.path(), script.arguments());
    } else if (effect instanceof Effect.Persist persist) {
      persist(persist.version(), persist.state());
    } else if (effect instanceof Effect.Reply reply) {
      Consumer<Answer> waiting = asked.remove(reply.token());
      if (waiting != null) waiting.accept(reply.answer());
    } else if (effect instanceof Effect.Fault fault) {
      log.error("A fault while looking after {}", fault.what(), fault.cause());
    } else if (effect instanceof Effect.Crash) {
      world.exit().accept(CRASHED);
    }
  }

  private ActorRef<InstanceLink.Message> link(LinkId id) {
    return links.computeIfAbsent(id, unknown -> {
      ActorRef<Message> self = getContext().getSelf();
      String source = config.text(Directive.BIND_SOURCE_ADDR);
      return getContext().spawn(InstanceLink.create(id, event -> self.tell(new Happened(event)), world.names(),
          blocking, source.isEmpty() ? null : source), "link-" + id.number());
    });
  }

  private void publish(Effect.Publish event) {
    log(event.level(), event.name() + " " + event.payload());
    if (event.level() == LogLevel.DEBUG) return;
    byte[] channel = Bytes.of(event.name());
    byte[] payload = Bytes.of(event.payload());
    shard.accept(() -> parts.publish(channel, payload));
  }

  private static void log(LogLevel level, String line) {
    switch (level) {
      case DEBUG -> log.trace(line);
      case VERBOSE -> log.debug(line);
      case NOTICE -> log.info(line);
      case WARNING -> log.warn(line);
    }
  }

  // ---- the file --------------------------------------------------------------------------------------------------

  private void persist(long version, SavedState saved) {
    toWrite = new Save(version, saved, options, parts.userLines());
    if (writing == null) write();
  }

  /** One write at a time; what comes meanwhile replaces what waits. */
  private void write() {
    writing = toWrite;
    toWrite = null;
    Save save = writing;
    ActorRef<Message> self = getContext().getSelf();
    blocking.execute(() -> self.tell(new Written(save.version, write(file, save))));
  }

  private static String write(SentinelFile file, Save save) {
    try {
      file.write(save.version, save.options, save.state, save.users);
      return null;
    } catch (IOException failure) {
      return FileNames.reason(failure);
    } catch (RuntimeException fault) {
      log.error("A fault while saving the configuration", fault); // whoever waits for the end must hear of it
      return fault.toString();
    }
  }

  private void onWritten(Written written) {
    writing = null;
    if (written.failure == null) log.info("Sentinel new configuration saved on disk");
    if (toWrite != null) write();
    step(new Event.Persisted(written.version, written.failure));
  }

  // ---- scripts ---------------------------------------------------------------------------------------------------

  private void runScripts() {
    long now = now();
    for (ScriptQueue.Job job : scripts.overdue(now)) {
      publish(ScriptQueue.killed(job));
      ScriptRunner.Running script = running.get(job);
      if (script != null) script.kill();
    }
    for (ScriptQueue.Job job : scripts.due(now)) {
      ActorRef<Message> self = getContext().getSelf();
      blocking.execute(() -> start(world.scripts(), job, folder(), self));
    }
  }

  private static void start(ScriptRunner runner, ScriptQueue.Job job, Path folder, ActorRef<Message> self) {
    // the end may be known before start returns: it must not overtake the news that the script was started
    CompletableFuture<Done> told = new CompletableFuture<>();
    try {
      ScriptRunner.Running script = runner.start(job.command, folder, status -> told.thenRun(() -> {
        boolean bySignal = status > ScriptRunner.Ended.BY_SIGNAL;
        self.tell(new ScriptEnded(job, bySignal ? 0 : status, bySignal ? status - ScriptRunner.Ended.BY_SIGNAL : 0));
      }));
      self.tell(new ScriptStarted(job, script));
      told.complete(Done.getInstance());
    } catch (IOException failure) {
      self.tell(new ScriptEnded(job, ScriptQueue.NOT_STARTED, 0));
    }
  }

  private void onScriptStarted(ScriptStarted started) {
    running.put(started.job, started.script);
    publish(scripts.started(started.job, started.script.pid()));
  }

  private void onScriptEnded(ScriptEnded ended) {
    running.remove(ended.job);
    scripts.ended(ended.job, ended.exitStatus, ended.signal, now()).forEach(this::publish);
    runScripts();
  }

  // ---- for commands ----------------------------------------------------------------------------------------------

  /** Monotonic milliseconds. */
  long now() {
    return world.clock().nanos() / 1_000_000;
  }

  /** Where relative names of scripts start from. */
  Path folder() {
    return config.dir();
  }

  int simulatedFailures() {
    return simulatedFailures;
  }

  /** @param failures bits as {@link SentinelSettings#CRASH_AFTER_ELECTION} */
  void simulateFailures(int failures) {
    simulatedFailures = failures;
    tell(new Event.FailureSimulated((failures & SentinelSettings.CRASH_AFTER_ELECTION) != 0,
        (failures & SentinelSettings.CRASH_AFTER_PROMOTION) != 0));
  }

  World world() {
    return world;
  }

  SentinelState state() {
    return state;
  }

  Timing timing() {
    return timing;
  }

  ScriptQueue scripts() {
    return scripts;
  }

  SentinelOptions options() {
    return options;
  }

  Executor blocking() {
    return blocking;
  }

  /** Runs work in this actor, from any thread. */
  void later(Consumer<Sentinel> work) {
    getContext().getSelf().tell(new Query(work));
  }

  /** Tells the machine something that is not answered. */
  void tell(Event event) {
    step(event);
  }

  /** Asks the machine something. @param event made with the token */
  void ask(LongFunction<Event> event, Consumer<Answer> answered) {
    long token = ++lastToken;
    asked.put(token, answered);
    step(event.apply(token));
  }

  /** Changes what is configured for the sentinel as a whole. */
  void configure(SentinelOptions changed) {
    options = changed;
    tell(new Event.GlobalSettingsChanged(changed.settings(state.settings().myId(), config.port(),
        config.requirepass())));
  }
}
