package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class AccessClockTest {
  private static final byte[] KEY = Bytes.of("key");

  private final TestKeyspace test = new TestKeyspace(2, 3);
  private final Database database = test.database();
  private final AccessClock clock = test.keyspace.accessClock();
  private final Entry entry = new Entry();

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000}) // a record and a node
  void idleTimeGrowsUntilTheNextAccess(int bytes) {
    database.setString(KEY, new byte[bytes]);
    test.now += 12_000;
    assertEquals(12_000, idle());
    assertEquals(12_000, idle(), "looking without touching changes nothing");
    database.find(KEY, entry);
    assertEquals(0, idle());
    test.now += 3_000;
    database.setString(KEY, new byte[bytes]);
    assertEquals(0, idle());
  }

  @Test
  void idleTimeSurvivesRenameAndExpiryButNotCopy() {
    database.setString(KEY, Bytes.of("v"));
    test.now += 50_000;
    database.expireAt(KEY, test.now + 1_000_000);
    database.rename(KEY, Bytes.of("other"));
    database.rename(Bytes.of("other"), KEY);
    assertEquals(50_000, idle());
    database.copyTo(test.keyspace.database(1), KEY, KEY);
    test.keyspace.database(1).find(KEY, entry, false);
    assertEquals(0, clock.idleMillis(entry, test.now));
  }

  @Test
  void idleTimeCanBeSet() {
    database.setString(KEY, Bytes.of("v"));
    assertTrue(database.setIdleSeconds(KEY, 1000));
    assertEquals(1_000_000, idle());
    // more than the clock can tell becomes half its range, as in Redis
    database.setIdleSeconds(KEY, 1L << 40);
    assertEquals((0xFFFFFF / 2 + 1) * 1000L, idle(), 2000);
  }

  @Test
  void countersStartAtFiveAndGrowSlowly() {
    clock.lfu(true);
    database.setString(KEY, Bytes.of("v"));
    assertEquals(5, frequency());
    database.find(KEY, entry);
    assertEquals(6, frequency(), "the first access always counts");
    for (int i = 0; i < 1000; i++) database.find(KEY, entry);
    int afterThousand = frequency();
    assertTrue(afterThousand > 12 && afterThousand < 30, "after 1000 accesses: " + afterThousand); // Redis documents 18
    for (int i = 0; i < 1_500_000; i++) database.find(KEY, entry);
    assertTrue(frequency() > 240, "after 1.5 million: " + frequency());
  }

  @Test
  void countersDecayByTheMinute() {
    clock.lfu(true);
    database.setString(KEY, Bytes.of("v"));
    database.setFrequency(KEY, 100);
    test.now += 10 * 60_000;
    assertEquals(90, frequency());
    clock.lfuDecayMinutes(5);
    assertEquals(98, frequency());
    clock.lfuDecayMinutes(0);
    assertEquals(100, frequency());
    clock.lfuDecayMinutes(1);
    test.now += 1000 * 60_000;
    assertEquals(0, frequency());
  }

  @Test
  void theFactorZeroCountsEveryAccess() {
    clock.lfu(true);
    clock.lfuLogFactor(0);
    database.setString(KEY, Bytes.of("v"));
    for (int i = 0; i < 300; i++) database.find(KEY, entry);
    assertEquals(255, frequency());
  }

  @Test
  void overwritingKeepsTheCounter() {
    clock.lfu(true);
    database.setString(KEY, Bytes.of("v"));
    database.setFrequency(KEY, 200);
    database.setLong(KEY, 5, Database.KEEP_EXPIRE);
    assertEquals(200, frequency());
    database.setString(KEY, new byte[100_000]);
    assertTrue(frequency() >= 200);
  }

  private long idle() {
    assertTrue(database.find(KEY, entry, false));
    return clock.idleMillis(entry, test.now);
  }

  private int frequency() {
    assertTrue(database.find(KEY, entry, false));
    return clock.frequency(entry, test.now);
  }
}
