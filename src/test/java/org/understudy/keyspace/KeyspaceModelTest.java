package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Loans;

/**
 * The keyspace against plain maps: random changes with a fixed clock that sometimes moves, everything compared now and
 * then. The seed is the parameter and stands in the test's name.
 */
class KeyspaceModelTest {
  private static final int DATABASES = 3;

  private record Held(byte[] value, Encoding encoding, long expireAt) {}

  private Random random;
  private TestKeyspace test;
  private final Map<String, Held>[] model = maps();
  private final Set<String>[] seen = sets();
  private final long[] cursors = new long[DATABASES];
  /** Keys that were there from the beginning of the running scan on. */
  private final Set<String>[] stayed = sets();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesLikeAMap(long seed) {
    random = new Random(seed);
    test = new TestKeyspace(DATABASES, seed);
    for (int phase = 0; phase < 12; phase++) {
      int keys = phase % 2 == 0 ? 6000 : 12; // grow, then wither
      double removing = phase % 2 == 0 ? 0.1 : 0.9;
      for (int i = 0; i < 8000; i++) step(keys, removing);
      compare();
    }
  }

  private void step(int keys, double removing) {
    int d = random.nextInt(20) == 0 ? 1 + random.nextInt(DATABASES - 1) : 0;
    Database database = test.keyspace.database(d);
    boolean fromAll = random.nextDouble() < removing && !model[d].isEmpty();
    byte[] key = fromAll ? database.randomKey() : key(random.nextInt(keys));
    if (key == null) return; // all had expired
    String name = Bytes.string(key);
    Held held = living(d, name);
    if (fromAll) {
      assertEquals(held != null, random.nextBoolean() ? database.remove(key) : database.unlink(key));
      forget(d, name);
      return;
    }
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> {
        byte[] value = value();
        long expireAt = expiry();
        database.setString(key, value.clone(), expireAt);
        put(d, name, new Held(value, Encoding.of(value, 0, value.length), kept(expireAt, held)));
      }
      case 4 -> {
        long number = random.nextLong() >> random.nextInt(63);
        database.setLong(key, number, Database.KEEP_EXPIRE);
        put(d, name, new Held(Bytes.of(number), Encoding.INT, kept(Database.KEEP_EXPIRE, held)));
      }
      case 5 -> {
        byte[] tail = value();
        byte[] whole = held == null ? tail : Bytes.concat(held.value, tail);
        assertEquals(whole.length, database.append(key, tail.clone()));
        Encoding encoding = held == null ? Encoding.of(tail, 0, tail.length) : Encoding.RAW;
        put(d, name, new Held(whole, encoding, kept(Database.KEEP_EXPIRE, held)));
      }
      case 6 -> edit(d, key, name, held);
      case 7 -> {
        assertEquals(held != null, database.remove(key));
        forget(d, name);
      }
      case 8 -> {
        long at = test.now + random.nextInt(3000) - 100;
        assertEquals(held != null, database.expireAt(key, at));
        if (held != null) put(d, name, new Held(held.value, held.encoding, at));
      }
      case 9 -> {
        assertEquals(held != null && held.expireAt != -1, database.persist(key));
        if (held != null) put(d, name, new Held(held.value, held.encoding, -1));
      }
      case 10 -> rename(d, key, name, held, keys);
      case 11 -> copyOrMove(d, key, name, held, keys);
      case 12 -> scanOn(d);
      default -> rare(d);
    }
  }

  private void edit(int d, byte[] key, String name, Held held) {
    int length = random.nextInt(random.nextInt(50) == 0 ? 9000 : 60);
    Entry entry = new Entry();
    Loans loans = test.keyspace.database(d).find(key, entry) && random.nextBoolean() ? entry.loans() : null;
    boolean lent = loans != null;
    if (lent) loans.lend();
    byte[] lentArray = entry.array();
    byte[] before = lent ? entry.bytes() : null;
    test.keyspace.database(d).edit(key, length, entry);
    byte[] now = held == null ? new byte[length] : Arrays.copyOf(held.value, Math.max(length, held.value.length));
    assertEquals(now.length, entry.length());
    if (length > 0) {
      int at = random.nextInt(length);
      entry.array()[entry.offset() + at] = 'E';
      now[at] = 'E';
    }
    if (lent) assertArrayEquals(before, Arrays.copyOf(lentArray, before.length), "a lent value must stay as it was");
    if (lent) loans.giveBack();
    put(d, name, new Held(now, Encoding.RAW, kept(Database.KEEP_EXPIRE, held)));
  }

  private void rename(int d, byte[] key, String name, Held held, int keys) {
    byte[] to = key(random.nextInt(keys));
    assertEquals(held != null, test.keyspace.database(d).rename(key, to));
    if (held == null || Arrays.equals(key, to)) return;
    forget(d, name);
    forget(d, Bytes.string(to));
    put(d, Bytes.string(to), held);
  }

  private void copyOrMove(int d, byte[] key, String name, Held held, int keys) {
    int other = (d + 1) % DATABASES;
    Database target = test.keyspace.database(other);
    if (random.nextBoolean()) {
      byte[] to = key(random.nextInt(keys));
      assertEquals(held != null, test.keyspace.database(d).copyTo(target, key, to));
      if (held == null) return;
      forget(other, Bytes.string(to));
      put(other, Bytes.string(to), held);
    } else if (!target.contains(key)) {
      assertEquals(held != null, test.keyspace.database(d).moveTo(target, key));
      forget(d, name);
      if (held != null) put(other, name, held);
    }
  }

  /**
   * One step of an iteration that goes on through everything; at its end each key that stayed must have been seen once.
   */
  private void scanOn(int d) {
    if (cursors[d] == 0) {
      seen[d].clear();
      stayed[d].clear();
      stayed[d].addAll(model[d].keySet());
    }
    cursors[d] = test.keyspace.database(d).scan(cursors[d], 1 + random.nextInt(200), entry -> {
      String name = Bytes.string(entry.key());
      seen[d].add(name);
      Held held = living(d, name);
      assertEquals(held == null, test.keyspace.database(d).isExpired(entry), "a visited key lives, or is expired");
      if (held == null) return;
      assertArrayEquals(held.value, entry.bytes());
    });
    if (cursors[d] == 0) {
      stayed[d].removeIf(name -> living(d, name) == null);
      stayed[d].removeAll(seen[d]);
      assertEquals(Set.of(), stayed[d], "keys that a scan missed");
    }
  }

  private void rare(int d) {
    switch (random.nextInt(60)) {
      case 0 -> test.now += random.nextInt(500);
      case 1 -> test.keyspace.activeExpiry().slice(Long.MAX_VALUE);
      case 2 -> {
        if (random.nextInt(20) > 0) return;
        test.keyspace.database(d).clear();
        model[d].clear();
        stayed[d].clear();
      }
      case 3 -> {
        int other = (d + 1) % DATABASES;
        test.keyspace.swap(d, other);
        Map<String, Held> mine = model[d];
        model[d] = model[other];
        model[other] = mine;
        stayed[d].clear();
        stayed[other].clear();
      }
      case 4 -> assertNull(test.keyspace.database(d).table().audit());
      default -> { }
    }
  }

  private void compare() {
    for (int d = 0; d < DATABASES; d++) {
      Database database = test.keyspace.database(d);
      assertNull(database.table().audit());
      Entry entry = new Entry();
      for (String name : Set.copyOf(model[d].keySet())) {
        Held held = living(d, name);
        assertEquals(held != null, database.find(Bytes.of(name), entry), name);
        if (held == null) continue;
        assertArrayEquals(held.value, entry.bytes(), name);
        assertEquals(held.encoding, entry.encoding(), name);
        assertEquals(held.expireAt, entry.expireAtMillis(), name);
        assertArrayEquals(Bytes.of(name), entry.key());
      }
      model[d].keySet().removeIf(nameOf(d));
      assertEquals(model[d].size(), database.size());
      assertEquals(model[d].values().stream().filter(h -> h.expireAt != -1).count(), database.expires());
      Set<String> all = new HashSet<>();
      long cursor = 0;
      do {
        cursor = database.scan(cursor, 100, e -> assertTrue(all.add(Bytes.string(e.key())), "visited twice"));
      } while (cursor != 0);
      assertEquals(model[d].keySet(), all);
      assertFalse(test.keyspace.activeExpiry().slice(Long.MAX_VALUE));
    }
  }

  private java.util.function.Predicate<String> nameOf(int d) {
    return name -> living(d, name) == null;
  }

  private Held living(int d, String name) {
    Held held = model[d].get(name);
    return held != null && held.expireAt != -1 && test.now > held.expireAt ? null : held;
  }

  private void put(int d, String name, Held held) {
    if (living(d, name) == null) stayed[d].remove(name);
    model[d].put(name, held);
  }

  private void forget(int d, String name) {
    model[d].remove(name);
    stayed[d].remove(name);
  }

  private long kept(long expireAt, Held held) {
    return expireAt != Database.KEEP_EXPIRE ? expireAt : held == null ? -1 : held.expireAt;
  }

  private long expiry() {
    return switch (random.nextInt(4)) {
      case 0 -> Database.KEEP_EXPIRE;
      case 1 -> test.now + random.nextInt(2000);
      default -> Entry.NO_EXPIRE;
    };
  }

  private byte[] key(int i) {
    if (i % 97 == 0) return Bytes.of("long".repeat(i % 5 * 10 + 30) + i);
    return Bytes.of((i % 991 == 1 ? "x".repeat(40_000) : "key:") + i);
  }

  private byte[] value() {
    if (random.nextInt(4) == 0) return Bytes.of(random.nextInt(100_000));
    byte[] value = new byte[random.nextInt(40) == 0 ? random.nextInt(10_000) : random.nextInt(60)];
    random.nextBytes(value);
    return value;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Held>[] maps() {
    return new Map[] {new HashMap<>(), new HashMap<>(), new HashMap<>()};
  }

  @SuppressWarnings("unchecked")
  private static Set<String>[] sets() {
    return new Set[] {new HashSet<>(), new HashSet<>(), new HashSet<>()};
  }
}
