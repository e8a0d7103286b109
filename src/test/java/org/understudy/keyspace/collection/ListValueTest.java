package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.packed.Listpack;

class ListValueTest {
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static ListValue of(ListForm form, List<String> elements) {
    ListValue list = new ListValue(form);
    for (String element : elements) list.push(false, Bytes.of(element));
    return list;
  }

  private static List<String> contents(ListValue list) {
    List<String> elements = new ArrayList<>();
    for (ListCursor at = list.cursor(0); at.isValid(); at.move(false)) elements.add(Bytes.string(at.element()));
    return elements;
  }

  private static List<String> backwards(ListValue list) {
    List<String> elements = new ArrayList<>();
    for (ListCursor at = list.cursor(-1); at.isValid(); at.move(true)) elements.add(Bytes.string(at.element()));
    return elements;
  }

  private String element() {
    return switch (random.nextInt(6)) {
      case 0 -> "" + (random.nextLong() >> random.nextInt(64));
      case 1 -> "v".repeat(random.nextInt(random.nextInt(30) == 0 ? 12_000 : 200));
      default -> "e" + random.nextInt(4);
    };
  }

  // ---- against a model ----------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"-2, 0", "-1, 1", "1, 0", "0, 3", "4, 0", "4, 2", "-5, 1"})
  void randomChangesDoWhatTheyDoToAList(int size, int depth) {
    ListForm form = new ListForm(size, depth, random.nextBoolean() ? ListForm.PLAIN_FROM_BYTES : 50);
    ListValue list = new ListValue(form);
    List<String> model = new ArrayList<>();
    ListValue copy = (ListValue) list.copy();
    List<String> copied = List.of();
    for (int i = 0; i < 3000; i++) {
      String when = "seed " + seed + " change " + i;
      change(list, model);
      assertEquals(model.size(), list.size(), when);
      if (i % 20 == 0) {
        assertEquals(model, contents(list), when);
        Collections.reverse(model);
        assertEquals(model, backwards(list), when);
        Collections.reverse(model);
        assertEquals(copied, contents(copy), when + ": a copy made before");
        assertHonest(list, when);
      }
      if (i % 100 == 0) { // from now on the list and its copy change independently
        ListValue kept = (ListValue) list.copy();
        if (random.nextBoolean()) {
          copy = kept;
        } else {
          copy = list;
          list = kept;
        }
        copied = List.copyOf(model);
      }
    }
  }

  private void change(ListValue list, List<String> model) {
    byte[] bytes = Bytes.of(element());
    String element = Bytes.string(bytes);
    int size = model.size();
    int index = size == 0 ? 0 : random.nextInt(size);
    boolean front = random.nextBoolean();
    switch (random.nextInt(size > 300 ? 12 : 9)) {
      case 0, 1, 2, 3 -> {
        list.push(front, bytes);
        model.add(front ? 0 : size, element);
      }
      case 4 -> {
        if (size > 0) assertEquals(model.remove(front ? 0 : size - 1), Bytes.string(list.pop(front)));
      }
      case 5 -> {
        assertEquals(size > 0, list.set(index, bytes));
        if (size > 0) model.set(index, element);
      }
      case 6, 7 -> {
        String pivot = element();
        int place = model.indexOf(pivot);
        assertEquals(place >= 0, list.insert(Bytes.of(pivot), front, bytes));
        if (place >= 0) model.add(front ? place : place + 1, element);
      }
      case 8 -> {
        List<String> sought = new ArrayList<>();
        list.search(bytes, front, Long.MAX_VALUE, found -> sought.add(model.get((int) found)));
        assertEquals(Collections.nCopies(Collections.frequency(model, element), element), sought);
      }
      case 9 -> {
        int removed = 0;
        for (int i = front ? size - 1 : 0; i >= 0 && i < model.size() && removed < 5; ) {
          if (model.get(i).equals(element)) {
            model.remove(i);
            removed++;
            if (front) i--;
          } else {
            i += front ? -1 : 1;
          }
        }
        assertEquals(removed, list.remove(bytes, 5, front));
      }
      default -> {
        int number = Math.min(random.nextInt(60), size - index);
        list.removeRange(index, number);
        model.subList(index, index + number).clear();
      }
    }
  }

