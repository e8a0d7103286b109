package org.understudy.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReplyBufferSizeTest {
  private final ReplyBuffer reply = new ReplyBuffer();

  private void take(int bytes) {
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
}
