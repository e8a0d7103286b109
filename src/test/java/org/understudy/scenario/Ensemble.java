package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.understudy.testing.CuttableProxy;
import org.understudy.testing.Eventually;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/**
 * Servers that replicate from each other, ours and real ones, and the links between them. Everything waits for what is
 * to happen, and fails if it does not within half a minute.
 */
final class Ensemble implements AutoCloseable {
  /** One server, with a connection to ask it. */
  static final class Member implements AutoCloseable {
    final String name;
    private final AutoCloseable server;
    private final int port;
    private RespClient client;

    private Member(String name, AutoCloseable server, int port) {
      this.name = name;
      this.server = server;
      this.port = port;
    }

    int port() {
      return port;
    }

    Object call(Object... command) {
      if (client == null) client = RespClient.connect(port);
      return client.call(command);
    }

    RespClient connect() {
      return RespClient.connect(port);
    }

    /** A field of INFO; null if there is none of that name. */
    String info(String section, String field) {
      for (String line : call("INFO", section).toString().split("\r\n")) {
        if (line.startsWith(field + ":")) return line.substring(field.length() + 1);
      }
      return null;
    }

    String replication(String field) {
      return info("replication", field);
    }

    long count(String statistic) {
      return Long.parseLong(info("stats", statistic));
    }

    long offset() {
      return Long.parseLong(replication("master_repl_offset"));
    }

    String digest() {
      return call("DEBUG", "DIGEST").toString();
    }

    /** Ends a server of ours in order, and starts it again where it was. */
    void restart() {
      if (client != null) client.close();
      client = null;
      ((TestServer) server).restart();
    }

    /** Ends the server; what it has not saved is gone. */
    @Override
    public void close() throws Exception {
      if (client != null) client.close();
      server.close();
    }

    @Override
    public String toString() {
      return name + " on " + port;
    }
  }

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private int servers;

  // ---- servers -----------------------------------------------------------------------------------------------------

  /** A server of ours that follows nobody, and does not let replicas wait for others. */
  Member startPrimary(String... directives) {
    List<String> lines = new ArrayList<>(List.of("repl-diskless-sync-delay 0"));
    lines.addAll(List.of(directives));
    TestServer server = TestServer.start(lines.toArray(new String[0]));
    return added(new Member("ours" + ++servers, server, server.port()));
  }

  /** A server of ours that follows whoever listens on a port. */
  Member startReplica(int primaryPort, String... directives) {
    List<String> lines = new ArrayList<>(List.of(directives));
    lines.add("replicaof 127.0.0.1 " + primaryPort);
    return startPrimary(lines.toArray(new String[0]));
  }

  /** A real server that follows nobody. @param options as on its command line */
  Member startRealPrimary(String... options) {
    List<String> all = new ArrayList<>(List.of("--repl-diskless-sync-delay", "0", "--enable-debug-command", "yes"));
    all.addAll(List.of(options));
    RealRedis server = RealRedis.start(all.toArray(new String[0]));
    return added(new Member("real" + ++servers, server, server.port()));
  }

  Member startRealReplica(int primaryPort, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--replicaof", "127.0.0.1 " + primaryPort));
    return startRealPrimary(all.toArray(new String[0]));
  }

  private Member added(Member member) {
    parts.push(member);
    return member;
  }

  /** Ends a server before the others. */
  void stop(Member member) {
    parts.remove(member);
    close(member);
  }

  // ---- links -------------------------------------------------------------------------------------------------------

  /** A way to a server that can be cut: whoever is to use it connects to its port. */
  CuttableProxy linkTo(Member member) {
    CuttableProxy link = new CuttableProxy(member.port());
    parts.push(link);
    return link;
  }

  // ---- waiting -----------------------------------------------------------------------------------------------------

  void await(String what, BooleanSupplier condition) {
    Eventually.await(what, condition);
  }

  void awaitLinkUp(Member replica) {
    await(replica + " is linked", () -> "up".equals(replica.replication("master_link_status")));
  }

  void awaitOnline(Member primary, int replicas) {
    await(primary + " has " + replicas + " replicas online", () ->
        primary.call("INFO", "replication").toString().split("state=online", -1).length - 1 == replicas);
  }

  /**
   * Waits until the replicas have all that the primary has, and are equal to it. Keys may be about to expire: so they
   * have to be found equal at one offset once, and unequal never.
   */
  void awaitInSync(Member primary, Member... replicas) {
    for (Member replica : replicas) awaitLinkUp(replica);
    for (Member replica : replicas) {
      await(replica + " has everything of " + primary, () -> equal(primary, replica));
    }
  }

  private static boolean equal(Member primary, Member replica) {
    long offset = primary.offset();
    String expected = primary.digest();
    if (replica.offset() != offset) return false;
    String digest = replica.digest();
    if (replica.offset() != offset || primary.offset() != offset) return false;
    assertEquals(expected, digest, () -> replica + " differs from " + primary);
    return true;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) close(parts.pop());
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      throw new IllegalStateException(part + " does not end", e);
    }
  }
}
