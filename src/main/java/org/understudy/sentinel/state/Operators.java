package org.understudy.sentinel.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.understudy.bytes.Glob;
import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.SavedState.SavedPrimary;

/** What operators ask for by SENTINEL's subcommands. */
final class Operators {
  static final String NO_SUCH_PRIMARY = "ERR No such master with that name";
  private static final String NOT_SAVED = "ERR Failed to save config file. Check server logs.";

  /** An answer that waits for the disk. */
  private record Pending(long token, long version) {}

  private final Links links;
  private final Outbox outbox;
  private final Timing timing;
  private final Epochs epochs;
  private final Durability durability;
  private final Registry registry;
  private final Failovers failovers;
  private final List<Pending> pending = new ArrayList<>();

  Operators(Links links, Outbox outbox, Timing timing, Epochs epochs, Durability durability, Registry registry,
      Failovers failovers) {
    this.links = links;
    this.outbox = outbox;
    this.timing = timing;
    this.epochs = epochs;
    this.durability = durability;
    this.registry = registry;
    this.failovers = failovers;
  }

  void failover(Event.FailoverAsked request, long now) {
    MonitoredPrimary primary = registry.primaries().get(request.primary());
    String refusal = primary == null ? NO_SUCH_PRIMARY
        : primary.failover != null ? "INPROG Failover already in progress"
        : Selection.choose(primary, timing, now).best() == null ? "NOGOODSLAVE No suitable replica to promote"
        : null;
    if (refusal != null) {
      answer(request.token(), new Answer.Refused(refusal));
      return;
    }
    outbox.log(LogLevel.WARNING, "Executing user requested FAILOVER of '" + primary.name + "'");
    failovers.start(primary, true, now);
    answer(request.token(), new Answer.Done());
  }

  void monitor(Event.MonitorAsked request, long now) {
    if (registry.primaries().containsKey(request.primary())) {
      answer(request.token(), new Answer.Refused("ERR Duplicate master name."));
      return;
    }
    MonitoredPrimary primary = registry.addPrimary(SavedPrimary.fresh(request.primary(), request.address(),
        PrimarySettings.defaults(request.quorum(), timing)), now);
    primary.voteEpoch = epochs.current(); // it may have been monitored before, and a vote given that was forgotten
    announce(primary);
    answerWhenSaved(request.token());
  }

  void announce(MonitoredPrimary primary) {
    outbox.publish(LogLevel.WARNING, "+monitor", primary, "quorum " + primary.settings.quorum());
  }

  void remove(Event.RemoveAsked request, long now) {
    MonitoredPrimary primary = registry.primaries().get(request.primary());
    if (primary == null) {
      answer(request.token(), new Answer.Refused(NO_SUCH_PRIMARY));
      return;
    }
    outbox.publish(LogLevel.WARNING, "-monitor", primary);
    if (primary.failover != null) failovers.end(primary, "-monitor", now);
    registry.remove(primary);
    answerWhenSaved(request.token());
  }

  void reset(Event.ResetAsked request, long now) {
    byte[] pattern = request.pattern().getBytes(StandardCharsets.ISO_8859_1);
    int count = 0;
    for (MonitoredPrimary primary : registry.primaries().values()) {
      if (!Glob.matches(pattern, primary.name.getBytes(StandardCharsets.ISO_8859_1), false)) continue;
      count++;
      if (primary.failover != null) failovers.end(primary, "+reset-master", now);
      registry.reset(primary, true, now);
      outbox.publish(LogLevel.WARNING, "+reset-master", primary);
      durability.change();
    }
    answer(request.token(), new Answer.Count(count));
  }

  /** Other credentials take effect with new connections. */
  void change(Event.SettingsChanged request, long now) {
    MonitoredPrimary primary = registry.primaries().get(request.primary());
    if (primary == null) return;
    boolean otherLogin = !Objects.equals(primary.settings.login(), request.settings().login());
    primary.settings = request.settings();
    durability.change();
    outbox.publish(LogLevel.WARNING, "+set", primary, String.join(" ", request.words()));
    if (!otherLogin) return;
    links.close(primary.link, now);
    primary.replicas.values().forEach(replica -> links.close(replica.link, now));
  }

  /** Links to other sentinels are made anew if they need other credentials. */
  void change(Settings before, Settings after, long now) {
    durability.change();
    if (Objects.equals(before.sentinelLogin(), after.sentinelLogin())) return;
    for (MonitoredPrimary primary : registry.primaries().values()) {
      primary.sentinels.values().forEach(sentinel -> links.close(sentinel.link, now));
    }
  }

  void answerWhenSaved(long token) {
    pending.add(new Pending(token, durability.change()));
  }

  void settle() {
    for (Iterator<Pending> all = pending.iterator(); all.hasNext();) {
      Pending waiting = all.next();
      if (!durability.isDurable(waiting.version)) continue;
      answer(waiting.token, new Answer.Done());
      all.remove();
    }
  }

  void notSaved() {
    pending.forEach(waiting -> answer(waiting.token, new Answer.Refused(NOT_SAVED)));
    pending.clear();
  }

  void answer(long token, Answer answer) {
    outbox.add(new Effect.Reply(token, answer));
  }
}
