package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;

class StringStorageTest {
  private static final byte[] KEY = Bytes.of("key");

  private final TestKeyspace test = new TestKeyspace(2, 5);
  private final Database database = test.database();
  private final Entry entry = new Entry();

  @ParameterizedTest
  @CsvSource({"0, INT", "-1, INT", "9223372036854775807, INT", "-9223372036854775808, INT",
      "9223372036854775808, EMBSTR",
      "01, EMBSTR", "+1, EMBSTR", "-0, EMBSTR", "' 1', EMBSTR", "1.0, EMBSTR", "'', EMBSTR", "text, EMBSTR",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, EMBSTR", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, RAW"})
  void encodingIsChosenAsRedisDoes(String value, Encoding encoding) {
    database.setString(KEY, Bytes.of(value));
    assertTrue(database.find(KEY, entry));
    assertEquals(encoding, entry.encoding());
    assertEquals(encoding.word(), entry.encodingName());
    assertEquals(value, Bytes.string(entry.bytes()));
    assertEquals(Type.STRING, entry.type());
  }

  @Test
  void aValueOfTheSameLengthIsWrittenInPlace() {
    database.setString(KEY, Bytes.of("abc"), test.now + 10);
    byte[] record = find().array();
    database.setString(KEY, Bytes.of("123"), test.now + 20);
    assertSame(record, find().array());
    assertEquals(Encoding.INT, entry.encoding());
    assertEquals(test.now + 20, entry.expireAtMillis());
    database.setLong(KEY, 456, Database.KEEP_EXPIRE);
    assertSame(record, find().array());
    assertEquals("456", Bytes.string(entry.bytes()));
    database.setString(KEY, Bytes.of("xyz"));
    assertNotSame(record, find().array());
    assertFalse(entry.hasExpiry());
    assertNull(database.table().audit());
  }

  @Test
  void editedAndAppendedStringsAreRawHoweverShort() {
    database.setString(KEY, Bytes.of("1"));
    database.edit(KEY, 0, entry);
    assertEquals(Encoding.RAW, find().encoding());
    database.setString(KEY, Bytes.of("1"));
    database.append(KEY, Bytes.of("2"));
    assertEquals(Encoding.RAW, find().encoding());
    database.setString(KEY, Bytes.of("12"));
    assertEquals(Encoding.INT, find().encoding());
    database.edit(Bytes.of("absent"), 1, entry);
    assertEquals(Encoding.RAW, entry.encoding());
    database.append(Bytes.of("absent too"), Bytes.of("7"));
    assertTrue(database.find(Bytes.of("absent too"), entry));
    assertEquals(Encoding.INT, entry.encoding());
  }

  @Test
  void aLargeArrayIsKeptAndNeverWrittenTo() {
    byte[] value = new byte[50_000];
    byte[] before = value.clone();
    database.setString(KEY, value);
    assertSame(value, find().array());
    entry.loans().lend();
    database.edit(KEY, 10, entry);
    entry.array()[entry.offset()] = 'x';
    database.append(KEY, Bytes.of("tail"));
    assertArrayEquals(before, value);
    assertEquals('x', find().bytes()[0]);
    assertEquals(50_004, entry.length());
  }

  @Test
  void aRangeIsAlwaysCopied() {
    byte[] value = new byte[50_000];
    database.setString(KEY, value, 0, value.length, Encoding.RAW, Entry.NO_EXPIRE);
    value[0] = 'x';
    assertEquals(0, find().bytes()[0]);
  }

  @Test
  void lentBytesStayWhileTheValueChangesInEveryWay() {
    database.edit(KEY, 20_000, entry);
    find().loans().lend();
    byte[] lent = entry.array();
    byte[] before = lent.clone();
    database.append(KEY, Bytes.of("abc"));
    database.edit(KEY, 1, entry);
    entry.array()[entry.offset()] = 'x';
    assertArrayEquals(before, Arrays.copyOf(lent, before.length));
    byte[] second = find().array();
    database.edit(KEY, 1, entry);
    assertSame(second, entry.array(), "copied once, not at each change");
  }

  @Test
  void copiesOfALargeValueAreIndependent() {
    byte[] other = Bytes.of("other");
    database.edit(KEY, 20_000, entry);
    database.append(KEY, Bytes.of("x"));
    database.copyTo(database, KEY, other);
    database.append(KEY, Bytes.of("a"));
    database.append(other, Bytes.of("b"));
    database.edit(other, 1, entry);
    entry.array()[0] = 'o';
    assertEquals('a', find().bytes()[20_001]);
    assertEquals(0, entry.bytes()[0]);
    assertTrue(database.find(other, entry));
    assertEquals('b', entry.bytes()[20_001]);
    assertEquals('o', entry.bytes()[0]);
  }

  @Test
  void aSmallValueIsNotLent() {
    database.setString(KEY, Bytes.of("small"));
    assertNull(find().loans());
  }

  @Test
  void appendingByteByByteRarelyCopies() {
    int arrays = 0;
    byte[] last = null;
    for (int i = 0; i < 2_000_000; i++) {
      database.append(KEY, new byte[] {(byte) i});
      if (i > 1000 && find().array() != last) {
        last = entry.array();
        arrays++;
      }
    }
    assertEquals(2_000_000, find().length());
    for (int i = 0; i < 2_000_000; i++) assertEquals((byte) i, entry.array()[i]);
    assertTrue(arrays < 20, "arrays: " + arrays);
    assertNull(database.table().audit());
  }

  @Test
  void spareRoomIsNotPartOfTheValueAndHoldsZeros() {
    database.edit(KEY, 1000, entry);
    database.edit(KEY, 1001, entry); // grows with room to spare
    assertEquals(1001, entry.length());
    assertTrue(entry.array().length > 1001);
    database.edit(KEY, 1500, entry);
    assertArrayEquals(new byte[1500], entry.bytes());
  }

  @Test
  void aHugeKeyWorksForEveryCall() {
    byte[] huge = new byte[100_000];
    database.setString(huge, Bytes.of("1"), test.now + 5);
    database.setLong(huge, 2, Database.KEEP_EXPIRE);
    assertEquals(2, database.append(huge, Bytes.of("3")));
    assertTrue(database.rename(huge, KEY));
    assertEquals("23", Bytes.string(find().bytes()));
    assertTrue(database.rename(KEY, huge));
    assertTrue(database.persist(huge));
    assertTrue(database.expireAt(huge, test.now + 1));
    assertTrue(database.find(huge, entry));
    assertArrayEquals(huge, entry.key());
    assertNull(database.table().audit());
  }

  @Test
  void memoryUsageTellsSmallFromLarge() {
    database.setString(KEY, Bytes.of("v"));
    assertEquals(32 + 5, database.memoryUsage(KEY)); // record of 16 + 5 + 3 + 1 bytes, and its slot
    database.setString(KEY, new byte[100_000]);
    assertEquals(40 + 24 + 32 + 100_016 + 5, database.memoryUsage(KEY)); // node, key, string, array, slot
    assertEquals(0, database.memoryUsage(Bytes.of("absent")));
  }

  private Entry find() {
    assertTrue(database.find(KEY, entry));
    return entry;
  }
}
