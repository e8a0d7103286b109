package org.understudy.bytes;

import java.math.BigInteger;

/**
 * The 80-bit floating-point number of x87 (C's {@code long double} on x86-64), in which Redis computes INCRBYFLOAT: a
 * significand of 64 bits and exponents down to 2^-16445, every result rounded to nearest, ties to even. Emulated with
 * integers, so that the texts are the same as those of Redis to the last digit. Zero has no sign here, as none is
 * printed.
 */
public final class LongDouble {
  private static final int SIGNIFICAND_BITS = 64;
  private static final int MIN_EXPONENT = -16445;
  /** The first power of two that is too large. */
  private static final int OVERFLOW_BITS = 16384;
  /** Texts this long are refused (MAX_LONG_DOUBLE_CHARS). */
  private static final int MAX_TEXT_LENGTH = 5 * 1024;

  private static final int FRACTION_DIGITS = 17;
  private static final long ONE = 100_000_000_000_000_000L;
  private static final BigInteger BIG_ONE = BigInteger.valueOf(ONE);

  private static final LongDouble INFINITE = new LongDouble(null, 0);
  private static final LongDouble ZERO = new LongDouble(BigInteger.ZERO, 0);

  /** The value is significand * 2^exponent; null if it is infinite or not a number. */
  private final BigInteger significand;
  private final int exponent;

  private LongDouble(BigInteger significand, int exponent) {
    this.significand = significand;
    this.exponent = exponent;
  }

  /**
   * The number that the text spells, as strtold reads it (see {@link Doubles#parse}); {@code inf} is one.
   *
   * @return null if it spells none, or one that overflows or vanishes
   */
  public static LongDouble parse(byte[] text) {
    if (text.length >= MAX_TEXT_LENGTH) return null;
    FloatText number = FloatText.read(text, 0, text.length);
    if (number == null) return null;
    if (number.infinite) return INFINITE;
    if (number.zero()) return ZERO;
    LongDouble value = number.hexadecimal ? fromBinary(number, text) : fromDecimal(number, text);
    if (value == null || !value.isFinite() || value.significand.signum() == 0) return null;
    return number.negative ? new LongDouble(value.significand.negate(), value.exponent) : value;
  }

  public boolean isFinite() {
    return significand != null;
  }

  public LongDouble plus(LongDouble other) {
    if (!isFinite() || !other.isFinite()) return INFINITE;
    int common = Math.min(exponent, other.exponent);
    BigInteger sum = significand.shiftLeft(exponent - common).add(other.significand.shiftLeft(other.exponent - common));
    LongDouble rounded = round(sum.abs(), common, false);
    return sum.signum() >= 0 || !rounded.isFinite() ? rounded
        : new LongDouble(rounded.significand.negate(), rounded.exponent);
  }

  /**
   * With 17 digits after the point, less the zeros at the end: {@code 3.14}, {@code 5000}, {@code 0.10000000000000001}.
   */
  public byte[] toText() {
    BigInteger magnitude = significand.abs();
    BigInteger scaled;
    if (exponent >= 0) {
      scaled = magnitude.shiftLeft(exponent).multiply(BIG_ONE);
    } else {
      scaled = shiftRightToNearest(magnitude.multiply(BIG_ONE), -exponent, false);
    }
    return fixedText(scaled.toString(), significand.signum() < 0);
  }

  /**
   * The text of the sum of two numbers where it is known without emulation; the common case of INCRBYFLOAT.
   *
   * @return null if it is not, valid numbers or not
   */
  public static byte[] simpleSum(byte[] a, byte[] b) {
    if (Numbers.isLong(a) && Numbers.isLong(b)) {
      long x = Numbers.parseLong(a);
      long y = Numbers.parseLong(b);
      long sum = x + y;
      return ((x ^ sum) & (y ^ sum)) < 0 ? null : Bytes.of(sum); // 63 bits are exact
    }
    long x = smallFixed(a);
    if (x == Long.MIN_VALUE) return null;
    long y = smallFixed(b);
    if (y == Long.MIN_VALUE) return null;
    return fixedText(Long.toString(Math.abs(x + y)), x + y < 0);
  }

