package org.understudy.keyspace.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StreamIdTest {
  private static final StreamId BEYOND_SIGNED = new StreamId(Long.MIN_VALUE, 3);

  @Test
  void idsAreInTheOrderOfUnsignedNumbers() {
    List<StreamId> ascending = List.of(StreamId.MIN, new StreamId(0, 1), new StreamId(0, -1), new StreamId(1, 0),
        new StreamId(Long.MAX_VALUE, 7), BEYOND_SIGNED, new StreamId(-1, 0), StreamId.MAX);
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        assertEquals(Integer.compare(i, j), ascending.get(i).compareTo(ascending.get(j)));
      }
    }
    assertTrue(StreamId.MAX.isAfter(StreamId.MIN));
  }

  @Test
  void neighboursCarryIntoTheMillisecondsAndWrapAtTheEnds() {
    assertEquals(new StreamId(5, 8), new StreamId(5, 7).next());
    assertEquals(new StreamId(6, 0), new StreamId(5, -1).next());
    assertEquals(new StreamId(5, -1), new StreamId(6, 0).previous());
    assertEquals(StreamId.MIN, StreamId.MAX.next());
    assertEquals(StreamId.MAX, StreamId.MIN.previous());
  }

  @Test
  void textIsUnsignedDecimal() {
    assertEquals("1526985685298-0", new StreamId(1526985685298L, 0).toString());
    assertEquals("18446744073709551615-18446744073709551615", StreamId.MAX.toString());
    assertEquals("9223372036854775808-3", BEYOND_SIGNED.toString());
  }
}
