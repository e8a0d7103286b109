package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.sentinel.state.Bench.B;
import static org.understudy.sentinel.state.Bench.C;
import static org.understudy.sentinel.state.Bench.ME;
import static org.understudy.sentinel.state.Bench.PRIMARY;
import static org.understudy.sentinel.state.Bench.at;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
  private static final String D = "d".repeat(40);
  private final Bench bench = Bench.started();

  private void hello(int port, String id, long epoch, String primary, int primaryPort, long configEpoch) {
    bench.step(new Event.HelloReceived("10.0.0.1," + port + "," + id + "," + epoch + "," + primary + ",10.0.0.1,"
        + primaryPort + "," + configEpoch));
  }

  @Test
  void aSentinelThatSaysHelloIsKnownFromThenOn() {
    hello(26382, D, 0, "mymaster", 6379, 0);
    assertTrue(bench.saw("+sentinel sentinel " + D + " 10.0.0.1 26382 @ mymaster 10.0.0.1 6379"));
    assertEquals(3, bench.disk.primaries().get(0).sentinels().size());
  }

  @Test
  void hellosAboutOtherPrimariesAndTextsThatAreNoneArePassedOver() {
    hello(26382, D, 5, "other", 6379, 0);
    bench.step(new Event.HelloReceived("10.0.0.1,26382," + D));
    bench.step(new Event.HelloReceived(""));
    assertEquals(List.of(), bench.events);
    assertEquals(0, bench.state.currentEpoch());
  }

  @Test
  void aSentinelThatMovedKeepsItsPlace() {
    hello(26399, B, 0, "mymaster", 6379, 0);
    assertTrue(bench.saw("+sentinel-address-switch master mymaster 10.0.0.1 6379 ip 10.0.0.1 port 26399 for " + B));
    assertEquals(at(26399), bench.sentinel(B).address());
    assertEquals(2, bench.primary().sentinels().size());
  }

  @Test
  void aSentinelThatTakesAnothersPlaceReplacesIt() {
    hello(26380, D, 0, "mymaster", 6379, 0);
    assertTrue(bench.saw("+sentinel-invalid-addr sentinel " + B + " 10.0.0.1 26380 @ mymaster 10.0.0.1 6379"));
    assertTrue(bench.saw("+sentinel sentinel " + D));
    assertEquals(List.of(C, D), bench.primary().sentinels().stream().map(Instance::name).toList());
  }

  @Test
  void anotherSentinelWithOurIdIsToldOfOncePerMinuteAndNotCounted() {
    hello(26399, ME, 9, "mymaster", 6380, 9);
    hello(26399, ME, 9, "mymaster", 6380, 9);
    assertEquals(1, bench.events.size());
    assertTrue(bench.saw("The sentinel at 10.0.0.1:26399 has the same id as this one, " + ME));
    assertEquals(0, bench.primary().configEpoch());
    hello(26379, ME, 9, "mymaster", 6380, 9);
    assertEquals(1, bench.events.size());
  }

  @Test
  void aSentinelOnAnotherHostWithOurIdAndPortIsNoticed() {
    bench.step(new Event.HelloReceived("10.0.0.7,26379," + ME + ",0,mymaster,10.0.0.1,6379,0"));
    assertTrue(bench.saw("The sentinel at 10.0.0.7:26379 has the same id as this one, " + ME));
  }

  @Test
  void whileAnotherHasOurIdWeDoNotFailOver() {
    bench.othersAgree();
    bench.kill(PRIMARY);
    hello(26399, ME, 0, "mymaster", PRIMARY, 0);
    bench.pass(9_900);
    assertTrue(bench.saw("+odown"));
    assertFalse(bench.saw("+try-failover"));
    bench.pass(300);
    assertTrue(bench.saw("+elected-leader"));
  }

  @Test
  void whileAnotherHasOurIdWeDoNotVoteSinceItMayVoteForSomebodyElse() {
    hello(26399, ME, 0, "mymaster", PRIMARY, 0);
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", PRIMARY, 5, B));
    bench.pass(10_100);
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", PRIMARY, 5, B));
    assertEquals(List.of(new Answer.Down(false, "*", 0), new Answer.Down(false, B, 5)), bench.answers);
  }

  @Test
  void aConfigurationOfALaterEpochIsTakenOver() {
    hello(26380, B, 4, "mymaster", 6380, 4);
    assertEquals(List.of("+new-epoch", "+config-update-from", "+switch-master", "+slave", "+slave"),
        bench.names().subList(0, 5));
    assertTrue(bench.events.contains(
        "+config-update-from sentinel " + B + " 10.0.0.1 26380 @ mymaster 10.0.0.1 6379"));
    assertEquals(at(6380), bench.primary().address());
    assertEquals(4, bench.disk.primaries().get(0).configEpoch());
  }

  @Test
  void aConfigurationOfAnEarlierEpochIsNot() {
    hello(26380, B, 4, "mymaster", 6380, 4);
    bench.forget();
    hello(26381, C, 4, "mymaster", 6381, 3);
    assertFalse(bench.saw("+switch-master"));
    assertEquals(at(6380), bench.primary().address());
  }

  @Test
  void ofTwoConfigurationsOfOneEpochTheOneOfTheMajorityIsTakenOver() {
    hello(26380, B, 4, "mymaster", 6380, 4);
    hello(26380, B, 4, "mymaster", 6381, 4);
    assertEquals(at(6380), bench.primary().address());
    hello(26381, C, 4, "mymaster", 6381, 4);
    assertEquals(at(6381), bench.primary().address());
  }

  @Test
  void oneSentinelOfTwoPrimariesHasOneLink() {
    bench.infos.put(7000, Bench.primaryInfo(7000, 1));
    bench.ask(token -> new Event.MonitorAsked(token, "second", at(7000), 2));
    hello(26380, B, 0, "second", 7000, 0);
    OtherSentinel second = bench.state.primary("second").sentinels().iterator().next();
    assertSame(bench.sentinel(B).link(), second.link());
    assertEquals(2, second.link().userCount());
    hello(26399, B, 0, "mymaster", 6379, 0);
    assertTrue(bench.saw("+sentinel-address-update sentinel " + B + " 10.0.0.1 26399 @ mymaster 10.0.0.1 6379"
        + " 1 additional matching instances"));
    assertEquals(at(26399), second.address());
  }
}
