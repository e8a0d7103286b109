package org.understudy.persistence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.understudy.replication.SnapshotFeed;

/**
 * The file of a snapshot as replicas read it: each at its own pace, from its beginning, while it is written and after.
 * Used on the loop; files are read where that may block, one piece ahead of what is asked for.
 */
public final class Spool {
  private static final int PIECE_BYTES = 128 << 10;

  private final Save.Target file;
  private final Turns turns;
  private final List<Reader> readers = new ArrayList<>();
  private long writtenBytes;
  private boolean complete;
  private IOException failure;
  /** Null until it is open. */
  private FileSystem.Input input;
  private boolean opening;
  private boolean retired;
  private boolean closed;

  Spool(Save.Target file, Turns turns) {
    this.file = file;
    this.turns = turns;
  }

  // ---- told by the save --------------------------------------------------------------------------------------------

  void grown(long bytes) {
    writtenBytes = bytes;
    if (bytes > 0 && !opening) open(); // at once: its name may be another file's later
    tellReaders();
  }

  void complete(long bytes) {
    complete = true;
    grown(bytes);
  }

  /** It will not be completed. */
  void failed() {
    failed(new IOException("the snapshot was given up"));
  }

  private void failed(IOException reason) {
    failure = reason;
    tellReaders();
  }

  private void open() {
    opening = true;
    turns.block(() -> {
      try {
        FileSystem.Input opened = file.open();
        turns.back(() -> {
          input = opened;
          tellReaders();
          closeIfUnused();
        });
      } catch (IOException e) {
        turns.back(() -> failed(e));
      }
    });
  }

  private void tellReaders() {
    for (Reader reader : List.copyOf(readers)) reader.tell();
  }

  // ---- asked by replicas -------------------------------------------------------------------------------------------

  /** Whether somebody may still begin to read. */
  public boolean isOpen() {
    return failure == null && !retired;
  }

  /** Somebody reads, or may: how many. */
  public int readers() {
    return readers.size();
  }

  /** Begins to read. */
  public SnapshotFeed reader() {
    if (!isOpen()) throw new IllegalStateException("nobody can read this any more");
    Reader reader = new Reader();
    readers.add(reader);
    return reader;
  }

  /** Nobody else is going to read: the file is closed with the last reader. */
  public void retire() {
    retired = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (!retired || closed || input == null || !readers.isEmpty()) return;
    closed = true;
    FileSystem.Input unused = input;
    turns.block(() -> {
      try {
        unused.close();
      } catch (IOException e) {
        // it was only read
      }
    });
  }

  private final class Reader implements SnapshotFeed {
    /** What is read ahead of what was asked for; it ends at the position. */
    private ByteString ready = ByteString.emptyByteString();
    private long position;
    private boolean reading;
    private IOException unreadable;
    private Runnable more;
    private boolean done;

    @Override
    public long length() {
      return complete ? writtenBytes : -1;
    }

    @Override
    public ByteString read(int mostBytes) throws IOException {
      if (done) return ByteString.emptyByteString();
      if (unreadable != null) throw unreadable;
      if (failure != null) throw failure;
      ByteString piece = ready.take(mostBytes);
      ready = ready.drop(mostBytes);
      readAhead();
      return piece;
    }

    private void readAhead() {
      if (reading || !ready.isEmpty() || position == writtenBytes || input == null) return;
      reading = true;
      FileSystem.Input from = input;
      byte[] piece = new byte[(int) Math.min(PIECE_BYTES, writtenBytes - position)];
      long at = position;
      turns.block(() -> {
        int length = -1;
        IOException reason = new IOException("the snapshot's file is too short");
        try {
          length = from.read(at, piece);
        } catch (IOException e) {
          reason = e;
        }
        int got = length;
        IOException cause = reason;
        turns.back(() -> wasRead(piece, got, cause));
      });
    }

    private void wasRead(byte[] piece, int length, IOException reason) {
      reading = false;
      if (done) {
        gone();
      } else if (length < 0) {
        unreadable = reason;
      } else {
        ready = ByteString.fromArrayUnsafe(piece, 0, length);
        position += length;
      }
      tell();
    }

    @Override
    public void whenMore(Runnable told) {
      more = told;
    }

    private void tell() {
      if (more == null || done) return;
      Runnable told = more;
      more = null;
      told.run();
    }

    @Override
    public void close() {
      if (done) return;
      done = true;
      if (!reading) gone();
    }

    private void gone() {
      readers.remove(this);
      closeIfUnused();
    }
  }
}
