package org.understudy.keyspace;

/** What becomes of a key whose time has come. */
public enum ExpiryMode {
  /** It is removed by the lookup that meets it, or by the active cycle: a primary. */
  DELETE,
  /**
   * It reads as absent but stays, since its removal may not happen now or is another's decision: paused writes, a
   * replica.
   */
  HIDE,
  /** As {@link #HIDE}, but who looks it up for writing removes it as expired: a replica whose clients may write. */
  DELETE_FOR_WRITE,
  /** It counts as living: while loading, and for the commands of our primary. */
  KEEP
}
