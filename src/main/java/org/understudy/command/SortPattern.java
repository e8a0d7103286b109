package org.understudy.command;

import java.util.Arrays;
import org.understudy.keyspace.collection.HashValue;

/**
 * The argument of SORT's BY and GET: a key in which an asterisk stands for the element, perhaps with a field of a hash
 * ({@code user_*->name}); or {@code #}, the element itself.
 */
final class SortPattern {
  private final boolean element;
  /** The key before and behind the asterisk; null without one, which leads nowhere. */
  private final byte[] prefix;
  private final byte[] suffix;
  /** Field of a hash; null for a string. */
  private final byte[] field;

  SortPattern(byte[] text) {
    element = text.length == 1 && text[0] == '#';
    int asterisk = indexOf(text, '*', 0);
    if (asterisk < 0) {
      prefix = null;
      suffix = null;
      field = null;
      return;
    }
    int arrow = arrow(text, asterisk + 1);
    int keyEnd = arrow < 0 ? text.length : arrow;
    prefix = Arrays.copyOf(text, asterisk);
    suffix = Arrays.copyOfRange(text, asterisk + 1, keyEnd);
    field = arrow < 0 ? null : Arrays.copyOfRange(text, arrow + 2, text.length);
  }

  private static int indexOf(byte[] text, char wanted, int from) {
    for (int i = from; i < text.length; i++) if (text[i] == wanted) return i;
    return -1;
  }

  /** Where the first arrow is, -1 if there is none or no field behind it. */
  private static int arrow(byte[] text, int from) {
    for (int i = indexOf(text, '-', from); i >= 0; i = indexOf(text, '-', i + 1)) {
      if (i + 1 < text.length && text[i + 1] == '>') return i + 2 < text.length ? i : -1;
    }
    return -1;
  }

  /** Whether it is the same for every element: as BY this means not to sort. */
  boolean isConstant() {
    return prefix == null;
  }

  /** Whether other keys have to be looked at. */
  boolean looksUp() {
    return prefix != null;
  }

  /**
   * What the pattern leads to for an element; null if nowhere. Where it is looked up this counts as reading the key.
   */
  byte[] lookUp(Call call, byte[] sorted) {
    if (element) return sorted;
    if (prefix == null) return null;
    byte[] key = Arrays.copyOf(prefix, prefix.length + sorted.length + suffix.length);
    System.arraycopy(sorted, 0, key, prefix.length, sorted.length);
    System.arraycopy(suffix, 0, key, prefix.length + sorted.length, suffix.length);
    if (!call.find(key)) return null;
    if (field == null) return call.entry.isString() ? call.entry.bytes() : null;
    return call.entry.value() instanceof HashValue hash ? hash.get(field) : null;
  }
}
