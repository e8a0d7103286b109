package org.understudy.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.packed.Listpack;

/** The packed formats that only old files have: {@link OldPackedFormats} makes them. */
class OldPackedFormatsTest {
  private static final String LONG = "long ".repeat(60);
  private static final String VERY_LONG = "very long ".repeat(2000);

  private static List<String> elements(Listpack listpack) {
    List<String> elements = new ArrayList<>();
    for (int at = listpack.first(); at != Listpack.NONE; at = listpack.next(at)) {
      elements.add(Bytes.string(listpack.element(at)));
    }
    return elements;
  }

  @Test
  void aZiplistsEntriesOfEveryEncodingBecomeTheSameListpack() {
    List<Object> entries = List.of("", "text", LONG, VERY_LONG, "behind a long one", 0L, 12L, 13L, -1L, 127L, -128L,
        128L, 32_767L, -32_768L, 32_768L, 8_388_607L, -8_388_608L, 8_388_608L, (1L << 31) - 1, -1L << 31, 1L << 31,
        Long.MAX_VALUE, Long.MIN_VALUE, "end");
    Listpack listpack = Ziplist.toListpack(OldPackedFormats.ziplist(entries));
    assertEquals(entries.stream().map(Object::toString).toList(), elements(listpack));
    assertTrue(Listpack.isValid(listpack.toBytes(), true));
    assertEquals(List.of(), elements(Ziplist.toListpack(OldPackedFormats.ziplist(List.of()))));
  }

  @Test
  void aZipmapsFieldsBecomeTheSamePairs() {
    List<String> pairs = List.of("field", "value", "", "", LONG, VERY_LONG, "number", "17");
    for (int unused = 0; unused < 5; unused++) {
      assertEquals(pairs, elements(Zipmap.toListpack(OldPackedFormats.zipmap(pairs, unused))));
    }
    assertNull(Zipmap.toListpack(OldPackedFormats.zipmap(List.of(), 0)));
  }

  @Test
  void manyEntriesAreCounted() {
    List<Object> entries = new ArrayList<>();
    for (long i = 0; i < 70_000; i++) entries.add(i);
    assertEquals(70_000, Ziplist.toListpack(OldPackedFormats.ziplist(entries)).count());
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < 600; i++) pairs.add("x" + i);
    assertEquals(600, Zipmap.toListpack(OldPackedFormats.zipmap(pairs, 1)).count());
  }

  @Test
  void whateverByteIsOtherwiseOrMissingTheResultIsSoundOrNone() {
    byte[] ziplist = OldPackedFormats.ziplist(List.of("text", 5L, LONG, 300L, "behind", 70_000L, -1L << 40));
    mutate(ziplist, Ziplist::toListpack);
    mutate(OldPackedFormats.zipmap(List.of("field", "value", LONG, "x", "y", LONG), 2), Zipmap::toListpack);
  }

  private static void mutate(byte[] sound, Function<byte[], Listpack> convert) {
    for (int length = 0; length < sound.length; length++) assertNull(convert.apply(Arrays.copyOf(sound, length)));
    for (int i = 0; i < sound.length; i++) {
      for (int value = 0; value < 256; value++) {
        byte[] damaged = sound.clone();
        damaged[i] = (byte) value;
        Listpack listpack = convert.apply(damaged);
        if (listpack != null) assertTrue(Listpack.isValid(listpack.toBytes(), true));
      }
    }
  }

  @Test
  void pairsAreDistinctIfNoTwoBeginAlike() {
    PackedPairs pairs = new PackedPairs(7);
    Listpack pack = new Listpack();
    assertTrue(pairs.areDistinct(pack));
    for (int i = 0; i < 1000; i++) {
      pack.append(Bytes.of(i % 2 == 0 ? Integer.toString(i) : "field " + i));
      assertFalse(pairs.areDistinct(pack));
      pack.append(Bytes.of("value"));
      assertTrue(pairs.areDistinct(pack));
    }
    for (String twice : new String[] {"0", "998", "field 1", "field 999"}) {
      Listpack more = pack.copy();
      more.append(Bytes.of(twice));
      more.append(Bytes.of("value"));
      assertFalse(pairs.areDistinct(more));
    }
    // a number that was not packed as one is the same field all the same
    byte[] forged = {15, 0, 0, 0, 4, 0, 5, 1, 1, 1, (byte) 0x81, '5', 2, 1, 1, (byte) 0xFF};
    forged[0] = (byte) forged.length;
    assertTrue(Listpack.isValid(forged, true));
    assertFalse(pairs.areDistinct(Listpack.over(forged)));
  }
}
