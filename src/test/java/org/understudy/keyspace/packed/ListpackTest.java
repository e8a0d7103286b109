package org.understudy.keyspace.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.resp.ReplyBuffer;

class ListpackTest {
  /** Twenty elements, as redis-server 7.0.15 dumped them. */
  private static final String[] EVERY_ENCODING = {"0", "127", "128", "-1", "4095", "-4096", "4096", "-32768", "32768",
      "-8388608", "8388608", "-2147483648", "2147483648", "-9223372036854775808", "", "a", "007", "-0", "x".repeat(63),
      "y".repeat(64)};
  private static final String DUMPED =
      "db000000140000017f01c08002dfff02cfff02d00002f1001003f1008003f200800004f200008004"
      + "f30000800005f30000008005f4000000800000000009f400000000000000800980018161028330303704822d3003bf"
      + "78".repeat(63) + "40e040" + "79".repeat(64) + "42ff";

  // ---- format -------------------------------------------------------------------------------------------------------

  @Test
  void bytesAreThoseOfTheRealServer() {
    Listpack listpack = of(EVERY_ENCODING);
    assertEquals(DUMPED, HexFormat.of().formatHex(listpack.toBytes()));
    assertEquals(List.of(EVERY_ENCODING), forwards(Listpack.over(HexFormat.of().parseHex(DUMPED))));
  }

  @Test
  void anEmptyOneIsAHeaderAndAnEnd() {
    assertArrayEquals(new byte[] {7, 0, 0, 0, 0, 0, -1}, new Listpack().toBytes());
    assertTrue(new Listpack(100).isEmpty());
    assertEquals(Listpack.NONE, new Listpack().first());
    assertEquals(Listpack.NONE, new Listpack().last());
  }

