package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.keyspace.Digest;
import org.understudy.testing.NeedsRealRedis;

/**
 * Random commands on sorted sets give the same bytes as the real server, notify the same events, propagate the same
 * commands and leave the same dataset. Limits are low, so that sets change their form often.
 */
@NeedsRealRedis
class SortedSetsComparisonTest extends SideBySideTest {
  private static final int BATCH = 400;
  private static final int BATCHES = 25;
  private static final String[] SCORES = {"0", "-0", "1", "2", "3", "-1", "1.5", "0.1", "1e17", "4611686018427387904",
      "-1e20", "inf", "-inf", "+inf", "3.0000000000000004", "1e-7", "5e-324", "123456789012345678", "0x10"};
  private static final String[] BAD_NUMBERS = {"", "nan", "x", "1e999", " 1", "1 ", "(1",
      "9223372036854775808", "1.5.2"};

  @BeforeEach
  void keepPackedSetsSmall() throws IOException {
    both.configure("zset-max-listpack-entries", 8);
    both.configure("zset-max-listpack-value", 12);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsBehaveAsTheRealServers(int protocol) throws IOException {
    both.protocol(protocol);
    both.assertSameReply("SET", "string", "x");
    for (int batch = 0; batch < BATCHES; batch++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) commands.add(randomCommand());
      for (int key = 0; key < 6; key++) {
        commands.add(new Object[] {"ZRANGE", "z" + key, 0, -1, "WITHSCORES"});
        commands.add(new Object[] {"ZREVRANGE", "lex" + key, 0, -1});
      }
      both.assertSameReplies(commands);
      both.assertSameKeys(1, "PEXPIRETIME", "TYPE", "OBJECT ENCODING");
      both.assertSameReports();
      assertSameDigest();
    }
  }

  private void assertSameDigest() throws IOException {
    assertEquals(both.askReal("DEBUG", "DIGEST"), Digest.of(both.ours.keyspace).hex());
  }

  /** Replicas of the other kind are told of ZREMRANGEBYLEX as it is. */
  @Test
  void rangesByMemberAreTheRealServersInSmallSetsWhoseScoresDiffer() throws IOException {
    for (int round = 0; round < 300; round++) {
      List<Object[]> commands = new ArrayList<>();
      commands.add(new Object[] {"DEL", "mixed"});
      for (int i = random.nextInt(7); i >= 0; i--) {
        commands.add(new Object[] {"ZADD", "mixed", random.nextInt(4), random.nextInt(3) == 0 ? i : letter()});
      }
      Object min = oneOf("-", "[" + letter(), "(" + letter());
      Object max = oneOf("+", "[" + letter(), "(" + letter());
      commands.add(new Object[] {"ZLEXCOUNT", "mixed", min, max});
      commands.add(new Object[] {"ZRANGEBYLEX", "mixed", min, max});
      commands.add(new Object[] {"ZREVRANGEBYLEX", "mixed", max, min});
      commands.add(new Object[] {"ZREMRANGEBYLEX", "mixed", min, max});
      commands.add(new Object[] {"ZRANGE", "mixed", 0, -1});
      both.assertSameReplies(commands);
    }
  }

  private String letter() {
    return String.valueOf((char) ('a' + random.nextInt(8)));
  }

  /** Whole steps of a packed set; of a large one, what a whole series finds. */
  @Test
  void scansFindTheMembersThatTheRealServerFinds() throws IOException {
    for (int i = 0; i < 300; i++) both.assertSameReply("ZADD", "large", score(), "member" + i);
    for (int i = 0; i < 8; i++) both.assertSameReply("ZADD", "packed", score(), i % 2 == 0 ? i : "m" + i);
    for (String options : new String[] {"", "MATCH m*", "COUNT 1", "MATCH *1* COUNT 1000", "match *", "MATCH"}) {
      both.assertSameReply(words("ZSCAN packed 0 " + options));
      both.assertSameReply(words("ZSCAN none 7 " + options));
      if (options.equals("MATCH")) continue;
      assertEquals(scanned(options, true), scanned(options, false), options);
    }
    for (String wrong : new String[] {"packed x", "packed 0 COUNT 0", "packed 0 COUNT x", "packed 0 TYPE zset"}) {
      both.assertSameReply(words("ZSCAN " + wrong));
    }
  }

