package org.understudy.resp;

import java.util.Arrays;
import org.understudy.bytes.Numbers;

/** Commands as they go over the wire, one after the other in one growing array. */
public final class RequestBuffer {
  private static final int FIRST_BYTES = 4096;
  /** A larger array is not kept once it has been cleared. */
  private static final int KEPT_BYTES = 256 << 10;
  /** At most what a length takes with its sign before and the end of its line. */
  private static final int LENGTH_LINE_BYTES = 1 + 11 + 2;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  /** Adds a command: an array of bulk strings. */
  public void add(byte[]... argv) {
    int needed = LENGTH_LINE_BYTES;
    for (byte[] argument : argv) needed = Math.addExact(needed, argument.length + LENGTH_LINE_BYTES + 2);
    if (needed > bytes.length - size) grow(needed);
    lengthLine('*', argv.length);
    for (byte[] argument : argv) {
      lengthLine('$', argument.length);
      System.arraycopy(argument, 0, bytes, size, argument.length);
      size += argument.length;
      endLine();
    }
  }

  /** Adds commands that are encoded already. */
  public void addEncoded(byte[] commands, int from, int length) {
    if (length > bytes.length - size) grow(length);
    System.arraycopy(commands, from, bytes, size, length);
    size += length;
  }

  private void grow(int needed) {
    bytes = Arrays.copyOf(bytes, Math.addExact(size, Math.max(needed, Math.min(size, KEPT_BYTES))));
  }

  private void lengthLine(char sign, int length) {
    bytes[size++] = (byte) sign;
    size = Numbers.putDecimal(length, bytes, size);
    endLine();
  }

  private void endLine() {
    bytes[size++] = '\r';
    bytes[size++] = '\n';
  }

  /** The bytes, from 0 to {@link #size}; valid until the next change. */
  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
    if (bytes.length > KEPT_BYTES) bytes = new byte[FIRST_BYTES];
  }
}
