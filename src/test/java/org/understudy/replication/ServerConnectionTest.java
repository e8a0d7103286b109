package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.resp.Reply;
import org.understudy.testing.RespClient;

class ServerConnectionTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void repliesGoToTheirCommandsInOrderAndTheRestIsPushed() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ActorRef<ServerConnection.Message> connection = connect(server.getLocalPort(), 1000);
      send(connection, "first", "PING");
      send(connection, null, "AUTH", "x");
      send(connection, "third", "ECHO", "3");
      try (Socket accepted = server.accept()) {
        assertEquals("opened", next());
        byte[] expected = Bytes.concat(Bytes.concat(RespClient.request("PING"), RespClient.request("AUTH", "x")),
            RespClient.request("ECHO", "3"));
        assertEquals(Bytes.string(expected), Bytes.string(accepted.getInputStream().readNBytes(expected.length)));
        write(accepted, "+PO");
        write(accepted, "NG\r\n-ERR no\r\n$1\r\n3\r\n*1\r\n+message\r\n>1\r\n+invalidate\r\n");
        assertEquals("first PONG", next());
        assertEquals("third 3", next());
        assertEquals("pushed message", next());
        assertEquals("pushed invalidate", next());
      }
      assertEquals("ended Server closed the connection", next());
    }
  }

  @Test
  void aRefusedConnectionEndsWithTheReason() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    connect(port, 1000);
    assertTrue(next().startsWith("ended Connection refused"));
  }

  @Test
  void itIsClosedOnDemand() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ActorRef<ServerConnection.Message> connection = connect(server.getLocalPort(), 1000);
      try (Socket accepted = server.accept()) {
        assertEquals("opened", next());
        connection.tell(ServerConnection.Close.INSTANCE);
        assertEquals("ended closed", next());
        assertEquals(-1, accepted.getInputStream().read());
      }
    }
  }

  @Test
  void whatIsNoReplyEndsIt() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      connect(server.getLocalPort(), 1000);
      try (Socket accepted = server.accept()) {
        assertEquals("opened", next());
        write(accepted, "HTTP/1.1 400 Bad Request\r\n");
        assertEquals("ended Protocol error, no reply type: byte 72", next());
      }
    }
  }

  @Test
  void aReplyThatIsTooLargeEndsIt() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      connect(server.getLocalPort(), 1000);
      try (Socket accepted = server.accept()) {
        assertEquals("opened", next());
        write(accepted, "$2000\r\n");
        assertEquals("ended Protocol error, reply larger than 1000 bytes", next());
      }
    }
  }

  private ActorRef<ServerConnection.Message> connect(int port, long maxReplyBytes) {
    InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return KIT.spawn(ServerConnection.create(
        new ServerConnection.Target(remote, null, Duration.ofSeconds(10), maxReplyBytes),
        new ServerConnection.Listener() {
          @Override
          public void opened(InetSocketAddress local) {
            heard.add("opened");
          }

          @Override
          public void pushed(Reply message) {
            heard.add("pushed " + message.elements().get(0).text());
          }

          @Override
          public void ended(String reason) {
            heard.add("ended " + reason);
          }
        }));
  }

  private void send(ActorRef<ServerConnection.Message> connection, String tag, Object... command) {
    connection.tell(new ServerConnection.Send(ByteString.fromArray(RespClient.request(command)),
        tag == null ? null : reply -> heard.add(tag + " " + reply.text())));
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(Bytes.of(text));
  }

  private String next() throws InterruptedException {
    return heard.poll(10, TimeUnit.SECONDS);
  }
}
