package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.CommandRunner;

class SetCommandsTest {
  private final CommandRunner runner = new CommandRunner();

  @Test
  void addingAndRemovingCountsWhatChanged() {
    assertEquals(2L, run("SADD s a b a"));
    assertEquals(1L, run("SADD s b c"));
    assertEquals(0L, run("SADD s c"));
    assertEquals(2L, run("SREM s a x b"));
    assertEquals(5L, runner.dirty());
    assertEquals(List.of("new s", "sadd s", "sadd s", "srem s"), runner.events());
    assertEquals(List.of("0 SADD s a b a", "0 SADD s b c", "0 SREM s a x b"), runner.effects());
    assertEquals(1L, run("SREM s c"));
    assertEquals(List.of("srem s", "del s"), runner.events());
    assertNull(runner.typeOf("s"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 33, 600, 5000})
  void whatIsPoppedIsPropagatedAsItsRemoval(int members) {
    for (String prefix : new String[] {"", "m"}) {
      fill("s", prefix, members);
      for (int i = members; i > 0; i--) {
        Object popped = run("SPOP s");
        assertEquals(List.of("0 SREM s " + popped), runner.effects());
        assertEquals(i == 1 ? List.of("spop s", "del s") : List.of("spop s"), runner.events());
        assertEquals(i - 1L, run("SCARD s"));
      }
      assertNull(run("SPOP s"));
      assertEquals(List.of(), runner.effects());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 90, 99})
  void severalThatArePoppedAreDifferentAndGone(int count) {
    for (String prefix : new String[] {"", "m"}) {
      runner.run("DEL", "s");
      fill("s", prefix, 100);
      Set<Object> popped = new HashSet<>((Collection<?>) run("SPOP s " + count));
      assertEquals(count, popped.size());
      assertEquals(popped.stream().map(member -> "0 SREM s " + member).sorted().toList(),
          runner.effects().stream().sorted().toList());
      assertEquals(List.of("spop s"), runner.events());
      Set<Object> left = new HashSet<>((Collection<?>) run("SMEMBERS s"));
      assertEquals(100 - count, left.size());
      assertFalse(left.stream().anyMatch(popped::contains));
    }
  }

  @Test
  void whoeverPopsAllDeletesTheKey() {
    fill("s", "m", 3);
    assertEquals(3, ((Collection<?>) run("SPOP s 3")).size());
    assertEquals(List.of("0 DEL s"), runner.effects());
    assertEquals(List.of("spop s", "del s"), runner.events());
    assertEquals(List.of(), run("SPOP s 3"));
  }

  @Test
  void picksWithRepetitionAreAsManyAsAskedFor() {
    fill("s", "m", 3);
    assertEquals(50, ((Collection<?>) run("SRANDMEMBER s -50")).size());
    assertEquals(3, ((Collection<?>) run("SRANDMEMBER s 50")).size());
    assertEquals(2, new HashSet<>((Collection<?>) run("SRANDMEMBER s 2")).size());
    assertEquals(List.of(), run("SRANDMEMBER absent -1"));
    assertTrue(runner.effects().isEmpty());
  }

  @Test
  void aStoredResultReplacesWhatWasThere() {
    run("SADD a 1 2 3");
    run("SADD b 2 3 4");
    run("SET d x PX 1000");
    runner.events();
    assertEquals(2L, run("SINTERSTORE d a b"));
    assertEquals(-1L, run("PTTL d"));
    assertEquals(List.of("sinterstore d"), runner.events());
    assertEquals(0L, run("SDIFFSTORE d a a"));
    assertEquals(List.of("del d"), runner.events());
    assertEquals(0L, run("SDIFFSTORE d a a"));
    assertEquals(List.of(), runner.events());
    assertEquals(4L, run("SUNIONSTORE a a b"));
    assertEquals(4L, run("SCARD a"));
  }

  /** Both ways to compute a difference: many look-ups in few sets, and few in many. */
  @Test
  void differencesDoNotDependOnSizes() {
    fill("large", "m", 1000);
    for (int i = 0; i < 10; i++) fill("small" + i, "m", i + 1);
    assertEquals(990, ((Collection<?>) run("SDIFF large small9 small0 absent")).size());
    String all = "SDIFF large small0 small1 small2 small3 small4 small5 small6 small7 small8 small9";
    assertEquals(990, ((Collection<?>) run(all)).size());
    assertEquals(Set.of("m9"), new HashSet<>((Collection<?>) run("SDIFF small9 small8")));
    assertEquals(List.of(), run("SDIFF small9 large"));
    assertEquals(List.of(), run("SDIFF absent large"));
  }

  @Test
  void movingAMemberReportsBothKeys() {
    run("SADD a x y");
    runner.events();
    assertEquals(1L, run("SMOVE a b x"));
    assertEquals(List.of("srem a", "new b", "sadd b"), runner.events());
    assertEquals(0L, run("SMOVE a b x"));
    assertEquals(1L, run("SMOVE a b y"));
    assertEquals(List.of("srem a", "del a", "sadd b"), runner.events());
    assertEquals(2L, run("SCARD b"));
    assertEquals(1L, run("SMOVE b b x"));
    assertEquals(List.of(), runner.events());
  }

  @Test
  void anIntersectionIsCountedUpToItsLimit() {
    fill("a", "", 100);
    fill("b", "", 50);
    assertEquals(50L, run("SINTERCARD 2 a b"));
    assertEquals(50L, run("SINTERCARD 2 a b LIMIT 0"));
    assertEquals(7L, run("SINTERCARD 2 a b LIMIT 7"));
    assertEquals(0L, run("SINTERCARD 2 a absent"));
  }

  private void fill(String key, String prefix, int members) {
    runner.run(Stream.concat(Stream.of("SADD", key), Stream.iterate(0, i -> i + 1).limit(members).map(i -> prefix + i))
        .toArray());
    runner.events();
    runner.effects();
  }

  private Object run(String line) {
    return runner.run((Object[]) line.split(" "));
  }
}
