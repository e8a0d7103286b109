package org.understudy.keyspace;

/** A table entry that is too large for a {@link Record} or not a string. */
final class Node {
  private static final int EPOCH_SHIFT = 24;

  byte[] key;
  /** A {@link StringValue} or a {@link Value}. */
  Object value;
  long expireAt;
  /** Bytes of heap that this entry was last counted with. */
  long countedBytes;
  /** The 24 bits of the access clock, and above them the epoch. */
  private int clockAndEpoch;

  Node(byte[] key, Object value, long expireAt, int clock) {
    this.key = key;
    this.value = value;
    this.expireAt = expireAt;
    clockAndEpoch = clock;
  }

  int clock() {
    return clockAndEpoch & (1 << EPOCH_SHIFT) - 1;
  }

  void clock(int clock) {
    clockAndEpoch = clock | epoch() << EPOCH_SHIFT;
  }

  /** See {@link Snapshot}. */
  int epoch() {
    return clockAndEpoch >>> EPOCH_SHIFT;
  }

  void epoch(int epoch) {
    clockAndEpoch = clock() | epoch << EPOCH_SHIFT;
  }

  /** Bytes of heap, key and value included. */
  long bytes(HeapLayout layout) {
    long own = layout.object(2, 20) + layout.byteArray(key.length);
    return own + (value instanceof StringValue s ? s.bytes(layout) : ((Value) value).memoryBytes(layout));
  }
}
