package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.MaxmemoryPolicy;

class EvictionTest {
  private static final byte[] VALUE = Bytes.of("value");
  private static final int SAMPLES = 5;
  private static final long HOUR = 3_600_000;

  private final TestKeyspace test = new TestKeyspace(4, 11);
  private final Keyspace keyspace = test.keyspace;
  private final Database database = test.database();

  private boolean evict(MaxmemoryPolicy policy) {
    return keyspace.eviction().evict(policy, SAMPLES, false);
  }

  private static byte[] key(int number) {
    return Bytes.of("key:" + number);
  }

  @ParameterizedTest
  @EnumSource(value = MaxmemoryPolicy.class, names = "NOEVICTION", mode = EnumSource.Mode.EXCLUDE)
  void keysThatMayGoAllGoAndOthersStay(MaxmemoryPolicy policy) {
    for (int i = 0; i < 300; i++) {
      keyspace.database(i % 3).setString(key(i), VALUE, i % 2 == 0 ? test.now + HOUR : Entry.NO_EXPIRE);
    }
    int expected = policy.volatileOnly() ? 150 : 300;
    int evicted = 0;
    while (evict(policy)) evicted++;
    assertEquals(expected, evicted);
    assertEquals(expected, new HashSet<>(test.evicted).size());
    assertEquals(expected, keyspace.eviction().evictedKeys());
    assertEquals(300 - expected, keyspace.size());
    for (int i = 0; i < 3; i++) assertEquals(null, keyspace.database(i).table().audit());
  }

  @Test
  void nothingGoesUnderNoeviction() {
    database.setString(key(1), VALUE, test.now + HOUR);
    assertFalse(evict(MaxmemoryPolicy.NOEVICTION));
    assertEquals(1, keyspace.size());
  }

  /** As the real server's algorithm, tried with a thousand keys, which lets a few of the younger half go. */
  @Test
  void thoseThatWereNotUsedForLongGoFirst() {
    for (int i = 0; i < 1000; i++) {
      database.setString(key(i), VALUE);
      test.now += 1000;
    }
    for (int i = 0; i < 500; i++) assertTrue(evict(MaxmemoryPolicy.ALLKEYS_LRU));
    assertTrue(evictedBelow(500) > 450, evictedBelow(500) + " of the older half");
  }

  @Test
  void accessedKeysCountAsYoung() {
    for (int i = 0; i < 200; i++) database.setString(key(i), VALUE);
    test.now += 10_000;
    Entry entry = new Entry();
    for (int i = 100; i < 200; i++) database.find(key(i), entry);
    for (int i = 0; i < 80; i++) evict(MaxmemoryPolicy.ALLKEYS_LRU);
    assertTrue(evictedBelow(100) > 75, evictedBelow(100) + " of those that were not accessed");
  }

  @Test
  void thoseThatAreRarelyUsedGoFirst() {
    keyspace.accessClock().lfu(true);
    Entry entry = new Entry();
    for (int i = 0; i < 1000; i++) {
      database.setString(key(i), VALUE);
      for (int access = 0; i >= 500 && access < 100; access++) database.find(key(i), entry);
    }
    for (int i = 0; i < 300; i++) assertTrue(evict(MaxmemoryPolicy.ALLKEYS_LFU));
    assertTrue(evictedBelow(500) > 290, evictedBelow(500) + " of the rarer half");
  }

  @Test
  void thoseThatExpireSoonestGoFirst() {
    for (int i = 0; i < 1000; i++) database.setString(key(i), VALUE, test.now + HOUR + i);
    for (int i = 0; i < 300; i++) assertTrue(evict(MaxmemoryPolicy.VOLATILE_TTL));
    assertTrue(evictedBelow(500) > 290, evictedBelow(500) + " of the sooner half");
  }

  @Test
  void moreSamplesChooseBetter() {
    for (int i = 0; i < 1000; i++) {
      database.setString(key(i), VALUE);
      test.now += 1000;
    }
    for (int i = 0; i < 300; i++) keyspace.eviction().evict(MaxmemoryPolicy.ALLKEYS_LRU, 64, false);
    assertTrue(evictedBelow(350) > 290, evictedBelow(350) + " of the oldest");
  }

  private long evictedBelow(int limit) {
    return test.evicted.stream().filter(key -> Integer.parseInt(key.substring("0:key:".length())) < limit).count();
  }

  @ParameterizedTest
  @EnumSource(value = MaxmemoryPolicy.class, names = {"ALLKEYS_RANDOM", "VOLATILE_RANDOM"})
  void aRandomKeyIsAnyKey(MaxmemoryPolicy policy) {
    TreeSet<String> first = new TreeSet<>();
    for (int round = 0; round < 2000; round++) {
      for (int i = 0; i < 10; i++) database.setString(key(i), VALUE, test.now + HOUR);
      for (int i = 0; i < 50; i++) database.setString(key(100 + i), VALUE);
      test.evicted.clear();
      evict(policy);
      first.addAll(test.evicted);
    }
    List<String> expected = IntStream.range(0, policy.volatileOnly() ? 10 : 150).filter(i -> i < 10 || i >= 100)
        .mapToObj(i -> "0:key:" + i).collect(Collectors.toList());
    assertEquals(new TreeSet<>(expected), first);
  }

  @Test
  void aFewKeysWithExpiryAreFoundAmongMany() {
    for (int i = 0; i < 100_000; i++) database.setString(key(i), VALUE);
    for (int i = 0; i < 3; i++) database.expireAt(key(i * 1000), test.now + HOUR);
    for (int i = 0; i < 3; i++) {
      assertTrue(evict(i == 0 ? MaxmemoryPolicy.VOLATILE_RANDOM : MaxmemoryPolicy.VOLATILE_LRU));
    }
    assertFalse(evict(MaxmemoryPolicy.VOLATILE_RANDOM));
    assertEquals(new TreeSet<>(List.of("0:key:0", "0:key:1000", "0:key:2000")), new TreeSet<>(test.evicted));
  }

  @Test
  void aCandidateThatNoLongerExpiresStays() {
    for (int i = 0; i < 4; i++) database.setString(key(i), VALUE, test.now + HOUR + i);
    assertTrue(keyspace.eviction().evict(MaxmemoryPolicy.VOLATILE_TTL, 16, false));
    database.persist(key(1));
    database.persist(key(2));
    assertTrue(evict(MaxmemoryPolicy.VOLATILE_TTL));
    assertFalse(evict(MaxmemoryPolicy.VOLATILE_TTL));
    assertEquals(List.of("0:key:0", "0:key:3"), test.evicted);
  }

  /** Its time has come, but it takes memory all the same, and it is memory that is wanted. */
  @Test
  void anExpiredKeyIsEvictedLikeAnyOther() {
    database.setString(key(1), VALUE, test.now - 1);
    assertTrue(evict(MaxmemoryPolicy.ALLKEYS_LRU));
    assertEquals(List.of("0:key:1"), test.evicted);
    assertEquals(List.of(), test.expired);
  }
}
