package org.understudy.sentinel.state;

/** What a command is answered with. */
public sealed interface Answer {
  record Done() implements Answer {}

  /** @param error as it goes over the wire, its code first, without the leading dash of the protocol */
  record Refused(String error) implements Answer {}

  record Count(long value) implements Answer {}

  /** To SENTINEL IS-MASTER-DOWN-BY-ADDR. @param leader {@code *} if there is no vote */
  record Down(boolean down, String leader, long leaderEpoch) implements Answer {}
}
