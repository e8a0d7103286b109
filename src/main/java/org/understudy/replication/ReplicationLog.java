package org.understudy.replication;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.util.ByteString;

/**
 * The newest bytes of the history of changes: what replicas follow, each at its own pace, and what one that comes back
 * is given if it missed no more. It lives on one loop, the shard's.
 *
 * <p>An offset is a place between bytes: the number of bytes before it. {@link #end} is {@code master_repl_offset}. In
 * PSYNC and in INFO's {@code repl_backlog_first_byte_offset} bytes are numbered from 1 on, so byte {@code n} follows
 * offset {@code n - 1}.
 *
 * <pre>
 * inactive -> active: somebody is going to need the history from now on ({@link #activate})
 * active -> inactive: nobody does any more ({@link #deactivate}); the offset stays
 * </pre>
 */
public final class ReplicationLog {
  private static final int LEAST_CHUNK_BYTES = 16 << 10;
  private static final int MOST_CHUNK_BYTES = 64 << 10;
  private static final int CHUNKS = 16;

  /** A piece of the log; what has been written into it does not change. */
  private static final class Chunk {
    /** Offset of its first byte. */
    long start;
    final byte[] bytes;
    int used;
    Chunk next;

    Chunk(long start, int capacity) {
      this.start = start;
      bytes = new byte[capacity];
    }

    long end() {
      return start + used;
    }
  }

  private long capacityBytes;
  private boolean active;
  private long end;
  /** The oldest and the newest piece; null while there are no bytes. */
  private Chunk head;
  private Chunk tail;
  private final List<Reader> readers = new ArrayList<>();
  /** How many readers are to be told of more. */
  private int waiting;

  /** @param capacityBytes {@code repl-backlog-size}: about so much is kept that no reader needs */
  public ReplicationLog(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** Whether what is appended is kept. */
  public boolean isActive() {
    return active;
  }

  /** Keeps what is appended from now on. */
  public void activate() {
    active = true;
  }

  /** Forgets all bytes; nothing may be appended until {@link #activate}. There may be no readers. */
  public void deactivate() {
    requireNoReaders();
    active = false;
    head = null;
    tail = null;
  }

  /** Forgets all bytes and goes on at another offset: those of another history. There may be no readers. */
  public void restart(long offset) {
    requireNoReaders();
    head = null;
    tail = null;
    end = offset;
  }

  /** Gives the bytes that are held other offsets, so that they end there. There may be no readers. */
  public void rebase(long newEnd) {
    requireNoReaders();
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) chunk.start += newEnd - end;
    end = newEnd;
  }

  private void requireNoReaders() {
    if (!readers.isEmpty()) throw new IllegalStateException(readers.size() + " readers need what is to be forgotten");
  }

  /** The offset after the last byte. */
  public long end() {
    return end;
  }

  /** The offset of the oldest byte that can be read; {@link #end} if there is none. */
  public long first() {
    return head == null ? end : head.start;
  }

  /** Bytes that can be read. */
  public long length() {
    return end - first();
  }

  /** Whether a reader can begin there. */
  public boolean holds(long offset) {
    return active && offset >= first() && offset <= end;
  }

  public long capacityBytes() {
    return capacityBytes;
  }

  /** {@code repl-backlog-size} was changed. */
  public void capacity(long bytes) {
    capacityBytes = bytes;
    trim();
  }

  // ---- writing -----------------------------------------------------------------------------------------------------

  /** Adds bytes, which are copied. */
  public void append(byte[] bytes, int from, int length) {
    if (!active) throw new IllegalStateException("the log is not active");
    int left = length;
    while (left > 0) {
      if (tail == null || tail.used == tail.bytes.length) addChunk();
      int part = Math.min(left, tail.bytes.length - tail.used);
      System.arraycopy(bytes, from + length - left, tail.bytes, tail.used, part);
      tail.used += part;
      end += part;
      left -= part;
    }
    trim();
    if (waiting > 0) tellReaders();
  }

  private void addChunk() {
    long share = capacityBytes / CHUNKS;
    Chunk chunk = new Chunk(end, (int) Math.max(LEAST_CHUNK_BYTES, Math.min(MOST_CHUNK_BYTES, share)));
    if (tail == null) head = chunk;
    else tail.next = chunk;
    tail = chunk;
  }

  /** Forgets the oldest pieces that neither a reader nor the capacity has room for. */
  private void trim() {
    while (head != tail && end - head.end() >= capacityBytes && !isNeeded(head)) head = head.next;
  }

  private boolean isNeeded(Chunk chunk) {
    for (Reader reader : readers) {
      if (reader.position < chunk.end()) return true;
    }
    return false;
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  /**
   * Begins to read: from now on the log keeps all from there on, until the reader has read it or is closed.
   *
   * @param offset one that the log {@link #holds}
   */
  public Reader reader(long offset) {
    if (!holds(offset)) throw new IllegalArgumentException(offset + " is not within " + first() + " and " + end);
    Reader reader = new Reader(offset);
    readers.add(reader);
    return reader;
  }

  /** Whether there is a reader. */
  public boolean isRead() {
    return !readers.isEmpty();
  }

  private void tellReaders() {
    for (Reader reader : List.copyOf(readers)) {
      if (reader.more == null) continue;
      Runnable more = reader.more;
      reader.more = null;
      waiting--;
      more.run();
    }
  }

  /** A place in the log from which somebody reads on; what follows it is kept. Used on the log's loop. */
  public final class Reader implements Feed {
    private long position;
    /** Where the position is, if that was looked up and the piece existed. */
    private Chunk chunk;
    private Runnable more;
    private boolean closed;

    private Reader(long position) {
      this.position = position;
    }

    /** Offset of the next byte that is read. */
    public long position() {
      return position;
    }

    /** Bytes between here and the end. */
    public long behind() {
      return end - position;
    }

    /**
     * The next bytes, at least one and at most so many; a copy. Empty if there are none just now, see {@link
     * #whenMore}, or if it is closed.
     */
    @Override
    public ByteString read(int mostBytes) {
      if (closed || position == end) return ByteString.emptyByteString();
      if (chunk == null) chunk = find(position);
      else if (position == chunk.end()) chunk = chunk.next;
      int from = (int) (position - chunk.start);
      int length = Math.min(mostBytes, chunk.used - from);
      byte[] copy = new byte[length];
      System.arraycopy(chunk.bytes, from, copy, 0, length);
      position += length;
      return ByteString.fromArrayUnsafe(copy);
    }

    /** After {@link #read} gave nothing: has it run, once, when there is more; in the middle of a command. */
    @Override
    public void whenMore(Runnable told) {
      if (closed) return;
      if (more == null) waiting++;
      more = told;
    }

    @Override
    public void close() {
      if (closed) return;
      closed = true;
      if (more != null) waiting--;
      readers.remove(this);
      trim();
    }
  }

  private Chunk find(long offset) {
    Chunk chunk = head;
    while (chunk.end() <= offset) chunk = chunk.next;
    return chunk;
  }
}
