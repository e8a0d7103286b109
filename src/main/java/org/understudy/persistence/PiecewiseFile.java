package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that is written a piece at a time and becomes what it is to be with the last. Every method may block, and is
 * called by one thread after the other. Failures are logged there; after one, {@link #discard} is all that may follow.
 */
public interface PiecewiseFile {
  /** Writes all that remains of the piece. */
  void write(ByteBuffer piece) throws IOException;

  /** All is written: makes it what it is to be. */
  void commit() throws IOException;

  /** Removes what was written so far. What is committed stays. */
  void discard();

  /** Writes a piece, and commits behind the last; discards if any of that fails. @return whether it was done */
  default boolean put(ByteBuffer piece, boolean last) {
    try {
      write(piece);
      if (last) commit();
      return true;
    } catch (IOException logged) {
      discard();
      return false;
    }
  }
}
