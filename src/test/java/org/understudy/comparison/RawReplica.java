package org.understudy.comparison;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.understudy.testing.RespClient;

/** Gets what a server, of either kind, sends to its replicas: the bytes themselves. */
final class RawReplica implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final long offset;

  /** Returns when the snapshot has been read, so that nothing of what happens from now on is missed. */
  static RawReplica of(int port) throws IOException {
    return new RawReplica(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  private RawReplica(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
    in = new BufferedInputStream(socket.getInputStream());
    socket.getOutputStream().write(RespClient.request("PSYNC", "?", "-1"));
    String[] answer = line().split(" ");
    if (!answer[0].equals("+FULLRESYNC")) throw new IOException(String.join(" ", answer));
    offset = Long.parseLong(answer[2]);
    String header = line();
    while (header.isEmpty()) header = line(); // the server shows that it lives while it writes the snapshot
    in.skipNBytes(Long.parseLong(header.substring(1)));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) throw new EOFException(line.toString());
      if (b != '\r') line.append((char) b);
    }
    return line.toString();
  }

  /** Where in the history the snapshot was. */
  long offset() {
    return offset;
  }

  /** The stream up to and with the given end. */
  String readUntil(String end) throws IOException {
    StringBuilder stream = new StringBuilder();
    while (stream.length() < end.length() || stream.indexOf(end, stream.length() - end.length()) < 0) {
      int b = in.read();
      if (b < 0) throw new EOFException("after " + stream);
      stream.append((char) (b & 0xFF));
    }
    return stream.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
