package org.understudy.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * LZF, the compression of strings in RDB files and of the inner nodes of lists. The format is a sequence of
 *
 * <pre>
 *   000LLLLL …                    L + 1 bytes as they are
 *   LLLooooo oooooooo             repeat L + 2 bytes (L from 1 to 6) from o + 1 bytes before
 *   111ooooo LLLLLLLL oooooooo    repeat L + 9 bytes from o + 1 bytes before
 * </pre>
 *
 * An object is a compressor: the table that it finds repetitions with serves again for the next input without being
 * cleared, which small strings could not pay for. One thread uses it. Expanding needs no object.
 */
public final class Lzf {
  private static final int MAX_LITERALS = 32;
  private static final int MAX_DISTANCE = 1 << 13;
  private static final int MIN_REPEAT = 3;
  private static final int MAX_REPEAT = 264;
  /** No byte of compressed data stands for more: three of them repeat 264. */
  private static final int MAX_EXPANSION = 88;
  private static final int TABLE_BITS = 14;

  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * By the hash of three bytes: where they were last seen, counted over all inputs so far; older inputs' do not count.
   */
  private final int[] lastSeen = new int[1 << TABLE_BITS];
  /** What the first byte of the next input counts as. */
  private int base = 1;

  /**
   * Compresses a range.
   *
   * @param limit how many bytes the result may have
   * @return how many bytes were written; 0 if the limit does not suffice
   */
  public int compress(byte[] from, int offset, int length, byte[] into, int intoOffset, int limit) {
    if (base > Integer.MAX_VALUE - length) {
      Arrays.fill(lastSeen, 0);
      base = 1;
    }
    int shift = base - offset; // from a position in the range to what it counts as
    int oldest = base;
    base += length;
    int end = offset + length;
    int outEnd = intoOffset + limit;
    int out = intoOffset;
    int literals = offset; // where those begin that are not written yet
    int at = offset;
    while (at <= end - 4) {
      int bytes = threeAt(from, at);
      int slot = slot(bytes);
      int seen = lastSeen[slot];
      lastSeen[slot] = at + shift;
      int earlier = seen - shift;
      int distance = at - earlier;
      if (seen < oldest || distance > MAX_DISTANCE || threeAt(from, earlier) != bytes) {
        at++;
        continue;
      }
      int repeat = repeated(from, earlier, at, Math.min(MAX_REPEAT, end - at));
      out = putLiterals(from, literals, at - literals, into, out, outEnd);
      if (out < 0 || outEnd - out < 3) return 0;
      out = putRepeat(repeat, distance, into, out);
      int next = at + repeat;
      for (int inside = Math.max(at + 1, next - 2); inside < next && inside <= end - 4; inside++) {
        lastSeen[slot(threeAt(from, inside))] = inside + shift;
      }
      at = next;
      literals = next;
    }
    out = putLiterals(from, literals, end - literals, into, out, outEnd);
    return out < 0 ? 0 : out - intoOffset;
  }

  private static int repeated(byte[] from, int earlier, int at, int most) {
    int repeat = MIN_REPEAT;
    while (repeat < most && from[earlier + repeat] == from[at + repeat]) repeat++;
    return repeat;
  }

  private static int putRepeat(int repeat, int distance, byte[] into, int out) {
    int back = distance - 1;
    int code = repeat - 2;
    if (code < 7) {
      into[out++] = (byte) (code << 5 | back >> 8);
    } else {
      into[out++] = (byte) (7 << 5 | back >> 8);
      into[out++] = (byte) (code - 7);
    }
    into[out++] = (byte) back;
    return out;
  }

  /** Returns the offset behind them, -1 if there is no room. */
  private static int putLiterals(byte[] from, int offset, int count, byte[] into, int out, int outEnd) {
    if (out + count + (count + MAX_LITERALS - 1L) / MAX_LITERALS > outEnd) return -1;
    while (count > 0) {
      int run = Math.min(MAX_LITERALS, count);
      into[out++] = (byte) (run - 1);
      System.arraycopy(from, offset, into, out, run);
      offset += run;
      out += run;
      count -= run;
    }
    return out;
  }

  private static int threeAt(byte[] from, int offset) {
    return (int) INTS.get(from, offset) & 0xFFFFFF;
  }

  private static int slot(int threeBytes) {
    return threeBytes * 0x9E3779B1 >>> 32 - TABLE_BITS;
  }

  /** Whether so much compressed data can stand for so many bytes at all. To be asked before room is made for them. */
  public static boolean canExpand(long compressedLength, long length) {
    return length <= compressedLength * MAX_EXPANSION;
  }

  /**
   * Expands a range into exactly {@code intoLength} bytes; false if it is damaged or stands for another number of
   * bytes.
   */
  public static boolean expand(byte[] from, int offset, int length, byte[] into, int intoOffset, int intoLength) {
    int at = offset;
    int end = offset + length;
    int out = intoOffset;
    int outEnd = intoOffset + intoLength;
    while (at < end) {
      int control = from[at++] & 255;
      if (control < MAX_LITERALS) {
        int run = control + 1;
        if (run > end - at || run > outEnd - out) return false;
        System.arraycopy(from, at, into, out, run);
        at += run;
        out += run;
        continue;
      }
      int repeat = (control >> 5) + 2;
      if (end - at < (repeat == 9 ? 2 : 1)) return false;
      if (repeat == 9) repeat += from[at++] & 255;
      int earlier = out - ((control & 31) << 8 | from[at++] & 255) - 1;
      if (earlier < intoOffset || repeat > outEnd - out) return false;
      if (out - earlier >= repeat) {
        System.arraycopy(into, earlier, into, out, repeat);
        out += repeat;
      } else {
        for (int last = out + repeat; out < last; ) into[out++] = into[earlier++]; // it repeats what it writes
      }
    }
    return out == outEnd;
  }
}
