package org.understudy.engine;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * A selector that was opened on the thread of an event loop, and that knows the loop.
 *
 * <p>{@code select} on the loop's thread sleeps only if the loop has nothing to do ({@link EventLoop#select}); on any
 * other thread it is the JDK's. {@code wakeup} from the loop's own thread cannot mean "interrupt the select", for the
 * thread is here and not there: it means that tasks are queued behind the next {@code select}, which therefore returns
 * 0 at once. Pekko calls it when it has queued a change of interest. A connection that was read loses its read interest
 * when the select returns and gets it back by such a task; if both happen between two looks at the sockets, the JDK's
 * selector finds nothing changed and spares the system calls.
 *
 * <p>Only every second select in a row returns at once that way. The one in between looks at the sockets, so that
 * endless changes cannot starve them, and closes the file descriptors of cancelled keys, which Pekko relies on: it
 * counts on one select between closing a channel and telling that it is closed.
 *
 * <p>Keys are those of the JDK's selector and name it as theirs.
 */
final class LoopSelector extends AbstractSelector {
  private final EventLoop loop;
  private final AbstractSelector selector;
  private final ReadyKeys ready;
  /** These two are touched by the loop's thread only. */
  private boolean woken;
  private boolean skipped;

  LoopSelector(EventLoop loop, SelectorProvider provider, AbstractSelector selector) {
    super(provider);
    this.loop = loop;
    this.selector = selector;
    ready = new ReadyKeys(loop.connections());
  }

  @Override
  public int select(long timeoutMillis) throws IOException {
    if (timeoutMillis < 0) throw new IllegalArgumentException("Negative timeout");
    return look(timeoutMillis == 0 ? Long.MAX_VALUE : timeoutMillis);
  }

  @Override
  public int select() throws IOException {
    return look(Long.MAX_VALUE);
  }

  @Override
  public int selectNow() throws IOException {
    return look(0);
  }

  private int look(long timeoutMillis) throws IOException {
    boolean atHome = loop.isCurrent();
    if (atHome) {
      boolean skip = woken && !skipped;
      if (skip && timeoutMillis > 0 && isOpen()) {
        woken = false;
        skipped = true;
        return 0;
      }
      skipped = false;
      if (woken) {
        woken = false;
        timeoutMillis = 0;
      }
    }
    ready.begin();
    if (atHome) return loop.select(selector, ready, timeoutMillis);
    if (timeoutMillis == 0) return selector.selectNow(ready);
    return selector.select(ready, timeoutMillis == Long.MAX_VALUE ? 0 : timeoutMillis);
  }

  @Override
  public Selector wakeup() {
    if (loop.isCurrent()) woken = true;
    else selector.wakeup();
    return this;
  }

  @Override
  public Set<SelectionKey> keys() {
    return selector.keys();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    if (!isOpen()) throw new ClosedSelectorException();
    return ready;
  }

  /**
   * Called by the channel's {@code register}, which holds its locks; they are reentrant. The channel then remembers the
   * key a second time, which is harmless: it forgets both together.
   */
  @Override
  protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
    try {
      if (channel instanceof DrainedSocketChannel connection) {
        SelectionKey key = connection.channel.register(selector, ops, attachment);
        ready.track(connection);
        return key;
      }
      if (channel instanceof DrainedServerSocketChannel listening) {
        return listening.channel.register(selector, ops, attachment);
      }
      return channel.register(selector, ops, attachment);
    } catch (ClosedChannelException closed) {
      // The caller has checked, but a channel may be closed at any time.
      throw new java.nio.channels.CancelledKeyException();
    }
  }

  @Override
  protected void implCloseSelector() throws IOException {
    selector.close();
  }
}
