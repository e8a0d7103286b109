package org.understudy.sentinel.state;

import java.util.List;
import org.understudy.config.LogLevel;
import org.understudy.resp.Reply;

/**
 * Forgets one dead replica or sentinel where Redis only knows SENTINEL RESET, which forgets all of them. Ours.
 *
 * <p>A sentinel that is forgotten counts no more for the majority, so none is forgotten by itself unless those that
 * can be reached are a majority with it: a minority that is cut off must not make itself one.
 */
final class Forgetting {
  private static final String NO_SUCH_INSTANCE = "ERR No such replica or sentinel";

  private final Links links;
  private final Outbox outbox;
  private final Durability durability;
  private final Registry registry;

  Forgetting(Links links, Outbox outbox, Durability durability, Registry registry) {
    this.links = links;
    this.outbox = outbox;
    this.durability = durability;
    this.registry = registry;
  }

  /** @return what is answered */
  Answer asked(Event.ForgetAsked request) {
    MonitoredPrimary primary = registry.primaries().get(request.primary());
    if (primary == null) return new Answer.Refused(Operators.NO_SUCH_PRIMARY);
    Instance instance = named(primary, request.what());
    if (instance == null) return new Answer.Refused(NO_SUCH_INSTANCE);
    // One that lives would be found again within seconds
    if (!instance.subjectivelyDown) return new Answer.Refused("ERR Only what is down can be forgotten");
    if (isPromoted(instance)) return new Answer.Refused("ERR It is being promoted");
    forget(instance);
    if (!request.local()) tellOthers(primary, request.what());
    return new Answer.Done();
  }

  private void tellOthers(MonitoredPrimary primary, List<String> what) {
    for (OtherSentinel sentinel : primary.sentinels.values()) {
      if (links.send(sentinel, new Request.Forget(primary.name, what))) continue;
      outbox.log(LogLevel.WARNING, sentinel, "it cannot be reached and goes on to know " + String.join(" ", what));
    }
  }

  /** Another sentinel was told, too: one that does not forget would let an operator wonder. */
  void answered(Instance sentinel, Request.Forget told, Reply reply) {
    if (!(reply instanceof Reply.Failure refusal) || refusal.message().equals(NO_SUCH_INSTANCE)) return;
    outbox.log(LogLevel.WARNING, sentinel, "it does not forget " + String.join(" ", told.what()) + ": "
        + refusal.message());
  }

  /** Forgets what has been down for longer than the configuration bears with. */
  void expire(MonitoredPrimary primary, long afterMillis, long now) {
    if (afterMillis == 0) return;
    for (Replica replica : List.copyOf(primary.replicas.values())) {
      if (isExpired(replica, afterMillis, now) && !isPromoted(replica)) forget(replica);
    }
    for (OtherSentinel sentinel : List.copyOf(primary.sentinels.values())) {
      if (isExpired(sentinel, afterMillis, now) && majorityIsUp(primary)) forget(sentinel);
    }
  }

  private static boolean isExpired(Instance instance, long afterMillis, long now) {
    return instance.subjectivelyDown && now - instance.subjectivelyDownAt > afterMillis;
  }

  private static boolean majorityIsUp(MonitoredPrimary primary) {
    long up = 1 + primary.sentinels.values().stream().filter(sentinel -> !sentinel.subjectivelyDown).count();
    return up >= (primary.sentinels.size() + 1) / 2 + 1;
  }

  private static boolean isPromoted(Instance instance) {
    return instance instanceof Replica replica && replica.promoted;
  }

  private Instance named(MonitoredPrimary primary, List<String> what) {
    if (what.size() == 2 && what.get(0).equalsIgnoreCase("SENTINEL")) return primary.sentinels.get(what.get(1));
    if (what.size() != 3 || !what.get(0).equalsIgnoreCase("REPLICA")) return null;
    Address address = registry.address(what.get(1), (int) Lenient.number(what.get(2)));
    return primary.replicas.values().stream().filter(replica -> replica.address.same(address)).findFirst().orElse(null);
  }

  private void forget(Instance instance) {
    outbox.publish(LogLevel.NOTICE, "-" + instance.kind.word, instance);
    durability.change();
    if (instance instanceof Replica replica) registry.remove(replica);
    if (instance instanceof OtherSentinel sentinel) registry.remove(sentinel);
  }
}
