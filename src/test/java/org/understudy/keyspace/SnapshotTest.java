package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

/** Whatever happens to the dataset while a snapshot is read: it holds the state at the cut, every entry once. */
class SnapshotTest {
  private static final int DATABASES = 3;
  private static final int KEYS = 3000;

  private final TestKeyspace test = new TestKeyspace(DATABASES, 7);
  private Random random;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void holdsTheStateAtTheCutWhateverHappensMeanwhile(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 4 * KEYS; i++) change();
    for (int round = 0; round < 4; round++) {
      Collector collector = new Collector();
      Map<String, String> expected = state();
      Snapshot snapshot = test.keyspace.startSnapshot(collector);
      assertEquals(expected.size(), snapshot.keys());
      int changesPerStep = random.nextInt(200);
      do {
        for (int i = random.nextInt(changesPerStep + 1); i > 0; i--) change();
      } while (snapshot.step());
      assertEquals(expected, collector.taken, "seed " + seed + ", round " + round);
      assertEquals(expected.size(), snapshot.keysTaken());
      for (int d = 0; d < DATABASES; d++) assertNull(test.keyspace.database(d).table().audit());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void isRightHoweverManyBeforeItWereAbandoned(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 1000; i++) change();
    for (int abandoned = 0; abandoned < 3 * Snapshot.EPOCHS; abandoned++) {
      Snapshot snapshot = test.keyspace.startSnapshot(new Collector());
      for (int i = 0; i < 20; i++) {
        change();
        snapshot.step();
      }
      snapshot.abandon();
      assertFalse(snapshot.step());
      for (int i = 0; i < 20; i++) change();
      Map<String, String> expected = state();
      if (abandoned % 40 == 39) assertEquals(expected, readWhole().taken);
    }
  }

  @Test
  void anEmptyDatasetIsAnEmptySnapshot() {
    assertEquals(Map.of(), readWhole().taken);
  }

  @Test
  void oneIsUnderWayAtATime() {
    Snapshot snapshot = test.keyspace.startSnapshot(new Collector());
    assertThrows(IllegalStateException.class, () -> test.keyspace.startSnapshot(new Collector()));
    snapshot.abandon();
    readWhole();
  }

  @Test
  void aLargeValueIsTakenInPartsWhileItChanges() {
    Pieces pieces = new Pieces(500);
    test.database().setValue(Bytes.of("large"), pieces, Entry.NO_EXPIRE);
    Collector collector = new Collector();
    Map<String, String> expected = state();
    Snapshot snapshot = test.keyspace.startSnapshot(collector);
    int steps = 0;
    boolean more = true;
    while (more) {
      more = snapshot.step();
      steps++;
      test.database().findForWrite(Bytes.of("large"), new Entry());
      pieces.change(steps % 500, steps);
    }
    assertEquals(expected, collector.taken);
    assertTrue(steps > 10, "in parts");
  }

  @Test
  void aFlushedDatabaseIsLetGoOncePassed() {
    for (int i = 0; i < 100; i++) test.database().setString(Bytes.of("key:" + i), Bytes.of(i));
    Collector collector = new Collector();
    Snapshot snapshot = test.keyspace.startSnapshot(collector);
    test.database().clear();
    test.database().setString(Bytes.of("key:1"), Bytes.of("new"));
    while (snapshot.step()) { }
    assertEquals(100, collector.taken.size());
    assertEquals("1 -1", collector.taken.get("0 key:1"));
  }

  private Collector readWhole() {
    Collector collector = new Collector();
    Snapshot snapshot = test.keyspace.startSnapshot(collector);
    while (snapshot.step()) { }
    return collector;
  }

  // ---- what may happen ----------------------------------------------------------------------------------------------

