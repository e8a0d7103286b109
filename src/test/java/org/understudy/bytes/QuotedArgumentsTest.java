package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotedArgumentsTest {
  @Test
  void wordsAreSplitAtSpacesOutsideQuotes() {
    assertEquals(List.of("set", "a b", "c'd", "e\nf", "g\"h", "", "A"),
        words("  set \"a b\" 'c\\'d'\t\"e\\nf\" \"g\\\"h\" '' \"\\x41\"\r\n"));
    assertEquals(List.of(), words("   "));
    assertEquals(List.of("ab c"), words("a\"b c\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"open", "'open", "\"a\"b", "'a'b", "\"\\"})
  void unbalancedQuotesAreRefused(String line) {
    assertNull(QuotedArguments.split(Bytes.of(line)));
  }

  @Test
  void everyByteSurvivesQuotingAndSplitting() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) all[i] = (byte) i;
    assertArrayEquals(all, QuotedArguments.split(QuotedArguments.quote(all))[0]);
    assertEquals("\"a\\\"\\\\\\n\\r\\t\\a\\b\\x00\\xff~\"",
        Bytes.string(QuotedArguments.quote(Bytes.of("a\"\\\n\r\t\u0007\b\0\u00ff~"))));
  }

  private static List<String> words(String line) {
    return Arrays.stream(QuotedArguments.split(Bytes.of(line))).map(Bytes::string).toList();
  }
}
