package org.understudy.bytes;

/** Strict reading and exact printing of integers, as string2ll and ll2string of the reference implementation do it. */
public final class Numbers {
  private static final byte[] MIN_VALUE = Bytes.of("-9223372036854775808");

  private static final long[] POWERS_OF_TEN = new long[19];
  /** 00 to 99. */
  private static final byte[] DIGIT_PAIRS = new byte[200];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) POWERS_OF_TEN[i] = 10 * POWERS_OF_TEN[i - 1];
    for (int i = 0; i < 100; i++) {
      DIGIT_PAIRS[2 * i] = (byte) ('0' + i / 10);
      DIGIT_PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
    }
  }

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
   * @throws NumberFormatException if it is none (see {@link #isLong}); without a stack trace, since bad input is no
   * surprise
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
    long rest = Math.abs(number);
    int atLeast = (Long.SIZE - Long.numberOfLeadingZeros(rest | 1)) * 1233 >>> 12; // log10 of the next power of two
    return atLeast + (atLeast == 0 || rest >= POWERS_OF_TEN[atLeast] ? 1 : 0) + (number < 0 ? 1 : 0);
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
    while (rest >= 10) {
      long next = rest / 100;
      int pair = 2 * (int) (rest - next * 100);
      into[--i] = DIGIT_PAIRS[pair + 1];
      into[--i] = DIGIT_PAIRS[pair];
      rest = next;
    }
    if (rest > 0 || i == end) into[--i] = (byte) ('0' + rest);
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
