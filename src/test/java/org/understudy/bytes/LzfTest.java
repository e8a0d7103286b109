package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LzfTest {
  private final Lzf lzf = new Lzf();

  @Test
  void expandsLiteralsShortAndLongRepeatsAsTheFormatSays() {
    byte[] compressed = {
        2, 'a', 'b', 'c', // three literals
        0x20, 2, // three bytes from three before
        (byte) 0xE0, 1, 0, // ten bytes from one before, which it writes itself
    };
    assertEquals("abcabccccccccccc", Bytes.string(expand(compressed, 16)));
  }

  @Test
  void whatIsCompressedExpandsToTheSameWhateverWasCompressedBefore() {
    Random random = new Random(42);
    for (int round = 0; round < 2000; round++) {
      byte[] input = input(random, random.nextInt(round < 1900 ? 300 : 60_000));
      byte[] compressed = compress(input, input.length + input.length / 32 + 1);
      if (input.length > 0) assertTrue(compressed.length > 0);
      assertArrayEquals(input, expand(compressed, input.length));
    }
  }

  @Test
  void repetitiveInputShrinks() {
    byte[] input = new byte[10_000];
    Arrays.fill(input, (byte) 'x');
    byte[] compressed = compress(input, input.length);
    assertTrue(compressed.length < 130, () -> "is " + compressed.length);
    assertTrue(Lzf.canExpand(compressed.length, input.length));
    assertFalse(Lzf.canExpand(compressed.length, 100L * input.length));
  }

  @Test
  void aLimitThatDoesNotSufficeIsSaidAndNeverExceeded() {
    byte[] input = input(new Random(7), 500);
    byte[] whole = compress(input, 1000);
    byte[] into = new byte[1000];
    for (int limit = 0; limit < whole.length; limit++) {
      Arrays.fill(into, (byte) 0x55);
      assertEquals(0, lzf.compress(input, 0, input.length, into, 3, limit));
      for (int i = 3 + limit; i < into.length; i++) assertEquals(0x55, into[i]);
    }
  }

  @Test
  void damagedInputIsRefusedOrExpandsToTheWantedLengthOnly() {
    byte[] input = input(new Random(3), 400);
    byte[] compressed = compress(input, 600);
    for (int i = 0; i < compressed.length; i++) {
      assertFalse(Lzf.expand(compressed, 0, i, new byte[input.length], 0, input.length));
      for (int value = 0; value < 256; value++) {
        byte[] damaged = compressed.clone();
        damaged[i] = (byte) value;
        Lzf.expand(damaged, 0, damaged.length, new byte[input.length], 0, input.length); // no exception
      }
    }
    assertFalse(Lzf.expand(compressed, 0, compressed.length, new byte[input.length], 0, input.length - 1));
    assertFalse(Lzf.expand(compressed, 0, compressed.length, new byte[input.length + 1], 0, input.length + 1));
  }

  /** Few different bytes, with repetitions near and far. */
  private static byte[] input(Random random, int length) {
    byte[] input = new byte[length];
    int alphabet = 1 + random.nextInt(random.nextBoolean() ? 4 : 256);
    for (int i = 0; i < length; i++) input[i] = (byte) random.nextInt(alphabet);
    for (int copies = random.nextInt(8); copies > 0 && length > 10; copies--) {
      int size = random.nextInt(length / 2);
      System.arraycopy(input.clone(), random.nextInt(length - size), input, random.nextInt(length - size), size);
    }
    return input;
  }

  private byte[] compress(byte[] input, int limit) {
    byte[] into = new byte[limit];
    return Arrays.copyOf(into, lzf.compress(input, 0, input.length, into, 0, limit));
  }

  private static byte[] expand(byte[] compressed, int length) {
    byte[] into = new byte[length];
    assertTrue(Lzf.expand(compressed, 0, compressed.length, into, 0, length));
    return into;
  }
}
