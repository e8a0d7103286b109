package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.testing.CommandRunner;

class HashCommandsTest {
  private final CommandRunner runner = new CommandRunner();

  @Test
  void settingCountsNewFieldsAndEveryChange() {
    assertEquals(2L, run("HSET h a 1 b 2"));
    assertEquals(1L, run("HSET h b 3 c 4"));
    assertEquals("OK", run("HMSET h c 5"));
    assertEquals(0L, run("HSETNX h c 6"));
    assertEquals(1L, run("HSETNX h d 6"));
    assertEquals(6L, runner.dirty());
    assertEquals(List.of("new h", "hset h", "hset h", "hset h", "hset h"), runner.events());
    assertEquals(List.of("0 HSET h a 1 b 2", "0 HSET h b 3 c 4", "0 HMSET h c 5", "0 HSETNX h d 6"), runner.effects());
    assertEquals(Arrays.asList("1", "3", "5", null), run("HMGET h a b c x"));
  }

  @Test
  void deletingTheLastFieldDeletesTheKey() {
    run("HSET h a 1 b 2");
    runner.events();
    assertEquals(1L, run("HDEL h a x"));
    assertEquals(List.of("hdel h"), runner.events());
    assertEquals(1L, run("HDEL h b a"));
    assertEquals(List.of("hdel h", "del h"), runner.events());
    assertEquals(0L, run("HDEL h b"));
    assertNull(runner.typeOf("h"));
  }

  @Test
  void sumsOfFloatsArePropagatedAsSuch() {
    assertEquals("0.1", run("HINCRBYFLOAT h f 0.1"));
    assertEquals("0.3", run("HINCRBYFLOAT h f 0.2"));
    assertEquals(List.of("0 HSET h f 0.1", "0 HSET h f 0.3"), runner.effects());
    assertEquals(List.of("new h", "hincrbyfloat h", "hincrbyfloat h"), runner.events());
  }

  @Test
  void sumsBeyondTheRangeAreRefused() {
    assertEquals(Long.MAX_VALUE, run("HINCRBY h f " + Long.MAX_VALUE));
    assertEquals("ERR increment or decrement would overflow", runner.error("HINCRBY", "h", "f", 1));
    assertEquals(-1L, run("HINCRBY h f " + Long.MIN_VALUE));
    assertEquals("ERR value is NaN or Infinity", runner.error("HINCRBYFLOAT", "h", "f", "inf"));
  }

  @Test
  void repliesAreMapsInResp3() {
    run("HSET h a 1 b 2");
    runner.reply.protocol(3);
    assertEquals(Map.of("a", "1", "b", "2"), run("HGETALL h"));
    assertEquals(Map.of(), run("HGETALL absent"));
    assertEquals(List.of(List.of("a", "1"), List.of("b", "2")), run("HRANDFIELD h 2 WITHVALUES"));
  }

  @Test
  void randomFieldsAreAsManyAsAskedFor() {
    for (int fields : new int[] {5, 1000}) {
      for (int i = 0; i < fields; i++) runner.run("HSET", "h", "f" + i, i);
      assertEquals(50, ((Collection<?>) run("HRANDFIELD h -50")).size());
      assertEquals(100, ((Collection<?>) run("HRANDFIELD h -50 WITHVALUES")).size());
      assertEquals(4, new HashSet<>((Collection<?>) run("HRANDFIELD h 4")).size());
      assertEquals(fields, new HashSet<>((Collection<?>) run("HRANDFIELD h " + fields * 2)).size());
      assertTrue(run("HRANDFIELD h").toString().startsWith("f"));
    }
    assertNull(run("HRANDFIELD absent"));
    assertEquals(List.of(), run("HRANDFIELD absent 5"));
    assertEquals("ERR value is out of range", runner.error("HRANDFIELD", "h", Long.MIN_VALUE + 1, "WITHVALUES"));
  }

  @Test
  void aScanFindsEveryFieldOfALargeHashOnce() {
    for (int i = 0; i < 1000; i++) runner.run("HSET", "h", "f" + i, i);
    HashSet<Object> found = new HashSet<>();
    Object cursor = "0";
    do {
      List<?> step = (List<?>) run("HSCAN h " + cursor + " MATCH f*5 COUNT 20");
      cursor = step.get(0);
      List<?> pairs = (List<?>) step.get(1);
      for (int i = 0; i < pairs.size(); i += 2) {
        assertEquals("f" + pairs.get(i + 1), pairs.get(i));
        assertTrue(found.add(pairs.get(i)));
      }
    } while (!cursor.equals("0"));
    assertEquals(100, found.size());
  }

  private Object run(String line) {
    return runner.run((Object[]) line.split(" "));
  }
}
