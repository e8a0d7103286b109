package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.understudy.sentinel.state.FailoverRecord.Candidate;
import org.understudy.sentinel.state.Timing.Period;

/** Which replica is to be promoted, and why the others are not. */
final class Selection {
  /** The lowest priority first, then the highest offset, then the smallest run id; one without a run id comes last. */
  private static final Comparator<Replica> BEST_FIRST = Comparator.comparingInt(Replica::priority)
      .thenComparing(Comparator.comparingLong(Replica::offset).reversed())
      .thenComparing(replica -> replica.runId, Comparator.nullsLast(String.CASE_INSENSITIVE_ORDER));

  /** @param best null if none is good enough */
  record Choice(Replica best, List<Candidate> candidates) {}

  private Selection() {}

  static Choice choose(MonitoredPrimary primary, Timing timing, long now) {
    boolean someAnswered = primary.replicas.values().stream()
        .anyMatch(replica -> rejection(replica, timing, now) == null && answeredSinceLoss(replica));
    Function<Replica, String> rejections = replica -> {
      String rejection = rejection(replica, timing, now);
      return rejection == null && someAnswered && !answeredSinceLoss(replica) ? "no INFO since the primary was lost"
          : rejection;
    };
    Replica best = primary.replicas.values().stream()
        .filter(replica -> rejections.apply(replica) == null)
        .min(BEST_FIRST)
        .orElse(null);
    Stream<Candidate> candidates = primary.replicas.values().stream().sorted(BEST_FIRST)
        .map(replica -> new Candidate(replica.name, replica.runId(), replica.priority, replica.offset,
            rejections.apply(replica)));
    return new Choice(best, candidates.toList());
  }

  /**
   * Whether INFO came since the primary was lost. A replica that stopped together with it does not count as down yet
   * when it is chosen from, as Redis may choose it; but all were asked, and it is the one that did not answer.
   */
  private static boolean answeredSinceLoss(Replica replica) {
    MonitoredPrimary primary = replica.primary();
    return !primary.subjectivelyDown || replica.infoAt >= primary.subjectivelyDownAt;
  }

  /** Why a replica may not be promoted at all, or null if it may. */
  static String rejection(Replica replica, Timing timing, long now) {
    MonitoredPrimary primary = replica.primary();
    boolean down = primary.subjectivelyDown;
    if (replica.subjectivelyDown) return "s_down";
    if (replica.link.disconnected()) return "disconnected";
    long ping = timing.millis(Period.PING_PERIOD);
    long silent = replica.link.sinceAvailableMillis(now);
    if (silent > ping * 5) return "no reply to PING for " + silent + " ms";
    if (replica.priority == 0) return "priority 0";
    if (replica.infoAt == NEVER) return "no INFO";
    // A lost primary makes INFO come every second; otherwise it comes at its ordinary pace
    long infoAge = now - replica.infoAt;
    if (infoAge > (down ? ping * 5 : timing.millis(Period.INFO_PERIOD) * 3)) return "INFO is " + infoAge + " ms old";
    long mostLinkDown = (down ? primary.subjectivelyDownMillis(now) : 0) + primary.settings.downAfterMillis() * 10;
    if (replica.primaryLinkDownMillis > mostLinkDown) {
      return "link to its primary down for " + replica.primaryLinkDownMillis + " ms";
    }
    return null;
  }
}
