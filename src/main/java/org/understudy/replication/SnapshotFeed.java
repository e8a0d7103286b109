package org.understudy.replication;

/** The bytes of a snapshot, which may be still in the making. */
public interface SnapshotFeed extends Feed {
  /** How many bytes there are altogether; -1 while that is not known, which {@code whenMore} tells too. */
  long length();
}
