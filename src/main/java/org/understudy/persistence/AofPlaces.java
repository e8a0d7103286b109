package org.understudy.persistence;

import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.rdb.RdbWriter;

/**
 * Places in the history of changes as annotations of an append-only file, which Redis skips: {@code #REPL:DATABASE ID
 * OFFSET}. One holds for the dataset that all commands before it make, so only if none follows.
 */
public final class AofPlaces {
  private static final byte[] NAME = Bytes.of("REPL:");
  private static final int ID_LENGTH = 40;

  private AofPlaces() {}

  /** The whole line. */
  public static byte[] annotation(RdbWriter.Place place) {
    return Bytes.of("#REPL:" + place.database() + " " + place.id() + " " + place.offset() + "\r\n");
  }

  /** The place that an annotation names; null if it is another one. @param text without sign and line end */
  static RdbWriter.Place parse(byte[] text) {
    if (text.length < NAME.length || !Arrays.equals(text, 0, NAME.length, NAME, 0, NAME.length)) return null;
    String[] words = Bytes.string(text, NAME.length, text.length - NAME.length).split(" ");
    if (words.length != 3 || words[1].length() != ID_LENGTH) return null;
    try {
      return new RdbWriter.Place(Integer.parseInt(words[0]), words[1], Long.parseLong(words[2]));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
