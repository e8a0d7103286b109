package org.understudy.shard;

/** Connections taken and turned away: counted where they come in, read from any thread. */
public interface ConnectionCounters {
  long accepted();

  long rejected();

  void resetCounters();
}
