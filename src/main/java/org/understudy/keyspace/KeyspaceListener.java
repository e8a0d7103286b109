package org.understudy.keyspace;

/**
 * Hears of keys that appear, and of those that go without having been asked to. Called in the middle of a change: it
 * must not use the keyspace.
 */
public interface KeyspaceListener {
  /** A key that was absent was added, by whatever command (Redis's "new" event). The array is the caller's own. */
  default void added(Database database, byte[] key) {}

  /** A key was removed because its time had come, by a lookup or by the active cycle. */
  default void expired(Database database, byte[] key) {}

  /** A key was removed because memory was full. */
  default void evicted(Database database, byte[] key) {}
}
