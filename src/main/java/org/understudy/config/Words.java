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

  /** The word in double quotes, with escapes for all that is not printable ASCII. */
  static String quote(String word) {
    return Bytes.string(QuotedArguments.quote(Bytes.of(word)));
  }

  /** ASCII lower case. */
  static String lower(String text) {
    return Bytes.lowerString(Bytes.of(text));
  }
}
