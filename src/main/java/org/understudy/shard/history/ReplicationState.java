package org.understudy.shard.history;

import org.understudy.config.PrimaryAddress;
import org.understudy.replication.History;
import org.understudy.replication.PrimaryLink;
import org.understudy.shard.server.ServerFacts;

/**
 * Who we are in replication: a primary, or the replica of one; whose history of changes the dataset is made of; and,
 * for a replica, how the link to its primary is. Written on the shard's loop, where it is also read but for {@link
 * #role}.
 */
public final class ReplicationState {
  private History history = History.of(ServerFacts.randomId());
  private volatile PrimaryAddress primary;
  private PrimaryLink.Progress progress;
  /** The dataset is what the history was at the end of the log, so that a primary that knows it can continue there. */
  private boolean resumable;
  private int streamDatabase = Propagation.NONE;
  private long readOffset;
  private long lastIoMillis;
  private long downSinceMillis;

  /** The word for it in ROLE, INFO and HELLO. Asked on any loop. */
  public String role() {
    return isReplica() ? "slave" : "master";
  }

  /** Asked on any loop. */
  public boolean isReplica() {
    return primary != null;
  }

  /** Null for a primary. */
  public PrimaryAddress primary() {
    return primary;
  }

  /** @param address null to be a primary */
  public void primary(PrimaryAddress address) {
    primary = address;
  }

  // ---- the history -------------------------------------------------------------------------------------------------

  public History history() {
    return history;
  }

  public void history(History now) {
    history = now;
  }

  public String id() {
    return history.id();
  }

  /** Begins a new history: no replica can continue with us. */
  public void changeId() {
    history = History.of(ServerFacts.randomId());
  }

  /** Whether a primary with our history could go on where the log ends. */
  public boolean isResumable() {
    return resumable;
  }

  public void resumable(boolean yes) {
    resumable = yes;
  }

  /**
   * The database that is selected where the stream of our primary goes on, {@link Propagation#NONE} if none is: the
   * {@code repl-stream-db} of a snapshot.
   */
  public int streamDatabase() {
    return streamDatabase;
  }

  public void streamDatabase(int index) {
    streamDatabase = index;
  }

  // ---- the link of a replica ---------------------------------------------------------------------------------------

  /** How far the link has come. Null for a primary. */
  public PrimaryLink.Progress progress() {
    return progress;
  }

  public void progress(PrimaryLink.Progress now) {
    progress = now;
  }

  /** Whether changes come from our primary as they happen there: {@code master_link_status:up}. */
  public boolean isLinkUp() {
    return progress == PrimaryLink.Progress.CONNECTED;
  }

  /** Whether a dataset is on its way: {@code master_sync_in_progress}. */
  public boolean isSyncing() {
    return progress == PrimaryLink.Progress.SYNC;
  }

  /** Bytes of the history that have come, whether they are applied or not. */
  public long readOffset() {
    return readOffset;
  }

  public void readOffset(long offset) {
    readOffset = offset;
  }

  /** When something came from our primary, Unix time. */
  public long lastIoMillis() {
    return lastIoMillis;
  }

  public void lastIo(long nowMillis) {
    lastIoMillis = nowMillis;
  }

  /** Since when the link has been down, Unix time; 0 if it never was up. */
  public long downSinceMillis() {
    return downSinceMillis;
  }

  public void downSince(long nowMillis) {
    downSinceMillis = nowMillis;
  }
}
