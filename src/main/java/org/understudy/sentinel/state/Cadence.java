package org.understudy.sentinel.state;

import org.understudy.sentinel.state.Timing.Period;

/**
 * How often things are done. Redis works from constants made for a down-after of 30 seconds and a timer of 10 Hz;
 * with a down-after of 500 milliseconds they cost it more than a second of each failover. Here what follows from an
 * event is done at the event, and what has to be repeated is repeated as often as down-after makes it worth while,
 * never less often than in Redis. Other sentinels see nothing of it but quicker answers.
 */
final class Cadence {
  /** Between ticks in which nothing is due earlier; the timer of Redis. */
  static final long TICK_MILLIS = 100;

  /**
   * Until a connection attempt is given up and begun anew. Redis waits for the kernel, whose SYNs come ever more
   * rarely, so that it notices the end of a partition late.
   */
  static final long CONNECT_TIMEOUT_MILLIS = 2_000;

  /**
   * Between two questions whether the primary is down while the others may be about to notice it, too, and between two
   * requests for a vote. Redis asks once a second, which it pays in full if the other one was a moment late.
   */
  static final long URGENT_ASK_MILLIS = 100;

  /** For so long after SDOWN questions are urgent; then the others are of another opinion, and a second will do. */
  static final long URGENT_SPAN_MILLIS = 3_000;

  /** Two sentinels that ask each other because each was asked leave at least this between questions. */
  static final long ASK_BACK_MILLIS = 20;

  /**
   * Each sentinel that is up and whose id sorts before ours gets this head start at an election. It is longer than
   * what two of them need to notice ODOWN and ask for votes, so that mostly one asks and no vote is split. Redis
   * starts all at once and hopes that their timers are apart.
   */
  static final long HEAD_START_MILLIS = 60;

  /** What chance adds to the head start. */
  static final int HEAD_START_JITTER_MILLIS = 20;

  /**
   * A vote that is known to be split is followed by another after a random time up to this, doubled each time. Nobody
   * was elected, so nobody can be disturbed; Redis lets twice the failover timeout pass (six minutes by default).
   */
  static final int SPLIT_RETRY_MILLIS = 250;
  static final int SPLIT_RETRY_DOUBLINGS = 4;

  /**
   * An attempt that found no replica to promote is followed by another as soon as there is one, but not before. Redis
   * lets twice the failover timeout pass.
   */
  static final long NO_REPLICA_RETRY_MILLIS = 1_000;

  /**
   * INFO to replicas while a promotion or a reconfiguration is awaited; after {@link #URGENT_SPAN_MILLIS} once a
   * second.
   */
  static final long URGENT_INFO_MILLIS = 100;

  /** INFO to replicas while their primary is down or being failed over, or when what they said wants watching. */
  static final long WATCHFUL_INFO_MILLIS = 1_000;

  /** Selection waits for INFO asked after the primary was lost, so that offsets are the last ones, but only so long. */
  static final long FRESH_INFO_WAIT_MILLIS = 250;

  /**
   * A manual failover asks the others for their votes, so that no two use one epoch, but only waits so long for them.
   */
  static final long FORCED_VOTE_WAIT_MILLIS = 500;

  /** A handing over by FAILOVER may take so long before the replica is promoted without it. */
  static final long HAND_OVER_MILLIS = 2_000;

  /** The primary's answer may be late, but then it is told to let it be. */
  static final long HAND_OVER_GIVEN_UP_MILLIS = 2 * HAND_OVER_MILLIS;

  /** Up to this a period is kept to the millisecond; what comes less often waits for the next tick, all together. */
  private static final long SHORT_PERIOD_MILLIS = 4 * TICK_MILLIS;

  private Cadence() {}

  static boolean isShort(long periodMillis) {
    return periodMillis < SHORT_PERIOD_MILLIS;
  }

  /**
   * Between two PINGs: to a primary a quarter of down-after, since the time that it is silent counts from the first
   * PING without reply, and what lies before it is lost. To all others down-after, as Redis takes for everybody:
   * nobody waits for them to be down. Never more than a second.
   */
  static long ping(Timing timing, Instance instance) {
    long wanted = instance.kind == Kind.PRIMARY ? quarter(instance) : instance.primary().settings.downAfterMillis();
    return Math.min(timing.millis(Period.PING_PERIOD), wanted);
  }

  /** A PING may go so much earlier together with others, so that many primaries do not need as many ticks. */
  static long pingSlack(long pingPeriodMillis) {
    return pingPeriodMillis / 8;
  }

  /** Between two attempts to connect: a server that restarts within down-after is not to count as down. */
  static long reconnect(Timing timing, Instance instance) {
    return Math.min(timing.millis(Period.PING_PERIOD), quarter(instance));
  }

  private static long quarter(Instance instance) {
    return Math.max(50, instance.primary().settings.downAfterMillis() / 4);
  }

  static long info(Timing timing, Instance instance, long now) {
    long period = timing.millis(Period.INFO_PERIOD);
    if (!(instance instanceof Replica replica)) return period;
    MonitoredPrimary primary = replica.primary();
    Failover failover = primary.failover;
    boolean awaited = failover != null && (replica.promoted && failover.stage == FailoverStage.WAIT_PROMOTION
        || replica.reconfiguration == Replica.Reconfiguration.SENT
        || replica.reconfiguration == Replica.Reconfiguration.IN_PROGRESS);
    if (awaited && now - failover.stageSince < URGENT_SPAN_MILLIS) return Math.min(period, URGENT_INFO_MILLIS);
    boolean watched = primary.subjectivelyDown || failover != null || replica.primaryLinkDownMillis != 0
        || replica.roleReported == Kind.PRIMARY;
    return watched ? Math.min(period, WATCHFUL_INFO_MILLIS) : period;
  }
}
