package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class ArrivalsTest {
  private static final long LATER = 4_000_000_000_000L;

  private final TestKeyspace test = new TestKeyspace(1, 42);
  private final Database database = test.database();
  private final Entry entry = new Entry();

  private Arrivals arrivals(int most, boolean replaces) {
    return new Arrivals(test.keyspace, database, most, replaces);
  }

  private String valueOf(String key) {
    if (!database.find(Bytes.of(key), entry)) return null;
    return Bytes.string(entry.array(), entry.offset(), entry.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 3000, 60_000})
  void allAreThereOnceTheyHaveSettledAndNoneBefore(int keys) {
    Arrivals arrivals = arrivals(Integer.MAX_VALUE, false);
    for (int i = 0; i < keys; i++) {
      byte[] text = Bytes.of("<value " + i + ">");
      arrivals.addString(Bytes.of("key:" + i), text, 1, text.length - 2, i % 3 == 0 ? LATER + i : Entry.NO_EXPIRE);
    }
    assertEquals(0, database.size());
    assertNull(arrivals.settle());
    assertEquals(keys, database.size());
    assertEquals((keys + 2) / 3, database.expires());
    for (int i = 0; i < keys; i++) {
      assertEquals("value " + i, valueOf("key:" + i));
      assertEquals(i % 3 == 0 ? LATER + i : Entry.NO_EXPIRE, entry.expireAtMillis());
    }
    assertNull(database.table().audit());
  }

  @Test
  void theyAreStoredAsIfTheyHadBeenSet() {
    byte[] large = new byte[10_000];
    for (byte[] value : new byte[][] {Bytes.of("12"), Bytes.of("short"), new byte[60], large}) {
      database.setString(Bytes.of("set"), value.clone());
      Arrivals arrivals = arrivals(9, false);
      arrivals.addString(Bytes.of("came"), value.clone(), Entry.NO_EXPIRE);
      arrivals.settle();
      assertTrue(database.find(Bytes.of("set"), entry));
      Encoding encoding = entry.encoding();
      assertTrue(database.find(Bytes.of("came"), entry));
      assertEquals(encoding, entry.encoding());
      assertEquals(value.length, valueOf("came").length());
      assertNull(database.table().audit());
      database.clear();
    }
  }

  @Test
  void aKeyThatIsThereIsReportedOrGivesWay() {
    database.setString(Bytes.of("b"), Bytes.of("old"));
    Arrivals keeping = arrivals(9, false);
    for (String key : new String[] {"a", "b", "c"}) keeping.addString(Bytes.of(key), Bytes.of("new"), Entry.NO_EXPIRE);
    assertArrayEquals(Bytes.of("b"), keeping.settle());
    assertEquals("old", valueOf("b"));
    Arrivals replacing = arrivals(9, true);
    replacing.addString(Bytes.of("b"), Bytes.of("new"), LATER);
    assertNull(replacing.settle());
    assertEquals("new", valueOf("b"));
    assertEquals(1, database.expires());
    assertNull(database.table().audit());
  }

  @Test
  void aKeyThatComesTwiceIsReported() {
    Arrivals arrivals = arrivals(9, false);
    arrivals.addString(Bytes.of("key"), Bytes.of("1"), Entry.NO_EXPIRE);
    arrivals.addString(Bytes.of("key"), Bytes.of("2"), Entry.NO_EXPIRE);
    assertArrayEquals(Bytes.of("key"), arrivals.settle());
    assertEquals("1", valueOf("key"));
  }

  @Test
  void settlingIsDueAfterSoMany() {
    Arrivals arrivals = arrivals(2, false);
    arrivals.addString(Bytes.of("a"), Bytes.of("1"), Entry.NO_EXPIRE);
    assertFalse(arrivals.isFull());
    arrivals.addString(Bytes.of("b"), Bytes.of("1"), Entry.NO_EXPIRE);
    assertTrue(arrivals.isFull());
    arrivals.settle();
    assertFalse(arrivals.isFull());
  }
}
