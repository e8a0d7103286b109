package org.understudy.persistence;

/**
 * Where and when the pieces of a long piece of work run: whatever touches the keyspace on the shard's loop, between the
 * turns of others, whatever waits for a disk somewhere else.
 */
public interface Turns {
  /** Runs it on the loop once everybody else had a turn. */
  void next(Runnable slice);

  /** As {@link #next}, but about a millisecond later if there are clients that something was done for meanwhile. */
  void nextIfQuiet(Runnable slice);

  /** Runs it on the loop after that time. */
  void later(long millis, Runnable slice);

  /** Runs it where it may block. */
  void block(Runnable work);

  /** Runs it on the loop; from any thread. */
  void back(Runnable work);
}
