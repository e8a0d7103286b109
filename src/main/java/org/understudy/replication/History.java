package org.understudy.replication;

/**
 * Whose changes a dataset is made of: the id of a history of changes, whose offsets count its bytes, and of the one
 * that it branched off from.
 *
 * @param id 40 hexadecimal digits; {@code master_replid}
 * @param secondId the history whose beginning ours shares, {@link #NO_ID} if there is none; {@code master_replid2}
 * @param secondOffset number of the first byte that is not shared any more, {@link #NO_OFFSET} if there is none;
 *     {@code second_repl_offset}. As in PSYNC the first byte of a history has the number 1, so who asks for the second
 *     history from this byte on, or from an earlier one, can go on.
 */
public record History(String id, String secondId, long secondOffset) {
  /** In place of an id. */
  public static final String NO_ID = "0".repeat(40);
  /** In place of an offset. */
  public static final long NO_OFFSET = -1;

  /** A history that shares nothing with any other. */
  public static History of(String id) {
    return new History(id, NO_ID, NO_OFFSET);
  }

  /** What is to become of this one when others than its primary add to it: it goes on under a new id. */
  public History branched(String newId, long endOffset) {
    return new History(newId, id, endOffset + 1);
  }
}
