package org.understudy.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;

/**
 * A blocking client over one loopback socket that adds nothing of its own: what is sent and what comes back is all
 * there is. Arguments are byte arrays, or anything whose text is sent (one byte a character). Replies as {@link
 * RespReader} gives them. An answer that takes longer than ten seconds is a failure.
 */
public final class RespClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What {@link #readOrEnd} gives at the end. */
  public static final Object END = new Object() {
    @Override
    public String toString() {
      return "the end of the connection";
    }
  };

  private final Socket socket;
  private final RespReader reader;

  private RespClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    reader = new RespReader(new BufferedInputStream(socket.getInputStream()));
  }

  public static RespClient connect(int port) {
    try {
      return new RespClient(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A connection that speaks RESP3. */
  public static RespClient connect3(int port) {
    RespClient client = connect(port);
    client.call("HELLO", 3);
    return client;
  }

  /** From now on simple, bulk and verbatim strings are told apart. */
  public RespClient exact() {
    reader.exact();
    return this;
  }

  /** Sends a command and reads one reply. */
  public Object call(Object... command) {
    send(command);
    return read();
  }

  /** Sends all commands in one write and reads as many replies. */
  public List<Object> pipeline(List<Object[]> commands) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object[] command : commands) all.writeBytes(request(command));
    sendRaw(all.toByteArray());
    List<Object> replies = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) replies.add(read());
    return replies;
  }

  public void send(Object... command) {
    sendRaw(request(command));
  }

  /** As {@link #send}, to a server that may have closed the connection. */
  public void tell(Object... command) {
    tellRaw(request(command));
  }

  public void tellRaw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // what comes back will show it
    }
  }

  public void sendRaw(String text) {
    sendRaw(Bytes.of(text));
  }

  public void sendRaw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next reply or push message. */
  public Object read() {
    try {
      return reader.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next reply, or {@link #END} if the server has closed the connection. */
  public Object readOrEnd() {
    try {
      return reader.read();
    } catch (EOFException | java.net.SocketException e) {
      return END;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server closes the connection without sending anything more. */
  public boolean isClosedByServer() {
    try {
      reader.read();
      return false;
    } catch (EOFException e) {
      return true;
    } catch (java.net.SocketException e) {
      return true; // reset
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many bytes come until the server closes the connection; -1 if it resets it, which a peer takes for a fault. */
  public long bytesToTheEnd() {
    long count = 0;
    byte[] chunk = new byte[1 << 16];
    try {
      for (int n = 0; n >= 0; n = socket.getInputStream().read(chunk)) count += n;
      return count;
    } catch (java.net.SocketException reset) {
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command as an array of bulk strings. */
  public static byte[] request(Object... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.of("*" + command.length + "\r\n"));
    for (Object argument : command) {
      byte[] bytes = argument instanceof byte[] given ? given : Bytes.of(argument.toString());
      out.writeBytes(Bytes.of("$" + bytes.length + "\r\n"));
      out.writeBytes(bytes);
      out.writeBytes(Bytes.of("\r\n"));
    }
    return out.toByteArray();
  }
}
