package org.understudy.sentinel.state;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.understudy.config.LogLevel;
import org.understudy.resp.Reply;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;

/**
 * All that one sentinel knows, and the step that changes it. Used by one thread at a time.
 *
 * <p>A step first notes what happened, then acts on it: the acting half is left out in TILT, that is for a while after
 * this process did not run for so long that everybody seems to be silent.
 */
public final class SentinelState {
  /** Between two faults that are told of. */
  private static final long FAULT_MILLIS = 1_000;

  /** A tick that is later than this says that we did not run; what we missed is nobody's fault but ours. */
  private static final long LATE_MILLIS = 100;

  private final Timing timing;
  private final Outbox outbox = new Outbox();
  private final Durability durability = new Durability();
  private final Epochs epochs;
  private final Links links;
  private final Registry registry;
  private final Monitor monitor;
  private final Elections elections;
  private final Failovers failovers;
  private final Roles roles;
  private final Discovery discovery;
  private final Forgetting forgetting;
  private final Operators operators;
  private final Tilt tilt;
  private Settings settings;
  private boolean started;
  private long nextTickAt;
  private long faultToldAt = Link.NEVER;

  /**
   * @param saved what a former life left, or what a configuration file says; its id is that of the settings
   * @param zone for times in the log
   */
  public SentinelState(Settings settings, Timing timing, SavedState saved, RandomGenerator random, ZoneId zone,
      long now) {
    this.settings = settings;
    this.timing = timing;
    outbox.showNames(settings.announceHostnames());
    epochs = new Epochs(highestEpoch(saved), durability, outbox);
    links = new Links(settings, timing, outbox);
    registry = new Registry(links, outbox, durability);
    monitor = new Monitor(settings, links, outbox, timing, epochs);
    elections = new Elections(settings.myId(), links, outbox, timing, epochs, durability, random);
    failovers = new Failovers(links, outbox, timing, epochs, durability, elections, registry, random, zone);
    roles = new Roles(links, outbox, timing, durability, registry, failovers);
    discovery = new Discovery(settings, links, outbox, epochs, durability, registry, elections, failovers);
    forgetting = new Forgetting(links, outbox, durability, registry);
    operators = new Operators(links, outbox, timing, epochs, durability, registry, failovers);
    tilt = new Tilt(timing, outbox, now);
    nextTickAt = now;
    for (SavedPrimary primary : saved.primaries()) registry.addPrimary(primary, now);
  }

  /**
   * No configuration is from an epoch that is still to come, whatever the file says about the present one. A vote may
   * be, as in Redis: an epoch that was voted in is not voted in again.
   */
  private static long highestEpoch(SavedState saved) {
    return saved.primaries().stream().mapToLong(SavedPrimary::configEpoch).reduce(saved.currentEpoch(), Math::max);
  }

  // ---------------------------------------------------------------------------------------------------------- Step

  /**
   * Takes in what happened. A fault of ours is told of and does not get out; one that has to do with a primary does not
   * keep the others from being watched.
   *
   * @param now monotonic milliseconds, never less than at the step before
   * @return what is to be done, in that order
   */
  public List<Effect> step(Event event, long now) {
    tilt.notice(now);
    contained("an event", () -> note(event, now), now);
    durability.retryIfDue(now);
    long version = durability.toWrite();
    if (version != 0) outbox.add(new Effect.Persist(version, saved()));
    return outbox.take();
  }

  private void contained(String what, Runnable work, long now) {
    try {
      work.run();
    } catch (RuntimeException fault) {
      if (now - faultToldAt < FAULT_MILLIS) return;
      faultToldAt = now;
      outbox.add(new Effect.Fault(what, fault));
    }
  }

  /** When the next {@link Event.Tick} is due: at most 100 milliseconds after the last one. */
  public long nextTickMillis() {
    return nextTickAt;
  }

