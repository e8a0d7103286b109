package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  private static final byte[] CHECK = Bytes.of("123456789");

  @Test
  void theCheckValueIsThatOfTheCatalogue() {
    assertEquals(0xE9C6D914C4B8D9CAL, Crc64.of(CHECK));
  }

  @Test
  void crc64OfPartsIsThatOfTheWhole() {
    byte[] bytes = new byte[1000];
    new Random(1).nextBytes(bytes);
    long whole = Crc64.of(bytes);
    for (int cut = 0; cut <= bytes.length; cut++) {
      long first = Crc64.update(0, bytes, 0, cut);
      assertEquals(whole, Crc64.update(first, bytes, cut, bytes.length - cut));
    }
  }

  @Test
  void crc64TakesEightBytesAsOneByOne() {
    byte[] bytes = new byte[100];
    new Random(2).nextBytes(bytes);
    long crc = 0;
    for (int i = 0; i < bytes.length; i++) crc = Crc64.update(crc, bytes, i, 1);
    assertEquals(crc, Crc64.of(bytes));
  }
}
