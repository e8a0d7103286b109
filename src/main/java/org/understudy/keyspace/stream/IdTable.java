package org.understudy.keyspace.stream;

import java.util.Arrays;

/**
 * Rows of numbers in the order of the ids that they begin with: what is pending in a group, or for a consumer. Finding,
 * adding and removing take O(log n), a copy a few microseconds however many rows there are.
 *
 * <p>Rows lie in chunks of up to 8 KB; see {@link Holdings} for how copies share them.
 */
final class IdTable {
  /** Columns of the id: {@code ms} and {@code seq}. The caller's own ones follow. */
  static final int ID_COLUMNS = 2;

  private static final int CHUNK_LONGS = 1000;
  private static final int LEAST_ROWS = 2;

  /** Columns of a row. */
  private final int width;
  private final int chunkRows;
  private final Holdings holdings;
  private final Directory<Chunk> chunks;
  private long size;

  /** @param columns how many, besides those of the id */
  IdTable(int columns, Holdings holdings) {
    this(columns + ID_COLUMNS, holdings, new Directory<>(holdings), 0);
    holdings.object(1, 2, 16);
  }

  private IdTable(int width, Holdings holdings, Directory<Chunk> chunks, long size) {
    this.width = width;
    this.chunkRows = CHUNK_LONGS / width;
    this.holdings = holdings;
    this.chunks = chunks;
    this.size = size;
  }

  /** @param into copied from the holdings of this one, which has a new token since */
  IdTable copy(Holdings into) {
    return new IdTable(width, into, chunks.copy(into), size);
  }

  /** Takes itself and its rows out of the holdings; it is not to be used afterwards. */
  void release() {
    for (int i = 0; i < chunks.size(); i++) count(chunks.get(i), -1);
    chunks.release();
    holdings.object(-1, 2, 16);
  }

  long size() {
    return size;
  }

  /** The least id; null if there are no rows. */
  StreamId first() {
    return size == 0 ? null : chunks.get(0).id(0);
  }

  /** The greatest id; null if there are no rows. */
  StreamId last() {
    return size == 0 ? null : chunks.last().id(chunks.last().rows - 1);
  }

  Cursor cursor() {
    return new Cursor();
  }

  private void count(Chunk chunk, int sign) {
    holdings.object(sign, 3, 4);
    holdings.array(sign, 8L * chunk.data.length);
  }

  /** A place in the table: at a row, or behind the last one. Any change by others than this cursor makes it invalid. */
  final class Cursor {
    private int index;
    private int row;

    private Cursor() {}

    /** Goes to the first row whose id is this one or one behind it. True if it is this one. */
    boolean seek(StreamId id) {
      index = Math.max(0, chunks.floor(id.ms(), id.seq()));
      if (chunks.isEmpty()) return false;
      Chunk chunk = chunks.get(index);
      row = chunk.ceiling(id);
      boolean found = row < chunk.rows && chunk.compare(row, id) == 0;
      if (row == chunk.rows) {
        index++;
        row = 0;
      }
      return found;
    }

    /** Goes to the row of an id, and adds it if there is none, its columns 0. True if it was added. */
    boolean insert(StreamId id) {
      if (seek(id)) return false;
      if (row == 0 && index > 0) { // it belongs behind a chunk rather than before the next
        index--;
        row = chunks.get(index).rows;
      }
      if (chunks.isEmpty()) {
        addChunk(0, new Chunk(holdings.token(), LEAST_ROWS));
      } else if (chunks.get(index).rows == chunkRows) {
        split();
      }
      Chunk chunk = own();
      chunk.open(row);
      chunk.data[row * width] = id.ms();
      chunk.data[row * width + 1] = id.seq();
      size++;
      return true;
    }

    /** Makes room where the cursor is: rows come mostly at the end, and there chunks are to stay full. */
    private void split() {
      if (index == chunks.size() - 1 && row == chunkRows) {
        addChunk(++index, new Chunk(holdings.token(), LEAST_ROWS));
        row = 0;
        return;
      }
      int half = chunkRows / 2;
      addChunk(index + 1, own().split(half));
      if (row > half) {
        index++;
        row -= half;
      }
    }

    private void addChunk(int at, Chunk chunk) {
      chunks.add(at, chunk);
      count(chunk, 1);
    }

