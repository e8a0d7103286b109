package org.understudy.shard;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.util.ByteString;
import org.understudy.resp.Reply;
import org.understudy.resp.ReplyParser;

/**
 * The connection to a server that keys are migrated to. Its methods block, each for as long as the timeout says at
 * most for every piece; they run on a thread that may, one migration at a time.
 */
final class MigrationTarget {
  /** The selected database is not known. */
  static final long UNKNOWN = -1;

  private static final int PIECE_BYTES = 64 * 1024;

  private final String host;
  private final int port;
  private AsynchronousSocketChannel channel;
  private ReplyParser parser;
  private final ByteBuffer received = ByteBuffer.allocate(4096);

  /** The database that the connection has selected. */
  long database = UNKNOWN;
  /** Unix time of the last migration. */
  long lastUsedMillis;

  MigrationTarget(String host, int port) {
    this.host = host;
    this.port = port;
  }

  boolean isOpen() {
    return channel != null;
  }

  void open(long timeoutMillis) throws IOException, TimeoutException {
    if (port < 0 || port > 0xFFFF) throw new IOException("no such port: " + port);
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) throw new IOException("unknown host: " + host);
    AsynchronousSocketChannel opened = AsynchronousSocketChannel.open();
    try {
      opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
      await(opened.connect(address), timeoutMillis);
    } catch (IOException | TimeoutException e) {
      opened.close();
      throw e;
    }
    channel = opened;
    parser = new ReplyParser();
    database = UNKNOWN;
  }

  void send(ByteString bytes, long timeoutMillis) throws IOException, TimeoutException {
    for (ByteBuffer part : bytes.getByteBuffers()) {
      while (part.hasRemaining()) {
        ByteBuffer piece = part.slice(part.position(), Math.min(PIECE_BYTES, part.remaining()));
        await(channel.write(piece), timeoutMillis);
        part.position(part.position() + piece.position());
      }
    }
  }

  Reply receive(long timeoutMillis) throws IOException, TimeoutException {
    while (true) {
      Reply reply = parser.next();
      if (reply != null) return reply;
      if (parser.error() != null) throw new IOException(parser.error());
      received.clear();
      int count = await(channel.read(received), timeoutMillis);
      if (count < 0) throw new EOFException();
      parser.feed(received.array(), 0, count);
    }
  }

  void close() {
    database = UNKNOWN;
    if (channel == null) return;
    try {
      channel.close();
    } catch (IOException e) {
      // it was of no use any more
    }
    channel = null;
  }

  private static <T> T await(Future<T> outcome, long timeoutMillis) throws IOException, TimeoutException {
    try {
      return outcome.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
