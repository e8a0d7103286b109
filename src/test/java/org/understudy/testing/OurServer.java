package org.understudy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.node.Node;

/** A node of ours within this JVM, on a free loopback port. */
public final class OurServer implements AutoCloseable {
  private final Node node;
  private final int port;

  private OurServer(Node node, int port) {
    this.node = node;
    this.port = port;
  }

  /** @param settings directives and values in turns: {@code "timeout", "10"} */
  public static OurServer start(String... settings) {
    Config config = Config.defaults(Path.of("target").toAbsolutePath());
    int port = freePort();
    config.assign(Directive.PORT, Integer.toString(port));
    config.assign(Directive.BIND, "127.0.0.1");
    config.assign(Directive.SAVE, "");
    config.assign(Directive.ENABLE_DEBUG_COMMAND, "yes");
    for (int i = 0; i < settings.length; i += 2) config.assign(Directive.of(settings[i]), settings[i + 1]);
    return new OurServer(Node.start(config), port);
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public RespClient connect() {
    return RespClient.connect(port);
  }

  public RespClient connect3() {
    return RespClient.connect3(port);
  }

  @Override
  public void close() {
    node.close();
  }
}
