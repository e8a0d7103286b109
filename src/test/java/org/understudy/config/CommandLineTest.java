package org.understudy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "--port 1                 | port \"1\" ",
      "a.conf --port 1 --hz 2   | port \"1\" ;hz \"2\" ",
      "--bind a b               | bind \"a\" \"b\" ",
      "'--port 1' --hz 2        | port 1 ;hz \"2\" ",
      "--save                   | save \"\"",
      "--save --hz 2            | save \"\";hz \"2\" ",
      "--save ''                | save \"\" ",
      "--masterauth --hz 2      | masterauth \"--hz\" \"2\" ",
      "--masterauth --hz --hz 2 | masterauth \"--hz\" ;hz \"2\" ",
      "--sentinel --hz 2        | sentinel ;hz \"2\" ",
      "--sentinel               | sentinel ",
      "--hz=5                   | hz=5 ",
      "--masterauth 'a\"b c'    | masterauth \"a\\\"b c\" ",
  })
  void optionsBecomeLines(String arguments, String lines) {
    String[] words = Words.split(arguments).toArray(new String[0]);
    assertEquals(lines.replace(';', '\n').strip(), CommandLine.parse(words).options().strip());
  }

  @Test
  void noArgumentsMeanNoConfigurationAtAll() {
    CommandLine none = CommandLine.parse();
    assertNull(none.options());
    assertNull(none.configFile());
    assertFalse(none.standardInput());
  }

  @Test
  void standardInputIsNamedFirstOrLast() {
    assertTrue(CommandLine.parse("-", "--hz", "1").standardInput());
    assertTrue(CommandLine.parse("a.conf", "--hz", "1", "-").standardInput());
    CommandLine between = CommandLine.parse("--hz", "-", "--port", "1");
    assertFalse(between.standardInput());
    assertEquals("hz \"-\" \nport \"1\" ", between.options());
  }
}
