package org.understudy.keyspace.stream;

/** A consumer of a group, with the ids of what was delivered to it and is pending. */
public final class Consumer {
  private final byte[] name;
  /** By which the group's table of pending entries refers to it. */
  final int number;
  final IdTable pending;
  private long seenMillis;

  Consumer(byte[] name, int number, IdTable pending, long seenMillis) {
    this.name = name;
    this.number = number;
    this.pending = pending;
    this.seenMillis = seenMillis;
  }

  Consumer copy(Holdings into) {
    return new Consumer(name, number, pending.copy(into), seenMillis);
  }

  /** Not to be changed. */
  public byte[] name() {
    return name;
  }

  /** How many entries are pending. */
  public long pendingCount() {
    return pending.size();
  }

  /** Unix time in milliseconds at which the consumer last asked for entries. */
  public long seenMillis() {
    return seenMillis;
  }

  public void seen(long nowMillis) {
    seenMillis = nowMillis;
  }
}
