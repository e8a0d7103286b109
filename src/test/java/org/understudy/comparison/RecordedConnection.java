package org.understudy.comparison;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader;

/** A connection that gives each reply as the bytes that came. */
final class RecordedConnection implements AutoCloseable {
  private final Socket socket;
  private final OutputStream out;
  private final Recording in;
  private final RespReader reader;

  RecordedConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    out = new BufferedOutputStream(socket.getOutputStream());
    in = new Recording(new BufferedInputStream(socket.getInputStream()));
    reader = new RespReader(in);
  }

  void send(Object[] command) throws IOException {
    out.write(RespClient.request(command));
  }

  byte[] read() throws IOException {
    out.flush();
    in.bytes.reset();
    reader.read();
    return in.bytes.toByteArray();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static final class Recording extends FilterInputStream {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Recording(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      if (b >= 0) bytes.write(b);
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      if (read > 0) bytes.write(into, offset, read);
      return read;
    }
  }
}
