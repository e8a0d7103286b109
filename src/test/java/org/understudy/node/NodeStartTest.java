package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader.RespError;
import org.understudy.testing.Scratch;

/** Clients that connect as soon as the port is open, while the dataset is still to be loaded. */
class NodeStartTest {
  /** A file with a key, b, and another that is longer than what is loaded at once. */
  private static final byte[] FILE =
      Bytes.of("REDIS0010\0\1b\1v\0\1a\200\0\1\0\0" + "v".repeat(1 << 16) + "\377" + "\0".repeat(8));

  @TempDir
  Path folder;
  private final int port = Scratch.freePort();

  private Node start(Runnable listening, String... directives) {
    List<String> lines =
        new ArrayList<>(List.of("bind 127.0.0.1", "port " + port, "dir " + folder, "save \"\""));
    lines.addAll(List.of(directives));
    return Node.start(Config.parse(lines), new Shutdown(), listening, null);
  }

  @Test
  void whoComesBeforeTheDatasetIsLoadedHearsNothing() throws IOException {
    try (Node node = start(this::assertHearsNothing)) {
      try (RespClient later = RespClient.connect(port)) {
        assertEquals("PONG", later.call("PING"));
      }
    }
  }

  private void assertHearsNothing() {
    try (Socket early = new Socket(InetAddress.getLoopbackAddress(), port)) {
      early.setSoTimeout(50);
      early.getOutputStream().write(Bytes.of("PING\r\n"));
      assertThrows(SocketTimeoutException.class, early.getInputStream()::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On a busy machine one start may take longer than clients are kept waiting; not each of several. */
  @Test
  void whoComesBeforeTheDatasetIsLoadedIsServedThen() throws IOException {
    Files.write(folder.resolve("dump.rdb"), FILE);
    assertTrue(IntStream.range(0, 5).anyMatch(start -> "v".equals(earlyAnswer())));
  }

  private Object earlyAnswer() {
    CompletableFuture<RespClient> early = new CompletableFuture<>();
    try (Node node = start(() -> early.complete(asking())); RespClient client = early.join()) {
      return client.read();
    }
  }

  private RespClient asking() {
    RespClient client = RespClient.connect(port);
    client.send("GET", "b");
    return client;
  }

  @Test
  void whoComesWhileADatasetIsLoadedForLongHearsOfThat() throws IOException {
    Files.write(folder.resolve("dump.rdb"), FILE);
    CompletableFuture<RespClient> early = new CompletableFuture<>();
    CompletableFuture<Node> started = CompletableFuture.supplyAsync(
        () -> start(() -> early.complete(asking()), "key-load-delay 1000000000"));
    try (RespClient client = early.join()) {
      assertEquals("LOADING Redis is loading the dataset in memory", ((RespError) client.read()).message());
      client.send("SHUTDOWN", "NOSAVE");
    }
    started.join().awaitStopped();
  }
}
