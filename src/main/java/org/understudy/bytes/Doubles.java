package org.understudy.bytes;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Reading and printing of doubles exactly as strtod and printf do it for Redis: scores, increments, replies. */
public final class Doubles {
  private static final MathContext SEVENTEEN_DIGITS = new MathContext(17, RoundingMode.HALF_EVEN);
  private static final double[] TENS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
      1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  private static final long[] FIVES = fives();
  private static final long TEN_TO_16 = 10_000_000_000_000_000L;
  private static final long TEN_TO_17 = 10 * TEN_TO_16;

  private Doubles() {}

  /**
   * The number that the text spells: a decimal or hexadecimal ({@code 0x1.8p3}) number or {@code inf} /
   * {@code infinity} with an optional sign, nothing before or after it. Rounded to the nearest double, ties to even.
   *
   * @return NaN if the text is none, spells NaN, or if the number is too large or too small for a double
   */
  public static double parse(byte[] text, int offset, int length) {
    double simple = parseSimple(text, offset, length);
    if (simple == simple) return simple;
    FloatText number = FloatText.read(text, offset, length);
    if (number == null) return Double.NaN;
    double value = nearest(number, text, offset, length);
    boolean outOfRange = value == 0 && !number.zero() || Double.isInfinite(value) && !number.infinite;
    return outOfRange ? Double.NaN : value;
  }

  public static double parse(byte[] text) {
    return parse(text, 0, text.length);
  }

  /**
   * The same as far as strtod alone decides: white space may come first, the text ends at the first NUL, nothing at all
   * is 0, and what is too large or too small becomes infinite or 0.
   *
   * @return NaN if the text is no number
   */
  public static double parseLoosely(byte[] text, int offset, int length) {
    double simple = parseSimple(text, offset, length);
    if (simple == simple) return simple;
    int end = offset;
    while (end < offset + length && text[end] != 0) end++;
    if (end == offset) return 0;
    int start = offset;
    while (start < end && (text[start] == ' ' || text[start] >= '\t' && text[start] <= '\r')) start++;
    FloatText number = FloatText.read(text, start, end - start);
    return number == null ? Double.NaN : nearest(number, text, start, end - start);
  }

  private static double nearest(FloatText number, byte[] text, int offset, int length) {
    if (number.infinite) return number.negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    if (number.zero()) return number.negative ? -0.0 : 0.0;
    return Double.parseDouble(number.javaText(text, offset, length));
  }

  /** What {@code printf("%.17g")} prints; {@code inf}, {@code -inf}, {@code nan}. The text of a double in replies. */
  public static String toText(double value) {
    if (Double.isNaN(value)) return "nan";
    if (Double.isInfinite(value)) return value > 0 ? "inf" : "-inf";
    if (value == 0) return 1 / value < 0 ? "-0" : "0";
    if (value == (long) value && Math.abs(value) < TEN_TO_17) return Long.toString((long) value);
    double positive = Math.abs(value);
    StringBuilder out = new StringBuilder(24);
    if (value < 0) out.append('-');
    if (positive >= 1e-10 && positive < 1e16) return fixed(positive, out);
    BigDecimal rounded = new BigDecimal(positive).round(SEVENTEEN_DIGITS);
    String digits = rounded.unscaledValue().toString();
    return general(digits, digits.length() - rounded.scale() - 1, out);
  }

  /**
   * What {@code printf("%.*f")} prints, whatever the size of the number.
   *
   * @param decimals digits behind the point
   */
  public static String toFixed(double value, int decimals) {
    if (Double.isNaN(value) || Double.isInfinite(value)) return toText(value);
    String positive = new BigDecimal(Math.abs(value)).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
    return value < 0 || value == 0 && 1 / value < 0 ? '-' + positive : positive;
  }

  /** 17 decimals without the zeros at their end: the text of a coordinate. Its number is not negative and 0 at once. */
  public static String toPlainText(double value) {
    String text = toFixed(value, 17);
    int end = text.length();
    while (text.charAt(end - 1) == '0') end--;
    if (text.charAt(end - 1) == '.') end--;
    text = text.substring(0, end);
    return text.equals("-0") ? "0" : text;
  }

