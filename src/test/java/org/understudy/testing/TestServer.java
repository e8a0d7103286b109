package org.understudy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.understudy.config.Config;
import org.understudy.node.Node;

/** A whole server of ours in this JVM, on a free loopback port, with its files in a temporary folder. */
public final class TestServer implements AutoCloseable {
  private final int port;
  private final Path folder;
  private final List<String> lines;
  private Node node;

  /** @param directives configuration lines; port and addresses are chosen here */
  public static TestServer start(String... directives) {
    return new TestServer(directives);
  }

  private TestServer(String... directives) {
    port = Scratch.freePort();
    folder = Scratch.newFolder("understudy");
    lines = new ArrayList<>(List.of("bind 127.0.0.1", "port " + port, "dir " + folder,
        "save \"\"", "enable-debug-command yes"));
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

  /** Where it keeps its files. */
  public Path folder() {
    return folder;
  }

  /** The names of the files that it keeps. */
  public List<String> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the server as SHUTDOWN does, and starts it again on the same port, with the files that it has left. */
  public void restart() {
    try (RespClient client = client()) {
      client.send("SHUTDOWN");
      if (!client.isClosedByServer()) throw new IllegalStateException("it does not end");
    }
    node.close();
    node = Node.start(Config.parse(lines));
  }

  /** Stops the server and deletes its folder. */
  @Override
  public void close() {
    node.close();
    Scratch.delete(folder);
  }
}
