package org.understudy.keyspace.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.keyspace.HeapLayout;

class IdTableTest {
  private final Holdings holdings = new Holdings();
  private final long nothing = holdings.bytes(HeapLayout.COMMON);
  private final IdTable table = new IdTable(1, holdings);

  private record Copy(IdTable table, Holdings holdings, TreeMap<StreamId, Long> model) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void behavesLikeASortedMapAndSoDoItsCopies(long seed) {
    Random random = new Random(seed);
    Copy original = new Copy(table, holdings, new TreeMap<>());
    List<Copy> all = new ArrayList<>(List.of(original));
    for (int phase = 0; phase < 8; phase++) {
      double removing = phase % 2 == 0 ? 0.2 : 0.8;
      for (int i = 0; i < 4000; i++) change(all.get(random.nextInt(all.size())), random, removing);
      for (Copy copy : all) compare(copy);
      Copy source = all.get(random.nextInt(all.size()));
      Holdings copied = source.holdings.copy();
      all.add(new Copy(source.table.copy(copied), copied, new TreeMap<>(source.model)));
      if (all.size() > 3) all.remove(random.nextInt(3));
    }
    for (Copy copy : all) {
      copy.table.release();
      assertEquals(nothing, copy.holdings.bytes(HeapLayout.COMMON), "what is released is not held");
    }
  }

  private static void change(Copy copy, Random random, double removing) {
    IdTable.Cursor cursor = copy.table.cursor();
    if (random.nextDouble() < removing && !copy.model.isEmpty()) {
      StreamId from = new StreamId(random.nextInt(3000), 0);
      StreamId there = copy.model.ceilingKey(from);
      assertEquals(from.equals(there), cursor.seek(from));
      assertEquals(there != null, cursor.atRow());
      if (there == null) return;
      assertEquals(there, cursor.id());
      StreamId after = copy.model.higherKey(there);
      copy.model.remove(there);
      cursor.remove();
      assertEquals(after, cursor.atRow() ? cursor.id() : null, "the cursor is at the next row");
      return;
    }
    boolean append = random.nextInt(3) == 0 && !copy.model.isEmpty();
    StreamId id = append ? copy.model.lastKey().next() : new StreamId(random.nextInt(3000), random.nextInt(3));
    long value = random.nextLong();
    assertEquals(!copy.model.containsKey(id), cursor.insert(id));
    cursor.set(0, value);
    copy.model.put(id, value);
  }

  private static void compare(Copy copy) {
    TreeMap<StreamId, Long> found = new TreeMap<>();
    IdTable.Cursor cursor = copy.table.cursor();
    StreamId last = null;
    for (cursor.seek(StreamId.MIN); cursor.atRow(); cursor.next()) {
      assertTrue(last == null || cursor.id().isAfter(last));
      last = cursor.id();
      found.put(last, cursor.get(0));
    }
    assertEquals(copy.model, found);
    assertEquals(copy.model.size(), copy.table.size());
    assertEquals(copy.model.isEmpty() ? null : copy.model.firstKey(), copy.table.first());
    assertEquals(copy.model.isEmpty() ? null : copy.model.lastKey(), copy.table.last());
  }

  @Test
  void newRowsHaveColumnsOfZero() {
    IdTable.Cursor cursor = table.cursor();
    for (int i = 0; i < 3; i++) {
      cursor.insert(new StreamId(i, 0));
      cursor.set(0, 7);
    }
    cursor.seek(new StreamId(1, 0));
    cursor.remove();
    assertTrue(cursor.insert(new StreamId(1, 5)));
    assertEquals(0, cursor.get(0));
  }

  @Test
  void anEmptyTableHasNoRows() {
    assertNull(table.first());
    assertNull(table.last());
    IdTable.Cursor cursor = table.cursor();
    assertFalse(cursor.seek(StreamId.MIN));
    assertFalse(cursor.atRow());
  }

  @Test
  void rowsThatComeInOrderTakeLittleMoreThanTheirNumbers() {
    IdTable.Cursor cursor = table.cursor();
    int rows = 100_000;
    for (int i = 0; i < rows; i++) cursor.insert(new StreamId(i, 0));
    long held = holdings.bytes(HeapLayout.COMMON) - nothing;
    assertTrue(held < rows * 24 * 1.05, held + " bytes");
  }

  @Test
  void memoryIsGivenBackWhenMostRowsGo() {
    IdTable.Cursor cursor = table.cursor();
    int rows = 100_000;
    for (int i = 0; i < rows; i++) cursor.insert(new StreamId(i, 0));
    for (int i = 0; i < rows; i++) {
      if (i % 20 == 0) continue;
      cursor.seek(new StreamId(i, 0));
      cursor.remove();
    }
    long held = holdings.bytes(HeapLayout.COMMON) - nothing;
    assertTrue(held < rows / 20 * 24 * 4.5, held + " bytes for " + table.size() + " rows");
  }
}
