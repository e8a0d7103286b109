package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;

import java.util.List;

/** A primary, a replica or another sentinel, as this sentinel sees it. */
public abstract sealed class Instance permits MonitoredPrimary, Replica, OtherSentinel {
  final InstanceId id;
  final Kind kind;
  final String name;
  Address address;
  Link link;
  /** Its run id, a sentinel's own id; null until known. */
  String runId;
  boolean subjectivelyDown;
  long subjectivelyDownAt = NEVER;
  /** When a hello was last published on it. */
  long lastHelloSentAt = NEVER;
  long lastHelloTriedAt = NEVER;
  boolean scriptKillSent;

  /** When INFO came last, {@link Link#NEVER} before the first. */
  long infoAt = NEVER;
  /** When INFO was asked for last. */
  long infoAskedAt = NEVER;
  /** To be asked for at once. */
  boolean infoWanted;
  String info;
  /** When it was said last that it answers PING only. */
  long complainedAt = NEVER;
  Kind roleReported;
  long roleReportedAt;

  Instance(InstanceId id, Kind kind, String name, Address address, Link link, long now) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.address = address;
    this.link = link;
    link.users.add(this);
    roleReported = kind;
    roleReportedAt = now;
  }

  /** The primary it belongs to; a primary itself. */
  public abstract MonitoredPrimary primary();

  /** The flags of SENTINEL MASTER and its like, in Redis's order. */
  public abstract List<String> flags();

  /** There is a new connection: it is to tell and to be asked at once. */
  void connected() {
    lastHelloSentAt = NEVER;
    lastHelloTriedAt = NEVER;
    infoWanted = kind != Kind.SENTINEL;
  }

  public Kind kind() {
    return kind;
  }

  /** The configured name of a primary, {@code ip:port} of a replica, the id of a sentinel. */
  public String name() {
    return name;
  }

  public Address address() {
    return address;
  }

  public Link link() {
    return link;
  }

  /** Empty until known. */
  public String runId() {
    return runId == null ? "" : runId;
  }

  public boolean subjectivelyDown() {
    return subjectivelyDown;
  }

  public long subjectivelyDownMillis(long now) {
    return now - subjectivelyDownAt;
  }

  /** Since its last INFO, 0 if there was none. */
  public long infoAgeMillis(long now) {
    return infoAt == NEVER ? 0 : now - infoAt;
  }

  /** The last INFO, or null. */
  public String info() {
    return info;
  }

  /** PRIMARY or REPLICA. */
  public Kind roleReported() {
    return roleReported;
  }

  public long roleReportedMillis(long now) {
    return now - roleReportedAt;
  }
}
