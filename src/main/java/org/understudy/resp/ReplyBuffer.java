package org.understudy.resp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Loans;
import org.understudy.bytes.Numbers;
import org.understudy.bytes.SpareArrays;

/**
 * Where commands write their replies: one growing buffer a batch, in the protocol that the client speaks at that
 * moment.
 *
 * <p>Types that RESP2 lacks are written as their RESP2 stand-in (a map as a flat array, a double as a bulk string, a
 * null as a null bulk string …), so a handler writes the RESP3 shape once. Large values are not copied: {@link #lend}
 * queues the array itself as a piece of its own. {@link #take} hands over everything written so far.
 */
public final class ReplyBuffer {
  /** Bulk strings from this length on leave as a piece of their own. */
  public static final int LEND_FROM_BYTES = 16 * 1024;

  /** The least that the buffer has room for; it doubles with what is written at a time, up to {@link #MOST_BYTES}. */
  public static final int LEAST_BYTES = 1024;
  private static final int MOST_BYTES = 16 * 1024;
  /** Replies that need more room are copied into a larger array up to this size; beyond, another piece is cheaper. */
  private static final int COPIED_BYTES = 4 * 1024;
  /** What is written behind the buffer's room goes into pieces up to this size, each twice as large as the last. */
  private static final int MOST_PIECE_BYTES = 64 * 1024;

  /** So many pieces are remembered until they are sent, the others are left to the collector. */
  private static final int MOST_SPARED = 16;
  /** So many loans are given back, the others last. */
  private static final int MOST_LENT = 128;

  private int room = LEAST_BYTES;
  private byte[] buffer = new byte[LEAST_BYTES];
  /** The buffer that is kept, while {@link #buffer} is a large piece behind what was written there; else null. */
  private byte[] kept;
  /** What was written to before the last {@link #turn}, if it is to be written to after the next; else null. */
  private byte[] other;
  /** Where large pieces come from, null if they are new ones; and those that go back there. */
  private final SpareArrays spares;
  private UntilSent<byte[]> spared;
  /** What {@link #lend} refers to; null if it never did. */
  private UntilSent<Loans> lent;
  private int start;
  private int end;
  private List<ByteString> pieces;
  private long pieceBytes;
  private long peakBytes;
  private int protocol = 2;
  private boolean muted;
  private long errors;
  private String lastError = "";

  /** One whose bytes are never written over. */
  public ReplyBuffer() {
    this(null);
  }

  /** @param spares for the pieces of large replies, of the loop that writes them; null if nothing is to be spared */
  public ReplyBuffer(SpareArrays spares) {
    this.spares = spares;
  }

  public void protocol(int version) {
    protocol = version;
  }

  public boolean resp3() {
    return protocol == 3;
  }

  /** While muted nothing is written (CLIENT REPLY OFF and SKIP); errors are counted all the same. */
  public void muted(boolean off) {
    muted = off;
  }

  public boolean muted() {
    return muted;
  }

  /** Errors written so far, nested ones included; the executor compares it before and after a command. */
  public long errors() {
    return errors;
  }

  /** The last error line, without the dash and the line end; empty if there was none. */
  public String lastError() {
    return lastError;
  }

  /** Bytes that {@link #take} would hand over. */
  public long size() {
    return pieceBytes + (end - start);
  }

  public boolean isEmpty() {
    return size() == 0;
  }

  /** Bytes that the buffer occupies. */
  public int capacityBytes() {
    return (kept == null ? buffer : kept).length;
  }

  /** The same, and what takes turns with it. */
  public int heapBytes() {
    return capacityBytes() + (other == null ? 0 : other.length);
  }

  /** The most that was taken at once since {@link #shrink} forgot it. */
  public long peakBytes() {
    return peakBytes;
  }

  /** Makes an empty buffer smaller that has been too large lately. @param forgetPeak what is lately begins anew */
  public void shrink(boolean forgetPeak) {
    if (isEmpty() && buffer.length > LEAST_BYTES && peakBytes < buffer.length / 2) {
      room = (int) Math.min(MOST_BYTES, Math.max(LEAST_BYTES, peakBytes + 1));
      startBuffer(room);
      other = null;
    }
    if (forgetPeak) peakBytes = 0;
  }

  // ---- simple replies --------------------------------------------------------------------------------------------

  public void ok() {
    simple("OK");
  }

  /** A simple string: ASCII, without line ends. */
  public void simple(String text) {
    line('+', text);
  }

  /** An error line, with its code but without the dash; line ends in it become spaces. */
  public void error(String message) {
    errors++;
    lastError = message;
    line('-', message.indexOf('\n') < 0 && message.indexOf('\r') < 0 ? message
        : message.replace('\r', ' ').replace('\n', ' '));
  }

  public void error(CommandError error) {
    error(error.getMessage());
  }

  public void integer(long value) {
    header(':', value);
  }

