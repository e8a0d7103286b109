package org.understudy.scenario;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.understudy.testing.Eventually;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestSentinel;

/** Sentinels of one primary, ours and real ones: down-after is a second, the failover timeout ten. */
final class Sentinels implements AutoCloseable {
  /** Of the primary that all of them watch. */
  static final String NAME = "mymaster";

  private final List<AutoCloseable> running = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  /** @param more lines of its configuration */
  TestSentinel start(int primary, int quorum, String... more) {
    TestSentinel sentinel = TestSentinel.start(lines(primary, quorum, more));
    running.add(sentinel);
    added(sentinel.port());
    return sentinel;
  }

  /** @param more lines of its configuration */
  RealRedis startReal(int primary, int quorum, String... more) {
    RealRedis sentinel = RealRedis.startSentinel(lines(primary, quorum, more));
    running.add(sentinel);
    added(sentinel.port());
    return sentinel;
  }

  /** Hellos four times as often as usual: on four of them waits who leads an old primary back. */
  private void added(int port) {
    ports.add(port);
    ask(port, "SENTINEL", "debug", "publish-period", "500");
  }

  private static String[] lines(int primary, int quorum, String... more) {
    return Stream.concat(Stream.of("sentinel monitor " + NAME + " 127.0.0.1 " + primary + " " + quorum,
        "sentinel down-after-milliseconds " + NAME + " 1000", "sentinel failover-timeout " + NAME + " 10000"),
        Stream.of(more)).toArray(String[]::new);
  }

  /** Where they listen, in the order of their start. */
  List<Integer> ports() {
    return ports;
  }

  static Object ask(int port, Object... command) {
    try (RespClient client = RespClient.connect(port)) {
      return client.call(command);
    }
  }

  /** Asks a server; once more if a sentinel parts with its clients just then. */
  static Object askServer(int port, Object... command) {
    try {
      return ask(port, command);
    } catch (UncheckedIOException closed) {
      return ask(port, command);
    }
  }

  /** A field of SENTINEL MASTER. */
  static String field(int sentinel, String field) {
    List<?> fields = (List<?>) ask(sentinel, "SENTINEL", "master", NAME);
    return (String) fields.get(fields.indexOf(field) + 1);
  }

  /** Where that sentinel says that the primary is. */
  static int primaryPort(int sentinel) {
    List<?> address = (List<?>) ask(sentinel, "SENTINEL", "get-master-addr-by-name", NAME);
    return Integer.parseInt((String) address.get(1));
  }

  /** Until all know each other, the primary and its replicas, and each replica may be chosen. */
  void awaitAcquainted(int replicas) {
    for (int sentinel : ports) {
      Eventually.await("all know each other", () ->
          field(sentinel, "num-other-sentinels").equals(Integer.toString(ports.size() - 1))
          && field(sentinel, "num-slaves").equals(Integer.toString(replicas))
          && field(sentinel, "flags").equals("master"));
      Eventually.await("replicas are ready to be chosen", () -> {
        String told = ask(sentinel, "SENTINEL", "replicas", NAME).toString();
        return told.split("master-link-status, ok").length == replicas + 1
            && told.split("flags, slave, ").length == replicas + 1; // both connections to it stand
      });
    }
  }

  /** Until all of them tell another address. @return the port there */
  int awaitNewPrimary(int old) {
    for (int sentinel : ports) {
      Eventually.await("there is another primary", () -> primaryPort(sentinel) != old);
    }
    return primaryPort(ports.get(0));
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable sentinel : running) sentinel.close();
  }
}
