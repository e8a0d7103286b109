package org.understudy.resp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.bytes.QuotedArguments;
import org.understudy.bytes.SpareArrays;

/**
 * Turns the bytes of one connection into requests. Pure, bounded, and resumable at every byte: feed it chunks as they
 * come and ask for requests until it has none.
 *
 * <p>A request is either a RESP array of bulk strings or an inline line. Arguments are collected once, into the array
 * that the command will keep; a large one fills its own final array as its chunks arrive. What a client announces is
 * not believed before it was sent: arrays grow with the data. A protocol error is final: the connection answers it and
 * closes.
 *
 * <p>Limits and texts are those of processInlineBuffer and processMultibulkBuffer in networking.c 7.0.15.
 */
public final class RequestParser {
  /** Longest inline request, and longest length line. */
  public static final int MAX_LINE_BYTES = 64 * 1024;
  /** Most arguments, and longest argument, of a request before authentication. */
  static final int MAX_ARGUMENTS_UNAUTHENTICATED = 10;
  static final int MAX_BULK_UNAUTHENTICATED = 16384;

  /** Announced arguments for which room is made at once. */
  private static final int TRUSTED_ARGUMENTS = 1024;
  /** Announced length of an argument up to which room is made at once. */
  public static final int TRUSTED_BULK_BYTES = 1024 * 1024;
  /** An argument from which on a client counts as one that sends large ones. */
  private static final int LARGE_BULK_BYTES = 128 * 1024;
  /** Mean length of a request's arguments from which on its client counts as one that sends large ones in a row. */
  private static final int LARGE_MEAN_BYTES = 4 * 1024;
  /** Of such a client's input so much becomes the chunk at a time: mostly what stands between two large arguments. */
  private static final int WINDOW_BYTES = 256;
  private static final int MAX_NAME_BYTES = 32;
  private static final int MAX_USUAL_DIGITS = 9;
  private static final byte[][] NO_ARGUMENTS = {};

  private final SpareArrays spares;
  private long maxBulkBytes = 512L * 1024 * 1024;
  private boolean authenticated = true;
  private int trustedBulkBytes = TRUSTED_BULK_BYTES;

  // the chunk that is being read
  private byte[] chunk = Bytes.EMPTY;
  private int position;
  private int limit;
  /** What follows the chunk and was not copied yet; null if nothing does. The chunk can take a window of it. */
  private ByteBuffer rest;
  private byte[] window;

  // the buffer for an unfinished line that began in an earlier chunk
  private byte[] line = Bytes.EMPTY;
  private int lineLength;
  /** A zero byte came before the end of the line: it has none. */
  private boolean lineIsEndless;

  // the unfinished request
  private byte[][] arguments = NO_ARGUMENTS;
  /** First argument of the request before, shared by all requests that begin with it. */
  private byte[] lastName = Bytes.EMPTY;
  private int argumentCount;
  private int argumentsExpected;
  private byte[] bulk;
  private int bulkFilled;
  private int bulkExpected = -1;
  private int lineEndsToSkip;
  private long argumentBytes;
  private boolean largeBulkSeen;
  /** The last request's arguments had {@link #LARGE_MEAN_BYTES} or more each. */
  private boolean largeArguments;

  private String error;

  public RequestParser() {
    this(new SpareArrays());
  }

  /** @param spares where large arguments get their arrays from, and the buffer its own */
  public RequestParser(SpareArrays spares) {
    this.spares = spares;
  }

  /** @param bytes the longest bulk string allowed ({@code proto-max-bulk-len}) */
  public void maxBulkBytes(long bytes) {
    maxBulkBytes = bytes;
  }

  /** Without it, requests are limited to 10 arguments of 16 KiB. */
  public void authenticated(boolean yes) {
    authenticated = yes;
  }

  /** @param bytes announced length of an argument up to which room is made before it was sent */
  public void trustedBulkBytes(int bytes) {
    trustedBulkBytes = bytes;
  }

  // ---- the buffer --------------------------------------------------------------------------------------------------

  /** Keeps a buffer of at least this size for what comes in pieces. */
  public void reserve(int bytes) {
    if (line.length < bytes) moveLine(spares.take(bytes));
  }

  /** Makes the buffer smaller again, as far as what is in it allows. @param bytes 0 to have none between requests */
  public void shrink(int bytes) {
    int room = Math.max(bytes, lineLength);
    if (room < line.length) moveLine(spares.take(room));
  }

  /** Leaves the buffer to others, with what is in it lost: nothing more is read. */
  public void close() {
    spares.give(line);
    line = Bytes.EMPTY;
    lineLength = 0;
  }

