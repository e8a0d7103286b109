package org.understudy.comparison;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.testing.NeedsRealRedis;

/** RESTORE answers, notifies and propagates as in the real server. */
@NeedsRealRedis
class DumpComparisonTest extends SideBySideTest {
  private static final long FAR = 4_000_000_000_000L;

  @Test
  void optionsAndErrorsAreTheRealServers() throws IOException {
    both.assertSameReply("SET", "string", "some text that is repeated, some text that is repeated");
    both.assertSameReply("DUMP", "none");
    byte[] payload = Bytes.of((String) both.askReal("DUMP", "string"));
    byte[] damaged = payload.clone();
    damaged[5] ^= 1;
    byte[] newer = payload.clone();
    newer[newer.length - 10] = 11;
    List<Object[]> commands = new ArrayList<>();
    for (Object key : new Object[] {"string", "new"}) {
      for (Object bytes : new Object[] {payload, damaged, newer, "", "short"}) {
        for (Object[] options : new Object[][] {{}, {"REPLACE"}, {"REPLACE", "ABSTTL"}, {"idletime", "100"},
            {"FREQ", 256}, {"FREQ", -1}, {"FREQ", 255, "replace"}, {"IDLETIME", -1}, {"IDLETIME", "x"}, {"IDLETIME"},
            {"IDLETIME", 1, "FREQ", 1}, {"FREQ", 1, "IDLETIME", 1}, {"FREQ", 1, "FREQ", 2}, {"NX"},
            {"ABSTTL", "ABSTTL"}}) {
          for (Object ttl : new Object[] {0, -1, 1, FAR, "x", Long.MAX_VALUE, Long.MIN_VALUE}) {
            boolean relative = !List.of(options).contains("ABSTTL");
            if (relative && (ttl.equals(1) || ttl.equals(FAR))) continue; // clocks differ
            List<Object> words = new ArrayList<>(List.of("RESTORE", key, ttl, bytes));
            words.addAll(List.of(options));
            commands.add(words.toArray());
            commands.add(new Object[] {"PEXPIRETIME", key});
            if (key.equals("new")) commands.add(new Object[] {"DEL", key});
          }
        }
      }
    }
    both.assertSameReplies(commands);
    both.assertSameKeys(1, "GET", "PEXPIRETIME");
    both.assertSameReports();
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lru", "allkeys-lfu", "noeviction"})
  void accessHistoryIsRestoredUnderAPolicyOfItsKind(String policy) throws IOException {
    both.configure("maxmemory-policy", policy);
    both.ours.keyspace.accessClock().lfu(policy.endsWith("lfu"));
    both.assertSameReply("SET", "k", "v");
    byte[] payload = Bytes.of((String) both.askReal("DUMP", "k"));
    both.assertSameReply("RESTORE", "idle", 0, payload, "IDLETIME", 1000);
    both.assertSameReply("RESTORE", "frequent", 0, payload, "FREQ", 77);
    for (String key : new String[] {"idle", "frequent"}) {
      if (policy.endsWith("lfu")) both.assertSameReply("OBJECT", "FREQ", key);
      else if (key.equals("idle")) both.assertSameReply("OBJECT", "IDLETIME", key);
    }
  }
}
