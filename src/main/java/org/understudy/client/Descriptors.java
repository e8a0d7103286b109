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
 * The numbers by which the operating system knows sockets, for CLIENT LIST. The JDK tells them only where its
 * {@code sun.nio.ch} is exported, as the launcher does.
 */
final class Descriptors extends Inet.AbstractSocketOption {
  /** Where the number cannot be had. */
  static final int UNKNOWN = -1;

  private final Method ofChannel = ofChannel();
  /** Pekko shows an accepted socket to its options only, before the listener hears of it by its address. */
  private final Map<SocketAddress, Integer> accepted = new ConcurrentHashMap<>();

  private static Method ofChannel() {
    try {
      return Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
    } catch (ReflectiveOperationException otherJdk) {
      return null;
    }
  }

  int of(SocketChannel channel) {
    try {
      return ofChannel == null ? UNKNOWN : (int) ofChannel.invoke(channel);
    } catch (IllegalAccessException | InvocationTargetException | IllegalArgumentException notExported) {
      return UNKNOWN;
    }
  }

  @Override
  public void afterConnect(Socket socket) {
    SocketAddress remote = socket.getRemoteSocketAddress();
    if (remote != null) accepted.put(remote, of(socket.getChannel()));
  }

  /** The number of the connection that was accepted from there, which is forgotten here. */
  int take(InetSocketAddress remote) {
    Integer number = accepted.remove(remote);
    return number == null ? UNKNOWN : number;
  }
}
