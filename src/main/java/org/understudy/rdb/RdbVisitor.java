package org.understudy.rdb;

/** Receives what an {@link RdbReader} reads, in the order of the file. */
public interface RdbVisitor {
  /** A field with information about the file; those that are not known are to be ignored. */
  default void aux(byte[] name, byte[] value) {}

  /** The code of a library of functions. */
  default void function(byte[] code) {}

  /** How many keys, and keys with an expiry, a database will have. A hint that may be wrong by any amount. */
  default void sizes(int database, long keys, long expires) {}

  /**
   * A key with its value.
   *
   * @param entry reused for the next one
   * @return false if there is such a key already, which the reader takes for damage
   */
  boolean entry(RdbEntry entry);

  /** A key of a collection without elements, as faulty versions of Redis wrote them: to be left out. */
  default void emptyKey(int database, byte[] key) {}

  /** The file is complete and its checksum, if it has one, right. */
  default void ended() {}

  /** The file was written without checksum. */
  default void noChecksum() {}
}
