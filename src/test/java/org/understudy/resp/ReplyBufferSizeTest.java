package org.understudy.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Loans;
import org.understudy.bytes.SpareArrays;

class ReplyBufferSizeTest {
  private final ReplyBuffer reply = new ReplyBuffer(new SpareArrays());

  private void take(int bytes) {
    reply.turn();
    reply.raw(new byte[bytes]);
    assertEquals(bytes, reply.take().size());
  }

  @Test
  void itGrowsWithWhatIsWrittenAtATime() {
    assertEquals(1024, reply.capacityBytes());
    for (int i = 0; i < 10; i++) take(40_000);
    assertEquals(16 * 1024, reply.capacityBytes());
    assertEquals(40_000, reply.peakBytes());
  }

  @Test
  void itShrinksOnceTheLargeRepliesAreForgotten() {
    for (int i = 0; i < 10; i++) take(40_000);
    reply.shrink(true);
    assertEquals(16 * 1024, reply.capacityBytes());
    take(3000);
    reply.shrink(false);
    assertEquals(3001, reply.capacityBytes());
    reply.shrink(true);
    reply.shrink(false);
    assertEquals(1024, reply.capacityBytes());
  }

  @Test
  void whatIsWrittenStaysWhenItIsToShrink() {
    for (int i = 0; i < 10; i++) take(40_000);
    reply.shrink(true);
    reply.ok();
    reply.shrink(true);
    assertEquals("+OK\r\n", reply.take().utf8String());
  }

  @Test
  void whatWasTakenStaysAsItIsWhateverIsWrittenBehindIt() {
    List<ByteString> taken = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      reply.bulk(text(i));
      taken.add(reply.take());
    }
    for (int i = 0; i < 100; i++) {
      assertEquals("$" + text(i).length() + "\r\n" + text(i) + "\r\n", taken.get(i).utf8String());
    }
  }

  @Test
  void whatWasSentIsWrittenOverTwoTurnsLater() {
    for (int i = 0; i < 3; i++) take(2000);
    reply.turn();
    reply.simple("ONE");
    ByteString sent = reply.take();
    reply.turn();
    reply.simple("TWO");
    assertEquals("+TWO\r\n", reply.take().utf8String());
    assertEquals("+ONE\r\n", sent.utf8String(), "one turn later it may be on its way");
    reply.turn();
    reply.simple("NEW");
    assertEquals("+NEW\r\n", reply.take().utf8String());
    assertEquals("+NEW\r\n", sent.utf8String());
  }

  @Test
  void aLoanIsGivenBackTwoTurnsAfterItsReplyWasWritten() {
    Loans loans = new Loans();
    reply.lend(new byte[20_000], 0, 20_000, loans);
    assertTrue(loans.any());
    reply.turn();
    assertTrue(loans.any(), "it was not even taken");
    assertEquals(20_010, reply.take().size());
    reply.turn();
    assertTrue(loans.any(), "one turn later it may be on its way");
    reply.turn();
    assertFalse(loans.any());
  }

  @Test
  void whatIsNotWrittenIsNotLent() {
    Loans loans = new Loans();
    reply.muted(true);
    reply.lend(new byte[20_000], 0, 20_000, loans);
    assertFalse(loans.any());
  }

  @Test
  void repliesOfEverySizeComeOutWholeWhileArraysTakeTurns() {
    for (int size = 0; size < 300_000; size += 1 + size / 3) {
      reply.turn();
      StringBuilder expected = new StringBuilder();
      for (int i = 0; expected.length() < size; i++) {
        reply.bulk(text(i));
        expected.append("$").append(text(i).length()).append("\r\n").append(text(i)).append("\r\n");
      }
      assertEquals(expected.toString(), reply.take().utf8String());
    }
  }

  private static String text(int i) {
    return "x".repeat(i % 70) + i;
  }
}
