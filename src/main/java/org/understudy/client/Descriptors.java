package org.understudy.client;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.io.Inet;

/**
 * The sockets behind accepted connections, which Pekko shows to nobody else, and the numbers by which the operating
 * system knows them, for CLIENT LIST. The JDK tells these only where its {@code sun.nio.ch} is exported, as the
 * launcher does.
 */
final class Descriptors extends Inet.AbstractSocketOption {
  /** Where the number cannot be had. */
  static final int UNKNOWN = -1;

  private final Method ofChannel = ofChannel();
  /** Pekko shows an accepted socket to its options only, before the listener hears of it by its address. */
  private final Map<SocketAddress, Socket> accepted = new ConcurrentHashMap<>();

  private static Method ofChannel() {
    try {
      return Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
    } catch (ReflectiveOperationException otherJdk) {
      return null;
    }
  }

  /** @param channel null if it is not known */
  int of(SocketChannel channel) {
    try {
      return ofChannel == null || channel == null ? UNKNOWN : (int) ofChannel.invoke(channel);
    } catch (IllegalAccessException | InvocationTargetException | IllegalArgumentException notExported) {
      return UNKNOWN;
    }
  }

  @Override
  public void afterConnect(Socket socket) {
    SocketAddress remote = socket.getRemoteSocketAddress();
    if (remote != null) accepted.put(remote, socket);
  }

  /** The socket of the connection that was accepted from there, which is forgotten here; null if there is none. */
  Socket take(InetSocketAddress remote) {
    return accepted.remove(remote);
  }
}
