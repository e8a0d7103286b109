package org.understudy.comparison;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader;

/**
 * Listens as a replica to what a real server propagates. Each command as a line: the index of its database, then its
 * words. Transactions around several effects of one command, SELECT and PING are taken out.
 */
final class ReplicationTap implements AutoCloseable {
  private final Socket socket;
  private final RespReader stream;
  private String database = "0";

  /** Returns when the snapshot has been read, so that nothing of what happens from now on is missed. */
  static ReplicationTap on(int port) throws IOException {
    return new ReplicationTap(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  private ReplicationTap(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
    InputStream in = new BufferedInputStream(socket.getInputStream());
    socket.getOutputStream().write(RespClient.request("PSYNC", "?", "-1"));
    String answer = line(in);
    if (!answer.startsWith("+FULLRESYNC ")) throw new IOException(answer);
    String header = line(in);
    while (header.isEmpty()) header = line(in); // the server shows that it lives while it writes the snapshot
    in.skipNBytes(Long.parseLong(header.substring(1)));
    stream = new RespReader(in);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) throw new EOFException(line.toString());
      if (b != '\r') line.append((char) b);
    }
    return line.toString();
  }

  /** Everything up to a command that is {@code PUBLISH end …}, which is left out. */
  List<String> readUntilPublish(String channel) throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      List<?> words = (List<?>) stream.read();
      String name = words.get(0).toString();
      switch (name) {
        case "SELECT" -> database = words.get(1).toString();
        case "PING", "ping", "MULTI", "EXEC" -> { }
        default -> {
          if (name.equals("PUBLISH") && words.get(1).equals(channel)) return lines;
          StringBuilder line = new StringBuilder(database);
          for (Object word : words) line.append(' ').append(word);
          lines.add(line.toString());
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
