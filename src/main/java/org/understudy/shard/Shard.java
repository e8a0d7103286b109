package org.understudy.shard;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.KeyWait;
import org.understudy.command.NotifyClass;
import org.understudy.command.Session;
import org.understudy.command.SlicedWork;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.KeyspaceListener;
import org.understudy.persistence.SpillFiles;
import org.understudy.persistence.Turns;
import org.understudy.replication.ReplicationLog;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.Background;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.KeyWaits;
import org.understudy.shard.clients.Lookahead;
import org.understudy.shard.clients.Monitors;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.PausedClients;
import org.understudy.shard.clients.PubSub;
import org.understudy.shard.clients.QueuedFlags;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.Tracking;
import org.understudy.shard.clients.Watches;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.persistence.AppendOnly;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.replication.DatasetOwner;
import org.understudy.shard.replication.Replacement;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.replication.Upstream;
import org.understudy.shard.statistics.CommandExecutor;
import org.understudy.shard.statistics.SlowCommands;
import org.understudy.shard.statistics.Statistics;

/**
 * What the shard does, without the actor around it: executes runs in the order in which they come, suspends those
 * that have to wait, and tells everybody concerned what changed. Single-threaded.
 */
public final class Shard implements Call.Changes, KeyspaceListener, CommandExecutor.Observer, PausedClients.Owner,
    DatasetOwner {
  /** Replies of one run that may wait before the run itself waits for them to leave. */
  static final long PART_BYTES = 512 * 1024;

  /** The timers that the actor lends. */
  interface Timing {
    /** Calls {@link Shard#wake} once after that time; a later call replaces an earlier one. */
    void wakeIn(long millis);

    void tickEvery(long millis);

    /** Runs the next slice of long work once the sockets have had their turn. */
    void nextSlice(Runnable work);

    /** Runs it once after that time. */
    void runIn(long millis, Runnable work);

    /** Starts the actor of a link to a replica or a primary. @return takes what the actor is told */
    <M> Consumer<M> startLink(Behavior<M> link);
  }

  private final Config config;
  private final Clock clock;
  private final Moment moment;
  private final Keyspace keyspace;
  private final Admission admission;
  private final Pause pause;
  private final PausedClients paused;
  private final Clients clients;
  private final Watches watches;
  private final PubSub pubSub;
  private final Tracking tracking;
  private final Monitors monitors;
  private final CommandExecutor executor;
  private final Statistics statistics;
  private final SlowCommands slowCommands;
  private final MemoryLimit memoryLimit;
  private final Notifications notifications;
  private final BlockedClients blocked;
  private final KeyWaits keyWaits;
  private final Background background;
  private final Persistence persistence;
  private final AppendOnly appendOnly;
  private final SpillFiles spillFiles;
  private final ReplicationLog replicationLog;
  private final Propagation propagation;
  private final ReplicationState replication;
  private final Replacement replacement;
  private final Upstream upstream;
  private final OwnExpiries ownExpiries;
  private final ShutdownSequence shutdowns;
  private final Replicas replicas;
  private final Cron cron;
  private final LongCommands longCommands;
  private final Lookahead lookahead = new Lookahead();
  private final Call call = new Call(this);

  private Timing timing;
  private Executor loop;
  /** A client's run was executed since a save had its last slice. */
  private boolean ranSinceSlice;
  /** Clients whose blocked commands are answered, and whether they are just going on or being served. */
  private final ArrayDeque<Client> answered = new ArrayDeque<>();
  private boolean goingOn;
  private boolean serving;
  /** The client whose run is being executed, else null; and whether one of its commands is under way. */
  private Client current;
  private boolean executing;

  Shard(ShardParts parts) {
    config = parts.config;
    clock = parts.clock;
    moment = parts.moment;
    keyspace = parts.keyspace;
    admission = parts.admission;
    pause = parts.pause;
    paused = parts.paused;
    paused.start(this);
    clients = parts.clients;
    watches = parts.watches;
    pubSub = parts.pubSub;
    tracking = parts.tracking;
    monitors = parts.monitors;
    clients.onGone(this::forget);
    slowCommands = parts.slowCommands;
    executor = new CommandExecutor(clock, config, parts.newLoopStats(), slowCommands::fromNanos, this);
    statistics = parts.statistics;
    memoryLimit = parts.memoryLimit;
    notifications = parts.notifications;
    blocked = parts.blocked;
    keyWaits = parts.keyWaits;
    background = parts.background;
    persistence = parts.persistence;
    appendOnly = persistence.appendOnly();
    spillFiles = parts.spillFiles;
    replicationLog = parts.replicationLog;
    propagation = parts.propagation;
    replication = parts.replication;
    replacement = parts.replacement;
    upstream = parts.upstream;
    ownExpiries = parts.ownExpiries;
    ownExpiries.start(this);
    shutdowns = parts.shutdowns;
    replicas = parts.replicas;
    cron = new Cron(parts);
    longCommands = new LongCommands(this, parts);
    call.keyspace = keyspace;
    call.config = config;
    keyspace.listener(this);
    applyConfiguration();
  }

  /**
   * @param loop runs work on the shard's loop, from whichever thread
   * @param blocking runs work that may block
   * @param writing runs the writer of the append-only file, on a thread of its own
   */
  void start(Timing lent, Executor loop, Executor blocking, Executor writing) {
    timing = lent;
    this.loop = loop;
    background.start(loop, blocking);
    longCommands.start(lent, loop, blocking);
    replicas.start(lent::startLink, loop);
    Turns turns = new Turns() {
      @Override
      public void next(Runnable slice) {
        lent.nextSlice(slice);
      }

      @Override
      public void nextIfQuiet(Runnable slice) {
        if (ranSinceSlice) lent.runIn(1, slice);
        else lent.nextSlice(slice);
        ranSinceSlice = false;
      }

      @Override
      public void later(long millis, Runnable slice) {
        lent.runIn(millis, slice);
      }

      @Override
      public void block(Runnable work) {
        blocking.execute(work);
      }

      @Override
      public void back(Runnable work) {
        loop.execute(work);
      }
    };
    persistence.start(turns, writing, blocking);
    spillFiles.start(turns);
    replacement.start(this, turns);
    shutdowns.start(this);
    upstream.start(this, lent::startLink, turns);
    memoryLimit.start(work -> timing.nextSlice(() -> {
      work.run();
      afterTurn();
    }));
    cron.start(lent, this::afterTurn);
  }

  CommandExecutor executor() {
    return executor;
  }

  // ---- clients come and go ------------------------------------------------------------------------------------------

  void connected(Client client) {
    clients.add(client);
    clients.memory.evict();
  }

  void disconnected(Client client) {
    clients.gone(client);
  }

  /** A client is no more: nobody may know it. */
  private void forget(Client client) {
    paused.forget(client);
    blocked.forget(client);
    persistence.saves().forget(client);
    replicas.forget(client);
    shutdowns.forget(client);
    watches.release(client);
    pubSub.forget(client);
    tracking.disable(client);
    monitors.remove(client);
  }

  /** A client's input grew: it is looked at before what others send after it. */
  void resized(Session session) {
    Client client = clients.of(session);
    if (client == null) return;
    clients.memory.update(client);
    clients.memory.evict();
  }

  // ---- runs ---------------------------------------------------------------------------------------------------------

  /** How the execution of a request, and so of a run, ends. */
  private enum Outcome {
    /** The next request may follow. */
    DONE,
    /** The request waits for the end of a pause. */
    PAUSED,
    /** The command waits for something to happen. */
    BLOCKED,
    /** The client has to read before more is executed. */
    UNREAD,
    /** The connection closes once the replies are sent. */
    CLOSES,
    /** The client was cut off. */
    GONE
  }

  /** Executes a run to its end, or until it has to wait. */
  @Override
  public void execute(Run run) {
    Client client = run.client;
    if (client.gone) return;
    if (clients.memory.isLimited() && !fits(client)) return;
    if (run.awaitsUnpause && pause.mode() != Pause.Mode.NONE) {
      waitForUnpause(client, run);
      return;
    }
    client.suspended = null;
    client.paused = false;
    ranSinceSlice = true;
    client.executes = true;
    current = client;
    call.session = client.session;
    call.reply = run.reply;
    executor.startBatch(call);
    moment.set(call.nowMillis);
    boolean obeyed = client.session.primary;
    if (obeyed) keyspace.expiryMode(ExpiryMode.KEEP); // what has expired goes when our primary says so
    Outcome outcome = client.session.closeAfterReply ? Outcome.CLOSES : Outcome.DONE;
    int prepared = 0;
    while (outcome == Outcome.DONE && run.next < run.count) {
      if (run.next >= prepared) prepared = lookahead.prepare(run, keyspace.database(client.session.database));
      outcome = executeNext(run);
    }
    executor.endBatch(call);
    if (obeyed) applyExpiryMode();
    tellOthers(outcome == Outcome.DONE && !run.last); // before the client has its replies, with what it hears itself
    client.executes = false;
    current = null;
    clients.closeOverLimit();
    if (!client.gone) end(run, outcome);
    if (clients.memory.isLimited()) fits(client);
    else if (memoryLimit.isSet()) clients.memory.updateAfterTurn(client);
    letGoOn();
  }

  /** @param chunkGoesOn whether more requests follow at once, whose replies come before broadcasts */
  private void tellOthers(boolean chunkGoesOn) {
    serveWaiting();
    if (tracking.clients() > 0) tracking.limit();
    if (!chunkGoesOn) tracking.endTurn();
    replicas.endTurn();
  }

  /** Those whose waiting has ended meanwhile. */
  private void letGoOn() {
    paused.goOn();
    goOn();
  }

  /** What was put off until no command runs, after something else than a command. */
  void afterTurn() {
    tellOthers(false);
    clients.closeOverLimit();
    letGoOn();
  }

  /** Follows a client's size. False if it, or others before it, had to go and it went. */
  boolean fits(Client client) {
    clients.memory.updateAfterTurn(client);
    clients.memory.evict();
    return !client.gone;
  }

  private Outcome executeNext(Run run) {
    Client client = run.client;
    Session session = client.session;
    ReplyBuffer reply = run.reply;
    CommandSpec spec = run.specs[run.next];
    Run.Queue queue = run.queue();
    QueuedFlags queued = queue == null ? QueuedFlags.NONE : queue.flags();
    boolean obeyed = session.primary;
    boolean held = pause.mode() != Pause.Mode.NONE && !obeyed && !session.countsAsReplica();
    if (held && pause.holds(spec, queued)) return Outcome.PAUSED;
    byte[][] argv = run.argvs[run.next++];
    if (memoryLimit.isSet()) memoryLimit.makeRoom();
    String refusal = obeyed ? null : queue != null && queue.abortedBecause() != null ? queue.abortedBecause()
        : admission.refuseNow(session, spec, queued);
    if (refusal != null) {
      refuse(client, spec, argv, reply, refusal);
      return Outcome.DONE;
    }
    if (obeyed && admission.diskFailure(spec, queued) != null) upstream.notKept(spec);
    call.spec = spec;
    call.argv = argv;
    call.db = keyspace.database(session.database);
    call.queued = queue == null ? null : queue.commands();
    call.queuedRefused = queue != null && queue.refused();
    long errorsBefore = reply.errors();
    executing = true;
    executor.run(call);
    executing = false;
    if (reply.errors() != errorsBefore) {
      if (obeyed) upstream.failed(reply.lastError(), spec.fullName);
      else if (session.replica) replicas.failed(reply.lastError(), spec.fullName);
    }
    if (replicationLog.isActive()) client.writeOffset = replicationLog.end();
    if (tracking.owesAnswer()) tracking.answered(client);
    if (keyWaits.anyMarked()) {
      serveWaiting();
      call.session = session;
      call.reply = reply;
    }
    if (clients.enforceLimit(client)) {
      clients.kill(client);
      return Outcome.GONE;
    }
    if (obeyed) session.closeAfterReply = false; // whatever fails, our primary goes on
    if (session.closeAfterReply) return Outcome.CLOSES;
    if (session.blocked) return Outcome.BLOCKED;
    return reply.size() >= PART_BYTES ? sendPart(client, reply) : Outcome.DONE;
  }

  /** Lets go what has gathered; a client that does not read has to wait with the rest of its requests. */
  private Outcome sendPart(Client client, ReplyBuffer reply) {
    if (!clients.limits.mayAnswerMore(client.session)) return Outcome.UNREAD;
    client.sink.push(take(client, reply));
    return clients.memory.isLimited() && !fits(client) ? Outcome.GONE : Outcome.DONE;
  }

  private void refuse(Client client, CommandSpec spec, byte[][] argv, ReplyBuffer reply, String refusal) {
    boolean exec = spec.fullName.equals("exec");
    if (exec) {
      watches.unwatch(client);
      refusal = "EXECABORT Transaction discarded because of: " + Errors.withoutCode(refusal);
    }
    executor.reject(client.session, spec, reply, refusal);
    if (client.session.replica) replicas.failed(refusal, spec.fullName);
    if (exec) monitors.feed(client.session, client.session.database, argv);
  }

  private void end(Run run, Outcome outcome) {
    Client client = run.client;
    ReplyBuffer reply = run.reply;
    switch (outcome) {
      case DONE -> {
        run.clear();
        if (run.last) {
          client.sink.deliver(take(client, reply));
        } else {
          // messages may follow it at any time
          if (client.hears() && !reply.isEmpty()) client.sink.push(take(client, reply));
          if (appendOnly.isOn()) appendOnly.moreFollows();
          client.sink.resume(run);
        }
      }
      case PAUSED -> waitForUnpause(client, run);
      case BLOCKED -> {
        client.suspended = run;
        if (!reply.isEmpty()) client.sink.push(take(client, reply));
        if (blocked.mayWaitForEver(client)) client.sink.waiting();
        wakeInTime();
      }
      case UNREAD -> {
        client.suspended = run;
        client.sink.deliverPart(take(client, reply));
      }
      case CLOSES -> {
        client.sink.closeAfterReplies(take(client, reply));
        run.clear();
        clients.gone(client);
      }
      default -> throw new IllegalStateException("no end of a run: " + outcome);
    }
  }

  /**
   * After a fault of ours in the middle of whatever is being done: nothing is any more. The client whose turn it was is
   * cut off, since it cannot know what was done for it, and so is the one that led to it, if its run has not ended.
   *
   * @param first whose turn it was before that of anybody it led to; null for nobody's
   */
  void abandonTurn(Client first) {
    Client last = current;
    current = null;
    executing = false;
    serving = false;
    goingOn = false;
    cutOff(last == null ? first : last);
    if (first != null && first.executes) cutOff(first);
    applyExpiryMode();
    propagation.flushRest();
  }

  private void cutOff(Client client) {
    if (client == null) return;
    client.executes = false;
    clients.kill(client);
  }

  /** The replies so far, as bytes of which it is counted that they wait to be sent. */
  static ByteString take(Client client, ReplyBuffer reply) {
    ByteString replies = reply.take();
    client.session.outputBytes.addAndGet(replies.size());
    return replies;
  }

  private void waitForUnpause(Client client, Run run) {
    client.suspended = run;
    client.paused = true;
    paused.add(client);
    if (!run.reply.isEmpty()) client.sink.push(take(client, run.reply));
    tracking.endTurn(); // the requests before it may have put off what others are to hear
    client.sink.waiting();
    wakeInTime();
  }

  void drained(Client client) {
    Runnable next = client.afterDrain;
    if (next != null) {
      client.afterDrain = null;
      next.run();
      return;
    }
    if (client.suspended != null && !client.session.blocked && !client.paused) execute(client.suspended);
  }

  // ---- clients that wait --------------------------------------------------------------------------------------------

  @Override
  public void awaitKeys(Call call, int from, int to, long timeoutMillis, KeyWait wait) {
    if (call.session.primary) return;
    keyWaits.add(current, call, from, to, timeoutMillis, wait);
  }

  @Override
  public void wakeWaiting(int database, byte[] key) {
    keyWaits.changed(keyspace.database(database), key);
  }

  /** Answers those whom the keys serve that have changed. */
  private void serveWaiting() {
    if (serving) return;
    serving = true;
    keyWaits.serve(this::finish);
    serving = false;
  }

  @Override
  public void inSlices(Call call, SlicedWork work) {
    longCommands.inSlices(current, call, work);
  }

  /** See {@link LongCommands#offLoop}. */
  void offLoop(Call call, Runnable work, Consumer<Call> rest) {
    longCommands.offLoop(current, call, work, rest);
  }

  /** Has a waiting command go on in the middle of another client's turn, or of nobody's. */
  boolean finish(Client client, CommandSpec spec, byte[][] argv, Database database, CommandExecutor.Rest rest) {
    Client turn = current;
    boolean itsTurn = client.executes;
    current = client;
    client.executes = true;
    call.session = client.session;
    call.reply = client.run.reply;
    call.spec = spec;
    call.argv = argv;
    call.db = database;
    executing = true;
    boolean finished = executor.finish(call, client.nanosBeforeWait, rest);
    executing = false;
    if (tracking.owesAnswer()) tracking.answered(client);
    client.executes = itsTurn;
    current = turn;
    return finished;
  }

  /** The command that a client's run stood still at is answered. */
  void answered(Client client) {
    answered.add(client);
    if (current == null && !serving) goOn(); // else another client's command did it, and goes first
  }

  private void goOn() {
    if (goingOn) return;
    goingOn = true;
    for (Client client = answered.poll(); client != null; client = answered.poll()) {
      if (client.suspended != null) execute(client.suspended); // else it is gone
    }
    goingOn = false;
  }

  // ---- configuration ------------------------------------------------------------------------------------------------

  private void applyConfiguration() {
    applied(Directive.REPLICA_READ_ONLY, now -> applyExpiryMode());
    applied(Directive.ACTIVE_EXPIRE_EFFORT, now -> keyspace.activeExpiry().effort(now.activeExpireEffort()));
    applied(Directive.MAXMEMORY_POLICY, now -> keyspace.accessClock().lfu(now.maxmemoryPolicy().lfu()));
    applied(Directive.LFU_LOG_FACTOR, now -> keyspace.accessClock().lfuLogFactor(now.lfuLogFactor()));
    applied(Directive.LFU_DECAY_TIME, now -> keyspace.accessClock().lfuDecayMinutes(now.lfuDecayTime()));
    applied(Directive.REPL_BACKLOG_SIZE, now -> replicationLog.capacity(now.number(Directive.REPL_BACKLOG_SIZE)));
    applied(Directive.REPL_SPILL_LIMIT, now -> replicationLog.spillLimit(now.number(Directive.REPL_SPILL_LIMIT)));
  }

  /** Does what a directive asks for, now and whenever it changes. */
  private void applied(Directive directive, Consumer<Config> change) {
    change.accept(config);
    config.onChange(directive, now -> {
      change.accept(now);
      return null;
    });
  }

  // ---- time ---------------------------------------------------------------------------------------------------------

  Cron cron() {
    return cron;
  }

  /** One round of background work. */
  void tick() {
    cron.round();
  }

  @Override
  public void wakeInTime() {
    long at = blocked.nextDeadlineMillis();
    at = Math.min(at, pause.nextEndMillis());
    if (at != Long.MAX_VALUE) timing.wakeIn(Math.max(1, at - clock.millis()));
  }

  /** Does something on the shard's loop, soon, from whichever thread. */
  void later(Runnable work) {
    loop.execute(work);
  }

  /** Does something on the shard's loop that was asked for elsewhere. */
  void perform(Runnable work) {
    moment.pass();
    work.run();
  }

  /** A moment that {@link #wakeInTime} asked for has come. */
  void wake() {
    long now = moment.pass();
    blocked.expire(now);
    paused.expire(now);
    wakeInTime();
  }

  @Override
  public void goOn(Client client) {
    execute(client.suspended);
  }

  @Override
  public void pauseChanged() {
    applyExpiryMode();
  }

  @Override
  public void unpaused() {
    upstream.unpaused();
  }

  /**
   * Keys expire where changes may happen of themselves: not while writers are held back, and on a replica only those
   * that its own clients want to write.
   */
  void applyExpiryMode() {
    boolean writable = !replication.isReplica() || !config.flag(Directive.REPLICA_READ_ONLY);
    keyspace.expiryMode(pause.mode() != Pause.Mode.NONE || !writable ? ExpiryMode.HIDE
        : replication.isReplica() ? ExpiryMode.DELETE_FOR_WRITE : ExpiryMode.DELETE);
  }

  // ---- what happened ------------------------------------------------------------------------------------------------

  @Override
  public void ran(Call call, long nanos) {
    if (call.session.blocked) current.nanosBeforeWait = nanos;
    settle(call);
    if (monitors.any() && Monitors.shows(call.spec)) {
      monitors.feed(call.session, call.session.database, call.shownArgv());
    }
    if (call.session.tracking != null) tracking.ran(call);
  }

  @Override
  public void took(Session session, CommandSpec spec, byte[][] shownArgv, long nanos) {
    slowCommands.note(session, spec, shownArgv, nanos, clock.millis());
  }

  @Override
  public void finished(Call call, long nanos, long replyNanos) {
    settle(call);
    if (slowCommands.concerned(nanos)) {
      slowCommands.noteFinished(call.session, call.spec, call.shownArgv(), nanos, replyNanos, clock.millis());
    }
  }

  /** What follows from the changes that a command made. */
  private void settle(Call call) {
    statistics.changes += call.dirty;
    if (propagation.isActive()) {
      propagation.ran(call);
      if (appendOnly.isOn() && current != null) appendOnly.ran(current);
    }
    moment.set(call.nowMillis);
  }

  @Override
  public void changed(Session by, int database, byte[] key) {
    Database where = keyspace.database(database);
    watches.touch(where, key, false);
    keyWaits.changed(where, key);
    if (!tracking.isIdle()) tracking.changed(key, by == null ? null : current, current, executing);
  }

  @Override
  public void notify(NotifyClass type, String event, byte[] key, int database) {
    if (replication.isReplica() && current != null && !current.session.primary) ownExpiries.noted(event, database, key);
    notifications.notify(type, event, key, database);
  }

  @Override
  public void flushing(Session by, int database) {
    tracking.flushed(current);
    if (database == Call.ALL_DATABASES) ownExpiries.forget();
    for (int i = 0; i < keyspace.databases(); i++) {
      if (database != Call.ALL_DATABASES && database != i) continue;
      watches.touchAll(keyspace.database(i), null);
      keyWaits.allChanged(i);
    }
  }

  @Override
  public boolean flushed() {
    return persistence.saves().flushed();
  }

  @Override
  public void swapping(Session by, int a, int b) {
    watches.touchAll(keyspace.database(a), keyspace.database(b));
    watches.touchAll(keyspace.database(b), keyspace.database(a));
    keyWaits.allChanged(a);
    keyWaits.allChanged(b);
  }

  @Override
  public void emptying() {
    flushing(null, Call.ALL_DATABASES);
  }

  @Override
  public void roleChanged() {
    ownExpiries.forget();
    applyExpiryMode();
  }

  @Override
  public void exchanging(Database[] successors) {
    ownExpiries.forget();
    tracking.flushed(current);
    for (int i = 0; i < successors.length; i++) {
      watches.touchAll(keyspace.database(i), successors[i]);
      keyWaits.allChanged(i);
    }
  }

  @Override
  public void lookedUp(boolean hit) {
    if (hit) statistics.keyspaceHits++;
    else statistics.keyspaceMisses++;
  }

  @Override
  public void added(Database database, byte[] key) {
    boolean beside = keyspace.database(database.index()) != database;
    if (beside || persistence.isLoading()) return;
    notifications.notify(NotifyClass.NEW, "new", key, database.index());
  }

  @Override
  public void expired(Database database, byte[] key) {
    if (propagation.isActive()) {
      propagation.deleted(database.index(), key, config.lazyfreeLazyExpire(), executing);
    }
    notifications.notify(NotifyClass.EXPIRED, "expired", key, database.index());
    watches.touch(database, key, true);
    keyWaits.changed(database, key);
    if (!tracking.isIdle()) tracking.changed(key, null, current, executing);
  }

  @Override
  public void evicted(Database database, byte[] key) {
    if (propagation.isActive()) {
      propagation.deleted(database.index(), key, config.lazyfreeLazyEviction(), false);
    }
    changed(null, database.index(), key);
    notifications.notify(NotifyClass.EVICTED, "evicted", key, database.index());
  }
}
