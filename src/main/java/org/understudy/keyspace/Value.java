package org.understudy.keyspace;

/**
 * A value of any type but the string. The table knows no more of it than this. Whoever changes
 * one tells {@link Database#valueChanged} afterwards, so that its memory is counted anew.
 */
public interface Value {
  Type type();

  /** As OBJECT ENCODING names it. */
  String encodingName();

  /** The hash table that the value's elements are in; null if it has none. */
  default SegmentDirectory<?> table() {
    return null;
  }

  /**
   * Bytes of heap that the value holds, its own object included. Asked after every change: a figure kept, not counted
   * anew.
   */
  long memoryBytes(HeapLayout layout);

  /**
   * The value as it is now, whatever happens to this one later, and the other way round. COPY and a snapshot in
   * progress ask for one between two commands, so a large value copies the references to its pieces (a few thousand
   * bytes each), and whichever of the two changes a piece first copies it then.
   */
  Value copy();

  /**
   * Bytes of the value in one piece, if it has such a form; 0 if it has none. A table keeps small ones in that form. So
   * a change in place must be reported ({@link Database#valueChanged}) before the key is looked up again.
   */
  default int packedBytes() {
    return 0;
  }

  /** Writes that many bytes. */
  default void pack(byte[] into, int offset) {
    throw new UnsupportedOperationException("no packed form");
  }

  /** What {@link #pack} writes; null if it writes nothing. */
  default PackedForm packedForm() {
    return null;
  }

  /** How many pieces freeing takes; values above {@link Keyspace#LAZY_FREE_THRESHOLD} count as freed lazily. */
  default long freeEffort() {
    return 1;
  }

  /** Adds the contents to a digest as the reference implementation's xorObjectDigest does for this type. */
  void digest(Digest into);
}
