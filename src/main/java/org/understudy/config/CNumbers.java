package org.understudy.config;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;

/** Numbers as the C functions behind the reference implementation's configuration read and print them. */
public final class CNumbers {
  private static final long KB = 1024;
  private static final long MB = 1024 * KB;
  private static final long GB = 1024 * MB;
  private static final Pattern LEADING_NUMBER = Pattern.compile("\\s*([+-]?[0-9]+)");

  private CNumbers() {}

  /** Canonical decimal: no sign but minus, no leading zero, no space. */
  static long strict(String word) {
    return Numbers.parseLong(Bytes.of(word));
  }

  /**
   * What strtoll makes of a whole word: leading space and a sign are fine, the empty word is 0, and too large a decimal
   * becomes the nearest number.
   *
   * @throws NumberFormatException if something is left over, or an octal number is out of range
   */
  static long whole(String word, int radix) {
    int i = 0;
    while (i < word.length() && (word.charAt(i) == ' ' || word.charAt(i) >= '\t' && word.charAt(i) <= '\r')) i++;
    int sign = i;
    boolean negative = i < word.length() && word.charAt(i) == '-';
    if (negative || i < word.length() && word.charAt(i) == '+') i++;
    if (i == word.length()) {
      if (word.isEmpty()) return 0;
      throw new NumberFormatException();
    }
    for (int j = i; j < word.length(); j++) {
      if (Character.digit(word.charAt(j), radix) < 0 || word.charAt(j) > '9') throw new NumberFormatException();
    }
    try {
      return Long.parseLong(word.substring(sign), radix);
    } catch (NumberFormatException outOfRange) {
      if (radix != 10) throw outOfRange;
      return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /**
   * As much of a text as is a number, as atoll reads it: up to the first other character, after white space and a sign;
   * no further than a long goes. 0 if there is none.
   */
  public static long leading(String text) {
    Matcher digits = LEADING_NUMBER.matcher(text);
    if (!digits.lookingAt()) return 0;
    BigInteger number = new BigInteger(digits.group(1));
    return number.min(BigInteger.valueOf(Long.MAX_VALUE)).max(BigInteger.valueOf(Long.MIN_VALUE)).longValue();
  }

  /**
   * A number of bytes: digits and an optional unit, b k kb m mb g gb in either case; k is 1000, kb is 1024. As in
   * memtoull the digits may be missing (0) and a result beyond 64 bits wraps around.
   *
   * @throws NumberFormatException if it is anything else
   */
  public static long memory(String word) {
    int digits = 0;
    while (digits < word.length() && word.charAt(digits) >= '0' && word.charAt(digits) <= '9') digits++;
    long unit = unit(word.substring(digits));
    if (unit == 0 || digits >= 128) throw new NumberFormatException();
    if (digits == 0) return 0;
    long number;
    try {
      number = Long.parseUnsignedLong(word.substring(0, digits));
    } catch (NumberFormatException beyond64Bits) {
      number = -1;
    }
    return number * unit;
  }

  private static long unit(String name) {
    return switch (Words.lower(name)) {
      case "", "b" -> 1;
      case "k" -> 1000;
      case "kb" -> KB;
      case "m" -> 1000 * 1000;
      case "mb" -> MB;
      case "g" -> 1000L * 1000 * 1000;
      case "gb" -> GB;
      default -> 0;
    };
  }

  /** The shortest form with a whole number of gb, mb, kb or bytes. */
  static String memoryText(long bytes) {
    if (bytes > 0 && bytes % GB == 0) return bytes / GB + "gb";
    if (bytes > 0 && bytes % MB == 0) return bytes / MB + "mb";
    if (bytes > 0 && bytes % KB == 0) return bytes / KB + "kb";
    return Long.toUnsignedString(bytes);
  }
}
