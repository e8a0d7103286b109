package org.understudy.replication;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Collects one line, which may come in any pieces. Pure. */
final class LineReader {
  /** A longer line is cut off there: nothing that a primary has to say in a line is as long. */
  static final int MAX_BYTES = 1024;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private boolean complete;

  /** Reads up to the end of the line. @return how many bytes of the range were read */
  int read(byte[] bytes, int offset, int length) {
    int read = 0;
    while (!complete && read < length) {
      byte next = bytes[offset + read++];
      if (next == '\n') complete = true;
      else if (text.size() < MAX_BYTES) text.write(next);
      else complete = true;
    }
    return read;
  }

  /** The line without its end, once; null while it is not complete. */
  String take() {
    if (!complete) return null;
    String line = text.toString(StandardCharsets.ISO_8859_1);
    clear();
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /** Forgets what has come of a line. */
  void clear() {
    text.reset();
    complete = false;
  }
}
