package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.CommonSubsequence.Range;

class CommonSubsequenceTest {
  @Test
  void theExampleOfTheManual() {
    CommonSubsequence common = of("ohmytext", "mynewtext");
    assertEquals("mytext", Bytes.string(common.text()));
    assertEquals(6, common.length());
    assertEquals(List.of(new Range(4, 7, 5, 8), new Range(2, 3, 0, 1)), common.ranges());
  }

  @Test
  void emptyStringsHaveNothingInCommon() {
    assertEquals(0, of("", "").length());
    assertEquals(0, of("a", "").text().length);
    assertEquals(List.of(), of("", "abc").ranges());
  }

  @Test
  void textIsASubsequenceOfBothAndAsLongAsAnnounced() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      String a = letters(random);
      String b = letters(random);
      CommonSubsequence common = of(a, b);
      String text = Bytes.string(common.text());
      assertEquals(common.length(), text.length(), "seed " + seed);
      assertTrue(isSubsequence(text, a) && isSubsequence(text, b), "seed " + seed);
      assertEquals(common.length(), of(b, a).length(), "seed " + seed);
      CommonSubsequence untraced =
          new CommonSubsequence(Bytes.of(a), 0, a.length(), Bytes.of(b), 0, b.length(), false);
      assertEquals(common.length(), untraced.length());
    }
  }

  @Test
  void partsOfArraysAreCompared() {
    CommonSubsequence common = new CommonSubsequence(Bytes.of("xxabcxx"), 2, 3, Bytes.of("yabcy"), 1, 3, true);
    assertEquals(List.of(new Range(0, 2, 0, 2)), common.ranges());
    assertEquals("abc", Bytes.string(common.text()));
  }

  private static CommonSubsequence of(String a, String b) {
    return new CommonSubsequence(Bytes.of(a), 0, a.length(), Bytes.of(b), 0, b.length(), true);
  }

  private static String letters(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) text.append((char) ('a' + random.nextInt(3)));
    return text.toString();
  }

  private static boolean isSubsequence(String part, String whole) {
    int at = 0;
    for (char c : part.toCharArray()) {
      at = whole.indexOf(c, at) + 1;
      if (at == 0) return false;
    }
    return true;
  }
}
