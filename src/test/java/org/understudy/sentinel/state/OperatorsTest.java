package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.sentinel.state.Bench.PRIMARY;
import static org.understudy.sentinel.state.Bench.REPLICA;
import static org.understudy.sentinel.state.Bench.at;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorsTest {
  private final Bench bench = Bench.started();

  @Test
  void anotherPrimaryCanBeMonitoredAndForgottenAgain() {
    bench.infos.put(7000, Bench.primaryInfo(7000, 1));
    bench.ask(token -> new Event.MonitorAsked(token, "second", at(7000), 1));
    assertTrue(bench.saw("+monitor master second 10.0.0.1 7000 quorum 1"));
    assertEquals(2, bench.disk.primaries().size());
    bench.ask(token -> new Event.MonitorAsked(token, "second", at(7001), 1));
    bench.ask(token -> new Event.RemoveAsked(token, "second"));
    bench.ask(token -> new Event.RemoveAsked(token, "second"));
    assertTrue(bench.saw("-monitor master second 10.0.0.1 7000"));
    assertNull(bench.state.primary("second"));
    assertEquals(List.of(new Answer.Done(), new Answer.Refused("ERR Duplicate master name."), new Answer.Done(),
        new Answer.Refused("ERR No such master with that name")), bench.answers);
    assertEquals(1, bench.disk.primaries().size());
  }

  @Test
  void aPrimaryThatIsMonitoredAgainIsNotVotedAboutTwiceInAnEpoch() {
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", Bench.PRIMARY, 5, Bench.B));
    bench.ask(token -> new Event.RemoveAsked(token, "mymaster"));
    bench.ask(token -> new Event.MonitorAsked(token, "mymaster", Bench.at(Bench.PRIMARY), 2));
    bench.answers.clear();
    bench.ask(token -> new Event.AskedDown(token, "10.0.0.1", Bench.PRIMARY, 5, Bench.C));
    assertEquals(List.of(new Answer.Down(false, "*", 5)), bench.answers);
  }

  @Test
  void aConfigurationThatCannotBeWrittenIsAnError() {
    bench.diskFull = true;
    bench.ask(Event.FlushAsked::new);
    assertEquals(List.of(new Answer.Refused("ERR Failed to save config file. Check server logs.")), bench.answers);
  }

  @Test
  void aResetForgetsReplicasAndSentinelsOfThePrimariesThatMatch() {
    bench.ask(token -> new Event.ResetAsked(token, "my*"));
    bench.ask(token -> new Event.ResetAsked(token, "nobody"));
    assertEquals(List.of(new Answer.Count(1), new Answer.Count(0)), bench.answers);
    assertTrue(bench.saw("+reset-master master mymaster 10.0.0.1 6379"));
    assertEquals(0, bench.primary().replicas().size() + bench.primary().sentinels().size());
    bench.pass(2_000);
    assertFalse(bench.primary().link().disconnected());
  }

  @Test
  void aChangedSettingIsToldKeptAndTakesEffect() {
    bench.step(new Event.SettingsChanged("mymaster", Bench.SETTINGS.withDownAfter(5_000),
        List.of("down-after-milliseconds", "5000")));
    assertTrue(bench.saw("+set master mymaster 10.0.0.1 6379 down-after-milliseconds 5000"));
    assertEquals(5_000, bench.disk.primaries().get(0).settings().downAfterMillis());
    bench.mute.add(PRIMARY);
    bench.pass(4_900);
    assertFalse(bench.saw("+sdown"));
    bench.pass(2_000);
    assertTrue(bench.saw("+sdown master"));
  }

  @Test
  void otherCredentialsMakeNewConnections() {
    bench.step(new Event.SettingsChanged("mymaster", Bench.SETTINGS.withLogin(new Login("joe", "secret")),
        List.of("auth-pass", "******")));
    assertTrue(bench.primary().link().disconnected());
    assertTrue(bench.replica(REPLICA).link().disconnected());
    List<Effect> effects = bench.state.step(new Event.Tick(0), bench.now + 1_000);
    Effect.Connect connect = (Effect.Connect) effects.stream().filter(Effect.Connect.class::isInstance)
        .findFirst().orElseThrow();
    assertEquals(List.of(List.of("AUTH", "joe", "secret"), List.of("CLIENT", "SETNAME", "sentinel-aaaaaaaa-cmd")),
        connect.greeting());
  }

  @Test
  void renamedCommandsAreSentByTheirNewNames() {
    Bench renamed = Bench.started(Bench.SETTINGS.withRenamedCommands(Map.of("PING", "BEEP", "INFO", "TELL")));
    renamed.pass(11_000);
    assertTrue(renamed.sent.stream().anyMatch(send -> send.commands().equals(List.of(List.of("BEEP")))));
    assertTrue(renamed.sent.stream().anyMatch(send -> send.commands().equals(List.of(List.of("TELL")))));
    assertTrue(renamed.sent.stream().noneMatch(send -> send.commands().get(0).get(0).equals("PING")));
  }

  @Test
  void onlyTheDeadCanBeForgottenOneByOneAndEverywhere() {
    Event.ForgetAsked forget = new Event.ForgetAsked(1, "mymaster", List.of("REPLICA", "10.0.0.1", "6380"), false);
    bench.step(forget);
    bench.kill(REPLICA);
    bench.pass(1_100);
    bench.step(forget);
    bench.step(forget);
    assertEquals(List.of(new Answer.Refused("ERR Only what is down can be forgotten"), new Answer.Done(),
        new Answer.Refused("ERR No such replica or sentinel")), bench.answers);
    assertTrue(bench.saw("-slave slave 10.0.0.1:6380 10.0.0.1 6380 @ mymaster 10.0.0.1 6379"));
    assertEquals(List.of("SENTINEL", "FORGET", "mymaster", "REPLICA", "10.0.0.1", "6380", "LOCAL"),
        bench.sent.get(bench.sent.size() - 1).commands().get(0));
    assertEquals(1, bench.disk.primaries().get(0).replicas().size());
  }

  @Test
  void whoDoesNotForgetIsInTheLog() {
    bench.kill(REPLICA);
    bench.kill(26380);
    bench.stubborn.add(26381);
    bench.pass(1_100);
    bench.step(new Event.ForgetAsked(1, "mymaster", List.of("REPLICA", "10.0.0.1", "6380"), false));
    String told = " @ mymaster 10.0.0.1 6379: ";
    assertTrue(bench.saw("sentinel " + Bench.B + " 10.0.0.1 26380" + told
        + "it cannot be reached and goes on to know REPLICA 10.0.0.1 6380"));
    assertTrue(bench.saw("sentinel " + Bench.C + " 10.0.0.1 26381" + told
        + "it does not forget REPLICA 10.0.0.1 6380: ERR Only what is down can be forgotten"));
  }

  @Test
  void theDeadAreForgottenByThemselvesIfThatIsWantedButNoMajorityIsMadeThatWay() {
    bench.step(new Event.GlobalSettingsChanged(
        new Settings(Bench.ME, "10.0.0.1", 26379, false, null, 60_000)));
    bench.kill(REPLICA);
    bench.kill(26380);
    bench.kill(26381);
    bench.pass(70_000);
    assertTrue(bench.saw("-slave slave 10.0.0.1:6380"));
    assertEquals(2, bench.primary().sentinels().size());
    bench.dead.remove(26381);
    bench.pass(5_000);
    assertTrue(bench.saw("-sentinel sentinel " + Bench.B));
    assertEquals(1, bench.primary().sentinels().size());
  }
}
