package org.understudy.shard.replication;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.replication.ReplicaLink;
import org.understudy.replication.ReplicationLog;
import org.understudy.resp.Errors;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.history.Backlog;
import org.understudy.shard.history.HistoryParts;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.Statistics;

/**
 * The replicas that follow us: who they are, what they acknowledge, and what has to be done for them from time to
 * time. What each is sent goes through a {@link ReplicaLink} of its own.
 *
 * <p>A replica that is slow costs room in the log, which goes to files beyond {@code repl-backlog-size}. So the default
 * of {@code client-output-buffer-limit} for replicas, whose sense it is to protect memory, cuts off nobody; who has set
 * another one is obeyed as in Redis.
 */
public final class Replicas {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);
  private static final long CRON_MILLIS = 1000;
  private static final byte[] PING = Bytes.of("PING");
  private static final byte[][] GETACK = {Bytes.of("REPLCONF"), Bytes.of("GETACK"), Bytes.of("*")};

  /** A client that waits until so many replicas have acknowledged an offset (WAIT). */
  private record AckWait(Client client, long offset, long replicas) {}

  private final Config config;
  private final Clock clock;
  private final Clients clients;
  private final BlockedClients blocked;
  private final Admission admission;
  private final Pause pause;
  private final ReplicationLog replicationLog;
  private final Backlog backlog;
  private final Propagation propagation;
  private final Statistics statistics;
  private final ReplicaSnapshots snapshots;
  /** Whoever is one or has said something about the one that it is about to be. */
  private final Map<Client, Replica> known = new HashMap<>();
  private final List<Replica> attached = new ArrayList<>();
  private final List<AckWait> ackWaits = new ArrayList<>();
  private final List<Runnable> acknowledgementListeners = new ArrayList<>();
  private Function<Behavior<ReplicaLink.Message>, Consumer<ReplicaLink.Message>> links;
  private Executor loop;
  private boolean acksAskedFor;
  private long lastCronMillis;
  /** Rounds so far. Nobody can be attached yet when the first PING of all would be due, at the start. */
  private long crons;
  private int good;
  /** What the links of replicas that are gone have sent. */
  private long sentBytesOfGone;
  private long sentBytesAtReset;

  public Replicas(ServerParts server, ClientParts clientParts, HistoryParts history, Persistence persistence) {
    config = server.config();
    clock = server.clock();
    statistics = server.statistics();
    clients = clientParts.clients();
    blocked = clientParts.blocked();
    admission = clientParts.admission();
    pause = clientParts.pause();
    replicationLog = history.log();
    backlog = history.backlog();
    propagation = history.propagation();
    snapshots = new ReplicaSnapshots(server, history, persistence, this);
    config.onChange(Directive.MIN_REPLICAS_TO_WRITE, this::configured);
    config.onChange(Directive.MIN_REPLICAS_MAX_LAG, this::configured);
    countGood();
  }

  /**
   * @param links starts the actor of a link
   * @param loop runs on the shard's loop
   */
  public void start(Function<Behavior<ReplicaLink.Message>, Consumer<ReplicaLink.Message>> links, Executor loop) {
    this.links = links;
    this.loop = loop;
  }

  public ReplicaSnapshots snapshots() {
    return snapshots;
  }

  /** Does something once the turn that is under way has ended. */
  void soon(Runnable work) {
    loop.execute(work);
  }

  // ---- they come and go --------------------------------------------------------------------------------------------

  /** Those that have asked for something, in that order. */
  public List<Replica> attached() {
    return Collections.unmodifiableList(attached);
  }

  public int size() {
    return attached.size();
  }

  /** Makes a client a replica: from now on it hears nothing but what its link sends. */
  void attach(Replica replica) {
    Client client = replica.client;
    replica.startedNanos = clock.nanos();
    replica.lastHeardMillis = clock.millis();
    replica.lastProgressMillis = clock.millis();
    replica.progress = new ReplicaLink.Progress();
    replica.link = links.apply(ReplicaLink.create(bytes -> {
      client.session.outputBytes.addAndGet(bytes.size());
      client.sink.push(bytes);
    }, replica.progress, new ReplicaLink.Listener() {
      @Override
      public void sent(long snapshotBytes) {
        loop.execute(() -> snapshotSent(replica, snapshotBytes));
      }

      @Override
      public void failed(IOException reason) {
        loop.execute(() -> {
          log.warn("Read error sending DB to replica: {}", reason.getMessage());
          disconnect(replica);
        });
      }
    }));
    client.session.replica = true;
    if (config.flag(Directive.REPL_DISABLE_TCP_NODELAY)) client.sink.saveBandwidth();
    attached.add(replica);
    backlog.replicas(attached.size(), clock.millis());
    client.sink.whenDrained(() -> replica.link.accept(ReplicaLink.Free.INSTANCE));
  }

  /** Lets a replica go on from an offset of the log. */
  void resume(Replica replica, long offset, String greeting) {
    attach(replica);
    replica.log = replicationLog.reader(offset);
    replica.link.accept(new ReplicaLink.Continue(greeting, replica.log));
    online(replica);
  }

  private void online(Replica replica) {
    replica.state = Replica.State.ONLINE;
    replica.lastHeardMillis = clock.millis();
    countGood();
  }

  private void snapshotSent(Replica replica, long bytes) {
    if (replica.client.gone) return;
    if (replica.marked) {
      log.info("Streamed RDB transfer with replica {} succeeded (socket). Waiting for REPLCONF ACK from slave to enable"
          + " streaming", replica.name());
    }
    snapshots.sent(replica, bytes);
    if (replica.log == null) {
      replica.state = Replica.State.SERVED;
      log.info("RDB transfer completed, rdb only replica ({}) should be disconnected asap", replica.name());
      disconnect(replica);
      return;
    }
    online(replica);
  }

  /** Cuts a replica off; it may come again. */
  public void disconnect(Replica replica) {
    clients.kill(replica.client);
  }

  public void disconnectAll() {
    for (Replica replica : List.copyOf(attached)) disconnect(replica);
  }

  /** What a client has said of itself as a replica so far. */
  public Replica known(Client client) {
    return known.computeIfAbsent(client, c -> {
      Replica replica = new Replica(c);
      c.pendingLogBytes = replica::pendingBytes;
      return replica;
    });
  }

  /** A client is no more. */
  public void forget(Client client) {
    Replica replica = known.remove(client);
    if (replica == null || !attached.remove(replica)) return;
    backlog.replicas(attached.size(), clock.millis());
    replica.closeFeeds();
    replica.link.accept(ReplicaLink.Stop.INSTANCE);
    sentBytesOfGone += replica.progress.takenBytes();
    log.info("Connection with replica {} lost.", replica.name());
    countGood();
    snapshots.left(replica);
  }

  /** A command of a replica failed, and the reply to it cuts the replica off. */
  public void failed(String error, String command) {
    log.warn("== CRITICAL == This master is sending an error to its replica: '{}' after processing the command '{}'",
        Errors.logged(error), command);
    statistics.unexpectedErrors++;
  }

  // ---- acknowledgements --------------------------------------------------------------------------------------------

  /** Has it run whenever a replica has acknowledged something. */
  public void onAcknowledged(Runnable listener) {
    acknowledgementListeners.add(listener);
  }

  /** REPLCONF ACK. Nothing if the client is no replica. */
  void acknowledged(Client client, long offset) {
    if (!client.session.replica) return;
    Replica replica = known.get(client);
    replica.acknowledgedOffset = Math.max(replica.acknowledgedOffset, offset);
    replica.lastHeardMillis = clock.millis();
    replica.link.accept(ReplicaLink.Confirmed.INSTANCE);
    answerWaiting();
    for (Runnable listener : acknowledgementListeners) listener.run();
  }

  /** How many replicas have acknowledged all up to an offset. */
  int acknowledging(long offset) {
    int count = 0;
    for (Replica replica : attached) {
      if (replica.isOnline() && replica.acknowledgedOffset >= offset) count++;
    }
    return count;
  }

  /**
   * Has a client wait until so many replicas have what it wrote; they are asked for it.
   *
   * @param timeoutMillis 0: ever
   */
  void awaitAcks(Client client, long replicas, long timeoutMillis) {
    AckWait wait = new AckWait(client, client.writeOffset, replicas);
    ackWaits.add(wait);
    blocked.block(client, timeoutMillis, clock.millis(), reply -> reply.integer(acknowledging(wait.offset)),
        () -> ackWaits.remove(wait));
    acksAskedFor = true;
  }

  private void answerWaiting() {
    for (AckWait wait : List.copyOf(ackWaits)) {
      int count = acknowledging(wait.offset);
      if (count >= wait.replicas) blocked.release(wait.client, reply -> reply.integer(count));
    }
  }

  /** After all commands of a turn: asks once for all who wait, and cuts off whom that is too much for. */
  public void endTurn() {
    if (!attached.isEmpty() && clients.limits.limitReplicas()) enforceLimits();
    if (!acksAskedFor || pause.mode() != Pause.Mode.NONE) return;
    acksAskedFor = false;
    propagation.tellReplicas(GETACK);
  }

  private void enforceLimits() {
    long now = clock.millis();
    for (Replica replica : List.copyOf(attached)) {
      boolean exceeded = clients.limits.exceededByReplica(replica.client, replica.pendingBytes(),
          replicationLog.capacityBytes(), now);
      if (!exceeded) continue;
      log.warn("Client {} scheduled to be closed ASAP for overcoming of output buffer limits.",
          clients.info(replica.client));
      disconnect(replica);
    }
  }

  // ---- once a second -----------------------------------------------------------------------------------------------

  /** @param silent nothing may be told to all replicas: they are to become equal */
  public void tick(long nowMillis, boolean silent) {
    snapshots.tick();
    if (nowMillis - lastCronMillis < CRON_MILLIS) return;
    lastCronMillis = nowMillis;
    boolean ping = ++crons % config.number(Directive.REPL_PING_REPLICA_PERIOD) == 0;
    if (ping && !silent && !attached.isEmpty()) propagation.tellReplicas(PING);
    for (Replica replica : List.copyOf(attached)) look(replica, nowMillis);
    countGood();
  }

  private void look(Replica replica, long nowMillis) {
    switch (replica.state) {
      case AWAITS_SNAPSHOT, AWAITS_END -> replica.link.accept(ReplicaLink.KeepAlive.INSTANCE);
      default -> { }
    }
    long taken = replica.progress.takenBytes();
    if (taken != replica.lastTakenBytes || !isBehind(replica)) replica.lastProgressMillis = nowMillis;
    replica.lastTakenBytes = taken;
    long timeoutSeconds = config.number(Directive.REPL_TIMEOUT);
    boolean silent = replica.isOnline() && replica.knowsOffsets && replica.lagSeconds(nowMillis) > timeoutSeconds;
    boolean stuck = nowMillis / 1000 - replica.lastProgressMillis / 1000 > timeoutSeconds;
    if (!silent && !stuck) return;
    log.warn("Disconnecting timedout replica ({} sync): {}", replica.isOnline() ? "streaming" : "full", replica.name());
    disconnect(replica);
  }

  /** Whether there is something that the replica has not taken. */
  private static boolean isBehind(Replica replica) {
    return replica.client.session.outputBytes.get() > 0;
  }

  private String configured(Config now) {
    countGood();
    return null;
  }

  /** Counts those that answer in time, and closes or opens the door for writes. */
  private void countGood() {
    long wanted = config.number(Directive.MIN_REPLICAS_TO_WRITE);
    long mostLagSeconds = config.number(Directive.MIN_REPLICAS_MAX_LAG);
    long now = clock.millis();
    good = 0;
    for (Replica replica : attached) {
      if (replica.isOnline() && replica.lagSeconds(now) <= mostLagSeconds) good++;
    }
    admission.tooFewReplicas(wanted > 0 && mostLagSeconds > 0 && good < wanted);
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

  /** Bytes that were sent to replicas, snapshots and log. */
  public long sentBytes() {
    long sum = sentBytesOfGone - sentBytesAtReset;
    for (Replica replica : attached) sum += replica.progress.takenBytes();
    return sum;
  }

  /** CONFIG RESETSTAT. */
  public void resetStats() {
    sentBytesAtReset += sentBytes();
  }

  /** The lines of INFO that are about replicas. */
  public void describe(BiConsumer<String, String> field) {
    field.accept("connected_slaves", Integer.toString(attached.size()));
    if (config.number(Directive.MIN_REPLICAS_TO_WRITE) > 0 && config.number(Directive.MIN_REPLICAS_MAX_LAG) > 0) {
      field.accept("min_slaves_good_slaves", Integer.toString(good));
    }
    long now = clock.millis();
    int index = 0;
    for (Replica replica : attached) {
      if (replica.state.word.isEmpty()) continue;
      field.accept("slave" + index++, String.format(Locale.ROOT, "ip=%s,port=%d,state=%s,offset=%d,lag=%d",
          replica.address(), replica.port, replica.state.word, replica.acknowledgedOffset,
          replica.isOnline() ? replica.lagSeconds(now) : 0));
    }
  }
}
