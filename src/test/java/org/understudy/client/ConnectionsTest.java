package org.understudy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.engine.Engine;
import org.understudy.shard.KeyspaceShard;
import org.understudy.shard.ShardParts;
import org.understudy.shard.clients.ShardMessage;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader.RespError;
import org.understudy.testing.Scratch;

/** Connections over real sockets: how they begin, wait and end, and that nothing of them stays. */
class ConnectionsTest {
  private static final int PORT_ATTEMPTS = 20;

  /** On the event loop, as connections of one listener are never on more than one thread. */
  private final ActorTestKit kit = ActorTestKit.create("connections", Engine.systemConfig());
  private final Config config = Config.defaults(Path.of("target").toAbsolutePath());
  private final Sessions sessions = new Sessions();
  /** Those whose reads are shown early. */
  private final Set<Socket> shown = ConcurrentHashMap.newKeySet();
  private final List<RespClient> clients = new ArrayList<>();
  /** How far the server's clock is ahead. */
  private final AtomicLong aheadMillis = new AtomicLong();
  private int port;

  @BeforeEach
  void listen() {
    config.assign(Directive.ENABLE_DEBUG_COMMAND, "yes");
    Clock clock = new Clock() {
      @Override
      public long millis() {
        return System.currentTimeMillis() + aheadMillis.get();
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }
    };
    ShardParts parts = new ShardParts(config, clock, 42, wired -> new ConnectionCommands(wired).rows());
    parts.connections(sessions);
    ActorRef<ShardMessage> shard = kit.spawn(KeyspaceShard.create(parts.shard()), "shard");
    ActorRef<ClientListener.Message> listener =
        kit.spawn(ClientListener.create(shard, parts, parts.users(), sessions, this::showReads), "listener");
    listener.tell(ClientListener.Open.INSTANCE);
    TestProbe<ClientListener.Bound> bound = kit.createTestProbe();
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      port = Scratch.freePort();
      listener.tell(new ClientListener.Bind(BindAddress.of(List.of("127.0.0.1")), port, false, bound.getRef()));
      if (bound.receiveMessage().failures().isEmpty()) return;
    }
    throw new IllegalStateException("no free port");
  }

  private void showReads(Socket socket, EarlyReads.Reader reader) {
    if (reader == null) shown.remove(socket);
    else shown.add(socket);
    Engine.showReads(socket, reader);
  }

  @AfterEach
  void stop() {
    clients.forEach(RespClient::close);
    kit.shutdownTestKit();
  }

  private RespClient connect() {
    RespClient client = RespClient.connect(port);
    clients.add(client);
    return client;
  }

  private String info(RespClient client, String field) {
    String text = (String) client.call("INFO", "everything");
    int start = text.indexOf("\r\n" + field + ":") + field.length() + 3;
    return text.substring(start, text.indexOf("\r\n", start));
  }

  private void eventually(Runnable holds) {
    kit.createTestProbe().awaitAssert(Duration.ofSeconds(10), Duration.ofMillis(20), () -> {
      holds.run();
      return null;
    });
  }

  /** Actors of connections: those of the sockets, of their streams, and ours. */
  private List<Integer> connectionActors() {
    String tree = kit.system().printTree();
    return List.of(count(tree, "TcpIncomingConnection"), count(tree, "-unnamed "),
        count(tree.split(" listener ")[1], " \\$"));
  }

  private static int count(String text, String pattern) {
    return text.split(pattern, -1).length - 1;
  }

  // ---- ends ---------------------------------------------------------------------------------------------------------

  @Test
  void whatANewClientSendsIsNotOvertakenByWhatAnotherSendsLater() {
    RespClient old = connect();
    for (int i = 0; i < 200; i++) {
      try (RespClient fresh = RespClient.connect(port)) {
        fresh.call("SELECT", 0);
        fresh.send("SET", "last", i);
        assertEquals(String.valueOf(i), old.call("GET", "last"));
      }
    }
  }

  @Test
  void whoResetsItsConnectionIsGoneForWhatAnotherSendsThen() throws Exception {
    RespClient other = connect();
    for (int i = 0; i < 50; i++) {
      Socket subscriber = new Socket(InetAddress.getLoopbackAddress(), port);
      subscriber.setSoLinger(true, 0);
      subscriber.getOutputStream().write(Bytes.of("SUBSCRIBE news\r\n"));
      assertEquals('*', subscriber.getInputStream().read());
      subscriber.close();
      assertEquals(0L, other.call("PUBLISH", "news", i));
    }
  }

  @Test
  void whoClosesItsConnectionWhileItWaitsIsNotGivenWhatAnotherPushesThen() {
    RespClient pusher = connect();
    for (int i = 0; i < 20; i++) {
      RespClient gone = connect();
      gone.send("BLPOP", "list", 0);
      eventually(() -> assertEquals("1", info(pusher, "blocked_clients")));
      RespClient busy = connect();
      busy.send("DEBUG", "SLEEP", 0.05); // so that both are found together
      gone.close();
      assertEquals(1L, pusher.call("RPUSH", "list", "v"));
      assertEquals("v", pusher.call("LPOP", "list"));
      busy.close();
    }
  }

  @Test
  void nothingStaysOfConnectionsThatEnded() throws Exception {
    RespClient admin = connect();
    admin.call("CLIENT", "PAUSE", 100_000, "WRITE");
    for (int i = 0; i < 40; i++) {
      for (String request : List.of("PING\r\n", "SUBSCRIBE a\r\nPSUBSCRIBE b\r\n", "WATCH k\r\nMULTI\r\nGET k\r\n",
          "CLIENT TRACKING on BCAST\r\nGET k\r\n", "MONITOR\r\n", "SET waits forever\r\n",
          "*3\r\n$3\r\nSET\r\n$10\r\nhal", "QUIT\r\n", "*oops\r\n", "WAIT 1 0\r\n", "POST / HTTP/1.1\r\n",
          "DEBUG SLEEP 0\r\nCLIENT REPLY OFF\r\nPING\r\n")) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          socket.getOutputStream().write(Bytes.of(request));
          if (i % 2 == 0) socket.setSoLinger(true, 0); // ends with a reset
        }
      }
    }
    eventually(() -> {
      assertEquals("1", info(admin, "connected_clients"));
      assertEquals("0", info(admin, "blocked_clients"));
      assertEquals(1, sessions.open());
      assertEquals(1, shown.size());
      assertEquals(List.of(1, 1, 1), connectionActors());
    });
    assertEquals("0", info(admin, "pubsub_channels"));
    assertEquals("0", info(admin, "pubsub_patterns"));
    assertEquals("0", info(admin, "tracking_clients"));
    assertEquals("0", info(admin, "tracking_total_prefixes"));
    admin.call("CLIENT", "UNPAUSE");
    assertEquals("OK", admin.call("SET", "k", "v"));
  }

  @Test
  void whoStopsSendingStillGetsItsReplies() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(Bytes.of("SET k v\r\nGET k\r\n"));
      socket.shutdownOutput();
      assertEquals("+OK\r\n$1\r\nv\r\n", Bytes.string(socket.getInputStream().readAllBytes()));
    }
  }

  @Test
  void whoStopsSendingStillGetsTheRepliesOfCommandsThatTakeLong() throws Exception {
    config.assign(Directive.ENABLE_DEBUG_COMMAND, "yes");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(Bytes.of("DEBUG POPULATE 20000\r\nKEYS *\r\nMEMORY PURGE\r\nDBSIZE\r\n"));
      socket.shutdownOutput();
      String replies = Bytes.string(socket.getInputStream().readAllBytes());
      assertTrue(replies.startsWith("+OK\r\n*20000\r\n"), replies.substring(0, Math.min(100, replies.length())));
      assertTrue(replies.endsWith("\r\n+OK\r\n:20000\r\n"), replies.substring(Math.max(0, replies.length() - 100)));
    }
  }

  @Test
  void theRequestOfABlockedClientHasLeftItsBuffer() {
    RespClient admin = connect();
    RespClient blocked = connect();
    Object id = blocked.call("CLIENT", "ID");
    blocked.send("BLPOP", "list", 0);
    eventually(() -> assertEquals("1", info(admin, "blocked_clients")));
    eventually(() -> assertTrue(((String) admin.call("CLIENT", "LIST", "ID", id)).contains(" qbuf=0 ")));
    blocked.sendRaw("*1\r\n$4\r\nPI");
    eventually(() -> assertTrue(((String) admin.call("CLIENT", "LIST", "ID", id)).contains(" qbuf=10 ")));
  }

  @Test
  void aServerThatStopsEndsItsConnectionsWithoutAReset() {
    RespClient client = connect();
    RespClient subscriber = connect();
    client.call("PING");
    subscriber.call("SUBSCRIBE", "channel");
    kit.shutdownTestKit();
    assertEquals(0, client.bytesToTheEnd());
    assertEquals(0, subscriber.bytesToTheEnd());
  }

  @Test
  void whoIsKilledReadsWhatTheOperatingSystemHasForItAndNoMore() {
    RespClient admin = connect();
    int size = 30_000_000;
    admin.call("SET", "k", "x".repeat(size));
    List<Integer> before = connectionActors();
    RespClient client = connect();
    Object id = client.call("CLIENT", "ID");
    client.sendRaw("GET k\r\n");
    eventually(() -> assertTrue(admin.call("CLIENT", "LIST", "ID", id).toString().contains("cmd=get")));
    assertEquals(1L, admin.call("CLIENT", "KILL", "ID", id));
    eventually(() -> assertEquals(before, connectionActors()));
    long read = client.bytesToTheEnd();
    assertTrue(read >= 0 && read < size, "read " + read);
  }

  @Test
  void aKilledClientIsGoneFromTheListAtOnce() {
    RespClient admin = connect();
    RespClient victim = connect();
    Object id = victim.call("CLIENT", "ID");
    assertEquals(1L, admin.call("CLIENT", "KILL", "ID", id));
    assertEquals("", admin.call("CLIENT", "LIST", "ID", id));
    assertTrue(victim.isClosedByServer());
  }

  @Test
  void aClientIsKilledWhileItsRunWaits() {
    RespClient admin = connect();
    RespClient paused = connect();
    RespClient blocked = connect();
    Object pausedId = paused.call("CLIENT", "ID");
    Object blockedId = blocked.call("CLIENT", "ID");
    admin.call("CLIENT", "PAUSE", 100_000, "WRITE");
    paused.send("SET", "k", "v");
    blocked.send("WAIT", 1, 0);
    eventually(() -> assertEquals("2", info(admin, "blocked_clients")));
    assertEquals(1L, admin.call("CLIENT", "KILL", "ID", pausedId));
    assertEquals(1L, admin.call("CLIENT", "KILL", "ID", blockedId));
    assertTrue(paused.isClosedByServer());
    assertTrue(blocked.isClosedByServer());
    admin.call("CLIENT", "UNPAUSE");
    assertEquals(null, admin.call("GET", "k"));
    eventually(() -> assertEquals(List.of(1, 1, 1), connectionActors()));
  }

  @Test
  void commandsThatRunTogetherOnAConnectionAreCountedOneByOne() {
    RespClient client = connect();
    client.sendRaw("PING\r\nECHO a\r\nPING\r\nGET k\r\nPING\r\nINFO commandstats\r\n");
    for (Object reply : new Object[] {"PONG", "a", "PONG", null, "PONG"}) assertEquals(reply, client.read());
    String stats = (String) client.read();
    assertTrue(stats.contains("cmdstat_ping:calls=3,"), stats);
    assertTrue(stats.contains("cmdstat_echo:calls=1,"), stats);
  }

  @Test
  void aProtocolErrorIsAnsweredAfterWhatCameBefore() {
    RespClient client = connect();
    client.sendRaw("PING\r\n*x\r\nPING\r\n");
    assertEquals("PONG", client.read());
    assertEquals(new RespError("ERR Protocol error: invalid multibulk length"), client.read());
    assertTrue(client.isClosedByServer());
  }

  @Test
  void anArgumentBeyondTheQueryBufferLimitEndsTheConnection() {
    config.assign(Directive.CLIENT_QUERY_BUFFER_LIMIT, "1mb");
    RespClient client = connect();
    client.sendRaw("*2\r\n$3\r\nGET\r\n$3000000\r\n");
    client.tellRaw(new byte[2_000_000]);
    assertTrue(client.isClosedByServer());
  }

  @Test
  void completeArgumentsDoNotCountForTheQueryBufferLimit() {
    config.assign(Directive.CLIENT_QUERY_BUFFER_LIMIT, "1mb");
    String value = "v".repeat(800_000);
    List<Object> request = new ArrayList<>(List.of("RPUSH", "l"));
    request.addAll(Collections.nCopies(5, value));
    assertEquals(5L, connect().call(request.toArray()));
  }

  @Test
  void aLargeReplyOnItsWayStaysAsItIsWhileItsKeyIsSetAgainAndAgain() {
    RespClient writer = connect();
    writer.call("SET", "k", "a".repeat(65_536));
    RespClient reader = connect();
    reader.sendRaw("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".repeat(200)); // more than sockets hold
    for (int i = 0; i < 50; i++) writer.call("SET", "k", String.valueOf((char) ('a' + i % 26)).repeat(65_536));
    for (int i = 0; i < 200; i++) {
      String value = (String) reader.read();
      assertEquals(value.substring(0, 1).repeat(65_536), value);
    }
  }

  @Test
  void anIdleClientIsClosedAndASubscriberIsNot() {
    RespClient idle = connect();
    RespClient subscriber = connect();
    subscriber.call("SUBSCRIBE", "a");
    idle.call("CONFIG", "SET", "timeout", 1);
    assertTrue(idle.isClosedByServer());
    assertEquals(1L, connect().call("PUBLISH", "a", "still there"));
  }

  @Test
  void aClientIsNotIdleWhileItIsTold() {
    RespClient admin = connect();
    RespClient subscriber = connect();
    subscriber.call("CLIENT", "SETNAME", "hears");
    subscriber.call("SUBSCRIBE", "a");
    aheadMillis.addAndGet(100_000);
    assertEquals(100, idleSeconds(admin, "hears"), 10);
    admin.call("PUBLISH", "a", "news");
    subscriber.read();
    eventually(() -> assertTrue(idleSeconds(admin, "hears") < 50));
  }

  @Test
  void aClientIsNotIdleWhileItReadsALargeReply() throws IOException {
    RespClient admin = connect();
    admin.call("SET", "large", "x".repeat(32_000_000));
    try (Socket slow = new Socket("127.0.0.1", port)) {
      slow.getOutputStream().write("CLIENT SETNAME slow\r\nGET large\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals('+', slow.getInputStream().read());
      aheadMillis.addAndGet(100_000);
      slow.getInputStream().readNBytes(16_000_000);
      eventually(() -> assertTrue(idleSeconds(admin, "slow") < 50));
    }
  }

  private static int idleSeconds(RespClient admin, String name) {
    String list = (String) admin.call("CLIENT", "LIST");
    String line = list.lines().filter(l -> l.contains(" name=" + name + " ")).findFirst().orElseThrow();
    return Integer.parseInt(line.replaceAll(".* idle=(\\d+) .*", "$1"));
  }

  // ---- waits --------------------------------------------------------------------------------------------------------

  @Test
  void requestsBehindAPausedOneKeepTheirOrder() {
    RespClient admin = connect();
    RespClient client = connect();
    admin.call("CLIENT", "PAUSE", 100_000, "WRITE");
    client.sendRaw("GET k\r\nSET k v\r\nPING\r\nGET k\r\n");
    assertEquals(null, client.read());
    eventually(() -> assertEquals("1", info(admin, "blocked_clients")));
    client.sendRaw("ECHO later\r\n");
    admin.call("CLIENT", "UNPAUSE");
    for (String reply : List.of("OK", "PONG", "v", "later")) assertEquals(reply, client.read());
  }

  @Test
  void aPauseEndsByItself() {
    RespClient client = connect();
    client.call("CLIENT", "PAUSE", 50, "ALL");
    assertEquals("PONG", client.call("PING"));
  }

  @Test
  void keysDoNotVanishWhileWritesArePaused() {
    RespClient client = connect();
    client.call("SET", "k", "v", "PX", 1);
    client.call("CLIENT", "PAUSE", 100_000, "WRITE");
    eventually(() -> assertEquals(null, client.call("GET", "k")));
    assertEquals(1L, client.call("DBSIZE"));
    client.call("CLIENT", "UNPAUSE");
    eventually(() -> assertEquals(0L, client.call("DBSIZE")));
  }

  @Test
  void aBlockedClientIsUnblockedWithOrWithoutAnError() {
    RespClient admin = connect();
    RespClient client = connect();
    Object id = client.call("CLIENT", "ID");
    assertEquals(0L, admin.call("CLIENT", "UNBLOCK", id));
    client.send("WAIT", 1, 0);
    eventually(() -> assertEquals(1L, admin.call("CLIENT", "UNBLOCK", id, "ERROR")));
    assertEquals(new RespError("UNBLOCKED client unblocked via CLIENT UNBLOCK"), client.read());
    client.send("WAIT", 1, 0);
    eventually(() -> assertEquals(1L, admin.call("CLIENT", "UNBLOCK", id)));
    assertEquals(0L, client.read());
  }

  // ---- limits -------------------------------------------------------------------------------------------------------

  @Test
  void aClientThatDoesNotReadIsNotReadFromInTheEnd() {
    RespClient admin = connect();
    RespClient greedy = connect();
    greedy.call("CLIENT", "SETNAME", "greedy");
    admin.call("SET", "k", "x".repeat(1_000_000));
    for (int i = 0; i < 200; i++) greedy.send("GET", "k");
    eventually(() -> assertTrue(((String) admin.call("CLIENT", "LIST")).matches("(?s).*name=greedy .* events=w .*")));
    String list = (String) admin.call("CLIENT", "LIST");
    long waiting = Long.parseLong(list.replaceAll("(?s).*name=greedy .*? omem=(\\d+).*", "$1"));
    assertTrue(waiting < 32_000_000, () -> "waiting: " + waiting);
    for (int i = 0; i < 200; i++) assertEquals(1_000_000, ((String) greedy.read()).length());
    assertEquals("PONG", greedy.call("PING"));
  }

  @Test
  void whatCameWhileAClientWaitedIsDoneBeforeWhatComesWhileItDoesNotRead() {
    RespClient admin = connect();
    RespClient slow = connect();
    admin.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0");
    slow.call("HELLO", 3);
    slow.call("CLIENT", "SETNAME", "slow");
    slow.call("SUBSCRIBE", "news");
    slow.send("BLPOP", "list", 0);
    eventually(() -> assertEquals("1", info(admin, "blocked_clients")));
    for (int i = 0; i < 40; i++) admin.call("PUBLISH", "news", "x".repeat(1_000_000));
    slow.send("APPEND", "log", "1");
    eventually(() -> assertTrue(queryBuffer(admin, "slow") > 0));
    long first = queryBuffer(admin, "slow");
    admin.call("RPUSH", "list", "v");
    slow.send("APPEND", "log", "2".repeat(600));
    eventually(() -> assertTrue(queryBuffer(admin, "slow") > first + 600));
    for (int i = 0; i < 40; i++) slow.read();
    assertEquals(List.of("list", "v"), slow.read());
    assertEquals(1L, slow.read());
    assertEquals(601L, slow.read());
    assertEquals("1" + "2".repeat(600), admin.call("GET", "log"));
  }

  private static long queryBuffer(RespClient admin, String name) {
    String list = (String) admin.call("CLIENT", "LIST");
    return Long.parseLong(list.replaceAll("(?s).*name=" + name + " .*? qbuf=(\\d+).*", "$1"));
  }

  @Test
  void aClientOverItsOutputLimitIsCutOffAfterItsTransaction() {
    RespClient admin = connect();
    admin.call("SET", "k", "x".repeat(1_000_000));
    admin.call("CONFIG", "SET", "client-output-buffer-limit", "normal 100000 0 0");
    RespClient client = connect();
    client.sendRaw("MULTI\r\nSET a 1\r\nGET k\r\nSET b 2\r\nEXEC\r\n");
    for (String expected : List.of("OK", "QUEUED", "QUEUED", "QUEUED")) {
      Object reply = client.readOrEnd();
      if (reply == RespClient.END) break; // the replies before it may be lost, as there
      assertEquals(expected, reply);
    }
    assertTrue(client.isClosedByServer());
    assertEquals(List.of("1", "2"), admin.call("MGET", "a", "b"));
  }

  @Test
  void theLargestClientsGoFirstWhenTheirMemoryIsLimited() {
    RespClient admin = connect();
    admin.call("CLIENT", "NO-EVICT", "ON");
    RespClient small = connect();
    RespClient large = connect();
    small.sendRaw("*2\r\n$3\r\nGET\r\n$5000000\r\n" + "x".repeat(200_000));
    large.sendRaw("*2\r\n$3\r\nGET\r\n$5000000\r\n" + "x".repeat(4_000_000));
    eventually(() -> assertTrue(((String) admin.call("CLIENT", "LIST")).contains("qbuf=4000000 ")));
    admin.call("CONFIG", "SET", "maxmemory-clients", "3mb");
    assertTrue(large.isClosedByServer());
    assertEquals("1", info(admin, "evicted_clients"));
    assertFalse(((String) admin.call("CLIENT", "LIST")).contains("qbuf=4000000 "));
    assertTrue(((String) admin.call("CLIENT", "LIST")).contains("qbuf=200000 "));
  }
}
