package org.understudy.scenario;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.testing.RespReader;

/** Takes replicas on a loopback port, shakes hands with each, and answers PSYNC with what a test wants. */
final class PlayedPrimary implements AutoCloseable {
  private final ServerSocket server;
  private final byte[] answer;
  private final boolean hangsUp;
  private volatile int asked;

  /** @param hangsUp whether the connection ends behind the answer; else nothing follows it */
  PlayedPrimary(byte[] answer, boolean hangsUp) {
    this.answer = answer;
    this.hangsUp = hangsUp;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "played-primary");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** How often a replica has come as far as PSYNC. */
  int asked() {
    return asked;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One replica after the other. */
  private void serve() {
    while (!server.isClosed()) {
      try (Socket replica = server.accept()) {
        talk(replica);
      } catch (IOException | ClassCastException | NumberFormatException e) {
        // it has ended, or sends what we do not know: the next one
      }
    }
  }

  private void talk(Socket replica) throws IOException {
    RespReader requests = new RespReader(new BufferedInputStream(replica.getInputStream()));
    OutputStream out = replica.getOutputStream();
    while (true) {
      List<?> request = (List<?>) requests.read();
      String command = request.get(0).toString();
      if (command.equals("PING")) {
        out.write(Bytes.of("+PONG\r\n"));
      } else if (command.equals("PSYNC")) {
        out.write(answer);
        asked++;
        if (hangsUp) return;
      } else if (!request.get(1).equals("ACK")) {
        out.write(Bytes.of("+OK\r\n"));
      }
    }
  }
}
