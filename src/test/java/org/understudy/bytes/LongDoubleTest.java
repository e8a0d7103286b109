package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongDoubleTest {
  /** Sums as C on x86-64 prints them. */
  @ParameterizedTest
  @CsvSource({"0.1,0.2,0.3", "3,1.000005,4.000005", "1000000000,0.1,1000000000.09999999997671694", "-1e-20,0,0",
      "5.0e3,200,5200", "9223372036854775807,1,9223372036854775808", "0x1.8p3,0,12",
      "123456789.123456789,0,123456789.12345678899873747", "0.5e-17,0,0", "1.5e-17,0,0.00000000000000002",
      "21.9,21.9,43.8", "99.9,0.1,100", "-0,-0,0", "3.6e-4951,0,0", "18446744073709551615,1,18446744073709551616",
      "18446744073709551616,1,18446744073709551616", "-3.5,1.25,-2.25"})
  void sumsAreRoundedTo64Bits(String a, String b, String sum) {
    assertEquals(sum, sum(a, b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " 1", "1 ", "nan", "1e-4951", "1.2e4932", "1e99999999999", "0x1p16384", "0x1p-16446",
      "1e", "x"})
  void textThatSpellsNoNumberIsRefused(String text) {
    assertNull(LongDouble.parse(Bytes.of(text)));
    assertNull(LongDouble.simpleSum(Bytes.of(text), Bytes.of("1")));
  }

  @Test
  void numbersUpToTheLimitsAreRead() {
    assertEquals(4933, sum("1.18973149535723176502e4932", "0").length());
    assertNotNull(LongDouble.parse(Bytes.of("0x1p-16445")));
    assertNotNull(LongDouble.parse(Bytes.of("0." + "0".repeat(5000) + "e5000")));
    assertNull(LongDouble.parse(Bytes.of("1" + "0".repeat(5119))));
  }

  @Test
  void infiniteSumsAreNotFinite() {
    LongDouble large = LongDouble.parse(Bytes.of("1e4932"));
    assertFalse(large.plus(large).isFinite());
    assertFalse(LongDouble.parse(Bytes.of("-inf")).plus(large).isFinite());
  }

  @Test
  void theShortWayGivesWhatTheEmulationGives() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int simple = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] a = Bytes.of(decimal(random));
      byte[] b = Bytes.of(decimal(random));
      byte[] sum = LongDouble.simpleSum(a, b);
      if (sum == null) continue;
      simple++;
      String expected = Bytes.string(LongDouble.parse(a).plus(LongDouble.parse(b)).toText());
      assertEquals(expected, Bytes.string(sum), "seed " + seed + ": " + Bytes.string(a) + " + " + Bytes.string(b));
    }
    assertFalse(simple < 10_000, "the short way is hardly ever taken: " + simple);
  }

  private static String decimal(Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
    if (random.nextInt(4) == 0) return text.append(random.nextLong() >>> 1 + random.nextInt(60)).toString();
    text.append(random.nextInt(25));
    int digits = random.nextInt(18);
    if (digits > 0) text.append('.');
    for (int i = 0; i < digits; i++) text.append(random.nextInt(10));
    return text.toString();
  }

  private static String sum(String a, String b) {
    return Bytes.string(LongDouble.parse(Bytes.of(a)).plus(LongDouble.parse(Bytes.of(b))).toText());
  }
}
