package org.understudy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.NotifyClass;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.KeyspaceListener;
import org.understudy.resp.ReplyBuffer;

/**
 * What the shard does, without the actor around it: executes runs in the order in which they come, suspends those that have
 * to wait, and tells everybody concerned what changed. Single-threaded.
 */
public final class Shard implements Call.Changes, KeyspaceListener, CommandExecutor.Observer {
  /** Replies of one run that may wait before the run itself waits for them to leave. */
  static final long PART_BYTES = 512 * 1024;

  /** The timers that the actor lends. */
  interface Timing {
    /** Calls {@link Shard#wake} once after that time; a later call replaces an earlier one. */
    void wakeIn(long millis);

    void tickEvery(long millis);
  }

  private final Config config;
  private final Clock clock;
  private final Keyspace keyspace;
  private final Admission admission;
  private final Pause pause;
  private final Clients clients;
  private final Watches watches;
  private final CommandExecutor executor;
  private final Call call = new Call(this);

  private Timing timing;
  /** Clients whose runs wait for the end of a pause, in the order in which they came. */
  private final List<Client> paused = new ArrayList<>();

  Shard(ShardParts parts) {
    config = parts.config;
    clock = parts.clock;
    keyspace = parts.keyspace;
    admission = parts.admission;
    pause = parts.pause;
    clients = parts.clients;
    watches = parts.watches;
    executor = new CommandExecutor(clock, config, parts.newLoopStats(), this);
    call.keyspace = keyspace;
    call.config = config;
    keyspace.listener(this);
  }

  /** @param loop runs work on the shard's loop, from whichever thread */
  void start(Timing lent, Executor loop) {
    timing = lent;
    timing.tickEvery(1000 / config.hz());
  }

  CommandExecutor executor() {
    return executor;
  }

  // ---- clients come and go -------------------------------------------------------------------------------------------

  void connected(Client client) {
    clients.add(client);
  }

  void disconnected(Client client) {
    client.gone = true;
    client.suspended = null;
    paused.remove(client);
    watches.release(client);
    clients.remove(client);
  }

  // ---- runs ----------------------------------------------------------------------------------------------------------

  /** Executes a run to its end, or until it has to wait. */
  void execute(Run run) {
    Client client = run.client;
    if (client.gone) return;
    if (run.awaitsUnpause && pause.mode() != Pause.Mode.NONE) {
      waitForUnpause(client, run);
      return;
    }
    ReplyBuffer reply = run.reply;
    Session session = client.session;
    client.suspended = null;
    client.current = run;
    call.session = session;
    call.reply = reply;
    executor.startBatch(call);
    boolean goesOn = true;
    while (goesOn && run.next < run.count) goesOn = executeNext(run);
    client.current = null;
    if (goesOn) finish(run);
  }

  /** Executes one request. False if the run ends or waits here. */
  private boolean executeNext(Run run) {
    Client client = run.client;
    Session session = client.session;
    ReplyBuffer reply = run.reply;
    CommandSpec spec = run.specs[run.next];
    Run.Queue queue = run.queue();
    int queuedFlags = queue == null ? 0 : queue.flags();
    if (pause.mode() != Pause.Mode.NONE && pause.holds(spec, queuedFlags)) {
      waitForUnpause(client, run);
      return false;
    }
    byte[][] argv = run.argvs[run.next++];
    String refusal = admission.refuseNow(session, spec, queuedFlags);
    if (refusal != null) {
      refuse(client, spec, queue, reply, refusal);
      return true;
    }
    call.spec = spec;
    call.argv = argv;
    call.db = keyspace.database(session.database);
    call.queued = queue == null ? null : queue.commands();
    call.queuedRefused = queue != null && queue.refused();
    executor.run(call);
    if (session.closeAfterReply) {
      client.sink.closeAfterReplies(take(client, reply));
      run.clear();
      return false;
    }
    if (session.blocked) {
      client.suspended = run;
      if (!reply.isEmpty()) client.sink.push(take(client, reply));
      client.sink.waiting();
      return false;
    }
    if (reply.size() >= PART_BYTES) {
      client.suspended = run;
      client.sink.deliverPart(take(client, reply));
      return false;
    }
    return true;
  }

  private void refuse(Client client, CommandSpec spec, Run.Queue queue, ReplyBuffer reply, String refusal) {
    if (queue != null && spec.fullName.equals("exec")) {
      watches.unwatch(client);
      refusal = "EXECABORT Transaction discarded because of: " + refusal;
    }
    executor.reject(client.session, spec, reply, refusal);
  }

  private void finish(Run run) {
    Client client = run.client;
    run.clear();
    if (run.last) client.sink.deliver(take(client, run.reply));
    else client.sink.resume(run);
  }

  private static ByteString take(Client client, ReplyBuffer reply) {
    ByteString replies = reply.take();
    client.session.outputBytes.addAndGet(replies.size());
    return replies;
  }

  private void waitForUnpause(Client client, Run run) {
    client.suspended = run;
    paused.add(client);
    if (!run.reply.isEmpty()) client.sink.push(take(client, run.reply));
    client.sink.waiting();
    wakeAtUnpause();
  }

  void drained(Client client) {
    if (client.suspended != null) execute(client.suspended);
  }

  // ---- time ----------------------------------------------------------------------------------------------------------

  void tick() {
    keyspace.expireSlice(1_000_000);
  }

  private void wakeAtUnpause() {
    timing.wakeIn(Math.max(1, pause.endMillis() - clock.millis()));
  }

  /** A moment that {@link #wakeAtUnpause} asked for has come. */
  void wake() {
    if (pause.mode() != Pause.Mode.NONE && clock.millis() < pause.endMillis()) {
      wakeAtUnpause();
      return;
    }
    unpause();
  }

  /** Ends a pause and lets everybody go on who waited for that. */
  void unpause() {
    pause.end();
    List<Client> waiting = List.copyOf(paused);
    paused.clear();
    for (Client client : waiting) {
      if (client.suspended != null) execute(client.suspended);
    }
  }

  // ---- what happened -------------------------------------------------------------------------------------------------

  @Override
  public void ran(Call call, long nanos) {
  }

  void observed(Session session, CommandSpec spec, byte[][] argv, long nanos) {
  }

  @Override
  public void changed(Session by, int database, byte[] key) {
    watches.touch(keyspace.database(database), key, false);
  }

  @Override
  public void notify(NotifyClass type, String event, byte[] key, int database) {
  }

  @Override
  public void flushing(Session by, int database) {
    for (int i = 0; i < keyspace.databases(); i++) {
      if (database == Call.ALL_DATABASES || database == i) watches.touchAll(keyspace.database(i), null);
    }
  }

  @Override
  public void swapping(Session by, int a, int b) {
    watches.touchAll(keyspace.database(a), keyspace.database(b));
    watches.touchAll(keyspace.database(b), keyspace.database(a));
  }

  @Override
  public void lookedUp(boolean hit) {
  }

  @Override
  public void expired(Database database, byte[] key) {
    watches.touch(database, key, true);
  }
}
