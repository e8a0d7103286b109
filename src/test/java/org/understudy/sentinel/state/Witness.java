package org.understudy.sentinel.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.SavedState.SavedPrimary;

/** Watches what must never happen, and remembers what did. */
final class Witness {
  private static final int REMEMBERED = 400;

  private record Ballot(String voter, long epoch) {}

  /** The failover that a sentinel tries. */
  private static final class Attempt {
    long newestEpoch;
    long epoch;
    boolean asked;
    boolean forced;
  }

  private final SimulatedWorld world;
  private final Deque<String> transcript = new ArrayDeque<>();
  /** Votes that left a sentinel, or that it counted for itself. */
  private final Map<Ballot, String> votes = new HashMap<>();
  private final Map<String, Long> lastVoteEpoch = new HashMap<>();
  private final Map<Long, String> promotedIn = new HashMap<>();
  private final Map<Long, String> leaderOf = new HashMap<>();
  /** Epochs in which an operator had a failover made without an election. */
  private final Set<Long> forcedEpochs = new HashSet<>();
  private final Map<String, Attempt> attempts = new HashMap<>();
  private int sentinels;
  private long hash = 1;
  int switches;
  int electionsWon;

  Witness(SimulatedWorld world) {
    this.world = world;
  }

  void expectSentinels(int count) {
    sentinels = count;
  }

  void note(Address who, String what) {
    String line = world.now() + " " + who.port() + " " + what;
    hash = hash * 31 + line.hashCode();
    transcript.add(line);
    if (transcript.size() > REMEMBERED) transcript.remove();
  }

  /** Differs between two runs that differ anywhere. */
  long fingerprint() {
    return hash;
  }

  String story() {
    return String.join("\n", transcript);
  }

  void started(SimulatedSentinel sentinel, SavedState disk) {
    note(sentinel.address(), "starts in epoch " + disk.currentEpoch());
    for (SavedPrimary primary : disk.primaries()) {
      long voted = lastVoteEpoch.getOrDefault(sentinel.id, 0L);
      check(primary.leaderEpoch() >= voted, "lost a vote it gave in epoch " + voted, sentinel);
    }
    check(!disk.primaries().isEmpty(), "lost what it monitors", sentinel);
  }

  void did(SimulatedSentinel sentinel, Effect effect) {
    if (effect instanceof Effect.Reply reply && reply.answer() instanceof Answer.Down down
        && !down.leader().equals("*")) {
      voted(sentinel, down.leaderEpoch(), down.leader());
    } else if (effect instanceof Effect.Publish event) {
      published(sentinel, event);
    } else if (effect instanceof Effect.Log log) {
      note(sentinel.address(), log.text());
      if (log.text().startsWith("Executing user requested")) attempt(sentinel).asked = true;
    }
  }

  private void published(SimulatedSentinel sentinel, Effect.Publish event) {
    if (event.level() == LogLevel.DEBUG) return;
    note(sentinel.address(), event.name() + " " + event.payload());
    Attempt attempt = attempt(sentinel);
    switch (event.name()) {
      case "+new-epoch" -> attempt.newestEpoch = Long.parseLong(event.payload());
      case "+try-failover" -> {
        attempt.epoch = attempt.newestEpoch;
        attempt.forced = attempt.asked;
        attempt.asked = false;
      }
      case "+elected-leader" -> elected(sentinel, attempt);
      case "+switch-master" -> switches++;
      case "+promoted-slave" -> promoted(sentinel, attempt.epoch, event.payload());
      default -> { }
    }
  }

  private Attempt attempt(SimulatedSentinel sentinel) {
    return attempts.computeIfAbsent(sentinel.id, id -> new Attempt());
  }

  private void voted(SimulatedSentinel sentinel, long epoch, String leader) {
    String before = votes.putIfAbsent(new Ballot(sentinel.id, epoch), leader);
    check(before == null || before.equals(leader), "voted for " + before + " and " + leader + " in epoch " + epoch,
        sentinel);
    lastVoteEpoch.merge(sentinel.id, epoch, Math::max);
  }

  private void elected(SimulatedSentinel sentinel, Attempt attempt) {
    if (attempt.forced) {
      forcedEpochs.add(attempt.epoch);
      return;
    }
    electionsWon++;
    voted(sentinel, attempt.epoch, sentinel.id);
    long got = votes.entrySet().stream().filter(vote -> vote.getKey().epoch == attempt.epoch
        && vote.getValue().equals(sentinel.id)).count();
    check(got >= sentinels / 2 + 1, "was elected in epoch " + attempt.epoch + " by " + got + " votes", sentinel);
    String other = leaderOf.putIfAbsent(attempt.epoch, sentinel.id);
    check(other == null, "leads epoch " + attempt.epoch + " beside " + other, sentinel);
  }

  private void promoted(SimulatedSentinel sentinel, long epoch, String payload) {
    String name = payload.split(" ")[1];
    String other = promotedIn.putIfAbsent(epoch, name);
    check(other == null || other.equals(name) || forcedEpochs.contains(epoch),
        "promoted " + name + " beside " + other + " in epoch " + epoch, sentinel);
  }

  private void check(boolean fine, String what, SimulatedSentinel sentinel) {
    if (!fine) throw new AssertionError("Sentinel " + sentinel.address().port() + " " + what);
  }
}
