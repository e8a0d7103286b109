package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.List;
import org.understudy.config.LogLevel;

/** Hears hellos: who else watches a primary, where, and which address of it was decided last. */
final class Discovery {
  /** Between two complaints about another sentinel that has our id. */
  private static final long COMPLAINT_MILLIS = 60_000;

  private final Links links;
  private final Outbox outbox;
  private final Epochs epochs;
  private final Durability durability;
  private final Registry registry;
  private final Elections elections;
  private final Failovers failovers;
  private Settings settings;
  private long complainedAt = NEVER;

  Discovery(Settings settings, Links links, Outbox outbox, Epochs epochs, Durability durability, Registry registry,
      Elections elections, Failovers failovers) {
    this.settings = settings;
    this.links = links;
    this.outbox = outbox;
    this.epochs = epochs;
    this.durability = durability;
    this.registry = registry;
    this.elections = elections;
    this.failovers = failovers;
  }

  void use(Settings changed) {
    settings = changed;
  }

  /** @return the primary it is about, or null if the text is no hello, our own, or about a primary not watched here */
  MonitoredPrimary heard(String text, long now) {
    HelloMessage hello = HelloMessage.parse(text);
    if (hello == null) return null;
    if (hello.id().equals(settings.myId())) {
      if (!isFromUs(hello)) noticeNamesake(hello, now);
      return null;
    }
    MonitoredPrimary primary = registry.primaries().get(hello.primary());
    if (primary == null) return null;
    OtherSentinel sender = sender(primary, hello, now);
    epochs.heard(Math.max(hello.currentEpoch(), hello.configEpoch()), primary);
    follow(primary, sender, hello, now);
    sender.lastHelloAt = now;
    return primary;
  }

  private boolean isFromUs(HelloMessage hello) {
    boolean ourIp = hello.ip().equals(settings.announceIp())
        || links.all().stream().anyMatch(link -> hello.ip().equals(link.localIp));
    return ourIp && hello.port() == settings.announcePort();
  }

  /**
   * Two sentinels with one id count as one: each takes the other's votes for its own, and together they could vote
   * twice in an epoch. So neither may be elected, or vote.
   */
  private void noticeNamesake(HelloMessage hello, long now) {
    elections.noticeNamesake(now);
    if (now - complainedAt < COMPLAINT_MILLIS) return;
    complainedAt = now;
    outbox.log(LogLevel.WARNING, "The sentinel at " + hello.ip() + ":" + hello.port() + " has the same id as this one, "
        + settings.myId() + ". It is not listened to, and this one neither votes nor fails over by itself while it is "
        + "there. Remove 'sentinel myid' from the configuration of one of them.");
  }

  private OtherSentinel sender(MonitoredPrimary primary, HelloMessage hello, long now) {
    Address address = registry.address(hello.ip(), hello.port());
    OtherSentinel known = primary.sentinels.get(hello.id());
    if (known != null && known.address.same(address)) return known;
    durability.change();
    if (known != null) {
      outbox.publish(LogLevel.NOTICE, "+sentinel-address-switch", primary,
          "ip " + hello.ip() + " port " + hello.port() + " for " + hello.id());
      return moved(known, address, now);
    }
    OtherSentinel tenant = primary.sentinels.values().stream()
        .filter(other -> other.address.same(address)).findFirst().orElse(null);
    if (tenant != null) {
      outbox.publish(LogLevel.NOTICE, "+sentinel-invalid-addr", tenant);
      for (MonitoredPrimary each : List.copyOf(registry.primaries().values())) {
        OtherSentinel obsolete = each.sentinels.get(tenant.name);
        if (obsolete != null) registry.remove(obsolete);
      }
    }
    OtherSentinel sentinel = registry.addSentinel(primary, hello.id(), address, now);
    outbox.publish(LogLevel.NOTICE, "+sentinel", sentinel);
    return sentinel;
  }

  /** The sentinel listens elsewhere, for every primary. What it said and voted stays: it is still the same one. */
  private OtherSentinel moved(OtherSentinel sentinel, Address address, long now) {
    int others = 0;
    for (MonitoredPrimary each : registry.primaries().values()) {
      OtherSentinel same = each.sentinels.get(sentinel.name);
      if (same == null) continue;
      same.address = address;
      if (same != sentinel) others++;
    }
    links.close(sentinel.link, now);
    sentinel.link.forgetPings(now);
    sentinel.link.lastConnectAt = NEVER;
    if (others > 0) {
      outbox.publish(LogLevel.NOTICE, "+sentinel-address-update", sentinel, others + " additional matching instances");
    }
    return sentinel;
  }

  /**
   * Takes over a configuration of a later epoch. One of the same epoch that differs comes of failovers that operators
   * asked for on both sides of a partition; there what most sentinels tell is taken over, where Redis stays divided.
   */
  private void follow(MonitoredPrimary primary, OtherSentinel sender, HelloMessage hello, long now) {
    Address decided = registry.address(hello.primaryHost(), hello.primaryPort());
    sender.tells = decided;
    sender.tellsEpoch = hello.configEpoch();
    boolean later = hello.configEpoch() > primary.configEpoch;
    boolean settled = decided.same(primary.currentAddress());
    if (!later && (settled || !mostTell(primary, decided, hello.configEpoch()))) return;
    if (later) durability.change();
    primary.configEpoch = hello.configEpoch();
    boolean overtaken = primary.failover != null && primary.failover.epoch < hello.configEpoch()
        && decided.same(primary.address);
    if (!settled || overtaken) failovers.followConfiguration(primary, decided, sender, now);
  }

  private static boolean mostTell(MonitoredPrimary primary, Address address, long epoch) {
    long telling = primary.sentinels.values().stream()
        .filter(other -> other.tells != null && other.tellsEpoch == epoch && other.tells.same(address)).count();
    return epoch == primary.configEpoch && telling >= (primary.sentinels.size() + 1) / 2 + 1;
  }
}
