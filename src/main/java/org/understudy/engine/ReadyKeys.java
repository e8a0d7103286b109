package org.understudy.engine;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * The selected keys of a {@link LoopSelector}: an array, where the JDK has a hash set whose nodes are made anew for
 * each ready socket. A key is offered at most once a select, so a look for duplicates is needed only if the user left
 * keys in.
 */
final class ReadyKeys extends AbstractSet<SelectionKey> implements Consumer<SelectionKey> {
  /** So many connections may be closed before they are forgotten, or as many as are open. */
  private static final int FORGOTTEN_LATE = 64;

  private SelectionKey[] keys = new SelectionKey[64];
  private int size;
  private int leftOver;
  private final Map<SelectableChannel, DrainedSocketChannel> connections;
  /** How many connections make it look for closed ones. */
  private int fullAt = FORGOTTEN_LATE;

  /** @param connections the loop's, by the channel that is selected; some of them closed since */
  ReadyKeys(Map<SelectableChannel, DrainedSocketChannel> connections) {
    this.connections = connections;
  }

  /**
   * Has a connection be told when its key is selected. Pekko closes the key's channel, of which nobody is told: so
   * closed ones are looked for when there are many.
   */
  void track(DrainedSocketChannel connection) {
    if (connections.size() >= fullAt) {
      connections.keySet().removeIf(channel -> !channel.isOpen());
      fullAt = Math.max(FORGOTTEN_LATE, 2 * connections.size());
    }
    connections.put(connection.channel, connection);
    connection.registered();
  }

  /** A select begins. */
  void begin() {
    leftOver = size;
  }

  @Override
  public void accept(SelectionKey key) {
    DrainedSocketChannel connection = connections.get(key.channel());
    if (connection != null) connection.readable();
    for (int i = 0; i < leftOver; i++) {
      if (keys[i] == key) return;
    }
    if (size == keys.length) keys = Arrays.copyOf(keys, size * 2);
    keys[size++] = key;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void clear() {
    Arrays.fill(keys, 0, size, null);
    size = 0;
  }

  @Override
  public Iterator<SelectionKey> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public SelectionKey next() {
        if (next >= size) throw new NoSuchElementException();
        return keys[next++];
      }

      @Override
      public void remove() {
        if (next == 0) throw new IllegalStateException();
        // Order does not matter in a set: the last one fills the gap.
        keys[--next] = keys[--size];
        keys[size] = null;
      }
    };
  }
}
