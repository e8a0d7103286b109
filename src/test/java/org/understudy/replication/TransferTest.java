package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class TransferTest {
  private static final String MARK = "0123456789abcdef0123456789abcdef01234567";

  @Test
  void aMarkEndsTheDatasetWhereverThePiecesAreCut() {
    byte[] all = Bytes.of("data 0123 012345678 more" + MARK + "*1");
    for (int a = 0; a <= all.length; a++) {
      for (int b = a; b <= all.length; b += 3) {
        Transfer transfer = Transfer.announced("$EOF:" + MARK);
        String payload = "";
        String rest = "";
        for (byte[] piece : new byte[][] {Arrays.copyOfRange(all, 0, a), Arrays.copyOfRange(all, a, b),
            Arrays.copyOfRange(all, b, all.length)}) {
          if (transfer.isComplete()) {
            rest += Bytes.string(piece);
            continue;
          }
          Transfer.Part part = transfer.read(piece);
          payload += Bytes.string(part.payload());
          rest += Bytes.string(part.rest());
        }
        assertEquals("data 0123 012345678 more", payload);
        assertEquals("*1", rest);
        assertTrue(transfer.isComplete());
        assertEquals(payload.length(), transfer.received());
      }
    }
  }

  @Test
  void aDatasetWithoutItsMarkDoesNotEnd() {
    Transfer transfer = Transfer.announced("$EOF:" + MARK);
    transfer.read(Bytes.of("data" + MARK.substring(0, 39) + "x"));
    assertFalse(transfer.isComplete());
    assertEquals(44, transfer.received());
  }

  @Test
  void aLengthEndsTheDatasetToTheByte() {
    Transfer transfer = Transfer.announced("$5");
    assertEquals("abc", Bytes.string(transfer.read(Bytes.of("abc")).payload()));
    assertFalse(transfer.isComplete());
    Transfer.Part last = transfer.read(Bytes.of("def"));
    assertEquals("de", Bytes.string(last.payload()));
    assertEquals("f", Bytes.string(last.rest()));
    assertTrue(transfer.isComplete());
  }

  @Test
  void anEmptyDatasetIsCompleteAtOnce() {
    assertTrue(Transfer.announced("$0").isComplete());
  }

  @ParameterizedTest
  @ValueSource(strings = {"+OK", "", "$", "$-1", "$abc", "$EOF:short", "$99999999999999999999", "HTTP/1.1 200 OK"})
  void whatAnnouncesNoDatasetIsNone(String header) {
    assertNull(Transfer.announced(header));
  }
}
