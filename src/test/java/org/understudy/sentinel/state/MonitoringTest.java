package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.sentinel.state.Bench.PRIMARY;
import static org.understudy.sentinel.state.Bench.REPLICA;

import org.junit.jupiter.api.Test;
import org.understudy.resp.Reply;

class MonitoringTest {
  private final Bench bench = Bench.started();

  @Test
  void everyPrimaryIsAnnouncedAtTheStart() {
    bench.start();
    assertEquals("+monitor master mymaster 10.0.0.1 6379 quorum 2", bench.events.get(0));
  }

  @Test
  void aPrimaryThatIsSilentIsDownAfterItsTimeAndNotBefore() {
    bench.mute.add(PRIMARY);
    bench.pass(999);
    assertFalse(bench.saw("+sdown"));
    bench.pass(1_300);
    assertTrue(bench.saw("+sdown master mymaster 10.0.0.1 6379"));
  }

  @Test
  void aPrimaryWhoseProcessIsGoneIsDownAsSoonAsItsLastReplyIsThatOld() {
    bench.pass(100);
    bench.kill(PRIMARY);
    bench.pass(1_000 - bench.primary().link().sinceAvailableMillis(bench.now));
    assertFalse(bench.saw("+sdown"));
    bench.pass(1);
    assertTrue(bench.saw("+sdown"));
  }

  @Test
  void aServerThatRestartsWithinDownAfterIsNotDown() {
    bench.kill(REPLICA);
    bench.pass(600);
    bench.dead.clear();
    bench.pass(2_000);
    assertFalse(bench.saw("+sdown"));
  }

  @Test
  void aPauseShorterThanDownAfterIsNoFailure() {
    bench.mute.add(PRIMARY);
    bench.pass(950);
    bench.unmute();
    bench.pass(2_000);
    assertFalse(bench.saw("+sdown"));
  }

  @Test
  void whatWeSleptThroughCountsAgainstNobody() {
    bench.mute.add(PRIMARY);
    bench.pass(500);
    bench.sleepThrough(1_500);
    assertFalse(bench.saw("+sdown"));
    bench.pass(1_200);
    assertTrue(bench.saw("+sdown master"));
  }

  @Test
  void aPrimaryThatAnswersAgainIsUp() {
    bench.mute.add(PRIMARY);
    bench.pass(3_000);
    bench.unmute();
    bench.pass(2_000);
    assertTrue(bench.saw("-sdown master mymaster 10.0.0.1 6379"));
  }

  @Test
  void loadingAndALostPrimaryAreAnswersOfTheLiving() {
    bench.pongs.put(PRIMARY, new Reply.Failure("LOADING Redis is loading the dataset in memory"));
    bench.pongs.put(REPLICA, new Reply.Failure("MASTERDOWN Link with MASTER is down"));
    bench.pass(5_000);
    assertFalse(bench.saw("+sdown"));
  }

  @Test
  void aBusyScriptIsKilledOnceWhenItsServerIsDown() {
    bench.pongs.put(PRIMARY, new Reply.Failure("BUSY Redis is busy running a script."));
    bench.pass(3_000);
    assertTrue(bench.saw("+sdown master"));
    assertEquals(1, bench.count(Request.KillScript.class, PRIMARY));
  }

  @Test
  void infoIsAskedEveryTenSecondsAndEverySecondWhileThePrimaryIsDown() {
    bench.pass(30_000);
    assertEquals(3, bench.count(Request.Info.class, REPLICA));
    bench.mute.add(PRIMARY);
    bench.pass(3_000);
    bench.forget();
    bench.pass(10_000);
    assertEquals(10, bench.count(Request.Info.class, REPLICA));
  }

  @Test
  void helloIsPublishedEveryTwoSecondsToEachOfTheThreeKinds() {
    bench.pass(20_000);
    for (int port : new int[] {PRIMARY, REPLICA, 26380}) {
      assertEquals(10, bench.count(Request.Hello.class, port), 1);
    }
    Request.Hello hello = (Request.Hello) bench.sent.stream().map(Effect.Send::request)
        .filter(Request.Hello.class::isInstance).findFirst().orElseThrow();
    assertEquals("10.0.0.1,26379," + Bench.ME + ",0,mymaster,10.0.0.1,6379,0", hello.payload());
  }

