package org.understudy.keyspace;

/** A table entry that is too large for a {@link Record} or not a string. */
final class Node {
  byte[] key;
  /** A {@link StringValue} or a {@link Value}. */
  Object value;
  long expireAt;
  /** Bytes of heap that this entry was last counted with. */
  long countedBytes;
  int clock;

  Node(byte[] key, Object value, long expireAt, int clock) {
    this.key = key;
    this.value = value;
    this.expireAt = expireAt;
    this.clock = clock;
  }

  /** Bytes of heap, key and value included. */
  long bytes(HeapLayout layout) {
    long own = layout.object(2, 20) + layout.byteArray(key.length);
    return own + (value instanceof StringValue s ? s.bytes(layout) : ((Value) value).memoryBytes(layout));
  }
}
