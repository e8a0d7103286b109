package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.sentinel.state.Bench.B;
import static org.understudy.sentinel.state.Bench.C;
import static org.understudy.sentinel.state.Bench.ME;
import static org.understudy.sentinel.state.Bench.PRIMARY;

import java.util.List;
import org.junit.jupiter.api.Test;

class ElectionTest {
  private final Bench bench = Bench.started();

  private void asked(long epoch, String candidate) {
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", PRIMARY, epoch, candidate));
  }

  private Answer lastAnswer() {
    return bench.answers.get(bench.answers.size() - 1);
  }

  @Test
  void aloneNoSentinelCanHoldAPrimaryForObjectivelyDown() {
    bench.kill(PRIMARY);
    bench.pass(5_000);
    assertTrue(bench.saw("+sdown"));
    assertFalse(bench.saw("+odown"));
    assertFalse(bench.saw("+try-failover"));
  }

  @Test
  void withTheQuorumThePrimaryIsObjectivelyDownAtOnce() {
    bench.othersAgree();
    bench.kill(PRIMARY);
    bench.pass(1_001);
    assertTrue(bench.saw("+odown master mymaster 10.0.0.1 6379 #quorum 2/2"));
  }

  @Test
  void whenTheOthersSeeThePrimaryAgainItIsNotObjectivelyDown() {
    bench.diskFull = true;
    bench.othersAgree();
    bench.kill(PRIMARY);
    bench.pass(1_001);
    for (int port : Bench.SENTINEL_PORTS.values()) {
      bench.opinions.put(port, question -> new Answer.Down(false, "*", 0));
    }
    bench.pass(1_500);
    assertTrue(bench.saw("-odown master mymaster 10.0.0.1 6379"));
  }

  @Test
  void aSentinelThatIsAskedSaysWhatItSees() {
    asked(0, "*");
    assertEquals(new Answer.Down(false, "*", 0), lastAnswer());
    bench.kill(PRIMARY);
    bench.pass(1_100);
    asked(0, "*");
    assertEquals(new Answer.Down(true, "*", 0), lastAnswer());
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", 1, 5, B));
    assertEquals(new Answer.Down(false, "*", 0), lastAnswer());
  }

  @Test
  void aPrimaryThatAnotherSentinelMayHaveHandOverIsNotMadeToWaitByAHello() {
    bench.forget();
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", PRIMARY, 5, Bench.B));
    bench.pass(Cadence.HAND_OVER_GIVEN_UP_MILLIS - 1);
    assertEquals(0, bench.count(Request.Hello.class, PRIMARY));
    assertTrue(bench.count(Request.Hello.class, Bench.REPLICA) > 0);
    assertTrue(bench.count(Request.Ping.class, PRIMARY) > 0);
    bench.pass(Cadence.TICK_MILLIS);
    assertEquals(1, bench.count(Request.Hello.class, PRIMARY));
  }

  @Test
  void aVoteIsGivenOncePerEpoch() {
    asked(3, B);
    assertEquals(new Answer.Down(false, B, 3), lastAnswer());
    assertEquals(List.of("+new-epoch", "+vote-for-leader"), bench.names());
    asked(3, C);
    assertEquals(new Answer.Down(false, B, 3), lastAnswer());
    asked(2, C);
    assertEquals(new Answer.Down(false, B, 3), lastAnswer());
    asked(4, C);
    assertEquals(new Answer.Down(false, C, 4), lastAnswer());
  }

  @Test
  void aVoteIsOnDiskBeforeItIsGiven() {
    bench.diskFull = true;
    asked(3, B);
    assertEquals(new Answer.Down(false, "*", 0), lastAnswer());
    assertTrue(bench.events.contains(
        "WARNING: Sentinel was not able to save the new configuration on disk!!!: No space left on device"));
    bench.diskFull = false;
    bench.pass(1_100);
    asked(3, C);
    assertEquals(new Answer.Down(false, B, 3), lastAnswer());
    assertEquals(3, bench.disk.primaries().get(0).leaderEpoch());
  }

  @Test
  void aVoteThatReachesTheDiskDoesNotGiveALaterOneAwayThatHasNot() {
    bench.diskSlow = true;
    asked(3, B);
    asked(4, C);
    bench.writeNext();
    assertEquals(List.of(new Answer.Down(false, B, 3)), bench.answers);
    assertEquals(3, bench.disk.primaries().get(0).leaderEpoch());
    bench.writeNext();
    assertEquals(new Answer.Down(false, C, 4), lastAnswer());
    assertEquals(2, bench.answers.size());
  }

  @Test
  void aRestartDoesNotLetASentinelVoteTwice() {
    asked(3, B);
    bench.start();
    asked(3, C);
    assertEquals(new Answer.Down(false, "*", 3), lastAnswer());
  }

  @Test
  void noVoteIsGivenForAnEpochOlderThanTheConfiguration() {
    bench.step(new Event.HelloReceived("10.0.0.1,26380," + B + ",9,mymaster,10.0.0.1,6379,9"));
    asked(8, C);
    assertEquals(new Answer.Down(false, "*", 0), lastAnswer());
  }

  @Test
  void whoVotedForAnotherDoesNotStartByItself() {
    asked(1, B);
    bench.othersAgree();
    bench.kill(PRIMARY);
    bench.pass(15_000);
    assertTrue(bench.saw("+odown"));
    assertFalse(bench.saw("+try-failover"));
    assertTrue(bench.saw("Next failover delay: I will not start a failover before Thu Jan  1 00:00:"));
    bench.pass(7_000);
    assertTrue(bench.saw("+try-failover"));
  }

