package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class ScanTest {
  private final TestKeyspace test = new TestKeyspace(1, 7);
  private final Database database = test.database();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 8, 1700, 1800, 40_000})
  void visitsEveryKeyExactlyOnce(int keys) {
    fill("key:", keys);
    for (int count : new int[] {1, 10, 1000, Integer.MAX_VALUE}) {
      Map<String, Integer> seen = new HashMap<>();
      long cursor = 0;
      do cursor = database.scan(cursor, count, entry -> seen.merge(Bytes.string(entry.key()), 1, Integer::sum));
      while (cursor != 0);
      assertEquals(keys, seen.size());
      assertTrue(seen.values().stream().allMatch(n -> n == 1));
      if (count == 1 && keys > 5000) return; // the rest is the same again
    }
  }

  @Test
  void keysThatStayAreSeenWhileTheTableGrows() {
    fill("stays:", 1000);
    Set<String> seen = scanWhile(step -> fill("new:" + step + ":", 400));
    assertTrue(seen.containsAll(names("stays:", 1000)));
  }

  @Test
  void keysThatStayAreSeenWhileTheTableShrinks() {
    fill("stays:", 300);
    fill("goes:", 60_000);
    int[] removed = {0};
    Set<String> seen = scanWhile(step -> {
      for (int i = 0; i < 1500 && removed[0] < 60_000; i++) database.remove(Bytes.of("goes:" + removed[0]++));
    });
    assertEquals(300, database.size());
    assertTrue(seen.containsAll(names("stays:", 300)));
  }

  @Test
  void aStepVisitsAboutAsManyAsAskedFor() {
    fill("key:", 100_000);
    int[] visited = {0};
    int steps = 0;
    long cursor = 0;
    do {
      int before = visited[0];
      cursor = database.scan(cursor, 10, entry -> visited[0]++);
      assertTrue(visited[0] - before <= 40, "visited at once: " + (visited[0] - before));
      steps++;
    } while (cursor != 0);
    assertTrue(steps > 100_000 / 20, "steps: " + steps);
    assertTrue(steps < 100_000 / 8, "steps: " + steps);
  }

  @Test
  void aStepOverManyEmptySlotsEnds() {
    database.reserve(40_000);
    int steps = 0;
    long cursor = 0;
    do {
      cursor = database.scan(cursor, 10, entry -> {
        throw new AssertionError("a key that is gone was visited");
      });
      steps++;
    } while (cursor != 0);
    assertTrue(steps > 400, "steps: " + steps);
  }

  @Test
  void whatIsVisitedMayBeRemovedOnTheWay() {
    fill("key:", 3000);
    for (int i = 0; i < 1500; i++) database.expireAt(Bytes.of("key:" + i), test.now - 1);
    int[] living = {0};
    long cursor = 0;
    do {
      cursor = database.scan(cursor, 50, entry -> {
        if (database.contains(entry.key())) living[0]++;
      });
    } while (cursor != 0);
    assertEquals(1500, living[0]);
    assertEquals(1500, database.size());
    assertEquals(1500, test.expired.size());
  }

  @Test
  void cursorsFitADouble() {
    fill("key:", 20_000);
    long cursor = 0;
    do {
      cursor = database.scan(cursor, 100, entry -> { });
      assertTrue(cursor >= 0 && cursor < 1L << 52);
    } while (cursor != 0);
  }

  @Test
  void aScanFromAnyNumberGoesOnWithCursorsToTheEnd() {
    fill("key:", 100);
    for (long start : List.of(-1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 52, 12345L)) {
      long cursor = start;
      do {
        long next = database.scan(cursor, 10, entry -> { });
        boolean goesOn = next > (cursor & (1L << 52) - 1) && next < 1L << 52;
        assertTrue(next == 0 || goesOn, () -> "from " + start);
        cursor = next;
      } while (cursor != 0);
    }
  }

  @Test
  void forEachVisitsExpiredKeysToo() {
    fill("key:", 5000);
    database.expireAt(Bytes.of("key:1"), test.now - 1);
    int[] visited = {0};
    database.forEach(entry -> visited[0]++);
    assertEquals(5000, visited[0]);
  }

  private interface Step {
    void run(int number);
  }

  private Set<String> scanWhile(Step change) {
    Set<String> seen = new HashSet<>();
    long cursor = 0;
    int step = 0;
    do {
      cursor = database.scan(cursor, 50, entry -> seen.add(Bytes.string(entry.key())));
      if (step < 60) change.run(step++);
    } while (cursor != 0);
    return seen;
  }

  private void fill(String prefix, int keys) {
    for (String name : names(prefix, keys)) database.setString(Bytes.of(name), Bytes.of("v"));
  }

  private static Set<String> names(String prefix, int keys) {
    return IntStream.range(0, keys).mapToObj(i -> prefix + i).collect(Collectors.toSet());
  }
}
