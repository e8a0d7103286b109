package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(quoteCharacter = '"', textBlock = """
      # pattern,   text,      matches
      abc,         abc,       true
      abc,         abcd,      false
      abcd,        abc,       false
      "",          "",        true
      *,           "",        false
      *,           anything,  true
      a*,          a,         true
      a**,         a,         true
      *a,          banana,    true
      *an*a,       banana,    true
      *ab,         aab,       true
      *a*b*c,      xaxbxcx,   false
      h?llo,       hello,     true
      h?llo,       hllo,      false
      h[ae]llo,    hallo,     true
      h[ae]llo,    hillo,     false
      h[^e]llo,    hallo,     true
      h[^e]llo,    hello,     false
      h[a-c]llo,   hbllo,     true
      h[c-a]llo,   hbllo,     true
      h[a-c]llo,   hdllo,     false
      [a-],        -,         false
      [a-],        ^,         true
      [-a],        -,         true
      [\\]x]y,     ]y,        true
      [abc,        c,         true
      [abc,        d,         false
      [,           a,         false
      [^,          a,         true
      [],          a,         false
      [a-,         -,         true
      \\*,         *,         true
      \\*,         a,         false
      a\\,         a\\,       true
      ?*,          a,         true
      *[,          ab,        false
      """)
  void patternsMatchAsInRedis(String pattern, String text, boolean matches) {
    assertEquals(matches, Glob.matches(Bytes.of(pattern), Bytes.of(text), false));
  }

  @ParameterizedTest
  @CsvSource({"HeLLo,hEllO,true", "[A-C]x,bX,true", "[a-c]x,BX,true", "[\\B],b,false", "[\\B],B,true"})
  void caseIsIgnoredOnRequestButNotForEscapedBytesOfAClass(String pattern, String text, boolean matches) {
    assertEquals(matches, Glob.matches(Bytes.of(pattern), Bytes.of(text), true));
  }

  @Test
  void bytesBeyondAsciiCompareAsSigned() {
    assertTrue(Glob.matches(Bytes.of("[\u00e0-\u00ff]"), Bytes.of("\u00e9"), false));
    assertFalse(Glob.matches(Bytes.of("[a-\u00ff]"), Bytes.of("b"), false));
    assertTrue(Glob.matches(Bytes.of("[a-\u00ff]"), Bytes.of("A"), false));
  }

  @Test
  void partOfAnArrayIsMatched() {
    assertTrue(Glob.matches(Bytes.of("b*d"), Bytes.of("abcde"), 1, 3, false));
    assertFalse(Glob.matches(Bytes.of("b*d"), Bytes.of("abcde"), 1, 4, false));
  }

  @Test
  void manyStarsTakeNeitherExponentialTimeNorStack() {
    byte[] text = Bytes.of("a".repeat(50_000));
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
      assertFalse(Glob.matches(Bytes.of("*a".repeat(20_000) + "b"), text, false));
      assertTrue(Glob.matches(Bytes.of("*a".repeat(20_000)), text, false));
    });
  }
}