  /** 1 or 0: Redis uses integers for most yes-or-no replies in either protocol. */
  public void integer(boolean yes) {
    integer(yes ? 1 : 0);
  }

  /** A RESP3 boolean; 1 or 0 in RESP2. */
  public void bool(boolean yes) {
    if (protocol == 2) integer(yes);
    else line('#', yes ? "t" : "f");
  }

  public void nullValue() {
    if (protocol == 2) raw("$-1\r\n");
    else raw("_\r\n");
  }

  /** A null where an array was expected. */
  public void nullArray() {
    if (protocol == 2) raw("*-1\r\n");
    else raw("_\r\n");
  }

  // ---- strings ---------------------------------------------------------------------------------------------------

  public void bulk(byte[] value) {
    bulk(value, 0, value.length);
  }

  /** A bulk string, copied; the array may change afterwards. */
  public void bulk(byte[] source, int offset, int length) {
    if (muted) return;
    reserve(length + 16);
    buffer[end++] = '$';
    end = Numbers.putDecimal(length, buffer, end);
    crlf();
    System.arraycopy(source, offset, buffer, end, length);
    end += length;
    crlf();
  }

  public void bulk(String latin1) {
    bulk(Bytes.of(latin1));
  }

  /** The decimal text of a number as a bulk string. */
  public void bulk(long number) {
    if (muted) return;
    reserve(32);
    buffer[end++] = '$';
    end = Numbers.putDecimal(Numbers.decimalLength(number), buffer, end);
    crlf();
    end = Numbers.putDecimal(number, buffer, end);
    crlf();
  }

  /** A bulk string or, for null, a null. */
  public void bulkOrNull(byte[] value) {
    if (value == null) nullValue();
    else bulk(value);
  }

  /** A bulk string that keeps the array: it must not change until the client has got it. */
  public void lend(byte[] source, int offset, int length) {
    if (muted) return;
    header('$', length);
    piece(ByteString.fromArrayUnsafe(source, offset, length));
    raw("\r\n");
  }

  /** As {@link #lend(byte[], int, int)}. @param loans where it is noted that the array must not change, until it may */
  public void lend(byte[] source, int offset, int length, Loans loans) {
    if (muted) return;
    if (lent == null) lent = new UntilSent<>(MOST_LENT);
    loans.lend();
    lent.add(loans);
    lend(source, offset, length);
  }

  /** A verbatim string, plain text; in RESP2 a bulk string. */
  public void verbatim(byte[] text) {
    if (protocol == 2) {
      bulk(text);
      return;
    }
    header('=', text.length + 4);
    raw("txt:");
    raw(text);
    raw("\r\n");
  }

  /** A double by its text, as printed by the caller; in RESP2 a bulk string. */
  public void doubleText(String text) {
    if (protocol == 2) bulk(text);
    else line(',', text);
  }

  /** A big number by its digits; in RESP2 a bulk string. */
  public void bigNumber(String digits) {
    if (protocol == 2) bulk(digits);
    else line('(', digits);
  }

  // ---- aggregates: the header, then that many replies ---------------------------------------------------------------

  public void array(long length) {
    header('*', length);
  }

  /** @param pairs number of key-value pairs that follow; in RESP2 an array of twice as many */
  public void map(long pairs) {
    if (protocol == 2) header('*', pairs * 2);
    else header('%', pairs);
  }

  public void set(long length) {
    header(protocol == 2 ? '*' : '~', length);
  }

  /** An attribute before a reply; RESP3 only, the caller checks. */
  public void attribute(long pairs) {
    header('|', pairs);
  }

  /** A message that answers no request; an array in RESP2. */
  public void push(long length) {
    header(protocol == 2 ? '*' : '>', length);
  }

  public void emptyArray() {
    raw("*0\r\n");
  }

  /**
   * Starts an aggregate whose length is not known yet. Replies follow, then {@link #close(Mark, char, long)}.
   * Marks nest: the inner one is closed first.
   */
  public Mark open() {
    cut();
    if (pieces == null) pieces = new ArrayList<>();
    return new Mark(pieces.size());
  }

  /** Writes the header that the mark stands for. @param type {@code *}, {@code %} or {@code ~}; pairs for {@code %} */
  public void close(Mark mark, char type, long length) {
    if (muted) return;
    if (protocol == 2) {
      if (type == '%') length *= 2;
      type = '*';
    }
    byte[] head = Bytes.of(type + Long.toString(length) + "\r\n");
    pieces.add(mark.piece, ByteString.fromArrayUnsafe(head));
    pieceBytes += head.length;
  }

  /** The place of an aggregate's header that is written later. */
  public static final class Mark {
    private final int piece;

    private Mark(int piece) {
      this.piece = piece;
    }
  }

  // ---- bytes -------------------------------------------------------------------------------------------------------

  /** Bytes that are protocol already. */
  public void raw(byte[] protocolBytes) {
    if (muted) return;
    reserve(protocolBytes.length);
    System.arraycopy(protocolBytes, 0, buffer, end, protocolBytes.length);
    end += protocolBytes.length;
  }