  @Test
  void aPrimaryThatSaysItIsAReplicaIsDownAfterAWhile() {
    bench.infos.put(PRIMARY, Bench.replicaInfo(PRIMARY, REPLICA, 100));
    bench.pass(10_000);
    assertTrue(bench.saw("-role-change master mymaster 10.0.0.1 6379 new reported role is slave"));
    assertFalse(bench.saw("+sdown"));
    bench.pass(21_100);
    assertTrue(bench.saw("+sdown master mymaster 10.0.0.1 6379"));
  }

  @Test
  void whatAnswersOnlyPingIsUpAndTheLogSaysSoOnceAMinute() {
    bench.infos.remove(PRIMARY);
    bench.pass(95_000);
    assertFalse(bench.saw("+sdown"));
    assertEquals(2, bench.events.stream().filter(line ->
        line.startsWith("master mymaster 10.0.0.1 6379: it answers PING, but has not answered INFO for ")).count());
  }

  @Test
  void aRebootIsTold() {
    bench.infos.put(PRIMARY, Bench.primaryInfo(PRIMARY, 100).replace(Bench.runId(PRIMARY), Bench.runId(7)));
    bench.pass(10_000);
    assertTrue(bench.saw("+reboot master mymaster 10.0.0.1 6379"));
  }

  @Test
  void aRebootedPrimaryThatOnlyLoadsIsDownAfterItsOwnTime() {
    Bench watched = Bench.started(Bench.SETTINGS.withRebootDownAfter(3_000));
    watched.infos.put(PRIMARY, Bench.primaryInfo(PRIMARY, 100).replace(Bench.runId(PRIMARY), Bench.runId(7)));
    watched.pongs.put(PRIMARY, new Reply.Failure("LOADING Redis is loading the dataset in memory"));
    watched.pass(9_900);
    assertFalse(watched.saw("+sdown"));
    watched.pass(3_200);
    assertTrue(watched.saw("+sdown master"));
    watched.pongs.clear();
    watched.pass(1_000);
    assertTrue(watched.saw("-sdown master"));
  }

  @Test
  void aProcessThatDidNotRunForLongDecidesNothingForHalfAMinute() {
    bench.othersAgree();
    bench.sleepThrough(2_101);
    assertTrue(bench.saw("+tilt #tilt mode entered"));
    bench.kill(PRIMARY);
    bench.pass(29_000);
    assertFalse(bench.saw("+sdown"));
    bench.pass(1_200);
    assertTrue(bench.saw("-tilt #tilt mode exited"));
    assertTrue(bench.saw("+sdown master"));
  }

  @Test
  void aFaultOfOursOverOnePrimaryDoesNotKeepTheOthersFromBeingWatched() {
    bench.ask(token -> new Event.MonitorAsked(token, "second", Bench.at(7000), 1));
    bench.primary().link = null;
    bench.faultsExpected = true;
    bench.pass(2_000);
    bench.kill(7000);
    bench.pass(31_000);
    assertTrue(bench.saw("+sdown master second 10.0.0.1 7000"));
  }

  @Test
  void replicasThatThePrimaryNamesAreFoundAndKept() {
    bench.infos.put(PRIMARY, Bench.primaryInfo(PRIMARY, 100)
        + "slave0:ip=10.0.0.9,port=6390,state=online,offset=1,lag=0\r\nslave1:10.0.0.1,6380,online\r\n");
    bench.infos.put(6390, Bench.replicaInfo(6390, PRIMARY, 100));
    bench.pass(10_000);
    assertTrue(bench.saw("+slave slave 10.0.0.9:6390 10.0.0.9 6390 @ mymaster 10.0.0.1 6379"));
    assertEquals(3, bench.primary().replicas().size());
    assertEquals(3, bench.disk.primaries().get(0).replicas().size());
  }
}
