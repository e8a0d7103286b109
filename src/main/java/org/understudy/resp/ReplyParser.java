package org.understudy.resp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;

/**
 * Turns the bytes that a server sends into replies, RESP2 and RESP3. Pure, bounded, and resumable at every byte: feed
 * it chunks as they come and ask for replies until it has none.
 *
 * <p>Bare line feeds between replies are skipped: a primary that prepares a snapshot sends them to show that it lives.
 * What a server announces is not believed before it was sent: arrays grow with the data. An error is final.
 */
public final class ReplyParser {
  /** Longest line: simple strings, errors and lengths. */
  public static final int MAX_LINE_BYTES = 64 * 1024;
  /** How deep aggregates may be nested. */
  public static final int MAX_DEPTH = 64;
  /** The default limit of a whole reply. */
  public static final long MAX_REPLY_BYTES = 1L << 30;

  /** What an element counts besides its bytes, so that many empty ones are bounded too. */
  private static final int ELEMENT_BYTES = 32;
  private static final int TRUSTED_ELEMENTS = 1024;
  private static final int TRUSTED_BULK_BYTES = 64 * 1024;
  private static final int VERBATIM_PREFIX = "txt:".length();

  private final long maxReplyBytes;

  // the chunk that is being read
  private byte[] chunk = Bytes.EMPTY;
  private int position;
  private int limit;

  // an unfinished line that began in an earlier chunk
  private byte[] line = Bytes.EMPTY;
  private int lineLength;

  // the unfinished reply
  private final Deque<Frame> frames = new ArrayDeque<>();
  private byte[] bulk;
  private int bulkFilled;
  private int bulkExpected;
  private boolean verbatim;
  private long replyBytes;

  private String error;

  /** An aggregate that has not all its elements. */
  private static final class Frame {
    /** Null for an attribute, which is dropped when it is complete. */
    final Reply.Kind kind;
    final long length;
    final List<Reply> elements;

    Frame(Reply.Kind kind, long length) {
      this.kind = kind;
      this.length = length;
      elements = new ArrayList<>((int) Math.min(length, TRUSTED_ELEMENTS));
    }
  }

  public ReplyParser() {
    this(MAX_REPLY_BYTES);
  }

  /** @param maxReplyBytes the largest reply taken, where each element counts 32 bytes besides its own */
  public ReplyParser(long maxReplyBytes) {
    this.maxReplyBytes = maxReplyBytes;
  }

  /** Gives the next chunk; the previous one must have been read to its end. The array must not change until then. */
  public void feed(byte[] bytes, int offset, int length) {
    if (position < limit) {
      throw new IllegalStateException("the previous chunk has " + (limit - position) + " bytes left");
    }
    chunk = bytes;
    position = offset;
    limit = offset + length;
  }

  /** What ended the reading, or null. */
  public String error() {
    return error;
  }

  /** The next complete reply, or null if more bytes are needed or {@link #error} is set. */
  public Reply next() {
    while (error == null && position < limit) {
      Reply part;
      if (bulk != null) {
        part = fillBulk();
      } else if (lineLength == 0 && frames.isEmpty() && chunk[position] == '\n') {
        position++;
        continue;
      } else {
        part = readLine();
      }
      Reply reply = part == null ? null : completed(part);
      if (reply != null) {
        replyBytes = 0;
        return reply;
      }
    }
    if (position >= limit) chunk = Bytes.EMPTY; // do not hold on to the reader's buffer
    if (chunk.length == 0) {
      position = 0;
      limit = 0;
    }
    return null;
  }

  /** Puts a complete value where it belongs; the whole reply if that was the last part of it, else null. */
  private Reply completed(Reply value) {
    Reply part = value;
    while (!frames.isEmpty()) {
      Frame frame = frames.peek();
      frame.elements.add(part);
      if (frame.elements.size() < frame.length) return null;
      frames.pop();
      if (frame.kind == null) return null; // the value that the attribute is about comes next
      part = new Reply.Aggregate(frame.kind, frame.elements);
    }
    return part;
  }

  // ---- lines -------------------------------------------------------------------------------------------------------

  /** Reads a line as far as it is here; the value if it holds a whole one. */
  private Reply readLine() {
    int end = position;
    while (end < limit && chunk[end] != '\n') end++;
    if (lineLength + (end - position) > MAX_LINE_BYTES) return fail("line longer than " + MAX_LINE_BYTES + " bytes");
    keep(position, end);
    boolean complete = end < limit;
    position = complete ? end + 1 : end;
    if (!complete) return null;
    if (lineLength < 2 || line[lineLength - 1] != '\r') return fail("line without type or carriage return");
    int length = lineLength - 1;
    lineLength = 0;
    return count(length) ? value((char) line[0], length) : null;
  }

