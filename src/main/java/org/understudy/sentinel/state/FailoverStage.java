package org.understudy.sentinel.state;

/** Where a failover stands. The order counts: from {@link #RECONF_REPLICAS} on it cannot be aborted any more. */
public enum FailoverStage {
  /** No failover is in progress. */
  NONE("none"),
  /** Votes were asked for; waits to be elected. */
  WAIT_START("wait_start"),
  /** Elected; waits for fresh INFO of the replicas to choose one. */
  SELECT_REPLICA("select_slave"),
  /** One is chosen; waits for its link to tell it so. */
  SEND_REPLICAOF_NO_ONE("send_slaveof_noone"),
  /** It was told; waits until its INFO says that it is a primary. */
  WAIT_PROMOTION("wait_promotion"),
  /** It is a primary; the other replicas are told one after the other. */
  RECONF_REPLICAS("reconf_slaves"),
  /** All are told or the time is over; the primary's address changes within the same step. */
  UPDATE_CONFIG("update_config");

  /** As SENTINEL MASTER names it. */
  public final String word;

  FailoverStage(String word) {
    this.word = word;
  }
}