    boolean atRow() {
      return index < chunks.size();
    }

    void next() {
      if (++row < chunks.get(index).rows) return;
      index++;
      row = 0;
    }

    StreamId id() {
      return chunks.get(index).id(row);
    }

    /** @param column from 0, those of the id not counted */
    long get(int column) {
      return chunks.get(index).data[row * width + ID_COLUMNS + column];
    }

    void set(int column, long value) {
      own().data[row * width + ID_COLUMNS + column] = value;
    }

    /** Removes the row; the cursor is at the next one afterwards. */
    void remove() {
      Chunk chunk = own();
      chunk.close(row);
      size--;
      if (chunk.rows == 0) {
        removeChunk(index);
      } else if (chunk.rows < chunkRows / 4) {
        join();
      }
      if (index < chunks.size() && row == chunks.get(index).rows) {
        index++;
        row = 0;
      }
    }

    /** Puts a chunk with few rows together with a neighbour if that has few as well. */
    private void join() {
      boolean withNext = index + 1 < chunks.size() && fitTogether(index);
      if (!withNext && (index == 0 || !fitTogether(index - 1))) return;
      if (!withNext) {
        index--;
        row += chunks.get(index).rows;
      }
      own().append(chunks.get(index + 1));
      removeChunk(index + 1);
    }

    private boolean fitTogether(int first) {
      return chunks.get(first).rows + chunks.get(first + 1).rows <= chunkRows / 2;
    }

    private void removeChunk(int at) {
      count(chunks.get(at), -1);
      chunks.remove(at);
    }

    /** The chunk that the cursor is in, to be changed. */
    private Chunk own() {
      Chunk chunk = chunks.get(index);
      if (holdings.owns(chunk.token)) return chunk;
      Chunk own = new Chunk(holdings.token(), chunk.data.clone(), chunk.rows);
      chunks.set(index, own);
      return own;
    }
  }

  private final class Chunk implements Directory.Piece {
    final Object token;
    long[] data;
    int rows;

    Chunk(Object token, int roomForRows) {
      this(token, new long[roomForRows * width], 0);
    }

    Chunk(Object token, long[] data, int rows) {
      this.token = token;
      this.data = data;
      this.rows = rows;
    }

    @Override
    public long firstMs() {
      return data[0];
    }

    @Override
    public long firstSeq() {
      return data[1];
    }

    StreamId id(int row) {
      return new StreamId(data[row * width], data[row * width + 1]);
    }

    int compare(int row, StreamId id) {
      return StreamId.compare(data[row * width], data[row * width + 1], id.ms(), id.seq());
    }

    /** The first row with this id or one behind it; may be behind the last. */
    int ceiling(StreamId id) {
      if (compare(rows - 1, id) < 0) return rows;
      int low = 0;
      int high = rows - 1;
      while (low < high) {
        int middle = low + high >>> 1;
        if (compare(middle, id) < 0) low = middle + 1;
        else high = middle;
      }
      return low;
    }

    /** Makes room for a row, which is all 0. */
    void open(int row) {
      int end = rows * width;
      if (end == data.length) resize(Math.min(chunkRows, 2 * rows));
      int at = row * width;
      System.arraycopy(data, at, data, at + width, end - at);
      Arrays.fill(data, at, at + width, 0);
      rows++;
    }

    void close(int row) {
      int after = (row + 1) * width;
      System.arraycopy(data, after, data, after - width, rows * width - after);
      rows--;
      if (rows >= LEAST_ROWS && rows * width < data.length / 4) resize(2 * rows);
    }

    /** Takes the rows from one on out into a chunk of their own. */
    Chunk split(int from) {
      Chunk rest = new Chunk(token, Arrays.copyOfRange(data, from * width, (from + chunkRows) * width), rows - from);
      rows = from;
      return rest;
    }

    void append(Chunk other) {
      resize(rows + other.rows);
      System.arraycopy(other.data, 0, data, rows * width, other.rows * width);
      rows += other.rows;
    }

    private void resize(int roomForRows) {
      long[] target = Arrays.copyOf(data, roomForRows * width);
      holdings.resized(8L * (target.length - data.length));
      data = target;
    }
  }
}
