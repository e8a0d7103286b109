package org.understudy.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest {
  @ParameterizedTest
  @CsvSource({"ERR value is not a valid float, value is not a valid float", "WRONGTYPE of a key, -WRONGTYPE of a key",
      "ERR syntax error, -ERR syntax error", "ERR no such key, -ERR no such key",
      "ERR index out of range, -ERR index out of range"})
  void theLogQuotesACodeWhereItTells(String error, String logged) {
    assertEquals(logged, Errors.logged(error));
  }
}
