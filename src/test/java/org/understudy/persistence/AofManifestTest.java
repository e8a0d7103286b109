package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;

class AofManifestTest {
  private static final String NAME = "appendonly.aof";

  private static AofManifest parse(String text) throws AofManifest.Malformed {
    return AofManifest.parse(Bytes.of(text));
  }

  private static String print(AofManifest manifest) {
    return Bytes.string(manifest.print());
  }

  @Test
  void whatWasPrintedIsReadAgain() throws AofManifest.Malformed {
    String text = """
        file appendonly.aof.2.base.rdb seq 2 type b
        file appendonly.aof.1.base.rdb seq 1 type h
        file appendonly.aof.3.incr.aof seq 3 type i
        file "with space.aof" seq 5 type i
        """;
    AofManifest manifest = parse(text);
    assertEquals(text, print(manifest));
    assertEquals(2, manifest.baseSequence());
    assertEquals(5, manifest.incrementSequence());
    assertEquals("with space.aof", manifest.lastIncrement().name());
  }

  @Test
  void commentsAndFurtherPairsAreIgnored() throws AofManifest.Malformed {
    AofManifest manifest = parse("# a comment\n  FILE a SEQ 1 type i checksum 17 \r\n");
    assertEquals("file a seq 1 type i\n", print(manifest));
    assertNull(manifest.base());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      ''                                                          | Found an empty AOF manifest
      '\\n'                                                       | Invalid AOF manifest file format
      'file a seq 1 type b'                                       | The AOF manifest file contains too long line
      'filx a seq 1 type b\\n'                                    | Invalid AOF manifest file format
      'file a seq 1\\n'                                           | Invalid AOF manifest file format
      'file a seq 1 type i more\\n'                               | Invalid AOF manifest file format
      'file a seq none type i\\n'                                 | Invalid AOF manifest file format
      'file "a seq 1 type i\\n'                                   | Invalid AOF manifest file format
      'file a/b seq 1 type i\\n'                                  | File can't be a path, just a filename
      'file a seq 1 type x\\n'                                    | Unknown AOF file type
      'file a seq 1 type b\\nfile b seq 2 type b\\n'              | Found duplicate base file information
      'file a seq 2 type i\\nfile b seq 2 type i\\n'              | Found a non-monotonic sequence number
      """)
  void anErrorIsNamedAsRedisNamesIt(String text, String reason) {
    String lines = text.replace("\\n", "\n");
    assertEquals(reason.trim(), assertThrows(AofManifest.Malformed.class, () -> parse(lines)).getMessage());
  }

  @Test
  void anErrorKnowsItsLine() {
    AofManifest.Malformed error = assertThrows(AofManifest.Malformed.class,
        () -> parse("file a seq 1 type i\n file b seq 2 type x \n"));
    assertEquals(2, error.lineNumber);
    assertEquals("file b seq 2 type x", error.line);
    assertEquals("", assertThrows(AofManifest.Malformed.class, () -> parse("file a seq 1 type i\n \n")).line);
  }

  @ParameterizedTest
  @CsvSource({"1x,1", "+1,1", "' 7',7", "-3,-3", "99999999999999999999,9223372036854775807"})
  void aNumberEndsAtTheFirstOtherCharacter(String text, long number) throws AofManifest.Malformed {
    assertEquals(number, parse("file a seq \"" + text + "\" type b\n").baseSequence());
  }

  @Test
  void aLineMayHaveSoManyBytesAndNoMore() throws AofManifest.Malformed {
    String line = "file a seq 1 type i ";
    String longest = line + "x".repeat(500) + " " + "y".repeat(1023 - line.length() - 501);
    assertEquals(1, parse(longest + "\n").increments().size());
    assertEquals("The AOF manifest file contains too long line",
        assertThrows(AofManifest.Malformed.class, () -> parse(longest + "y\n")).getMessage());
    parse("#" + "x".repeat(1022) + "\n" + longest + "\n");
    for (String more : List.of("#" + "x".repeat(3000) + "\n", "file a seq 1 type i\0\n", "\0")) {
      assertEquals("The AOF manifest file contains too long line",
          assertThrows(AofManifest.Malformed.class, () -> parse(more)).getMessage());
    }
  }

  @Test
  void aRewriteMakesHistoryOfWhatItReplaces() {
    AofManifest first = AofManifest.EMPTY.withNewBase(NAME, true).withNewIncrement(NAME);
    assertEquals("file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
        print(first));
    AofManifest under = first.withNewIncrement(NAME);
    AofManifest rewritten = under.withNewBase(NAME, false).rewritten(1);
    assertEquals("""
        file appendonly.aof.2.base.aof seq 2 type b
        file appendonly.aof.1.incr.aof seq 1 type h
        file appendonly.aof.1.base.rdb seq 1 type h
        file appendonly.aof.2.incr.aof seq 2 type i
        """, print(rewritten));
    assertEquals(List.of(), rewritten.withoutHistory().history());
    assertEquals(List.of(), under.withNewBase(NAME, true).rewritten(0).increments());
  }

  @Test
  void theFileOfAnOldVersionBecomesTheBase() {
    assertEquals("file appendonly.aof seq 1 type b\n", print(AofManifest.EMPTY.upgraded(NAME)));
  }
}
