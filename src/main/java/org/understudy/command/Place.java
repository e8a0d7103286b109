package org.understudy.command;

/** Who runs a command's handler. */
public enum Place {
  /** The client's own connection: the command touches neither keys nor what clients share. */
  CONNECTION,
  /** The keyspace shard. */
  SHARD,
  /**
   * The shard, and the connection goes on only afterwards: the command changes what the connection decides by (RESET).
   */
  SHARD_IN_STEP
}
