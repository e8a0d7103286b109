package org.understudy.keyspace;

/**
 * A value that is an object of its own: every type but the string. The table knows no more of it than this. Whoever changes
 * one tells {@link Database#valueChanged} afterwards, so that its memory is counted anew.
 */
public interface Value {
  Type type();

  /** As OBJECT ENCODING names it. */
  String encodingName();

  /** Bytes of heap that the value holds, its own object included. */
  long memoryBytes();

  /** A copy that shares nothing that may change. */
  Value copy();

  /** How many pieces freeing takes; values above {@link Keyspace#LAZY_FREE_THRESHOLD} count as freed lazily. */
  default long freeEffort() {
    return 1;
  }

  /** Adds the contents to a digest as the reference implementation's xorObjectDigest does for this type. */
  void digest(Digest into);
}
