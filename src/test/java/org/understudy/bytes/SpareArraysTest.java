package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class SpareArraysTest {
  private final SpareArrays spares = new SpareArrays();

  @Test
  void anArrayIsTakenOnceAndOnlyForItsLength() {
    byte[] array = new byte[20_000];
    byte[] other = new byte[30_000];
    spares.give(array);
    spares.give(other);
    assertEquals(20_001, spares.take(20_001).length);
    assertSame(array, spares.take(20_000));
    assertNotSame(array, spares.take(20_000));
    assertSame(other, spares.take(30_000));
  }

  @Test
  void whatIsNotNeededBetweenTwoLooksIsDropped() {
    for (int i = 0; i < 4; i++) spares.give(new byte[20_000]);
    spares.shrink();
    byte[] needed = spares.take(20_000);
    spares.give(needed);
    spares.shrink();
    assertEquals(1, spares.count());
    spares.shrink();
    assertEquals(0, spares.count());
  }

  @Test
  void whatIsKeptIsBounded() {
    for (int i = 0; i < 100; i++) spares.give(new byte[1 << 20]);
    assertEquals(32, spares.count());
    for (int i = 0; i < 100; i++) spares.give(new byte[100]);
    assertEquals(32, spares.count());
  }
}
