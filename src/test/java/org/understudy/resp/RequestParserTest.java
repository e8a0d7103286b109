package org.understudy.resp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.SpareArrays;

class RequestParserTest {
  private static final String MIXED = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\r\nb\0\r\n"
      + "PING\r\n"
      + "\r\n"
      + "*0\r\n*-1\r\n"
      + "*1\r\n$0\r\n\r\n"
      + "set \"a b\\x41\" 'c\\'d'  e\n"
      + "*2\r\n$4\r\nECHO\r\n$20\r\n01234567890123456789\r\n";
  private static final List<List<String>> MIXED_REQUESTS = List.of(
      List.of("SET", "k", "a\r\nb\0"), List.of("PING"), List.of(""), List.of("set", "a bA", "c'd", "e"),
      List.of("ECHO", "01234567890123456789"));

  @Test
  void readsRequestsWhereverAChunkEnds() {
    byte[] input = Bytes.of(MIXED);
    for (int first = 0; first <= input.length; first++) {
      for (int second = first; second <= input.length; second++) {
        RequestParser parser = new RequestParser();
        List<List<String>> requests = new ArrayList<>();
        feed(parser, input, 0, first, requests);
        feed(parser, input, first, second, requests);
        feed(parser, input, second, input.length, requests);
        assertEquals(MIXED_REQUESTS, requests, "split at " + first + " and " + second);
        assertEquals(0, parser.pendingBytes());
      }
    }
  }

  @Test
  void aNameThatComesAgainIsTheSameArray() {
    RequestParser parser = new RequestParser();
    byte[] input =
        Bytes.of("*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nGET\r\n$1\r\nb\r\n*2\r\n$3\r\nget\r\n$1\r\nb\r\n");
    parser.feed(input, 0, input.length);
    byte[] first = parser.next()[0];
    assertSame(first, parser.next()[0]);
    assertEquals("get", Bytes.string(parser.next()[0]));
  }

  @Test
  void keepsABufferForWhatComesInPiecesUntilItIsGivenUp() {
    RequestParser parser = new RequestParser();
    parser.reserve(100);
    assertEquals(100, parser.spareBytes());
    parser.feed(Bytes.of("PING hel"), 0, 8);
    assertNull(parser.next());
    assertEquals(92, parser.spareBytes());
    parser.shrink(0);
    assertEquals(0, parser.spareBytes());
    assertEquals(8, parser.pendingBytes());
    parser.feed(Bytes.of("lo\n"), 0, 3);
    assertEquals("hello", Bytes.string(parser.next()[1]));
    parser.shrink(0);
    assertEquals(0, parser.bufferBytes());
  }

  @Test
  void aBufferThatIsGivenUpServesTheNextClient() {
    SpareArrays spares = new SpareArrays();
    RequestParser first = new RequestParser(spares);
    first.reserve(SpareArrays.LEAST_BYTES);
    first.feed(Bytes.of("PING hel"), 0, 8);
    assertNull(first.next());
    first.shrink(0);
    assertEquals(1, spares.count());
    RequestParser second = new RequestParser(spares);
    second.reserve(SpareArrays.LEAST_BYTES);
    assertEquals(0, spares.count());
    second.feed(Bytes.of("PING th"), 0, 7);
    assertNull(second.next());
    first.feed(Bytes.of("lo\n"), 0, 3);
    assertEquals("hello", Bytes.string(first.next()[1]));
    second.feed(Bytes.of("ere\n"), 0, 4);
    assertEquals("there", Bytes.string(second.next()[1]));
    second.close();
    assertEquals(1, spares.count());
  }

  @Test
  void theBufferGrowsWithLargeArguments() {
    RequestParser parser = new RequestParser();
    parser.reserve(100);
    byte[] input = Bytes.of("*1\r\n$200000\r\n" + "v".repeat(200_000) + "\r\n");
    parser.feed(input, 0, 1000);
    assertNull(parser.next());
    parser.feed(input, 1000, input.length - 1000);
    assertEquals(200_000, parser.next()[0].length);
    assertEquals(RequestParser.MAX_LINE_BYTES, parser.bufferBytes());
    assertTrue(parser.largeBulkSeen());
    assertFalse(parser.largeBulkSeen());
  }

