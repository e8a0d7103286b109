package org.understudy.engine;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/**
 * {@code -Djava.nio.channels.spi.SelectorProvider=org.understudy.engine.LoopSelectorProvider}: selectors that are
 * opened on the thread of an event loop know the loop ({@link LoopSelector}), and listening sockets accept {@link
 * DrainedSocketChannel}s; all else is the JDK's.
 *
 * <p>The JDK's own provider is not exported: {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED} is needed, too.
 */
public final class LoopSelectorProvider extends SelectorProvider {
  private final SelectorProvider jdk;

  /** Called by the JDK, once. */
  public LoopSelectorProvider() {
    try {
      this.jdk = (SelectorProvider) Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "The event loop's selector needs --add-exports java.base/sun.nio.ch=ALL-UNNAMED on the java command line", e);
    }
  }

  @Override
  public AbstractSelector openSelector() throws IOException {
    AbstractSelector selector = jdk.openSelector();
    EventLoop loop = EventLoop.current();
    return loop == null ? selector : new LoopSelector(loop, this, selector);
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    return jdk.openDatagramChannel();
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    return jdk.openDatagramChannel(family);
  }

  @Override
  public Pipe openPipe() throws IOException {
    return jdk.openPipe();
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    ServerSocketChannel channel = jdk.openServerSocketChannel();
    return EventLoop.current() == null ? channel : new DrainedServerSocketChannel(this, channel);
  }

  @Override
  public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
    return jdk.openServerSocketChannel(family);
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    return jdk.openSocketChannel();
  }

  @Override
  public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
    return jdk.openSocketChannel(family);
  }

  @Override
  public Channel inheritedChannel() throws IOException {
    return jdk.inheritedChannel();
  }
}