  public void raw(ByteString protocolBytes) {
    if (muted) return;
    if (protocolBytes.size() >= LEND_FROM_BYTES) piece(protocolBytes);
    else raw(protocolBytes.toArrayUnsafe());
  }

  @SuppressWarnings("deprecation") // the one getBytes that copies Latin-1 without an array between
  private void raw(String ascii) {
    if (muted) return;
    int length = ascii.length();
    reserve(length);
    ascii.getBytes(0, length, buffer, end);
    end += length;
  }

  /**
   * Everything written since the last call; the buffer is empty afterwards and can be used on. The bytes stay what they
   * are until the second {@link #turn}.
   */
  public ByteString take() {
    long size = pieceBytes + (end - start);
    if (size > peakBytes) peakBytes = size;
    if (size >= room && room < MOST_BYTES) room *= 2;
    if (pieces == null) {
      if (start == end) return ByteString.emptyByteString();
      ByteString all = ByteString.fromArrayUnsafe(buffer, start, end - start);
      start = end;
      backToKept();
      return all;
    }
    cut();
    ByteString all = ByteString.emptyByteString();
    for (ByteString piece : pieces) all = all.concat(piece);
    pieces = null;
    pieceBytes = 0;
    backToKept();
    return all;
  }

  /**
   * Promises that all bytes are sent that were taken before the last call: what comes next may be written over them. So
   * two arrays take turns. Small replies have one, for the sake of clients that ask seldom.
   */
  public void turn() {
    if (!isEmpty()) return;
    if (spared != null) spared.turn(spares::give);
    if (lent != null) lent.turn(Loans::giveBack);
    if (room == LEAST_BYTES) return;
    byte[] free = other;
    other = buffer;
    if (free == null || free.length < room) {
      startBuffer(room);
    } else {
      buffer = free;
      start = 0;
      end = 0;
    }
  }

  /** What is remembered until the replies that it belongs to are sent: those taken before the last turn. */
  private static final class UntilSent<T> {
    private final int most;
    private List<T> since = new ArrayList<>();
    private List<T> before = new ArrayList<>();

    UntilSent(int most) {
      this.most = most;
    }

    boolean isFull() {
      return since.size() == most;
    }

    /** What there is no room for is forgotten. */
    void add(T one) {
      if (!isFull()) since.add(one);
    }

    void turn(Consumer<T> sent) {
      before.forEach(sent);
      before.clear();
      List<T> empty = before;
      before = since;
      since = empty;
    }
  }

  private void line(char type, String text) {
    if (muted) return;
    reserve(1);
    buffer[end++] = (byte) type;
    raw(text);
    reserve(2);
    crlf();
  }

  private void header(char type, long number) {
    if (muted) return;
    reserve(24);
    buffer[end++] = (byte) type;
    if (number >= 0 && number < 10) buffer[end++] = (byte) ('0' + number);
    else end = Numbers.putDecimal(number, buffer, end);
    crlf();
  }

  private void crlf() {
    buffer[end++] = '\r';
    buffer[end++] = '\n';
  }

  private void piece(ByteString bytes) {
    cut();
    if (pieces == null) pieces = new ArrayList<>();
    pieces.add(bytes);
    pieceBytes += bytes.size();
  }

  /** Makes a piece of what stands in the buffer, so that the next piece follows it. */
  private void cut() {
    if (start == end) return;
    if (pieces == null) pieces = new ArrayList<>();
    pieces.add(ByteString.fromArrayUnsafe(buffer, start, end - start));
    pieceBytes += end - start;
    start = end;
  }

  private void startBuffer(int length) {
    buffer = new byte[length];
    start = 0;
    end = 0;
  }

  /** Forgets a large piece, which was taken, for the buffer before it; all of that was taken too. */
  private void backToKept() {
    if (kept == null) return;
    buffer = kept;
    kept = null;
    start = buffer.length;
    end = start;
  }

  private void reserve(int bytes) {
    if (buffer.length - end < bytes) grow(bytes);
  }

  private void grow(int bytes) {
    int written = end - start;
    if (kept == null && written + (long) bytes <= Math.max(room, COPIED_BYTES)) {
      int length = Math.max(room, Math.max(written + bytes, Math.min(COPIED_BYTES, 2 * written)));
      buffer = Arrays.copyOfRange(buffer, start, start + length);
      start = 0;
      end = written;
      return;
    }
    int length = (int) Math.min(MOST_PIECE_BYTES, 2L * Math.max(room, buffer.length));
    cut();
    if (kept == null) kept = buffer;
    startPiece(Math.max(length, bytes));
  }

  private void startPiece(int length) {
    if (spares != null && spared == null) spared = new UntilSent<>(MOST_SPARED);
    if (spares == null || spared.isFull()) {
      startBuffer(length);
      return;
    }
    buffer = spares.take(length);
    spared.add(buffer);
    start = 0;
    end = 0;
  }
}
