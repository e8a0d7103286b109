package org.understudy.engine;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import org.understudy.client.EarlyReads;

/**
 * A connection that knows when there is nothing to read. Pekko reads a socket until it gives nothing before it asks the
 * selector for more: one system call a request for an answer that is known, since a read that did not fill its buffer
 * has emptied the socket. Here such a read answers 0 by itself, until the selector finds the socket readable again; as
 * selection is level-triggered, nothing that came in between is missed.
 *
 * <p>A connection that its peer has reset, or that was given up as dead, reads as one that has ended. An end Pekko
 * tells at once; a failed read only after it has looked at all sockets once more, and what others send meanwhile would
 * meet a client that is gone: an element of a list would be given to it.
 *
 * <p>For use on the thread of its event loop only; from the moment it is registered with the loop's selector.
 */
final class DrainedSocketChannel extends SocketChannel {
  /** Smaller reads cost no more in an array of their own than with the message that stands for them. */
  private static final int SHOWN_BYTES = 512;

  final SocketChannel channel;
  /** Null if nobody is shown what was read. */
  private EarlyReads.Reader reader;
  /** The last read left nothing, and the selector has not seen anything since. */
  private boolean drained;
  /** A selector watches it, and tells when it is readable. */
  private boolean watched;
  /** A read was put off until the selector finds the socket readable again. */
  private boolean putOff;

  DrainedSocketChannel(SelectorProvider provider, SocketChannel channel) {
    super(provider);
    this.channel = channel;
  }

  /**
   * From now on the selector tells when the socket is readable, also for the first time: so it watches the socket
   * before the client can have had an answer, and what that sends next is not overtaken by what others send later.
   */
  void registered() {
    watched = true;
    drained = true;
  }

  /** The selector found it readable. */
  void readable() {
    drained = false;
  }

  void showReads(EarlyReads.Reader reader) {
    this.reader = reader;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (drained || putOff()) return 0;
    int room = into.remaining();
    int count;
    try {
      count = channel.read(into);
    } catch (ClosedChannelException closedHere) {
      throw closedHere;
    } catch (IOException lost) {
      count = -1;
    }
    if (count < 0 && reader != null) reader.ended();
    drained = watched && count >= 0 && count < room;
    return count >= SHOWN_BYTES && reader != null ? show(into, count) : count;
  }

  /**
   * Whether to read later, since the reader is busy with the last chunk and this one would have to be kept in an array
   * until then. The stream reads one chunk ahead, at once; when the selector has had its turn the reader is free, as a
   * rule. If it is not it may be busy for long, with waiting for a disk perhaps, and the loop could not sleep meanwhile.
   */
  private boolean putOff() {
    putOff = !putOff && watched && reader != null && reader.isBusy();
    return putOff;
  }

  /** The count that Pekko is told: of what the reader took it sees the first byte. */
  private int show(ByteBuffer read, int count) {
    int start = read.position() - count;
    if (!reader.read(read.slice(start, count))) return count;
    read.position(start + 1);
    return 1;
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    return channel.read(into, offset, length);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return channel.write(from);
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    return channel.write(from, offset, length);
  }

  @Override
  public SocketChannel bind(SocketAddress local) throws IOException {
    channel.bind(local);
    return this;
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
    channel.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return channel.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public SocketChannel shutdownInput() throws IOException {
    channel.shutdownInput();
    return this;
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  @Override
  public Socket socket() {
    return channel.socket();
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isConnectionPending() {
    return channel.isConnectionPending();
  }

  @Override
  public boolean connect(SocketAddress remote) throws IOException {
    return channel.connect(remote);
  }

  @Override
  public boolean finishConnect() throws IOException {
    return channel.finishConnect();
  }

  @Override
  public SocketAddress getRemoteAddress() throws IOException {
    return channel.getRemoteAddress();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    return channel.getLocalAddress();
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    channel.close();
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    channel.configureBlocking(block);
  }
}
