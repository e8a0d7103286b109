package org.understudy.sentinel.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.understudy.resp.Reply;

/** A primary or replica, as far as a sentinel can tell the difference from a real one. */
final class SimulatedServer implements SimulatedWorld.Host {
  /** What it tells in INFO instead of the truth. */
  enum Lie { NONE, OTHER_ROLE, FAR_AHEAD, OTHER_RUN_ID, GHOST_REPLICAS, GARBAGE }

  /** How it answers PING. */
  enum Mood { FINE, LOADING, PRIMARY_DOWN, BUSY }

  /** A subscriber of the channel of hellos. */
  record Listener(SimulatedSentinel sentinel, SimulatedSentinel.Wire wire) {}

  private final SimulatedWorld world;
  private final Address address;
  private final List<Listener> listeners = new ArrayList<>();
  private List<SimulatedServer> all = List.of();
  private boolean up = true;
  private long stoppedUntil;
  private int life;
  /** Whom it follows, or null as a primary. */
  Address follows;
  long offset;
  boolean linkUp = true;
  private long linkDownAt;
  Lie lie = Lie.NONE;
  Mood mood = Mood.FINE;

  SimulatedServer(SimulatedWorld world, Address address, Address follows) {
    this.world = world;
    this.address = address;
    this.follows = follows;
    world.add(this);
  }

  void knows(List<SimulatedServer> servers) {
    all = servers;
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public boolean up() {
    return up;
  }

  @Override
  public long stoppedUntil() {
    return stoppedUntil;
  }

  void stopFor(long millis) {
    stoppedUntil = Math.max(stoppedUntil, world.now() + millis);
  }

  void resume() {
    stoppedUntil = world.now();
  }

  void crash() {
    if (!up) return;
    up = false;
    listeners.clear();
    world.witness.note(address, "crashes");
  }

  void start() {
    if (up) return;
    up = true;
    life++;
    stoppedUntil = world.now();
    world.witness.note(address, "starts");
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void deafen(SimulatedSentinel.Wire wire) {
    listeners.removeIf(listener -> listener.wire == wire);
  }

  /** A tenth of a second of replication. */
  void replicate() {
    if (!up || stoppedUntil > world.now()) return;
    if (follows == null) {
      offset += 1 + world.random.nextInt(100);
      return;
    }
    SimulatedServer primary = (SimulatedServer) world.at(follows);
    boolean reached = primary != null && primary.up && primary.stoppedUntil <= world.now() && primary != this
        && world.reaches(primary, this) && world.reaches(this, primary);
    if (linkUp && !reached) linkDownAt = world.now();
    linkUp = reached;
    if (reached) offset = primary.offset;
  }

  Reply answer(Request request) {
    if (request instanceof Request.Ping) return pong();
    if (request instanceof Request.Info) return new Reply.Bulk(info().getBytes(StandardCharsets.ISO_8859_1));
    if (request instanceof Request.Hello hello) {
      for (Listener listener : List.copyOf(listeners)) {
        world.carry(this, listener.sentinel, () -> listener.sentinel.hears(listener.wire, hello.payload()));
      }
      return new Reply.Int(listeners.size());
    }
    if (request instanceof Request.Reconfigure to) {
      turn(to.primary());
      return new Reply.Aggregate(Reply.Kind.ARRAY, List.of());
    }
    if (request instanceof Request.HandOver to) {
      if (follows != null) return new Reply.Failure("ERR FAILOVER is not valid when server is a replica.");
      SimulatedServer replica = (SimulatedServer) world.at(to.replica());
      if (replica == null || !address.same(replica.follows == null ? replica.address : replica.follows)) {
        return new Reply.Failure("ERR FAILOVER target HOST and PORT is not a replica.");
      }
      world.carry(this, replica, () -> {
        replica.turn(null);
        turn(replica.address);
      });
      return new Reply.Status("OK");
    }
    if (request instanceof Request.KillScript) mood = Mood.FINE;
    return new Reply.Status("OK");
  }

  private void turn(Address primary) {
    world.witness.note(address, primary == null ? "becomes a primary" : "follows " + primary.port());
    if (primary != null && primary.same(address)) return;
    if (primary != null && !primary.same(follows == null ? address : follows)) {
      linkUp = false;
      linkDownAt = world.now();
    }
    follows = primary;
  }

  private Reply pong() {
    return switch (mood) {
      case FINE -> new Reply.Status("PONG");
      case LOADING -> new Reply.Failure("LOADING Redis is loading the dataset in memory");
      case PRIMARY_DOWN -> new Reply.Failure("MASTERDOWN Link with MASTER is down");
      case BUSY -> new Reply.Failure("BUSY Redis is busy running a script.");
    };
  }

  private String info() {
    if (lie == Lie.GARBAGE) return "role\r\nslave0\r\nslave:::\r\nslave9:ip=,port=\r\nrun_id:\r\n\r\nmaster_port:x";
    StringBuilder text = new StringBuilder("# Server\r\nrun_id:").append(runId()).append("\r\n# Replication\r\n");
    boolean replica = (follows != null) != (lie == Lie.OTHER_ROLE);
    long told = offset + (lie == Lie.FAR_AHEAD ? 1_000_000_000L : 0);
    if (replica) {
      Address primary = follows == null ? address : follows;
      text.append("role:slave\r\nmaster_host:").append(primary.ip()).append("\r\nmaster_port:").append(primary.port())
          .append("\r\nmaster_link_status:").append(linkUp ? "up" : "down").append("\r\nslave_repl_offset:")
          .append(told).append("\r\n");
      if (!linkUp) {
        text.append("master_link_down_since_seconds:").append((world.now() - linkDownAt) / 1000).append("\r\n");
      }
      text.append("slave_priority:100\r\nreplica_announced:1\r\n");
    } else {
      text.append("role:master\r\n");
      int number = 0;
      for (SimulatedServer other : all) {
        if (other.follows != null && other.follows.same(address) && other.linkUp) {
          text.append("slave").append(number++).append(":ip=").append(other.address.ip()).append(",port=")
              .append(other.address.port()).append(",state=online,offset=1,lag=0\r\n");
        }
      }
      if (lie == Lie.GHOST_REPLICAS) text.append("slave7:ip=10.9.9.9,port=1,state=online,offset=1,lag=0\r\n");
    }
    return text.append("master_repl_offset:").append(told).append("\r\n").toString();
  }

  private String runId() {
    int shown = lie == Lie.OTHER_RUN_ID ? 99 : life;
    return "0".repeat(34) + (100_000 + shown * 10_000 + address.port());
  }
}