  /**
   * The number in units of 10^-17 if it is a plain decimal fraction below 22 and at most 17 digits behind the point.
   * The sum of two of these is off by less than 44 * 2^-63 after three roundings to 64 bits, which is less than half a
   * unit, so the exact decimal sum is what gets printed.
   *
   * @return Long.MIN_VALUE if it is anything else
   */
  private static long smallFixed(byte[] text) {
    int i = 0;
    boolean negative = text.length > 0 && text[0] == '-';
    if (negative) i++;
    if (text.length - i > FRACTION_DIGITS + 3) return Long.MIN_VALUE;
    int whole = 0;
    int digits = 0;
    for (; i < text.length && text[i] >= '0' && text[i] <= '9'; i++, digits++) {
      whole = whole * 10 + text[i] - '0';
      if (whole >= 22) return Long.MIN_VALUE;
    }
    long value = whole * ONE;
    if (i < text.length && text[i] == '.') {
      long unit = ONE;
      for (i++; i < text.length && text[i] >= '0' && text[i] <= '9'; i++, digits++) {
        unit /= 10;
        if (unit == 0) return Long.MIN_VALUE;
        value += unit * (text[i] - '0');
      }
    }
    if (i < text.length || digits == 0) return Long.MIN_VALUE;
    return negative ? -value : value;
  }

  private static LongDouble fromDecimal(FloatText number, byte[] text) {
    long magnitude = (long) number.digitCount() + number.exponent;
    if (magnitude > 4933 || magnitude < -4951) return null;
    BigInteger digits = number.digits(text);
    BigInteger power = BigInteger.TEN.pow(Math.abs(number.exponent));
    if (number.exponent >= 0) return round(digits.multiply(power), 0, false);
    int shift = Math.max(0, SIGNIFICAND_BITS + 2 + power.bitLength() - digits.bitLength());
    BigInteger[] quotient = digits.shiftLeft(shift).divideAndRemainder(power);
    return round(quotient[0], -shift, quotient[1].signum() != 0);
  }

  private static LongDouble fromBinary(FloatText number, byte[] text) {
    long bits = 4L * number.digitCount() + number.exponent;
    if (bits > OVERFLOW_BITS + 4 || bits < MIN_EXPONENT - 4) return null;
    return round(number.digits(text), number.exponent, false);
  }

  /** @param sticky the exact value is a little larger than magnitude * 2^exponent */
  private static LongDouble round(BigInteger magnitude, int exponent, boolean sticky) {
    int drop = Math.max(magnitude.bitLength() - SIGNIFICAND_BITS, MIN_EXPONENT - exponent);
    if (drop > 0) {
      magnitude = shiftRightToNearest(magnitude, drop, sticky);
      exponent += drop;
    }
    if (magnitude.signum() == 0) return ZERO;
    return magnitude.bitLength() + exponent > OVERFLOW_BITS ? INFINITE : new LongDouble(magnitude, exponent);
  }

  private static BigInteger shiftRightToNearest(BigInteger magnitude, int bits, boolean sticky) {
    BigInteger shifted = magnitude.shiftRight(bits);
    if (!magnitude.testBit(bits - 1)) return shifted;
    boolean tie = !sticky && magnitude.getLowestSetBit() == bits - 1;
    return tie && !shifted.testBit(0) ? shifted : shifted.add(BigInteger.ONE);
  }

  /** Text of a number given in units of 10^-17. */
  private static byte[] fixedText(String units, boolean negative) {
    int whole = Math.max(0, units.length() - FRACTION_DIGITS);
    int end = units.length();
    while (end > whole && units.charAt(end - 1) == '0') end--;
    StringBuilder out = new StringBuilder(end + FRACTION_DIGITS + 2);
    if (whole == 0) out.append('0');
    else out.append(units, 0, whole);
    if (end > whole) {
      out.append('.');
      for (int i = units.length(); i < FRACTION_DIGITS; i++) out.append('0');
      out.append(units, whole, end);
    }
    boolean zero = out.length() == 1 && out.charAt(0) == '0';
    if (negative && !zero) out.insert(0, '-');
    return Bytes.of(out.toString());
  }
}
