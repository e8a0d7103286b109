package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;
import org.understudy.replication.Spill;

/**
 * Keeps pieces of the replication log in files. A file loses its name as soon as it has one, so that nothing is left
 * behind, whatever happens to the server; its room on the disk is free when the piece is deleted.
 */
public final class SpillFiles implements Spill {
  private static final Logger log = LoggerFactory.getLogger(SpillFiles.class);

  private final FileSystem files;
  private final Supplier<Path> folder;
  private final long processId;
  private Save.Turns turns;
  private int serial;

  /** @param folder where new files go */
  public SpillFiles(FileSystem files, Supplier<Path> folder, long processId) {
    this.files = files;
    this.folder = folder;
    this.processId = processId;
  }

  /** To be called before the first piece. */
  public void start(Save.Turns lent) {
    turns = lent;
  }

  @Override
  public Piece create() {
    return new PieceFile(folder.get().resolve("temp-" + processId + "-" + ++serial + ".repl"));
  }

  /** What is done to it is done one after the other, where it may block. */
  private final class PieceFile implements Piece {
    private final Path path;
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private boolean busy;
    private FileSystem.Output output;
    private FileSystem.Input input;

    private PieceFile(Path path) {
      this.path = path;
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
          if (output == null) open();
          output.write(ByteBuffer.wrap(bytes, 0, length));
        } catch (IOException e) {
          failure = e;
        }
        IOException outcome = failure;
        done(() -> written.accept(outcome));
      });
    }

    private void open() throws IOException {
      output = files.create(path);
      try {
        input = files.open(path);
      } finally {
        files.delete(path);
      }
    }

    @Override
    public void read(long position, int mostBytes, BiConsumer<byte[], IOException> read) {
      enqueue(() -> {
        byte[] bytes = new byte[mostBytes];
        int length = -1;
        IOException failure = null;
        try {
          length = input.read(position, bytes);
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
        try {
          if (output != null) output.close();
          if (input != null) input.close();
        } catch (IOException e) {
          log.debug("Cannot close {}: {}", path, FileNames.reason(e));
        }
        done(() -> { });
      });
    }
  }
}
