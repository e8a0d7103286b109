package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.HeapLayout;

class ElementTableTest {
  private static final long SEED = 42;
  private static final HeapLayout[] LAYOUTS = {HeapLayout.COMMON, new HeapLayout(8, 12, 4), new HeapLayout(16, 24, 8)};

  private final ElementTable set = new ElementTable(ElementTable.Keyed.WHOLE, SEED);

  @ParameterizedTest
  @EnumSource
  void elementsAreFoundByTheirKeyAlone(ElementTable.Keyed keyed) {
    ElementTable table = new ElementTable(keyed, SEED);
    for (int length = 0; length < 300; length++) {
      byte[] key = new byte[length];
      assertNull(table.put(key, element(keyed, key, "1")));
    }
    assertEquals(300, table.size());
    for (int length = 0; length < 300; length++) {
      byte[] key = new byte[length];
      byte[] before = table.find(key);
      byte[] other = element(keyed, key, "23");
      assertSame(before, table.put(key, other));
      assertSame(other, table.find(key));
    }
    assertEquals(300, table.size());
    assertNull(table.find(new byte[300]));
    for (int length = 0; length < 300; length++) assertTrue(table.remove(new byte[length]) != null);
    assertEquals(0, table.size());
    assertNull(table.remove(new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 100_000})
  void aFieldOfAnyLengthIsToldFromItsValue(int length) {
    byte[] field = new byte[length];
    Arrays.fill(field, (byte) 0x80);
    byte[] element = FieldElement.of(field, Bytes.of("value"));
    assertArrayEquals(field, FieldElement.field(element));
    assertArrayEquals(Bytes.of("value"), FieldElement.value(element));
    assertEquals(5, FieldElement.valueLength(element));
  }

  @Test
  void randomChangesOfATableAndItsCopiesDoWhatTheyDoToSets() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<ElementTable> tables = new ArrayList<>(List.of(set));
    List<Set<String>> models = new ArrayList<>(List.of(new HashSet<>()));
    for (int i = 0; i < 60_000; i++) {
      int which = random.nextInt(tables.size());
      ElementTable table = tables.get(which);
      Set<String> model = models.get(which);
      // waves, so that tables grow and shrink
      boolean adding = random.nextInt(10) < ((i / 15_000) % 2 == 0 ? 8 : 2);
      String member = Integer.toString(random.nextInt(12_000));
      if (adding) assertEquals(model.add(member), table.add(Bytes.of(member)), "seed " + seed);
      else assertEquals(model.remove(member), table.remove(Bytes.of(member)) != null, "seed " + seed);
      if (i % 5_000 == 2_500) {
        tables.add(table.copy());
        models.add(new HashSet<>(model));
      }
      if (i % 10_000 == 9_999) {
        for (int t = 0; t < tables.size(); t++) assertHolds(tables.get(t), models.get(t), "seed " + seed);
      }
    }
  }

  private static void assertHolds(ElementTable table, Set<String> model, String when) {
    Set<String> found = new HashSet<>();
    table.forEach(element -> assertTrue(found.add(Bytes.string(element)), when));
    assertEquals(model, found, when);
    assertEquals(model.size(), table.size(), when);
    for (HeapLayout layout : LAYOUTS) {
      assertNull(table.audit(layout), when);
      long elements = 0;
      for (String member : model) elements += layout.byteArray(member.length());
      assertEquals(elements, table.bytes(layout) - table.bytesWithoutElements(layout), when);
    }
  }

  @Test
  void aChangeAfterACopyCopiesOneSegmentOnly() {
    for (int i = 0; i < 100_000; i++) set.add(Bytes.of("member:" + i));
    ElementTable copy = set.copy();
    assertEquals(0, notShared(copy, set), "elements in segments that differ after copying");
    set.add(Bytes.of("another"));
    assertTrue(notShared(copy, set) <= 2048, "elements in segments that differ after one change");
    assertEquals(100_000, copy.size());
    assertFalse(copy.contains(Bytes.of("another")));
  }

