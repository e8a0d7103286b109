package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import org.understudy.config.LogLevel;
import org.understudy.resp.Reply;
import org.understudy.sentinel.state.Timing.Period;

/** Keeps asking instances, and notices when one does not answer: PING, INFO, hellos, subjectively down. */
final class Monitor {
  /** Between two complaints about an instance that answers PING only. */
  private static final long COMPLAINT_MILLIS = 60_000;

  /** A request without a reply is not repeated sooner. */
  private static final long PATIENCE_MILLIS = 1_000;

  private final Links links;
  private final Outbox outbox;
  private final Timing timing;
  private final Epochs epochs;
  private Settings settings;

  Monitor(Settings settings, Links links, Outbox outbox, Timing timing, Epochs epochs) {
    this.settings = settings;
    this.links = links;
    this.outbox = outbox;
    this.timing = timing;
    this.epochs = epochs;
  }

  void use(Settings changed) {
    settings = changed;
  }

  // ---------------------------------------------------------------------------------------------------- Periodicals

  /** Connects what is not connected and sends what is due. */
  void attend(Instance instance, long now) {
    links.maintain(instance, now);
    if (!links.ready(instance.link)) return;
    if (now >= nextInfoAt(instance, now) && links.send(instance, new Request.Info())) {
      instance.infoAskedAt = now;
      instance.infoWanted = false;
    }
    if (now >= nextPingAt(instance) - Cadence.pingSlack(Cadence.ping(timing, instance))) links.ping(instance, now);
    if (now >= nextHelloAt(instance) && !postponesPublish(instance, now)) sendHello(instance, now);
  }

  /** PUBLISH would wait with the writes, and all that we ask behind it; the primary would seem to be down. */
  private static boolean postponesPublish(Instance instance, long now) {
    return instance instanceof MonitoredPrimary primary && primary.mayHoldWritesBack(now);
  }

  /** When something is due that cannot wait for the ordinary tick. */
  long nextDueAt(Instance instance, long now) {
    Link link = instance.link;
    long due = instance.subjectivelyDown ? Long.MAX_VALUE : downAt(instance);
    due = Math.min(due, links.nextConnectAt(instance));
    if (!links.ready(link)) return due;
    if (Cadence.isShort(Cadence.ping(timing, instance))) due = Math.min(due, nextPingAt(instance));
    if (instance.infoWanted || Cadence.isShort(Cadence.info(timing, instance, now))) {
      due = Math.min(due, nextInfoAt(instance, now));
    }
    return due;
  }

  private long nextPingAt(Instance instance) {
    long period = Cadence.ping(timing, instance);
    return Math.max(instance.link.lastPongAt + period, instance.link.lastPingAt + period / 2) + 1;
  }

  private long nextInfoAt(Instance instance, long now) {
    if (instance.kind == Kind.SENTINEL) return Long.MAX_VALUE;
    if (instance.infoWanted) return now;
    boolean unanswered = instance.infoAskedAt > instance.infoAt;
    long period = Cadence.info(timing, instance, now);
    return unanswered ? instance.infoAskedAt + Math.max(period, PATIENCE_MILLIS)
        : Math.max(instance.infoAt, instance.infoAskedAt) + period;
  }

  private long nextHelloAt(Instance instance) {
    return Math.max(instance.lastHelloSentAt + timing.millis(Period.PUBLISH_PERIOD),
        instance.lastHelloTriedAt + Cadence.TICK_MILLIS);
  }

  private void sendHello(Instance instance, long now) {
    MonitoredPrimary primary = instance.primary();
    Address current = primary.currentAddress();
    String ip = settings.announceIp() == null ? instance.link.localIp : settings.announceIp();
    HelloMessage hello = new HelloMessage(ip, settings.announcePort(), settings.myId(), epochs.current(), primary.name,
        current.shown(settings.announceHostnames()), current.port(), primary.configEpoch);
    if (links.send(instance, new Request.Hello(hello.text()))) instance.lastHelloTriedAt = now;
  }

  void helloAnswered(Instance instance, Reply reply, long now) {
    if (!(reply instanceof Reply.Failure)) instance.lastHelloSentAt = now;
  }

  void pinged(Instance instance, Reply reply, long now) {
    Link link = instance.link;
    link.lastPongAt = now;
    String text = reply instanceof Reply.Status || reply instanceof Reply.Failure ? reply.text() : "";
    boolean pong = text.startsWith("PONG");
    if (pong || text.startsWith("LOADING") || text.startsWith("MASTERDOWN")) {
      link.lastAvailableAt = now;
      link.pendingPingAt = NEVER;
      if (pong && instance instanceof MonitoredPrimary primary) primary.rebooting = false;
    } else if (text.startsWith("BUSY") && instance.subjectivelyDown && !instance.scriptKillSent) {
      links.send(instance, new Request.KillScript());
      instance.scriptKillSent = true;
    }
  }

  /** We did not run for so long: nothing that we did not hear meanwhile counts against anybody. */
  void forgive(long millis, long now) {
    for (Link link : links.all()) {
      link.lastAvailableAt = Math.min(now, link.lastAvailableAt + millis);
      if (link.pendingPingAt != NEVER) link.pendingPingAt = Math.min(now, link.pendingPingAt + millis);
    }
  }

  // --------------------------------------------------------------------------------------------- Subjectively down

  /** @return whether it went down or came up */
  boolean judge(Instance instance, long now) {
    links.closeIfSilent(instance, now);
    complainIfOnlyPingIsAnswered(instance, now);
    boolean down = now >= downAt(instance);
    if (down == instance.subjectivelyDown) return false;
    instance.subjectivelyDown = down;
    if (down) {
      outbox.publish(LogLevel.WARNING, "+sdown", instance);
      instance.subjectivelyDownAt = now;
      // The offsets that replicas ended with decide which one is promoted
      if (instance instanceof MonitoredPrimary primary) primary.replicas.values().forEach(it -> it.infoWanted = true);
    } else {
      outbox.publish(LogLevel.WARNING, "-sdown", instance);
      instance.scriptKillSent = false;
    }
    return true;
  }

  /** What answers PING is up, whatever else it does not: then only the log says why nothing is learned of it. */
  private void complainIfOnlyPingIsAnswered(Instance instance, long now) {
    boolean silenceCounts = instance.kind != Kind.SENTINEL && !instance.subjectivelyDown
        && instance.link.commands == Link.Status.OPEN;
    if (!silenceCounts) return;
    long silent = now - Math.max(instance.infoAt, instance.link.commandsSince);
    if (silent <= timing.millis(Period.INFO_PERIOD) * 3 || now - instance.complainedAt < COMPLAINT_MILLIS) return;
    instance.complainedAt = now;
    outbox.log(LogLevel.WARNING, instance, "it answers PING, but has not answered INFO for " + silent
        + " ms. It counts as up; its role, its replicas and its offset are not known.");
  }

  /** From when on it counts as down, if it goes on like this; {@link Long#MAX_VALUE} if all is well. */
  private long downAt(Instance instance) {
    PrimarySettings of = instance.primary().settings;
    long at = instance.link.pendingPingAt == NEVER ? Long.MAX_VALUE
        : instance.link.pendingPingAt + of.downAfterMillis() + 1;
    if (!(instance instanceof MonitoredPrimary primary)) return at;
    if (primary.roleReported == Kind.REPLICA) {
      at = Math.min(at, primary.roleReportedAt + of.downAfterMillis() + timing.millis(Period.INFO_PERIOD) * 2 + 1);
    }
    return primary.rebooting ? Math.min(at, primary.rebootingAt + of.rebootDownAfterMillis() + 1) : at;
  }
}