  /** Buffers go from client to client: with thousands that ask now and then, each would need a new one every time. */
  private void moveLine(byte[] to) {
    System.arraycopy(line, 0, to, 0, lineLength);
    spares.give(line);
    line = to;
  }

  public int bufferBytes() {
    return line.length;
  }

  /** Whether a large argument came in pieces since this was asked last; the buffer gets its full size then. */
  public boolean largeBulkSeen() {
    boolean seen = largeBulkSeen;
    largeBulkSeen = false;
    return seen;
  }

  // ---- chunks ------------------------------------------------------------------------------------------------------

  /** Gives the next chunk; the previous one must have been read to its end. The array must not change until then. */
  public void feed(byte[] bytes, int offset, int length) {
    if (position < limit || rest != null) {
      throw new IllegalStateException("the previous chunk has " + unreadBytes() + " bytes left");
    }
    chunk = bytes;
    position = offset;
    limit = offset + length;
  }

  /**
   * As {@link #feed(byte[], int, int)}, with what a socket gave, which must not change until {@link #next} has given
   * null. From a client that sends large arguments these are copied once, from there to where they stay.
   *
   * @param room of at least that many bytes, for what is copied before it is looked at
   */
  public void feed(ByteBuffer bytes, byte[] room) {
    feed(room, 0, 0);
    rest = bytes;
    window = room;
    if (bulkExpected <= bulkFilled) nextWindow();
  }

  /** Whether there is something behind the chunk; then the chunk has the next part of it. */
  private boolean goesOn() {
    if (rest == null) return false;
    if (bulkExpected > bulkFilled) fillBulkDirectly();
    nextWindow();
    return position < limit;
  }

  private void nextWindow() {
    int length = largeArguments ? Math.min(rest.remaining(), WINDOW_BYTES) : rest.remaining();
    rest.get(window, 0, length);
    if (!rest.hasRemaining()) rest = null;
    chunk = window;
    position = 0;
    limit = length;
  }

  /** Index in the chunk behind the request that {@link #next} gave last. */
  public int position() {
    return position;
  }

  /** The protocol error that ended the reading, without code ({@code Protocol error: …}), or null. */
  public String error() {
    return error;
  }

  /** Bytes held of a line or an argument that is not complete, and what was not looked at yet. */
  public long pendingBytes() {
    return lineLength + bulkFilled + unreadBytes() + unfinishedBytes();
  }

  private int unreadBytes() {
    return limit - position + (rest == null ? 0 : rest.remaining());
  }

  /** Bytes of the complete arguments of a request that is not. */
  public long argumentBytes() {
    return argumentBytes - unfinishedBytes();
  }

  /** An argument is not complete before the end of its line, although it has been put to the others. */
  private long unfinishedBytes() {
    return lineEndsToSkip > 0 && argumentCount > 0 ? arguments[argumentCount - 1].length : 0;
  }

  /** The first bytes of what {@link #pendingBytes} counts. */
  public byte[] pendingStart(int most) {
    if (bulk != null) return Arrays.copyOf(bulk, Math.min(most, bulkFilled));
    if (lineLength > 0) return Arrays.copyOf(line, Math.min(most, lineLength));
    return Arrays.copyOfRange(chunk, position, position + Math.min(most, limit - position));
  }

  /** Bytes reserved for it beyond {@link #pendingBytes}. */
  public long spareBytes() {
    return (line.length - lineLength) + (bulk == null ? 0 : bulk.length - bulkFilled);
  }

  /** The next complete request (at least one argument), or null if more bytes are needed or {@link #error} is set. */
  public byte[][] next() {
    while (error == null && (position < limit || goesOn())) {
      if (lineEndsToSkip > 0) {
        position++; // Redis does not look at the two bytes after a bulk either
        lineEndsToSkip--;
        if (lineEndsToSkip == 0 && argumentCount == argumentsExpected) return finish();
        continue;
      }
      if (bulkExpected >= 0) {
        fillBulk();
        continue;
      }
      if (argumentsExpected == 0) {
        boolean inline = (lineLength > 0 ? line[0] : chunk[position]) != '*';
        byte[][] request = inline ? inlineRequest() : lineLength == 0 && authenticated ? wholeRequest() : null;
        if (request != null) return request;
        if (!inline) startArray();
      } else {
        startBulk();
      }
    }
    if (position >= limit) chunk = Bytes.EMPTY; // do not hold on to the reader's buffer
    if (chunk.length == 0) {
      lineSource = Bytes.EMPTY;
      position = 0;
      limit = 0;
    }
    return null;
  }

