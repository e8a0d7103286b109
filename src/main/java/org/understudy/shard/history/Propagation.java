package org.understudy.shard.history;

import java.util.Arrays;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.command.Call;
import org.understudy.command.CommandFlag;
import org.understudy.replication.EffectSink;
import org.understudy.replication.ReplicationLog;
import org.understudy.resp.RequestBuffer;

/**
 * Hands on what commands did, as commands: to the replication log as long as we are a primary and somebody needs the
 * history, and to the append-only file if there is one. Byte for byte what Redis 7.0 propagates: SELECT where the
 * database changes; MULTI and EXEC around the effects of one command, or one transaction, if there are several, keys
 * that expired under it included; nothing around keys that expired or were evicted by themselves.
 */
public final class Propagation {
  /** No database has been selected where the bytes go. */
  static final int NONE = -1;

  private static final byte[] SELECT = Bytes.of("SELECT");
  private static final byte[] MULTI = Bytes.of("MULTI");
  private static final byte[] EXEC = Bytes.of("EXEC");
  private static final byte[] DEL = Bytes.of("DEL");
  private static final byte[] UNLINK = Bytes.of("UNLINK");

  private final ReplicationLog log;
  private boolean primary = true;
  private EffectSink file;
  /** The database that is selected in the log. */
  private int selected = NONE;

  /** What the command under way, or the transaction, did so far, each with its end, its database and its readers. */
  private final RequestBuffer pending = new RequestBuffer();
  private int pendingCount;
  private int[] ends = new int[16];
  private int[] databases = new int[16];
  private boolean[] forFile = new boolean[16];
  /** For what is put around it. */
  private final RequestBuffer frame = new RequestBuffer();

  public Propagation(ReplicationLog log) {
    this.log = log;
  }

  // ---- who listens -------------------------------------------------------------------------------------------------

  /** Whether anybody needs to know what commands do. */
  public boolean isActive() {
    return file != null || feedsLog();
  }

  private boolean feedsLog() {
    return primary && log.isActive();
  }

  /** As a replica we add nothing to the history of our primary. */
  public void primary(boolean yes) {
    primary = yes;
  }

  /** Where effects are kept besides the log: the append-only file; null for nowhere. */
  public void file(EffectSink sink) {
    file = sink;
  }

  /** The next effect is preceded by a SELECT: somebody is about to follow who does not know what is selected. */
  public void selectAgain() {
    selected = NONE;
  }

  /** The database that is selected at the end of the log, {@link #NONE} if the next effect selects one. */
  int selectedDatabase() {
    return selected;
  }

  // ---- what happens ------------------------------------------------------------------------------------------------

  /**
   * A command ran, or the rest of one that waited; also one within a transaction, whose end is told in the same way.
   */
  public void ran(Call call) {
    List<byte[][]> effects = call.effects();
    boolean toFile = !call.effectsForReplicasOnly();
    for (int i = 0; i < effects.size(); i++) note(call.db.index(), toFile, effects.get(i));
    if (!call.inTransaction) flush((call.spec.flags & CommandFlag.TOUCHES_ARBITRARY_KEYS.bit) == 0);
  }

  /**
   * A key was deleted since its time had come or memory was full.
   *
   * @param within whether a command is under way that it is an effect of
   */
  public void deleted(int database, byte[] key, boolean lazily, boolean within) {
    note(database, true, lazily ? UNLINK : DEL, key);
    if (!within) flush(false);
  }

  /** A turn has broken off: what it did until then goes out, since it was done; half an effect is forgotten. */
  public void flushRest() {
    flush(true);
    pending.clear();
  }

  /** Whether a transaction is under way that has done something: no cut may be made in its middle. */
  public boolean isInTheMiddle() {
    return pendingCount > 0;
  }

  /** Tells replicas something that concerns no database: PING, REPLCONF GETACK. Not in the middle of a command. */
  public void tellReplicas(byte[]... command) {
    if (!feedsLog()) return;
    frame.clear();
    frame.add(command);
    log.append(frame.array(), 0, frame.size());
  }

  private void note(int database, boolean toFile, byte[]... effect) {
    if (!feedsLog() && !(toFile && file != null)) return;
    if (pendingCount == ends.length) growPending();
    pending.add(effect);
    ends[pendingCount] = pending.size();
    databases[pendingCount] = database;
    forFile[pendingCount++] = toFile;
  }

  private void growPending() {
    int more = 2 * pendingCount;
    ends = Arrays.copyOf(ends, more);
    databases = Arrays.copyOf(databases, more);
    forFile = Arrays.copyOf(forFile, more);
  }

  // ---- where it goes -----------------------------------------------------------------------------------------------

  private void flush(boolean together) {
    if (pendingCount == 0) return;
    int count = pendingCount;
    pendingCount = 0; // whatever goes wrong, nothing goes out twice
    boolean transaction = together && count > 1;
    if (transaction) addFrame(databases[0], MULTI);
    int from = 0;
    for (int i = 0; i < count; i++) {
      add(databases[i], forFile[i], pending.array(), from, ends[i] - from);
      from = ends[i];
    }
    if (transaction) addFrame(databases[count - 1], EXEC);
    pending.clear();
  }

  private void addFrame(int database, byte[] word) {
    frame.clear();
    frame.add(word);
    add(database, true, frame.array(), 0, frame.size());
  }

  private void add(int database, boolean toFile, byte[] bytes, int from, int length) {
    if (toFile && file != null) file.add(database, bytes, from, length);
    if (!feedsLog()) return;
    if (database != selected) select(database);
    log.append(bytes, from, length);
  }

  private void select(int database) {
    RequestBuffer command = new RequestBuffer();
    command.add(SELECT, Bytes.of(database));
    log.append(command.array(), 0, command.size());
    selected = database;
  }
}
