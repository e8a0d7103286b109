package org.understudy.shard;

/** Who we are in replication: a primary without replicas, with an id for the history of its changes. */
public final class ReplicationState {
  private static final String NO_ID = "0".repeat(40);

  private String id = ServerFacts.randomId();

  /** The word for it in ROLE, INFO and HELLO. Asked on any loop. */
  public String role() {
    return "master";
  }

  String id() {
    return id;
  }

  /** The id of the history that ours branched off from; zeros if it did not. */
  String secondId() {
    return NO_ID;
  }

  /** Begins a new history: no replica can continue with us (DEBUG CHANGE-REPL-ID). */
  void changeId() {
    id = ServerFacts.randomId();
  }
}
