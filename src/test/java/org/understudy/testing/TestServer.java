package org.understudy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.understudy.config.Config;
import org.understudy.node.Node;

/** A whole server of ours in this JVM, on a free loopback port. */
public final class TestServer implements AutoCloseable {
  private final Node node;
  private final int port;

  /** @param directives configuration lines; port and addresses are chosen here */
  public static TestServer start(String... directives) {
    return new TestServer(directives);
  }

  private TestServer(String... directives) {
    port = freePort();
    List<String> lines = new ArrayList<>(List.of("bind 127.0.0.1", "port " + port, "save \"\"", "enable-debug-command yes"));
    lines.addAll(List.of(directives));
    node = Node.start(Config.parse(lines));
  }

  public int port() {
    return port;
  }

  /** A new connection. */
  public RespClient client() {
    return RespClient.connect(port);
  }

  @Override
  public void close() {
    node.close();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
