package org.understudy.persistence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds the commands in an append-only file that comes in chunks of any size. What begins with {@code #} up to the end
 * of its line is an annotation, for people and for redis-check-aof: it is skipped.
 *
 * <pre>
 *   *COUNT CRLF, then COUNT times: $LENGTH CRLF, LENGTH bytes, CRLF     a command
 *   #TEXT CRLF                                                          an annotation
 * </pre>
 * As lenient as the reference implementation: a number ends at the first other character, and what stands where CRLF is
 * due behind an argument is not looked at. Source: loadSingleAppendOnlyFile, aof.c 7.0.15.
 */
final class AofReader {
  private static final int MAX_LINE_BYTES = 1023;
  private static final int FIRST_ARGUMENTS = 1024;

  /** How a SET of a key and a value begins: {@code *3 CRLF $3 CRLF}, {@code SET CR} in either case, {@code LF $}. */
  private static final long SET_FRAME = 0x0A0D_3324_0A0D_332AL;
  private static final int SET_NAME = 0x0D74_6573;
  private static final int LOWER_CASE = 0x20_2020;
  private static final int SET_HEAD_BYTES = 14;
  private static final int MAX_LENGTH_DIGITS = 9;
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** The file is no append-only file from here on. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    private Malformed(String reason) {
      super(reason);
    }
  }

  private final long fileBytes;
  private byte[] buffer = new byte[0];
  private int at;
  private int end;
  /** Position in the file of the buffer's start. */
  private long bufferPosition;
  /** Where the last command or annotation ended. */
  private long position;
  private long commandEnd;

  /** The command under way: how many arguments it has (0: none is under way), and those that are complete. */
  private int count;
  private int complete;
  private byte[][] arguments;
  /** The last command's name: one that comes again is the same array, so that whoever looks it up can tell. */
  private byte[] lastName = {};
  /** The argument under way, with the line end behind it, or null. */
  private byte[] argument;
  private int argumentLength;
  private int argumentRead;
  /** Behind the length that was read last. */
  private int behindLength;

  /**
   * @param position of the first chunk in the file, {@code fileBytes} its size: nothing longer is believed
   */
  AofReader(long position, long fileBytes) {
    this.bufferPosition = position;
    this.position = position;
    this.commandEnd = position;
    this.fileBytes = fileBytes;
  }

  /** Adds a chunk; the array is the caller's again afterwards. All commands before must have been taken. */
  void feed(byte[] bytes, int offset, int length) {
    int rest = end - at;
    byte[] joined = buffer.length >= rest + length ? buffer : new byte[Math.max(rest + length, 2 * buffer.length)];
    System.arraycopy(buffer, at, joined, 0, rest);
    System.arraycopy(bytes, offset, joined, rest, length);
    bufferPosition += at;
    buffer = joined;
    at = 0;
    end = rest + length;
  }

  /** The next command; null if not all of it has come. */
  byte[][] next() throws Malformed {
    if (count == 0 && !startCommand()) return null;
    while (complete < count) {
      if (!readArgument()) return null;
    }
    byte[][] command = arguments;
    arguments = null;
    count = 0;
    position = bufferPosition + at;
    commandEnd = position;
    return command;
  }

  /**
   * Takes the SETs of a key and a value that come next, if they are all there and without a blemish; there may be none.
   * What follows is for {@link #next}, which is also for what is wrong.
   */
  void takeSets(PlainSets sets) {
    sets.start(buffer);
    if (count > 0) return;
    while (!sets.isFull() && takeSet(sets)) { }
    if (sets.count() == 0) return;
    position = bufferPosition + at;
    commandEnd = position;
  }

  private boolean takeSet(PlainSets sets) {
    if (end - at < SET_HEAD_BYTES || (long) LONGS.get(buffer, at) != SET_FRAME
        || ((int) INTS.get(buffer, at + 8) | LOWER_CASE) != SET_NAME || !isAt(at + 12, '\n', '$')) {
      return false;
    }
    int keyLength = shortLength(at + SET_HEAD_BYTES);
    if (keyLength < 0) return false;
    int keyOffset = behindLength;
    int behindKey = keyOffset + keyLength;
    if (end - behindKey < 3 || !isAt(behindKey, '\r', '\n') || buffer[behindKey + 2] != '$') return false;
    int valueLength = shortLength(behindKey + 3);
    if (valueLength < 0) return false;
    int behindValue = behindLength + valueLength;
    if (end - behindValue < 2 || !isAt(behindValue, '\r', '\n')) return false;
    sets.add(keyOffset, keyLength, behindLength, valueLength);
    at = behindValue + 2;
    return true;
  }

  private boolean isAt(int index, char first, char second) {
    return buffer[index] == first && buffer[index + 1] == second;
  }

  /** A length of few digits with the line end behind it, of something that ends in this buffer; else -1. */
  private int shortLength(int from) {
    int limit = Math.min(end - 1, from + MAX_LENGTH_DIGITS);
    int number = 0;
    int i = from;
    for (; i < limit && buffer[i] >= '0' && buffer[i] <= '9'; i++) number = 10 * number + buffer[i] - '0';
    if (i == from || i >= end - 1 || !isAt(i, '\r', '\n')) return -1;
    behindLength = i + 2;
    return number <= end - behindLength ? number : -1;
  }

  /** Bytes of the file up to the end of the last command or annotation. */
  long position() {
    return position;
  }

  /** Bytes of the file up to the end of the last command. */
  long commandEnd() {
    return commandEnd;
  }

  /** Whether something has begun that has not ended: at the end of the file, that it is too short. */
  boolean inTheMiddle() {
    return count > 0 || at < end;
  }

  private boolean startCommand() throws Malformed {
    while (true) {
      if (at == end) return false;
      byte first = buffer[at];
      if (first != '*' && first != '#') throw new Malformed("a command is due");
      int lineEnd = lineEnd();
      if (lineEnd < 0) return false;
      if (first == '*') {
        long number = leadingNumber(at + 1, lineEnd);
        if (number < 1 || number > Integer.MAX_VALUE) throw new Malformed("a command without a name");
        count = (int) number;
        complete = 0;
        arguments = new byte[Math.min(count, FIRST_ARGUMENTS)][];
        at = lineEnd + 1;
        return true;
      }
      at = lineEnd + 1;
      position = bufferPosition + at;
    }
  }

  private boolean readArgument() throws Malformed {
    if (argument == null) {
      if (at == end) return false;
      if (buffer[at] != '$') throw new Malformed("an argument is due");
      int lineEnd = lineEnd();
      if (lineEnd < 0) return false;
      long length = leadingNumber(at + 1, lineEnd);
      if (length < 0) throw new Malformed("an argument of negative length");
      if (length > fileBytes - (bufferPosition + lineEnd)) return false; // the file ends before it does
      at = lineEnd + 1;
      argumentLength = (int) length;
      if (complete == 0 && isLastName()) {
        arguments[complete++] = lastName;
        at += argumentLength + 2;
        return true;
      }
      argument = new byte[argumentLength];
      argumentRead = 0;
    }
    int piece = Math.min(argumentLength - argumentRead, end - at);
    System.arraycopy(buffer, at, argument, argumentRead, piece);
    argumentRead += piece;
    at += piece;
    if (argumentRead < argumentLength || end - at < 2) return false;
    at += 2;
    if (complete == 0) lastName = argument;
    if (complete == arguments.length) arguments = Arrays.copyOf(arguments, Math.min(count, 2 * complete));
    arguments[complete++] = argument;
    argument = null;
    return true;
  }

  private boolean isLastName() {
    return argumentLength == lastName.length && end - at >= argumentLength + 2
        && Arrays.equals(buffer, at, at + argumentLength, lastName, 0, argumentLength);
  }

  /** Index of the line feed; -1 if it has not come. */
  private int lineEnd() throws Malformed {
    int limit = Math.min(end, at + MAX_LINE_BYTES);
    for (int i = at; i < limit; i++) {
      if (buffer[i] == '\n') return i;
    }
    if (end - at >= MAX_LINE_BYTES) throw new Malformed("a line without an end");
    return -1;
  }

  private long leadingNumber(int from, int to) {
    int i = from;
    boolean negative = i < to && buffer[i] == '-';
    if (negative) i++;
    long number = 0;
    for (; i < to && buffer[i] >= '0' && buffer[i] <= '9' && number < Integer.MAX_VALUE; i++) {
      number = 10 * number + buffer[i] - '0';
    }
    return negative ? -number : number;
  }
}
