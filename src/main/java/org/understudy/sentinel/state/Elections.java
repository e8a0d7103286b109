package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.understudy.config.LogLevel;
import org.understudy.resp.Reply;
import org.understudy.sentinel.state.Timing.Period;

/** What sentinels agree on: that a primary is down, and who fails it over. */
final class Elections {
  /** Nobody. */
  private static final String NO_VOTE = "*";

  /** A sentinel that voted for another one waits up to so much longer than twice the failover timeout, by chance. */
  private static final int DESYNC_MILLIS = 1_000;

  /** How an election stands for this sentinel. */
  enum Outcome {
    /** Votes may still come. */
    OPEN,
    WON,
    /** Another one has the majority. */
    LOST,
    /** Enough can be reached, but among them nobody can get the majority any more. */
    SPLIT
  }

  /**
   * A vote that is given once it is on disk, as it was when it was asked for: a later one may have been decided on
   * meanwhile, which is not on disk with it.
   */
  private record PendingVote(long token, MonitoredPrimary primary, String leader, long epoch, long version) {}

  private final Links links;
  private final Outbox outbox;
  private final Timing timing;
  private final Epochs epochs;
  private final Durability durability;
  private final RandomGenerator random;
  private final String myId;
  private final List<PendingVote> pendingVotes = new ArrayList<>();
  /** When another sentinel with our id was heard of last. */
  private long namesakeAt = NEVER;

  Elections(String myId, Links links, Outbox outbox, Timing timing, Epochs epochs, Durability durability,
      RandomGenerator random) {
    this.myId = myId;
    this.links = links;
    this.outbox = outbox;
    this.timing = timing;
    this.epochs = epochs;
    this.durability = durability;
    this.random = random;
  }

  String myId() {
    return myId;
  }

  void noticeNamesake(long now) {
    namesakeAt = now;
  }

  /**
   * Whether a vote for our id would be one for us, and ours the only one of our id: not while another sentinel has the
   * same.
   */
  boolean mayTakePart(long now) {
    return now - namesakeAt > timing.millis(Period.PUBLISH_PERIOD) * 5;
  }

  // ---------------------------------------------------------------------------------------------- Objectively down

  /** Notices that enough sentinels hold the primary for down, or not any more. */
  void judge(MonitoredPrimary primary, long now) {
    int agreed = primary.subjectivelyDown ? 1 : 0;
    for (OtherSentinel sentinel : primary.sentinels.values()) {
      if (primary.subjectivelyDown && sentinel.saysPrimaryDown) agreed++;
    }
    boolean down = primary.subjectivelyDown && agreed >= primary.settings.quorum();
    if (down == primary.objectivelyDown) return;
    primary.objectivelyDown = down;
    if (down) {
      outbox.publish(LogLevel.WARNING, "+odown", primary, "#quorum " + agreed + "/" + primary.settings.quorum());
      primary.objectivelyDownAt = now;
      primary.electionAt = now + headStartOfOthers(primary) + random.nextInt(Cadence.HEAD_START_JITTER_MILLIS);
    } else {
      outbox.publish(LogLevel.WARNING, "-odown", primary);
    }
  }

  private long headStartOfOthers(MonitoredPrimary primary) {
    return Cadence.HEAD_START_MILLIS * primary.sentinels.values().stream()
        .filter(sentinel -> !sentinel.subjectivelyDown && sentinel.name.compareTo(myId) < 0).count();
  }

  /**
   * Asks the other sentinels whether they hold the primary for down, and for their votes while this one wants to be
   * elected.
   */
  void ask(MonitoredPrimary primary, boolean force, long now) {
    for (OtherSentinel sentinel : primary.sentinels.values()) {
      boolean elects = electing(primary);
      if (now - sentinel.lastAnswerAt > timing.millis(Period.ASK_PERIOD) * 5) {
        sentinel.saysPrimaryDown = false;
        if (!elects) sentinel.votedFor = null;
      }
      if (!primary.subjectivelyDown && !elects) continue;
      if (!force && now - sentinel.lastAskedAt < askPeriod(primary, sentinel, now)) continue;
      boolean sent = links.send(sentinel, new Request.AskDown(primary.address.shown(outbox.showsNames()),
          primary.address.port(), elects ? primary.failover.epoch : epochs.current(), elects ? myId : NO_VOTE));
      if (sent) sentinel.lastAskedAt = now;
    }
  }

