package org.understudy.client;

import java.io.IOException;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;
import org.apache.pekko.io.Inet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;

/** {@code tcp-keepalive}: probes after that many seconds of silence, every third of it, and three of them. */
final class KeepAlive extends Inet.AbstractSocketOption {
  private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
  private static final int PROBES = 3;

  private final Config config;

  KeepAlive(Config config) {
    this.config = config;
  }

  @Override
  public void afterConnect(Socket socket) {
    int seconds = config.tcpKeepalive();
    if (seconds == 0) return;
    try {
      socket.setKeepAlive(true);
      if (!socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) return;
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, seconds);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, Math.max(1, seconds / PROBES));
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    } catch (IOException gone) {
      LOG.debug("No keepalive for a connection that is closed already: {}", gone.getMessage());
    }
  }
}
