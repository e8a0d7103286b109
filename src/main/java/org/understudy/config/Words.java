package org.understudy.config;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.QuotedArguments;

/** Words of a line, as text. */
final class Words {
  private Words() {}

  /** The words of a line with quotes, or null if the quotes are not balanced. */
  static List<String> split(String line) {
    byte[][] words = QuotedArguments.split(Bytes.of(line));
    if (words == null) return null;
    List<String> texts = new ArrayList<>(words.length);
    for (byte[] word : words) texts.add(Bytes.string(word));
    return texts;
  }

  /** What is between single spaces, empty pieces included; no piece at all for the empty text. */
  static List<String> splitAtSpaces(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  /** The word in double quotes, with escapes for quotes, backslashes and all that is not printable ASCII (sdscatrepr). */
  static String quote(String word) {
    StringBuilder quoted = new StringBuilder(word.length() + 2).append('"');
    for (char c : word.toCharArray()) {
      switch (c) {
        case '\\', '"' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\b' -> quoted.append("\\b");
        case 7 -> quoted.append("\\a");
        default -> {
          if (c >= ' ' && c < 127) quoted.append(c);
          else quoted.append("\\x").append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
        }
      }
    }
    return quoted.append('"').toString();
  }

  /** ASCII lower case. */
  static String lower(String text) {
    return Bytes.lowerString(Bytes.of(text));
  }
}
