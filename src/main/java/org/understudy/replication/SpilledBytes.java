package org.understudy.replication;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The part of a log that is not in memory: bytes one after the other, in pieces that are forgotten one by one. */
final class SpilledBytes {
  private static final long PIECE_BYTES = 16 << 20;

  private static final class Part {
    final long start;
    /** Offset after what has been written. */
    long end;
    final Spill.Piece piece;

    Part(long start, Spill.Piece piece) {
      this.start = start;
      end = start;
      this.piece = piece;
    }
  }

  private final Spill spill;
  private final ArrayDeque<Part> parts = new ArrayDeque<>();
  /** Something is being added to the last part. */
  private boolean writing;

  SpilledBytes(Spill spill) {
    this.spill = spill;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Offset of the first byte; there must be one. */
  long first() {
    return parts.getFirst().start;
  }

  /** Offset after the last byte that has been written; there must be a first one. */
  long end() {
    return parts.getLast().end;
  }

  /** Offset after the bytes that are forgotten first; there must be some. */
  long endOfFirst() {
    return parts.getFirst().end;
  }

  /** Bytes that are held, also those that nobody needs any more but go with others. */
  long length() {
    return parts.isEmpty() ? 0 : parts.getLast().end - parts.getFirst().start;
  }

  int pieces() {
    return parts.size();
  }

  /** Adds what follows; nothing else may be under way. @param written see {@link Spill.Piece#write} */
  void add(long start, byte[] bytes, int length, Consumer<IOException> written) {
    if (parts.isEmpty() || start - parts.getLast().start >= PIECE_BYTES) parts.add(new Part(start, spill.create()));
    Part part = parts.getLast();
    writing = true;
    part.piece.write(bytes, length, failure -> {
      writing = false;
      if (failure == null) part.end += length;
      written.accept(failure);
    });
  }

  /** Reads from an offset on that has been written. */
  void read(long offset, int mostBytes, BiConsumer<byte[], IOException> read) {
    for (Part part : parts) {
      if (offset >= part.end) continue;
      part.piece.read(offset - part.start, (int) Math.min(mostBytes, part.end - offset), read);
      return;
    }
    throw new IllegalArgumentException("no byte at " + offset);
  }

  /** Nobody needs what is before that offset. */
  void forgetBefore(long offset) {
    while (!parts.isEmpty() && parts.getFirst().end <= offset && !(writing && parts.size() == 1)) {
      parts.poll().piece.delete();
    }
  }

  void forgetAll() {
    for (Part part : parts) part.piece.delete();
    parts.clear();
  }
}
