package org.understudy.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import org.apache.pekko.io.Inet;

/** Lets the sockets of several loops listen on one port; the kernel spreads connections among them. */
final class SharedPort extends Inet.AbstractSocketOption {
  @Override
  public void beforeServerSocketBind(ServerSocket socket) {
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
