package org.understudy.sentinel.state;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.understudy.resp.Reply;

/** The sentinel under test in a world of wires: carries out its effects and brings it events. */
final class SimulatedSentinel implements SimulatedWorld.Host {
  /** One connection, from its making to its end. */
  static final class Wire {
    final LinkId link;
    final Connection connection;
    final SimulatedWorld.Host to;
    boolean closed;

    Wire(LinkId link, Connection connection, SimulatedWorld.Host to) {
      this.link = link;
      this.connection = connection;
      this.to = to;
    }
  }

  private record WireKey(LinkId link, Connection connection) {}

  final String id;
  private final SimulatedWorld world;
  private final Address address;
  private final Timing timing;
  private final Map<WireKey, Wire> wires = new HashMap<>();
  private final Map<Long, Consumer<Answer>> asked = new HashMap<>();
  /** Those that have a connection or had one, and were not released. */
  private final Set<LinkId> links = new HashSet<>();
  private SentinelState state;
  private SavedState disk;
  private long lastToken;
  private long tickAt;
  private long stoppedUntil;
  private int life;
  private long diskFreeAt;
  private long forgetAfterMillis;
  private Runnable afterNextVote;
  boolean up;
  boolean diskFull;

  SimulatedSentinel(SimulatedWorld world, String id, Address address, Timing timing, SavedState disk) {
    this.world = world;
    this.id = id;
    this.address = address;
    this.timing = timing;
    this.disk = disk;
    world.add(this);
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

  /** The one primary it watches. */
  MonitoredPrimary primary() {
    return state.primaries().iterator().next();
  }

  SentinelState state() {
    return state;
  }

  /** From its next start on. */
  void forgetAfter(long millis) {
    forgetAfterMillis = millis;
  }

  /** Link actors that it would have in life. */
  int links() {
    return links.size();
  }

  /** Sockets that it would have in life. */
  int wires() {
    return wires.size();
  }

  /** Commands of others that wait for an answer. */
  int unanswered() {
    return asked.size();
  }

  void stopFor(long millis) {
    stoppedUntil = Math.max(stoppedUntil, world.now() + millis);
  }

  void resume() {
    stoppedUntil = world.now();
  }

  void start() {
    if (up) return;
    up = true;
    life++;
    stoppedUntil = world.now();
    Settings settings = new Settings(id, address.ip(), address.port(), false, null, forgetAfterMillis);
    state = new SentinelState(settings, timing, disk, new Random(world.random.nextLong()), ZoneOffset.UTC, world.now());
    world.witness.started(this, disk);
    tickAt = Long.MAX_VALUE;
    step(new Event.Tick(world.wallMillis()));
  }

  /** What is not on disk is lost. */
  void crash() {
    if (!up) return;
    up = false;
    life++;
    for (Wire wire : wires.values()) close(wire);
    wires.clear();
    links.clear();
    asked.clear();
    world.witness.note(address, "crashes");
  }

  /** What becomes of it once its next vote was sent; null for nothing. */
  void afterNextVote(Runnable fate) {
    afterNextVote = fate;
  }

  void operator(Event event) {
    if (up && stoppedUntil <= world.now()) step(event);
  }

  long nextToken() {
    return ++lastToken;
  }

  void hears(Wire wire, String hello) {
    if (!wire.closed) step(new Event.HelloHeard(wire.link, hello));
  }

  /** Breaks the connections that others have to a host that is gone. */
  void lost(SimulatedWorld.Host host) {
    for (Wire wire : List.copyOf(wires.values())) {
      if (wire.to != host) continue;
      world.carry(host, this, () -> broken(wire, "Connection reset by peer"));
    }
  }

  private void broken(Wire wire, String reason) {
    if (wire.closed) return;
    close(wire);
    wires.remove(new WireKey(wire.link, wire.connection), wire);
    step(new Event.Disconnected(wire.link, wire.connection, reason));
  }

  private void step(Event event) {
    List<Effect> effects = state.step(event, world.now());
    for (Effect effect : effects) {
      if (up) carryOut(effect);
    }
    if (up) scheduleTick();
  }

  private void scheduleTick() {
    long due = Math.max(state.nextTickMillis(), world.now() + 1);
    if (due >= tickAt && tickAt > world.now()) return;
    tickAt = due;
    int thisLife = life;
    world.after(due - world.now(), () -> world.deliver(this, () -> {
      if (life == thisLife && tickAt == due) step(new Event.Tick(world.wallMillis()));
    }));
  }

  private void carryOut(Effect effect) {
    world.witness.did(this, effect);
    if (effect instanceof Effect.Connect connect) connect(connect);
    else if (effect instanceof Effect.Disconnect disconnect) disconnect(disconnect.link(), disconnect.connection());
    else if (effect instanceof Effect.Release release) {
      disconnect(release.link(), Connection.COMMANDS);
      disconnect(release.link(), Connection.HELLOS);
      links.remove(release.link());
    } else if (effect instanceof Effect.Send send) send(send);
    else if (effect instanceof Effect.Persist persist) persist(persist);
    else if (effect instanceof Effect.Reply reply) {
      Consumer<Answer> asker = asked.remove(reply.token());
      if (asker != null) asker.accept(reply.answer());
      boolean vote = reply.answer() instanceof Answer.Down down && !down.leader().equals("*");
      if (vote && afterNextVote != null) {
        afterNextVote.run();
        afterNextVote = null;
      }
    } else if (effect instanceof Effect.Crash) crash();
    else if (effect instanceof Effect.Fault fault) throw fault.cause();
  }

  private void connect(Effect.Connect connect) {
    SimulatedWorld.Host host = world.at(connect.address());
    Wire wire = new Wire(connect.link(), connect.connection(), host);
    wires.put(new WireKey(wire.link, wire.connection), wire);
    links.add(wire.link);
    if (host == null) {
      world.after(1, () -> world.deliver(this, () -> broken(wire, "No route to host")));
    } else if (!host.up()) {
      if (world.reaches(this, host)) world.carry(host, this, () -> broken(wire, "Connection refused"));
    } else {
      // The kernel answers even for a process that is stopped
      boolean answers = world.reaches(this, host) && world.reaches(host, this);
      if (answers) world.after(1, () -> world.deliver(this, () -> connected(wire)));
    }
  }

  private void connected(Wire wire) {
    if (wire.closed) return;
    if (!wire.to.up()) {
      broken(wire, "Connection reset by peer");
      return;
    }
    if (wire.connection == Connection.HELLOS && wire.to instanceof SimulatedServer server) {
      server.listen(new SimulatedServer.Listener(this, wire));
    }
    step(new Event.Connected(wire.link, wire.connection, address.ip()));
  }

  private void disconnect(LinkId link, Connection connection) {
    Wire wire = wires.remove(new WireKey(link, connection));
    if (wire != null) close(wire);
  }

  private static void close(Wire wire) {
    wire.closed = true;
    if (wire.to instanceof SimulatedServer server) server.deafen(wire);
  }

  private void send(Effect.Send send) {
    Wire wire = wires.get(new WireKey(send.link(), Connection.COMMANDS));
    if (wire == null) throw new AssertionError("Sent over a connection that does not stand: " + send);
    // What was sent is read even if the connection was closed behind it; a reply to it goes nowhere then
    world.carry(this, wire.to, () -> {
      Consumer<Reply> back = reply -> world.carry(wire.to, this, () -> {
        if (!wire.closed) step(new Event.Answered(send.link(), send.instance(), send.request(), reply));
      });
      if (wire.to instanceof SimulatedServer server) back.accept(server.answer(send.request()));
      else ((SimulatedSentinel) wire.to).serve(send.request(), back);
    });
  }

  /** Answers another sentinel. */
  private void serve(Request request, Consumer<Reply> back) {
    if (request instanceof Request.Ping) {
      back.accept(new Reply.Status("PONG"));
    } else if (request instanceof Request.Hello hello) {
      step(new Event.HelloReceived(hello.payload()));
      back.accept(new Reply.Int(1));
    } else if (request instanceof Request.AskDown ask) {
      long token = nextToken();
      asked.put(token, answer -> {
        Answer.Down down = (Answer.Down) answer;
        back.accept(new Reply.Aggregate(Reply.Kind.ARRAY, List.of(new Reply.Int(down.down() ? 1 : 0),
            new Reply.Bulk(down.leader().getBytes(StandardCharsets.ISO_8859_1)), new Reply.Int(down.leaderEpoch()))));
      });
      step(new Event.AskedDown(token, ask.ip(), ask.port(), ask.epoch(), ask.candidate()));
    } else {
      back.accept(new Reply.Failure("ERR unknown"));
    }
  }

  private void persist(Effect.Persist persist) {
    int thisLife = life;
    // One after the other: a version that is on disk has those before it behind it
    diskFreeAt = Math.max(diskFreeAt, world.now()) + 1 + world.random.nextInt(5);
    world.after(diskFreeAt - world.now(), () -> {
      if (life != thisLife) return;
      boolean full = diskFull;
      if (!full) disk = persist.state();
      world.deliver(this, () -> {
        if (life == thisLife) step(new Event.Persisted(persist.version(), full ? "No space left on device" : null));
      });
    });
  }
}
