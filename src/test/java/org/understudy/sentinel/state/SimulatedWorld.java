package org.understudy.sentinel.state;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** Simulated time, and a network between hosts that delays, loses and cuts. All chance comes from one seed. */
final class SimulatedWorld {
  private record Due(long at, long order, Runnable task) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** A direction in which nothing comes through. */
  private record Way(String from, String to) {}

  /** Something with an address. */
  interface Host {
    Address address();

    boolean up();

    /** When it will run again, if it is stopped; a time that is past otherwise. */
    long stoppedUntil();
  }

  final Random random;
  final Witness witness;
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Set<Way> cut = new HashSet<>();
  private long now;
  private long order;
  /** How far the clocks on the walls are off. */
  private long wallJumpMillis;

  SimulatedWorld(long seed) {
    random = new Random(seed);
    witness = new Witness(this);
  }

  long now() {
    return now;
  }

  long wallMillis() {
    return 1_700_000_000_000L + now + wallJumpMillis;
  }

  void jumpClocks(long millis) {
    wallJumpMillis += millis;
  }

  void add(Host host) {
    hosts.put(key(host.address()), host);
  }

  void remove(Host host) {
    hosts.remove(key(host.address()));
  }

  /** Who listens there, or null. */
  Host at(Address address) {
    return hosts.get(key(address));
  }

  void cut(Host from, Host to) {
    cut.add(new Way(key(from.address()), key(to.address())));
  }

  void heal(Host from, Host to) {
    cut.remove(new Way(key(from.address()), key(to.address())));
  }

  void healAll() {
    cut.clear();
  }

  boolean reaches(Host from, Host to) {
    return cut.isEmpty() || !cut.contains(new Way(key(from.address()), key(to.address())));
  }

  void after(long millis, Runnable task) {
    queue.add(new Due(now + millis, order++, task));
  }

  /**
   * Carries something to a host: it is lost if the way is cut or nobody is there, and waits while the host is
   * stopped.
   */
  void carry(Host from, Host to, Runnable arrival) {
    if (reaches(from, to)) after(latency(), () -> deliver(to, arrival));
  }

  void deliver(Host to, Runnable arrival) {
    if (!to.up()) return;
    if (to.stoppedUntil() > now) after(to.stoppedUntil() - now, () -> deliver(to, arrival));
    else arrival.run();
  }

  /** @return whether anything was left to happen */
  boolean runUntil(long end) {
    while (!queue.isEmpty() && queue.peek().at <= end) {
      Due due = queue.poll();
      now = due.at;
      due.task.run();
    }
    now = end;
    return !queue.isEmpty();
  }

  private long latency() {
    return random.nextInt(20) == 0 ? 5 + random.nextInt(40) : 1 + random.nextInt(2);
  }

  private static String key(Address address) {
    return address.ip() + ":" + address.port();
  }
}
