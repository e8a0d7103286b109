package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/** Clients that misbehave: each gets an error or patience, and the others are served. */
class BadInputScenarioTest {
  private TestServer server;
  private RespClient bystander;

  @BeforeEach
  void start() {
    server = TestServer.start();
    bystander = server.client();
    bystander.call("SET", "kept", "value");
  }

  @AfterEach
  void stop() {
    assertEquals("value", bystander.call("GET", "kept"));
    bystander.close();
    server.close();
  }

  @Test
  void randomBytesGetAnErrorOrAreWaitedFor() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "*$\r\n0123456789-+ab\"'\\ ";
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = random.nextInt(8) == 0 ? (byte) random.nextInt()
            : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      try (Socket socket = connect()) {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        assertTrue(endsWithin(socket, 10_000), "seed " + seed + " round " + round);
      }
    }
  }

  @Test
  void aMillionRequestsInOneWriteAreAllAnswered() throws IOException {
    int requests = 1_000_000;
    byte[] one = Bytes.of("*1\r\n$4\r\nPING\r\n");
    byte[] all = new byte[one.length * requests];
    for (int i = 0; i < requests; i++) System.arraycopy(one, 0, all, i * one.length, one.length);
    try (Socket socket = connect()) {
      Thread writer = new Thread(() -> {
        try {
          socket.getOutputStream().write(all);
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      writer.start();
      InputStream in = socket.getInputStream();
      long expected = 7L * requests;
      byte[] buffer = new byte[1 << 16];
      while (expected > 0) {
        int count = in.read(buffer);
        assertTrue(count > 0, "the connection ended early");
        expected -= count;
      }
      assertEquals(0, expected);
    }
  }

  @Test
  void aClientThatNeverReadsIsNoLongerReadFrom() throws IOException {
    bystander.call("SET", "big", "x".repeat(100_000));
    byte[] gets = Bytes.of("GET big\r\n".repeat(1000));
    try (Socket socket = connect()) {
      socket.setSendBufferSize(64 * 1024);
      OutputStream out = socket.getOutputStream();
      Thread writer = new Thread(() -> {
        try {
          for (int i = 0; i < 1000; i++) out.write(gets); // 100 GB of replies, if they were all made
        } catch (IOException expected) {
          // the socket was closed under it, at the end of the test
        }
      });
      writer.start();
      for (int i = 0; i < 1000; i++) assertEquals("value", bystander.call("GET", "kept"));
      assertTrue(field(bystander, "mem_clients_normal") < 20_000_000);
    }
  }

  @Test
  void manyConnectionsWithHalfARequestCostNoThreadAndDisturbNobody() throws IOException {
    List<Socket> halves = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        Socket socket = connect();
        socket.getOutputStream().write(Bytes.of("*2\r\n$3\r\nGET\r\n$4\r\nke"));
        halves.add(socket);
      }
      assertEquals("value", bystander.call("GET", "kept"));
      for (Socket socket : halves) {
        socket.getOutputStream().write(Bytes.of("pt\r\n"));
        assertEquals("$5\r\nvalue\r\n", Bytes.string(socket.getInputStream().readNBytes(11)));
      }
    } finally {
      for (Socket socket : halves) socket.close();
    }
  }

  @Test
  void anOversizedLengthIsRefusedBeforeAnythingIsReserved() throws IOException {
    for (String request : List.of("*2147483648\r\n", "*1\r\n$99999999999\r\n", "*1\r\n$-5\r\n", "*x\r\n")) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(Bytes.of(request));
        String answer = Bytes.string(socket.getInputStream().readAllBytes());
        assertTrue(answer.startsWith("-ERR Protocol error: invalid "), answer);
      }
    }
  }

  @Test
  void aWebBrowserIsCutOffWithoutAnAnswer() throws IOException {
    for (String request : List.of("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(Bytes.of(request));
        assertTrue(endsWithin(socket, 10_000), request);
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Reads until the server closes; false if it does not in time. */
  private static boolean endsWithin(Socket socket, int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException late) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static long field(RespClient client, String name) {
    for (String line : String.valueOf(client.call("INFO", "everything")).split("\r\n")) {
      if (line.startsWith(name + ":")) return Long.parseLong(line.substring(name.length() + 1));
    }
    throw new AssertionError("INFO has no " + name);
  }
}