  /** When the sentinel is to be asked again, or never. */
  long nextAskAt(OtherSentinel sentinel, long now) {
    MonitoredPrimary primary = sentinel.primary();
    if (!primary.subjectivelyDown && !electing(primary)) return Long.MAX_VALUE;
    if (sentinel.link.commands != Link.Status.OPEN) return Long.MAX_VALUE;
    return sentinel.lastAskedAt + askPeriod(primary, sentinel, now);
  }

  private long askPeriod(MonitoredPrimary primary, OtherSentinel sentinel, long now) {
    long period = timing.millis(Period.ASK_PERIOD);
    boolean awaited = electing(primary) && !hasVoted(sentinel, primary.failover.epoch)
        || !primary.objectivelyDown && now - primary.subjectivelyDownAt < Cadence.URGENT_SPAN_MILLIS;
    return awaited ? Math.min(period, Cadence.URGENT_ASK_MILLIS) : period;
  }

  private static boolean electing(MonitoredPrimary primary) {
    return primary.failover != null && primary.failover.stage == FailoverStage.WAIT_START;
  }

  private static boolean hasVoted(OtherSentinel sentinel, long epoch) {
    return sentinel.votedFor != null && sentinel.voteEpoch == epoch;
  }

  /** The reply to our question: {@code down, leader or *, leader's epoch}; anything else is passed over. */
  void answered(OtherSentinel sentinel, Reply reply, long now) {
    List<Reply> fields = reply.elements();
    if (fields.size() != 3 || !(fields.get(0) instanceof Reply.Int down) || !(fields.get(1) instanceof Reply.Bulk)
        || !(fields.get(2) instanceof Reply.Int epoch)) {
      return;
    }
    String leader = fields.get(1).text();
    epochs.heard(epoch.value(), sentinel.primary());
    sentinel.lastAnswerAt = now;
    sentinel.saysPrimaryDown = down.value() == 1;
    if (leader.equals(NO_VOTE)) return;
    if (sentinel.voteEpoch != epoch.value()) {
      outbox.log(LogLevel.WARNING, sentinel.name + " voted for " + leader + " " + epoch.value());
    }
    sentinel.votedFor = leader;
    sentinel.voteEpoch = epoch.value();
  }

  // --------------------------------------------------------------------------------------------------------- Votes

  /**
   * Another sentinel asks about a primary. A vote is answered once it is on disk.
   *
   * @param primary null if it is none of ours
   */
  void asked(Event.AskedDown question, MonitoredPrimary primary, boolean tilt, long now) {
    boolean down = primary != null && primary.subjectivelyDown && !tilt;
    if (primary == null || question.candidate().equals(NO_VOTE) || !mayTakePart(now)) {
      outbox.add(new Effect.Reply(question.token(), new Answer.Down(down, NO_VOTE, 0)));
    } else {
      if (!primary.subjectivelyDown) primary.handOverElsewhereUntil = now + Cadence.HAND_OVER_GIVEN_UP_MILLIS;
      vote(primary, question.epoch(), question.candidate(), now);
      pendingVotes.add(new PendingVote(question.token(), primary, primary.votedFor == null ? NO_VOTE : primary.votedFor,
          primary.voteEpoch, primary.voteVersion));
      settleVotes();
    }
    if (primary != null && primary.subjectivelyDown && !primary.objectivelyDown) askBack(primary, now);
  }

  /** Who asks holds the primary for down: the moment to hear it from its own mouth. */
  private void askBack(MonitoredPrimary primary, long now) {
    boolean askedJustNow = primary.sentinels.values().stream()
        .anyMatch(sentinel -> now - sentinel.lastAskedAt < Cadence.ASK_BACK_MILLIS);
    if (!askedJustNow) ask(primary, true, now);
  }

  /** Votes that reached the disk are given. */
  void settleVotes() {
    for (Iterator<PendingVote> all = pendingVotes.iterator(); all.hasNext();) {
      PendingVote vote = all.next();
      if (!durability.isDurable(vote.version)) continue;
      answer(vote, vote.leader, vote.epoch);
      all.remove();
    }
  }

  /** Votes that could not be written are not given, and stay as they are until they can. */
  void withholdVotes() {
    for (PendingVote vote : pendingVotes) answer(vote, NO_VOTE, 0);
    pendingVotes.clear();
  }

  private void answer(PendingVote vote, String leader, long epoch) {
    outbox.add(new Effect.Reply(vote.token, new Answer.Down(vote.primary.subjectivelyDown, leader, epoch)));
  }

