package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class TableTest {
  private static final int SEGMENT = Segment.MAX_CAPACITY;

  private final TestKeyspace test = new TestKeyspace(1, 42);
  private final Database database = test.database();

  @Test
  void oneInsertMovesNoMoreThanOneSegment() {
    long worst = 0;
    for (int i = 0; i < 300_000; i++) {
      long before = database.table().moved();
      database.setString(Bytes.of("key:" + i), Bytes.of("v"));
      worst = Math.max(worst, database.table().moved() - before);
    }
    assertTrue(worst > SEGMENT / 2, "the largest segments were split: " + worst);
    assertTrue(worst < SEGMENT, "entries moved at once: " + worst);
    assertTrue(database.table().moved() < 4 * database.size(), "moves altogether: " + database.table().moved());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 1365, 1366, 20_000, 100_000})
  void nothingMovesWhileKeysComeForWhichThereIsRoom(int keys) {
    database.reserve(keys);
    assertNull(database.table().audit());
    for (int i = 0; i < keys; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    assertEquals(0, database.table().moved());
    assertTrue(database.overheadBytes() < 500 + keys * 20L, "overhead: " + database.overheadBytes());
    assertNull(database.table().audit());
  }

  @Test
  void roomForTooManyOrTooFewKeysDoesNoHarm() {
    database.reserve(50_000);
    for (int i = 0; i < 2000; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    database.reserve(1);
    assertEquals(2000, database.size());
    for (int i = 0; i < 2000; i++) assertTrue(database.remove(Bytes.of("key:" + i)));
    assertNull(database.table().audit());
    database.clear();
    database.reserve(10);
    for (int i = 0; i < 20_000; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    assertNull(database.table().audit());
  }

  @Test
  void oneRemovalMovesNoMoreThanOneSegmentAndTheTableFoldsUp() {
    long emptyBytes = database.overheadBytes();
    for (int i = 0; i < 200_000; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    long worst = 0;
    for (int i = 0; i < 200_000; i++) {
      long before = database.table().moved();
      assertTrue(database.remove(Bytes.of("key:" + i)));
      worst = Math.max(worst, database.table().moved() - before);
      if (i % 20_000 == 0) assertNull(database.table().audit());
    }
    assertTrue(worst < SEGMENT, "entries moved at once: " + worst);
    assertTrue(database.overheadBytes() <= 4 * emptyBytes, "left of the table: " + database.overheadBytes());
    assertNull(database.table().audit());
  }

  @Test
  void aTableThatShrinksGivesItsMemoryBack() {
    for (int i = 0; i < 200_000; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    for (int i = 0; i < 200_000; i++) if (i % 100 != 0) database.remove(Bytes.of("key:" + i));
    assertEquals(2000, database.size());
    assertTrue(database.overheadBytes() < 2000 * 30, "overhead: " + database.overheadBytes());
  }

  @Test
  void addingAndRemovingTheSameKeysDoesNotRebuildEveryTime() {
    for (int i = 0; i < 3000; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    for (int capacity = 0; capacity < 600; capacity++) { // passes every load of the segments
      database.setString(Bytes.of("more:" + capacity), Bytes.of("v"));
      long before = database.table().moved();
      for (int i = 0; i < 1000; i++) {
        database.setString(Bytes.of("churn:" + i), Bytes.of("v"));
        database.remove(Bytes.of("churn:" + i));
      }
      long moves = database.table().moved() - before;
      assertTrue(moves <= 30_000, "moves for 1000 pairs: " + moves);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 1500, 1900, 5000, 100_000})
  void memoryAKeyIsSmall(int keys) {
    for (int i = 0; i < keys; i++) database.setString(Bytes.of(String.format("%016d", i)), Bytes.of("v".repeat(16)));
    assertEquals(56L * keys, database.usedBytes() - database.overheadBytes());
    double table = (double) database.overheadBytes() / keys;
    if (keys >= 100) assertTrue(table < 12, "bytes of table a key: " + table);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40, 1200, 5000})
  void randomKeysAreFair(int keys) {
    for (int i = 0; i < keys; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    int picksEach = 200;
    Map<String, Integer> picked = new HashMap<>();
    for (int i = 0; i < keys * picksEach; i++) picked.merge(Bytes.string(database.randomKey()), 1, Integer::sum);
    // chi-square of a uniform choice: mean keys-1, deviation sqrt(2(keys-1)); six deviations never happen by chance
    double chiSquare = (keys - picked.size()) * (double) picksEach;
    for (int n : picked.values()) chiSquare += (double) (n - picksEach) * (n - picksEach) / picksEach;
    assertTrue(chiSquare <= keys - 1 + 6 * Math.sqrt(2.0 * keys), "chi-square " + chiSquare);
  }

  @Test
  void randomKeysAreFairInATableThatWasMuchLarger() {
    for (int i = 0; i < 50_000; i++) database.setString(Bytes.of("key:" + i), Bytes.of("v"));
    for (int i = 5; i < 50_000; i++) database.remove(Bytes.of("key:" + i));
    Map<String, Integer> picked = new HashMap<>();
    for (int i = 0; i < 5000; i++) picked.merge(Bytes.string(database.randomKey()), 1, Integer::sum);
    assertEquals(5, picked.size());
    for (int n : picked.values()) assertTrue(Math.abs(n - 1000) < 180, picked.toString());
  }

  @Test
  void anEmptyDatabaseHasNoRandomKey() {
    assertNull(database.randomKey());
  }

  @Test
  void keysOfEveryLengthAreToldApart() {
    byte[] zeros = new byte[300];
    for (int length = 0; length < 300; length++) {
      database.setString(java.util.Arrays.copyOf(zeros, length), Bytes.of(length));
    }
    assertEquals(300, database.size());
    Entry entry = new Entry();
    for (int length = 0; length < 300; length++) {
      assertTrue(database.find(java.util.Arrays.copyOf(zeros, length), entry));
      assertEquals(Integer.toString(length), Bytes.string(entry.bytes()));
      assertEquals(length, entry.key().length);
    }
    assertNull(database.table().audit());
  }
}
