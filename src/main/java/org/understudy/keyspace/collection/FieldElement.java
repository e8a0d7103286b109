package org.understudy.keyspace.collection;

import java.util.Arrays;

/**
 * A field of a large hash and its value in one array: the field's length (seven bits a byte, the lowest first, the top
 * bit set in all but the last), the field, the value. Copies of the hash may refer to it too.
 */
final class FieldElement {
  private FieldElement() {}

  static byte[] of(byte[] field, byte[] value) {
    int start = lengthBytes(field.length);
    byte[] element = new byte[Math.addExact(start + field.length, value.length)];
    int rest = field.length;
    for (int i = 0; i < start - 1; i++) {
      element[i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    element[start - 1] = (byte) rest;
    System.arraycopy(field, 0, element, start, field.length);
    System.arraycopy(value, 0, element, start + field.length, value.length);
    return element;
  }

  /** Puts another value of the same length into an element that nobody else has; false if the length is another. */
  static boolean overwrite(byte[] element, byte[] value) {
    int start = valueStart(element);
    if (element.length - start != value.length) return false;
    System.arraycopy(value, 0, element, start, value.length);
    return true;
  }

  private static int lengthBytes(int length) {
    int bytes = 1;
    for (int rest = length >>> 7; rest != 0; rest >>>= 7) bytes++;
    return bytes;
  }

  static int fieldStart(byte[] element) {
    int i = 0;
    while (element[i] < 0) i++;
    return i + 1;
  }

  static int fieldLength(byte[] element) {
    int length = element[0] & 0x7F;
    for (int i = 1; element[i - 1] < 0; i++) length |= (element[i] & 0x7F) << 7 * i;
    return length;
  }

  /** Where the field ends; the value goes on to the end of the array. */
  static int valueStart(byte[] element) {
    return fieldStart(element) + fieldLength(element);
  }

  static int valueLength(byte[] element) {
    return element.length - valueStart(element);
  }

  static byte[] field(byte[] element) {
    int start = fieldStart(element);
    return Arrays.copyOfRange(element, start, start + fieldLength(element));
  }

  static byte[] value(byte[] element) {
    return Arrays.copyOfRange(element, valueStart(element), element.length);
  }
}
