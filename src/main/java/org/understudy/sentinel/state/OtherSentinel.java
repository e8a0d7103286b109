package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.ArrayList;
import java.util.List;

/** Another sentinel that monitors the same primary. Its name is its id. */
public final class OtherSentinel extends Instance {
  private final MonitoredPrimary primary;
  long lastHelloAt;
  /** Where its last hello says that the primary is, and in which epoch that was decided; null before the first. */
  Address tells;
  long tellsEpoch;
  /** Whether it said last that the primary is down. */
  boolean saysPrimaryDown;
  long lastAnswerAt;
  long lastAskedAt = NEVER;
  /** Whom it voted for, or null. */
  String votedFor;
  long voteEpoch;

  OtherSentinel(InstanceId id, MonitoredPrimary primary, String name, Address address, Link link, long now) {
    super(id, Kind.SENTINEL, name, address, link, now);
    this.primary = primary;
    lastHelloAt = now;
    lastAnswerAt = now;
  }

  @Override
  public MonitoredPrimary primary() {
    return primary;
  }

  @Override
  public List<String> flags() {
    List<String> flags = new ArrayList<>();
    if (subjectivelyDown) flags.add("s_down");
    flags.add("sentinel");
    if (link.disconnected()) flags.add("disconnected");
    if (saysPrimaryDown) flags.add("master_down");
    return flags;
  }

  public long sinceHelloMillis(long now) {
    return now - lastHelloAt;
  }

  /** Whom it voted for last, or null. */
  public String votedFor() {
    return votedFor;
  }

  public long voteEpoch() {
    return voteEpoch;
  }
}