  /**
   * The common case in one go: an array of which the chunk holds everything, with nothing to object to. Null, and
   * nothing done, in any other case: then it is taken step by step.
   */
  private byte[][] wholeRequest() {
    int next = number(position + 1);
    int count = number;
    if (next < 0 || count == 0 || count > TRUSTED_ARGUMENTS) return null;
    byte[][] request = new byte[count][];
    for (int i = 0; i < count; i++) {
      if (next >= limit || chunk[next] != '$') return null;
      int start = number(next + 1);
      int length = number;
      if (start < 0 || length > limit - start - 2 || length > maxBulkBytes) return null;
      request[i] = i == 0 ? name(start, length) : bulk(start, length);
      next = start + length + 2;
    }
    largeArguments = (next - position) / count >= LARGE_MEAN_BYTES;
    position = next;
    return request;
  }

  /** The number that {@link #number(int)} read. */
  private int number;

  /** Reads a number with its line end; the offset behind them, or -1 if it is unusual or not all here. */
  private int number(int from) {
    byte[] bytes = chunk;
    int i = from;
    int value = 0;
    int end = Math.min(limit - 1, from + MAX_USUAL_DIGITS);
    for (; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i == from || i >= limit - 1 || bytes[i] != '\r' || bytes[from] == '0' && i > from + 1) return -1;
    number = value;
    return i + 2;
  }

  private byte[][] finish() {
    byte[][] request = arguments.length == argumentCount ? arguments : Arrays.copyOf(arguments, argumentCount);
    arguments = NO_ARGUMENTS;
    argumentCount = 0;
    argumentsExpected = 0;
    largeArguments = argumentBytes / request.length >= LARGE_MEAN_BYTES;
    argumentBytes = 0;
    // large arguments come with large chunks: whatever follows may be cut at any place
    if (largeBulkSeen && line.length > 0) reserve(MAX_LINE_BYTES);
    return request;
  }

  private void startArray() {
    if (!takeLine('\r', "too big mbulk count string")) return;
    long count = lineNumber();
    if (count == Long.MIN_VALUE || count > Integer.MAX_VALUE) {
      fail("invalid multibulk length");
    } else if (count > MAX_ARGUMENTS_UNAUTHENTICATED && !authenticated) {
      fail("unauthenticated multibulk length");
    } else if (count > 0) {
      argumentsExpected = (int) count;
      arguments = new byte[Math.min(argumentsExpected, TRUSTED_ARGUMENTS)][];
    }
    lineLength = 0;
  }

  private void startBulk() {
    if (!takeLine('\r', "too big bulk count string")) return;
    if (lineStart() != '$') {
      fail("expected '$', got '" + (char) (lineStart() & 0xFF) + "'");
      return;
    }
    long length = lineNumber();
    if (length < 0 || length > maxBulkBytes) {
      fail("invalid bulk length");
      return;
    }
    if (length > MAX_BULK_UNAUTHENTICATED && !authenticated) {
      fail("unauthenticated bulk length");
      return;
    }
    lineLength = 0;
    int available = limit - position;
    if (length + 2 <= available) { // the usual case: all of it is here
      add(argumentCount == 0 ? name(position, (int) length) : bulk(position, (int) length));
      position += (int) length + 2;
      if (argumentCount == argumentsExpected) {
        // finish() happens in next(): one step back makes it see the last line end
        position--;
        lineEndsToSkip = 1;
      }
      return;
    }
    bulkExpected = (int) length;
    bulkFilled = 0;
    bulk = spares.take(Math.min(bulkExpected, Math.max(trustedBulkBytes, unreadBytes())));
    if (bulkExpected == 0) endBulk();
  }

  private void fillBulk() {
    int count = Math.min(limit - position, bulkExpected - bulkFilled);
    makeRoomInBulk(count);
    System.arraycopy(chunk, position, bulk, bulkFilled, count);
    position += count;
    bulkFilledBy(count);
  }

  private void fillBulkDirectly() {
    int count = Math.min(rest.remaining(), bulkExpected - bulkFilled);
    makeRoomInBulk(count);
    rest.get(bulk, bulkFilled, count);
    bulkFilledBy(count);
  }

  private void makeRoomInBulk(int count) {
    if (bulkFilled + count <= bulk.length) return;
    long grown = Math.max(bulkFilled + (long) count, 2L * bulk.length);
    bulk = Arrays.copyOf(bulk, (int) Math.min(bulkExpected, grown));
  }

  private void bulkFilledBy(int count) {
    bulkFilled += count;
    if (bulkFilled == bulkExpected) endBulk();
  }

  private void endBulk() {
    add(bulk.length == bulkExpected ? bulk : Arrays.copyOf(bulk, bulkExpected));
    if (bulkExpected >= LARGE_BULK_BYTES) largeBulkSeen = true;
    bulk = null;
    bulkFilled = 0;
    bulkExpected = -1;
    lineEndsToSkip = 2;
  }

