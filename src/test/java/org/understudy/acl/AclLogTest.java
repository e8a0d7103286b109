package org.understudy.acl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.acl.AclLog.Context;
import org.understudy.acl.AclLog.Entry;
import org.understudy.acl.Denial.Reason;
import org.understudy.config.Config;

class AclLogTest {
  private final AclLog log = new AclLog(Config.parse(List.of("acllog-max-len 12")));

  private void deny(String object, long nowMillis) {
    log.add(Reason.KEY, Context.TOPLEVEL, object, "alice", nowMillis, "info at " + nowMillis);
  }

  @Test
  void whatHappensAgainWithinAMinuteIsCounted() {
    deny("a", 0);
    deny("b", 10);
    deny("a", 60_000);
    assertEquals(List.of(new Entry(2, Reason.KEY, Context.TOPLEVEL, "a", "alice", 60_000, "info at 60000"),
        new Entry(1, Reason.KEY, Context.TOPLEVEL, "b", "alice", 10, "info at 10")), log.newest(9));
    deny("a", 120_001);
    assertEquals(List.of(1L, 2L), log.newest(2).stream().map(Entry::count).toList());
  }

  @Test
  void anotherReasonContextOrUserIsAnotherEntry() {
    deny("a", 0);
    log.add(Reason.CHANNEL, Context.TOPLEVEL, "a", "alice", 0, "");
    log.add(Reason.KEY, Context.MULTI, "a", "alice", 0, "");
    log.add(Reason.KEY, Context.TOPLEVEL, "a", "bob", 0, "");
    assertEquals(4, log.newest(9).size());
  }

  @Test
  void theOldestGoBeyondTheLengthAndOnlyTheLastTenAreCountedUp() {
    for (int i = 0; i < 11; i++) deny("k" + i, 0);
    deny("k0", 0);
    assertEquals(12, log.newest(99).size());
    deny("k12", 0);
    assertEquals(12, log.newest(99).size());
    assertEquals(List.of("k12", "k0"), log.newest(2).stream().map(Entry::object).toList());
  }
}