  /** The figure kept is that of the arrays which are there, and chunks hold to their limits. */
  private static void assertHonest(ListValue list, String when) {
    long arrays = 0;
    long elements = 0;
    for (int i = 0; i < list.chunks(); i++) elements += list.count(i);
    assertEquals(list.size(), elements, when);
    for (byte[] array : list.arrays()) arrays += HeapLayout.COMMON.byteArray(array.length);
    long figure = list.memoryBytes(HeapLayout.COMMON);
    assertTrue(figure > arrays && figure < arrays + 400 + list.chunks() * 120L, when + ": " + figure + ", " + arrays);
  }

  // ---- one promise each ---------------------------------------------------------------------------------------------

  @Test
  void aCopyOfALargeListSharesItsChunksUntilTheyChange() {
    ListValue list = of(ListForm.DEFAULT, Collections.nCopies(10_000, "some element"));
    ListValue copy = (ListValue) list.copy();
    int middle = list.chunks() / 2;
    assertSame(list.pack(middle), copy.pack(middle));
    copy.set(5_000, Bytes.of("other"));
    list.push(true, Bytes.of("first"));
    assertEquals(Collections.nCopies(10_000, "some element"), contents(list).subList(1, 10_001));
    assertEquals("other", Bytes.string(copy.cursor(5_000).element()));
    assertEquals("some element", Bytes.string(copy.cursor(0).element()));
  }

  @Test
  void innerChunksAreCompressedAndReadAsTheyWere() {
    List<String> elements = Collections.nCopies(5_000, "the same again and again");
    ListValue plain = of(new ListForm(-1, 0, ListForm.PLAIN_FROM_BYTES), elements);
    ListValue compressed = of(new ListForm(-1, 1, ListForm.PLAIN_FROM_BYTES), elements);
    assertEquals(plain.chunks(), compressed.chunks());
    assertTrue(compressed.memoryBytes(HeapLayout.COMMON) < plain.memoryBytes(HeapLayout.COMMON) / 5);
    assertEquals(elements, contents(compressed));
    compressed.set(2_500, Bytes.of("other"));
    assertEquals(1, Collections.frequency(contents(compressed), "other"));
    assertTrue(compressed.memoryBytes(HeapLayout.COMMON) < plain.memoryBytes(HeapLayout.COMMON) / 5);
  }

  @Test
  void aLargeElementIsKeptAsItIsInAChunkOfItsOwn() {
    byte[] large = new byte[100_000];
    ListValue list = new ListValue(ListForm.DEFAULT);
    list.push(false, large);
    list.push(false, Bytes.of("small"));
    assertEquals(2, list.chunks());
    assertSame(large, list.element(0));
    assertFalse(list.isPlain(0));
    assertNotNull(list.pack(1));
    assertSame(large, list.pop(true));
    assertEquals(1, list.chunks());
  }

  @Test
  void elementsFromTheThresholdOnArePlain() {
    ListValue list = new ListValue(new ListForm(-2, 0, 5));
    for (String element : List.of("abcd", "abcde", "a")) list.push(false, Bytes.of(element));
    assertEquals(3, list.chunks());
    assertTrue(list.isPlain(1));
    assertFalse(list.isPlain(0));
  }

  @Test
  void aListpackTooLargeForAChunkIsSplit() {
    Listpack pack = new Listpack();
    for (int i = 0; i < 70_000; i++) pack.append(i % 100);
    ListValue list = new ListValue(ListForm.DEFAULT);
    list.append(pack);
    assertEquals(70_000, list.size());
    assertTrue(list.chunks() > 10);
    assertEquals("99", Bytes.string(list.cursor(-1).element()));
  }

  @Test
  void aChunkWithOneElementStaysAChunk() {
    ListValue list = of(ListForm.DEFAULT, List.of("a", "b"));
    Listpack pack = new Listpack();
    pack.append(Bytes.of("c"));
    list.append(pack);
    assertEquals(2, list.chunks());
    assertEquals(List.of("a", "b", "c"), contents(list));
    list.push(false, Bytes.of("d"));
    assertEquals(2, list.chunks());
  }

  @Test
  void aListOfTenSmallElementsTakesNoMoreThanRedisAccounts() {
    ListValue list = new ListValue(ListForm.DEFAULT);
    for (int i = 0; i < 10; i++) list.push(false, Bytes.of("elem" + i));
    // 16 for the object, 48 for the quicklist, 32 for the node and 80 for the listpack of 77 bytes
    assertTrue(list.memoryBytes(HeapLayout.COMMON) <= 176, "" + list.memoryBytes(HeapLayout.COMMON));
  }
}