  private TreeSet<String> scanned(String options, boolean real) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    Object cursor = "0";
    do {
      Object[] command = words("ZSCAN large " + cursor + " " + options);
      List<?> step = (List<?>) (real ? both.askReal(command) : both.ours.run(command));
      cursor = step.get(0);
      List<?> pairs = (List<?>) step.get(1);
      for (int i = 0; i < pairs.size(); i += 2) found.add(pairs.get(i) + " " + pairs.get(i + 1));
    } while (!cursor.equals("0"));
    return found;
  }

  private static Object[] words(String line) {
    return line.strip().split(" ");
  }

  // ---- making commands ----------------------------------------------------------------------------------------------

  private Object[] randomCommand() {
    return switch (random.nextInt(48)) {
      case 0, 1, 2, 3, 4, 5 -> add();
      case 6, 7 -> new Object[] {"ZADD", lexKey(), 0, member(), 0, member()};
      case 8 -> new Object[] {"ZINCRBY", key(), score(), member()};
      case 9, 10 -> with("ZREM", key(), members());
      case 11 -> new Object[] {"ZCARD", key()};
      case 12 -> new Object[] {"ZSCORE", key(), member()};
      case 13 -> with("ZMSCORE", key(), members());
      case 14, 15 -> new Object[] {random.nextBoolean() ? "ZRANK" : "ZREVRANK", key(), member()};
      case 16, 17 -> new Object[] {"ZCOUNT", key(), scoreBound(), scoreBound()};
      case 18 -> new Object[] {"ZLEXCOUNT", lexKey(), lexBound(), lexBound()};
      case 19, 20, 21, 22, 23 -> range();
      case 24, 25 -> store();
      case 26 -> new Object[] {"ZREMRANGEBYRANK", key(), index(), index()};
      case 27 -> rarely(new Object[] {"ZREMRANGEBYSCORE", key(), scoreBound(), scoreBound()});
      case 28 -> rarely(new Object[] {"ZREMRANGEBYLEX", lexKey(), lexBound(), lexBound()});
      case 29, 30 -> pop();
      case 31 -> with("ZMPOP", several());
      case 32 -> random.nextBoolean() ? with("BZMPOP", timeout(), several())
          : new Object[] {oneOf("BZPOPMIN", "BZPOPMAX"), key(), key(), timeout()};
      case 33 -> randomMembers();
      case 35, 36, 37, 38, 39 -> combine();
      case 40 -> with("SADD", "set" + random.nextInt(2), members());
      case 41 -> with("SREM", "set" + random.nextInt(2), members());
      case 34 -> new Object[] {"PEXPIREAT", key(), 4_000_000_000_000L};
      default -> add();
    };
  }

  private Object[] rarely(Object[] command) {
    return random.nextInt(3) == 0 ? command : add();
  }

  private Object[] add() {
    List<Object> words = new ArrayList<>(List.of("ZADD", key()));
    while (random.nextInt(3) == 0) words.add(oneOf("NX", "xx", "GT", "LT", "CH", "INCR"));
    int pairs = random.nextInt(8) == 0 ? random.nextInt(12) : 1;
    for (int i = 0; i < pairs; i++) words.addAll(List.of(score(), member()));
    if (random.nextInt(30) == 0) words.add(member());
    return words.toArray();
  }

  private Object[] range() {
    List<Object> words = new ArrayList<>();
    switch (random.nextInt(7)) {
      case 0 -> words.addAll(List.of("ZREVRANGE", key(), index(), index()));
      case 1 -> words.addAll(List.of("ZRANGEBYSCORE", key(), scoreBound(), scoreBound()));
      case 2 -> words.addAll(List.of("ZREVRANGEBYSCORE", key(), scoreBound(), scoreBound()));
      case 3 -> words.addAll(List.of(oneOf("ZRANGEBYLEX", "ZREVRANGEBYLEX"), lexKey(), lexBound(), lexBound()));
      default -> {
        words.add("ZRANGE");
        words.addAll(selection());
      }
    }
    if (random.nextBoolean()) words.add("WITHSCORES");
    if (random.nextInt(3) == 0) words.addAll(List.of("LIMIT", small(), small()));
    if (random.nextInt(20) == 0) words.add(oneOf("REV", "BYLEX", "BYSCORE", "x", "LIMIT", "WITHSCORE"));
    return words.toArray();
  }

  /** A key, two ends and how they are meant. */
  private List<Object> selection() {
    List<Object> words = new ArrayList<>(switch (random.nextInt(3)) {
      case 0 -> List.of(key(), index(), index());
      case 1 -> List.of(key(), scoreBound(), scoreBound(), "BYSCORE");
      default -> List.of(lexKey(), lexBound(), lexBound(), "bylex");
    });
    if (random.nextBoolean()) words.add("REV");
    if (random.nextInt(3) == 0) words.addAll(List.of("limit", small(), small()));
    return words;
  }

  private Object[] store() {
    // what is stored comes from a set of its own kind: ranges by member need equal scores
    List<Object> selection = selection();
    boolean lex = selection.get(0).toString().startsWith("lex");
    List<Object> words = new ArrayList<>(List.of("ZRANGESTORE", (lex ? "lex" : "z") + random.nextInt(6)));
    words.addAll(selection);
    if (random.nextInt(20) == 0) words.add("WITHSCORES");
    return words.toArray();
  }

  private Object[] pop() {
    Object command = oneOf("ZPOPMIN", "ZPOPMAX");
    if (random.nextBoolean()) return new Object[] {command, key()};
    return random.nextInt(15) == 0 ? new Object[] {command, key(), 1, 1} : new Object[] {command, key(), small()};
  }

  /** numkeys key … MIN | MAX [COUNT n] */
  private Object[] several() {
    int keys = 1 + random.nextInt(3);
    List<Object> words = new ArrayList<>();
    words.add(random.nextInt(15) == 0 ? small() : keys);
    for (int i = 0; i < keys; i++) words.add(key());
    words.add(oneOf("MIN", "max", "MAX", "min", random.nextInt(6) == 0 ? "mid" : "MIN"));
    if (random.nextBoolean()) words.addAll(List.of("COUNT", small()));
    if (random.nextInt(25) == 0) words.addAll(List.of("COUNT", 1));
    return words.toArray();
  }

  private Object[] combine() {
    List<Object> words = new ArrayList<>();
    String operation = (String) oneOf("ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD", "ZUNIONSTORE", "ZINTERSTORE",
        "ZDIFFSTORE");
    words.add(operation);
    if (operation.endsWith("STORE")) words.add("z" + random.nextInt(6));
    int keys = 1 + random.nextInt(4);
    words.add(random.nextInt(20) == 0 ? small() : keys);
    for (int i = 0; i < keys; i++) words.add(random.nextInt(5) == 0 ? "set" + random.nextInt(2) : key());
    boolean misused = random.nextInt(20) == 0;
    if (misused || operation.startsWith("ZU") || operation.startsWith("ZINTER") && !operation.endsWith("CARD")) {
      if (random.nextBoolean()) {
        words.add("weights");
        for (int i = random.nextInt(20) == 0 ? 1 : 0; i < keys; i++) words.add(score());
      }
      if (random.nextBoolean()) {
        words.addAll(List.of("AGGREGATE", random.nextInt(20) == 0 ? "avg" : oneOf("SUM", "min", "MAX")));
      }
    }
    if (misused || operation.endsWith("CARD") && random.nextBoolean()) words.addAll(List.of("LIMIT", small()));
    if (misused || !operation.endsWith("STORE") && random.nextBoolean()) words.add("WITHSCORES");
    return words.toArray();
  }

  private Object[] randomMembers() {
    Object count = oneOf(1000, 0, "-9223372036854775808", Long.MAX_VALUE, "x");
    return random.nextBoolean() ? new Object[] {"ZRANDMEMBER", key(), count}
        : new Object[] {"ZRANDMEMBER", key(), count, oneOf("WITHSCORES", "withscores", "x")};
  }

  // ---- making arguments ---------------------------------------------------------------------------------------------

  private Object key() {
    return random.nextInt(40) == 0 ? oneOf("string", "none") : "z" + random.nextInt(6);
  }

  private Object lexKey() {
    return random.nextInt(40) == 0 ? oneOf("string", "lex") : "lex" + random.nextInt(3);
  }

  private Object score() {
    if (random.nextInt(50) == 0) return oneOf((Object[]) BAD_NUMBERS);
    return random.nextInt(4) == 0 ? Double.toString(random.nextGaussian() * 1000) : oneOf((Object[]) SCORES);
  }

  private Object scoreBound() {
    if (random.nextInt(30) == 0) return oneOf((Object[]) BAD_NUMBERS);
    return random.nextInt(4) == 0 ? "(" + score() : score();
  }

  private Object lexBound() {
    return switch (random.nextInt(8)) {
      case 0 -> "-";
      case 1 -> "+";
      case 2, 3 -> "(" + member();
      case 4 -> random.nextInt(4) == 0 ? oneOf("", "x", "-1", "++", "+\0") : "[";
      default -> "[" + member();
    };
  }

  private Object member() {
    return switch (random.nextInt(12)) {
      case 0 -> random.nextInt(3) == 0 ? "" : "a";
      case 1 -> random.nextInt(8) == 0 ? "a member that is too long" : "b";
      case 2, 3, 4 -> random.nextInt(20) - 3;
      case 5 -> "12" + (char) random.nextInt(256);
      default -> "m" + random.nextInt(14);
    };
  }

  private Object[] members() {
    Object[] members = new Object[1 + random.nextInt(3)];
    Arrays.setAll(members, i -> member());
    return members;
  }

  private Object index() {
    return random.nextInt(30) == 0 ? oneOf("x", "9223372036854775807", "-9223372036854775808", "99999999999999999999")
        : random.nextInt(24) - 12;
  }

  private Object small() {
    return random.nextInt(20) == 0 ? oneOf("x", Long.MAX_VALUE, Long.MIN_VALUE) : random.nextInt(6) - 1;
  }

  private Object timeout() {
    return random.nextInt(10) == 0 ? oneOf("x", "-1", "inf", "1e300", "0x") : "0.001";
  }

  private Object oneOf(Object... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static Object[] with(Object first, Object... rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private static Object[] with(Object first, Object second, Object... rest) {
    return with(first, with(second, rest));
  }
}
