package org.understudy.bytes;

/**
 * Glob patterns as KEYS, SCAN, PSUBSCRIBE and CONFIG GET know them: {@code *}, {@code ?}, {@code [a-c]}, {@code [^a-c]}
 * and a backslash that takes the next byte literally. Behaves as stringmatchlen of Redis 7.0.15 in every corner: bytes
 * are compared as signed, a class that is not closed ends with the pattern, an escaped byte within a class is compared
 * with its case even when case is ignored, and the empty text matches the empty pattern only (not {@code *}).
 *
 * <p>Needs no stack and no memory: after a mismatch only the last star is tried at a later place, since a star before
 * it could not do better. The worst case is the product of the lengths, never an exponential one.
 */
public final class Glob {
  private static final byte NONE = 0;

  private Glob() {}

  public static boolean matches(byte[] pattern, byte[] text, boolean ignoreCase) {
    return matches(pattern, text, 0, text.length, ignoreCase);
  }

  /** Whether {@code length} bytes of {@code text} from {@code offset} on match the whole pattern. */
  public static boolean matches(byte[] pattern, byte[] text, int offset, int length, boolean ignoreCase) {
    int end = offset + length;
    int s = offset;
    int p = 0;
    int afterStar = -1;
    int starTakesUntil = 0;
    while (p < pattern.length && s < end) {
      int next;
      switch (pattern[p]) {
        case '*' -> {
          while (at(pattern, p + 1) == '*') p++;
          if (p == pattern.length - 1) return true;
          afterStar = ++p;
          starTakesUntil = s;
          continue;
        }
        case '?' -> next = p + 1;
        case '[' -> next = matchClass(pattern, p, text[s], ignoreCase);
        case '\\' -> {
          int literal = p + 1 < pattern.length ? p + 1 : p;
          next = same(pattern[literal], text[s], ignoreCase) ? literal + 1 : -1;
        }
        default -> next = same(pattern[p], text[s], ignoreCase) ? p + 1 : -1;
      }
      if (next >= 0) {
        p = next;
        s++;
        if (s == end) {
          while (at(pattern, p) == '*') p++;
          return p == pattern.length;
        }
        if (p < pattern.length) continue;
      }
      if (afterStar < 0) return false;
      p = afterStar;
      s = ++starTakesUntil;
    }
    return p == pattern.length && s == end;
  }

  /**
   * Matches one byte with the class that opens at {@code p}.
   *
   * @return index behind the class, or -1 if the byte is not in it
   */
  private static int matchClass(byte[] pattern, int p, byte c, boolean ignoreCase) {
    int i = p + 1;
    boolean not = at(pattern, i) == '^';
    if (not) i++;
    boolean match = false;
    while (true) {
      int left = pattern.length - i;
      byte b = at(pattern, i);
      if (b == '\\' && left >= 2) {
        i++;
        if (pattern[i] == c) match = true;
      } else if (b == ']') {
        break;
      } else if (left <= 0) {
        i--;
        break;
      } else if (left >= 3 && pattern[i + 1] == '-') {
        if (inRange(b, pattern[i + 2], c, ignoreCase)) match = true;
        i += 2;
      } else if (same(b, c, ignoreCase)) {
        match = true;
      }
      i++;
    }
    return match != not ? i + 1 : -1;
  }

  private static boolean inRange(byte from, byte to, byte c, boolean ignoreCase) {
    byte low = from <= to ? from : to;
    byte high = from <= to ? to : from;
    return ignoreCase ? fold(c) >= fold(low) && fold(c) <= fold(high) : c >= low && c <= high;
  }

  /** glibc's tolower of a signed char: negative ones but -1 become unsigned, which may turn a range around. */
  private static int fold(byte c) {
    return c < -1 ? c & 0xFF : Bytes.lower(c);
  }

  private static boolean same(byte a, byte b, boolean ignoreCase) {
    return a == b || ignoreCase && Bytes.lower(a) == Bytes.lower(b);
  }

  private static byte at(byte[] pattern, int index) {
    return index < pattern.length ? pattern[index] : NONE;
  }
}
