package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;

/** The instances: which there are, by which names, and where they listen. */
final class Registry {
  /** Names that nobody has any more are kept up to about so many. */
  private static final int MOST_IDLE_NAMES = 16;

  private final Links links;
  private final Outbox outbox;
  private final Durability durability;
  private final Map<String, MonitoredPrimary> primaries = new LinkedHashMap<>();
  private final Map<InstanceId, Instance> instances = new HashMap<>();
  /** What names were resolved to last. */
  private final Map<String, String> resolved = new HashMap<>();
  private int lastNumber;

  Registry(Links links, Outbox outbox, Durability durability) {
    this.links = links;
    this.outbox = outbox;
    this.durability = durability;
  }

  Map<String, MonitoredPrimary> primaries() {
    return primaries;
  }

  /** The instance of that id, or null if it is gone. */
  Instance find(InstanceId id) {
    return instances.get(id);
  }

  /** The primary that listens there, or null. */
  MonitoredPrimary primaryAt(Address address) {
    return primaries.values().stream().filter(primary -> primary.address.same(address)).findFirst().orElse(null);
  }

  /** @param host a name or an IP address */
  Address address(String host, int port) {
    return new Address(host, isLiteral(host) ? host : resolved.get(host.toLowerCase(Locale.ROOT)), port);
  }

  /** @param ip null if the name could not be resolved; what is known stays then */
  void resolved(String name, String ip) {
    if (ip == null) return;
    resolved.put(name.toLowerCase(Locale.ROOT), ip);
    if (resolved.size() > MOST_IDLE_NAMES + instances.size()) {
      resolved.keySet().retainAll(instances.values().stream()
          .map(instance -> instance.address.host().toLowerCase(Locale.ROOT)).toList());
    }
    for (Instance instance : instances.values()) {
      if (instance.address.host().equalsIgnoreCase(name)) instance.address = instance.address.withIp(ip);
    }
  }

  MonitoredPrimary addPrimary(SavedPrimary saved, long now) {
    if (!isLiteral(saved.address().host()) && saved.address().ip() != null) {
      resolved.put(saved.address().host().toLowerCase(Locale.ROOT), saved.address().ip());
    }
    MonitoredPrimary primary = new MonitoredPrimary(nextId(), saved.name(), saved.address(), saved.settings(),
        links.create(true, now), now);
    primary.configEpoch = saved.configEpoch();
    primary.voteEpoch = saved.leaderEpoch();
    primary.failovers.addAll(saved.failovers());
    primaries.put(primary.name, primary);
    instances.put(primary.id, primary);
    for (Address replica : saved.replicas()) addReplica(primary, replica, now);
    for (SavedSentinel sentinel : saved.sentinels()) {
      if (sentinel.id() != null) addSentinel(primary, sentinel.id(), sentinel.address(), now);
    }
    return primary;
  }

  /** @return the new replica, or null if it is known already or can be none */
  Replica addReplica(MonitoredPrimary primary, Address address, long now) {
    String name = address.withPort(outbox.showsNames());
    boolean known = primary.replicas.containsKey(name) || primary.address.same(address)
        || primary.replicas.values().stream().anyMatch(replica -> replica.address.same(address));
    if (known || address.port() == 0 || !Address.isPort(address.port())) return null;
    Replica replica = new Replica(nextId(), primary, name, address, links.create(true, now), now);
    primary.replicas.put(name, replica);
    instances.put(replica.id, replica);
    return replica;
  }

  /** Adds a sentinel whose id is not known for that primary. It shares the link it has under another one. */
  OtherSentinel addSentinel(MonitoredPrimary primary, String id, Address address, long now) {
    OtherSentinel same = null;
    for (MonitoredPrimary other : primaries.values()) {
      if (other != primary && other.sentinels.containsKey(id)) same = other.sentinels.get(id);
    }
    Link link = same == null ? links.create(false, now) : same.link;
    OtherSentinel sentinel = new OtherSentinel(nextId(), primary, id, address, link, now);
    sentinel.runId = id;
    primary.sentinels.put(id, sentinel);
    instances.put(sentinel.id, sentinel);
    return sentinel;
  }

  void remove(Replica replica) {
    replica.primary().replicas.remove(replica.name);
    dismiss(replica);
  }

  void remove(OtherSentinel sentinel) {
    sentinel.primary().sentinels.remove(sentinel.name);
    dismiss(sentinel);
  }

  void remove(MonitoredPrimary primary) {
    List.copyOf(primary.replicas.values()).forEach(this::remove);
    List.copyOf(primary.sentinels.values()).forEach(this::remove);
    primaries.remove(primary.name);
    dismiss(primary);
  }

  /** Forgets replicas and the sentinel's own doings, as if the primary had just been configured. */
  void reset(MonitoredPrimary primary, boolean sentinelsToo, long now) {
    List.copyOf(primary.replicas.values()).forEach(this::remove);
    if (sentinelsToo) List.copyOf(primary.sentinels.values()).forEach(this::remove);
    links.close(primary.link, now);
    primary.link.forgetPings(now);
    primary.link.lastConnectAt = NEVER;
    primary.reset(now);
  }

  /** The primary is elsewhere now; where it was there is a replica. */
  void switchAddress(MonitoredPrimary primary, Address address, long now) {
    List<Address> replicas = new ArrayList<>();
    for (Replica replica : primary.replicas.values()) {
      if (!replica.address.same(address)) replicas.add(replica.address);
    }
    if (!address.same(primary.address)) replicas.add(primary.address);
    reset(primary, false, now);
    primary.address = address;
    for (Address other : replicas) {
      Replica replica = addReplica(primary, other, now);
      if (replica != null) outbox.publish(LogLevel.NOTICE, "+slave", replica);
    }
    durability.change();
  }

  private void dismiss(Instance instance) {
    instances.remove(instance.id);
    links.release(instance);
  }

  private InstanceId nextId() {
    return new InstanceId(++lastNumber);
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
  }
}
