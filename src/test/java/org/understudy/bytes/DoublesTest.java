package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoublesTest {
  @ParameterizedTest
  @CsvSource({"1e17,1e+17", "3.14,3.1400000000000001", "1e-5,1.0000000000000001e-05", "0.0001,0.0001",
      "123456789012345678,1.2345678901234568e+17", "1e22,1e+22", "-0,-0", "5e-324,4.9406564584124654e-324",
      "1.7976931348623157e308,1.7976931348623157e+308", "0x.8,0.5", "0X1.8p+1,3", "9007199254740993,9007199254740992",
      "0.1,0.10000000000000001", "99999999999999990000,9.9999999999999984e+19", "1e16,10000000000000000",
      "-1.5e-10,-1.5e-10", "1234567.125,1234567.125", "+.5,0.5", "5.,5", "inf,inf", "-Infinity,-inf", "1e3,1000"})
  void textIsReadAsByStrtodAndPrintedWithSeventeenDigits(String text, String printed) {
    assertEquals(printed, Doubles.toText(Doubles.parse(Bytes.of(text))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " 1", "1 ", "1,5", "x", "-", "+", ".", "e5", "1e", "1e+", "0x", "0x.p1", "0x1p", "1..2",
      "1.2.3", "nan", "-nan", "infi", "1d", "1f", "1e400", "-1e400", "1e-400", "1\0"})
  void anythingElseIsNoNumber(String text) {
    assertEquals(Double.NaN, Doubles.parse(Bytes.of(text)));
  }

  @Test
  void printedDoublesAreReadBackExactly() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double value = switch (i % 3) {
        case 0 -> Double.longBitsToDouble(random.nextLong());
        case 1 -> (random.nextInt(2_000_001) - 1_000_000) / Math.pow(10, random.nextInt(12));
        default -> random.nextLong() / Math.pow(2, random.nextInt(100));
      };
      if (Double.isNaN(value)) continue;
      assertEquals(value, Doubles.parse(Bytes.of(Doubles.toText(value))), "seed " + seed);
    }
  }

  /** The exact arithmetic of the common range against the library's. */
  @Test
  void seventeenDigitsAreRoundedCorrectly() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      double value = random.nextDouble() * Math.pow(10, random.nextInt(26) - 9);
      BigDecimal expected = new BigDecimal(value).round(new MathContext(17, RoundingMode.HALF_EVEN));
      assertEquals(0, expected.compareTo(new BigDecimal(Doubles.toText(value))), "seed " + seed + ": " + value);
    }
  }

  @Test
  void powersOfTenAndTheirNeighboursAreRoundedCorrectly() {
    for (int power = -12; power <= 18; power++) {
      double exact = Double.parseDouble("1e" + power);
      for (double value : new double[] {Math.nextDown(exact), exact, Math.nextUp(exact), -exact}) {
        BigDecimal expected = new BigDecimal(value).round(new MathContext(17, RoundingMode.HALF_EVEN));
        assertEquals(0, expected.compareTo(new BigDecimal(Doubles.toText(value))),
            () -> value + ": " + Doubles.toText(value));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"' 5', 5", "'', 0", "1e400, Infinity", "-1e400, -Infinity", "1e-400, 0", "'\t\u000b-0x10', -16",
      "inf, Infinity",
      "' ', NaN", "'5 ', NaN", "1e, NaN", "nan, NaN", "--1, NaN"})
  void looseTextIsReadAsStrtodReadsIt(String text, double value) {
    assertEquals(value, Doubles.parseLoosely(Bytes.of("(" + text), 1, text.length()));
  }

  @Test
  void looseTextEndsAtANul() {
    assertEquals(7, Doubles.parseLoosely(Bytes.of("7\0x"), 0, 3));
    assertEquals(0, Doubles.parseLoosely(Bytes.of("\0x"), 0, 2));
  }
}
