package org.understudy.replication;

import java.util.Arrays;
import org.understudy.bytes.Bytes;

/**
 * Finds the end of a dataset that a primary sends: after so many bytes, or where a mark comes that was announced. Pure;
 * the pieces may be cut anywhere.
 *
 * <pre>
 *   $&lt;bytes&gt;\r\n  the dataset
 *   $EOF:&lt;mark, 40 bytes&gt;\r\n  the dataset  the mark
 * </pre>
 */
public final class Transfer {
  static final int MARK_BYTES = 40;
  private static final String MARKED = "$EOF:";
  private static final int UNKNOWN = -1;

  private final long length;
  private final byte[] mark;
  /** What was held back of earlier pieces since it may be the beginning of the mark. */
  private byte[] held = Bytes.EMPTY;
  private long received;
  private boolean complete;

  private Transfer(long length, byte[] mark) {
    this.length = length;
    this.mark = mark;
    complete = length == 0;
  }

  /** @param header the line that announces the dataset; null if it announces none */
  static Transfer announced(String header) {
    if (header.startsWith(MARKED) && header.length() >= MARKED.length() + MARK_BYTES) {
      return new Transfer(UNKNOWN, Bytes.of(header.substring(MARKED.length(), MARKED.length() + MARK_BYTES)));
    }
    if (!header.startsWith("$")) return null;
    try {
      long length = Long.parseLong(header.substring(1));
      return length < 0 ? null : new Transfer(length, null);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Bytes of the dataset, -1 if its end will be marked. */
  public long length() {
    return length;
  }

  public boolean isMarked() {
    return mark != null;
  }

  /** Bytes of the dataset so far, without those that may belong to the mark. */
  public long received() {
    return received;
  }

  public boolean isComplete() {
    return complete;
  }

  /**
   * A piece of what came.
   *
   * @param payload bytes of the dataset
   * @param rest what came behind the end; empty before
   */
  record Part(byte[] payload, byte[] rest) {}

  Part read(byte[] bytes) {
    Part part = mark == null ? counted(bytes) : upToMark(bytes);
    received += part.payload.length;
    return part;
  }

  private Part counted(byte[] bytes) {
    int own = (int) Math.min(bytes.length, length - received);
    complete = received + own == length;
    if (own == bytes.length) return new Part(bytes, Bytes.EMPTY);
    return new Part(Arrays.copyOf(bytes, own), Arrays.copyOfRange(bytes, own, bytes.length));
  }

  private Part upToMark(byte[] bytes) {
    byte[] all = held.length == 0 ? bytes : Bytes.concat(held, bytes);
    int at = indexOfMark(all);
    int whole = at + MARK_BYTES;
    complete = whole <= all.length;
    held = complete ? Bytes.EMPTY : Arrays.copyOfRange(all, at, all.length);
    byte[] payload = at == all.length ? all : Arrays.copyOf(all, at);
    return new Part(payload, complete ? Arrays.copyOfRange(all, whole, all.length) : Bytes.EMPTY);
  }

  /** Where the mark begins, or what may become it; the length if nothing does. */
  private int indexOfMark(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != mark[0]) continue;
      int common = Math.min(MARK_BYTES, bytes.length - i);
      if (Arrays.equals(bytes, i, i + common, mark, 0, common)) return i;
    }
    return bytes.length;
  }
}
