package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.testing.CommandRunner;

class SortedSetCommandsTest {
  private final CommandRunner runner = new CommandRunner();

  @Test
  void addingCountsAndReportsWhatChanged() {
    assertEquals(2L, run("ZADD z 1 a 2 b"));
    assertEquals(1L, run("ZADD z 1 a 3 c"));
    assertEquals(0L, run("ZADD z 1 a"));
    assertEquals(2L, run("ZADD z CH 5 a 6 d"));
    assertEquals(5L, runner.dirty());
    assertEquals(List.of("new z", "zadd z", "zadd z", "zadd z"), runner.events());
    assertEquals(List.of("0 ZADD z 1 a 2 b", "0 ZADD z 1 a 3 c", "0 ZADD z CH 5 a 6 d"), runner.effects());
  }

  @ParameterizedTest
  @CsvSource({"NX, 1", "XX, 7", "GT, 7", "LT, 1", "XX GT, 7", "CH LT, 1"})
  void conditionsDecideWhetherAScoreChanges(String options, String score) {
    run("ZADD z 1 a");
    run("ZADD z " + options + " 7 a");
    assertEquals(score, run("ZSCORE z a"));
  }

  @Test
  void anIncrementAnswersTheScoreOrANullIfItWasForbidden() {
    assertEquals("1.5", run("ZADD z INCR 1.5 a"));
    assertEquals("3", run("ZINCRBY z 1.5 a"));
    assertNull(run("ZADD z INCR NX 1 a"));
    assertNull(run("ZADD z INCR LT 1 a"));
    assertNull(run("ZADD none XX INCR 1 a"));
    assertEquals("inf", run("ZADD z INCR inf a"));
    assertEquals("ERR resulting score is not a number (NaN)", runner.error("ZINCRBY", "z", "-inf", "a"));
    assertEquals(List.of("new z", "zincr z", "zincr z", "zincr z"), runner.events());
  }

  @ParameterizedTest
  @CsvSource({"ZADD z NX XX 1, ERR syntax error",
      "ZADD z NX XX x a, ERR XX and NX options at the same time are not compatible",
      "ZADD z GT LT x a, 'ERR GT, LT, and/or NX options at the same time are not compatible'",
      "ZADD z INCR 1 a 2 b, ERR INCR option supports a single increment-element pair",
      "ZADD string 1 a x b, ERR value is not a valid float",
      "ZADD string 1 a, WRONGTYPE Operation against a key holding the wrong kind of value"})
  void errorsComeInRedisOrder(String command, String error) {
    run("SET string x");
    assertEquals(error, runner.error((Object[]) command.split(" ")));
  }

  @Test
  void theLastMemberTakesTheKeyWithIt() {
    run("ZADD z 1 a 2 b 3 c");
    runner.events();
    assertEquals(2L, run("ZREM z a none b"));
    assertEquals(List.of("zrem z"), runner.events());
    assertEquals(1L, run("ZREMRANGEBYSCORE z -inf (4"));
    assertEquals(List.of("zremrangebyscore z", "del z"), runner.events());
    assertNull(runner.typeOf("z"));
  }

  @Test
  void scoresAreDoublesAndPairsInResp3() {
    run("ZADD z 1 a 2.5 b");
    runner.reply.protocol(3);
    assertEquals("*2\r\n*2\r\n$1\r\na\r\n,1\r\n*2\r\n$1\r\nb\r\n,2.5\r\n", raw("ZRANGE z 0 -1 WITHSCORES"));
    assertEquals("*2\r\n$1\r\na\r\n,1\r\n", raw("ZPOPMIN z"));
    assertEquals("*1\r\n*2\r\n$1\r\nb\r\n,2.5\r\n", raw("ZPOPMAX z 7"));
    assertEquals("_\r\n", raw("ZSCORE z a"));
  }

