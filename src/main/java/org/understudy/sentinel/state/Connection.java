package org.understudy.sentinel.state;

/** The two connections of a {@link Link}. */
public enum Connection {
  /** Commands and their replies. */
  COMMANDS("cmd"),
  /** Subscribed to the channel of hello messages; to primaries and replicas only. */
  HELLOS("pubsub");

  /** As it ends the name that the connection is given with CLIENT SETNAME. */
  final String shortName;

  Connection(String shortName) {
    this.shortName = shortName;
  }
}
