package org.understudy.keyspace.hyperloglog;

/**
 * The sparse form does not describe as many registers as there are. Without a stack trace: bad input is no surprise.
 */
public final class CorruptHyperLogLog extends RuntimeException {
  private static final long serialVersionUID = 1;

  CorruptHyperLogLog() {
    super("the runs of a sparse HyperLogLog do not add up", null, false, false);
  }
}
