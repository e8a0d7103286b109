package org.understudy.keyspace;

/** Type of a value, as TYPE names it. */
public enum Type {
  // in the order of OBJ_STRING … OBJ_STREAM of the reference implementation: the dataset digest holds these numbers
  STRING("string", 0), LIST("list", 1), SET("set", 2), ZSET("zset", 3), HASH("hash", 4), STREAM("stream", 6);

  private final String word;
  private final int number;

  Type(String word, int number) {
    this.word = word;
    this.number = number;
  }

  /** The word that TYPE answers and SCAN's TYPE option takes. */
  public String word() {
    return word;
  }

  /** The number of the reference implementation's object type (5 are its modules). */
  int number() {
    return number;
  }
}