  private void note(Event event, long now) {
    // The order is that of Event
    if (event instanceof Event.Tick tick) tick(tick, now);
    else if (event instanceof Event.Connected up) connected(up, now);
    else if (event instanceof Event.Disconnected down) disconnected(down, now);
    else if (event instanceof Event.Answered answer) answered(answer, now);
    else if (event instanceof Event.HelloHeard heard) heard(heard, now);
    else if (event instanceof Event.Resolved name) registry.resolved(name.name(), name.ip());
    else if (event instanceof Event.HelloReceived received) pursue(discovery.heard(received.hello(), now), now);
    else if (event instanceof Event.AskedDown question) askedDown(question, now);
    else if (event instanceof Event.FailoverAsked request) failoverAsked(request, now);
    else if (event instanceof Event.MonitorAsked request) operators.monitor(request, now);
    else if (event instanceof Event.RemoveAsked request) operators.remove(request, now);
    else if (event instanceof Event.ResetAsked request) operators.reset(request, now);
    else if (event instanceof Event.SettingsChanged request) operators.change(request, now);
    else if (event instanceof Event.GlobalSettingsChanged changed) use(changed.settings(), now);
    else if (event instanceof Event.FlushAsked request) operators.answerWhenSaved(request.token());
    else if (event instanceof Event.FailureSimulated failure) {
      failovers.simulate(failure.crashAfterElection(), failure.crashAfterPromotion());
    } else if (event instanceof Event.ForgetAsked request) operators.answer(request.token(), forgetting.asked(request));
    else if (event instanceof Event.Persisted persisted) persisted(persisted, now);
  }

  private void tick(Event.Tick tick, long now) {
    long late = now - nextTickAt;
    nextTickAt = now + Cadence.TICK_MILLIS;
    if (late > LATE_MILLIS) monitor.forgive(late, now);
    failovers.wallTime(tick.wallMillis(), now);
    if (!started) {
      started = true;
      registry.primaries().values().forEach(operators::announce);
    }
    for (MonitoredPrimary primary : List.copyOf(registry.primaries().values())) {
      contained("the primary " + primary.name, () -> tend(primary, now), now);
    }
  }

  /** Looks after a primary and all that belongs to it. */
  private void tend(MonitoredPrimary primary, long now) {
    for (Instance instance : instancesOf(primary)) {
      monitor.attend(instance, now);
      if (!tilt.on()) monitor.judge(instance, now);
    }
    if (!tilt.on()) forgetting.expire(primary, settings.forgetAfterMillis(), now);
    pursue(primary, now);
  }

  /** The acting half: does for a primary what the situation demands. @param primary null: nothing */
  private void pursue(MonitoredPrimary primary, long now) {
    if (primary == null || tilt.on()) return;
    elections.judge(primary, now);
    failovers.startIfNeeded(primary, now);
    failovers.advance(primary, now);
    elections.ask(primary, false, now);
    for (Instance instance : instancesOf(primary)) monitor.attend(instance, now);
    tickAgainFor(primary, now);
  }

  private void tickAgainFor(MonitoredPrimary primary, long now) {
    nextTickAt = Math.min(nextTickAt, Math.max(now + 1, dueAt(primary, now)));
  }

  private static List<Instance> instancesOf(MonitoredPrimary primary) {
    List<Instance> instances = new ArrayList<>(1 + primary.replicas.size() + primary.sentinels.size());
    instances.add(primary);
    instances.addAll(primary.replicas.values());
    instances.addAll(primary.sentinels.values());
    return instances;
  }

  private long dueAt(MonitoredPrimary primary, long now) {
    long due = failovers.nextStartAt(primary);
    if (due <= now) due = Long.MAX_VALUE;
    for (Instance instance : instancesOf(primary)) {
      due = Math.min(due, monitor.nextDueAt(instance, now));
      if (instance instanceof OtherSentinel sentinel) due = Math.min(due, elections.nextAskAt(sentinel, now));
    }
    return due;
  }

  // --------------------------------------------------------------------------------------------------------- Links

  private void connected(Event.Connected up, long now) {
    Link link = links.get(up.link());
    if (link == null) return;
    links.connected(link, up.connection(), up.localIp(), now);
    if (up.connection() == Connection.COMMANDS) links.ping(link.users.get(0), now);
    for (Instance user : List.copyOf(link.users)) monitor.attend(user, now);
  }

  private void disconnected(Event.Disconnected down, long now) {
    Link link = links.get(down.link());
    if (link == null) return;
    outbox.publish(LogLevel.DEBUG, "-" + down.connection().shortName + "-link-reconnection", link.users.get(0),
        "#" + down.reason());
    links.lost(link, down.connection(), now);
    for (Instance user : List.copyOf(link.users)) {
      links.maintain(user, now);
      nextTickAt = Math.min(nextTickAt, Math.max(now + 1, monitor.nextDueAt(user, now)));
    }
  }

