package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.sentinel.state.FailoverRecord.Candidate;
import org.understudy.sentinel.state.FailoverRecord.StageTime;

/** One failover that this sentinel tries or leads, with what its record will say. */
final class Failover {
  private final MonitoredPrimary primary;
  private final long startedAtWallMillis;
  private final Address from;
  private final List<StageTime> stages = new ArrayList<>();

  final long epoch;
  /** By SENTINEL FAILOVER: goes on without being elected. */
  final boolean forced;
  final long startedAt;
  /** The election is over when it lasts longer than the timeout from then on. */
  final long electionFrom;
  FailoverStage stage = FailoverStage.WAIT_START;
  long stageSince;
  Replica promoted;
  /** Until when the primary may hand over by itself, or {@link Link#NEVER} if it was not told to. */
  long handOverUntil = NEVER;
  boolean handOverTried;
  /** It was published that a promotion is awaited: once, also if there is no hand-over after all. */
  boolean awaitedPromotion;
  List<Candidate> candidates = List.of();
  long promotedOffset = -1;

  Failover(MonitoredPrimary primary, long epoch, boolean forced, long electionFrom, long now, long wallMillis) {
    this.primary = primary;
    this.epoch = epoch;
    this.forced = forced;
    this.electionFrom = electionFrom;
    startedAt = now;
    stageSince = now;
    startedAtWallMillis = wallMillis;
    from = primary.address;
  }

  void enter(FailoverStage next, long now) {
    stages.add(new StageTime(stage, now - stageSince));
    stage = next;
    stageSince = now;
  }

  /** @param outcome see {@link FailoverRecord#outcome} */
  FailoverRecord end(String outcome, String myId, long now) {
    enter(FailoverStage.NONE, now);
    Map<String, String> votes = new LinkedHashMap<>();
    if (primary.votedFor != null && primary.voteEpoch == epoch) votes.put(myId, primary.votedFor);
    for (OtherSentinel sentinel : primary.sentinels.values()) {
      if (sentinel.votedFor != null && sentinel.voteEpoch == epoch) votes.put(sentinel.name, sentinel.votedFor);
    }
    return new FailoverRecord(primary.name, epoch, forced, startedAtWallMillis, from,
        promoted == null ? null : promoted.address, outcome, votes, candidates, List.copyOf(stages), primary.offset,
        promotedOffset);
  }
}