  private void change() {
    Database database = test.keyspace.database(random.nextInt(DATABASES));
    byte[] key = key();
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> database.setString(key, value(), expiry());
      case 4 -> database.setLong(key, random.nextInt(), expiry());
      case 5 -> {
        if (holdsString(database, key)) database.append(key, value());
      }
      case 6 -> {
        Entry entry = new Entry();
        if (!holdsString(database, key)) return;
        database.edit(key, 1 + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 50), entry);
        entry.array()[entry.offset()] ^= 1;
      }
      case 7 -> database.remove(key);
      case 8 -> database.unlink(key);
      case 9 -> database.rename(key, key());
      case 10 -> database.copyTo(test.keyspace.database(random.nextInt(DATABASES)), key, key());
      case 11 -> {
        Database target = test.keyspace.database((database.index() + 1) % DATABASES);
        if (!target.contains(key)) database.moveTo(target, key);
      }
      case 12 -> database.expireAt(key, test.now + random.nextInt(3000) - 100);
      case 13 -> database.persist(key);
      case 14, 15 -> changeValue(database, key);
      case 16 -> database.setIdleSeconds(key, random.nextInt(100));
      default -> rare(database);
    }
  }

  private void changeValue(Database database, byte[] key) {
    Entry entry = new Entry();
    if (!database.findForWrite(key, entry)) {
      database.setValue(key, new Pieces(random.nextInt(random.nextInt(10) == 0 ? 600 : 20) + 1), expiry());
    } else if (entry.value() instanceof Pieces pieces) {
      pieces.change(random.nextInt(pieces.size()), random.nextInt());
      database.valueChanged(entry);
    }
  }

  private void rare(Database database) {
    switch (random.nextInt(random.nextInt(10) == 0 ? 120 : 20)) {
      case 0 -> test.now += random.nextInt(300);
      case 1 -> test.keyspace.activeExpiry().slice(Long.MAX_VALUE);
      case 2 -> database.randomKey();
      case 20, 21 -> test.keyspace.swap(database.index(), random.nextInt(DATABASES));
      case 22 -> database.clear();
      default -> { }
    }
  }

  private static boolean holdsString(Database database, byte[] key) {
    Entry entry = new Entry();
    return !database.find(key, entry, false) || entry.isString();
  }

  private byte[] key() {
    int i = random.nextInt(KEYS);
    return Bytes.of(i % 97 == 0 ? "long".repeat(50) + i : i == 500 ? "x".repeat(40_000) : "key:" + i);
  }

  private byte[] value() {
    if (random.nextInt(4) == 0) return Bytes.of(random.nextInt(1000));
    byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 30_000 : 60)];
    random.nextBytes(value);
    return value;
  }

  private long expiry() {
    return switch (random.nextInt(4)) {
      case 0 -> Database.KEEP_EXPIRE;
      case 1 -> test.now + random.nextInt(2000);
      default -> Entry.NO_EXPIRE;
    };
  }

  // ---- what is compared ---------------------------------------------------------------------------------------------

  /** All entries by database and key. */
  private Map<String, String> state() {
    Map<String, String> state = new HashMap<>();
    for (int d = 0; d < DATABASES; d++) {
      int index = d;
      test.keyspace.database(d).forEach(entry -> state.put(name(index, entry), shown(entry)));
    }
    return state;
  }

  private static String name(int database, Entry entry) {
    return database + " " + Bytes.string(entry.key());
  }

  private static String shown(Entry entry) {
    String value = entry.isString() ? Bytes.string(entry.bytes()) : ((Pieces) entry.value()).toString();
    return value + " " + entry.expireAtMillis();
  }

  private static final class Collector implements Snapshot.Sink {
    private static final int ELEMENTS_A_PART = 20;

    final Map<String, String> taken = new HashMap<>();
    private String unfinished;
    private int parts;

    @Override
    public void take(int database, Entry entry) {
      assertNull(taken.put(name(database, entry), shown(entry)), "taken twice");
    }

    @Override
    public boolean takePart(int database, Entry entry) {
      String name = name(database, entry);
      if (unfinished == null) unfinished = name;
      assertEquals(unfinished, name, "another before the first was complete");
      if (entry.value() instanceof Pieces pieces && ++parts * ELEMENTS_A_PART < pieces.size()) return false;
      unfinished = null;
      parts = 0;
      take(database, entry);
      return true;
    }
  }

  /** A value that stands for all collections: elements that may change one by one. */
  private static final class Pieces implements Value {
    private final List<Integer> elements = new ArrayList<>();

    Pieces(int size) {
      for (int i = 0; i < size; i++) elements.add(i);
    }

    private Pieces(List<Integer> elements) {
      this.elements.addAll(elements);
    }

    int size() {
      return elements.size();
    }

    void change(int index, int to) {
      elements.set(index, to);
    }

    @Override
    public Type type() {
      return Type.LIST;
    }

    @Override
    public String encodingName() {
      return "pieces";
    }

    @Override
    public long memoryBytes(HeapLayout layout) {
      return 100L * elements.size();
    }

    @Override
    public Value copy() {
      return new Pieces(elements);
    }

    @Override
    public void digest(Digest into) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return elements.toString();
    }
  }
}
