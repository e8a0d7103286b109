package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

class KeyspaceTest {
  private static final byte[] KEY = Bytes.of("key");
  private static final byte[] VALUE = Bytes.of("value");

  private final TestKeyspace test = new TestKeyspace(3, 9);
  private final Keyspace keyspace = test.keyspace;
  private final Database database = test.database();
  private final Entry entry = new Entry();

  /** A value of another type, as the table sees one. */
  private static final class Pieces implements Value {
    int pieces;

    Pieces(int pieces) {
      this.pieces = pieces;
    }

    @Override
    public Type type() {
      return Type.SET;
    }

    @Override
    public String encodingName() {
      return "hashtable";
    }

    @Override
    public long memoryBytes(HeapLayout layout) {
      return 100L * pieces;
    }

    @Override
    public Value copy() {
      return new Pieces(pieces);
    }

    @Override
    public long freeEffort() {
      return pieces;
    }

    @Override
    public void digest(Digest into) {
      into.xor(Bytes.of(pieces));
    }
  }

  @Test
  void swappingExchangesContentsAndExpiriesButNotIndexes() {
    database.setString(KEY, VALUE, test.now + 5);
    keyspace.swap(0, 2);
    assertEquals(0, database.size());
    assertTrue(keyspace.database(2).find(KEY, entry));
    assertEquals(1, keyspace.database(2).expires());
    assertEquals(2, keyspace.database(2).index());
    keyspace.swap(1, 1);
    test.now += 6;
    keyspace.activeExpiry().slice(Long.MAX_VALUE);
    assertEquals(List.of("2:key"), test.expired);
  }

  @Test
  void clearingForgetsEverything() {
    long empty = keyspace.usedBytes();
    for (int i = 0; i < 10_000; i++) database.setString(Bytes.of("key:" + i), VALUE, test.now + i);
    assertTrue(keyspace.usedBytes() > empty + 10_000 * 40);
    assertEquals(10_000, database.clear());
    assertEquals(0, database.size());
    assertEquals(0, database.expires());
    assertEquals(empty, keyspace.usedBytes());
    assertEquals(0, database.scan(0, 10, e -> {
      throw new AssertionError();
    }));
    database.setString(KEY, VALUE);
    assertTrue(database.contains(KEY));
  }

  @Test
  void addedTellsOfNewKeysOnly() {
    database.setString(KEY, VALUE);
    database.setString(KEY, VALUE);
    database.append(KEY, VALUE);
    database.edit(Bytes.of("edited"), 1, entry);
    database.rename(KEY, Bytes.of("renamed"));
    database.copyTo(keyspace.database(1), Bytes.of("renamed"), Bytes.of("copied"));
    keyspace.database(1).moveTo(keyspace.database(2), Bytes.of("copied"));
    database.setValue(Bytes.of("set"), new Pieces(1), Entry.NO_EXPIRE);
    database.setValue(Bytes.of("set"), new Pieces(1), Entry.NO_EXPIRE);
    assertEquals(List.of("0:key", "0:edited", "0:renamed", "1:copied", "2:copied", "0:set"), test.added);
  }

  @Test
  void renamingTakesExpiryAlongAndReplacesTheTarget() {
    database.setString(KEY, VALUE, test.now + 100);
    database.setString(Bytes.of("other"), Bytes.of("old"));
    assertTrue(database.rename(KEY, Bytes.of("other")));
    assertEquals(1, database.size());
    assertTrue(database.find(Bytes.of("other"), entry));
    assertEquals("value", Bytes.string(entry.bytes()));
    assertEquals(test.now + 100, entry.expireAtMillis());
    assertEquals(1, database.expires());
    assertTrue(database.rename(Bytes.of("other"), Bytes.of("other")));
    assertFalse(database.rename(KEY, Bytes.of("other")));
    assertEquals(1, database.size());
  }

  @Test
  void valuesOfOtherTypesAreKeptCountedAndCopied() {
    Pieces value = new Pieces(10);
    database.setValue(KEY, value, test.now + 50);
    assertTrue(database.find(KEY, entry));
    assertSame(value, entry.value());
    assertEquals(Type.SET, entry.type());
    assertFalse(entry.isString());
    assertEquals("hashtable", entry.encodingName());
    long before = database.usedBytes();
    value.pieces = 25;
    assertTrue(database.findForWrite(KEY, entry));
    database.valueChanged(entry);
    assertEquals(before + 1500, database.usedBytes());
    assertTrue(database.memoryUsage(KEY) > 2500);
    database.copyTo(keyspace.database(1), KEY, KEY);
    assertTrue(keyspace.database(1).find(KEY, entry));
    assertNotSame(value, entry.value());
    assertEquals(test.now + 50, entry.expireAtMillis());
    assertNull(database.table().audit());
    database.setString(KEY, VALUE, Database.KEEP_EXPIRE);
    assertTrue(database.find(KEY, entry));
    assertNull(entry.value());
    assertEquals(test.now + 50, entry.expireAtMillis());
    assertNull(database.table().audit());
  }

  @Test
  void onlyBigValuesCountAsFreedLazily() {
    database.setValue(Bytes.of("big"), new Pieces(65), Entry.NO_EXPIRE);
    database.setValue(Bytes.of("small"), new Pieces(64), Entry.NO_EXPIRE);
    database.setString(Bytes.of("string"), new byte[1_000_000]);
    for (String name : List.of("big", "small", "string")) assertTrue(database.unlink(Bytes.of(name)));
    assertEquals(1, keyspace.lazyFreedObjects());
  }

  @Test
  void usedBytesAreThoseOfAllDatabases() {
    long before = keyspace.usedBytes();
    keyspace.database(1).setString(KEY, new byte[1000]);
    keyspace.database(2).setString(KEY, new byte[10_000]);
    assertEquals(before + keyspace.database(1).memoryUsage(KEY) + keyspace.database(2).memoryUsage(KEY) - 2 * 5,
        keyspace.usedBytes()); // the slots were there before
    assertEquals(2, keyspace.size());
    assertTrue(keyspace.overheadBytes() <= before);
  }

  @Test
  void iterationsMayNest() {
    for (int i = 0; i < 100; i++) database.setString(Bytes.of("key:" + i), VALUE);
    int[] visits = {0};
    database.forEach(outer -> database.forEach(inner -> visits[0]++));
    assertEquals(10_000, visits[0]);
  }
}
