package org.understudy.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.understudy.bytes.Crc64;
import org.understudy.bytes.Lzf;
import org.understudy.bytes.Numbers;

/**
 * Where RDB data is written to: a growing array that its owner drains with {@link #take}, and the format's primitives
 * on it.
 *
 * <p>A string too large to be written (and compressed) at one go is only begun by {@link #putString}: as long as {@link
 * #busy} says so, {@link #advance} writes on and nothing else may be put. Its array must not change meanwhile.
 */
public final class RdbOutput {
  /** Strings up to this many bytes are written at once. */
  private static final int AT_ONCE_BYTES = 16 << 10;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 16;
  /** Redis does not try shorter strings. */
  private static final int MIN_COMPRESSED_BYTES = 21;
  /** Compression has to save this many bytes, as in Redis. */
  private static final int MIN_SAVED_BYTES = 4;

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final int capacity;
  private final boolean compress;
  private final boolean checksum;
  private Lzf lzf;
  private byte[] bytes;
  /** To be used next; null if there is none. */
  private byte[] spare;
  private int size;
  /** Checksum of all bytes put, but for those from here on. */
  private long sum;
  private int summedTo;
  private LargeString large;

  /**
   * @param capacity about how many bytes it will hold before they are taken
   * @param compress whether strings may be compressed, {@code rdbcompression}
   * @param checksum whether {@link #checksum} is wanted, {@code rdbchecksum}
   */
  public RdbOutput(int capacity, boolean compress, boolean checksum) {
    this.capacity = capacity;
    this.compress = compress;
    this.checksum = checksum;
    this.bytes = new byte[capacity];
  }

  // ---- draining ----------------------------------------------------------------------------------------------------

  /** Bytes put and not taken yet. */
  public int size() {
    return size;
  }

  /** The bytes put since the last call; the caller's to keep. */
  public ByteBuffer take() {
    sumUp();
    ByteBuffer taken = ByteBuffer.wrap(bytes, 0, size);
    bytes = spare != null ? spare : new byte[capacity];
    spare = null;
    size = 0;
    summedTo = 0;
    return taken;
  }

  /** Has an array that {@link #take} handed out used again; nobody else needs it any more. */
  public void reuse(ByteBuffer taken) {
    if (taken.array().length <= 2 * capacity) spare = taken.array();
  }

  /** Puts what another output holds, which is empty afterwards. */
  public void splice(RdbOutput other) {
    putRaw(other.bytes, 0, other.size);
    other.size = 0;
    other.summedTo = 0;
  }

  /** CRC64 of all bytes ever put; 0, which readers do not check, if it was not asked for. */
  long checksum() {
    sumUp();
    return sum;
  }

  private void sumUp() {
    if (checksum) sum = Crc64.update(sum, bytes, summedTo, size - summedTo);
    summedTo = size;
  }

  // ---- primitives --------------------------------------------------------------------------------------------------