  /** @param length of the line with its type, which stands in {@link #line} */
  private Reply value(char type, int length) {
    return switch (type) {
      case '+' -> new Reply.Status(text(length));
      case '-' -> new Reply.Failure(text(length));
      case ':' -> isNumber(length) ? new Reply.Int(number(length)) : fail("no integer: " + text(length));
      case '$', '=' -> startBulk(type, length);
      case '*' -> startAggregate(Reply.Kind.ARRAY, 1, length);
      case '~' -> startAggregate(Reply.Kind.SET, 1, length);
      case '>' -> startAggregate(Reply.Kind.PUSH, 1, length);
      case '%' -> startAggregate(Reply.Kind.MAP, 2, length);
      case '|' -> startAggregate(null, 2, length);
      case '_' -> new Reply.Null();
      case '#' -> bool(text(length));
      case ',' -> real(text(length));
      case '(' -> new Reply.BigNumber(text(length));
      default -> fail("no reply type: byte " + (int) type);
    };
  }

  private Reply startBulk(char type, int length) {
    if (!isNumber(length)) return fail("no length: " + text(length));
    long bytes = number(length);
    if (bytes == -1) return new Reply.Null();
    if (bytes < 0 || bytes > Integer.MAX_VALUE - 8) return fail("string of " + bytes + " bytes");
    if (!count(bytes)) return null;
    verbatim = type == '=';
    bulkExpected = (int) bytes;
    bulkFilled = 0;
    bulk = new byte[(int) Math.min(bytes, TRUSTED_BULK_BYTES)];
    return null;
  }

  /** @param parts values an element consists of: two for pairs */
  private Reply startAggregate(Reply.Kind kind, int parts, int length) {
    if (!isNumber(length)) return fail("no length: " + text(length));
    long elements = number(length);
    if (elements == -1 && kind == Reply.Kind.ARRAY) return new Reply.Null();
    if (elements < 0 || elements > maxReplyBytes / ELEMENT_BYTES) return fail("aggregate of " + elements + " elements");
    if (frames.size() == MAX_DEPTH) return fail("nested deeper than " + MAX_DEPTH);
    if (elements == 0) return kind == null ? null : new Reply.Aggregate(kind, List.of());
    frames.push(new Frame(kind, elements * parts));
    return null;
  }

  private Reply bool(String text) {
    return text.equals("t") || text.equals("f") ? new Reply.Bool(text.equals("t")) : fail("no boolean: " + text);
  }

  private Reply real(String text) {
    switch (text) {
      case "inf":
        return new Reply.Real(Double.POSITIVE_INFINITY);
      case "-inf":
        return new Reply.Real(Double.NEGATIVE_INFINITY);
      case "nan", "-nan":
        return new Reply.Real(Double.NaN);
      default:
        try {
          return new Reply.Real(Double.parseDouble(text));
        } catch (NumberFormatException e) {
          return fail("no number: " + text);
        }
    }
  }

  private String text(int length) {
    return Bytes.string(Arrays.copyOfRange(line, 1, length));
  }

  private boolean isNumber(int length) {
    return length > 1 && Numbers.isLong(line, 1, length - 1);
  }

  private long number(int length) {
    return Numbers.parseLong(line, 1, length - 1);
  }

  private void keep(int from, int to) {
    int more = to - from;
    if (lineLength + more > line.length) line = Arrays.copyOf(line, Math.max(lineLength + more, 2 * line.length));
    System.arraycopy(chunk, from, line, lineLength, more);
    lineLength += more;
  }

  // ---- strings -----------------------------------------------------------------------------------------------------

  /** Takes of a string and the line end behind it what is here; the string if that was all. */
  private Reply fillBulk() {
    int count = Math.min(limit - position, bulkExpected - bulkFilled);
    if (count > 0) {
      if (bulkFilled + count > bulk.length) {
        bulk = Arrays.copyOf(bulk, (int) Math.min(bulkExpected, Math.max(bulkFilled + (long) count, 2L * bulk.length)));
      }
      System.arraycopy(chunk, position, bulk, bulkFilled, count);
      bulkFilled += count;
      position += count;
    }
    if (bulkFilled < bulkExpected) return null;
    while (position < limit) {
      byte end = chunk[position++];
      if (end != (lineLength == 0 ? '\r' : '\n')) return fail("string longer than announced");
      if (end == '\n') return endBulk();
      lineLength = 1; // the carriage return was seen
    }
    return null;
  }

  private Reply endBulk() {
    byte[] bytes = bulk;
    bulk = null;
    lineLength = 0;
    if (!verbatim) return new Reply.Bulk(bytes);
    if (bytes.length < VERBATIM_PREFIX) return fail("verbatim string without format");
    return new Reply.Bulk(Arrays.copyOfRange(bytes, VERBATIM_PREFIX, bytes.length));
  }

  /** Counts bytes of the reply; fails if they are too many. */
  private boolean count(long bytes) {
    replyBytes += bytes + ELEMENT_BYTES;
    if (replyBytes > maxReplyBytes) fail("reply larger than " + maxReplyBytes + " bytes");
    return error == null;
  }

  private Reply fail(String reason) {
    error = reason;
    frames.clear();
    bulk = null;
    line = Bytes.EMPTY;
    lineLength = 0;
    position = limit;
    return null;
  }
}
