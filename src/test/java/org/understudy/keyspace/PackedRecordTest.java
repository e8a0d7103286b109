package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.Packing;
import org.understudy.keyspace.collection.SetValue;

/** Small hashes and sets lie packed in the table; nobody sees it. */
class PackedRecordTest {
  private static final Packing PACKING = new Packing(512, 64, 42);
  private static final byte[] KEY = Bytes.of("k");

  private final TestKeyspace test = new TestKeyspace(2, 42);
  private final Database database = test.database();
  private final Entry entry = new Entry();

  @Test
  void aSmallValueTakesNoObjectOfItsOwn() {
    long empty = database.usedBytes();
    putHash(10);
    long packed = database.usedBytes() - empty;
    assertTrue(packed <= HeapLayout.COMMON.byteArray(4 + 1 + 1 + 1 + 7 + 10 * 10), "bytes: " + packed);
    assertNull(table());
  }

  @Test
  void aValueThatGrowsOutOfItsRecordBecomesAnObject() {
    putHash(1);
    for (int i = 0; i < 200; i++) {
      HashValue hash = forWrite();
      hash.set(Bytes.of("field " + i), Bytes.of("value " + i), PACKING);
      database.valueChanged(entry);
      if (i % 2 == 0) { // reported again without another look-up
        hash.set(Bytes.of("again"), Bytes.of(i), PACKING);
        database.valueChanged(entry);
      }
      assertNull(database.table().audit());
    }
    assertEquals(202, hash().size());
    assertEquals("198", Bytes.string(hash().get(Bytes.of("again"))));
    assertSame(forWrite(), hash());
    assertNotNull(entry.node());
  }

  @Test
  void aChangeThatIsNotReportedDidNotHappen() {
    putHash(3);
    forWrite().remove(Bytes.of("f1"));
    assertEquals(3, hash().size());
    assertNotSame(hash(), hash());
  }

  @Test
  void aChangeReportedTooLateIsAFaultAndNoMore() {
    putHash(3);
    forWrite().remove(Bytes.of("f1"));
    putHash(4);
    assertThrows(IllegalStateException.class, () -> database.valueChanged(entry));
    assertEquals(4, hash().size());
    assertNull(database.table().audit());
  }

  @Test
  void whatWasReadStaysAsItWasWhenTheKeyIsSetAnew() {
    putHash(3);
    HashValue before = hash();
    SetValue set = new SetValue();
    set.add(Bytes.of("5"), 512, 42);
    database.setValue(KEY, set, Entry.NO_EXPIRE);
    assertEquals(3, before.size());
    assertEquals(Type.SET, find().type());
    assertEquals("intset", entry.encodingName());
    assertFalse(entry.isString());
    database.setString(KEY, Bytes.of("a string"));
    assertTrue(find().isString());
  }

  @Test
  void expiryKeyAndDatabaseChangeAroundIt() {
    putHash(5);
    long at = test.now + 1000;
    database.expireAt(KEY, at);
    byte[] other = Bytes.of("another key");
    database.rename(KEY, other);
    assertTrue(database.find(other, entry));
    assertEquals(5, ((HashValue) entry.value()).size());
    assertEquals(at, entry.expireAtMillis());
    assertTrue(database.persist(other));
    assertTrue(database.moveTo(test.keyspace.database(1), other));
    assertTrue(test.keyspace.database(1).copyTo(database, other, KEY));
    assertEquals(5, hash().size());
    assertEquals(Entry.NO_EXPIRE, entry.expireAtMillis());
    assertNull(database.table().audit());
  }

  @Test
  void aCopyIsItsOwn() {
    putHash(5);
    database.copyTo(database, KEY, Bytes.of("copy"));
    HashValue hash = forWrite();
    hash.set(Bytes.of("f1"), Bytes.of("w1"), PACKING); // as long as before
    database.valueChanged(entry);
    assertTrue(database.find(Bytes.of("copy"), entry));
    assertEquals("v1", Bytes.string(((HashValue) entry.value()).get(Bytes.of("f1"))));
    assertEquals("w1", Bytes.string(hash().get(Bytes.of("f1"))));
  }

  @Test
  void aKeyTooLongForARecordHasAnObject() {
    putHash(5);
    byte[] longKey = new byte[40_000];
    assertTrue(database.rename(KEY, longKey));
    assertTrue(database.find(longKey, entry));
    assertEquals(5, ((HashValue) entry.value()).size());
    assertNotNull(entry.node());
    assertTrue(database.rename(longKey, KEY));
    assertEquals(5, hash().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 30, 300})
  void aSnapshotReadsItAsItWasAtTheCut(int fields) {
    Random random = new Random(fields);
    Map<String, Long> expected = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      byte[] key = Bytes.of("k" + i);
      HashValue hash = new HashValue();
      for (int f = 0; f <= i % fields; f++) hash.set(Bytes.of("f" + f), Bytes.of("v" + f), PACKING);
      database.setValue(key, hash, Entry.NO_EXPIRE);
      expected.put("k" + i, hash.size());
    }
    Map<String, Long> taken = new HashMap<>();
    Snapshot snapshot = test.keyspace.startSnapshot(new Snapshot.Sink() {
      @Override
      public void take(int index, Entry taking) {
        assertNull(taken.put(Bytes.string(taking.key()), ((HashValue) taking.value()).size()));
      }

      @Override
      public boolean takePart(int index, Entry taking) {
        take(index, taking);
        return true;
      }
    });
    do {
      byte[] key = Bytes.of("k" + random.nextInt(500));
      assertTrue(database.findForWrite(key, entry));
      HashValue hash = (HashValue) entry.value();
      hash.set(Bytes.of("new" + random.nextInt(3)), Bytes.of("v"), PACKING);
      if (random.nextBoolean()) hash.remove(Bytes.of("f0"));
      database.valueChanged(entry);
    } while (snapshot.step());
    assertEquals(expected, taken);
    assertNull(database.table().audit());
  }

  private void putHash(int fields) {
    HashValue hash = new HashValue();
    for (int i = 0; i < fields; i++) hash.set(Bytes.of("f" + i), Bytes.of("v" + i), PACKING);
    database.setValue(KEY, hash, Entry.NO_EXPIRE);
  }

  private Entry find() {
    assertTrue(database.find(KEY, entry));
    return entry;
  }

  private HashValue hash() {
    return (HashValue) find().value();
  }

  private HashValue forWrite() {
    assertTrue(database.findForWrite(KEY, entry));
    return (HashValue) entry.value();
  }

  /** The key's entry as an object; null if it is a record. */
  private Node table() {
    return find().node();
  }
}
