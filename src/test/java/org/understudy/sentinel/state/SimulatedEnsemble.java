package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;
import org.understudy.sentinel.state.Timing.Period;

/**
 * Three sentinels, a primary and two replicas in a simulated world, through a schedule of faults that one seed decides.
 * Periods are shorter than in life, so that much happens in few steps.
 */
final class SimulatedEnsemble {
  private static final int SENTINELS = 3;
  private static final int SERVERS = 3;
  private static final long FORGET_AFTER_MILLIS = 30_000;
  private static final long FAULTS_UNTIL_MILLIS = 6_000;
  private static final long CONVERGED_WITHIN_MILLIS = 40_000;

  private final long seed;
  private final SimulatedWorld world;
  private final List<SimulatedSentinel> sentinels = new ArrayList<>();
  private final List<SimulatedServer> servers = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private boolean healed;
  private long mishaps;
  /** The port of the last one. */
  private int guests = 7_000;
  private long convergedAfter = -1;

  SimulatedEnsemble(long seed) {
    this(seed, hurried(), new PrimarySettings(2, 1_000, 2_000, 1, null, null, null, 0, Map.of()));
  }

  /** With the periods of Redis. */
  static SimulatedEnsemble asInLife(long seed, long downAfterMillis) {
    return new SimulatedEnsemble(seed, new Timing(),
        new PrimarySettings(2, downAfterMillis, 180_000, 1, null, null, null, 0, Map.of()));
  }

  private SimulatedEnsemble(long seed, Timing timing, PrimarySettings settings) {
    this.seed = seed;
    world = new SimulatedWorld(seed);
    world.witness.expectSentinels(SENTINELS);
    Address primary = Address.literal("10.0.0.1", 6379);
    for (int i = 0; i < SERVERS; i++) {
      servers.add(new SimulatedServer(world, Address.literal("10.0.0.1", 6379 + i), i == 0 ? null : primary));
    }
    servers.forEach(server -> server.knows(servers));
    for (int i = 0; i < SENTINELS; i++) {
      sentinels.add(new SimulatedSentinel(world, id(i), sentinelAddress(i), timing, knownBy(i, primary, settings)));
    }
    sentinels.forEach(SimulatedSentinel::start);
    replicate();
  }

  private SavedState knownBy(int sentinel, Address primary, PrimarySettings settings) {
    List<SavedSentinel> others = new ArrayList<>();
    for (int i = 0; i < SENTINELS; i++) {
      if (i != sentinel) others.add(new SavedSentinel(sentinelAddress(i), id(i)));
    }
    List<Address> replicas = servers.subList(1, SERVERS).stream().map(SimulatedServer::address).toList();
    return new SavedState(id(sentinel), 0,
        List.of(new SavedPrimary("mymaster", primary, settings, 0, 0, replicas, others, List.of())));
  }

  private static Timing hurried() {
    Timing timing = new Timing();
    timing.set(Period.INFO_PERIOD, 2_000);
    timing.set(Period.PUBLISH_PERIOD, 600);
    timing.set(Period.TILT_TRIGGER, 1_500);
    timing.set(Period.TILT_PERIOD, 2_000);
    timing.set(Period.SLAVE_RECONF_TIMEOUT, 1_000);
    timing.set(Period.MIN_LINK_RECONNECT_PERIOD, 1_500);
    timing.set(Period.ELECTION_TIMEOUT, 1_500);
    return timing;
  }

  private static String id(int sentinel) {
    return String.valueOf((char) ('a' + sentinel)).repeat(40);
  }

  private static Address sentinelAddress(int sentinel) {
    return Address.literal("10.0.0.1", 26379 + sentinel);
  }

  /** Lets the faults happen, heals them all and waits until all agree. Fails with the seed and what happened. */
  void run() {
    try {
      planFaults();
      world.runUntil(FAULTS_UNTIL_MILLIS);
      healAll();
      while (convergedAfter < 0 && world.now() < FAULTS_UNTIL_MILLIS + CONVERGED_WITHIN_MILLIS) {
        world.runUntil(world.now() + 200);
        if (disagreement() == null) convergedAfter = world.now() - FAULTS_UNTIL_MILLIS;
      }
      if (convergedAfter < 0) throw new AssertionError("No agreement: " + disagreement());
    } catch (Throwable failure) {
      throw new AssertionError("Seed " + seed + ": " + failure.getMessage() + "\nFaults: " + faults + "\n"
          + world.witness.story(), failure);
    }
  }

  /**
   * Every host has so much to do that it does not get to anything else for a moment several times a second, is stopped
   * again and again, each time for no longer than given, and clocks jump.
   *
   * @return how often something of that happened
   */
  long sufferLoadAndPausesFor(long millis, int longestMillis) {
    for (int host = 0; host < SENTINELS + SERVERS; host++) {
      pauseSometimes(host, 100, 20);
      pauseSometimes(host, 20_000, longestMillis);
    }
    jumpSometimes();
    world.runUntil(millis);
    return mishaps;
  }

