package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.resp.ReplyBuffer;

class HashValueTest {
  private static final Packing TEN_FIELDS = new Packing(10, 20, 42);

  private final HashValue hash = new HashValue();

  @Test
  void aHashStaysPackedUpToTheLimits() {
    for (int i = 0; i < 10; i++) set("f" + i, "v".repeat(20));
    assertEquals("listpack", hash.encodingName());
    set("f10", "v");
    assertEquals("hashtable", hash.encodingName());
    assertEquals(11, hash.size());
    for (int i = 0; i < 10; i++) assertEquals("v".repeat(20), get("f" + i));
  }

  @Test
  void aLongFieldOrValueUnpacksAHashForGood() {
    set("f", "v".repeat(21));
    assertEquals("hashtable", hash.encodingName());
    assertTrue(hash.remove(Bytes.of("f")));
    set("f", "v");
    assertEquals("hashtable", hash.encodingName());
    HashValue other = new HashValue();
    other.set(Bytes.of("f".repeat(21)), Bytes.of("v"), TEN_FIELDS);
    assertEquals("hashtable", other.encodingName());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 1000})
  void randomChangesDoWhatTheyDoToAMap(int packedFields) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Packing packing = new Packing(packedFields, 64, seed);
    Map<String, String> model = new HashMap<>();
    for (int i = 0; i < 5000; i++) {
      String field = Integer.toString(random.nextInt(300));
      String value = "v".repeat(random.nextInt(40)) + random.nextInt(10);
      String when = "seed " + seed + " change " + i;
      if (random.nextInt(3) > 0) {
        boolean added = hash.set(Bytes.of(field), Bytes.of(value), packing);
        assertEquals(model.put(field, value) == null, added, when);
      } else {
        assertEquals(model.remove(field) != null, hash.remove(Bytes.of(field)), when);
      }
      assertEquals(model.get(field), get(field), when);
      assertEquals(model.getOrDefault(field, "").length(), hash.valueLength(Bytes.of(field)), when);
      assertEquals(model.containsKey(field), hash.contains(Bytes.of(field)), when);
      assertEquals(model.size(), hash.size(), when);
    }
    assertEquals(model, contents(hash));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 1000})
  void aCopyAndItsOriginalAreIndependent(int fields) {
    for (int i = 0; i < fields; i++) set("f" + i, "v" + i);
    Map<String, String> before = contents(hash);
    HashValue copy = (HashValue) hash.copy();
    set("f1", "changed");
    hash.remove(Bytes.of("f2"));
    assertEquals(before, contents(copy));
    copy.set(Bytes.of("f3"), Bytes.of("changed"), TEN_FIELDS);
    assertEquals("v3", get("f3"));
    assertEquals(copy.encodingName(), hash.encodingName());
  }

  /** Values as long as those before are written in place, but never into what somebody else has. */
  @Test
  void whatIsOverwrittenInPlaceIsNobodyElses() {
    byte[] large = new byte[50_000];
    hash.set(Bytes.of("large"), large, TEN_FIELDS);
    hash.set(Bytes.of("small"), Bytes.of("a"), TEN_FIELDS);
    hash.set(Bytes.of("small"), Bytes.of("b"), TEN_FIELDS);
    ReplyBuffer reply = new ReplyBuffer();
    hash.replyValue(Bytes.of("large"), reply);
    byte[] other = large.clone();
    other[0] = 1;
    hash.set(Bytes.of("large"), other, TEN_FIELDS);
    assertEquals(0, reply.take().apply(8), "the reply still has the old value");
    HashValue copy = (HashValue) hash.copy();
    hash.set(Bytes.of("small"), Bytes.of("c"), TEN_FIELDS);
    copy.set(Bytes.of("large"), large, TEN_FIELDS);
    assertEquals("b", Bytes.string(copy.get(Bytes.of("small"))));
    assertEquals("c", get("small"));
    assertArrayEquals(other, hash.get(Bytes.of("large")));
    assertArrayEquals(large, copy.get(Bytes.of("large")));
  }

  @Test
  void theDigestDoesNotDependOnOrderOrEncoding() {
    HashValue other = new HashValue();
    for (int i = 0; i < 20; i++) {
      set("f" + i, "v" + i);
      other.set(Bytes.of("f" + (19 - i)), Bytes.of("v" + (19 - i)), new Packing(100, 100, 1));
    }
    Digest a = new Digest();
    Digest b = new Digest();
    hash.digest(a);
    other.digest(b);
    assertEquals(a.hex(), b.hex());
  }

  @Test
  void largeValuesOfALargeHashAreRepliedWithoutACopy() {
    byte[] value = new byte[100_000];
    hash.set(Bytes.of("f"), value, TEN_FIELDS);
    ReplyBuffer reply = new ReplyBuffer();
    hash.replyValue(Bytes.of("f"), reply);
    assertTrue(reply.capacityBytes() < value.length);
    assertEquals(100_000 + 11, reply.take().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 10, 40, 1200})
  void randomFieldsAreFair(int fields) {
    for (int i = 0; i < fields; i++) set("f" + i, "v" + i);
    SplittableRandom random = new SplittableRandom(fields);
    Map<String, Integer> picked = new HashMap<>();
    for (int i = 0; i < fields * 200; i++) {
      hash.random(random, (field, value) -> {
        assertEquals(Bytes.string(field).substring(1), Bytes.string(value).substring(1));
        picked.merge(Bytes.string(field), 1, Integer::sum);
      });
    }
    Fairness.assertFair(picked, fields, 200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 9})
  void selectionsOfDifferentFieldsAreFair(int count) {
    for (int size : new int[] {10, 40}) {
      while (hash.size() < size) set("f" + hash.size(), "v");
      SplittableRandom random = new SplittableRandom(count);
      Map<String, Integer> picked = new HashMap<>();
      int rounds = 200 * size;
      for (int i = 0; i < rounds; i++) {
        Set<String> selection = new HashSet<>();
        hash.randomDistinct(count, random, (field, value) -> selection.add(Bytes.string(field)));
        assertEquals(count, selection.size());
        for (String field : selection) picked.merge(field, 1, Integer::sum);
      }
      Fairness.assertFair(picked, size, (double) rounds * count / size);
    }
  }

  @Test
  void memoryIsThatOfWhatItHolds() {
    long empty = hash.memoryBytes(HeapLayout.COMMON);
    assertTrue(empty < 80, "bytes of an empty hash: " + empty);
    for (int i = 0; i < 10; i++) set("field:" + i, "value:" + i);
    long packed = hash.memoryBytes(HeapLayout.COMMON);
    assertTrue(packed < empty + 220, "bytes of ten fields: " + packed);
    for (int i = 10; i < 1000; i++) set("field:" + i, "value:" + i);
    long perField = hash.memoryBytes(HeapLayout.COMMON) / 1000;
    assertTrue(perField > 32 && perField < 52, "bytes a field of a large hash: " + perField);
  }

  @Test
  void aPackedHashKeepsTheOrderInWhichFieldsCame() {
    for (String field : List.of("c", "a", "b")) set(field, "1");
    set("c", "2");
    List<String> order = new ArrayList<>();
    assertEquals(0, hash.scan(12345, 1, (field, value) -> order.add(Bytes.string(field) + Bytes.string(value))));
    assertEquals(List.of("c2", "a1", "b1"), order);
    assertArrayEquals(Bytes.of("c"), hash.packed().element(hash.packed().first()));
    set("long", "v".repeat(21));
    assertNull(hash.packed());
  }

  private void set(String field, String value) {
    hash.set(Bytes.of(field), Bytes.of(value), TEN_FIELDS);
  }

  private String get(String field) {
    byte[] value = hash.get(Bytes.of(field));
    return value == null ? null : Bytes.string(value);
  }

  private static Map<String, String> contents(HashValue hash) {
    Map<String, String> contents = new HashMap<>();
    hash.forEach((field, value) -> assertNull(contents.put(Bytes.string(field), Bytes.string(value))));
    return contents;
  }
}
