package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;

class KeyFindersTest {
  @ParameterizedTest
  @CsvSource({
      "zunion 2 a b weights, '2 3'",
      "zunion 2x a b c, '2 3'",
      "zunion +1 a, 2",
      "zunion 3 a b, ''",
      "zunion 0 a b, ''",
      "zunion -1 a b, ''",
      "zunion x a b, ''",
      "zunion 4294967297 a b, 2",
      "zunion 99999999999999999999 a b, ''",
      "zunion -99999999999999999999 a b, ''",
  })
  void asManyKeysAsTheCountSays(String request, String positions) {
    assertKeys(positions, KeyFinders.counted(1), request);
  }

  @ParameterizedTest
  @CsvSource({"zunionstore d 2 a b, '3 4 1'", "zunionstore d 2 a, ''"})
  void theStoredKeyComesLast(String request, String positions) {
    assertKeys(positions, KeyFinders::storedAndCounted, request);
  }

  @ParameterizedTest
  @CsvSource({
      "sort a, 1",
      "sort a store b, '1 3'",
      "sort a store b STORE c, '1 5'",
      "sort a store store b, '1 4'",
      "sort a by store get store limit store store store b, '1 10'",
      "sort a get store store, 1",
      "sort a store, 1",
  })
  void sortStoresAtTheLastStore(String request, String positions) {
    assertKeys(positions, KeyFinders::sort, request);
  }

  @ParameterizedTest
  @CsvSource({
      "georadius a 0 0 1 m, 1",
      "georadius a 0 0 1 m store b, '1 7'",
      "georadius a 0 0 1 m store b storedist c, '1 9'",
      "georadius a 0 0 1 m store store b, '1 7'",
      "georadius a 0 0 1 m store, 1",
  })
  void georadiusStoresAtTheLastStore(String request, String positions) {
    assertKeys(positions, KeyFinders::georadius, request);
  }

  @ParameterizedTest
  @CsvSource({
      "xread streams a b 0 0, '2 3'",
      "xread count streams block streams streams a 0, 6",
      "xreadgroup group streams streams noack streams a 0, 6",
      "xread streams a b 0, ''",
      "xread streams, ''",
      "xread foo streams a 0, ''",
      "xread count, ''",
  })
  void streamsAreTheFirstHalfBehindTheWord(String request, String positions) {
    assertKeys(positions, KeyFinders::xread, request);
  }

  @ParameterizedTest
  @CsvSource({
      "migrate h p a 0 10, 3",
      "migrate h p __ 0 10 copy auth keys keys a b, '10 11'",
      "migrate h p __ 0 10 auth2 keys keys keys a, 10",
      "migrate h p a 0 10 keys b, ''",
      "migrate h p __ 0 10 keys, ''",
  })
  void migrateTakesOneKeyOrThoseBehindTheWord(String request, String positions) {
    assertKeys(positions, KeyFinders::migrate, request);
  }

  /** @param positions in the order found, separated by spaces */
  private static void assertKeys(String positions, KeyFinder finder, String request) {
    byte[][] argv = Stream.of(request.split(" ")).map(word -> Bytes.of(word.equals("__") ? "" : word))
        .toArray(byte[][]::new);
    KeyPositions found = new KeyPositions();
    if (!finder.find(argv, found)) found.clear();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < found.size(); i++) text.append(i == 0 ? "" : " ").append(found.position(i));
    assertEquals(positions, text.toString());
  }
}
