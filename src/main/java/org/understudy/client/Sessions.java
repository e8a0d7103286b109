package org.understudy.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.understudy.command.Session;
import org.understudy.shard.statistics.ConnectionCounters;

/** Ids and number of the open connections, over all loops. */
public final class Sessions implements ConnectionCounters {
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();

  /** A session for a new connection if there is room for one more, else null (and the refusal is counted). */
  Session open(int limit, String address, String localAddress, long nowMillis) {
    if (open.incrementAndGet() > limit) {
      open.decrementAndGet();
      rejected.incrementAndGet();
      return null;
    }
    accepted.incrementAndGet();
    return new Session(lastId.incrementAndGet(), address, localAddress, nowMillis);
  }

  @Override
  public long nextId() {
    return lastId.incrementAndGet();
  }

  void closed(Session session) {
    open.decrementAndGet();
  }

  /** Counts a connection that was turned away for another reason than their number. */
  void refused() {
    rejected.incrementAndGet();
  }

  public int open() {
    return open.get();
  }

  /** Connections taken since the start. */
  @Override
  public long accepted() {
    return accepted.get();
  }

  /** Connections turned away: too many, or protected mode. */
  @Override
  public long rejected() {
    return rejected.get();
  }

  /** CONFIG RESETSTAT. */
  @Override
  public void resetCounters() {
    accepted.set(0);
    rejected.set(0);
  }
}
