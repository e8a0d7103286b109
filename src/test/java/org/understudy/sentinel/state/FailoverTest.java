package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.sentinel.state.Bench.OTHER_REPLICA;
import static org.understudy.sentinel.state.Bench.PRIMARY;
import static org.understudy.sentinel.state.Bench.REPLICA;
import static org.understudy.sentinel.state.Bench.at;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.sentinel.state.FailoverRecord.Candidate;

class FailoverTest {
  private final Bench bench = electable(Bench.SETTINGS);

  private static Bench electable(PrimarySettings settings) {
    Bench bench = Bench.started(settings);
    bench.othersAgree();
    return bench;
  }

  private void failOver() {
    bench.kill(PRIMARY);
    bench.pass(1_001 + Cadence.HEAD_START_JITTER_MILLIS);
  }

  @Test
  void aLostPrimaryIsReplacedStepByStep() {
    failOver();
    bench.pass(500);
    assertEquals(List.of("+sdown", "+odown", "+new-epoch", "+try-failover", "+vote-for-leader", "+elected-leader",
        "+failover-state-select-slave", "+selected-slave", "+failover-state-send-slaveof-noone",
        "+failover-state-wait-promotion", "-role-change", "+promoted-slave", "+failover-state-reconf-slaves",
        "+slave-reconf-sent", "+slave-reconf-inprog", "+slave-reconf-done", "+failover-end", "+switch-master",
        "+slave", "+slave"), bench.names());
    assertTrue(bench.events.contains("+selected-slave slave 10.0.0.1:6380 10.0.0.1 6380 @ mymaster 10.0.0.1 6379"));
    assertTrue(bench.events.contains("+switch-master mymaster 10.0.0.1 6379 10.0.0.1 6380"));
    assertEquals(at(REPLICA), bench.primary().address());
    assertEquals(1, bench.primary().configEpoch());
    assertEquals(List.of(at(OTHER_REPLICA), at(PRIMARY)),
        bench.primary().replicas().stream().map(Replica::address).toList());
    assertEquals(at(REPLICA), bench.disk.primaries().get(0).address());
  }

  @Test
  void thePromotedReplicaIsToldInOneTransactionThatPartsWithItsClients() {
    failOver();
    Effect.Send told = bench.sent.stream().filter(send -> send.request() instanceof Request.Reconfigure)
        .findFirst().orElseThrow();
    assertEquals(List.of(List.of("MULTI"), List.of("SLAVEOF", "NO", "ONE"), List.of("CONFIG", "REWRITE"),
        List.of("CLIENT", "KILL", "TYPE", "normal"), List.of("CLIENT", "KILL", "TYPE", "pubsub"), List.of("EXEC")),
        told.commands());
  }

  @Test
  void fromThePromotionOnOthersAreToldTheNewAddress() {
    bench.holdReconfigured = true;
    failOver();
    bench.pass(400);
    assertEquals(FailoverStage.RECONF_REPLICAS, bench.primary().stage());
    assertEquals(at(REPLICA), bench.primary().currentAddress());
    assertTrue(bench.sent.stream().anyMatch(send -> send.request() instanceof Request.Hello hello
        && hello.payload().endsWith("mymaster,10.0.0.1,6380,1") && bench.portOf(send) == 26380));
    assertEquals(at(REPLICA), bench.disk.primaries().get(0).address());
  }

  @Test
  void theReplicaWithMostOfTheDataIsChosen() {
    bench.infos.put(OTHER_REPLICA, Bench.replicaInfo(OTHER_REPLICA, PRIMARY, 5_000));
    failOver();
    assertTrue(bench.saw("+selected-slave slave 10.0.0.1:6381"));
    assertTrue(bench.saw("+promoted-slave"));
  }

  @Test
  void withoutAGoodReplicaTheFailoverEndsWithReasons() {
    bench.infos.replaceAll((port, info) -> info.replace("slave_priority:100", "slave_priority:0"));
    failOver();
    bench.pass(400);
    assertTrue(bench.saw("-failover-abort-no-good-slave master mymaster 10.0.0.1 6379"));
    FailoverRecord record = bench.primary().failovers().get(0);
    assertEquals("-failover-abort-no-good-slave", record.outcome());
    assertEquals(List.of("priority 0", "priority 0"), record.candidates().stream().map(Candidate::rejection).toList());
    assertNull(record.to());
  }

