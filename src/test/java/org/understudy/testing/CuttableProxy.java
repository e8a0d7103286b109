package org.understudy.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Stands between two servers on a loopback port of its own and passes on what they say, until it is told not to: it
 * cuts connections, at once or behind a certain byte, takes no new ones, holds bytes back as a link does that went
 * dead, or spoils what it passes on.
 */
public final class CuttableProxy implements AutoCloseable {
  private static final int PIECE_BYTES = 16 * 1024;
  /** Pieces up to this size are passed on as they are, also by a link that spoils: a handshake gets through. */
  private static final int UNSPOILT_BYTES = 1024;

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = new HashSet<>();
  private boolean cut;
  private boolean requestsHeld;
  private boolean repliesHeld;
  private boolean spoiling;
  private boolean closed;
  private int connections;
  /** What may still pass from the target to those who connect before the link is cut; negative for no end. */
  private long allowance = -1;
  /** The same for each connection by itself, by their number from 0 on; null for no end. */
  private IntUnaryOperator allowances;

  /** @param target port of the server that connections go to */
  public CuttableProxy(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inBackground(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Cuts all connections, and every new one, until {@link #mend}. */
  public synchronized void cut() {
    cut = true;
    endAll();
  }

  /** Cuts all connections; new ones may come. */
  public synchronized void cutOnce() {
    endAll();
  }

  public synchronized void mend() {
    cut = false;
    spoiling = false;
    allowance = -1;
    allowances = null;
  }

  /** Changes the last byte of every larger piece that comes from the server, until {@link #mend}. */
  public synchronized void spoil() {
    spoiling = true;
  }

  /**
   * Mends the link, but lets only so many bytes pass from the server on, over all connections together, and cuts behind
   * the last.
   */
  public synchronized void cutAfter(long bytes) {
    cut = false;
    allowance = bytes;
  }

  /**
   * Mends the link, but lets each new connection pass only so many bytes from the server on, and cuts it behind the
   * last.
   *
   * @param bytes of a connection, by how many were taken before it
   */
  public synchronized void cutEachAfter(IntUnaryOperator bytes) {
    cut = false;
    allowances = bytes;
  }

  /** Passes nothing on in either direction, and closes nothing, until {@link #release}. */
  public synchronized void hold() {
    requestsHeld = true;
    repliesHeld = true;
  }

  /** Passes on what is said to the server, but nothing of what it says, until {@link #release}. */
  public synchronized void holdReplies() {
    repliesHeld = true;
  }

  public synchronized void release() {
    requestsHeld = false;
    repliesHeld = false;
    notifyAll();
  }

  public synchronized boolean isCut() {
    return cut;
  }

  /** How many connections have been taken. */
  public synchronized int connections() {
    return connections;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      release();
      endAll();
    }
    end(server);
  }

  private void accept() {
    while (true) {
      try {
        Socket client = server.accept();
        if (!take(client)) continue;
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
        if (!take(upstream)) {
          end(client);
          continue;
        }
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        long most = nextAllowance();
        inBackground(() -> pass(client, upstream, false, Long.MAX_VALUE));
        inBackground(() -> pass(upstream, client, true, most));
      } catch (IOException e) {
        synchronized (this) {
          if (closed) return;
        }
      }
    }
  }

  private synchronized boolean take(Socket socket) {
    if (cut || closed) {
      end(socket);
      return false;
    }
    sockets.add(socket);
    return true;
  }

  private synchronized long nextAllowance() {
    int number = connections++;
    return allowances == null ? Long.MAX_VALUE : allowances.applyAsInt(number);
  }

  private void pass(Socket from, Socket to, boolean fromServer, long most) {
    byte[] piece = new byte[PIECE_BYTES];
    long left = most;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        length = (int) Math.min(length, left);
        left -= length;
        int allowed = allowed(length, fromServer);
        if (fromServer && spoils(length)) piece[length - 1] ^= 1;
        out.write(piece, 0, allowed);
        if (allowed < length) cut();
        if (left == 0) break;
      }
    } catch (IOException e) {
      // whoever ended it, the other side hears of it
    }
    synchronized (this) {
      sockets.remove(from);
      sockets.remove(to);
    }
    end(from);
    end(to);
  }

  private synchronized int allowed(int length, boolean fromServer) throws IOException {
    try {
      while (fromServer ? repliesHeld : requestsHeld) wait();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (!fromServer) return length;
    int allowed = allowance < 0 ? length : (int) Math.min(length, allowance);
    if (allowance >= 0) allowance -= allowed;
    return allowed;
  }

  private synchronized boolean spoils(int length) {
    return spoiling && length > UNSPOILT_BYTES;
  }

  private void endAll() {
    for (Socket socket : sockets) end(socket);
    sockets.clear();
  }

  private static void end(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // it is closed
    }
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "proxy");
    thread.setDaemon(true);
    thread.start();
  }
}