  private void answered(Event.Answered answer, long now) {
    Link link = links.get(answer.link());
    if (link != null && link.pendingCommands > 0) link.pendingCommands--;
    Instance instance = registry.find(answer.instance());
    if (instance == null || instance.link != link) return;
    Request request = answer.request();
    if (request instanceof Request.Ping) {
      monitor.pinged(instance, answer.reply(), now);
      boolean changed = false;
      for (Instance user : List.copyOf(link.users)) {
        if (!tilt.on() && monitor.judge(user, now)) changed = true;
      }
      if (!changed) return;
    } else if (request instanceof Request.Info) {
      String info = answer.reply() instanceof Reply.Bulk bulk ? bulk.text() : null;
      if (info == null) return;
      roles.informed(instance, info, tilt.on(), now);
    } else if (request instanceof Request.Hello) {
      monitor.helloAnswered(instance, answer.reply(), now);
      return;
    } else if (request instanceof Request.AskDown && instance instanceof OtherSentinel sentinel) {
      elections.answered(sentinel, answer.reply(), now);
    } else if (request instanceof Request.Reconfigure) {
      // What it led to is seen in INFO
      instance.infoWanted = true;
      if (instance instanceof Replica replica) replica.toldAnswered = true;
    } else if (request instanceof Request.HandOver && instance instanceof MonitoredPrimary primary) {
      failovers.handOverAnswered(primary, answer.reply(), now);
    } else if (request instanceof Request.Forget forget) {
      forgetting.answered(instance, forget, answer.reply());
    }
    pursue(instance.primary(), now);
  }

  private void heard(Event.HelloHeard heard, long now) {
    Link link = links.get(heard.link());
    if (link != null) link.lastHelloAt = now;
    if (heard.hello() != null) pursue(discovery.heard(heard.hello(), now), now);
  }

  // -------------------------------------------------------------------------------------------- Sentinels, operators

  private void askedDown(Event.AskedDown question, long now) {
    MonitoredPrimary primary = registry.primaryAt(registry.address(question.ip(), question.port()));
    elections.asked(question, primary, tilt.on(), now);
    pursue(primary, now);
  }

  private void failoverAsked(Event.FailoverAsked request, long now) {
    operators.failover(request, now);
    pursue(registry.primaries().get(request.primary()), now);
  }

  private void use(Settings changed, long now) {
    Settings before = settings;
    settings = changed;
    outbox.showNames(changed.announceHostnames());
    links.use(changed);
    monitor.use(changed);
    discovery.use(changed);
    operators.change(before, changed, now);
  }

  private void persisted(Event.Persisted persisted, long now) {
    if (persisted.failure() == null) {
      durability.written(persisted.version());
      elections.settleVotes();
      operators.settle();
      for (MonitoredPrimary primary : List.copyOf(registry.primaries().values())) {
        if (primary.failover != null) pursue(primary, now);
      }
      return;
    }
    outbox.log(LogLevel.WARNING, "WARNING: Sentinel was not able to save the new configuration on disk!!!: "
        + persisted.failure());
    durability.failed(now);
    elections.withholdVotes();
    operators.notSaved();
  }

  // --------------------------------------------------------------------------------------------------- What is known

  /** What is worth keeping, as {@link Effect.Persist} carries it. */
  public SavedState saved() {
    return new SavedState(settings.myId(), epochs.current(),
        registry.primaries().values().stream().map(SentinelState::saved).toList());
  }

  private static SavedPrimary saved(MonitoredPrimary primary) {
    Address current = primary.currentAddress();
    List<Address> replicas = primary.replicas.values().stream()
        .map(replica -> replica.address.same(current) ? primary.address : replica.address).toList();
    List<SavedSentinel> sentinels = primary.sentinels.values().stream()
        .map(sentinel -> new SavedSentinel(sentinel.address, sentinel.name)).toList();
    return new SavedPrimary(primary.name, current, primary.settings, primary.configEpoch, primary.voteEpoch, replicas,
        sentinels, List.copyOf(primary.failovers));
  }

  public Settings settings() {
    return settings;
  }

  public Timing timing() {
    return timing;
  }

  public long currentEpoch() {
    return epochs.current();
  }

  /** Whether nothing is decided for now. */
  public boolean tilt() {
    return tilt.on();
  }

  /** For how long, in milliseconds; 0 if not in TILT. */
  public long tiltMillis(long now) {
    return tilt.millis(now);
  }

  public Collection<MonitoredPrimary> primaries() {
    return Collections.unmodifiableCollection(registry.primaries().values());
  }

  /** The primary of that name, or null. */
  public MonitoredPrimary primary(String name) {
    return registry.primaries().get(name);
  }

  /** SENTINEL CKQUORUM: sentinels of that primary that are not down, this one among them. */
  public int usableSentinels(MonitoredPrimary primary) {
    return 1 + (int) primary.sentinels().stream().filter(sentinel -> !sentinel.subjectivelyDown()).count();
  }
}
