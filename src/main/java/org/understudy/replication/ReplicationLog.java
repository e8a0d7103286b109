package org.understudy.replication;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;

/**
 * The newest bytes of the history of changes: what replicas follow, each at its own pace, and what one that comes back
 * is given if it missed no more. It lives on one loop, the shard's.
 *
 * <p>An offset is a place between bytes: the number of bytes before it. {@link #end} is {@code master_repl_offset}. In
 * PSYNC and in INFO's {@code repl_backlog_first_byte_offset} bytes are numbered from 1 on, so byte {@code n} follows
 * offset {@code n - 1}.
 *
 * <p>So many of the newest bytes stay in memory; what a reader still needs of older ones is spilled to files, and is
 * forgotten with the last reader that has passed it. A reader is cut off, and no other harm done, if what it needs
 * cannot be spilled.
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
  /** So much may wait beyond the capacity for a disk that is slower than what comes in. */
  private static final long MOST_WAITING_BYTES = 64 << 20;
  private static final int READ_BYTES = 128 << 10;
  /** So much is spilled at once: several pieces, since each time takes a turn of the loop. */
  private static final int SPILL_BYTES = 512 << 10;
  private static final long NOTHING = -1;

  private static final Logger LOG = LoggerFactory.getLogger(ReplicationLog.class);

  /** A piece of the log; what has been written into it does not change. */
  private static final class Chunk {
    /** Offset of its first byte. */
    long start;
    final byte[] bytes;
    int used;
    Chunk next;

    Chunk(long start, byte[] bytes) {
      this.start = start;
      this.bytes = bytes;
    }

    long end() {
      return start + used;
    }
  }

  private final SpilledBytes spilled;
  private final boolean spills;
  private final long graceBytes;
  private long capacityBytes;
  /** 0 for none. */
  private long spillLimitBytes;
  private boolean active;
  private long end;
  /** What is before it comes from an earlier run. */
  private long ownStart;
  /** The oldest and the newest piece in memory; null while there are no bytes. */
  private Chunk head;
  private Chunk tail;
  private long memoryBytes;
  /** What is being spilled, up to which offset, else {@link #NOTHING}; it stays in memory until that is done. */
  private byte[] spilling = {};
  private long spillingEnd = NOTHING;
  /** The bytes of a piece that was forgotten, for the next one. */
  private byte[] spare;
  private final List<Reader> readers = new ArrayList<>();
  /** How many readers are to be told of more. */
  private int waiting;
  private long readersCut;

  /**
   * @param capacityBytes {@code repl-backlog-size}: about so much is kept in memory
   * @param graceBytes so much more stays in memory for readers that need it: for less a file is not worth while
   * @param spill null for none: all that readers need stays in memory
   */
  public ReplicationLog(long capacityBytes, long graceBytes, Spill spill) {
    this.capacityBytes = capacityBytes;
    this.graceBytes = graceBytes;
    spills = spill != null;
    spilled = new SpilledBytes(spill);
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
    forgetAll();
  }

  /** Forgets all bytes and goes on at another offset: those of another history. There may be no readers. */
  public void restart(long offset) {
    requireNoReaders();
    forgetAll();
    end = offset;
    ownStart = offset;
  }

  private void forgetAll() {
    forgetSpilled();
    head = null;
    tail = null;
    spare = null;
    memoryBytes = 0;
  }

  private void forgetSpilled() {
    spilled.forgetAll();
    if (spillingEnd != NOTHING) spillingEnd = 0; // its end says nothing of the offsets from now on
  }

  /** Gives the bytes that are held other offsets, so that they end there. There may be no readers. */
  public void rebase(long newEnd) {
    requireNoReaders();
    forgetSpilled();
    for (Chunk chunk = head; chunk != null; chunk = chunk.next) chunk.start += newEnd - end;
    ownStart += newEnd - end;
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
    if (head == null) return end;
    return !spilled.isEmpty() && spilled.end() == head.start ? spilled.first() : head.start;
  }

  /** All bytes that are held come from an earlier run. */
  public void inherited() {
    ownStart = end;
  }

  /** As {@link #first}, without what is {@link #inherited}. */
  public long ownFirst() {
    return Math.max(first(), ownStart);
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
    makeRoom();
  }

  /** Spills no more than that at a time; 0: without limit. Who needs the oldest of it is cut off for the newest. */
  public void spillLimit(long bytes) {
    spillLimitBytes = bytes;
  }

  /** Bytes of memory that it takes. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /** Bytes that are in files. */
  public long spilledBytes() {
    return spilled.length();
  }

  /** How many files they are in. */
  public int spillFiles() {
    return spilled.pieces();
  }

  /** How many readers were cut off so far since what they needed could not be spilled. */
  public long readersCut() {
    return readersCut;
  }

  /** A copy of the newest bytes, as far as they are in memory. */
  public byte[] newest(int mostBytes) {
    if (head == null) return new byte[0];
    byte[] bytes = new byte[(int) Math.min(mostBytes, end - head.start)];
    long first = end - bytes.length;
    for (Chunk chunk = find(first); chunk != null; chunk = chunk.next) {
      int from = (int) Math.max(0, first - chunk.start);
      System.arraycopy(chunk.bytes, from, bytes, (int) (chunk.start + from - first), chunk.used - from);
    }
    return bytes;
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
    if (isOverfull()) makeRoom();
    if (waiting > 0) tellReaders();
  }

  private void addChunk() {
    int capacity = (int) Math.max(LEAST_CHUNK_BYTES, Math.min(MOST_CHUNK_BYTES, capacityBytes / CHUNKS));
    Chunk chunk = new Chunk(end, spare != null && spare.length == capacity ? spare : new byte[capacity]);
    spare = null;
    memoryBytes += capacity;
    if (tail == null) head = chunk;
    else tail.next = chunk;
    tail = chunk;
  }

  // ---- making room -------------------------------------------------------------------------------------------------

  /** Whether the capacity is kept in memory without the oldest piece. */
  private boolean isOverfull() {
    return head != tail && end - head.end() >= capacityBytes;
  }

  /** Forgets the oldest pieces in memory, or begins to spill them if a reader needs them. */
  private void makeRoom() {
    while (isOverfull()) {
      if (leastNeeded() >= head.end()) {
        forgetHead();
        if (spillingEnd == NOTHING) spilled.forgetBefore(head.start);
        else if (head.start >= spillingEnd) spilled.forgetAll(); // also what is being spilled is not needed
      } else if (!spills || !isToBeSpilled(head)) {
        return;
      } else if (spillingEnd != NOTHING) {
        if (end - head.start - capacityBytes - graceBytes < MOST_WAITING_BYTES) return;
        cut(head.end(), "the disk is too slow");
      } else if (spillLimitBytes > 0 && spilled.length() + head.used > spillLimitBytes) {
        cut(spilled.isEmpty() ? head.end() : spilled.endOfFirst(), "repl-spill-limit is reached");
        spilled.forgetBefore(leastNeeded());
      } else {
        spill();
      }
    }
  }

  /** Whether there is no room in memory for a piece that is needed. */
  private boolean isToBeSpilled(Chunk chunk) {
    return end - chunk.end() >= capacityBytes + graceBytes;
  }

  /** Begins to spill the oldest pieces, as many as are to go. */
  private void spill() {
    long room = spillLimitBytes > 0 ? Math.min(SPILL_BYTES, spillLimitBytes - spilled.length()) : SPILL_BYTES;
    if (spilling.length < SPILL_BYTES) spilling = new byte[SPILL_BYTES];
    int length = 0;
    Chunk chunk = head;
    while (chunk != tail && isToBeSpilled(chunk) && length + chunk.used <= room) {
      System.arraycopy(chunk.bytes, 0, spilling, length, chunk.used);
      length += chunk.used;
      chunk = chunk.next;
    }
    spillingEnd = chunk.start;
    spilled.add(head.start, spilling, length, this::spilled);
  }

  private void spilled(IOException failure) {
    long until = spillingEnd;
    spillingEnd = NOTHING;
    if (failure != null) {
      cut(until, FileNames.reason(failure));
    } else {
      while (head != tail && head.end() <= until) forgetHead(); // some may have been already, since nobody needed them
    }
    release();
  }

  /** A reader has gone on, or is no more. */
  private void release() {
    if (!spilled.isEmpty()) spilled.forgetBefore(leastNeeded());
    if (spilled.isEmpty() && spillingEnd == NOTHING) spilling = new byte[0];
    if (isOverfull()) makeRoom();
  }

  private void forgetHead() {
    Chunk forgotten = head;
    head = head.next;
    memoryBytes -= forgotten.bytes.length;
    spare = forgotten.bytes;
    for (Reader reader : readers) {
      if (reader.chunk == forgotten) reader.chunk = null; // which would keep all that follows
    }
  }

  /** Where the slowest reader is; the end without any. */
  private long leastNeeded() {
    long least = end;
    for (Reader reader : readers) {
      if (reader.failure == null) least = Math.min(least, reader.position);
    }
    return least;
  }

  /** Whoever needs bytes before that offset gets no more. */
  private void cut(long offset, String reason) {
    int count = 0;
    for (Reader reader : List.copyOf(readers)) {
      if (reader.failure != null || reader.position >= offset) continue;
      reader.fail(new IOException("the replication log could not be spilled: " + reason));
      count++;
    }
    readersCut += count;
    if (count == 0) return;
    LOG.warn("Cannot spill the replication log to disk: {}. Cutting off {} replica(s) that would need it.", reason,
        count);
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
      if (!reader.reading) reader.tell();
    }
  }

  /** A place in the log from which somebody reads on; what follows it is kept. Used on the log's loop. */
  public final class Reader implements Feed {
    private long position;
    /** Where the position is, if that was looked up and the piece existed. */
    private Chunk chunk;
    /** What was read of a file beforehand and follows the position, else null; and whether more is being read. */
    private ByteString ahead;
    private boolean reading;
    private Runnable more;
    private IOException failure;
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
     *
     * @throws IOException it was cut off: what it needs could not be spilled, or not be read again
     */
    @Override
    public ByteString read(int mostBytes) throws IOException {
      if (closed || position == end) return ByteString.emptyByteString();
      if (failure != null) throw failure;
      ByteString bytes = position < head.start || ahead != null ? readSpilled(mostBytes) : readMemory(mostBytes);
      position += bytes.size();
      release();
      return bytes;
    }

    private ByteString readMemory(int mostBytes) {
      if (chunk == null) chunk = find(position);
      else if (position == chunk.end()) chunk = chunk.next;
      int from = (int) (position - chunk.start);
      int length = Math.min(mostBytes, chunk.used - from);
      byte[] copy = new byte[length];
      System.arraycopy(chunk.bytes, from, copy, 0, length);
      return ByteString.fromArrayUnsafe(copy);
    }

    private ByteString readSpilled(int mostBytes) {
      if (ahead == null) {
        readAhead(position);
        return ByteString.emptyByteString();
      }
      ByteString bytes = ahead.take(mostBytes);
      ahead = bytes.size() == ahead.size() ? null : ahead.drop(mostBytes);
      if (ahead == null) readAhead(position + bytes.size());
      return bytes;
    }

    private void readAhead(long offset) {
      if (reading || offset >= head.start) return;
      reading = true;
      spilled.read(offset, READ_BYTES, (bytes, reason) -> {
        reading = false;
        if (closed || failure != null) return;
        if (bytes == null) {
          LOG.warn("Cannot read the replication log from disk: {}. Cutting off the replica that needs it.",
              FileNames.reason(reason));
          readersCut++;
          fail(reason);
        } else {
          ahead = ByteString.fromArrayUnsafe(bytes);
          tell();
        }
      });
    }

    private void fail(IOException reason) {
      failure = reason;
      chunk = null;
      ahead = null;
      tell();
    }

    private void tell() {
      if (more == null) return;
      Runnable told = more;
      more = null;
      waiting--;
      told.run();
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
      release();
    }
  }

  private Chunk find(long offset) {
    Chunk chunk = head;
    while (chunk.end() <= offset && chunk.next != null) chunk = chunk.next;
    return chunk;
  }
}
