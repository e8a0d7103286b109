package org.understudy.keyspace;

/** A way in which a small value lies in a {@link Record}. */
public interface PackedForm {
  /** Its place among all forms: the first byte of what is packed. */
  int ordinal();

  Type type();

  /** A value that reads its packed bytes from an offset of the array on. */
  Value over(byte[] array, int offset);
}
