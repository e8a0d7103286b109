package org.understudy.shard.replication;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.config.PrimaryAddress;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.PausedClients;

/**
 * Hands our role over to a replica (FAILOVER): nobody may write until one has everything that we have; then we become
 * its replica, and ask it to take over as we do.
 *
 * <pre>
 * NO_FAILOVER          -> WAITING_FOR_SYNC: asked for
 * WAITING_FOR_SYNC     -> FAILOVER_IN_PROGRESS: a replica has everything, or the time is up and it is to be forced
 * WAITING_FOR_SYNC     -> NO_FAILOVER: aborted, or the time is up
 * FAILOVER_IN_PROGRESS -> NO_FAILOVER: the replica took over; or it refused, or the failover was aborted: we are the
 *                         primary again
 * </pre>
 */
public final class Failover {
  /** How far it is; INFO's {@code master_failover_state}. */
  public enum State {
    NO_FAILOVER("no-failover"),
    WAITING_FOR_SYNC("waiting-for-sync"),
    FAILOVER_IN_PROGRESS("failover-in-progress");

    public final String word;

    State(String word) {
      this.word = word;
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Failover.class);

  private final Clock clock;
  private final PausedClients paused;
  private final Replicas replicas;
  private final ReplicationLog history;
  private final Upstream upstream;
  private State state = State.NO_FAILOVER;
  /** Who is to take over; null while any replica may. */
  private PrimaryAddress target;
  /** Unix time, 0 for no end. */
  private long endMillis;
  private boolean forced;

  public Failover(Clock clock, PausedClients paused, ReplicationLog history, Replicas replicas, Upstream upstream) {
    this.clock = clock;
    this.paused = paused;
    this.history = history;
    this.replicas = replicas;
    this.upstream = upstream;
    replicas.onAcknowledged(this::check);
    upstream.onTakeOver(this::answered);
  }

  public State state() {
    return state;
  }

  /** Whether replicas wait for each other, so that nothing may be added to the log just to keep them awake. */
  public boolean isUnderWay() {
    return state != State.NO_FAILOVER;
  }

  // ---- its course --------------------------------------------------------------------------------------------------

  /**
   * @param to who is to take over, null for the first replica that has everything
   * @param timeoutMillis 0 for no end
   * @param force whether the target takes over at the end of that time in any case
   */
  void begin(PrimaryAddress to, long timeoutMillis, boolean force) {
    if (to == null) log.info("FAILOVER requested to any replica.");
    else log.info("FAILOVER requested to {}:{}.", to.host(), to.port());
    target = to;
    endMillis = timeoutMillis == 0 ? 0 : clock.millis() + timeoutMillis;
    forced = force;
    state = State.WAITING_FOR_SYNC;
    paused.begin(Pause.Purpose.FAILOVER, Pause.Mode.WRITE, Long.MAX_VALUE);
  }

  /** Looks whether it can go on: some times a second, and whenever a replica acknowledges something. */
  public void check() {
    if (state != State.WAITING_FOR_SYNC) return;
    if (endMillis != 0 && endMillis <= clock.millis()) {
      if (!forced) {
        abort("Replica never caught up before timeout");
        return;
      }
      log.info("FAILOVER to {}:{} time out exceeded, failing over.", target.host(), target.port());
      handOver();
      return;
    }
    for (Replica replica : replicas.attached()) {
      if (!replica.isOnline() || replica.acknowledgedOffset != history.end() || !isMeant(replica)) continue;
      target = new PrimaryAddress(replica.address(), replica.port);
      log.info("Failover target {}:{} is synced, failing over.", target.host(), target.port());
      handOver();
      return;
    }
  }

  private boolean isMeant(Replica replica) {
    return target == null || isAt(replica, target);
  }

  static boolean isAt(Replica replica, PrimaryAddress address) {
    return replica.address().equalsIgnoreCase(address.host()) && replica.port == address.port();
  }

  private void handOver() {
    state = State.FAILOVER_IN_PROGRESS;
    upstream.takeOver(target);
  }

  /** The target answered. @param accepted whether it is the primary now */
  private void answered(boolean accepted) {
    if (state != State.FAILOVER_IN_PROGRESS) return;
    if (accepted) end();
    else abort("Failover target rejected psync request");
  }

  /** Calls it off, if there is one. */
  void abort(String why) {
    if (state == State.NO_FAILOVER) return;
    if (target == null) log.info("FAILOVER to any replica aborted: {}", why);
    else log.info("FAILOVER to {}:{} aborted: {}", target.host(), target.port(), why);
    if (state == State.FAILOVER_IN_PROGRESS) upstream.lead();
    end();
  }

  private void end() {
    state = State.NO_FAILOVER;
    target = null;
    paused.end(Pause.Purpose.FAILOVER);
  }
}
