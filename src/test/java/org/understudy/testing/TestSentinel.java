package org.understudy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.Node;

/** A whole sentinel of ours in this JVM, on a free loopback port, with its configuration in a temporary folder. */
public final class TestSentinel implements AutoCloseable {
  private final int port;
  private final Path folder;
  private Node node;

  /** @param lines of its configuration file; port and addresses are chosen here */
  public static TestSentinel start(String... lines) {
    return new TestSentinel(lines);
  }

  private TestSentinel(String... lines) {
    port = Scratch.freePort();
    folder = Scratch.newFolder("understudy-sentinel");
    List<String> all = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir " + folder));
    all.addAll(List.of(lines));
    try {
      Files.write(file(), all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    node = Node.sentinel(file());
  }

  public int port() {
    return port;
  }

  /** Where it keeps its files. */
  public Path folder() {
    return folder;
  }

  /** Its configuration. */
  public Path file() {
    return folder.resolve("sentinel.conf");
  }

  /** A new connection. */
  public RespClient client() {
    return RespClient.connect(port);
  }

  /** Stops it and starts it anew with the file that it left. */
  public void restart() {
    node.close();
    node = Node.sentinel(file());
  }

  /** Stops the sentinel and deletes its folder. */
  @Override
  public void close() {
    node.close();
    Scratch.delete(folder);
  }
}
