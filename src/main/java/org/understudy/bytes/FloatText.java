package org.understudy.bytes;

import java.math.BigInteger;

/**
 * A floating-point number as C spells it, taken apart but not rounded: {@code [+-] (digits [. digits] [e exponent] |
 * 0x hexdigits [. hexdigits] [p exponent] | inf | infinity)}, in either case. At least one digit must stand there.
 */
final class FloatText {
  /** Exponents beyond this are as good as infinite for any format, and leave room for sums. */
  private static final int EXPONENT_LIMIT = 1_000_000;

  boolean negative;
  boolean infinite;
  boolean hexadecimal;
  /** Digits without leading zeros and without the point, as an index range that may contain the point. */
  private int from;
  private int to;
  private int digitCount;
  private boolean hasExponent;
  /** The power of ten, or of two for a hexadecimal number, that the digits, read as an integer, are multiplied by. */
  int exponent;

  private FloatText() {}

  /** @return null if the range is not such a text; NaN is none */
  static FloatText read(byte[] text, int offset, int length) {
    FloatText number = new FloatText();
    return number.parse(text, offset, offset + length) ? number : null;
  }

  boolean zero() {
    return !infinite && digitCount == 0;
  }

  /** Number of significant digits (leading zeros not counted), in the base of the text. */
  int digitCount() {
    return digitCount;
  }

  BigInteger digits(byte[] text) {
    StringBuilder digits = new StringBuilder(digitCount);
    for (int i = from; i < to; i++) {
      if (text[i] != '.') digits.append((char) text[i]);
    }
    return new BigInteger(digits.toString(), hexadecimal ? 16 : 10);
  }

  /** The same number as {@link Double#parseDouble} wants it: a hexadecimal one must have an exponent there. */
  String javaText(byte[] text, int offset, int length) {
    String same = Bytes.string(text, offset, length);
    return hexadecimal && !hasExponent ? same + "p0" : same;
  }

  private boolean parse(byte[] text, int i, int end) {
    if (i < end && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
    if (isWord(text, i, end, "inf") || isWord(text, i, end, "infinity")) {
      infinite = true;
      return true;
    }
    if (end - i >= 2 && text[i] == '0' && Bytes.lower(text[i + 1]) == 'x') {
      hexadecimal = true;
      i += 2;
    }
    int radix = hexadecimal ? 16 : 10;
    int fraction = 0;
    boolean point = false;
    boolean any = false;
    from = -1;
    for (; i < end; i++) {
      byte c = text[i];
      if (c == '.' && !point) {
        point = true;
      } else if (c > 0 && Character.digit(c, radix) >= 0) {
        any = true;
        if (c != '0' && from < 0) from = i;
        if (from >= 0) digitCount++;
        if (point) fraction++;
      } else {
        break;
      }
    }
    if (!any) return false;
    to = i;
    if (from < 0) from = i;
    int written = 0;
    if (i < end && Bytes.lower(text[i]) == (hexadecimal ? 'p' : 'e')) {
      i++;
      boolean minus = i < end && text[i] == '-';
      if (minus || i < end && text[i] == '+') i++;
      if (i == end) return false;
      for (; i < end && text[i] >= '0' && text[i] <= '9'; i++) {
        written = Math.min(EXPONENT_LIMIT, written * 10 + text[i] - '0');
        hasExponent = true;
      }
      if (!hasExponent) return false;
      if (minus) written = -written;
    }
    exponent = written - (hexadecimal ? 4 * fraction : fraction);
    return i == end;
  }

  private static boolean isWord(byte[] text, int i, int end, String lowerCase) {
    if (end - i != lowerCase.length()) return false;
    for (int k = 0; k < lowerCase.length(); k++) {
      if (Bytes.lower(text[i + k]) != lowerCase.charAt(k)) return false;
    }
    return true;
  }
}
