package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.HeapLayout;
import org.understudy.resp.ReplyBuffer;

class SetValueTest {
  private static final long SEED = 42;
  private static final int INTSET_MEMBERS = 100;

  private final SetValue set = new SetValue();

  @Test
  void integersAreAnIntsetUpToTheLimit() {
    for (int i = 0; i < INTSET_MEMBERS; i++) assertTrue(add(Integer.toString(i)));
    assertEquals("intset", set.encodingName());
    assertNotNull(set.intset());
    assertFalse(add("7"));
    assertTrue(add("1000"));
    assertEquals("hashtable", set.encodingName());
    assertNull(set.intset());
    assertEquals(INTSET_MEMBERS + 1, set.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 33, 90})
  void whatIsNoCanonicalNumberEndsAnIntset(int integers) {
    for (int i = 0; i < integers; i++) add(Integer.toString(i));
    assertTrue(add("01"));
    assertEquals("hashtable", set.encodingName());
    assertEquals(integers + 1, set.size());
    assertFalse(add("01"));
    assertEquals(integers > 1, set.contains(Bytes.of("1")));
  }

  @ParameterizedTest
  @CsvSource({"20, 0", "20, 10", "200, 0", "200, 100", "2000, 0"})
  void randomChangesDoWhatTheyDoToASet(int range, int longMembers) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<String> model = new HashSet<>();
    boolean numbers = random.nextBoolean();
    for (int i = 0; i < 6000; i++) {
      int n = random.nextInt(range);
      String member = n < longMembers ? "m".repeat(60 + n) : numbers ? Integer.toString(n) : "m" + n;
      String when = "seed " + seed + " change " + i;
      if (random.nextInt(3) > 0) assertEquals(model.add(member), add(member), when);
      else assertEquals(model.remove(member), set.remove(Bytes.of(member)), when);
      assertEquals(model.contains(member), set.contains(Bytes.of(member)), when);
      assertEquals(model.size(), set.size(), when);
    }
    assertEquals(model, contents(set));
    Set<String> scanned = new HashSet<>();
    long cursor = 0;
    do {
      cursor = set.scan(cursor, 10, member -> assertTrue(scanned.add(Bytes.string(member))));
    } while (cursor != 0);
    assertEquals(model, scanned);
  }

  @ParameterizedTest
  @CsvSource({"10, ''", "10, m", "1000, m"})
  void aCopyAndItsOriginalAreIndependent(int members, String prefix) {
    for (int i = 0; i < members; i++) add(prefix + i);
    SetValue copy = (SetValue) set.copy();
    assertEquals(set.encodingName(), copy.encodingName());
    add("7000");
    assertTrue(set.remove(Bytes.of(prefix + 1)));
    assertEquals(members, copy.size());
    assertTrue(copy.contains(Bytes.of(prefix + 1)));
    assertTrue(copy.remove(Bytes.of(prefix + 2)));
    assertTrue(set.contains(Bytes.of(prefix + 2)));
  }

  @ParameterizedTest
  @CsvSource({"1, ''", "40, ''", "1, m", "7, m", "30, m", "40, m", "1200, m"})
  void randomMembersAreFair(int members, String prefix) {
    for (int i = 0; i < members; i++) add(prefix + i);
    SplittableRandom random = new SplittableRandom(members);
    Map<String, Integer> picked = new HashMap<>();
    for (int i = 0; i < members * 200; i++) picked.merge(Bytes.string(set.random(random)), 1, Integer::sum);
    Fairness.assertFair(picked, members, 200);
  }

  @ParameterizedTest
  @CsvSource({"40, '', 3", "40, '', 30", "20, m, 3", "40, m, 3", "40, m, 39", "500, m, 20"})
  void selectionsOfDifferentMembersAreFair(int members, String prefix, int count) {
    for (int i = 0; i < members; i++) add(prefix + i);
    SplittableRandom random = new SplittableRandom(members);
    Map<String, Integer> picked = new HashMap<>();
    int rounds = 50 * members;
    for (int i = 0; i < rounds; i++) {
      Set<String> selection = new HashSet<>();
      set.randomDistinct(count, random, member -> selection.add(Bytes.string(member)));
      assertEquals(count, selection.size());
      for (String member : selection) picked.merge(member, 1, Integer::sum);
    }
    Fairness.assertFair(picked, members, (double) rounds * count / members);
  }

  @Test
  void visitingEndsWhenTheVisitorHasEnough() {
    for (String prefix : new String[] {"", "m", "long member "}) {
      SetValue some = new SetValue();
      for (int i = 0; i < 90; i++) some.add(Bytes.of(prefix + i), INTSET_MEMBERS, SEED);
      int[] visits = new int[1];
      some.forEachWhile(member -> ++visits[0] < 5);
      assertEquals(5, visits[0], some.encodingName());
    }
  }

  @Test
  void membersOfAnIntsetAreRepliedInOrder() {
    for (String member : new String[] {"5", "-3", "70000"}) add(member);
    ReplyBuffer reply = new ReplyBuffer();
    set.reply(reply);
    assertEquals("$2\r\n-3\r\n$1\r\n5\r\n$5\r\n70000\r\n", reply.take().utf8String());
  }

  @Test
  void memoryIsThatOfWhatItHolds() {
    assertTrue(set.memoryBytes(HeapLayout.COMMON) < 80);
    for (int i = 0; i < 10; i++) add(Integer.toString(i));
    long intset = set.memoryBytes(HeapLayout.COMMON);
    assertTrue(intset < 100, "bytes of ten integers: " + intset);
    SetValue texts = new SetValue();
    for (int i = 0; i < 10; i++) texts.add(Bytes.of("member:" + i), INTSET_MEMBERS, SEED);
    long small = texts.memoryBytes(HeapLayout.COMMON);
    assertTrue(small < 200, "bytes of ten members: " + small);
    for (int i = 10; i < 10_000; i++) texts.add(Bytes.of("member:" + i), INTSET_MEMBERS, SEED);
    long perMember = texts.memoryBytes(HeapLayout.COMMON) / 10_000;
    assertTrue(perMember > 28 && perMember < 44, "bytes a member of a large set: " + perMember);
  }

  private boolean add(String member) {
    return set.add(Bytes.of(member), INTSET_MEMBERS, SEED);
  }

  private static Set<String> contents(SetValue set) {
    Set<String> contents = new HashSet<>();
    set.forEach(member -> assertTrue(contents.add(Bytes.string(member))));
    return contents;
  }
}
