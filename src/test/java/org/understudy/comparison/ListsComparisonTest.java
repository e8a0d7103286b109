package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.testing.NeedsRealRedis;

/** The same commands on lists have the same replies, events, effects and contents as in the real server. */
@NeedsRealRedis
class ListsComparisonTest extends SideBySideTest {
  private static final String[] EXTREMES = {"0", "-1", "1", "9223372036854775807", "-9223372036854775808",
      "9223372036854775808", "4294967296", "-9223372036854775807", "x", "", "1.5", "-0", "+1", "01"};

  @ParameterizedTest
  @CsvSource({"-2, 0, 2", "-1, 1, 3", "3, 0, 2", "1, 0, 3", "0, 2, 2", "100, 2, 2", "-5, 1, 3"})
  void randomCommandsDoTheSame(int listpackSize, int compressDepth, int protocol) throws IOException {
    both.protocol(protocol);
    both.configure("list-max-listpack-size", listpackSize);
    both.configure("list-compress-depth", compressDepth);
    for (int batch = 0; batch < 30; batch++) {
      both.assertSameReplies(100, this::randomCommand);
      both.assertSameKeys(1, "OBJECT ENCODING", "PEXPIRETIME");
      for (int key = 0; key < 4; key++) both.assertSameReply("LRANGE", "k" + key, 0, -1);
      both.assertSameReports();
    }
  }

  /** Long lists of elements of all sizes, changed in the middle: nodes are split, joined and compressed. */
  @ParameterizedTest
  @CsvSource({"-2, 0", "-1, 1", "5, 2"})
  void longListsStayTheSame(int listpackSize, int compressDepth) throws IOException {
    both.configure("list-max-listpack-size", listpackSize);
    both.configure("list-compress-depth", compressDepth);
    for (int batch = 0; batch < 12; batch++) {
      int growth = batch < 6 ? 3 : 1;
      both.assertSameReplies(400, () -> longListCommand(growth));
      both.assertSameReply("LRANGE", "long", 0, -1);
      both.assertSameReply("LLEN", "long");
    }
    both.assertSameReports();
  }

