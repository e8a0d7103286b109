package org.understudy.shard;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.PausedClients;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.replication.Replica;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.server.ServerControl;

/**
 * The end of the server: replicas may catch up first, for {@code shutdown-timeout} seconds, in which nobody may write;
 * then what has to be saved is saved.
 *
 * <pre>
 * running -> waiting: replicas have not got everything
 * running | waiting -> ended, or running again if something cannot be saved
 * waiting -> running: called off
 * </pre>
 */
final class ShutdownSequence {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSequence.class);
  private static final int NOTHING = -1;
  private static final String FAILED = "ERR Errors trying to SHUTDOWN. Check logs.";

  private final Config config;
  private final Clock clock;
  private final PausedClients paused;
  private final Replicas replicas;
  private final ReplicationLog history;
  private final Persistence persistence;
  private final BlockedClients blocked;
  private final ServerControl control;
  private Shard shard;
  private boolean waiting;
  /** What a signal asked for that is still to be begun, or {@link #NOTHING}. */
  private int requestedFlags = NOTHING;
  private int flags;
  private long endMillis;
  /** Who asked for it, and hears of it only if it fails. */
  private final List<Client> clients = new ArrayList<>();

  ShutdownSequence(ShardParts parts) {
    config = parts.config;
    clock = parts.clock;
    paused = parts.paused;
    replicas = parts.replicas;
    history = parts.replicationLog;
    persistence = parts.persistence;
    blocked = parts.blocked;
    control = parts.control;
    replicas.onAcknowledged(this::check);
  }

  void start(Shard owner) {
    shard = owner;
  }

  /**
   * Begins. While one waits, another one waits with it.
   *
   * @param wanted {@code Config.SHUTDOWN_*} bits
   * @return null if the server ends, or waits to; else the error line for the client
   */
  String begin(int wanted) {
    if (waiting && (wanted & Config.SHUTDOWN_NOW) == 0) return null;
    flags = wanted;
    log.warn("User requested shutdown...");
    if ((wanted & Config.SHUTDOWN_NOW) != 0 || config.shutdownTimeout() == 0 || areReady()) return finish();
    log.info("Waiting for replicas before shutting down.");
    endMillis = clock.millis() + config.shutdownTimeout() * 1000L;
    waiting = true;
    paused.begin(Pause.Purpose.SHUTDOWN, Pause.Mode.WRITE, Long.MAX_VALUE);
    return null;
  }

  /**
   * Begins, because of a signal: with the next round of the cron if there is none now (DEBUG PAUSE-CRON), so that it
   * can be called off before.
   */
  String beginOnSignal(int wanted) {
    if (!shard.cron().isPaused()) return begin(wanted);
    requestedFlags = wanted;
    return null;
  }

  /** Whether replicas are waited for. */
  boolean isWaiting() {
    return waiting;
  }

  /** For how long they are waited for at most. */
  long leftMillis() {
    return Math.max(0, endMillis - clock.millis());
  }

  /** The client hears nothing, unless it fails. */
  void await(Client client) {
    blocked.block(client, 0, clock.millis(), reply -> reply.error(FAILED));
    clients.add(client);
  }

  void forget(Client client) {
    clients.remove(client);
  }

  private boolean areReady() {
    for (Replica replica : replicas.attached()) {
      if (replica.acknowledgedOffset != history.end()) return false;
    }
    return true;
  }

  /** Looks whether it can go on: some times a second, and whenever a replica acknowledges something. */
  void check() {
    if (requestedFlags != NOTHING && !shard.cron().isPaused()) {
      int wanted = requestedFlags;
      requestedFlags = NOTHING;
      begin(wanted);
    }
    if (waiting && (clock.millis() >= endMillis || areReady()) && finish() != null) callOff();
  }

  private String finish() {
    reportReplicas();
    String refusal = persistence.prepareShutdown(flags);
    if (refusal == null) refusal = control.shutDown();
    if (refusal == null) waiting = false;
    return refusal;
  }

  private void reportReplicas() {
    long now = clock.millis();
    int lagging = 0;
    for (Replica replica : replicas.attached()) {
      long missing = history.end() - replica.acknowledgedOffset;
      if (missing == 0) continue;
      lagging++;
      log.warn("Lagging replica {} reported offset {} behind master, lag={}, state={}.", replica.name(), missing,
          replica.isOnline() ? replica.lagSeconds(now) : 0, replica.state.word);
    }
    if (replicas.size() > 0) {
      log.info("{} of {} replicas are in sync when shutting down.", replicas.size() - lagging, replicas.size());
    }
  }

  /** SHUTDOWN ABORT. False if there is nothing to call off. */
  boolean abort() {
    if (!waiting && requestedFlags == NOTHING) return false;
    requestedFlags = NOTHING;
    callOff();
    log.info("Shutdown manually aborted.");
    return true;
  }

  private void callOff() {
    waiting = false;
    control.shutdownCalledOff();
    paused.end(Pause.Purpose.SHUTDOWN);
    List<Client> asked = List.copyOf(clients);
    clients.clear();
    for (Client client : asked) blocked.release(client, reply -> reply.error(FAILED));
  }
}
