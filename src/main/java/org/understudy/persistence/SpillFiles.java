package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.understudy.replication.Spill;

/**
 * Keeps pieces of the replication log in files, whose room on the disk is free when the piece is deleted or the server
 * has ended.
 */
public final class SpillFiles implements Spill {
  private final FileSystem files;
  private final Supplier<Path> folder;
  private final long processId;
  private Turns turns;
  private int serial;

  /** @param folder where new files go */
  public SpillFiles(FileSystem files, Supplier<Path> folder, long processId) {
    this.files = files;
    this.folder = folder;
    this.processId = processId;
  }

  /** To be called before the first piece. */
  public void start(Turns lent) {
    turns = lent;
  }

  @Override
  public Piece create() {
    return new PieceFile(folder.get().resolve("temp-" + processId + "-" + ++serial + ".repl"));
  }

  /** What is done to it is done one after the other, where it may block. */
  private final class PieceFile implements Piece {
    private final NamelessFile file;
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private boolean busy;

    private PieceFile(Path path) {
      file = new NamelessFile(files, path);
    }

    private void enqueue(Runnable work) {
      queue.add(work);
      if (!busy) next();
    }

    private void next() {
      Runnable work = queue.poll();
      busy = work != null;
      if (busy) turns.block(work);
    }

    /** Ends the work under way. */
    private void done(Runnable told) {
      turns.back(() -> {
        next();
        told.run();
      });
    }

    @Override
    public void write(byte[] bytes, int length, Consumer<IOException> written) {
      enqueue(() -> {
        IOException failure = null;
        try {
          file.output().write(ByteBuffer.wrap(bytes, 0, length));
        } catch (IOException e) {
          failure = e;
        }
        IOException outcome = failure;
        done(() -> written.accept(outcome));
      });
    }

    @Override
    public void read(long position, int mostBytes, BiConsumer<byte[], IOException> read) {
      enqueue(() -> {
        byte[] bytes = new byte[mostBytes];
        int length = -1;
        IOException failure = null;
        try {
          length = file.input().read(position, bytes);
          if (length < 0) failure = new IOException("a file of the replication log is shorter than it was");
        } catch (IOException e) {
          failure = e;
        }
        byte[] found = length < 0 ? null : length == mostBytes ? bytes : Arrays.copyOf(bytes, length);
        IOException outcome = failure;
        done(() -> read.accept(found, outcome));
      });
    }

    @Override
    public void delete() {
      enqueue(() -> {
        file.close();
        done(() -> { });
      });
    }
  }
}
