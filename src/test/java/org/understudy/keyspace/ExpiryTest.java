package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

class ExpiryTest {
  private static final byte[] KEY = Bytes.of("key");
  private static final byte[] VALUE = Bytes.of("value");

  private final TestKeyspace test = new TestKeyspace(4, 11);
  private final Keyspace keyspace = test.keyspace;
  private final Database database = test.database();
  private final Entry entry = new Entry();

  // ---- by lookup ----------------------------------------------------------------------------------------------------

  @Test
  void aKeyLivesThroughItsLastMillisecond() {
    database.setString(KEY, VALUE, test.now + 100);
    test.now += 100;
    assertTrue(database.find(KEY, entry));
    test.now++;
    assertTrue(database.isExpired(KEY));
    assertFalse(database.find(KEY, entry));
    assertEquals(List.of("0:key"), test.expired);
    assertEquals(0, database.size());
    assertEquals(0, database.expires());
    assertEquals(1, keyspace.expiredKeys());
    assertFalse(database.isExpired(KEY));
  }

  @Test
  void everyUseOfAnExpiredKeyFindsItAbsent() {
    List<java.util.function.BooleanSupplier> uses = List.of(() -> database.contains(KEY), () -> database.remove(KEY),
        () -> database.unlink(KEY), () -> database.rename(KEY, Bytes.of("other")), () -> database.rename(KEY, KEY),
        () -> database.moveTo(keyspace.database(1), KEY), () -> database.copyTo(keyspace.database(1), KEY, KEY),
        () -> database.expireAt(KEY, test.now + 1), () -> database.persist(KEY), () -> database.setIdleSeconds(KEY, 1),
        () -> database.randomKey() != null);
    for (int i = 0; i < uses.size(); i++) {
      database.setString(KEY, VALUE, test.now - 1);
      assertFalse(uses.get(i).getAsBoolean(), "use " + i);
      assertEquals(i + 1, test.expired.size(), "use " + i);
      assertEquals(0, keyspace.size());
    }
  }

  @Test
  void settingAnExpiredKeyExpiresItFirstAndAddsItAnew() {
    database.setString(KEY, VALUE, test.now - 1);
    database.setString(KEY, VALUE, Database.KEEP_EXPIRE);
    assertEquals(List.of("0:key"), test.expired);
    assertEquals(List.of("0:key", "0:key"), test.added);
    assertTrue(database.find(KEY, entry));
    assertEquals(Entry.NO_EXPIRE, entry.expireAtMillis());
  }

  @Test
  void appendAndEditStartAnewOnAnExpiredKey() {
    database.setString(KEY, VALUE, test.now - 1);
    assertEquals(1, database.append(KEY, Bytes.of("x")));
    database.expireAt(KEY, test.now - 1);
    database.edit(KEY, 3, entry);
    assertEquals("\0\0\0", Bytes.string(entry.bytes()));
    assertEquals(2, test.expired.size());
  }

  @Test
  void hiddenKeysReadAsAbsentAndStay() {
    database.setString(KEY, VALUE, test.now - 1);
    keyspace.expiryMode(ExpiryMode.HIDE);
    assertFalse(database.find(KEY, entry));
    assertFalse(keyspace.activeExpiry().slice(Long.MAX_VALUE));
    assertEquals(0, database.scan(0, 10, e -> assertTrue(database.isExpired(e))));
    assertEquals(1, database.size());
    assertEquals(List.of(), test.expired);
    assertNotNull(database.randomKey(), "as Redis, rather than look for ever");
    keyspace.expiryMode(ExpiryMode.DELETE);
    assertFalse(database.find(KEY, entry));
    assertEquals(0, database.size());
  }

  @Test
  void aHiddenKeyCanBeSetAnew() {
    database.setString(KEY, VALUE, test.now - 1);
    keyspace.expiryMode(ExpiryMode.HIDE);
    database.setString(KEY, Bytes.of("new"));
    assertTrue(database.find(KEY, entry));
    assertEquals(1, database.size());
    assertEquals(List.of(), test.expired);
    assertNull(database.table().audit());
  }

  @Test
  void whileExpiryIsSuspendedExpiredKeysLive() {
    database.setString(KEY, VALUE, test.now - 1);
    keyspace.expiryMode(ExpiryMode.KEEP);
    assertTrue(database.find(KEY, entry));
    assertFalse(keyspace.activeExpiry().slice(Long.MAX_VALUE));
    assertEquals(1, database.size());
  }

  // ---- by the active cycle ------------------------------------------------------------------------------------------

  @Test
  void theCycleRemovesWhatHasExpiredInAllDatabases() {
    for (int d = 0; d < 4; d++) {
      for (int i = 0; i < 5000; i++) {
        keyspace.database(d).setString(Bytes.of("key:" + i), VALUE, i % 3 == 0 ? Entry.NO_EXPIRE : test.now + i);
      }
    }
    test.now += 2500;
    assertFalse(keyspace.activeExpiry().slice(Long.MAX_VALUE));
    for (int d = 0; d < 4; d++) {
      assertEquals(5000 - 1667 + 1, keyspace.database(d).size()); // those below 2500 that no three divides
      assertNull(keyspace.database(d).table().audit());
    }
    test.now += 2500;
    assertFalse(keyspace.activeExpiry().slice(Long.MAX_VALUE));
    for (int d = 0; d < 4; d++) assertEquals(1667, keyspace.database(d).size());
    assertEquals(4 * 3333, test.expired.size());
    assertEquals(4 * 3333, keyspace.expiredKeys());
  }

  @Test
  void theCycleCanBeSwitchedOff() {
    database.setString(KEY, VALUE, test.now - 1);
    keyspace.activeExpiry().turn(false);
    assertFalse(keyspace.activeExpiry().slice(Long.MAX_VALUE));
    assertEquals(1, database.size());
    assertFalse(database.contains(KEY), "lookups remove all the same");
  }

