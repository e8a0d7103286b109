package org.understudy.sentinel.state;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.understudy.resp.Reply;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;

/**
 * One sentinel on a bench: {@code a}, which knows the sentinels {@code b} and {@code c}, the primary at port 6379 and
 * its replicas at 6380 and 6381. What it asks is answered at once, as told; time passes only when a test lets it.
 */
final class Bench {
  static final int PRIMARY = 6379;
  static final int REPLICA = 6380;
  static final int OTHER_REPLICA = 6381;
  static final String ME = "a".repeat(40);
  static final String B = "b".repeat(40);
  static final String C = "c".repeat(40);
  static final Map<String, Integer> SENTINEL_PORTS = Map.of(B, 26380, C, 26381);
  static final PrimarySettings SETTINGS =
      new PrimarySettings(2, 1_000, 10_000, 1, null, null, null, 0, Map.of());

  /** Names and payloads of events, and lines of the log without a name. */
  final List<String> events = new ArrayList<>();
  final List<Effect.Send> sent = new ArrayList<>();
  final List<Effect.RunScript> scripts = new ArrayList<>();
  final List<Answer> answers = new ArrayList<>();
  /** INFO by port. */
  final Map<Integer, String> infos = new HashMap<>();
  /** Ports of servers that never get what they are told to follow. */
  final Set<Integer> deaf = new HashSet<>();
  /** What each sentinel answers when it is asked; nothing without an entry. */
  final Map<Integer, Function<Request.AskDown, Answer.Down>> opinions = new HashMap<>();
  /** What a server answers PING with, by port, instead of PONG. */
  final Map<Integer, Reply> pongs = new HashMap<>();
  /** Ports at which nobody listens. */
  final Set<Integer> dead = new HashSet<>();
  /** Ports at which connections stand, but nothing is answered. */
  final Set<Integer> mute = new HashSet<>();
  /** A primary that is told to hand over says that it will, and is silent behind a PUBLISH from then on. */
  boolean pausesToHandOver;
  boolean diskFull;
  /** What is to be written waits until {@link #writeNext}. */
  boolean diskSlow;
  /** Ports of servers that do not do as they are told. */
  final Set<Integer> stubborn = new HashSet<>();
  /** Replicas that are told to follow another primary do not. */
  boolean holdReconfigured;
  boolean faultsExpected;
  SavedState disk;
  SentinelState state;
  long now = 5_000;
  private final Queue<Event> waiting = new ArrayDeque<>();
  private final List<Event> held = new ArrayList<>();
  private final Queue<Effect.Persist> unwritten = new ArrayDeque<>();
  private final Map<Effect.Send, Integer> sentTo = new IdentityHashMap<>();
  private final Map<LinkId, Integer> ports = new LinkedHashMap<>();
  private long token;

  static Bench started() {
    return started(SETTINGS);
  }

  /** A sentinel that has watched an ensemble in good health for a while. */
  static Bench started(PrimarySettings settings) {
    Bench bench = new Bench();
    bench.disk = new SavedState(ME, 0, List.of(new SavedPrimary("mymaster", at(PRIMARY), settings, 0, 0,
        List.of(at(REPLICA), at(OTHER_REPLICA)),
        List.of(new SavedSentinel(at(26380), B), new SavedSentinel(at(26381), C)), List.of())));
    bench.infos.put(PRIMARY, primaryInfo(PRIMARY, 100));
    bench.infos.put(REPLICA, replicaInfo(REPLICA, PRIMARY, 100));
    bench.infos.put(OTHER_REPLICA, replicaInfo(OTHER_REPLICA, PRIMARY, 90));
    bench.start();
    bench.pass(3_000);
    bench.forget();
    return bench;
  }

  /** Begins a life with what is on disk. */
  void start() {
    ports.clear();
    waiting.clear();
    unwritten.clear();
    state = new SentinelState(new Settings(ME, "10.0.0.1", 26379, false, null, 0), new Timing(), disk, new Random(1),
        ZoneOffset.UTC, now);
    step(new Event.Tick(0));
  }

