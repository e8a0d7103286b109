package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader.RespError;

/** MIGRATE from the real server and from ours to the same target: replies, and what is where afterwards. */
@NeedsRealRedis
class MigrateComparisonTest {
  @RegisterExtension
  static final BothServers servers = BothServers.realWith().oursWith();

  private static RealRedis target;

  @BeforeAll
  static void startTarget() {
    target = RealRedis.start();
  }

  @AfterAll
  static void stopTarget() {
    if (target != null) target.close();
  }

  @BeforeEach
  void fill() {
    servers.each(client -> {
      client.call("FLUSHALL");
      client.call("MSET", "a", 1, "b", 2, "c", 3);
      client.call("PEXPIREAT", "b", 4_000_000_000_000L);
      client.call("RPUSH", "l", "x", "y");
      client.call("HSET", "h", "field", "value");
      client.call("CONFIG", "SET", "slowlog-log-slower-than", 0);
    });
  }

  /** The reply, the keys left, the keys and about the expiry at the target, and how the slow log shows the command. */
  private static List<Object> migrate(int port, String prepared, String line) {
    List<Object> seen = new ArrayList<>();
    try (RespClient from = RespClient.connect(port); RespClient to = target.connect()) {
      to.call("FLUSHALL");
      to.sendRaw(prepared + "\r\n");
      to.read();
      from.call("SLOWLOG", "RESET");
      seen.add(from.call((Object[]) line.replace("TARGET", "127.0.0.1 " + target.port()).replace("''", "")
          .split(" ", -1)));
      seen.add(new TreeSet<>((List<?>) from.call("KEYS", "*")));
      List<?> slow = (List<?>) from.call("SLOWLOG", "GET", -1);
      for (Object entry : slow) {
        List<?> command = (List<?>) ((List<?>) entry).get(3);
        if (command.get(0).equals("MIGRATE")) seen.add(command);
      }
      to.sendRaw("AUTH secret\r\n");
      to.read();
      seen.add(new TreeSet<>((List<?>) to.call("KEYS", "*")));
      seen.add((long) to.call("PEXPIRETIME", "b") / 1_000_000); // what travels is the time to live
      to.call("CONFIG", "SET", "requirepass", "");
    }
    return seen;
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "PING|MIGRATE TARGET a 0 1000",
      "PING|MIGRATE TARGET b 1 0 copy",
      "PING|MIGRATE TARGET a 99 1000",
      "PING|MIGRATE TARGET '' 0 1000 KEYS a b l h none",
      "SET b theirs|MIGRATE TARGET '' 0 1000 KEYS a b l h none",
      "SET b theirs|MIGRATE TARGET '' 0 1000 REPLACE KEYS a b l h none",
      "PING|MIGRATE TARGET none 0 1000",
      "PING|MIGRATE TARGET '' 0 1000 KEYS",
      "PING|MIGRATE TARGET a 0 1000 KEYS b",
      "PING|MIGRATE TARGET a 0 1000 AUTH secret",
      "CONFIG SET requirepass secret|MIGRATE TARGET a 0 1000",
      "CONFIG SET requirepass secret|MIGRATE TARGET a 0 1000 AUTH secret",
      "CONFIG SET requirepass secret|MIGRATE TARGET a 0 1000 AUTH wrong",
      "CONFIG SET requirepass secret|MIGRATE TARGET a 0 1000 AUTH2 default secret",
      "CONFIG SET requirepass secret|MIGRATE TARGET a 0 1000 AUTH2 nobody secret",
      "PING|MIGRATE TARGET a 0 1000 AUTH",
      "PING|MIGRATE TARGET a 0 1000 AUTH2 user",
      "PING|MIGRATE TARGET a 0 1000 OTHER",
      "PING|MIGRATE TARGET a zero 1000",
      "PING|MIGRATE TARGET a 0 soon",
      "PING|MIGRATE TARGET a 0",
      "PING|MIGRATE 127.0.0.1 0 a 0 1000",
      "PING|MIGRATE nowhere.invalid 6379 a 0 1000"})
  void aMigrationEndsAsOnTheRealServer(String scene) {
    String prepared = scene.substring(0, scene.indexOf('|'));
    String line = scene.substring(scene.indexOf('|') + 1);
    servers.assertAlike(port -> migrate(port, prepared, line));
  }

  @Test
  void aConnectionThatTheTargetHasClosedIsReplaced() {
    String line = "MIGRATE TARGET a 0 1000";
    migrate(servers.ours().port(), "PING", "MIGRATE TARGET c 0 1000");
    assertEquals("OK", migrate(servers.ours().port(), "CLIENT KILL TYPE normal SKIPME yes", line).get(0));
  }

  @Test
  void whileTheTargetIsSilentReadersAreServedAndNoWriteIsLost() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RespClient migrating = servers.ours().client(); RespClient writer = servers.ours().client();
        RespClient reader = servers.ours().client()) {
      migrating.send("MIGRATE", "127.0.0.1", silent.getLocalPort(), "a", 0, 60_000);
      try (Socket arrived = silent.accept(); InputStream commands = arrived.getInputStream()) {
        commands.read(); // the payload is on its way
        writer.send("SET", "a", "new");
        assertEquals("1", reader.call("GET", "a"));
      } // breaks the connection; the next attempt breaks as well
      silent.accept().close();
      RespError error = (RespError) migrating.read();
      assertTrue(error.message().startsWith("IOERR error or timeout "), error.message());
      assertEquals("OK", writer.read());
      assertEquals("new", reader.call("GET", "a"));
    }
  }

  @Test
  void inATransactionTheKeyIsGoneForTheNextCommand() {
    try (RespClient client = servers.ours().client()) {
      client.call("MULTI");
      client.call("MIGRATE", "127.0.0.1", target.port(), "a", 5, 1000, "REPLACE");
      client.call("EXISTS", "a");
      assertEquals(List.of("OK", 0L), client.call("EXEC"));
    }
  }
}