  @Test
  void oneSliceKeepsToItsBudgetAndTheNextGoesOn() {
    for (int i = 0; i < 200_000; i++) database.setString(Bytes.of("key:" + i), VALUE, test.now + 1);
    test.now += 2;
    test.nanosPerReading = 100_000; // each step takes a tenth of a millisecond
    int slices = 0;
    boolean more = true;
    while (more) {
      long before = database.size();
      more = keyspace.activeExpiry().slice(1_000_000);
      slices++;
      assertTrue(before - database.size() <= 10 * 200, "removed in one slice: " + (before - database.size()));
    }
    assertEquals(0, database.size());
    assertTrue(slices >= 100, "slices: " + slices);
    assertEquals(slices - 1, keyspace.activeExpiry().timeCapReached());
    assertTrue(keyspace.activeExpiry().spentNanos() >= 1_000_000L * (slices - 1));
  }

  @Test
  void aBusyDatabaseDoesNotStarveTheOthers() {
    for (int i = 0; i < 100_000; i++) database.setString(Bytes.of("key:" + i), VALUE, test.now + 1);
    for (int i = 0; i < 100; i++) keyspace.database(3).setString(Bytes.of("key:" + i), VALUE, test.now + 1);
    test.now += 2;
    test.nanosPerReading = 100_000;
    assertTrue(keyspace.activeExpiry().slice(3_000_000));
    assertEquals(0, keyspace.database(3).size());
    assertTrue(database.size() > 50_000);
  }

  @Test
  void keysThatChangeBetweenSlicesAreNeitherMissedNorTakenTooEarly() {
    for (int i = 0; i < 30_000; i++) database.setString(Bytes.of("key:" + i), VALUE, test.now + 1 + i % 50);
    test.nanosPerReading = 100_000;
    int added = 0;
    for (int round = 0; round < 400; round++) {
      test.now++;
      keyspace.activeExpiry().slice(300_000);
      for (int i = 0; i < 50; i++) database.setString(Bytes.of("more:" + added++), VALUE, test.now + 1 + i);
      for (int i = 0; i < 20; i++) database.remove(Bytes.of("more:" + (added - 1 - i * 2)));
    }
    assertNull(database.table().audit());
    test.now += 100;
    test.nanosPerReading = 0;
    assertFalse(keyspace.activeExpiry().slice(Long.MAX_VALUE));
    assertEquals(0, database.size());
  }

  @Test
  void manyExpiriesWaitALittleButNotLong() {
    for (int i = 0; i < 100_000; i++) database.setString(Bytes.of("key:" + i), VALUE, test.now + i * 36L);
    long expiredSoFar = 0;
    for (int second = 0; second < 60; second++) {
      test.now += 1000;
      keyspace.activeExpiry().slice(Long.MAX_VALUE);
      expiredSoFar = (second + 1) * 1000L / 36;
    }
    long late = expiredSoFar - keyspace.expiredKeys();
    assertTrue(late >= 0 && late < 1000, "expired but not removed: " + late); // a hundredth of all
    keyspace.activeExpiry().effort(10);
    keyspace.activeExpiry().slice(Long.MAX_VALUE);
    assertTrue(expiredSoFar - keyspace.expiredKeys() < late);
  }

  @Test
  void theStaleShareIsEstimated() {
    for (int i = 0; i < 1000; i++) {
      database.setString(Bytes.of("key:" + i), VALUE, i < 500 ? test.now - 1 : test.now + 100);
    }
    keyspace.activeExpiry().slice(Long.MAX_VALUE);
    // half of them, of which a twentieth counts at once
    assertEquals(2.5, keyspace.activeExpiry().stalePercentage(), 1e-9);
    keyspace.activeExpiry().slice(Long.MAX_VALUE);
    assertEquals(2.375, keyspace.activeExpiry().stalePercentage(), 1e-9);
    keyspace.resetStats();
    assertEquals(0, keyspace.expiredKeys());
    assertEquals(0.0, keyspace.activeExpiry().stalePercentage());
  }

  // ---- setting and counting -----------------------------------------------------------------------------------------

  @Test
  void expiriesAreSetChangedAndRemoved() {
    database.setString(KEY, VALUE);
    assertFalse(database.persist(KEY));
    for (long at : new long[] {test.now + 5, test.now + 1_000_000, Long.MAX_VALUE}) {
      assertTrue(database.expireAt(KEY, at));
      assertTrue(database.find(KEY, entry));
      assertEquals(at, entry.expireAtMillis());
      assertEquals("value", Bytes.string(entry.bytes()));
      assertEquals(1, database.expires());
      assertNull(database.table().audit());
    }
    assertTrue(database.persist(KEY));
    assertTrue(database.find(KEY, entry));
    assertFalse(entry.hasExpiry());
    assertEquals(0, database.expires());
    assertNull(database.table().audit());
  }

  @Test
  void averageTtlIsExact() {
    assertEquals(0, database.averageTtlMillis());
    database.setString(Bytes.of("none"), VALUE);
    database.setString(Bytes.of("a"), VALUE, test.now + 1000);
    database.setString(Bytes.of("b"), VALUE, test.now + 4000);
    assertEquals(2500, database.averageTtlMillis());
    database.setString(Bytes.of("far"), VALUE, Long.MAX_VALUE);
    database.setString(Bytes.of("farther"), VALUE, Long.MAX_VALUE);
    database.remove(Bytes.of("far"));
    database.persist(Bytes.of("farther"));
    assertEquals(2500, database.averageTtlMillis());
    test.now += 100_000;
    assertEquals(0, database.averageTtlMillis());
  }
}
