package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.understudy.sentinel.state.Bench.OTHER_REPLICA;
import static org.understudy.sentinel.state.Bench.PRIMARY;
import static org.understudy.sentinel.state.Bench.REPLICA;

import org.junit.jupiter.api.Test;

class SelectionTest {
  private final Bench bench = Bench.started();
  private final Replica replica = bench.replica(REPLICA);
  private final Replica other = bench.replica(OTHER_REPLICA);

  private Replica best() {
    return Selection.choose(bench.primary(), bench.state.timing(), bench.now).best();
  }

  private String rejection() {
    return Selection.rejection(replica, bench.state.timing(), bench.now);
  }

  @Test
  void theLowestPriorityComesFirst() {
    other.priority = 10;
    assertSame(other, best());
  }

  @Test
  void ofEqualPrioritiesTheHighestOffsetComesFirst() {
    other.offset = replica.offset + 1;
    assertSame(other, best());
    other.offset = replica.offset - 1;
    assertSame(replica, best());
  }

  @Test
  void ofEqualOffsetsTheSmallestRunIdComesFirstAndNoneComesLast() {
    other.offset = replica.offset;
    assertSame(replica, best());
    replica.runId = null;
    assertSame(other, best());
    other.runId = "AB";
    replica.runId = "aa";
    assertSame(replica, best());
  }

  @Test
  void aReplicaThatIsDownOrDisconnectedOrUnwillingIsRejected() {
    assertNull(rejection());
    replica.priority = 0;
    assertEquals("priority 0", rejection());
    replica.link.hellos = Link.Status.CLOSED;
    assertEquals("disconnected", rejection());
    replica.subjectivelyDown = true;
    assertEquals("s_down", rejection());
    assertSame(other, best());
  }

  @Test
  void aReplicaOfWhichNothingRecentIsKnownIsRejected() {
    replica.link.lastAvailableAt = bench.now - 5_001;
    assertEquals("no reply to PING for 5001 ms", rejection());
    replica.link.lastAvailableAt = bench.now;
    replica.infoAt = bench.now - 30_001;
    assertEquals("INFO is 30001 ms old", rejection());
    replica.infoAt = bench.now - 5_001;
    assertNull(rejection());
    bench.primary().subjectivelyDown = true;
    bench.primary().subjectivelyDownAt = bench.now;
    assertEquals("INFO is 5001 ms old", rejection());
    replica.infoAt = Link.NEVER;
    assertEquals("no INFO", rejection());
  }

  @Test
  void aReplicaThatIsSilentSinceThePrimaryWasLostIsOnlyChosenIfAllAre() {
    bench.primary().subjectivelyDown = true;
    bench.primary().subjectivelyDownAt = bench.now;
    replica.infoAt = bench.now - 1;
    replica.offset = other.offset + 1;
    other.infoAt = bench.now - 1;
    assertSame(replica, best());
    other.infoAt = bench.now;
    assertSame(other, best());
    Selection.Choice choice = Selection.choose(bench.primary(), bench.state.timing(), bench.now);
    assertEquals("no INFO since the primary was lost", choice.candidates().stream()
        .filter(it -> it.rejection() != null).findFirst().orElseThrow().rejection());
  }

  @Test
  void aReplicaThatLostThePrimaryLongBeforeWeDidIsRejected() {
    replica.primaryLinkDownMillis = 10_000;
    assertNull(rejection());
    replica.primaryLinkDownMillis = 11_000;
    assertEquals("link to its primary down for 11000 ms", rejection());
    bench.mute.add(PRIMARY);
    bench.primary().subjectivelyDown = true;
    bench.primary().subjectivelyDownAt = bench.now - 1_000;
    assertNull(rejection());
  }
}