  static Address at(int port) {
    return Address.literal("10.0.0.1", port);
  }

  static String runId(int port) {
    return String.format("%040d", port);
  }

  static String primaryInfo(int port, long offset) {
    return "run_id:" + runId(port) + "\r\nrole:master\r\nmaster_repl_offset:" + offset + "\r\n";
  }

  static String replicaInfo(int port, int follows, long offset) {
    return "run_id:" + runId(port) + "\r\nrole:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:" + follows
        + "\r\nmaster_link_status:up\r\nslave_repl_offset:" + offset + "\r\nslave_priority:100\r\n"
        + "replica_announced:1\r\n";
  }

  MonitoredPrimary primary() {
    return state.primary("mymaster");
  }

  Replica replica(int port) {
    return primary().replicas().stream().filter(replica -> replica.address().port() == port).findFirst().orElseThrow();
  }

  OtherSentinel sentinel(String id) {
    return primary().sentinels.get(id);
  }

  /** Lets time pass, with every tick that is due meanwhile. */
  void pass(long millis) {
    long end = now + millis;
    while (state.nextTickMillis() <= end) {
      now = Math.max(now, state.nextTickMillis());
      step(new Event.Tick(now));
    }
    now = end;
  }

  /** Lets time pass until something is so; no more than a minute. */
  void passUntil(BooleanSupplier so) {
    for (long end = now + 60_000; !so.getAsBoolean() && now < end;) pass(10);
  }

  /** Time passes, but this process does not run. */
  void sleepThrough(long millis) {
    now += millis;
    step(new Event.Tick(now));
  }

  long ask(Function<Long, Event> command) {
    step(command.apply(++token));
    return token;
  }

  /** A server dies: its connections break and new ones are refused. */
  void kill(int port) {
    dead.add(port);
    for (Map.Entry<LinkId, Integer> link : Map.copyOf(ports).entrySet()) {
      if (link.getValue() != port) continue;
      step(new Event.Disconnected(link.getKey(), Connection.COMMANDS, "Connection reset by peer"));
      step(new Event.Disconnected(link.getKey(), Connection.HELLOS, "Connection reset by peer"));
    }
  }

  /** Those who did not answer answer everything now. */
  void unmute() {
    mute.clear();
    List<Event> answers = List.copyOf(held);
    held.clear();
    answers.forEach(this::step);
  }

  /** Both other sentinels hold the primary for down and vote for this one. */
  void othersAgree() {
    for (int port : SENTINEL_PORTS.values()) {
      opinions.put(port, question -> new Answer.Down(true, question.candidate(),
          question.candidate().equals("*") ? 0 : question.epoch()));
    }
  }

  void forget() {
    events.clear();
    sent.clear();
  }

  boolean saw(String event) {
    boolean whole = event.startsWith("+") || event.startsWith("-");
    return events.stream().anyMatch(line -> line.equals(event) || line.startsWith(whole ? event + " " : event));
  }

  /** The names of events in their order, without those about single connections. */
  List<String> names() {
    return events.stream().filter(line -> line.startsWith("+") || line.startsWith("-"))
        .map(line -> line.split(" ")[0]).filter(name -> !name.endsWith("-link-reconnection")).toList();
  }

  long countOf(String event) {
    return events.stream().filter(line -> line.startsWith(event + " ")).count();
  }

  /** Another replica, found through the primary's INFO. */
  void addReplica(int port) {
    infos.put(port, replicaInfo(port, PRIMARY, 50));
    infos.merge(PRIMARY, "slave" + port + ":ip=10.0.0.1,port=" + port + ",state=online,offset=1,lag=0\r\n",
        String::concat);
    pass(10_100);
    forget();
  }

  /** Those that did not follow do now. */
  void letGo() {
    holdReconfigured = false;
    for (Effect.Send send : sent) {
      if (send.request() instanceof Request.Reconfigure to && to.primary() != null) reply(portOf(send), to);
    }
  }

  long count(Class<? extends Request> kind, int port) {
    return sent.stream().filter(send -> kind.isInstance(send.request()) && portOf(send) == port).count();
  }

