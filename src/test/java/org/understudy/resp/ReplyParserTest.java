package org.understudy.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class ReplyParserTest {
  private static final String MIXED = "+OK\r\n"
      + "\n\n-ERR no such thing\r\n"
      + ":-42\r\n"
      + "$5\r\na\r\nb\0\r\n$0\r\n\r\n$-1\r\n*-1\r\n_\r\n*0\r\n"
      + "*3\r\n$3\r\nfoo\r\n*2\r\n:1\r\n+\r\n$-1\r\n"
      + "|1\r\n+ttl\r\n:3600\r\n%1\r\n+key\r\n~2\r\n#t\r\n,-1.5\r\n"
      + ">2\r\n=7\r\ntxt:abc\r\n(12345678901234567890123\r\n"
      + "*1\r\n|1\r\n+a\r\n+b\r\n:7\r\n";
  private static final List<Reply> MIXED_REPLIES = List.of(
      new Reply.Status("OK"), new Reply.Failure("ERR no such thing"), new Reply.Int(-42),
      bulk("a\r\nb\0"), bulk(""), new Reply.Null(), new Reply.Null(), new Reply.Null(), list(),
      list(bulk("foo"), list(new Reply.Int(1), new Reply.Status("")), new Reply.Null()),
      aggregate(Reply.Kind.MAP, new Reply.Status("key"),
          aggregate(Reply.Kind.SET, new Reply.Bool(true), new Reply.Real(-1.5))),
      aggregate(Reply.Kind.PUSH, bulk("abc"), new Reply.BigNumber("12345678901234567890123")),
      list(new Reply.Int(7)));

  @Test
  void readsRepliesWhereverAChunkEnds() {
    byte[] input = Bytes.of(MIXED);
    for (int first = 0; first <= input.length; first++) {
      for (int second = first; second <= input.length; second++) {
        ReplyParser parser = new ReplyParser();
        List<Reply> replies = new ArrayList<>();
        feed(parser, input, 0, first, replies);
        feed(parser, input, first, second, replies);
        feed(parser, input, second, input.length, replies);
        assertEquals(MIXED_REPLIES, replies, "split at " + first + " and " + second);
        assertNull(parser.error());
      }
    }
  }

  @Test
  void aLargeStringIsReadInManyPieces() {
    byte[] text = new byte[300_000];
    Arrays.fill(text, (byte) 'x');
    byte[] input = Bytes.concat(Bytes.concat(Bytes.of("$300000\r\n"), text), Bytes.of("\r\n"));
    ReplyParser parser = new ReplyParser();
    List<Reply> replies = new ArrayList<>();
    for (int from = 0; from < input.length; from += 1000) {
      feed(parser, input, from, Math.min(input.length, from + 1000), replies);
    }
    assertEquals(List.of(new Reply.Bulk(text)), replies);
  }

  @ParameterizedTest
  @CsvSource({"inf, Infinity", "-inf, -Infinity", "nan, NaN", "3.25, 3.25", "1e5, 100000"})
  void readsDoublesHoweverTheyAreWritten(String text, double value) {
    assertEquals(new Reply.Real(value), only("," + text + "\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\n", "+OK\n", "\r\n", ":1a\r\n", ":\r\n", "$x\r\n", "$-2\r\n", "$9999999999\r\n",
      "*-2\r\n", "~-1\r\n", "*99999999999\r\n", "#x\r\n", ",1..2\r\n", "$1\r\nab\r\n", "$1\r\na\rb", "=3\r\ntxt\r\n",
      "$?\r\n"})
  void refusesWhatIsNoReplyAndStaysRefusing(String text) {
    ReplyParser parser = new ReplyParser();
    byte[] input = Bytes.of(text);
    parser.feed(input, 0, input.length);
    assertNull(parser.next());
    String error = parser.error();
    assertNotNull(error);
    parser.feed(Bytes.of("+OK\r\n"), 0, 5);
    assertNull(parser.next());
    assertEquals(error, parser.error());
  }

  @Test
  void anEndlessLineIsRefused() {
    ReplyParser parser = new ReplyParser();
    byte[] piece = new byte[1000];
    Arrays.fill(piece, (byte) '+');
    for (int i = 0; i <= ReplyParser.MAX_LINE_BYTES / piece.length; i++) {
      assertNull(parser.error());
      parser.feed(piece, 0, piece.length);
      assertNull(parser.next());
    }
    assertTrue(parser.error().startsWith("line longer than"), parser.error());
  }

  @Test
  void endlessNestingIsRefused() {
    ReplyParser parser = new ReplyParser();
    byte[] input = Bytes.of("*1\r\n".repeat(ReplyParser.MAX_DEPTH) + "*1\r\n");
    parser.feed(input, 0, input.length);
    assertNull(parser.next());
    assertEquals("nested deeper than 64", parser.error());
  }

  @ParameterizedTest
  @ValueSource(strings = {"$970\r\n", "*3\r\n$400\r\n%s\r\n$400\r\n%s\r\n$400\r\n", "*32\r\n", "*2\r\n*30\r\n"})
  void aReplyMayNotBeLargerThanAllowed(String format) {
    ReplyParser parser = new ReplyParser(1000);
    byte[] input = Bytes.of(format.replace("%s", "x".repeat(400)) + ":1\r\n".repeat(31));
    parser.feed(input, 0, input.length);
    assertNull(parser.next());
    assertNotNull(parser.error());
  }

  @Test
  void theLimitIsForEachReplyAnew() {
    ReplyParser parser = new ReplyParser(1000);
    List<Reply> replies = new ArrayList<>();
    byte[] input = Bytes.of(("$800\r\n" + "x".repeat(800) + "\r\n").repeat(3));
    feed(parser, input, 0, input.length, replies);
    assertEquals(3, replies.size());
  }

  private static Reply only(String text) {
    ReplyParser parser = new ReplyParser();
    byte[] input = Bytes.of(text);
    parser.feed(input, 0, input.length);
    return parser.next();
  }

  private static void feed(ReplyParser parser, byte[] input, int from, int to, List<Reply> replies) {
    parser.feed(input, from, to - from);
    for (Reply reply = parser.next(); reply != null; reply = parser.next()) replies.add(reply);
  }

  private static Reply bulk(String text) {
    return new Reply.Bulk(Bytes.of(text));
  }

  private static Reply list(Reply... elements) {
    return aggregate(Reply.Kind.ARRAY, elements);
  }

  private static Reply aggregate(Reply.Kind kind, Reply... elements) {
    return new Reply.Aggregate(kind, List.of(elements));
  }
}
