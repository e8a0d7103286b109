package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DrainedSocketChannelTest {
  private static final byte[] LARGE = new byte[4000];

  static {
    for (int i = 0; i < LARGE.length; i++) LARGE[i] = (byte) i;
  }

  private SocketChannel peer;
  private DrainedSocketChannel connection;
  private final ByteBuffer buffer = ByteBuffer.allocate(8192);
  private final AtomicReference<byte[]> shown = new AtomicReference<>();

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
    connection.showReads(bytes -> show(bytes, true));
    buffer.position(3);
    assertEquals(1, receive(LARGE));
    assertEquals(4, buffer.position());
    assertArrayEquals(LARGE, shown.get());
  }

  @Test
  void aReadThatWasOnlyLookedAtGoesTheUsualWay() throws IOException {
    connection.showReads(bytes -> show(bytes, false));
    assertEquals(LARGE.length, receive(LARGE));
    assertArrayEquals(LARGE, Arrays.copyOf(buffer.array(), buffer.position()));
  }

  @Test
  void aSmallReadIsNotShown() throws IOException {
    connection.showReads(bytes -> show(bytes, true));
    assertEquals(3, receive(new byte[] {1, 2, 3}));
    assertNull(shown.get());
  }

  private boolean show(ByteBuffer bytes, boolean take) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    shown.set(copy);
    return take;
  }

  /** One write on loopback that fits into the socket's buffers arrives as one read. */
  private int receive(byte[] bytes) throws IOException {
    assertEquals(bytes.length, peer.write(ByteBuffer.wrap(bytes)));
    return connection.read(buffer);
  }
}