  /** A bulk string that the chunk holds. */
  private byte[] bulk(int start, int length) {
    if (length < SpareArrays.LEAST_BYTES) return Arrays.copyOfRange(chunk, start, start + length);
    byte[] bytes = spares.take(length);
    System.arraycopy(chunk, start, bytes, 0, length);
    return bytes;
  }

  /**
   * The first argument. A client mostly sends the same command again: its name is kept, and told apart by its identity.
   */
  private byte[] name(int start, int length) {
    if (!Arrays.equals(lastName, 0, lastName.length, chunk, start, start + length)) {
      byte[] name = Arrays.copyOfRange(chunk, start, start + length);
      if (length > MAX_NAME_BYTES) return name;
      lastName = name;
    }
    return lastName;
  }

  private void add(byte[] argument) {
    if (argumentCount == arguments.length) {
      arguments = Arrays.copyOf(arguments, (int) Math.min(argumentsExpected, 2L * argumentCount));
    }
    arguments[argumentCount++] = argument;
    argumentBytes += argument.length;
  }

  /** An inline request, or null if the line is not complete, empty, or wrong. */
  private byte[][] inlineRequest() {
    if (!takeLine('\n', "too big inline request")) return null;
    int length = lineLength;
    if (length > 0 && line[length - 1] == '\r') length--;
    byte[] text = Arrays.copyOf(line, length);
    lineLength = 0;
    byte[][] words = QuotedArguments.split(text);
    if (words == null) {
      fail("unbalanced quotes in request");
      return null;
    }
    return words.length == 0 ? null : words;
  }

  // ---- lines -------------------------------------------------------------------------------------------------------

  // While a length line is read it stands in `line` only if it is split between chunks; else [lineFrom, lineTo) of the
  // chunk.
  private int lineFrom;
  private int lineTo;

  /**
   * Moves behind the next line if it is complete; its text then is [lineFrom, lineTo) of {@link #lineSource}, and for
   * {@code \n} always stands in {@link #line}. A partial line is kept for the next chunk. Redis looks for the end with
   * strchr, so a line with a zero byte never ends: the hello of a TLS client, for instance, waits for an answer.
   */
  private boolean takeLine(char end, String tooLong) {
    boolean lengthLine = end == '\r';
    int i = position;
    while (i < limit && chunk[i] != end && chunk[i] != 0) i++;
    // a length line ends with \r and one byte more, which Redis does not look at
    boolean endInLine = lengthLine && !lineIsEndless && lineLength > 0 && line[lineLength - 1] == '\r';
    if (!endInLine && i < limit && chunk[i] == 0) lineIsEndless = true;
    boolean complete = endInLine || !lineIsEndless && (lengthLine ? i + 1 < limit : i < limit);
    if (!complete) {
      keep(position, limit);
      position = limit;
      if (lineLength > MAX_LINE_BYTES) fail(tooLong);
      return false;
    }
    if (endInLine) {
      lineSource = line;
      lineFrom = 0;
      lineTo = lineLength - 1;
      position++;
    } else if (lineLength > 0 || !lengthLine) {
      keep(position, i);
      lineSource = line;
      lineFrom = 0;
      lineTo = lineLength;
      position = i + (lengthLine ? 2 : 1);
    } else {
      lineSource = chunk;
      lineFrom = position;
      lineTo = i;
      position = i + 2;
    }
    return true;
  }

  private byte[] lineSource = Bytes.EMPTY;

  private byte lineStart() {
    return lineFrom < lineTo ? lineSource[lineFrom] : (byte) '\r';
  }

  /** The number after the type byte, or Long.MIN_VALUE if it is none. */
  private long lineNumber() {
    int from = lineFrom + 1;
    int length = lineTo - from;
    if (length > 0 && length < 10) { // short non-negative numbers, by far the most
      int value = 0;
      int i = from;
      for (; i < lineTo; i++) {
        int digit = lineSource[i] - '0';
        if (digit < 0 || digit > 9 || value == 0 && i > from) break;
        value = value * 10 + digit;
      }
      if (i == lineTo) return value;
    }
    return length > 0 && Numbers.isLong(lineSource, from, length) ? Numbers.parseLong(lineSource, from, length)
        : Long.MIN_VALUE;
  }

  private void keep(int from, int to) {
    int more = to - from;
    if (lineLength + more > line.length) line = Arrays.copyOf(line, Math.max(lineLength + more, 2 * line.length));
    System.arraycopy(chunk, from, line, lineLength, more);
    lineLength += more;
  }

  private void fail(String reason) {
    error = "Protocol error: " + reason;
    arguments = NO_ARGUMENTS;
    bulk = null;
    line = Bytes.EMPTY;
    lineLength = 0;
    argumentBytes = 0;
    bulkFilled = 0;
    position = limit;
    rest = null;
  }
}