  /** A list that only grew at its ends has the nodes that the real server gives it. */
  @ParameterizedTest
  @ValueSource(ints = {-1, -2, -3, -4, -5, 0, 1, 7, 500, 40_000})
  void nodesOfAListThatGrowsAreTheSame(int listpackSize) throws IOException {
    both.configure("list-max-listpack-size", listpackSize);
    both.configure("rdbcompression", "no"); // compressed bytes may differ
    List<Object[]> commands = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      commands.add(new Object[] {random.nextInt(3) == 0 ? "LPUSH" : "RPUSH", "k", element()});
    }
    both.assertSameReplies(commands);
    both.assertSameReply("DUMP", "k");
    String real = (String) both.askReal("DEBUG", "OBJECT", "k");
    Entry ours = new Entry();
    both.ours.keyspace.database(0).find(Bytes.of("k"), ours);
    String figures = ((ListValue) ours.value()).nodeFigures();
    assertEquals(real.substring(real.indexOf(" ql_")).replaceAll(" ql_uncomp.*", ""),
        figures.replaceAll(" ql_uncomp.*", "")); // an element alone in its chunk has no listpack around it here
  }

  @Test
  void numbersAtTheirLimitsAreTakenAlike() throws IOException {
    for (String number : EXTREMES) {
      both.assertSameReplies(List.of(words("DEL k l"), words("RPUSH k a b c a b"), words("LINDEX k", number),
          words("LSET k", number, "x"), words("LRANGE k", number, "1"), words("LRANGE k 1", number),
          words("LREM k", number, "b"), words("LPOS k a RANK", number), words("LPOS k a COUNT", number),
          words("LPOS k a MAXLEN", number), words("LPOP k", number), words("RPUSH k a b c d"), words("RPOP k", number),
          words("RPUSH k a b c d"), words("LTRIM k", number, "3"), words("RPUSH k a b c d"), words("LTRIM k 1", number),
          words("RPUSH k a b c d"), words("LMPOP 1 k LEFT COUNT", number), words("RPUSH k a"),
          words("BLMPOP 0.001 1 k LEFT COUNT", number), words("RPUSH k a b"), words("LPOP none", number),
          words("LINDEX none", number), words("LSET none", number, "a"), words("LRANGE none", number, "1"),
          words("LPOS none a RANK", number)));
      if (!number.startsWith("922337203685477580")) { // there the real server reads beyond its arguments
        both.assertSameReplies(List.of(words("LMPOP", number, "k", "LEFT"), words("RPUSH k a"),
            words("BLMPOP 0.001", number, "k", "RIGHT")));
      }
    }
    both.assertSameReports();
  }

  @Test
  void rangesFromLimitToLimitAreTakenAlike() throws IOException {
    for (String start : EXTREMES) {
      for (String end : EXTREMES) {
        both.assertSameReplies(List.of(words("DEL k"), words("RPUSH k a b c"), words("LRANGE k", start, end),
            words("LTRIM k", start, end), words("LRANGE k 0 -1")));
      }
    }
    both.assertSameReports();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "", "nan", "inf", "-inf", "1e400", "9223372036854775807", "1e20", "-0.0001",
      "0x10",
      " 1", "1 "})
  void timeoutsAreTakenAlike(String timeout) throws IOException {
    both.assertSameReplies(List.of(words("RPUSH k a b c d e f g"), words("BLPOP k", timeout), words("BRPOP k", timeout),
        words("BLMOVE k l LEFT LEFT", timeout), words("BRPOPLPUSH k l", timeout),
        new Object[] {"BLMPOP", timeout, "1", "k", "LEFT"}));
  }

  @Test
  void errorsComeInTheSameOrder() throws IOException {
    both.assertSameReply("SET", "s", "1");
    String[] lines = {
        "LPUSH s a", "LPUSHX s a", "RPOP s", "RPOP s x", "RPOP s 0", "RPOP s 1 2", "LPOP k 1 2", "LLEN s",
        "LINDEX s x", "LINDEX k x", "LSET s x a", "LSET k x a", "LRANGE s x 1", "LRANGE s 0 1", "LTRIM s x 1",
        "LTRIM s 0 1", "LREM s x a", "LREM s 0 a", "LINSERT s x a b", "LINSERT s before a b", "LINSERT k x a b",
        "LINSERT k after a b", "LPOS s a", "LPOS s a RANK", "LPOS s a RANK 0", "LPOS s a RANK x",
        "LPOS s a COUNT -1", "LPOS s a MAXLEN -1 RANK 0", "LPOS s a FOO 1", "LPOS k a COUNT 0", "LMOVE s k LEFT UP",
        "LMOVE s k UP LEFT", "LMOVE s k LEFT LEFT", "LMOVE k s LEFT LEFT", "RPOPLPUSH k s", "RPOPLPUSH s k",
        "LMPOP 0 k LEFT", "LMPOP x k LEFT", "LMPOP 2 k LEFT", "LMPOP 1 k UP", "LMPOP 1 s LEFT COUNT 0",
        "LMPOP 1 s LEFT COUNT", "LMPOP 1 s LEFT COUNT 1 COUNT 2", "LMPOP 1 s LEFT FOO 2", "LMPOP 2 k s LEFT",
        "LMPOP 1 k LEFT LEFT", "BLPOP s 0", "BLPOP k s x", "BLPOP k s 0", "BRPOP s -1", "BLMOVE s k LEFT UP x",
        "BLMOVE s k LEFT LEFT x", "BLMOVE s k LEFT LEFT 0", "BRPOPLPUSH s k x", "BRPOPLPUSH s k 0",
        "BLMPOP x 0 k LEFT", "BLMPOP x 1 k UP", "BLMPOP x 1 k LEFT", "BLMPOP 0 1 s LEFT",
        "BLMPOP 0 1 s LEFT COUNT x", "BLMPOP 0.001 2 k k LEFT"};
    for (String line : lines) {
      both.assertSameReply(words(line));
    }
    both.assertSameReplies(List.of(words("RPUSH k a b"), words("RPOPLPUSH k s"), words("LMOVE k s LEFT LEFT"),
        words("BLMOVE k s LEFT LEFT 0"), words("BRPOPLPUSH k s 0"), words("LRANGE k 0 -1")));
    both.assertSameReports();
  }

  private static Object[] words(String line, String... more) {
    List<Object> words = new ArrayList<>(List.of(line.split(" ")));
    words.addAll(List.of(more));
    return words.toArray();
  }

  // ---- what is given to both ----------------------------------------------------------------------------------------

  private String key() {
    return "k" + random.nextInt(4);
  }

  private Object element() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(5);
      case 1 -> random.nextLong() >> random.nextInt(64);
      case 2 -> "w".repeat(random.nextInt(100));
      case 3 -> random.nextInt(8) == 0 ? "l".repeat(random.nextInt(20_000)) : "";
      default -> "e" + random.nextInt(5);
    };
  }

  private Object index() {
    return random.nextInt(13) - 6;
  }

  private String end() {
    return random.nextBoolean() ? "LEFT" : "right";
  }

  private Object[] randomCommand() {
    return switch (random.nextInt(30)) {
      case 0, 1, 2 -> new Object[] {"LPUSH", key(), element(), element(), element()};
      case 3, 4, 5 -> new Object[] {"RPUSH", key(), element(), element()};
      case 6 -> new Object[] {random.nextBoolean() ? "LPUSHX" : "RPUSHX", key(), element()};
      case 7 -> new Object[] {random.nextBoolean() ? "LPOP" : "RPOP", key()};
      case 8 -> new Object[] {random.nextBoolean() ? "LPOP" : "RPOP", key(), random.nextInt(4)};
      case 9 -> new Object[] {"LLEN", key()};
      case 10 -> new Object[] {"LINDEX", key(), index()};
      case 11, 12 -> new Object[] {"LSET", key(), index(), element()};
      case 13 -> new Object[] {"LRANGE", key(), index(), index()};
      case 14 -> new Object[] {"LTRIM", key(), random.nextInt(3), -1 - random.nextInt(3)};
      case 15 -> new Object[] {"LREM", key(), random.nextInt(5) - 2, element()};
      case 16, 17, 18 -> new Object[] {"LINSERT", key(), random.nextBoolean() ? "before" : "AFTER", element(),
          element()};
      case 19 -> new Object[] {"LPOS", key(), element()};
      case 20 -> new Object[] {"LPOS", key(), element(), "RANK", random.nextBoolean() ? 2 : -1, "COUNT",
          random.nextInt(3)};
      case 21 -> new Object[] {"LPOS", key(), element(), "MAXLEN", random.nextInt(6), "RANK", -2};
      case 22 -> new Object[] {"LMOVE", key(), key(), end(), end()};
      case 23 -> new Object[] {"RPOPLPUSH", key(), key()};
      case 24 -> new Object[] {"LMPOP", 2, key(), key(), end(), "COUNT", 1 + random.nextInt(3)};
      case 25 -> new Object[] {random.nextBoolean() ? "BLPOP" : "BRPOP", key(), key(), "0.001"};
      case 26 -> new Object[] {"BLMOVE", key(), key(), end(), end(), "0.001"};
      case 27 -> new Object[] {"BRPOPLPUSH", key(), key(), "0.001"};
      case 28 -> new Object[] {"BLMPOP", "0.001", 1, key(), end(), "count", 1 + random.nextInt(3)};
      default -> random.nextInt(3) > 0 ? new Object[] {"COPY", key(), key(), "REPLACE"} : new Object[] {"DEL", key()};
    };
  }

  /** @param growth how many of four commands add elements */
  private Object[] longListCommand(int growth) {
    if (random.nextInt(4) < growth) {
      return switch (random.nextInt(5)) {
        case 0 -> new Object[] {"LPUSH", "long", element(), element(), element(), element()};
        case 1, 2 -> new Object[] {"RPUSH", "long", element(), element(), element(), element()};
        case 3 -> new Object[] {"LINSERT", "long", "BEFORE", element(), element()};
        default -> new Object[] {"LINSERT", "long", "AFTER", element(), element()};
      };
    }
    int index = random.nextInt(2000) - 1000;
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Object[] {"LSET", "long", index, element()};
      case 2 -> new Object[] {"LREM", "long", random.nextInt(7) - 3, element()};
      case 3 -> new Object[] {"LINDEX", "long", index};
      case 4 -> new Object[] {"LRANGE", "long", index, index + random.nextInt(30)};
      case 5 -> new Object[] {"LPOS", "long", element(), "RANK", random.nextBoolean() ? 3 : -3, "COUNT", 2};
      case 6 -> new Object[] {random.nextBoolean() ? "LPOP" : "RPOP", "long", random.nextInt(5)};
      default -> random.nextInt(20) == 0 ? new Object[] {"LTRIM", "long", 20, -20} : new Object[] {"LLEN", "long"};
    };
  }
}
