package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

/** The sums were told by redis-server 7.0.15 for the same keys. */
class DigestTest {
  private final TestKeyspace test = new TestKeyspace(16, 1);
  private final Database database = test.database();

  @Test
  void theDigestOfNothingIsZeros() {
    assertEquals("0".repeat(40), digest());
  }

  @Test
  void stringsExpiriesAndDatabasesCount() {
    set(0, "a", "1");
    assertEquals("943d800368fb9c0e951138f1bc0e313ac769d91f", digest());
    set(0, "b", "hello");
    database.append(Bytes.of("b"), Bytes.of("world"));
    set(0, "c", "");
    database.expireAt(Bytes.of("c"), test.now + 100_000_000);
    assertEquals("5193787d4ceedd2ed3bcff9d3eec3604bee2b40e", digest());
    set(3, "x", "v".repeat(100));
    set(3, "n", "-42");
    set(9, "a", "1");
    assertEquals("f8c838acd6a38f93220462850f6c94c9bd4d44b7", digest());
    Entry entry = new Entry();
    database.edit(Bytes.of("bits"), 1, entry);
    entry.array()[entry.offset()] = 1;
    assertEquals("1278a33613903d404b9575006750ae0598052110", digest());
  }

  @Test
  void oneValueCountsWithoutItsKey() {
    set(0, "a", "1");
    set(0, "b", "helloworld");
    set(0, "c", "");
    database.expireAt(Bytes.of("c"), test.now + 100);
    assertEquals("b4fc66738120fba0b5aa500ab5c2bf89cea1c5da", valueDigest("a"));
    assertEquals("d87c56bb0bf36f8a07d2106a71a21b5567ac06f9", valueDigest("b"));
    assertEquals("6db1b93ce6baa1d5cf28f3e32abc6d750a8ed39f", valueDigest("c"));
  }

  private void set(int index, String key, String value) {
    test.keyspace.database(index).setString(Bytes.of(key), Bytes.of(value));
  }

  private String digest() {
    return Digest.of(test.keyspace).hex();
  }

  private String valueDigest(String key) {
    Entry entry = new Entry();
    assertTrue(database.find(Bytes.of(key), entry));
    return Digest.ofValue(entry).hex();
  }
}