  private void pauseSometimes(int host, int mostMillisBetween, int longestMillis) {
    world.after(world.random.nextInt(mostMillisBetween), () -> {
      mishaps++;
      stop(host(host), 1 + world.random.nextInt(longestMillis));
      pauseSometimes(host, mostMillisBetween, longestMillis);
    });
  }

  private void jumpSometimes() {
    world.after(world.random.nextInt(60_000), () -> {
      mishaps++;
      world.jumpClocks(world.random.nextInt(7_200_000) - 3_600_000);
      jumpSometimes();
    });
  }

  /**
   * Lets an hour pass in which the primary dies every few minutes and comes back, replicas come, each at a port of its
   * own, and die for ever, and operators ask for failovers. Ends in quiet, when all that is dead is forgotten.
   */
  void liveThroughABusyHour() {
    long end = world.now() + 3_600_000;
    sentinels.forEach(sentinel -> sentinel.forgetAfter(FORGET_AFTER_MILLIS));
    sentinels.forEach(SimulatedSentinel::crash);
    sentinels.forEach(SimulatedSentinel::start);
    while (world.now() < end - 10 * FORGET_AFTER_MILLIS) {
      world.runUntil(world.now() + 30_000);
      SimulatedServer primary = primary();
      SimulatedServer guest = new SimulatedServer(world, Address.literal("10.0.0.2", ++guests), primary.address());
      guest.knows(servers);
      servers.add(guest);
      world.runUntil(world.now() + 30_000);
      if (guests % 3 == 0) {
        sentinels.get(0).operator(new Event.FailoverAsked(sentinels.get(0).nextToken(), "mymaster"));
      } else {
        crash(primary);
      }
      world.runUntil(world.now() + FORGET_AFTER_MILLIS / 2);
      primary.start();
      world.runUntil(world.now() + 30_000);
      crash(guest);
      servers.remove(guest);
      world.remove(guest);
    }
    world.runUntil(end);
    String disagreement = disagreement();
    if (disagreement != null) throw new AssertionError("Seed " + seed + ": " + disagreement);
  }

  private SimulatedServer primary() {
    Address told = sentinels.get(0).primary().currentAddress();
    SimulatedServer primary = (SimulatedServer) world.at(told);
    if (primary == null || primary.follows != null) {
      throw new AssertionError("Seed " + seed + ": " + told + " is no primary\n" + world.witness.story());
    }
    return primary;
  }

  /** The sentinel of that number, from 0 on. */
  SimulatedSentinel sentinel(int number) {
    return sentinels.get(number);
  }

  /** Kills the primary at some moment. @return milliseconds until a replica is a primary */
  long millisUntilReplaced() {
    world.runUntil(15_000 + world.random.nextInt(10_000));
    return millisUntilReplacedFromNow();
  }

  /** The same on a machine with too much to do: every host gets no processor now and then, for up to so long. */
  long millisUntilReplacedUnderLoad(int longestPauseMillis) {
    world.runUntil(15_000 + world.random.nextInt(10_000));
    for (int host = 0; host < SENTINELS + SERVERS; host++) pauseSometimes(host, 500, longestPauseMillis);
    world.runUntil(world.now() + 2_000);
    return millisUntilReplacedFromNow();
  }

  private long millisUntilReplacedFromNow() {
    long killedAt = world.now();
    crash(servers.get(0));
    while (servers.stream().allMatch(server -> server == servers.get(0) || server.follows != null)) {
      world.runUntil(world.now() + 1);
      if (world.now() > killedAt + 60_000) throw new AssertionError("Seed " + seed + "\n" + world.witness.story());
    }
    return world.now() - killedAt;
  }

  long convergedAfterMillis() {
    return convergedAfter;
  }

  Witness witness() {
    return world.witness;
  }

  private void planFaults() {
    if (world.random.nextInt(3) > 0) {
      Fault.Kind kind = world.random.nextBoolean() ? Fault.Kind.CRASH : Fault.Kind.STOP;
      plan(new Fault(kind, SENTINELS, 0, 200 + world.random.nextInt(1_000), 500 + world.random.nextInt(5_000)));
    }
    int count = 1 + world.random.nextInt(5);
    for (int i = 0; i < count; i++) {
      Fault.Kind kind = Fault.Kind.values()[world.random.nextInt(Fault.Kind.values().length)];
      int hosts = SENTINELS + SERVERS;
      int groups = 1 + world.random.nextInt((1 << hosts) - 2);
      int first = kind == Fault.Kind.PARTITION ? groups : world.random.nextInt(hosts);
      long at = 200 + world.random.nextInt(4_000);
      long millis = 50 + world.random.nextInt(world.random.nextBoolean() ? 5_000 : 1_500);
      plan(new Fault(kind, first, world.random.nextInt(hosts), at, millis));
    }
  }

  private void plan(Fault fault) {
    faults.add(fault);
    world.after(fault.atMillis(), () -> apply(fault));
    world.after(Math.min(fault.atMillis() + fault.millis(), FAULTS_UNTIL_MILLIS), () -> revert(fault));
  }

  private SimulatedWorld.Host host(int number) {
    return number < SENTINELS ? sentinels.get(number) : servers.get(number - SENTINELS);
  }

