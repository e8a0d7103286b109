package org.understudy.sentinel.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.sentinel.state.FailoverRecord.Candidate;
import org.understudy.sentinel.state.FailoverRecord.StageTime;

/** What comes from outside as text. */
class ReadingTest {
  @Test
  void anInfoOfAReplicaIsRead() {
    InfoReport report = InfoReport.parse("# Server\r\nrun_id:" + "1".repeat(40) + "\r\nrole:slave\r\n"
        + "master_host:h\r\nmaster_port:1\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:7\r\n"
        + "slave_repl_offset:99\r\nslave_priority:3\r\nreplica_announced:0\r\nslave0:ip=a,port=2,state=online\r\n");
    assertEquals("1".repeat(40), report.runId());
    assertEquals(Kind.REPLICA, report.role());
    assertEquals("h", report.primaryHost());
    assertEquals(1, report.primaryPort());
    assertEquals(false, report.primaryLinkUp());
    assertEquals(7_000, report.primaryLinkDownMillis());
    assertEquals(99, report.replicaOffset());
    assertEquals(3, report.priority());
    assertEquals(false, report.announced());
    assertEquals(List.of(new InfoReport.Place("a", 2)), report.replicas());
  }

  @Test
  void whatIsNoInfoSaysNothing() {
    for (String text : new String[] {"", "role", "run_id:short\r\nrole:king", "slave0\r\nslave:ip=\r\nslavex:1,2,3",
        "slave0:ip=a,state=online\r\nslave1:a,b", "\r\n:\r\n::"}) {
      InfoReport report = InfoReport.parse(text);
      assertNull(report.role(), text);
      assertNull(report.runId(), text);
      assertTrue(report.replicas().isEmpty(), text);
    }
  }

  @Test
  void aHelloIsReadAsItIsWritten() {
    HelloMessage hello = new HelloMessage("10.0.0.1", 26379, "id", 5, "mymaster", "host", 6379, 4);
    assertEquals(hello, HelloMessage.parse(hello.text()));
    assertNull(HelloMessage.parse("a,b,c"));
    assertNull(HelloMessage.parse(hello.text() + ",more"));
    assertEquals(0, HelloMessage.parse("h,x,id,y,m,h,z,w").port());
  }

  @Test
  void numbersOfOthersAreReadWithoutAnError() {
    assertEquals(0, Lenient.number(""));
    assertEquals(-12, Lenient.number("-12abc"));
    assertEquals(0, Lenient.number("abc"));
    assertEquals(Long.MAX_VALUE, Lenient.number("99999999999999999999"));
  }

  @Test
  void anAddressIsTheSameByItsIpOrByItsName() {
    Address named = new Address("Host", "10.0.0.1", 1);
    assertTrue(named.same(Address.literal("10.0.0.1", 1)));
    assertTrue(named.same(new Address("host", null, 1)));
    assertTrue(!named.same(new Address("host", null, 2)) && !named.same(Address.literal("10.0.0.2", 1)));
    assertEquals("[::1]:6379", Address.literal("::1", 6379).withPort(false));
    assertEquals("Host:1", named.withPort(true));
    assertEquals("10.0.0.1:1", named.withPort(false));
  }

  @Test
  void aSavedFailoverIsReadAsItWasWritten() {
    FailoverRecord full = new FailoverRecord("mymaster", 7, true, 1_700_000_000_000L, Address.literal("::1", 6379),
        new Address("host", null, 6380), "switched", Map.of("a", "b"),
        List.of(new Candidate("::1:6380", "r", 100, 5, null), new Candidate("x:1", "", 0, 0, "priority 0")),
        List.of(new StageTime(FailoverStage.WAIT_START, 3), new StageTime(FailoverStage.UPDATE_CONFIG, 0)), 9, 5);
    FailoverRecord bare = new FailoverRecord("m", 1, false, 0, Address.literal("1.2.3.4", 1), null,
        "-failover-abort-not-elected", Map.of(), List.of(), List.of(), -1, -1);
    for (FailoverRecord record : List.of(full, bare)) {
      assertEquals(record, SavedFailover.parse(SavedFailover.words(record)));
    }
    assertEquals(4, full.bytesNotReplicated());
    assertEquals(-1, bare.bytesNotReplicated());
    assertThrows(IllegalArgumentException.class, () -> SavedFailover.parse(List.of("mymaster")));
  }
}