  @Test
  void numbersGivenAsSuchAreThoseGivenAsText() {
    for (int bits = 0; bits < 64; bits++) {
      for (long number : new long[] {1L << bits, (1L << bits) - 1, -(1L << bits), -(1L << bits) - 1}) {
        Listpack asNumber = new Listpack();
        asNumber.append(number);
        assertArrayEquals(of(Long.toString(number)).toBytes(), asNumber.toBytes(), Long.toString(number));
        assertEquals(number, asNumber.integer(asNumber.first()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 125, 126, 127, 4095, 4096, 16380, 16381, 16382, 2097145, 2097146, 2097147})
  void stringsAroundTheLimitsOfLengthsAreWalkedBothWays(int length) {
    Listpack listpack = of("a", "z".repeat(length), "b");
    assertEquals(List.of("a", "z".repeat(length), "b"), forwards(listpack));
    assertEquals(List.of("b", "z".repeat(length), "a"), backwards(listpack));
    assertTrue(Listpack.isValid(listpack.toBytes(), true));
  }

  @Test
  void whatOnlyLooksLikeANumberStaysAString() {
    for (String text : new String[] {"-0", "007", "+1", " 1", "1 ", "9223372036854775808", "-9223372036854775809", "-",
        "1e3"}) {
      Listpack listpack = of(text);
      assertFalse(listpack.isInteger(listpack.first()), text);
      assertEquals(List.of(text), forwards(listpack));
    }
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  @Test
  void indexesCountFromEitherEnd() {
    Listpack listpack = of("a", "b", "c", "d", "e");
    for (int i = 0; i < 5; i++) {
      assertEquals("abcde".substring(i, i + 1), text(listpack, listpack.seek(i)));
      assertEquals("abcde".substring(i, i + 1), text(listpack, listpack.seek(i - 5)));
    }
    for (long index : new long[] {5, -6, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertEquals(Listpack.NONE, listpack.seek(index));
    }
  }

  @Test
  void findComparesNumbersAndStringsAsText() {
    Listpack listpack = of("1", "x", "2", "1", "x", "-5");
    assertEquals(listpack.seek(1), listpack.find(Bytes.of("x")));
    assertEquals(listpack.seek(5), listpack.find(Bytes.of("-5")));
    assertEquals(Listpack.NONE, listpack.find(Bytes.of("01")));
    assertEquals(listpack.seek(4), listpack.find(Bytes.of("x"), listpack.first(), 1),
        "only every other one is compared");
    assertEquals(Listpack.NONE, listpack.find(Bytes.of("2"), listpack.seek(1), 1));
    assertEquals(Listpack.NONE, new Listpack().find(Bytes.of("1"), Listpack.NONE, 1));
  }

  @Test
  void anEntryComparesWithAStringAsText() {
    Listpack listpack = of("12", "ab");
    assertTrue(listpack.is(listpack.first(), Bytes.of("12")));
    assertFalse(listpack.is(listpack.first(), Bytes.of("13")));
    assertFalse(listpack.is(listpack.first(), Bytes.of("x")));
    assertTrue(listpack.is(listpack.last(), Bytes.of("ab")));
    assertFalse(listpack.is(listpack.last(), Bytes.of("abc")));
    assertEquals(2, listpack.length(listpack.first()));
    assertEquals(2, listpack.length(listpack.last()));
  }

  @Test
  void anEntryIsRepliedAsABulkString() {
    Listpack listpack = of("-12", "ab", "");
    ReplyBuffer reply = new ReplyBuffer();
    for (int at = listpack.first(); at != Listpack.NONE; at = listpack.next(at)) listpack.reply(at, reply);
    assertEquals("$3\r\n-12\r\n$2\r\nab\r\n$0\r\n\r\n", reply.take().utf8String());
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  @Test
  void randomChangesDoWhatTheyDoToAList() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Listpack listpack = new Listpack();
      List<String> model = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        change(random, listpack, model);
        String when = "seed " + seed + " round " + round + " change " + i;
        assertTrue(Listpack.isValid(listpack.toBytes(), true), when);
        assertEquals(model, forwards(listpack), when);
        assertEquals(model.size(), listpack.count(), when);
        assertArrayEquals(of(model.toArray(new String[0])).toBytes(), listpack.toBytes(), when);
      }
    }
  }

  private static void change(Random random, Listpack listpack, List<String> model) {
    String value = value(random);
    byte[] bytes = Bytes.of(value);
    if (model.isEmpty() || random.nextInt(4) == 0) {
      listpack.append(bytes);
      model.add(value);
      return;
    }
    int index = random.nextInt(model.size());
    int at = listpack.seek(index);
    switch (random.nextInt(7)) {
      case 0 -> {
        listpack.prepend(bytes);
        model.add(0, value);
      }
      case 1 -> {
        assertEquals(value, text(listpack, listpack.insertBefore(at, bytes)));
        model.add(index, value);
      }
      case 2 -> {
        assertEquals(value, text(listpack, listpack.insertAfter(at, bytes)));
        model.add(index + 1, value);
      }
      case 3, 4 -> {
        assertEquals(value, text(listpack, listpack.replace(at, bytes)));
        model.set(index, value);
      }
      case 5 -> {
        int next = listpack.delete(at);
        model.remove(index);
        assertEquals(index == model.size() ? Listpack.NONE : listpack.seek(index), next);
      }
      default -> {
        int count = random.nextInt(5);
        listpack.deleteRange(random.nextBoolean() ? index : index - model.size(), count);
        model.subList(index, Math.min(model.size(), index + count)).clear();
      }
    }
  }

  private static String value(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 1 -> "v".repeat(random.nextInt(200));
      case 2 -> "w".repeat(random.nextInt(6000));
      default -> "text" + random.nextInt(10);
    };
  }

  @Test
  void appendingAnotherGivesTheSameBytesAsOneOfAll() {
    Listpack listpack = of("a", "1");
    listpack.appendAll(of("b", "2"));
    listpack.appendAll(new Listpack());
    assertArrayEquals(of("a", "1", "b", "2").toBytes(), listpack.toBytes());
  }

  @Test
  void aCopyIsItsOwn() {
    Listpack listpack = of("a", "b");
    Listpack copy = listpack.copy();
    listpack.replace(listpack.first(), Bytes.of("c"));
    copy.append(Bytes.of("d"));
    assertEquals(List.of("c", "b"), forwards(listpack));
    assertEquals(List.of("a", "b", "d"), forwards(copy));
  }

  @Test
  void entriesComeAndGoAtEitherEndWithoutACopyEachTime() {
    Listpack listpack = new Listpack();
    for (int i = 0; i < 1000; i++) listpack.prepend(Bytes.of("value"));
    byte[] array = listpack.array();
    for (int i = 0; i < 400; i++) listpack.delete(listpack.first());
    for (int i = 0; i < 400; i++) listpack.prepend(Bytes.of("other"));
    assertSame(array, listpack.array());
    assertEquals("other", text(listpack, listpack.first()));
    assertEquals("value", text(listpack, listpack.seek(400)));
    listpack.trim();
    assertEquals(0, listpack.offset());
    assertArrayEquals(listpack.toBytes(), listpack.array());
  }

  @Test
  void roomIsGivenBackWhenMuchWasDeleted() {
    Listpack listpack = new Listpack();
    for (int i = 0; i < 1000; i++) listpack.append(Bytes.of("value " + i));
    listpack.deleteRange(10, 990);
    assertEquals(10, listpack.count());
    assertTrue(listpack.array().length < 2 * listpack.size());
    listpack.trim();
    assertEquals(listpack.size(), listpack.array().length);
  }

  @Test
  void aCountBeyondTheHeaderIsFoundByWalking() {
    Listpack listpack = new Listpack();
    for (int i = 0; i < 70_000; i++) listpack.append(i % 100);
    assertEquals(70_000, listpack.count());
    assertEquals(0xFF, listpack.array()[4] & 0xFF);
    assertEquals(0xFF, listpack.array()[5] & 0xFF);
    assertEquals("99", text(listpack, listpack.seek(-1)));
    assertEquals("7", text(listpack, listpack.seek(69_907)));
    assertEquals(Listpack.NONE, listpack.seek(70_000));
    assertEquals(Listpack.NONE, listpack.seek(-70_001));
    assertTrue(Listpack.isValid(listpack.toBytes(), true));
    listpack.deleteRange(0, 60_000);
    assertEquals(0xFF, listpack.array()[5] & 0xFF, "it is not counted as long as nobody asks");
    assertEquals(10_000, listpack.count());
    assertEquals(10_000, listpack.array()[4] & 0xFF | (listpack.array()[5] & 0xFF) << 8);
  }

  // ---- what comes from outside --------------------------------------------------------------------------------------

  @Test
  void noTruncatedOneIsValid() {
    byte[] packed = of(EVERY_ENCODING).toBytes();
    for (int length = 0; length < packed.length; length++) {
      byte[] truncated = Arrays.copyOf(packed, length);
      assertFalse(Listpack.isValid(truncated, true), length + " bytes");
      if (length < 7) continue;
      truncated[length - 1] = -1; // an end, and a size that agrees
      for (int i = 0; i < 4; i++) truncated[i] = (byte) (length >> 8 * i);
      assertFalse(Listpack.isValid(truncated, true), length + " bytes with an end");
    }
  }

  @Test
  void whateverPassesValidationCanBeReadAndChanged() {
    byte[] packed = of(EVERY_ENCODING).toBytes();
    int valid = 0;
    for (int i = 0; i < packed.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = packed.clone();
        flipped[i] ^= (byte) (1 << bit);
        if (!Listpack.isValid(flipped, true)) continue;
        valid++;
        List<String> elements = forwards(Listpack.over(flipped.clone()));
        Collections.reverse(elements);
        assertEquals(elements, backwards(Listpack.over(flipped.clone())));
        Listpack changed = Listpack.over(flipped);
        changed.replace(changed.seek(3), Bytes.of("another"));
        changed.deleteRange(-2, 5);
        assertTrue(Listpack.isValid(changed.toBytes(), true));
      }
    }
    assertTrue(valid > 0);
  }

  @Test
  void liesAboutSizesAndCountsAreRefused() {
    byte[] packed = of("a", "b", "c").toBytes();
    assertTrue(Listpack.isValid(packed, true));
    assertFalse(Listpack.isValid(with(packed, 0, packed[0] + 1), false), "size");
    assertFalse(Listpack.isValid(with(packed, packed.length - 1, 0), false), "end");
    assertFalse(Listpack.isValid(with(packed, 4, 4), true), "count");
    assertTrue(Listpack.isValid(with(packed, 4, 4), false), "which a shallow look does not see");
    assertFalse(Listpack.isValid(with(packed, 6, 0xF0), true), "a length of four bytes that would lead far away");
    assertFalse(Listpack.isValid(with(packed, 6, 0xF5), true), "no encoding");
    assertFalse(Listpack.isValid(with(packed, 6, 0xFF), true), "an early end");
    assertFalse(Listpack.isValid(with(packed, 8, 3), true), "length for walking backwards");
  }

  private static byte[] with(byte[] packed, int offset, int value) {
    byte[] changed = packed.clone();
    changed[offset] = (byte) value;
    return changed;
  }

  private static Listpack of(String... elements) {
    Listpack listpack = new Listpack();
    for (String element : elements) listpack.append(Bytes.of(element));
    return listpack;
  }

  private static List<String> forwards(Listpack listpack) {
    List<String> elements = new ArrayList<>();
    for (int at = listpack.first(); at != Listpack.NONE; at = listpack.next(at)) elements.add(text(listpack, at));
    return elements;
  }

  private static List<String> backwards(Listpack listpack) {
    List<String> elements = new ArrayList<>();
    for (int at = listpack.last(); at != Listpack.NONE; at = listpack.previous(at)) elements.add(text(listpack, at));
    return elements;
  }

  private static String text(Listpack listpack, int at) {
    return Bytes.string(listpack.element(at));
  }
}
