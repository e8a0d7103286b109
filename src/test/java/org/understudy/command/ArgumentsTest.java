package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;
import org.understudy.resp.CommandError;

class ArgumentsTest {
  @ParameterizedTest
  @CsvSource({"0,0", "1,1000", "0.5,500", "0.0001,1", "1e3,1000000"})
  void timeoutsOfSecondsAreRoundedUpToMilliseconds(String text, long millis) {
    assertEquals(millis, Arguments.timeoutOfSeconds(Bytes.of(text)));
  }

  @ParameterizedTest
  @CsvSource({"-1,timeout is negative", "x,timeout is not a float or out of range",
      "nan,timeout is not a float or out of range", "inf,timeout is negative", "1e300,timeout is negative"})
  void impossibleTimeoutsAreRefused(String text, String message) {
    CommandError error = assertThrows(CommandError.class, () -> Arguments.timeoutOfSeconds(Bytes.of(text)));
    assertEquals("ERR " + message, error.getMessage());
  }

  @Test
  void timeoutsOfMillisecondsAreWhole() {
    assertEquals(5, Arguments.timeoutOfMillis(Bytes.of("5")));
    assertEquals("ERR timeout is not an integer or out of range",
        assertThrows(CommandError.class, () -> Arguments.timeoutOfMillis(Bytes.of("0.5"))).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"5,5", "0,0", "'',0", "-1,18446744073709551615", "18446744073709551615,18446744073709551615", "+7,7",
      "007,7"})
  void cursorsAreUnsigned(String text, String value) {
    assertEquals(value, Long.toUnsignedString(Arguments.cursor(Bytes.of(text))));
  }

  @Test
  void rangesAreNamedInTheError() {
    assertEquals(3, Arguments.integer(Bytes.of("3"), 0, 5));
    assertEquals("ERR value is out of range, value must between 0 and 5",
        assertThrows(CommandError.class, () -> Arguments.integer(Bytes.of("6"), 0, 5)).getMessage());
  }
}
