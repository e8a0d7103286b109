package org.understudy.shard.replication;

import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Keyspace;
import org.understudy.replication.History;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.server.ServerParts;

/**
 * Keeps a server that has lost its memory from taking that of others with it ({@code repl-amnesia-guard}; not in
 * Redis). A primary without any key gives no dataset to a replica that comes with a history unknown here: the replica
 * may have what the primary has lost. And a replica with keys takes neither an empty dataset nor one of another history
 * that is shorter than its own. Whoever wants it all the same switches the guard off.
 */
public final class AmnesiaGuard {
  private static final Logger log = LoggerFactory.getLogger(AmnesiaGuard.class);
  /** What a replica is told that gets nothing: it will ask again. */
  static final String REFUSAL =
      "NOMASTERLINK Can't SYNC from a server that has no data and does not know yours (repl-amnesia-guard)";
  /** A larger dataset has keys. */
  static final int SMALL_BYTES = 64 << 10;

  private final Config config;
  private final Keyspace keyspace;
  private final Persistence persistence;
  private final ReplicationState state;
  private long refusals;
  private String lastReason = "";

  public AmnesiaGuard(ServerParts server, ReplicationState state, Persistence persistence) {
    config = server.config();
    keyspace = server.keyspace();
    this.state = state;
    this.persistence = persistence;
  }

  private boolean isOn() {
    return config.flag(Directive.REPL_AMNESIA_GUARD);
  }

  private boolean refuse(String reason, String line, Object... arguments) {
    refusals++;
    lastReason = reason;
    log.warn("Amnesia guard: " + line, arguments);
    return true;
  }

  /**
   * As a primary.
   *
   * @param id the history that a replica wants to go on with, {@code ?} for none
   * @param number of the next byte it wants; the first is 1
   */
  boolean refusesToServe(String replica, String id, long number) {
    if (!isOn() || keyspace.size() > 0 || number <= 1 || isKnown(id)) return false;
    return refuse("empty-primary", "replica {} has history {} up to offset {}, and this server has no data and does not"
        + " know that history. It gets no empty dataset. Restore the data here, promote a replica, or set"
        + " repl-amnesia-guard to no.", replica, id, number - 1);
  }

  private boolean isKnown(String id) {
    History history = state.history();
    return id.equals(history.id()) || id.equals(history.secondId());
  }

  /**
   * As a replica, before the dataset of a primary comes.
   *
   * @param id of its history, null if the primary does not say; {@code offset} of its cut
   * @param ownOffset end of our own history
   */
  boolean refusesHistory(String id, long offset, long ownOffset) {
    if (!isOn() || keyspace.size() == 0 || id != null && isKnown(id) || offset >= ownOffset) return false;
    return refuse("unrelated-primary",
        "the primary offers history {} up to offset {}, which is not ours and shorter than "
        + "ours ({}). {} keys are kept. Set repl-amnesia-guard to no to replace them.", id, offset, ownOffset,
        keyspace.size());
  }

  /** As a replica, before a dataset with so many keys replaces ours. */
  boolean refusesDataset(long keys) {
    if (!isOn() || keys > 0 || keyspace.size() == 0) return false;
    return refuse("empty-primary",
        "the dataset of the primary is empty. {} keys are kept. Set repl-amnesia-guard to no to "
        + "replace them.", keyspace.size());
  }

  /** The same for a dataset that is not loaded yet: all its bytes if it is small, else null. */
  boolean refusesBytes(byte[] small) {
    return isOn() && small != null && refusesDataset(persistence.files().keysIn(small));
  }

  /** The lines of INFO about it. */
  public void describe(BiConsumer<String, Object> field) {
    field.accept("understudy_amnesia_guard", isOn() ? "yes" : "no");
    field.accept("understudy_amnesia_refusals", refusals);
    field.accept("understudy_amnesia_last_refusal", lastReason);
  }
}
