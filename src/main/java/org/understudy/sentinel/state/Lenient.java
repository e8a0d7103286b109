package org.understudy.sentinel.state;

/** Numbers in what others say, which may be anything. */
final class Lenient {
  private static final int MOST_DIGITS = 18;

  private Lenient() {}

  /** The digits that the text begins with, after an optional minus; 0 if there are none, the nearest if too many. */
  static long number(String text) {
    boolean negative = text.startsWith("-");
    int from = negative ? 1 : 0;
    int to = from;
    while (to < text.length() && text.charAt(to) >= '0' && text.charAt(to) <= '9') to++;
    if (to == from) return 0;
    long value = to - from > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(text.substring(from, to));
    return negative ? -value : value;
  }
}
