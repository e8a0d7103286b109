package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.client.EarlyReads;

class DrainedSocketChannelTest {
  private static final byte[] LARGE = new byte[4000];

  static {
    for (int i = 0; i < LARGE.length; i++) LARGE[i] = (byte) i;
  }

  private SocketChannel peer;
  private DrainedSocketChannel connection;
  private final ByteBuffer buffer = ByteBuffer.allocate(8192);
  private byte[] shown;
  private boolean ended;
  private boolean busy;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      peer = SocketChannel.open(server.getLocalAddress());
      connection = new DrainedSocketChannel(SelectorProvider.provider(), server.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    connection.close();
  }

  @Test
  void oneByteStandsForALargeReadThatWasTaken() throws IOException {
    connection.showReads(new Shown(true));
    buffer.position(3);
    assertEquals(1, receive(LARGE));
    assertEquals(4, buffer.position());
    assertArrayEquals(LARGE, shown);
  }

  @Test
  void aReadThatWasOnlyLookedAtGoesTheUsualWay() throws IOException {
    connection.showReads(new Shown(false));
    assertEquals(LARGE.length, receive(LARGE));
    assertArrayEquals(LARGE, Arrays.copyOf(buffer.array(), buffer.position()));
  }

  @Test
  void aReadForABusyReaderIsPutOffUntilTheSelectorFindsTheSocketReadableAgain() throws IOException {
    connection.showReads(new Shown(true));
    connection.registered();
    connection.readable();
    busy = true;
    assertEquals(0, receive(LARGE));
    busy = false;
    connection.readable();
    assertEquals(1, connection.read(buffer));
    assertArrayEquals(LARGE, shown);
  }

  @Test
  void aReadForAReaderThatStaysBusyIsPutOffOnce() throws IOException {
    connection.showReads(new Shown(false));
    connection.registered();
    connection.readable();
    busy = true;
    assertEquals(0, receive(LARGE));
    assertEquals(LARGE.length, connection.read(buffer));
    connection.readable();
    assertEquals(0, receive(LARGE));
  }

  @Test
  void aSmallReadIsNotShown() throws IOException {
    connection.showReads(new Shown(true));
    assertEquals(3, receive(new byte[] {1, 2, 3}));
    assertNull(shown);
  }

  @Test
  void theEndIsToldByTheReadThatFindsIt() throws IOException {
    connection.showReads(new Shown(true));
    assertEquals(3, receive(new byte[] {1, 2, 3}));
    assertFalse(ended);
    peer.close();
    assertEquals(-1, connection.read(buffer));
    assertTrue(ended);
  }

  private final class Shown implements EarlyReads.Reader {
    private final boolean takes;

    Shown(boolean takes) {
      this.takes = takes;
    }

    @Override
    public boolean read(ByteBuffer bytes) {
      shown = new byte[bytes.remaining()];
      bytes.get(shown);
      return takes;
    }

    @Override
    public boolean isBusy() {
      return busy;
    }

    @Override
    public void ended() {
      ended = true;
    }
  }

  /** One write on loopback that fits into the socket's buffers arrives as one read. */
  private int receive(byte[] bytes) throws IOException {
    assertEquals(bytes.length, peer.write(ByteBuffer.wrap(bytes)));
    return connection.read(buffer);
  }
}