  /**
   * The common case of {@link #parse} without any object: up to 15 digits with a point somewhere, where one division of
   * two exact doubles gives the nearest one. NaN for everything else, valid or not.
   */
  private static double parseSimple(byte[] text, int offset, int length) {
    int i = offset;
    int end = offset + length;
    if (length == 0 || length > 17) return Double.NaN;
    boolean negative = text[i] == '-';
    if (negative) i++;
    long digits = 0;
    int count = 0;
    int fraction = -1;
    for (; i < end; i++) {
      byte c = text[i];
      if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
        count++;
        if (fraction >= 0) fraction++;
      } else if (c == '.' && fraction < 0) {
        fraction = 0;
      } else {
        return Double.NaN;
      }
    }
    if (count == 0 || count > 15) return Double.NaN;
    double value = fraction > 0 ? digits / TENS[fraction] : digits;
    return negative ? -value : value;
  }

  /**
   * Seventeen digits of a double between 1e-10 and 1e16 by exact 128-bit arithmetic: the mantissa times 5^p (which
   * still is exact), shifted down by what is left of 2^p, is the number times 10^p.
   */
  private static String fixed(double value, StringBuilder out) {
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) - 1075;
    long mantissa = bits & (1L << 52) - 1 | 1L << 52;
    int power = 16 - (int) Math.floor(Math.log10(value));
    while (true) {
      if (power < 0) power = 0;
      long scaled = scale(mantissa, exponent, power);
      // the logarithm may be off by one next to a power of ten, and rounding up may make an eighteenth digit
      if (scaled >= TEN_TO_17) power--;
      else if (scaled < TEN_TO_16) power++;
      else if (scaled == TEN_TO_16) return nearPowerOfTen(mantissa, exponent, power, out);
      else return general(Long.toString(scaled), 16 - power, out);
    }
  }

  /** What is rounded to a power of ten may be less than it: then it has one digit more to show. */
  private static String nearPowerOfTen(long mantissa, int exponent, int power, StringBuilder out) {
    long finer = scale(mantissa, exponent, power + 1);
    return finer < TEN_TO_17 ? general(Long.toString(finer), 15 - power, out)
        : general(Long.toString(TEN_TO_16), 16 - power, out);
  }

  /** mantissa * 2^exponent * 10^power rounded to an integer below 2^63, ties to even. */
  private static long scale(long mantissa, int exponent, int power) {
    long high = Math.multiplyHigh(mantissa, FIVES[power]);
    long low = mantissa * FIVES[power];
    int shift = -(exponent + power);
    if (shift <= 0) return low << -shift;
    long whole = high << 64 - shift | low >>> shift; // the shift is at most 61 in the range of fixed()
    long rest = low << 64 - shift;
    boolean up = rest < 0 && (rest != Long.MIN_VALUE || (whole & 1) == 1);
    return up ? whole + 1 : whole;
  }

  /** The {@code %g} layout of up to 17 digits with the point behind the first one and a power of ten. */
  private static String general(String digits, int exponent, StringBuilder out) {
    int count = digits.length();
    while (count > 1 && digits.charAt(count - 1) == '0') count--;
    if (exponent < -4 || exponent >= 17) {
      out.append(digits.charAt(0));
      if (count > 1) out.append('.').append(digits, 1, count);
      out.append('e').append(exponent < 0 ? '-' : '+');
      int magnitude = Math.abs(exponent);
      if (magnitude < 10) out.append('0');
      return out.append(magnitude).toString();
    }
    if (exponent < 0) {
      out.append("0.");
      for (int i = -1; i > exponent; i--) out.append('0');
      return out.append(digits, 0, count).toString();
    }
    if (count <= exponent + 1) {
      out.append(digits, 0, count);
      for (int i = count; i <= exponent; i++) out.append('0');
      return out.toString();
    }
    return out.append(digits, 0, exponent + 1).append('.').append(digits, exponent + 1, count).toString();
  }

  private static long[] fives() {
    long[] fives = new long[28];
    fives[0] = 1;
    for (int i = 1; i < fives.length; i++) fives[i] = fives[i - 1] * 5;
    return fives;
  }
}
