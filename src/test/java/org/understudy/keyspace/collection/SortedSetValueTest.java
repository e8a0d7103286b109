package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.packed.Listpack;

/** Sorted sets of both forms against a plain map. */
class SortedSetValueTest {
  private static final double[] SCORES = {0, 1, -1, 1.5, -2.25, 1e300, 0.1, Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY, 127, 4095, 1L << 40, 1L << 61, 1e19, Double.MIN_VALUE};

  /** Member (Latin-1) and score. */
  private final Map<String, Double> model = new HashMap<>();
  private Random random;
  private SortedSetValue set;
  private Packing packing;

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 8", "3, 128", "4, 128", "5, 1000", "6, 64"})
  void randomChangesLeaveWhatAMapWouldHold(long seed, int maxEntries) {
    random = new Random(seed);
    packing = new Packing(maxEntries, 20, seed);
    set = new SortedSetValue();
    SortedSetValue copy = set.copy();
    List<Map.Entry<String, Double>> copied = sorted();
    for (int i = 0; i < 6000; i++) {
      change(i < 3000 ? 70 : 35);
      if (i % 500 == 0) {
        assertHolds(sorted(), set);
        assertHolds(copied, copy);
        copy = set.copy();
        copied = sorted();
      }
    }
    assertHolds(copied, copy);
  }

  private void change(int adds) {
    byte[] member = member();
    String name = Bytes.string(member);
    switch (random.nextInt(100) < adds ? 0 : random.nextInt(4)) {
      case 0 -> {
        double score = SCORES[random.nextInt(SCORES.length)];
        SortedSetValue.Put expected = !model.containsKey(name) ? SortedSetValue.Put.ADDED
            : model.get(name) == score ? SortedSetValue.Put.UNCHANGED : SortedSetValue.Put.UPDATED;
        model.put(name, score);
        assertEquals(expected, set.put(score, member, packing));
      }
      case 1, 2 -> assertEquals(model.remove(name) != null, set.remove(member));
      default -> {
        if (model.isEmpty()) return;
        int from = random.nextInt(model.size());
        int to = Math.min(model.size(), from + random.nextInt(3));
        for (Map.Entry<String, Double> each : sorted().subList(from, to)) model.remove(each.getKey());
        set.removeRange(from, to);
      }
    }
  }

  private byte[] member() {
    int i = random.nextInt(400);
    return switch (i % 4) {
      case 0 -> Bytes.of(i); // an integer entry in a listpack
      case 1 -> new byte[] {(byte) i, (byte) 0xFF};
      case 2 -> i == 2 ? Bytes.EMPTY : Bytes.of("-" + i);
      default -> Bytes.of("m" + i);
    };
  }

  private List<Map.Entry<String, Double>> sorted() {
    List<Map.Entry<String, Double>> all = new ArrayList<>();
    model.forEach((name, score) -> all.add(Map.entry(name, score)));
    all.sort(Comparator.comparingDouble((Map.Entry<String, Double> e) -> e.getValue())
        .thenComparing(e -> Bytes.of(e.getKey()), Arrays::compareUnsigned));
    return all;
  }

  private void assertHolds(List<Map.Entry<String, Double>> expected, SortedSetValue actual) {
    assertEquals(expected.size(), actual.size());
    ScoredCursor forward = actual.cursor(0, false);
    ScoredCursor backward = actual.cursor(expected.size() - 1, true);
    for (int rank = 0; rank < expected.size(); rank++) {
      Map.Entry<String, Double> each = expected.get(rank);
      byte[] member = Bytes.of(each.getKey());
      assertEquals(rank, actual.rank(member));
      assertEquals(each.getValue(), actual.score(member));
      assertShows(each, forward);
      assertShows(expected.get(expected.size() - 1 - rank), backward);
    }
    assertFalse(forward.next());
    assertFalse(backward.next());
    assertFalse(actual.cursor(expected.size(), false).next(), "beyond the end");
    assertFalse(actual.cursor(-1, true).next(), "before the start");
    for (double score : SCORES) {
      assertEquals(expected.stream().filter(e -> e.getValue() < score).count(), actual.rankOf(score));
      assertEquals(expected.stream().filter(e -> e.getValue() <= score).count(), actual.rankAfter(score));
    }
    assertTrue(Double.isNaN(actual.score(Bytes.of("absent"))));
    assertEquals(-1, actual.rank(Bytes.of("absent")));
    assertScans(expected, actual);
  }

  private static void assertShows(Map.Entry<String, Double> expected, ScoredCursor cursor) {
    assertTrue(cursor.next());
    assertEquals(expected.getKey(), Bytes.string(cursor.member()));
    assertEquals(expected.getValue(), cursor.score);
  }

  private static void assertScans(List<Map.Entry<String, Double>> expected, SortedSetValue actual) {
    Set<Map.Entry<String, Double>> scanned = new HashSet<>();
    long cursor = 0;
    do {
      cursor = actual.scan(cursor, 10, (array, offset, length, score) ->
          assertTrue(scanned.add(Map.entry(Bytes.string(array, offset, length), score)), "once each"));
    } while (cursor != 0);
    assertEquals(new HashSet<>(expected), scanned);
  }

