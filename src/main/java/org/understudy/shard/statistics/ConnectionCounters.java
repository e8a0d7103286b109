package org.understudy.shard.statistics;

/** Connections taken and turned away: counted where they come in, read from any thread. */
public interface ConnectionCounters {
  long accepted();

  long rejected();

  /** An id for a client that is none of the connections taken. */
  long nextId();

  void resetCounters();
}
