package org.understudy.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients through a Unix socket ({@code unixsocket}). Pekko's TCP has none, so a thread of ours selects for them: it
 * accepts, reads and writes what the {@link UnixSocketStage} of a connection asks for. The thread exists only if the
 * directive does.
 */
final class UnixSockets implements AutoCloseable {
  /** What a connection's stage hears, on the selecting thread. */
  interface Handler {
    void received(ByteString bytes);

    /** Everything given to {@link Connection#write} is out. */
    void written();

    /** The peer has closed, or the connection broke. */
    void ended();
  }

  private static final Logger LOG = LoggerFactory.getLogger(UnixSockets.class);
  private static final int READ_BYTES = 64 * 1024;

  private final Path path;
  private final ServerSocketChannel server;
  /** Opened by the thread that uses it: one that an event loop's thread opens belongs to that loop. */
  private volatile Selector selector;
  private volatile boolean closed;
  private final Consumer<Connection> onAccept;
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);

  /**
   * Listens on a path; a socket left there by an earlier process is replaced.
   *
   * @param permissions as in {@code unixsocketperm}, octal digits as a number; 0 leaves them to the umask
   * @param onAccept gets each connection, on the selecting thread
   */
  static UnixSockets listen(Path path, int permissions, int backlog, Consumer<Connection> onAccept) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path), backlog);
      if (permissions != 0) Files.setPosixFilePermissions(path, permissionSet(permissions));
      server.configureBlocking(false);
      return new UnixSockets(path, server, onAccept);
    } catch (IOException | RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  private UnixSockets(Path path, ServerSocketChannel server, Consumer<Connection> onAccept) {
    this.path = path;
    this.server = server;
    this.onAccept = onAccept;
    Thread thread = new Thread(this::select, "unix-socket");
    thread.setDaemon(true);
    thread.start();
  }

  Path path() {
    return path;
  }

  /** Stops listening, ends all connections and removes the socket's file. */
  @Override
  public void close() {
    try {
      closed = true;
      Selector opened = selector;
      if (opened != null) opened.wakeup();
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException failure) {
      LOG.warn("Error removing the unix socket file: {}", failure.getMessage());
    }
  }

  private static Set<PosixFilePermission> permissionSet(int bits) {
    PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's read to the others' execute
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      if ((bits & (0400 >> i)) != 0) set.add(all[i]);
    }
    return set;
  }

  private void select() {
    try (Selector own = Selector.open()) {
      selector = own;
      server.register(own, SelectionKey.OP_ACCEPT);
      while (!closed) {
        own.select(key -> {
          if (key.attachment() instanceof Connection connection) connection.ready(key);
          else accept();
        });
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) request.run();
      }
    } catch (IOException | RuntimeException failure) {
      if (!closed) LOG.error("The thread of the Unix socket ends", failure);
    }
  }

  private void accept() {
    try {
      SocketChannel channel = server.accept();
      if (channel == null) return;
      channel.configureBlocking(false);
      onAccept.accept(new Connection(channel, channel.register(selector, 0)));
    } catch (IOException failure) {
      LOG.warn("Accepting client connection: {}", failure.getMessage());
    }
  }

  /** One client. Its methods may be called from any thread; what they start happens on the selecting one. */
  final class Connection {
    private final SocketChannel channel;
    private final SelectionKey key;
    private Handler handler;
    private ByteBuffer[] output;

    private Connection(SocketChannel channel, SelectionKey key) {
      this.channel = channel;
      this.key = key;
      key.attach(this);
    }

    SocketChannel channel() {
      return channel;
    }

    void handler(Handler listener) {
      request(() -> handler = listener);
    }

    /** Reads once, as soon as there is something. */
    void read() {
      request(() -> interest(SelectionKey.OP_READ, true));
    }

    /** Writes all of it; the next only after {@link Handler#written}. */
    void write(ByteString bytes) {
      request(() -> {
        java.util.List<ByteBuffer> buffers = new java.util.ArrayList<>();
        bytes.getByteBuffers().forEach(buffers::add);
        output = buffers.toArray(new ByteBuffer[0]);
        flush();
      });
    }

    void close() {
      request(this::end);
    }

    private void request(Runnable work) {
      requests.add(work);
      selector.wakeup();
    }

    private void interest(int operation, boolean on) {
      try {
        key.interestOps(on ? key.interestOps() | operation : key.interestOps() & ~operation);
      } catch (CancelledKeyException closed) {
        handler.ended();
      }
    }

    private void ready(SelectionKey key) {
      try {
        if (key.isReadable()) receive();
        if (key.isValid() && key.isWritable()) flush();
      } catch (CancelledKeyException closed) {
        end();
      }
    }

    private void receive() {
      try {
        readBuffer.clear();
        int count = channel.read(readBuffer);
        if (count < 0) {
          interest(SelectionKey.OP_READ, false);
          handler.ended();
        } else if (count > 0) {
          interest(SelectionKey.OP_READ, false);
          readBuffer.flip();
          byte[] bytes = new byte[count];
          readBuffer.get(bytes);
          handler.received(ByteString.fromArrayUnsafe(bytes));
        }
      } catch (IOException broken) {
        end();
      }
    }

    private void flush() {
      try {
        channel.write(output);
        boolean done = !output[output.length - 1].hasRemaining();
        interest(SelectionKey.OP_WRITE, !done);
        if (done) handler.written();
      } catch (IOException broken) {
        end();
      }
    }

    private void end() {
      try {
        channel.close();
      } catch (ClosedChannelException already) {
        return;
      } catch (IOException failure) {
        LOG.debug("Closing a connection: {}", failure.getMessage());
      }
      if (handler != null) handler.ended();
    }
  }
}
