package org.understudy.sentinel.state;

/**
 * Something that goes wrong in a simulation, and is put right again.
 *
 * @param first which sentinel or server it hits, counted over both; whom it cuts off for a partition, as bits
 * @param second the other end of a way that is cut
 * @param atMillis when it begins
 * @param millis how long it lasts
 */
record Fault(Kind kind, int first, int second, long atMillis, long millis) {
  enum Kind {
    /** Nothing is kept but what is on disk. */
    CRASH,
    /** A sentinel dies in the moment at which its next vote is out. */
    CRASH_AFTER_VOTE,
    /** The process does not run for a while; nothing is lost. */
    STOP,
    /** Hosts are cut into two groups. */
    PARTITION,
    /** Nothing comes through in one direction between two hosts. */
    ONE_WAY,
    /** A server says in INFO what is not so. */
    LIE,
    /** A server answers PING with an error. */
    MOOD,
    /** A sentinel cannot write. */
    DISK_FULL,
    /** All clocks on walls are set. */
    CLOCK_JUMP,
    /** An operator asks a sentinel for a failover. */
    FAILOVER
  }
}