  /** Whom the server at that port was told to follow, one after the other. */
  List<Address> toldToFollow(int port) {
    return sent.stream().filter(send -> portOf(send) == port && send.request() instanceof Request.Reconfigure)
        .map(send -> ((Request.Reconfigure) send.request()).primary()).toList();
  }

  int portOf(Effect.Send send) {
    return sentTo.get(send);
  }

  void step(Event event) {
    waiting.add(event);
    if (waiting.size() > 1) return;
    while (!waiting.isEmpty()) {
      for (Effect effect : state.step(waiting.peek(), now)) carryOut(effect);
      waiting.remove();
    }
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Connect connect) {
      ports.put(connect.link(), connect.address().port());
      waiting.add(dead.contains(connect.address().port())
          ? new Event.Disconnected(connect.link(), connect.connection(), "Connection refused")
          : new Event.Connected(connect.link(), connect.connection(), "10.0.0.1"));
    } else if (effect instanceof Effect.Send send) {
      int port = ports.get(send.link());
      sent.add(send);
      sentTo.put(send, port);
      Reply reply = dead.contains(port) ? null : reply(port, send.request());
      if (reply == null) return;
      Event answered = new Event.Answered(send.link(), send.instance(), send.request(), reply);
      if (mute.contains(port)) held.add(answered);
      else waiting.add(answered);
    } else if (effect instanceof Effect.Persist persist) {
      unwritten.add(persist);
      if (!diskSlow) waiting.add(write());
    } else if (effect instanceof Effect.Publish event) {
      events.add(event.name() + " " + event.payload());
    } else if (effect instanceof Effect.Log log) {
      events.add(log.text());
    } else if (effect instanceof Effect.RunScript script) {
      scripts.add(script);
    } else if (effect instanceof Effect.Reply reply) {
      answers.add(reply.answer());
    } else if (effect instanceof Effect.Fault fault && !faultsExpected) {
      throw fault.cause();
    }
  }

  /** The slow disk gets done with what has waited longest. */
  void writeNext() {
    step(write());
  }

  private Event write() {
    Effect.Persist persist = unwritten.remove();
    if (!diskFull) disk = persist.state();
    return new Event.Persisted(persist.version(), diskFull ? "No space left on device" : null);
  }

  private Reply reply(int port, Request request) {
    if (request instanceof Request.Ping) return pongs.getOrDefault(port, new Reply.Status("PONG"));
    if (request instanceof Request.Info) {
      String info = infos.get(port);
      return info == null ? new Reply.Failure("ERR not now")
          : new Reply.Bulk(info.getBytes(StandardCharsets.ISO_8859_1));
    }
    if (request instanceof Request.Hello) {
      if (pausesToHandOver && port == PRIMARY && count(Request.HandOver.class, PRIMARY) > 0) mute.add(PRIMARY);
      return new Reply.Int(1);
    }
    if (request instanceof Request.AskDown question) {
      if (!opinions.containsKey(port)) return null;
      Answer.Down down = opinions.get(port).apply(question);
      return new Reply.Aggregate(Reply.Kind.ARRAY, List.of(new Reply.Int(down.down() ? 1 : 0),
          new Reply.Bulk(down.leader().getBytes(StandardCharsets.ISO_8859_1)), new Reply.Int(down.leaderEpoch())));
    }
    if (request instanceof Request.Reconfigure && deaf.contains(port)) return null;
    if (request instanceof Request.Forget && stubborn.contains(port)) {
      return new Reply.Failure("ERR Only what is down can be forgotten");
    }
    boolean holds = stubborn.contains(port)
        || holdReconfigured && request instanceof Request.Reconfigure to && to.primary() != null;
    if (request instanceof Request.Reconfigure to && !holds) {
      infos.put(port, to.primary() == null ? primaryInfo(port, 100) : replicaInfo(port, to.primary().port(), 100));
    }
    return request instanceof Request.HandOver && !pausesToHandOver ? new Reply.Failure("ERR unknown command")
        : new Reply.Status("OK");
  }
}