  @Test
  void aReplicaThatIsGoodEnoughLaterIsPromotedThen() {
    bench.infos.replaceAll((port, info) -> info.replace("slave_priority:100", "slave_priority:0"));
    failOver();
    bench.pass(5_000);
    assertEquals(1, bench.countOf("+try-failover"));
    bench.infos.put(OTHER_REPLICA, Bench.replicaInfo(OTHER_REPLICA, PRIMARY, 50));
    bench.pass(1_500);
    assertEquals(at(OTHER_REPLICA), bench.primary().currentAddress());
  }

  @Test
  void aReplicaThatDoesNotBecomeAPrimaryEndsTheFailoverInTime() {
    bench.stubborn.add(REPLICA);
    failOver();
    bench.pass(9_500);
    assertEquals(FailoverStage.WAIT_PROMOTION, bench.primary().stage());
    assertTrue(bench.replica(REPLICA).promoted);
    bench.pass(700);
    assertTrue(bench.saw("-failover-abort-slave-timeout master mymaster 10.0.0.1 6379"));
    assertFalse(bench.replica(REPLICA).promoted);
    assertEquals(at(PRIMARY), bench.primary().currentAddress());
  }

  @Test
  void aReplicaWhoseConnectionBreaksBeforeItAnswersIsToldAgain() {
    bench.deaf.add(REPLICA);
    bench.deaf.add(OTHER_REPLICA);
    failOver();
    bench.pass(2_000);
    assertEquals(FailoverStage.WAIT_PROMOTION, bench.primary().stage());
    assertEquals(1, bench.count(Request.Reconfigure.class, REPLICA));
    bench.deaf.remove(REPLICA);
    breakConnection(REPLICA);
    assertEquals(FailoverStage.RECONF_REPLICAS, bench.primary().stage());
    bench.deaf.remove(OTHER_REPLICA);
    breakConnection(OTHER_REPLICA);
    assertTrue(bench.saw("+switch-master mymaster 10.0.0.1 6379 10.0.0.1 6380"));
    assertEquals(2, bench.count(Request.Reconfigure.class, REPLICA));
  }

  private void breakConnection(int port) {
    bench.kill(port);
    bench.dead.remove(port);
    bench.pass(600);
  }

  @Test
  void replicasAreReconfiguredAsManyAtATimeAsConfigured() {
    Bench many = electable(Bench.SETTINGS.withParallelSyncs(2));
    for (int port = 6382; port < 6386; port++) many.addReplica(port);
    many.kill(PRIMARY);
    many.holdReconfigured = true;
    many.pass(1_400);
    assertEquals(2, many.countOf("+slave-reconf-sent"));
    many.letGo();
    many.pass(3_000);
    assertEquals(5, many.countOf("+slave-reconf-done"));
    assertTrue(many.saw("+switch-master"));
  }

  @Test
  void aReplicaThatNeverFollowsDoesNotHoldUpTheEndForEver() {
    bench.holdReconfigured = true;
    failOver();
    bench.pass(9_000);
    assertFalse(bench.saw("+failover-end"));
    bench.pass(2_500);
    assertTrue(bench.saw("+failover-end master mymaster 10.0.0.1 6379"));
    assertTrue(bench.saw("+switch-master"));
  }

  @Test
  void whatEachFailoverDidIsToldInOneLineAndKept() {
    failOver();
    bench.pass(500);
    FailoverRecord record = bench.disk.primaries().get(0).failovers().get(0);
    assertEquals("switched", record.outcome());
    assertEquals(3, record.votes().size());
    assertEquals(0, record.bytesNotReplicated());
    assertTrue(bench.events.contains(record.line()));
    assertTrue(record.line().contains("10.0.0.1:6380 (priority 100, offset 100: chosen)"));
    assertTrue(record.line().contains("10.0.0.1:6381 (priority 100, offset 90: good)"));
    bench.start();
    assertEquals(List.of(record), bench.primary().failovers());
  }

  @Test
  void scriptsAreRunForWarningsAndForTheSwitch() {
    Bench scripted = electable(Bench.SETTINGS.withNotificationScript("/notify").withClientReconfigScript("/reconf"));
    scripted.kill(PRIMARY);
    scripted.pass(1_500);
    assertTrue(scripted.scripts.contains(
        new Effect.RunScript("/notify", List.of("+sdown", "master mymaster 10.0.0.1 6379"))));
    assertTrue(scripted.scripts.contains(new Effect.RunScript("/reconf",
        List.of("mymaster", "leader", "start", "10.0.0.1", "6379", "10.0.0.1", "6380"))));
  }

