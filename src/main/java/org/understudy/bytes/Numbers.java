package org.understudy.bytes;

/** Strict reading and exact printing of integers, as string2ll and ll2string of the reference implementation do it. */
public final class Numbers {
  private static final byte[] MIN_VALUE = Bytes.of("-9223372036854775808");

  private Numbers() {}

  /** Whether the range is a signed 64-bit number in canonical form: no spaces, plus sign, leading zeros or "-0". */
  public static boolean isLong(byte[] text, int offset, int length) {
    return parse(text, offset, length, false) != 0 || length == 1 && text[offset] == '0';
  }

  public static boolean isLong(byte[] text) {
    return isLong(text, 0, text.length);
  }

  /**
   * The number that the range spells in canonical form.
   *
   * @throws NumberFormatException if it is none (see {@link #isLong}); without a stack trace, since bad input is no surprise
   */
  public static long parseLong(byte[] text, int offset, int length) {
    return parse(text, offset, length, true);
  }

  public static long parseLong(byte[] text) {
    return parse(text, 0, text.length, true);
  }

  /** The number, or 0 (or an exception) if the text is not one; 0 is never the value of any text but "0". */
  private static long parse(byte[] text, int offset, int length, boolean strict) {
    if (length == 0 || length > 20) return refuse(strict);
    int i = offset;
    int end = offset + length;
    boolean negative = text[i] == '-';
    if (negative && ++i == end) return refuse(strict);
    int first = text[i] - '0';
    if (first == 0) {
      if (length == 1) return 0;
      return refuse(strict);
    }
    if (first < 0 || first > 9) return refuse(strict);
    long value = -first; // counted downwards, since the range is larger there
    for (i++; i < end; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) return refuse(strict);
      if (value < Long.MIN_VALUE / 10) return refuse(strict);
      value *= 10;
      if (value < Long.MIN_VALUE + digit) return refuse(strict);
      value -= digit;
    }
    if (negative) return value;
    return value == Long.MIN_VALUE ? refuse(strict) : -value;
  }

  private static long refuse(boolean strict) {
    if (strict) throw NotANumber.INSTANCE;
    return 0;
  }

  /** How many characters {@link #putDecimal} writes, sign included. */
  public static int decimalLength(long number) {
    if (number == Long.MIN_VALUE) return MIN_VALUE.length;
    int length = number < 0 ? 2 : 1;
    long rest = Math.abs(number);
    while (rest >= 10) {
      rest /= 10;
      length++;
    }
    return length;
  }

  /** Writes the decimal text of a number; returns the offset after it. */
  public static int putDecimal(long number, byte[] into, int offset) {
    if (number == Long.MIN_VALUE) {
      System.arraycopy(MIN_VALUE, 0, into, offset, MIN_VALUE.length);
      return offset + MIN_VALUE.length;
    }
    int end = offset + decimalLength(number);
    long rest = Math.abs(number);
    int i = end;
    do {
      long next = rest / 10;
      into[--i] = (byte) ('0' + (int) (rest - next * 10));
      rest = next;
    } while (rest != 0);
    if (number < 0) into[--i] = '-';
    return end;
  }

  private static final class NotANumber extends NumberFormatException {
    private static final long serialVersionUID = 1;
    static final NotANumber INSTANCE = new NotANumber();

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
