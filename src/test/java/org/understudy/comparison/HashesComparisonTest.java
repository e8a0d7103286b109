package org.understudy.comparison;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;

/** Random commands on hashes of every encoding behave as in the real server. */
@NeedsRealRedis
class HashesComparisonTest extends SideBySideTest {
  private static final int BATCHES = 25;
  private static final int BATCH = 300;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsBehaveAsTheRealServers(int protocol) throws IOException {
    both.protocol(protocol);
    both.assertSameReply("SET", "string", "x");
    for (int batch = 0; batch < BATCHES; batch++) {
      both.configure("hash-max-listpack-entries", random.nextInt(30));
      both.configure("hash-max-ziplist-value", 4 + random.nextInt(40));
      both.assertSameReplies(BATCH, this::randomCommand);
      both.assertSameKeys(1, "TYPE", "OBJECT ENCODING", "HLEN", "PEXPIRETIME");
      both.assertSameReports();
      both.assertSameDigest();
      for (int i = 0; i < 8; i++) {
        for (String command : new String[] {"HGETALL", "HKEYS", "HVALS"}) {
          both.assertSameReplyInAnyOrder(command, "h" + i);
        }
        both.assertSameReplyInAnyOrder("HRANDFIELD", "h" + i, 1000);
        both.assertSameReplyInAnyOrder("HRANDFIELD", "h" + i, 1000, "WITHVALUES");
      }
    }
  }

  @Test
  void aPackedHashAnswersInTheOrderInWhichFieldsCame() throws IOException {
    for (String command : List.of("HSET h b 1 a 2 c 3", "HDEL h a", "HSET h b 4 a 5", "HGETALL h", "HKEYS h", "HVALS h",
        "HSCAN h 0", "HSCAN h 7 COUNT 1", "HSCAN h 0 MATCH [ab]", "HRANDFIELD h 5 WITHVALUES")) {
      both.assertSameReply((Object[]) command.split(" "));
    }
  }

  @Test
  void mistakesAreAnsweredInTheSameOrder() throws IOException {
    both.assertSameReply("SET", "s", "x");
    both.assertSameReply("HSET", "h", "f", "text", "n", "9223372036854775807", "d", "1.5");
    for (String key : List.of("s", "h", "absent")) {
      for (String command : List.of("HSET k f", "HSET k f v g", "HMSET k f v g", "HGET k", "HGET k f g",
          "HINCRBY k f x", "HINCRBY k f 1", "HINCRBY k n 1", "HINCRBY k n -9223372036854775808", "HINCRBY k d 1",
          "HINCRBY k n 9223372036854775808", "HINCRBYFLOAT k f x", "HINCRBYFLOAT k f 1", "HINCRBYFLOAT k d inf",
          "HINCRBYFLOAT k d nan", "HINCRBYFLOAT k d -1e5000", "HSCAN k x", "HSCAN k 0 COUNT 0", "HSCAN k 0 COUNT x",
          "HSCAN k 0 COUNT", "HSCAN k 0 TYPE hash", "HSCAN k 0 NOVALUES", "HRANDFIELD k x", "HRANDFIELD k 0",
          "HRANDFIELD k 1 WITHVALUE", "HRANDFIELD k 1 WITHVALUES x", "HRANDFIELD k x WITHVALUES x",
          "HRANDFIELD k -9223372036854775808", "HRANDFIELD k -9223372036854775807 WITHVALUES",
          "HRANDFIELD k 9223372036854775807 WITHVALUES", "HRANDFIELD k 0 WITHVALUES", "HSTRLEN k f", "HSTRLEN k n",
          "HDEL k x", "HEXISTS k f", "HSETNX k f v", "HLEN k", "HMGET k f x n", "HGETALL k", "HKEYS k", "HVALS k",
          "HINCRBYFLOAT k d 1e17", "HINCRBYFLOAT k d 0.1")) {
        both.assertSameReply((Object[]) command.replace("k ", key + " ").replaceAll(" k$", " " + key).split(" "));
      }
    }
    both.assertSameReports();
  }

  private Object[] randomCommand() {
    String key = random.nextInt(60) == 0 ? "string" : "h" + random.nextInt(8);
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> new Object[] {"HSET", key, field(), value()};
      case 4 -> new Object[] {"HSET", key, field(), value(), field(), value(), field(), value()};
      case 5 -> new Object[] {"HMSET", key, field(), value(), field(), value()};
      case 6 -> new Object[] {"HSETNX", key, field(), value()};
      case 7, 8 -> new Object[] {"HINCRBY", key, field(),
          random.nextInt(5) == 0 ? Long.MAX_VALUE - 7 : random.nextInt()};
      case 9 -> new Object[] {"HINCRBYFLOAT", key, field(), random.nextInt(1000) / 16.0};
      case 10, 11 -> new Object[] {"HDEL", key, field()};
      case 12 -> new Object[] {"HDEL", key, field(), field(), field(), field(), field(), field(), field(), field()};
      case 13 -> new Object[] {"HGET", key, field()};
      case 14 -> new Object[] {"HMGET", key, field(), field(), field()};
      case 15 -> new Object[] {random.nextBoolean() ? "HEXISTS" : "HSTRLEN", key, field()};
      case 16 -> new Object[] {"PEXPIREAT", key, 4_000_000_000_000L + random.nextInt(10)};
      case 17 -> random.nextInt(5) == 0 ? new Object[] {"DEL", key} : new Object[] {"HLEN", key};
      case 18 -> new Object[] {"COPY", key, "h" + random.nextInt(8), "REPLACE"};
      default -> random.nextInt(3) > 0 ? new Object[] {"TYPE", key}
          : new Object[] {"RENAME", key, "h" + random.nextInt(8)};
    };
  }

  private String field() {
    return switch (random.nextInt(12)) {
      case 0 -> "";
      case 1 -> "long field ".repeat(1 + random.nextInt(5));
      case 2, 3, 4 -> Integer.toString(random.nextInt(12));
      default -> "f" + random.nextInt(25);
    };
  }

  private Object value() {
    return switch (random.nextInt(8)) {
      case 0 -> "v".repeat(random.nextInt(100));
      case 1 -> random.nextInt(100) / 4.0;
      case 2, 3, 4 -> random.nextLong() >> random.nextInt(64);
      default -> "value" + random.nextInt(10);
    };
  }
}