  void putByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void putRaw(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /** Eight bytes, little-endian. */
  void putLong(long value) {
    ensure(8);
    LONGS.set(bytes, size, value);
    size += 8;
  }

  void putDouble(double value) {
    putLong(Double.doubleToRawLongBits(value));
  }

  /** Eight bytes, big-endian, as in stream IDs. */
  void putBigEndian(long value) {
    ensure(8);
    BIG_LONGS.set(bytes, size, value);
    size += 8;
  }

  /** @param length unsigned */
  void putLength(long length) {
    ensure(9);
    if (length >= 0 && length < 1 << 6) {
      bytes[size++] = (byte) length;
    } else if (length >= 0 && length < 1 << 14) {
      bytes[size++] = (byte) (RdbFormat.LENGTH_14_BITS << 6 | length >> 8);
      bytes[size++] = (byte) length;
    } else if (length >>> 32 == 0) {
      bytes[size++] = (byte) RdbFormat.LENGTH_32_BITS;
      BIG_INTS.set(bytes, size, (int) length);
      size += 4;
    } else {
      bytes[size++] = (byte) RdbFormat.LENGTH_64_BITS;
      BIG_LONGS.set(bytes, size, length);
      size += 8;
    }
  }

  void putString(byte[] string) {
    putString(string, 0, string.length);
  }

  /** A string in its shortest form: as an integer, compressed, or as it is. See {@link #busy}. */
  void putString(byte[] from, int offset, int length) {
    if (length <= RdbFormat.MAX_INT32_TEXT && Numbers.isLong(from, offset, length)) {
      long number = Numbers.parseLong(from, offset, length);
      if (number == (int) number) {
        putInteger((int) number);
        return;
      }
    }
    if (length > AT_ONCE_BYTES) large = new LargeString(from, offset, length);
    else if (!compress || length < MIN_COMPRESSED_BYTES || !putCompressed(from, offset, length)) {
      putLength(length);
      putRaw(from, offset, length);
    }
  }

  private void putInteger(int number) {
    ensure(5);
    int encodings = RdbFormat.ENCODED << 6;
    if (number == (byte) number) {
      bytes[size++] = (byte) (encodings | RdbFormat.ENCODED_INT8);
      bytes[size++] = (byte) number;
    } else if (number == (short) number) {
      bytes[size++] = (byte) (encodings | RdbFormat.ENCODED_INT16);
      bytes[size++] = (byte) number;
      bytes[size++] = (byte) (number >> 8);
    } else {
      bytes[size++] = (byte) (encodings | RdbFormat.ENCODED_INT32);
      for (int shift = 0; shift < 32; shift += 8) bytes[size++] = (byte) (number >> shift);
    }
  }

  /** @return false, with nothing put, if that would not save enough */
  private boolean putCompressed(byte[] from, int offset, int length) {
    int headerRoom = 1 + 9 + 9;
    ensure(headerRoom + length);
    int room = size + headerRoom; // compressed there first: its length comes before it
    int compressed = lzf().compress(from, offset, length, bytes, room, length - MIN_SAVED_BYTES);
    if (compressed == 0) return false;
    putCompressedHeader(compressed, length);
    System.arraycopy(bytes, room, bytes, size, compressed);
    size += compressed;
    return true;
  }

  private void putCompressedHeader(long compressedLength, long length) {
    putByte(RdbFormat.ENCODED << 6 | RdbFormat.ENCODED_LZF);
    putLength(compressedLength);
    putLength(length);
  }

  private Lzf lzf() {
    if (lzf == null) lzf = new Lzf();
    return lzf;
  }

  private void ensure(int more) {
    if (bytes.length - size >= more) return;
    long needed = (long) size + more;
    if (needed > LARGEST_ARRAY) throw new OutOfMemoryError("RDB data of more than 2 GiB at one go");
    bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST_ARRAY, Math.max(needed, 2L * bytes.length)));
  }

  // ---- large strings -----------------------------------------------------------------------------------------------

  /** Whether a large string is not completely put yet. */
  boolean busy() {
    return large != null;
  }

  /** Goes on with the large string: a few thousand bytes. Returns how many bytes it dealt with. */
  int advance() {
    int work = large.advance();
    if (large.done()) large = null;
    return work;
  }

  /** Compresses a string piece by piece, each for itself, since what LZF makes of pieces may simply be joined. */
  private final class LargeString {
    /** If the first this many pieces do not shrink, the others will hardly do. */
    private static final int TRIED_PIECES = 16;

    private final byte[] from;
    private final int offset;
    private final int length;
    private int at;
    /** The compressed form so far; null if compression is not wanted, no use, or over. */
    private byte[] compressed;
    private int compressedLength;
    private byte[] putting;
    private int puttingEnd;

    LargeString(byte[] from, int offset, int length) {
      this.from = from;
      this.offset = offset;
      this.length = length;
      if (compress) compressed = new byte[4 * AT_ONCE_BYTES];
    }

    boolean done() {
      return putting != null && at == puttingEnd;
    }

    int advance() {
      if (compressed != null) return compressPiece();
      if (putting == null) {
        putLength(length);
        put(from, offset, offset + length);
      }
      int piece = Math.min(AT_ONCE_BYTES, puttingEnd - at);
      putRaw(putting, at, piece);
      at += piece;
      return piece;
    }

    private int compressPiece() {
      int piece = Math.min(AT_ONCE_BYTES, length - at);
      int most = piece + piece / 32 + 1; // none becomes larger than that
      if (compressed.length - compressedLength < most) {
        int room = (int) Math.min(LARGEST_ARRAY, Math.max(2L * compressed.length, compressedLength + (long) most));
        compressed = Arrays.copyOf(compressed, room);
      }
      compressedLength += lzf().compress(from, offset + at, piece, compressed, compressedLength, most);
      at += piece;
      boolean judged = at == length || at == TRIED_PIECES * AT_ONCE_BYTES;
      if (judged && compressedLength > at - MIN_SAVED_BYTES) {
        compressed = null;
      } else if (at == length) {
        putCompressedHeader(compressedLength, length);
        put(compressed, 0, compressedLength);
        compressed = null;
      }
      return piece;
    }

    private void put(byte[] array, int start, int end) {
      putting = array;
      at = start;
      puttingEnd = end;
    }
  }
}