  @Test
  void whatIsAnnouncedTakesNoMoreRoomThanItIsTrustedWith() {
    RequestParser parser = new RequestParser();
    parser.trustedBulkBytes(1000);
    byte[] input = Bytes.of("*1\r\n$200000\r\n" + "v".repeat(200_000) + "\r\n");
    parser.feed(input, 0, 20);
    assertNull(parser.next());
    assertTrue(parser.spareBytes() <= 1000, () -> parser.spareBytes() + " bytes");
    parser.feed(input, 20, input.length - 20);
    assertEquals(200_000, parser.next()[0].length);
  }

  @Test
  void readsRequestsByteByByte() {
    byte[] input = Bytes.of(MIXED);
    RequestParser parser = new RequestParser();
    List<List<String>> requests = new ArrayList<>();
    for (int i = 0; i < input.length; i++) feed(parser, input, i, i + 1, requests);
    assertEquals(MIXED_REQUESTS, requests);
  }

  @Test
  void aLargeArgumentIsReadInChunksOfAnySize() {
    Random random = new Random(7);
    byte[] value = new byte[5_000_000];
    random.nextBytes(value);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Bytes.of("*2\r\n$4\r\nECHO\r\n$5000000\r\n"));
    bytes.writeBytes(value);
    bytes.writeBytes(Bytes.of("\r\nPING\r\n"));
    byte[] input = bytes.toByteArray();
    RequestParser parser = new RequestParser();
    List<byte[][]> requests = new ArrayList<>();
    for (int at = 0; at < input.length; ) {
      int length = Math.min(input.length - at, 1 + random.nextInt(200_000));
      parser.feed(input, at, length);
      for (byte[][] request = parser.next(); request != null; request = parser.next()) requests.add(request);
      at += length;
    }
    assertEquals(2, requests.size());
    assertArrayEquals(value, requests.get(0)[1]);
    assertEquals("PING", Bytes.string(requests.get(1)[0]));
  }

  @Test
  void whatIsAnnouncedTakesNoMemoryBeforeItIsSent() {
    RequestParser parser = new RequestParser();
    feedAll(parser, "*2147483647\r\n$536870912\r\nabc");
    assertNull(parser.error());
    assertTrue(parser.pendingBytes() + parser.spareBytes() < 2_000_000);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      *a\\r\\n                         | invalid multibulk length
      *\\r\\n                          | invalid multibulk length
      *2147483648\\r\\n                | invalid multibulk length
      *99999999999999999999999\\r\\n   | invalid multibulk length
      *01\\r\\n                        | invalid multibulk length
      *1\\r\\n:5\\r\\n                 | expected '$', got ':'
      *1\\r\\n\\r\\n                   | expected '$', got '\\r'
      *1\\r\\n$a\\r\\n                 | invalid bulk length
      *1\\r\\n$-1\\r\\n                | invalid bulk length
      *1\\r\\n$536870913\\r\\n         | invalid bulk length
      set "a\\r\\n                     | unbalanced quotes in request
      set "a"b\\r\\n                   | unbalanced quotes in request
      """)
  void protocolErrorsHaveTheirText(String input, String reason) {
    RequestParser parser = new RequestParser();
    feedAll(parser, unescape(input));
    assertEquals("Protocol error: " + unescape(reason), parser.error());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      x         | too big inline request
      *         | too big mbulk count string
      *1\\r\\n$ | too big bulk count string
      """)
  void aLineWithoutEndIsRefusedAtItsLimit(String start, String reason) {
    RequestParser parser = new RequestParser();
    feedAll(parser, unescape(start) + "1".repeat(RequestParser.MAX_LINE_BYTES - 1));
    assertNull(parser.error());
    feedAll(parser, "11");
    assertEquals("Protocol error: " + reason, parser.error());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      PI\\0NG      | too big inline request
      *1\\0        | too big mbulk count string
      *1\\r\\n$1\\0 | too big bulk count string
      """)
  void aLineWithAZeroByteHasNoEndBeforeTheLimit(String start, String reason) {
    String input = unescape(start);
    for (int split = 0; split <= input.length(); split++) {
      RequestParser parser = new RequestParser();
      feedAll(parser, input.substring(0, split));
      feedAll(parser, input.substring(split) + "\r");
      feedAll(parser, "\nPING\r\n");
      assertNull(parser.error(), "split at " + split);
      feedAll(parser, "\n".repeat(RequestParser.MAX_LINE_BYTES));
      assertEquals("Protocol error: " + reason, parser.error());
    }
  }

  @Test
  void theByteBehindAReturnIsNotLookedAt() {
    for (String input : List.of("*1\r\0$4\r\0PING\r\0", "*1\r|$4\r\0PING||")) {
      for (int split = 0; split <= input.length(); split++) {
        RequestParser parser = new RequestParser();
        List<List<String>> requests = new ArrayList<>();
        feed(parser, Bytes.of(input), 0, split, requests);
        feed(parser, Bytes.of(input), split, input.length(), requests);
        assertEquals(List.of(List.of("PING")), requests, "split at " + split);
      }
    }
  }

  @Test
  void beforeAuthenticationRequestsAreSmall() {
    RequestParser parser = new RequestParser();
    parser.authenticated(false);
    feedAll(parser, "*11\r\n");
    assertEquals("Protocol error: unauthenticated multibulk length", parser.error());

    parser = new RequestParser();
    parser.authenticated(false);
    feedAll(parser, "*10\r\n$16385\r\n");
    assertEquals("Protocol error: unauthenticated bulk length", parser.error());
  }

  @Test
  void whatASocketGaveIsTheSameRequestsWhereverItIsCut() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      ByteArrayOutputStream input = new ByteArrayOutputStream();
      List<List<String>> sent = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String value = "v".repeat(random.nextInt(4) > 0 ? 30_000 + random.nextInt(5) : random.nextInt(400)) + i;
        sent.add(List.of("SET", "k" + i, value));
        input.writeBytes(Bytes.of("*3\r\n$3\r\nSET\r\n$2\r\nk" + i + "\r\n$" + value.length() + "\r\n" + value + "\r\n"));
      }
      assertEquals(sent, readFromSocket(input.toByteArray(), random), "seed " + seed + ", round " + round);
    }
  }

  private static List<List<String>> readFromSocket(byte[] input, Random random) {
    RequestParser parser = new RequestParser();
    List<List<String>> requests = new ArrayList<>();
    byte[] room = new byte[input.length];
    ByteBuffer socket = ByteBuffer.allocateDirect(input.length).put(input).flip();
    while (socket.position() < input.length) {
      int left = input.length - socket.position();
      int count = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 300 : 70_000));
      parser.feed(socket.slice(socket.position(), count), room);
      socket.position(socket.position() + count);
      takeAll(parser, requests);
    }
    assertEquals(0, parser.pendingBytes());
    return requests;
  }

  @Test
  void anErrorBehindALargeArgumentEndsTheReadingOfWhatASocketGave() {
    RequestParser parser = new RequestParser();
    byte[] large = Bytes.of("*1\r\n$20000\r\n" + "x".repeat(20000) + "\r\n");
    byte[] input = Bytes.of(Bytes.string(large) + "*1\r\n!1\r\n" + "y".repeat(1000));
    parser.feed(large, 0, large.length);
    parser.next();
    assertNull(parser.next());
    parser.feed(ByteBuffer.wrap(input), new byte[input.length]);
    assertEquals(20000, parser.next()[0].length);
    assertNull(parser.next());
    assertEquals("Protocol error: expected '$', got '!'", parser.error());
    assertNull(parser.next());
  }

  @Test
  void randomBytesNeverDoMoreThanFail() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "*$\r\n0123456789-+ab\"'\\ ";
    for (int round = 0; round < 20_000; round++) {
      RequestParser parser = new RequestParser();
      for (int chunk = 0; chunk < 3 && parser.error() == null; chunk++) {
        byte[] bytes = new byte[random.nextInt(40)];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = random.nextInt(10) == 0 ? (byte) random.nextInt()
              : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        parser.feed(bytes, 0, bytes.length);
        for (byte[][] request = parser.next(); request != null; request = parser.next()) {
          assertTrue(request.length > 0, () -> "seed " + seed);
          for (byte[] argument : request) assertTrue(argument != null, () -> "seed " + seed);
        }
        assertTrue(parser.pendingBytes() + parser.spareBytes() < 2_000_000, () -> "seed " + seed);
      }
    }
  }

  private static void feedAll(RequestParser parser, String text) {
    byte[] bytes = Bytes.of(text);
    parser.feed(bytes, 0, bytes.length);
    assertNull(parser.next());
  }

  private static void feed(RequestParser parser, byte[] input, int from, int to, List<List<String>> requests) {
    parser.feed(input, from, to - from);
    takeAll(parser, requests);
  }

  private static void takeAll(RequestParser parser, List<List<String>> requests) {
    for (byte[][] request = parser.next(); request != null; request = parser.next()) {
      List<String> words = new ArrayList<>();
      for (byte[] argument : request) words.add(Bytes.string(argument));
      requests.add(words);
    }
    assertNull(parser.error());
  }

  private static String unescape(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
  }
}