  @Test
  void membersOfEqualScoresAreCountedByTheirBytes() {
    for (int maxEntries : new int[] {0, 128}) {
      packing = new Packing(maxEntries, 64, 1);
      set = new SortedSetValue();
      for (String member : List.of("", "a", "a\0", "aa", "b", "12", "\u00ff")) set.put(3, Bytes.of(member), packing);
      // the order is "", "12", "a", "a\0", "aa", "b", "\u00ff"
      assertEquals(2, set.rankOf(Bytes.of("[a"), 1, false));
      assertEquals(3, set.rankOf(Bytes.of("[a"), 1, true));
      assertEquals(4, set.rankOf(Bytes.of("(a\0"), 1, true));
      assertEquals(1, set.rankOf(Bytes.of("["), 1, true));
      assertEquals(1, set.rankOf(Bytes.of("[11"), 1, true));
      assertEquals(7, set.rankOf(Bytes.of("[\u00ff"), 1, true));
    }
  }

  @Test
  void packedBytesAreThoseOfRedis() {
    packing = new Packing(128, 64, 1);
    set = new SortedSetValue();
    set.put(-0.0, Bytes.of("zero"), packing);
    set.put(1.5, Bytes.of("12"), packing);
    set.put(1e20, Bytes.of("big"), packing);
    // DUMP of the same in 7.0.15: entries 0, text "1.5" behind the integer 12, text "1e+20"
    assertEquals("22000000" + "0600" + "847a65726f" + "05" + "0001" + "0c01" + "83312e35" + "04" + "83626967" + "04"
        + "8531652b3230" + "06" + "ff", HexFormat.of().formatHex(set.packed().toBytes()));
    assertTrue(Listpack.isValid(set.packed().toBytes(), true));
    assertEquals("listpack", set.encodingName());
    assertEquals(0, Double.compare(0.0, set.score(Bytes.of("zero"))), "no sign of zero");
  }

  @Test
  void limitsOfPackedSetsDecideTheForm() {
    packing = new Packing(2, 3, 1);
    set = new SortedSetValue();
    set.put(1, Bytes.of("abc"), packing);
    set.put(1, Bytes.of("b"), packing);
    set.put(2, Bytes.of("b"), packing);
    assertEquals("listpack", set.encodingName());
    SortedSetValue longer = set.copy();
    longer.put(1, Bytes.of("abcd"), new Packing(10, 3, 1));
    assertEquals("skiplist", longer.encodingName());
    set.put(1, Bytes.of("c"), packing);
    assertEquals("skiplist", set.encodingName());
    assertEquals(3, set.size());
    set.removeRange(0, 2);
    assertEquals("skiplist", set.encodingName(), "no way back");
  }

  @Test
  void aSetIsPackedOrUnpackedOnDemand() {
    packing = new Packing(3, 4, 1);
    SortedSetValue large = SortedSetValue.large(1);
    for (String member : List.of("b", "a", "17")) large.put(member.length(), Bytes.of(member), packing);
    SortedSetValue packed = large.compact(packing);
    assertEquals("listpack", packed.encodingName());
    model.putAll(Map.of("a", 1.0, "b", 1.0, "17", 2.0));
    assertHolds(sorted(), packed);
    assertHolds(sorted(), packed.unpacked(1));
    assertEquals("skiplist", packed.unpacked(1).encodingName());
    assertEquals("skiplist", large.compact(new Packing(2, 4, 1)).encodingName(), "too many");
    assertEquals("skiplist", large.compact(new Packing(3, 1, 1)).encodingName(), "too long");
  }

  @Test
  void bothFormsHaveTheSameDigest() {
    SortedSetValue packed = new SortedSetValue();
    SortedSetValue large = SortedSetValue.large(7);
    for (int i = 0; i < SCORES.length; i++) {
      packed.put(SCORES[i], Bytes.of("member" + i), new Packing(128, 64, 1));
      large.put(SCORES[i], Bytes.of("member" + i), new Packing(128, 64, 1));
    }
    Digest ofPacked = new Digest();
    Digest ofLarge = new Digest();
    packed.digest(ofPacked);
    large.digest(ofLarge);
    assertEquals(ofPacked.hex(), ofLarge.hex());
  }

  @Test
  void memoryIsWhatThePiecesTake() {
    packing = new Packing(1, 64, 1);
    set = new SortedSetValue();
    HeapLayout layout = HeapLayout.COMMON;
    assertEquals(layout.object(1, 0) + new Listpack().heapBytes(layout), set.memoryBytes(layout));
    for (int i = 0; i < 10_000; i++) set.put(i, Bytes.of(1_000_000 + i), packing);
    long perMember = set.memoryBytes(layout) / 10_000;
    // the element of 8 + 7 bytes, a reference to it in the table and in the tree, and its score in the tree
    assertTrue(perMember >= 32 + 4 + 4 + 8 && perMember <= 32 + 30, perMember + " bytes a member");
    long before = set.memoryBytes(layout);
    SortedSetValue copy = set.copy();
    assertEquals(before, copy.memoryBytes(layout));
    copy.removeRange(0, 9_999);
    assertTrue(copy.memoryBytes(layout) < before / 3);
    assertEquals(before, set.memoryBytes(layout));
    assertArrayEquals(Bytes.of(1_000_000), first(set));
  }

  private static byte[] first(SortedSetValue set) {
    ScoredCursor cursor = set.cursor(0, false);
    cursor.next();
    return cursor.member();
  }
}
