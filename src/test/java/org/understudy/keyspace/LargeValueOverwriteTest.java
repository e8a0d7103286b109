package org.understudy.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Loans;
import org.understudy.keyspace.collection.CollectionForm;

class LargeValueOverwriteTest {
  private static final byte[] KEY = Bytes.of("key");

  private final Keyspace keyspace = new Keyspace(1, 7, () -> 1_000_000, () -> 0, CollectionForm.values());
  private final Database database = keyspace.database(0);
  private final Entry entry = new Entry();

  @Test
  void aValueSetAgainAndAgainStaysInItsArray() {
    database.setString(KEY, filled('a', 70_000));
    database.setString(KEY, filled('b', 70_000));
    byte[] array = arrayOf();
    long used = database.usedBytes();
    database.setString(KEY, filled('c', 69_000));
    assertSame(array, arrayOf());
    assertEquals(69_000, entry.length());
    assertArrayEquals(filled('c', 69_000), Arrays.copyOf(array, 69_000));
    assertEquals(used, database.usedBytes());
  }

  @Test
  void anArrayThatAReplyStillHoldsIsLeftAlone() {
    database.setString(KEY, filled('a', 70_000));
    database.setString(KEY, filled('b', 70_000));
    byte[] lent = arrayOf();
    entry.loans().lend();
    database.setString(KEY, filled('c', 70_000));
    assertNotSame(lent, arrayOf());
    assertArrayEquals(filled('b', 70_000), lent);
  }

  @Test
  void anArrayThatNoReplyHoldsAnyMoreServesTheNextValue() {
    database.setString(KEY, filled('a', 70_000));
    byte[] lent = arrayOf();
    entry.loans().lend();
    entry.loans().lend();
    entry.loans().giveBack();
    database.setString(KEY, filled('b', 70_000));
    assertEquals(0, keyspace.spares().count(), "one reply of two is still on its way");
    byte[] second = arrayOf();
    entry.loans().lend();
    entry.loans().giveBack();
    database.setString(KEY, filled('c', 70_000));
    assertSame(second, keyspace.spares().take(70_000));
    assertArrayEquals(filled('a', 70_000), lent);
  }

  @Test
  void whatChangedInPlaceWhileItWasLentIsAnotherArray() {
    database.setString(KEY, filled('a', 70_000));
    byte[] lent = arrayOf();
    Loans loans = entry.loans();
    loans.lend();
    database.edit(KEY, 1, entry);
    entry.array()[0] = 'x';
    loans.giveBack();
    assertNotSame(lent, arrayOf());
    entry.loans().lend();
    byte[] lentNow = entry.array();
    database.edit(KEY, 1, entry);
    assertNotSame(lentNow, arrayOf(), "the loan of the array before does not count for this one");
  }

  @Test
  void valuesOfOneLengthTakeTurnsInTwoArrays() {
    byte[] first = filled('a', 70_000);
    byte[] second = filled('b', 70_000);
    database.setString(KEY, first);
    database.setString(KEY, second);
    assertSame(second, arrayOf());
    assertSame(first, keyspace.spares().take(70_000));
    assertNotSame(first, keyspace.spares().take(70_000));
  }

  @Test
  void anArrayThatAReplyStillHoldsIsNotSpare() {
    database.setString(KEY, filled('a', 70_000));
    arrayOf();
    entry.loans().lend();
    database.setString(KEY, filled('b', 70_000));
    assertEquals(0, keyspace.spares().count());
  }

  @Test
  void whatGrowsAgainShowsNothingOfALongerValueBefore() {
    database.setString(KEY, filled('a', 70_000));
    database.setString(KEY, filled('b', 60_000));
    database.edit(KEY, 65_000, entry);
    assertEquals(0, entry.array()[64_999]);
  }

  @Test
  void aMuchSmallerValueGivesTheRoomBack() {
    database.setString(KEY, filled('a', 70_000));
    database.setString(KEY, filled('b', 70_000));
    long used = database.usedBytes();
    database.setString(KEY, filled('c', 10_000));
    assertEquals(used - 60_000, database.usedBytes());
  }

  private byte[] arrayOf() {
    database.find(KEY, entry);
    return entry.array();
  }

  private static byte[] filled(char letter, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) letter);
    return bytes;
  }
}
