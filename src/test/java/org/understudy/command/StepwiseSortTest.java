package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepwiseSortTest {
  private final Random random = new Random(7);

  @Test
  void anyNumberOfItemsComesInOrder() {
    for (int size = 0; size < 300; size++) assertSorts(size);
    assertSorts(1 << 14);
    assertSorts((1 << 14) + 1);
  }

  private void assertSorts(int size) {
    Integer[] items = random.ints(size, 0, Math.max(1, size)).boxed().toArray(Integer[]::new);
    Integer[] expected = items.clone();
    Arrays.sort(expected);
    StepwiseSort<Integer> sort = new StepwiseSort<>(items, Comparator.<Integer>naturalOrder());
    while (sort.step()) { }
    assertArrayEquals(expected, sort.sorted());
    assertFalse(sort.step());
  }

  @Test
  void equalItemsKeepTheirOrder() {
    String[] items = random.ints(5000, 0, 50).mapToObj(i -> i + ":" + random.nextInt()).toArray(String[]::new);
    Comparator<String> byNumber = Comparator.comparing(item -> Integer.parseInt(item.substring(0, item.indexOf(':'))));
    String[] expected = items.clone();
    Arrays.sort(expected, byNumber);
    StepwiseSort<String> sort = new StepwiseSort<>(items, byNumber);
    while (sort.step()) { }
    assertArrayEquals(expected, sort.sorted());
  }

  @Test
  void aStepComparesAFewItemsOnly() {
    int[] comparisons = {0};
    Integer[] items = random.ints(100_000).boxed().toArray(Integer[]::new);
    StepwiseSort<Integer> sort = new StepwiseSort<>(items, (a, b) -> {
      comparisons[0]++;
      return a.compareTo(b);
    });
    while (true) {
      comparisons[0] = 0;
      if (!sort.step()) break;
      assertTrue(comparisons[0] <= 1000);
    }
  }
}
