package org.understudy.sentinel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.resp.Reply;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.Connection;
import org.understudy.sentinel.state.Event;
import org.understudy.sentinel.state.InstanceId;
import org.understudy.sentinel.state.LinkId;
import org.understudy.sentinel.state.Request;
import org.understudy.testing.RespClient;

/** A link through its states, each connection by itself. */
class InstanceLinkTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final LinkId ID = new LinkId(7);
  private static final InstanceId INSTANCE = new InstanceId(3);
  private static final List<List<String>> GREETING =
      List.of(List.of("AUTH", "secret"), List.of("CLIENT", "SETNAME", "s"));
  private static final List<List<String>> SUBSCRIBING = List.of(List.of("SUBSCRIBE", Request.HELLO_CHANNEL));

  private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> lookedUp = new LinkedBlockingQueue<>();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private ActorRef<InstanceLink.Message> link() {
    return link(heard::add);
  }

  private ActorRef<InstanceLink.Message> link(Consumer<Event> events) {
    NameResolver names = name -> {
      lookedUp.add(name);
      return name.equals("here") ? "127.0.0.1" : null;
    };
    return KIT.spawn(InstanceLink.create(ID, events, names, Runnable::run, null));
  }

  private InstanceLink.Connect connect(String host, Connection connection) {
    String ip = host.equals("127.0.0.1") ? host : null;
    return new InstanceLink.Connect(connection, new Address(host, ip, server.getLocalPort()),
        connection == Connection.COMMANDS ? GREETING : SUBSCRIBING, true);
  }

  private Event next() throws InterruptedException {
    Event event = heard.poll(10, TimeUnit.SECONDS);
    assertTrue(event != null, "nothing was heard");
    return event;
  }

  private static void write(Socket to, String bytes) throws IOException {
    to.getOutputStream().write(Bytes.of(bytes));
  }

  private static void expect(Socket from, String... words) throws IOException {
    byte[] expected = RespClient.request((Object[]) words);
    assertEquals(Bytes.string(expected), Bytes.string(from.getInputStream().readNBytes(expected.length)));
  }

  private static void expectGreeting(Socket from) throws IOException {
    expect(from, "AUTH", "secret");
    expect(from, "CLIENT", "SETNAME", "s");
  }

  private static void ping(ActorRef<InstanceLink.Message> link) {
    Request ping = new Request.Ping();
    link.tell(new InstanceLink.Send(INSTANCE, ping, ping.commands()));
  }

  private static void answerPing(Socket from) throws IOException {
    expectGreeting(from);
    expect(from, "PING");
    write(from, "+OK\r\n+OK\r\n+PONG\r\n");
  }

  private static Event pong() {
    return new Event.Answered(ID, INSTANCE, new Request.Ping(), new Reply.Status("PONG"));
  }

  // ---- from closed to open -----------------------------------------------------------------------------------------

  @Test
  void theGreetingGoesFirstAndOnlyRepliesToWhatWasAskedAreReported() throws Exception {
    ActorRef<InstanceLink.Message> link = link();
    link.tell(connect("127.0.0.1", Connection.COMMANDS));
    try (Socket accepted = server.accept()) {
      assertEquals(new Event.Connected(ID, Connection.COMMANDS, "127.0.0.1"), next());
      ping(link);
      answerPing(accepted);
      assertEquals(pong(), next());
    }
    assertEquals(new Event.Disconnected(ID, Connection.COMMANDS, "Server closed the connection"), next());
  }

  @Test
  void ofATransactionTheLastReplyIsReported() throws Exception {
    ActorRef<InstanceLink.Message> link = link();
    link.tell(connect("127.0.0.1", Connection.COMMANDS));
    try (Socket accepted = server.accept()) {
      next();
      Request request = new Request.Reconfigure(null, false);
      link.tell(new InstanceLink.Send(INSTANCE, request, request.commands()));
      expectGreeting(accepted);
      for (List<String> command : request.commands()) expect(accepted, command.toArray(new String[0]));
      write(accepted, "+OK\r\n+OK\r\n" + "+OK\r\n" + "+QUEUED\r\n".repeat(4) + "*1\r\n+OK\r\n");
      Event.Answered answered = assertInstanceOf(Event.Answered.class, next());
      assertEquals(List.of(new Reply.Status("OK")), answered.reply().elements());
    }
  }

  @Test
  void aSubscriptionIsHeardAndItsMessagesAre() throws Exception {
    link().tell(connect("127.0.0.1", Connection.HELLOS));
    try (Socket accepted = server.accept()) {
      assertEquals(new Event.Connected(ID, Connection.HELLOS, "127.0.0.1"), next());
      expect(accepted, "SUBSCRIBE", Request.HELLO_CHANNEL);
      write(accepted, "*3\r\n+subscribe\r\n+c\r\n:1\r\n");
      assertEquals(new Event.HelloHeard(ID, null), next());
      write(accepted, "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$5\r\nhello\r\n");
      assertEquals(new Event.HelloHeard(ID, "hello"), next());
    }
  }

  @Test
  void aConnectionThatMayNotListenIsGivenUp() throws Exception {
    link().tell(connect("127.0.0.1", Connection.HELLOS));
    try (Socket accepted = server.accept()) {
      next();
      expect(accepted, "SUBSCRIBE", Request.HELLO_CHANNEL);
      write(accepted, "-NOAUTH Authentication required.\r\n");
      assertEquals(new Event.Disconnected(ID, Connection.HELLOS, "closed"), next());
      assertEquals(-1, accepted.getInputStream().read());
    }
  }

  @Test
  void aNameIsLookedUpForEachConnection() throws Exception {
    ActorRef<InstanceLink.Message> link = link();
    for (Connection connection : Connection.values()) {
      link.tell(connect("here", connection));
      try (Socket accepted = server.accept()) {
        assertEquals(new Event.Resolved("here", "127.0.0.1"), next());
        assertEquals(new Event.Connected(ID, connection, "127.0.0.1"), next());
      }
      assertInstanceOf(Event.Disconnected.class, next());
    }
    assertEquals(List.of("here", "here"), List.copyOf(lookedUp));
  }

  // ---- to closed ---------------------------------------------------------------------------------------------------

  @Test
  void aNameWithoutAnAddressAndAnAddressThatIsNoneCannotBeConnectedTo() throws Exception {
    ActorRef<InstanceLink.Message> link = link();
    for (String host : List.of("nowhere", "999.1.1.1", "")) {
      link.tell(connect(host, Connection.COMMANDS));
      assertEquals(new Event.Resolved(host, null), next());
      String reason = "Failed to resolve hostname '" + host + "'";
      assertEquals(new Event.Disconnected(ID, Connection.COMMANDS, reason), next());
    }
    lookedUp.clear();
    link.tell(new InstanceLink.Connect(Connection.COMMANDS, new Address("999.1.1.1", "999.1.1.1", 1), GREETING, false));
    assertInstanceOf(Event.Disconnected.class, next());
    assertTrue(lookedUp.isEmpty());
  }

  @Test
  void aRefusalIsReportedWithItsReason() throws Exception {
    InstanceLink.Connect connect = connect("127.0.0.1", Connection.COMMANDS);
    server.close();
    link().tell(connect);
    Event.Disconnected refused = assertInstanceOf(Event.Disconnected.class, next());
    assertTrue(refused.reason().startsWith("Connection refused"), refused.reason());
  }

  @Test
  void nothingIsHeardOfAConnectionThatWasGivenUp() throws Exception {
    ActorRef<InstanceLink.Message> link = link();
    link.tell(connect("127.0.0.1", Connection.COMMANDS));
    try (Socket first = server.accept()) {
      next();
      ping(link);
      link.tell(new InstanceLink.Disconnect(Connection.COMMANDS));
      ping(link); // nobody hears it
      link.tell(connect("127.0.0.1", Connection.COMMANDS));
      try (Socket second = server.accept()) {
        assertEquals(new Event.Connected(ID, Connection.COMMANDS, "127.0.0.1"), next());
        ping(link);
        answerPing(second);
        assertEquals(pong(), next());
      }
    }
  }

  @Test
  void aLinkThatIsReleasedClosesBothAndEnds() throws Exception {
    TestProbe<Void> probe = KIT.createTestProbe();
    ActorRef<InstanceLink.Message> link = link();
    for (Connection connection : Connection.values()) link.tell(connect("127.0.0.1", connection));
    try (Socket first = server.accept(); Socket second = server.accept()) {
      next();
      next();
      link.tell(InstanceLink.Release.INSTANCE);
      probe.expectTerminated(link);
      for (Socket each : List.of(first, second)) each.getInputStream().readAllBytes(); // it ends
    }
  }

  // ---- faults ------------------------------------------------------------------------------------------------------

  @Test
  void aFaultCostsOneMessageOnly() throws Exception {
    ActorRef<InstanceLink.Message> link = link(event -> {
      heard.add(event);
      if (event instanceof Event.Connected) throw new IllegalStateException("a fault on purpose");
    });
    link.tell(connect("127.0.0.1", Connection.COMMANDS));
    try (Socket accepted = server.accept()) {
      next();
      ping(link);
      answerPing(accepted);
      assertEquals(pong(), next());
    }
  }
}
