import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The other end of the link while a server is trained to replicate: first its replica, which keeps what it is sent;
 * then its primary, which sends that back, snapshot and changes, so often that the server knows how to take them.
 */
final class TrainingPeer {
  /** The build goes on without the archive if the server says nothing for so long. */
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final String END_MARK = "$EOF:";
  private static final int END_MARK_BYTES = 40;
  private static final String NEW_HISTORY = "+FULLRESYNC " + "0".repeat(40) + " 0\r\n";

  private final Socket link;
  private final Thread reader;
  /** As it came, its header and its end mark included. */
  private final byte[] snapshot;
  private final ByteArrayOutputStream changes = new ByteArrayOutputStream();

  /** Becomes a replica of the server, and has its snapshot; from now on its changes are kept. */
  TrainingPeer(InetSocketAddress server) throws IOException {
    link = new Socket(server.getAddress(), server.getPort());
    link.setSoTimeout(PATIENCE_MILLIS);
    InputStream in = new BufferedInputStream(link.getInputStream(), BUFFER_BYTES);
    send(link, "REPLCONF capa eof capa psync2\r\n");
    line(in);
    send(link, "PSYNC ? -1\r\n");
    String header = line(in);
    while (!header.startsWith(END_MARK)) header = line(in);
    snapshot = readSnapshot(in, header);
    send(link, "REPLCONF ACK 0\r\n"); // before that no changes are sent
    reader = new Thread(() -> keepChanges(in));
    reader.start();
  }

  private static byte[] readSnapshot(InputStream in, String header) throws IOException {
    byte[] mark = bytes(header.substring(END_MARK.length()));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(bytes(header + "\r\n"));
    byte[] buffer = new byte[BUFFER_BYTES];
    byte[] end = new byte[END_MARK_BYTES];
    while (!Arrays.equals(end, mark)) {
      int count = in.read(buffer);
      if (count < 0) throw new IOException("the server closed the link");
      all.write(buffer, 0, count);
      int fresh = Math.min(count, END_MARK_BYTES);
      System.arraycopy(end, fresh, end, 0, END_MARK_BYTES - fresh);
      System.arraycopy(buffer, count - fresh, end, END_MARK_BYTES - fresh, fresh);
    }
    return all.toByteArray();
  }

  private void keepChanges(InputStream in) {
    try {
      in.transferTo(changes);
    } catch (IOException closed) {
      // by close
    }
  }

  /** Follows the server no longer. */
  void close() throws IOException {
    link.close();
    try {
      reader.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Serves a server that has been told to follow what listens there. */
  void lead(ServerSocket listening, int rounds) throws IOException {
    listening.setSoTimeout(PATIENCE_MILLIS);
    for (int i = 0; i < rounds; i++) {
      try (Socket replica = listening.accept()) {
        replica.setSoTimeout(PATIENCE_MILLIS);
        InputStream in = new BufferedInputStream(replica.getInputStream());
        String command;
        do {
          command = command(in);
          boolean asksForAll = command.startsWith("PSYNC");
          send(replica, command.startsWith("PING") ? "+PONG\r\n" : asksForAll ? NEW_HISTORY : "+OK\r\n");
        } while (!command.startsWith("PSYNC"));
        OutputStream out = replica.getOutputStream();
        out.write(snapshot);
        awaitAcknowledgement(in); // of the snapshot
        changes.writeTo(out);
        send(replica, "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");
        awaitAcknowledgement(in);
      }
    }
  }

  private static void awaitAcknowledgement(InputStream in) throws IOException {
    while (!command(in).startsWith("REPLCONF ACK")) Thread.onSpinWait();
  }

  /** The next request, its words parted by blanks. Empty lines before it show that the replica lives. */
  private static String command(InputStream in) throws IOException {
    String count = line(in);
    while (count.isEmpty()) count = line(in);
    StringBuilder words = new StringBuilder();
    for (int i = Integer.parseInt(count.substring(1)); i > 0; i--) {
      line(in); // a length
      words.append(line(in)).append(' ');
    }
    return words.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) throw new IOException("the server closed the link");
      if (next != '\r') line.append((char) next);
    }
    return line.toString();
  }

  private static void send(Socket to, String text) throws IOException {
    to.getOutputStream().write(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
