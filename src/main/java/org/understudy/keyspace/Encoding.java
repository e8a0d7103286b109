package org.understudy.keyspace;

import org.understudy.bytes.Numbers;

/** Encoding of a string value, as OBJECT ENCODING names it. */
public enum Encoding {
  INT("int"), EMBSTR("embstr"), RAW("raw");

  /** Longest value that Redis embeds in its object. */
  public static final int EMBSTR_MAX_BYTES = 44;

  private static final Encoding[] BY_ORDINAL = values();

  private final String word;

  Encoding(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }

  static Encoding at(int ordinal) {
    return BY_ORDINAL[ordinal];
  }

  /** What a value that was just set gets: INT for a canonical 64-bit number, else by its length. */
  public static Encoding of(byte[] text, int offset, int length) {
    if (length > EMBSTR_MAX_BYTES) return RAW;
    return length <= 20 && Numbers.isLong(text, offset, length) ? INT : EMBSTR;
  }
}