  @Test
  void takingFromSeveralKeysIsPropagatedAsTakingFromOne() {
    run("ZADD z 1 a 2 b 3 c");
    runner.effects();
    assertEquals(List.of("z", List.of(List.of("c", "3"), List.of("b", "2"))), run("ZMPOP 2 none z MAX COUNT 2"));
    assertEquals(List.of("z", "a", "1"), run("BZPOPMIN none z 0"));
    assertEquals(List.of("0 ZPOPMAX z 2", "0 ZPOPMIN z"), runner.effects());
    assertNull(run("ZMPOP 1 z MIN"));
    assertEquals(List.of(), runner.effects());
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 400})
  void randomMembersAreAllAsLikely(int members) {
    add(members);
    Map<Object, Integer> seen = new HashMap<>();
    int draws = 100 * members;
    for (Object member : (List<?>) run("ZRANDMEMBER z -" + draws)) seen.merge(member, 1, Integer::sum);
    assertEquals(members, seen.size());
    // 100 each on average, with a deviation of 10
    assertTrue(Collections.min(seen.values()) > 40 && Collections.max(seen.values()) < 180, seen.toString());
    assertTrue(seen.containsKey(run("ZRANDMEMBER z")));
  }

  @ParameterizedTest
  @CsvSource({"20, 1", "20, 13", "400, 5", "400, 200", "400, 399", "400, 400", "400, 1000"})
  void severalRandomMembersAreDifferent(int members, int count) {
    add(members);
    List<?> flat = (List<?>) run("ZRANDMEMBER z " + count + " WITHSCORES");
    Map<Object, Object> scores = new HashMap<>();
    for (int i = 0; i < flat.size(); i += 2) scores.put(flat.get(i), flat.get(i + 1));
    assertEquals(Math.min(count, members), scores.size());
    assertEquals(2 * scores.size(), flat.size());
    scores.forEach((member, score) -> assertEquals("m" + score, member));
  }

  @ParameterizedTest
  @CsvSource({"20, 7", "400, 10", "400, 350"})
  void everyMemberGetsItsTurnAmongSeveral(int members, int count) {
    add(members);
    HashSet<Object> seen = new HashSet<>();
    for (int i = 0; i < 40 * members / count; i++) seen.addAll((List<?>) run("ZRANDMEMBER z " + count));
    assertEquals(members, seen.size(), "each is left out of all with a chance of e^-40");
  }

  @Test
  void whatNoReplyCouldHoldIsRefused() {
    add(3);
    assertEquals("ERR value is out of range", runner.error("ZRANDMEMBER", "z", "-9223372036854775807", "WITHSCORES"));
    assertEquals(3, ((List<?>) run("ZRANDMEMBER z 9223372036854775807")).size());
    assertEquals(List.of(), run("ZRANGEBYSCORE z 0 9 LIMIT 9223372036854775807 9223372036854775807"));
    assertEquals(2, ((List<?>) run("ZRANGEBYSCORE z 0 9 LIMIT 1 9223372036854775807")).size());
    assertEquals(3, ((List<?>) run("ZRANGE z -9223372036854775808 9223372036854775807")).size());
    assertEquals(List.of(), run("ZRANGE z 9223372036854775807 -9223372036854775808"));
    assertEquals(6, ((List<?>) run("ZPOPMIN z 9223372036854775807")).size());
  }

  @Test
  void repliesOfResultsShowTheSignOfZero() {
    run("ZADD z 0 a");
    assertEquals(List.of("a", "-0"), run("ZUNION 1 z WEIGHTS -1 WITHSCORES"));
    assertEquals(1L, run("ZUNIONSTORE stored 1 z WEIGHTS -1"));
    assertEquals("0", run("ZSCORE stored a"));
    assertEquals("listpack", run("OBJECT ENCODING stored"));
  }

  @Test
  void resultsMayReplaceTheirSources() {
    run("ZADD z 1 a 2 b 3 c");
    run("ZADD y 5 b");
    run("SADD s b x");
    assertEquals(1L, run("ZINTERSTORE z 3 z y s WEIGHTS 1 2 3"));
    assertEquals(List.of("b", "15"), run("ZRANGE z 0 -1 WITHSCORES"));
    assertEquals(1L, run("ZRANGESTORE y z 0 -1"));
    assertEquals("15", run("ZSCORE y b"));
    assertEquals(0L, run("ZDIFFSTORE z 2 z y"));
    assertNull(runner.typeOf("z"));
  }

  @Test
  void sortMakesALargeSetForGood() {
    run("ZADD z 1 a 2 b");
    assertEquals(List.of("a", "b"), run("SORT_RO z ALPHA"));
    assertEquals("skiplist", run("OBJECT ENCODING z"));
    assertEquals(List.of("a", "1", "b", "2"), run("ZRANGE z 0 -1 WITHSCORES"));
  }

  private void add(int members) {
    List<Object> words = new ArrayList<>(List.of("ZADD", "z"));
    for (int i = 0; i < members; i++) words.addAll(List.of(i, "m" + i));
    runner.run(words.toArray());
  }

  private Object run(String command) {
    return runner.run((Object[]) command.split(" "));
  }

  private String raw(String command) {
    return Bytes.string(runner.runRaw((Object[]) command.split(" ")));
  }
}