  @Test
  void anOperatorCanFailOverALivingPrimaryWithoutItsHelp() {
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    assertEquals(List.of(new Answer.Done()), bench.answers);
    bench.pass(500);
    assertEquals("Executing user requested FAILOVER of 'mymaster'", bench.events.get(0));
    assertEquals(1, bench.count(Request.HandOver.class, PRIMARY));
    assertTrue(bench.saw("The primary does not hand over, its replica is promoted without it: ERR unknown command"));
    assertEquals(1, bench.countOf("+failover-state-wait-promotion"));
    assertTrue(bench.saw("+switch-master mymaster 10.0.0.1 6379 10.0.0.1 6380"));
  }

  @Test
  void thePrimaryThatDidNotHandOverIsDemotedInTheStepOfThePromotion() {
    bench.holdReconfigured = true;
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    bench.passUntil(() -> bench.saw("+promoted-slave"));
    assertEquals(List.of(at(REPLICA)), bench.toldToFollow(PRIMARY));
    assertFalse(bench.saw("+switch-master"));
  }

  @Test
  void aPrimaryThatIsOnlySilentIsDemotedAsSoonAsItReadsAgain() {
    bench.mute.add(PRIMARY);
    bench.passUntil(() -> bench.saw("+promoted-slave"));
    assertEquals(List.of(at(REPLICA)), bench.toldToFollow(PRIMARY));
  }

  @Test
  void onlyWhoHandedOverIsToldOnceMoreThatTheReplicaIsAPrimary() {
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    bench.passUntil(() -> bench.saw("+switch-master"));
    assertEquals(1, bench.count(Request.Reconfigure.class, REPLICA));
  }

  @Test
  void aPrimaryThatHandsOverDoesNotSeemToBeDownMeanwhile() {
    bench.pausesToHandOver = true;
    bench.infos.put(PRIMARY, Bench.primaryInfo(PRIMARY, 150));
    bench.pass(10_000);
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    bench.passUntil(() -> bench.primary().isHandingOver());
    bench.pass(Cadence.HAND_OVER_GIVEN_UP_MILLIS - 100);
    assertFalse(bench.saw("+sdown"));
    assertEquals(0, bench.count(Request.Reconfigure.class, REPLICA));
    bench.infos.put(REPLICA, Bench.primaryInfo(REPLICA, 100));
    bench.infos.put(PRIMARY, Bench.replicaInfo(PRIMARY, REPLICA, 100));
    bench.passUntil(() -> bench.saw("+switch-master mymaster 10.0.0.1 6379 10.0.0.1 6380"));
    assertTrue(bench.saw("+promoted-slave"));
    assertFalse(bench.saw("The primary does not hand over"));
    assertEquals(0, bench.primary().failovers().get(0).bytesNotReplicated());
  }

  @Test
  void aSecondFailoverIsRefusedWhileOneIsGoingOn() {
    bench.holdReconfigured = true;
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    assertEquals(new Answer.Refused("INPROG Failover already in progress"), bench.answers.get(1));
  }

  @Test
  void aFailoverWithoutAGoodReplicaIsRefused() {
    bench.kill(REPLICA);
    bench.kill(OTHER_REPLICA);
    bench.ask(token -> new Event.FailoverAsked(token, "mymaster"));
    bench.ask(token -> new Event.FailoverAsked(token, "other"));
    assertEquals(List.of(new Answer.Refused("NOGOODSLAVE No suitable replica to promote"),
        new Answer.Refused("ERR No such master with that name")), bench.answers);
  }

  @Test
  void aFailoverThatAnotherSentinelOvertookIsGivenUp() {
    bench.holdReconfigured = true;
    failOver();
    bench.pass(200);
    assertEquals(FailoverStage.RECONF_REPLICAS, bench.primary().stage());
    bench.step(new Event.HelloReceived("10.0.0.1,26380," + Bench.B + ",7,mymaster,10.0.0.1,6379,7"));
    assertEquals(FailoverStage.NONE, bench.primary().stage());
    assertEquals(at(PRIMARY), bench.primary().currentAddress());
    assertEquals(7, bench.primary().configEpoch());
  }
}
