package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void numbersOfAnyLengthAreWrittenAndReadBack() {
    assertTextOf(0);
    for (long power = 1; power > 0 && power <= Long.MAX_VALUE / 10; power *= 10) {
      for (long number : new long[] {power - 1, power, power + 1, 9 * power, 10 * power - 1}) assertTextOf(number);
    }
    for (int bits = 0; bits < Long.SIZE; bits++) {
      for (int more = -1; more <= 1; more++) assertTextOf((1L << bits) + more);
    }
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) assertTextOf(random.nextLong() >> random.nextInt(Long.SIZE));
  }

  private static void assertTextOf(long number) {
    for (long signed : new long[] {number, -number}) {
      byte[] text = Bytes.of(signed);
      assertEquals(Long.toString(signed), Bytes.string(text));
      assertTrue(Numbers.isLong(text));
      assertEquals(signed, Numbers.parseLong(text));
    }
  }
}