  private void apply(Fault fault) {
    if (healed) return;
    world.witness.note(host(0).address(), fault.toString());
    SimulatedWorld.Host hit = fault.kind() == Fault.Kind.PARTITION ? null : host(fault.first());
    SimulatedSentinel sentinel = sentinels.get(fault.first() % SENTINELS);
    SimulatedServer server = servers.get(fault.first() % SERVERS);
    switch (fault.kind()) {
      case CRASH -> crash(hit);
      case CRASH_AFTER_VOTE -> sentinel.afterNextVote(() -> {
        crash(sentinel);
        world.after(world.random.nextInt(50), sentinel::start);
      });
      case STOP -> stop(hit, fault.millis());
      case PARTITION -> eachCut(fault, world::cut);
      case ONE_WAY -> world.cut(hit, host(fault.second()));
      case LIE -> server.lie = SimulatedServer.Lie.values()[1 + fault.second() % 5];
      case MOOD -> server.mood = SimulatedServer.Mood.values()[1 + fault.second() % 3];
      case DISK_FULL -> sentinel.diskFull = true;
      case CLOCK_JUMP -> world.jumpClocks(fault.second() % 2 == 0 ? 3_600_000 : -3_600_000);
      case FAILOVER -> sentinel.operator(new Event.FailoverAsked(sentinel.nextToken(), "mymaster"));
    }
  }

  private void revert(Fault fault) {
    if (healed) return;
    switch (fault.kind()) {
      case CRASH -> start(host(fault.first()));
      case PARTITION -> eachCut(fault, world::heal);
      case ONE_WAY -> world.heal(host(fault.first()), host(fault.second()));
      case LIE -> servers.get(fault.first() % SERVERS).lie = SimulatedServer.Lie.NONE;
      case MOOD -> servers.get(fault.first() % SERVERS).mood = SimulatedServer.Mood.FINE;
      case DISK_FULL -> sentinels.get(fault.first() % SENTINELS).diskFull = false;
      case STOP, CRASH_AFTER_VOTE, CLOCK_JUMP, FAILOVER -> { }
    }
  }

  private void crash(SimulatedWorld.Host host) {
    if (host instanceof SimulatedSentinel sentinel) sentinel.crash();
    else ((SimulatedServer) host).crash();
    for (SimulatedSentinel other : sentinels) {
      if (other != host) other.lost(host);
    }
  }

  private static void stop(SimulatedWorld.Host host, long millis) {
    if (host instanceof SimulatedSentinel sentinel) sentinel.stopFor(millis);
    else ((SimulatedServer) host).stopFor(millis);
  }

  private static void start(SimulatedWorld.Host host) {
    if (host instanceof SimulatedSentinel sentinel) sentinel.start();
    else ((SimulatedServer) host).start();
  }

  private interface Change {
    void apply(SimulatedWorld.Host from, SimulatedWorld.Host to);
  }

  private void eachCut(Fault fault, Change change) {
    for (int i = 0; i < SENTINELS + SERVERS; i++) {
      for (int j = 0; j < SENTINELS + SERVERS; j++) {
        if ((fault.first() >> i & 1) != (fault.first() >> j & 1)) change.apply(host(i), host(j));
      }
    }
  }

  private void healAll() {
    healed = true;
    world.healAll();
    for (SimulatedSentinel sentinel : sentinels) {
      sentinel.diskFull = false;
      sentinel.afterNextVote(null);
      sentinel.resume();
      sentinel.start();
    }
    for (SimulatedServer server : servers) {
      server.lie = SimulatedServer.Lie.NONE;
      server.mood = SimulatedServer.Mood.FINE;
      server.resume();
      server.start();
    }
    world.witness.note(host(0).address(), "all is healed");
  }

  private void replicate() {
    servers.forEach(SimulatedServer::replicate);
    world.after(100, this::replicate);
  }

  /** What keeps the ensemble from being one: one address that all tell, one primary there, and replicas of it. */
  private String disagreement() {
    Address agreed = sentinels.get(0).primary().currentAddress();
    for (SimulatedSentinel sentinel : sentinels) {
      MonitoredPrimary primary = sentinel.primary();
      if (sentinel.state().tilt()) return sentinel.id.charAt(0) + " is in TILT";
      if (!primary.address().same(agreed)) return sentinel.id.charAt(0) + " tells " + primary.address().port();
      if (primary.subjectivelyDown() || primary.failover != null) return sentinel.id.charAt(0) + " is not at rest";
      if (primary.configEpoch() != sentinels.get(0).primary().configEpoch()) return "epochs differ";
      if (primary.sentinels().size() != SENTINELS - 1) return sentinel.id.charAt(0) + " lost sentinels";
      boolean allReplicas = servers.stream().filter(server -> !server.address().same(agreed)).allMatch(server ->
          primary.replicas().stream().anyMatch(replica -> replica.address().same(server.address())));
      if (!allReplicas) return sentinel.id.charAt(0) + " lost replicas";
    }
    for (SimulatedServer server : servers) {
      Address follows = server.address().same(agreed) ? null : agreed;
      if (!Objects.equals(server.follows, follows)) return server.address().port() + " follows " + server.follows;
    }
    return null;
  }
}
