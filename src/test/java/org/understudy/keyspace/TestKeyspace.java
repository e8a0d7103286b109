package org.understudy.keyspace;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.collection.CollectionForm;

/** A keyspace whose clocks stand still until a test moves them, and which remembers what the listener heard. */
final class TestKeyspace implements KeyspaceListener {
  long now = 1_700_000_000_000L;
  long nanos;
  /** How far the monotonic clock moves each time it is read. */
  long nanosPerReading;
  final List<String> expired = new ArrayList<>();
  final List<String> evicted = new ArrayList<>();
  final List<String> added = new ArrayList<>();
  final Keyspace keyspace;

  TestKeyspace(int databases, long seed) {
    keyspace = new Keyspace(databases, seed, () -> now, () -> nanos += nanosPerReading, CollectionForm.values(),
        HeapLayout.COMMON);
    keyspace.listener(this);
  }

  Database database() {
    return keyspace.database(0);
  }

  @Override
  public void added(Database database, byte[] key) {
    added.add(database.index() + ":" + Bytes.string(key));
  }

  @Override
  public void expired(Database database, byte[] key) {
    expired.add(database.index() + ":" + Bytes.string(key));
  }

  @Override
  public void evicted(Database database, byte[] key) {
    evicted.add(database.index() + ":" + Bytes.string(key));
  }
}
