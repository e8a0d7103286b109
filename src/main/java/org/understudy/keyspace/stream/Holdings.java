package org.understudy.keyspace.stream;

import org.understudy.keyspace.HeapLayout;

/**
 * What one stream calls its own: the token by which it knows the pieces that it may change in place, and how much heap
 * it takes. All parts of a stream share it.
 *
 * <p>A piece carries the token of the stream that made it. {@link #copy} gives both sides a new token: from then on
 * every piece is shared, and whichever side changes one copies it first.
 */
final class Holdings {
  private Object token = new Object();
  private long objects;
  private long arrays;
  private long references;
  private long bytes;

  Object token() {
    return token;
  }

  boolean owns(Object token) {
    return this.token == token;
  }

  Holdings copy() {
    token = new Object();
    Holdings copy = new Holdings();
    copy.objects = objects;
    copy.arrays = arrays;
    copy.references = references;
    copy.bytes = bytes;
    return copy;
  }

  /**
   * An object came, or went.
   *
   * @param sign 1 or -1
   * @param itsReferences fields that refer to others
   * @param itsBytes all its other fields
   */
  void object(int sign, int itsReferences, int itsBytes) {
    objects += sign;
    references += (long) sign * itsReferences;
    bytes += (long) sign * itsBytes;
  }

  /** An array of primitives came, or went. */
  void array(int sign, long itsBytes) {
    arrays += sign;
    bytes += sign * itsBytes;
  }

  void referenceArray(int sign, int length) {
    arrays += sign;
    references += (long) sign * length;
  }

  /** An array of primitives, or what hangs on an object, became larger or smaller. */
  void resized(long moreBytes) {
    bytes += moreBytes;
  }

  /** Bytes of heap; the padding of objects is taken for what it is on average. */
  long bytes(HeapLayout layout) {
    long headers = objects * layout.objectHeader() + arrays * layout.arrayHeader();
    return headers + references * layout.reference() + bytes + 4 * (objects + arrays);
  }
}
