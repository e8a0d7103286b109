package org.understudy.persistence;

import org.understudy.bytes.Bytes;
import org.understudy.rdb.RdbWriter;
import org.understudy.resp.RequestBuffer;

/**
 * Places in the history of changes, noted in an append-only file: {@code PING "REPL:DATABASE ID OFFSET"}. One holds for
 * the dataset that all commands before it make, so only if none follows. It is a command rather than an annotation,
 * since whoever reads commands takes it and makes nothing of it, while not all who read such files know of annotations.
 * And it is in the file rather than beside it, so that no crash can tear it from the changes that it is about.
 */
public final class AofPlaces {
  private static final byte[] PING = Bytes.of("PING");
  private static final String NAME = "REPL:";
  private static final int ID_LENGTH = 40;

  private AofPlaces() {}

  /** Adds the whole command. */
  public static void add(RequestBuffer out, RdbWriter.Place place) {
    out.add(PING, Bytes.of(NAME + place.database() + " " + place.id() + " " + place.offset()));
  }

  /** The place that a command notes; null if it is any other command. */
  static RdbWriter.Place parse(byte[][] command) {
    if (command.length != 2 || !Bytes.is(command[0], "PING")) return null;
    String text = Bytes.string(command[1]);
    String[] words = text.startsWith(NAME) ? text.substring(NAME.length()).split(" ") : new String[0];
    if (words.length != 3 || words[1].length() != ID_LENGTH) return null;
    try {
      return new RdbWriter.Place(Integer.parseInt(words[0]), words[1], Long.parseLong(words[2]));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
