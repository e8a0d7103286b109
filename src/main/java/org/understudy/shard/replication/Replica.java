package org.understudy.shard.replication;

import java.util.function.Consumer;
import org.understudy.persistence.Save;
import org.understudy.persistence.SnapshotStream;
import org.understudy.replication.ReplicaLink;
import org.understudy.replication.ReplicationLog;
import org.understudy.replication.SnapshotFeed;
import org.understudy.shard.clients.Client;

/** A client that is a replica of ours, or has said something about the one that it is about to be (REPLCONF). */
public final class Replica {
  /** How far it has come; the words are those of INFO and ROLE. */
  public enum State {
    /** It has not asked for anything yet. */
    NEW(""),
    /** It waits for a snapshot that is still to begin. */
    AWAITS_SNAPSHOT("wait_bgsave"),
    /** It is given a snapshot that is being made, or waits until that is done. */
    AWAITS_END("wait_bgsave"),
    /** It is sent a snapshot that is complete. */
    RECEIVES("send_bulk"),
    /** It follows the log. */
    ONLINE("online"),
    /** It has got the snapshot that was all it wanted. */
    SERVED("");

    public final String word;

    State(String word) {
      this.word = word;
    }
  }

  final Client client;

  // ---- what it says of itself (REPLCONF) ---------------------------------------------------------------------------
  /** Where it listens, 0 if it has not said. */
  int port;
  /** The address by which it wants to be known, else null. */
  String announcedAddress;
  /** Understands a snapshot that ends with a mark instead of beginning with its length. */
  boolean takesEndMark;
  /** Understands {@code +CONTINUE} with an id. */
  boolean takesNewId;
  /** Wants the snapshot and nothing else. */
  boolean snapshotOnly;
  SnapshotStream.Contents contents = SnapshotStream.Contents.ALL;

  // ---- since it has asked (PSYNC, SYNC) ----------------------------------------------------------------------------
  public State state = State.NEW;
  /** Came with PSYNC, so it knows offsets and acknowledges them. */
  boolean knowsOffsets;
  /** Offset up to which it has acknowledged the log. */
  public long acknowledgedOffset;
  /** Unix time when it last showed that it lives. */
  long lastHeardMillis;
  long waitsSinceMillis;
  long startedNanos;
  Consumer<ReplicaLink.Message> link;
  ReplicaLink.Progress progress;
  /** What it is given, once it is. */
  Save save;
  /** What it reads; closed here, since the link may come to that too late. */
  SnapshotFeed snapshot;
  /** The snapshot ends with a mark, as one that is sent while it is made. */
  boolean marked;
  ReplicationLog.Reader log;
  /** What its socket had taken when that was looked at last, and when it had taken more than the time before. */
  long lastTakenBytes;
  long lastProgressMillis;

  Replica(Client client) {
    this.client = client;
  }

  public boolean isOnline() {
    return state == State.ONLINE;
  }

  /** Its IP address, as it wants it to be known. */
  String address() {
    if (announcedAddress != null) return announcedAddress;
    String address = client.session.address;
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** As logs name it: by the port that others can reach it at. */
  public String name() {
    String address = address();
    if (port == 0) return address + ":<unknown-replica-port>";
    return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
  }

  /** For how many seconds nothing was heard of it: it acknowledges, or sends an empty line while it loads. */
  public long lagSeconds(long nowMillis) {
    return nowMillis / 1000 - Math.max(lastHeardMillis, client.session.lastNewlineMillis) / 1000;
  }

  /** Bytes of the log that were not given to its socket yet. */
  long pendingBytes() {
    return log == null ? 0 : log.behind();
  }

  void closeFeeds() {
    if (snapshot != null) snapshot.close();
    if (log != null) log.close();
  }
}
