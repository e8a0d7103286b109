package org.understudy.keyspace.collection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An element of a large sorted set in one array: eight bytes of score (its IEEE 754 bits, big endian), then the member.
 * It is never changed: both the table of members and the tree refer to the same array, and so may copies of the set.
 */
final class ScoredMember {
  /** Where the member starts. */
  static final int MEMBER = 8;

  private static final VarHandle DOUBLES = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);

  private ScoredMember() {}

  static byte[] of(double score, byte[] array, int offset, int length) {
    byte[] element = new byte[MEMBER + length];
    DOUBLES.set(element, 0, score);
    System.arraycopy(array, offset, element, MEMBER, length);
    return element;
  }

  static double score(byte[] element) {
    return (double) DOUBLES.get(element, 0);
  }

  static byte[] member(byte[] element) {
    return Arrays.copyOfRange(element, MEMBER, element.length);
  }

  /** Order of the element's member and a range of bytes, as memcmp followed by length. */
  static int compareMember(byte[] element, byte[] array, int from, int to) {
    return Arrays.compareUnsigned(element, MEMBER, element.length, array, from, to);
  }
}