  /**
   * Votes for the candidate unless a vote was given in that epoch or a later one, or the primary's address was
   * decided in one. Epochs of other primaries do not matter, as they do in Redis, where primaries that are failed
   * over at the same time take each other's votes away.
   */
  void vote(MonitoredPrimary primary, long epoch, String candidate, long now) {
    epochs.heard(epoch, primary);
    if (epoch <= primary.voteEpoch || epoch <= primary.configEpoch) return;
    primary.votedFor = candidate;
    primary.voteEpoch = epoch;
    primary.voteVersion = durability.change();
    outbox.publishText(LogLevel.WARNING, "+vote-for-leader", primary, candidate + " " + epoch);
    if (!candidate.equalsIgnoreCase(myId)) primary.lastAttemptAt = desynchronised(now);
  }

  long desynchronised(long now) {
    return now + random.nextInt(DESYNC_MILLIS);
  }

  /** Votes for the one that most voted for, if this sentinel has not voted yet in the epoch of its attempt. */
  void voteIfNotYet(MonitoredPrimary primary, long now) {
    long epoch = primary.failover.epoch;
    if (primary.voteEpoch >= epoch) return;
    Map<String, Integer> votes = votesOfOthers(primary, epoch);
    String favourite = votes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(myId);
    vote(primary, epoch, favourite, now);
  }

  /**
   * Counts: to win takes the majority of all known sentinels, and at least the quorum. Who could not write down that it
   * tried in this epoch has not won, even without its own vote: after a restart it would be elected in it once more.
   */
  Outcome outcome(MonitoredPrimary primary) {
    long epoch = primary.failover.epoch;
    Map<String, Integer> votes = votesOfOthers(primary, epoch);
    int reachable = 1;
    int open = 0;
    for (OtherSentinel sentinel : primary.sentinels.values()) {
      if (sentinel.link.commands != Link.Status.OPEN || sentinel.subjectivelyDown) continue;
      reachable++;
      if (sentinel.votedFor == null || sentinel.voteEpoch < epoch) open++;
    }
    if (primary.voteEpoch == epoch && primary.votedFor != null) {
      if (durability.isDurable(primary.voteVersion)) votes.merge(primary.votedFor, 1, Integer::sum);
      else open++;
    }
    int needed = votesNeeded(primary);
    if (votes.getOrDefault(myId, 0) >= needed) return isSealed(primary) ? Outcome.WON : Outcome.OPEN;
    int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (most >= needed) return Outcome.LOST;
    return reachable >= needed && most + open < needed ? Outcome.SPLIT : Outcome.OPEN;
  }

  /** Whether so few sentinels are connected that nobody can have heard our question who would matter. */
  boolean majorityIsCutOff(MonitoredPrimary primary) {
    long connected = primary.sentinels.values().stream()
        .filter(sentinel -> sentinel.link.commands == Link.Status.OPEN).count();
    return connected + 1 < votesNeeded(primary);
  }

  private static int votesNeeded(MonitoredPrimary primary) {
    return Math.max((primary.sentinels.size() + 1) / 2 + 1, primary.settings.quorum());
  }

  /** Whether somebody else is known to have got a vote in the epoch of our attempt. */
  boolean hasRival(MonitoredPrimary primary) {
    long epoch = primary.failover.epoch;
    return votesOfOthers(primary, epoch).keySet().stream().anyMatch(candidate -> !candidate.equals(myId))
        || primary.voteEpoch == epoch && primary.votedFor != null && !primary.votedFor.equals(myId);
  }

  /** Whether others vote in a later epoch already: somebody may have been elected there, and is not to be disturbed. */
  boolean othersWentOn(MonitoredPrimary primary) {
    long epoch = primary.failover.epoch;
    return primary.sentinels.values().stream().anyMatch(sentinel -> sentinel.voteEpoch > epoch);
  }

  /** Whether our vote in the epoch of our attempt is on disk. */
  boolean isSealed(MonitoredPrimary primary) {
    return primary.voteEpoch >= primary.failover.epoch && durability.isDurable(primary.voteVersion);
  }

  /** Whether each sentinel that can be reached has voted in the epoch of our attempt. */
  boolean allReachableHaveVoted(MonitoredPrimary primary) {
    return primary.sentinels.values().stream()
        .allMatch(sentinel -> sentinel.link.commands != Link.Status.OPEN || sentinel.subjectivelyDown
            || hasVoted(sentinel, primary.failover.epoch));
  }

  private static Map<String, Integer> votesOfOthers(MonitoredPrimary primary, long epoch) {
    Map<String, Integer> votes = new HashMap<>();
    for (OtherSentinel sentinel : primary.sentinels.values()) {
      if (hasVoted(sentinel, epoch)) votes.merge(sentinel.votedFor, 1, Integer::sum);
    }
    return votes;
  }
}
