package org.understudy.replication;

import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Where a log puts what its readers still need and memory has no room for. Every call returns at once; what was asked
 * for is done in the order of the calls to one piece, and told on the log's loop.
 */
public interface Spill {
  /** Begins a piece. */
  Piece create();

  /** So many bytes in a row, which go together. */
  interface Piece {
    /**
     * Adds bytes.
     *
     * @param bytes from 0 on, not changed until it is done
     * @param written is told null, or why it failed: the piece is of no use any more then
     */
    void write(byte[] bytes, int length, Consumer<IOException> written);

    /**
     * Reads bytes that were added.
     *
     * @param position in the piece
     * @param read gets at least one byte and at most so many, or null and why it failed
     */
    void read(long position, int mostBytes, BiConsumer<byte[], IOException> read);

    /** Forgets it. Whoever waits for an earlier call is told of that. */
    void delete();
  }
}
