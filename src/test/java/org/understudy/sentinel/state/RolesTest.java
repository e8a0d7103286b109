package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.sentinel.state.Bench.OTHER_REPLICA;
import static org.understudy.sentinel.state.Bench.PRIMARY;
import static org.understudy.sentinel.state.Bench.REPLICA;
import static org.understudy.sentinel.state.Bench.at;

import org.junit.jupiter.api.Test;

class RolesTest {
  private final Bench bench = Bench.started();

  @Test
  void aReplicaThatMadeItselfAPrimaryIsLedBackAfterFourHellos() {
    bench.infos.put(REPLICA, Bench.primaryInfo(REPLICA, 100));
    bench.passUntil(() -> bench.saw("-role-change slave 10.0.0.1:6380"));
    bench.pass(7_900);
    assertFalse(bench.saw("+convert-to-slave"));
    bench.pass(1_300);
    assertTrue(bench.saw("+convert-to-slave slave 10.0.0.1:6380 10.0.0.1 6380 @ mymaster 10.0.0.1 6379"));
    assertTrue(bench.sent.stream().anyMatch(send -> bench.portOf(send) == REPLICA
        && send.request().equals(new Request.Reconfigure(at(PRIMARY), false))));
  }

  @Test
  void aReplicaIsNotLedBackToAPrimaryThatIsDown() {
    bench.infos.put(REPLICA, Bench.primaryInfo(REPLICA, 100));
    bench.mute.add(PRIMARY);
    bench.pass(40_000);
    assertFalse(bench.saw("+convert-to-slave"));
  }

  @Test
  void aReplicaOfAnotherPrimaryIsLedBackAfterTheFailoverTimeout() {
    bench.infos.put(REPLICA, Bench.replicaInfo(REPLICA, 7777, 100));
    bench.passUntil(() -> bench.replica(REPLICA).primaryPort() == 7777);
    bench.pass(9_900);
    assertFalse(bench.saw("+fix-slave-config"));
    bench.pass(10_500);
    assertTrue(bench.saw("+fix-slave-config slave 10.0.0.1:6380 10.0.0.1 6380 @ mymaster 10.0.0.1 6379"));
  }

  @Test
  void theOldPrimaryComesBackAsAReplica() {
    bench.othersAgree();
    bench.kill(PRIMARY);
    bench.pass(2_000);
    assertTrue(bench.saw("+switch-master"));
    bench.dead.clear();
    bench.pass(30_000);
    assertTrue(bench.saw("-role-change slave 10.0.0.1:6379"));
    assertTrue(bench.saw("+convert-to-slave slave 10.0.0.1:6379 10.0.0.1 6379 @ mymaster 10.0.0.1 6380"));
    assertEquals(Kind.REPLICA, bench.replica(PRIMARY).roleReported());
  }

  @Test
  void whatItReadsInInfoIsShown() {
    Replica replica = bench.replica(OTHER_REPLICA);
    assertEquals(Bench.runId(OTHER_REPLICA), replica.runId());
    assertEquals(90, replica.offset());
    assertEquals(100, replica.priority());
    assertEquals("10.0.0.1", replica.primaryHost());
    assertEquals(PRIMARY, replica.primaryPort());
    assertTrue(replica.primaryLinkUp());
    assertTrue(replica.announced());
  }
}