  @Test
  void ifTheOneWeVotedForDiesWeDoNotWaitForIt() {
    asked(1, B);
    bench.othersAgree();
    bench.kill(PRIMARY);
    bench.kill(26380);
    bench.pass(13_000);
    assertTrue(bench.saw("+try-failover"));
  }

  @Test
  void aSentinelWaitsForThoseBeforeItAndThenAsksForVotes() {
    Bench last = Bench.started();
    last.othersAgree();
    last.kill(PRIMARY);
    last.pass(1_001 + Cadence.HEAD_START_JITTER_MILLIS);
    assertTrue(last.saw("+try-failover master mymaster 10.0.0.1 6379"));
    assertTrue(last.events.contains("+new-epoch 1"));
    assertTrue(last.events.contains("+vote-for-leader " + ME + " 1"));
    assertTrue(last.events.contains(B + " voted for " + ME + " 1"));
    assertTrue(last.saw("+elected-leader master mymaster 10.0.0.1 6379"));
  }

  @Test
  void withoutAMajorityNobodyIsElectedAndTheAttemptEnds() {
    bench.opinions.put(26380, question -> new Answer.Down(true, "*", 0));
    bench.kill(PRIMARY);
    bench.pass(10_500);
    assertTrue(bench.saw("+try-failover"));
    assertFalse(bench.saw("-failover-abort-not-elected"));
    bench.pass(2_000);
    assertTrue(bench.saw("-failover-abort-not-elected master mymaster 10.0.0.1 6379"));
    assertFalse(bench.saw("+elected-leader"));
    assertEquals(FailoverStage.NONE, bench.primary().stage());
  }

  @Test
  void aPrimaryThatAnswersBeforeSomebodyIsElectedStaysPrimary() {
    bench.opinions.put(26380, question -> new Answer.Down(true, "*", 0));
    bench.mute.add(PRIMARY);
    bench.passUntil(() -> bench.saw("+try-failover"));
    bench.unmute();
    assertTrue(bench.saw("-odown"));
    assertTrue(bench.saw("-failover-abort-not-elected"));
    assertEquals(FailoverStage.NONE, bench.primary().stage());
    bench.mute.add(PRIMARY);
    bench.forget();
    bench.othersAgree();
    bench.pass(2_000);
    assertTrue(bench.saw("+elected-leader"), "the next attempt need not wait");
  }

  @Test
  void aSplitVoteIsRepeatedAtOnceInAnotherEpoch() {
    bench.opinions.put(26380, question -> new Answer.Down(true, question.epoch() == 1 ? B : question.candidate(),
        question.epoch()));
    bench.opinions.put(26381, question -> new Answer.Down(true, question.epoch() == 1 ? C : question.candidate(),
        question.epoch()));
    bench.kill(PRIMARY);
    bench.pass(1_001 + Cadence.HEAD_START_JITTER_MILLIS + Cadence.SPLIT_RETRY_MILLIS);
    assertTrue(bench.saw("-failover-abort-not-elected"));
    assertTrue(bench.events.contains("+new-epoch 2"));
    assertTrue(bench.saw("+elected-leader"));
  }

  @Test
  void whoVotesForAnotherInALaterEpochGivesItsOwnAttemptUpAndWaits() {
    bench.opinions.put(26380, question -> question.candidate().equals("*") ? new Answer.Down(true, "*", 0)
        : new Answer.Down(true, B, 1));
    bench.opinions.remove(26381);
    bench.kill(PRIMARY);
    bench.pass(1_001 + Cadence.HEAD_START_JITTER_MILLIS);
    assertTrue(bench.saw("+try-failover"));
    asked(2, C);
    assertTrue(bench.saw("-failover-abort-not-elected"));
    bench.pass(15_000);
    assertEquals(1, bench.countOf("+try-failover"));
  }

  @Test
  void whoComesTooLateForAnEpochLeavesTheOthersAloneForAsLongAsAnElectionTakes() {
    for (int port : Bench.SENTINEL_PORTS.values()) {
      bench.opinions.put(port, question -> question.candidate().equals("*") ? new Answer.Down(true, "*", 0)
          : question.epoch() == 1 ? new Answer.Down(true, C, 2)
          : new Answer.Down(true, question.candidate(), question.epoch()));
    }
    bench.kill(PRIMARY);
    bench.pass(9_000);
    assertTrue(bench.saw("-failover-abort-not-elected"));
    assertTrue(bench.events.contains("+new-epoch 2"));
    assertEquals(1, bench.countOf("+try-failover"));
    bench.pass(3_000);
    assertTrue(bench.events.contains("+new-epoch 3"));
    assertTrue(bench.saw("+elected-leader"));
  }

  @Test
  void ourOwnVoteCountsOnlyWhenItIsOnDisk() {
    bench.opinions.put(26380, question -> new Answer.Down(true, question.candidate(), question.epoch()));
    bench.diskFull = true;
    bench.kill(PRIMARY);
    bench.pass(3_000);
    assertTrue(bench.saw("+try-failover"));
    assertFalse(bench.saw("+elected-leader"));
    bench.diskFull = false;
    bench.pass(1_100);
    assertTrue(bench.saw("+elected-leader"));
  }
}
