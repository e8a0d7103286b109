package org.understudy.persistence;

import java.nio.ByteBuffer;
import org.understudy.keyspace.Entry;

/**
 * How a snapshot is put into bytes, entry by entry. While a large entry is begun and not complete, others are written
 * aside; they follow it.
 */
interface SnapshotForm {
  /** Writes an entry; aside, if another is begun. */
  void write(int database, Entry entry);

  /** Begins a large entry; its value does not change until it is complete. */
  void begin(int database, Entry entry);

  /** Goes on with it. @return whether it is complete, and what was written aside behind it */
  boolean step();

  /** After the last entry. */
  void end();

  /** Bytes that can be taken. */
  int size();

  /** The bytes made since the last call. */
  ByteBuffer take();

  /** What {@link #take} handed out is not needed any more: its memory may be used again. */
  void giveBack(ByteBuffer taken);
}