  /** How many elements lie in segments that are not shared. */
  private static long notShared(ElementTable a, ElementTable b) {
    Set<Object> segments = Collections.newSetFromMap(new IdentityHashMap<>());
    a.forEach(element -> segments.add(a.segmentOf(element)));
    long[] different = new long[1];
    b.forEach(element -> {
      if (!segments.contains(b.segmentOf(element))) different[0]++;
    });
    return different[0];
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40, 1200, 5000})
  void randomElementsAreFair(int elements) {
    for (int i = 0; i < elements; i++) set.add(Bytes.of("member:" + i));
    SplittableRandom random = new SplittableRandom(1);
    int picksEach = 200;
    Map<String, Integer> picked = new HashMap<>();
    for (int i = 0; i < elements * picksEach; i++) {
      picked.merge(Bytes.string(set.randomElement(random)), 1, Integer::sum);
    }
    // chi-square of a uniform choice: mean n-1, deviation sqrt(2(n-1)); six deviations never happen by chance
    double chiSquare = (elements - picked.size()) * (double) picksEach;
    for (int n : picked.values()) chiSquare += (double) (n - picksEach) * (n - picksEach) / picksEach;
    assertTrue(chiSquare <= elements - 1 + 6 * Math.sqrt(2.0 * elements), "chi-square " + chiSquare);
  }

  @Test
  void aScanVisitsExactlyOnceWhatIsThereThroughout() {
    for (int i = 0; i < 20_000; i++) set.add(Bytes.of("stays:" + i));
    Map<String, Integer> visits = new HashMap<>();
    long cursor = 0;
    int step = 0;
    do {
      cursor = set.scan(cursor, 50, element -> visits.merge(Bytes.string(element), 1, Integer::sum));
      assertTrue(cursor >= 0 && cursor < 1L << 52);
      // first the table grows, then it shrinks
      for (int i = 0; i < 400; i++) {
        if (step < 150) set.add(Bytes.of("comes:" + step * 400 + i));
        else set.remove(Bytes.of("comes:" + (step - 150) * 400 + i));
      }
      step++;
    } while (cursor != 0);
    assertTrue(step > 160, "the table shrank during the scan: " + step);
    for (int i = 0; i < 20_000; i++) assertEquals(1, visits.get("stays:" + i));
    visits.forEach((member, times) -> assertEquals(1, times, member));
  }

  @Test
  void oneStepOfAScanIsBounded() {
    for (int i = 0; i < 100_000; i++) set.add(Bytes.of("member:" + i));
    for (int i = 0; i < 99_000; i++) set.remove(Bytes.of("member:" + i));
    int[] visited = new int[1];
    long cursor = 0;
    do {
      int before = visited[0];
      cursor = set.scan(cursor, 10, element -> visited[0]++);
      assertTrue(visited[0] - before < 60, "visited in one step: " + (visited[0] - before));
    } while (cursor != 0);
    assertEquals(1000, visited[0]);
    assertEquals(0, set.scan(0, Long.MAX_VALUE, element -> { }));
  }

  @Test
  void aTableThatShrinksGivesItsMemoryBack() {
    long empty = set.bytes(HeapLayout.COMMON);
    for (int i = 0; i < 100_000; i++) set.add(Bytes.of("member:" + i));
    for (int i = 0; i < 100_000; i++) set.remove(Bytes.of("member:" + i));
    assertTrue(set.bytes(HeapLayout.COMMON) <= 2 * empty);
  }

  private static byte[] element(ElementTable.Keyed keyed, byte[] key, String value) {
    return switch (keyed) {
      case WHOLE -> key.clone();
      case AFTER_LENGTH -> FieldElement.of(key, Bytes.of(value));
      case AFTER_SCORE -> ScoredMember.of(Double.parseDouble(value), key, 0, key.length);
    };
  }
}
