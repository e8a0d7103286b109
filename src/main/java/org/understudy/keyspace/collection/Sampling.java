package org.understudy.keyspace.collection;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Random choices without repetition: every selection of that many is as likely as another. */
final class Sampling {
  /** A table with fewer elements than this many times those wanted is gone through; else picks are repeated. */
  private static final int ALL_BELOW = 3;

  private Sampling() {}

  /** Which of so many consecutive elements are chosen: to be asked once for each, in order. */
  static IntPredicate chosen(int elements, int count, SplittableRandom random) {
    int[] wanted = {count};
    return index -> {
      boolean chosen = random.nextInt(elements - index) < wanted[0];
      if (chosen) wanted[0]--;
      return chosen;
    };
  }

  /** @param count at most the table's size */
  static void distinct(ElementTable table, int count, SplittableRandom random, Consumer<byte[]> visitor) {
    if ((long) count * ALL_BELOW > table.size()) {
      int[] index = new int[1];
      IntPredicate chosen = chosen((int) table.size(), count, random);
      table.forEach(element -> {
        if (chosen.test(index[0]++)) visitor.accept(element);
      });
      return;
    }
    Set<byte[]> picked = Collections.newSetFromMap(new IdentityHashMap<>(count));
    while (picked.size() < count) {
      byte[] element = table.randomElement(random);
      if (picked.add(element)) visitor.accept(element);
    }
  }
}
