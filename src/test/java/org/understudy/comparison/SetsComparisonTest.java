package org.understudy.comparison;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;

/** Random commands on sets of every encoding behave as in the real server. */
@NeedsRealRedis
class SetsComparisonTest extends SideBySideTest {
  private static final int BATCHES = 25;
  private static final int BATCH = 250;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsBehaveAsTheRealServers(int protocol) throws IOException {
    both.protocol(protocol);
    both.assertSameReply("SET", "string", "x");
    for (int batch = 0; batch < BATCHES; batch++) {
      both.configure("set-max-intset-entries", random.nextInt(20));
      both.assertSameReplies(BATCH, this::randomCommand);
      both.assertSameKeys(1, "TYPE", "OBJECT ENCODING", "SCARD", "PEXPIRETIME");
      both.assertSameReports();
      both.assertSameDigest();
      for (int i = 0; i < 8; i++) {
        both.assertSameReplyInAnyOrder("SMEMBERS", "s" + i);
        both.assertSameReplyInAnyOrder("SRANDMEMBER", "s" + i, 1000);
        for (String command : new String[] {"SINTER", "SUNION", "SDIFF"}) {
          both.assertSameReplyInAnyOrder(command, key(), key());
          both.assertSameReplyInAnyOrder(command, key(), key(), key());
        }
      }
    }
  }

  /** What remains after popping is another choice in either server, but not how it is kept. */
  @Test
  void poppingAlmostEverythingLeavesTheSameEncoding() throws IOException {
    for (int left = 1; left < 40; left++) {
      both.assertSameReply("DEL", "s");
      for (int i = 0; i < 60; i++) both.assertSameReply("SADD", "s", i);
      both.assertSameReply("SADD", "s", "x");
      both.assertSameReply("SREM", "s", "x");
      both.assertSameReply("PEXPIREAT", "s", 4_000_000_000_000L);
      both.askReal("SPOP", "s", 60 - left);
      both.ours.run("SPOP", "s", 60 - left);
      both.assertSameReply("OBJECT", "ENCODING", "s");
      both.assertSameReply("SCARD", "s");
      both.assertSameReply("PEXPIRETIME", "s");
    }
  }

  @Test
  void anIntsetAnswersInItsOrder() throws IOException {
    for (String command : List.of("SADD s 5 -3 70000", "SMEMBERS s", "SADD t -3 5 6", "SINTER s t", "SUNION s t",
        "SDIFF t s", "SSCAN s 0", "SSCAN s 3 COUNT 1", "SSCAN s 0 MATCH 7*", "SRANDMEMBER s 5", "SPOP s 5",
        "SMEMBERS s")) {
      both.assertSameReply((Object[]) command.split(" "));
    }
    both.assertSameReports();
  }

  @Test
  void mistakesAreAnsweredInTheSameOrder() throws IOException {
    both.assertSameReply("SET", "string", "x");
    both.assertSameReply("SADD", "set", "a");
    for (String key : List.of("string", "set", "absent")) {
      for (String command : List.of("SADD k", "SREM k x", "SMOVE k string a", "SMOVE k absent2 x", "SMOVE k k a",
          "SMOVE string k a", "SPOP k x", "SPOP k -1", "SPOP k 0", "SPOP k 1 2", "SPOP k -9223372036854775808",
          "SRANDMEMBER k x", "SRANDMEMBER k 0", "SRANDMEMBER k 1 2", "SRANDMEMBER k -9223372036854775808",
          "SRANDMEMBER k",
          "SINTERCARD 0 k", "SINTERCARD x k", "SINTERCARD 2 k", "SINTERCARD 1 k LIMIT", "SINTERCARD 1 k LIMIT -1",
          "SINTERCARD 1 k LIMIT x", "SINTERCARD 1 k x", "SINTERCARD 1 k LIMIT 1 LIMIT 0", "SINTERCARD 2 absent k",
          "SINTER k string", "SINTER absent k", "SUNION k string", "SDIFF k string", "SINTERSTORE d k absent",
          "SDIFFSTORE d k k", "SUNIONSTORE d absent", "SSCAN k x", "SSCAN k 0 COUNT 0", "SSCAN k 0 x",
          "SISMEMBER k a", "SMISMEMBER k a b", "SCARD k", "SMEMBERS k")) {
        both.assertSameReply((Object[]) command.replaceAll("\\bk\\b", key).split(" "));
      }
    }
    both.assertSameReports();
  }

  private Object[] randomCommand() {
    String key = random.nextInt(60) == 0 ? "string" : key();
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> new Object[] {"SADD", key, member()};
      case 4, 5 -> new Object[] {"SADD", key, member(), member(), member(), member(), member()};
      case 6, 7 -> new Object[] {"SREM", key, member(), member()};
      case 8 -> new Object[] {"SREM", key, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, member(), member()};
      case 9 -> new Object[] {"SMOVE", key, key(), member()};
      case 10 -> new Object[] {random.nextInt(4) == 0 ? "SPOP" : "SRANDMEMBER", key, random.nextInt(3) == 0 ? 0 : "x"};
      case 11 -> random.nextInt(6) == 0 ? new Object[] {"DEL", key}
          : new Object[] {"SMISMEMBER", key, member(), member()};
      case 12 -> new Object[] {"SINTERSTORE", key(), key, key()};
      case 13 -> new Object[] {"SUNIONSTORE", key(), key, key()};
      case 14 -> new Object[] {"SDIFFSTORE", key(), key, key()};
      case 15 -> new Object[] {"SDIFFSTORE", key(), key, key(), key(), key()};
      case 16 -> new Object[] {"SINTERCARD", 2, key, key(), "LIMIT", random.nextInt(4)};
      case 17 -> new Object[] {"SISMEMBER", key, member()};
      case 18 -> new Object[] {"PEXPIREAT", key, 4_000_000_000_000L + random.nextInt(10)};
      default -> new Object[] {"COPY", key, key(), "REPLACE"};
    };
  }

  private String key() {
    return "s" + random.nextInt(8);
  }

  private Object member() {
    return switch (random.nextInt(14)) {
      case 0 -> "";
      case 1 -> "long member ".repeat(1 + random.nextInt(9));
      case 2 -> "m" + random.nextInt(40);
      case 3 -> random.nextLong() >> random.nextInt(64);
      default -> random.nextInt(16);
    };
  }
}
