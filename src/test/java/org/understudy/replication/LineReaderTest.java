package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

class LineReaderTest {
  private final LineReader lines = new LineReader();

  private int read(String text) {
    return lines.read(Bytes.of(text), 0, text.length());
  }

  @Test
  void aLineEndsWhereItEndsAndLeavesTheRest() {
    assertEquals(3, read("+PO"));
    assertNull(lines.take());
    assertEquals(4, read("NG\r\n+OK\r\n"));
    assertEquals("+PONG", lines.take());
    assertNull(lines.take());
  }

  @Test
  void aBareLineFeedIsAnEmptyLine() {
    assertEquals(1, read("\n\n"));
    assertEquals("", lines.take());
  }

  @Test
  void aLineWithoutEndIsCutOff() {
    int read = read("x".repeat(LineReader.MAX_BYTES + 10));
    assertEquals(LineReader.MAX_BYTES + 1, read);
    assertEquals(LineReader.MAX_BYTES, lines.take().length());
  }
}
