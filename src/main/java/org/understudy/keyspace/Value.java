package org.understudy.keyspace;

/**
 * A value that is an object of its own: every type but the string. The table knows no more of it than this. Whoever changes
 * one tells {@link Database#valueChanged} afterwards, so that its memory is counted anew.
 */
public interface Value {
  Type type();

  /** As OBJECT ENCODING names it. */
  String encodingName();

  /** Bytes of heap that the value holds, its own object included. Asked after every change: a figure kept, not counted anew. */
  long memoryBytes(HeapLayout layout);

  /**
   * The value as it is now, whatever happens to this one later, and the other way round. COPY and a snapshot in progress
   * ask for one between two commands, so a large value copies the references to its pieces (a few thousand bytes each), and
   * whichever of the two changes a piece first copies it then.
   */
  Value copy();

  /** How many pieces freeing takes; values above {@link Keyspace#LAZY_FREE_THRESHOLD} count as freed lazily. */
  default long freeEffort() {
    return 1;
  }

  /** Adds the contents to a digest as the reference implementation's xorObjectDigest does for this type. */
  void digest(Digest into);
}
