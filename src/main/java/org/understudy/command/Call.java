package org.understudy.command;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.Value;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * One execution of one command: what the handler reads, where it answers, and what it reports to have changed. The
 * executor reuses one object, so a handler keeps neither it nor {@link #entry}.
 *
 * <p>The contract of a writing handler, as in the reference implementation: after changing a key it calls
 * {@link #changed} (watchers and client-side caches are told, the change is counted) and {@link #notify}. Commands that
 * are not propagated word for word call {@link #effect} (once for each command that is to be propagated instead).
 */
public final class Call {
  /** What the handlers' reports go to; the shard implements it. */
  public interface Changes {
    /** A key got another value, appeared or vanished. */
    void changed(Session by, int database, byte[] key);

    /** A keyspace event, to be published if the configuration asks for its class. */
    void notify(NotifyClass type, String event, byte[] key, int database);

    /** A read command found, or did not find, its key. */
    void lookedUp(boolean hit);

    /**
     * FLUSHDB or FLUSHALL is about to remove all keys, which are still there. The receiver (a) marks every client that
     * watches a key that exists in the database, or in any if all go; a key that had expired when its watch began, and
     * so vanishes without a logical change, marks nobody but counts as absent from now on; and (b) tells all
     * client-side caches to forget everything (a null invalidation), whatever the database and even if it is empty.
     *
     * @param database index, or {@link #ALL_DATABASES}
     */
    void flushing(Session by, int database);

    /**
     * FLUSHALL has removed all keys. The receiver gives up a snapshot that is being written, and with save points saves
     * the empty dataset.
     *
     * @return whether it was saved, so that no change is left to be saved
     */
    default boolean flushed() {
      return false;
    }

    /**
     * SWAPDB is about to exchange two different databases. The receiver marks every client that watches, in either of
     * them, a key that exists in the one or the other (except where an expired or absent key stays one), and after the
     * command serves clients that wait for keys in either. Client-side caches are not told, as in Redis 7.0.
     */
    void swapping(Session by, int a, int b);

    /** See {@link Call#wakeWaiting}. */
    void wakeWaiting(int database, byte[] key);

    /** See {@link Call#awaitKeys}. */
    void awaitKeys(Call call, int from, int to, long timeoutMillis, KeyWait wait);

    /** See {@link Call#inSlices}. */
    void inSlices(Call call, SlicedWork work);
  }

  /** Instead of the index of a database. */
  public static final int ALL_DATABASES = -1;

  /** Command name and arguments as sent; handlers may not change the arrays in place. */
  public byte[][] argv;
  public CommandSpec spec;
  public Session session;
  /** All databases, and the one that the client has selected. */
  public Keyspace keyspace;
  public Database db;
  public ReplyBuffer reply;
  public Config config;
  /** The time of this call in Unix milliseconds; one time for a whole transaction. */
  public long nowMillis;
  /** For EXEC and DISCARD: what was queued since MULTI; null if there was no MULTI. */
  public List<Session.Queued> queued;
  /** For EXEC: a command was refused when it was to be queued. */
  public boolean queuedRefused;
  /** Inside EXEC (or a script): nothing may block. */
  public boolean inTransaction;
  /** Filled by {@link #find} and {@link #findForWrite}; valid until the next of them. */
  public final Entry entry = new Entry();
  /** Number of changes so far; the executor resets it. */
  public long dirty;

  /** Arguments as logs may show them: {@link #argv}, or a copy in which secrets are blotted out. */
  private byte[][] shown;

  private final Changes changes;
  private final List<byte[][]> effects = new ArrayList<>(2);
  private boolean effectsReplaced;
  private boolean effectsForReplicasOnly;

  public Call(Changes changes) {
    this.changes = changes;
  }

  /** Prepares the object for the next command. */
  public void reset() {
    dirty = 0;
    shown = null;
    effectsForReplicasOnly = false;
    if (effectsReplaced) {
      effects.clear();
      effectsReplaced = false;
    }
  }

  /** Whether the command was accepted before, by our primary or by us, and is to be done whatever limits say now. */
  public boolean obeys() {
    return session != null && (session.primary || session.loads);
  }

  /** How long a string may become. */
  public long mostStringBytes() {
    return obeys() ? Long.MAX_VALUE : config.protoMaxBulkLen();
  }

  /** Hides an argument from the slow log and MONITOR. */
  public void redact(int index) {
    if (shown == null) shown = argv.clone();
    shown[index] = Bytes.of("(redacted)");
  }

  /** What logs may show of the command. */
  public byte[][] shownArgv() {
    return shown == null ? argv : shown;
  }

  /**
   * Looks a key up for reading: counts hit or miss, notifies a miss, notes the access. True if found, in {@link
   * #entry}.
   */
  public boolean find(byte[] key) {
    boolean hit = db.find(key, entry);
    changes.lookedUp(hit);
    if (!hit) changes.notify(NotifyClass.KEY_MISS, "keymiss", key, db.index());
    return hit;
  }

  /** As {@link #find}, but no access is noted: EXISTS, TYPE and the TTL family. */
  public boolean findUntouched(byte[] key) {
    boolean hit = inspect(key);
    if (!hit) changes.notify(NotifyClass.KEY_MISS, "keymiss", key, db.index());
    return hit;
  }

  /** As {@link #findUntouched}, but a miss is not notified either: OBJECT. */
  public boolean inspect(byte[] key) {
    boolean hit = db.find(key, entry, false);
    changes.lookedUp(hit);
    return hit;
  }

  /** Looks a key up in order to change it: not counted as hit or miss. */
  public boolean findForWrite(byte[] key) {
    return db.findForWrite(key, entry);
  }

  /** As {@link #findForWrite(byte[])}, of a key that this command has looked up before: no further access. */
  public boolean findAgainForWrite(byte[] key) {
    return db.findForWrite(key, entry, false);
  }

  /**
   * As {@link #find(byte[])}: the value of a key, null if there is none.
   *
   * @throws CommandError WRONGTYPE if it is of another type
   */
  public <V extends Value> V find(byte[] key, Class<V> type) {
    return find(key) ? value(type) : null;
  }

  /**
   * As {@link #findForWrite(byte[])}: the value of a key, to be changed in place and then reported by {@link
   * #valueChanged}; null if there is none.
   *
   * @throws CommandError WRONGTYPE if it is of another type
   */
  public <V extends Value> V findForWrite(byte[] key, Class<V> type) {
    return findForWrite(key) ? value(type) : null;
  }

  /** As {@link #findForWrite(byte[], Class)}, of a key that this command has looked up before: no further access. */
  public <V extends Value> V findAgainForWrite(byte[] key, Class<V> type) {
    return findAgainForWrite(key) ? value(type) : null;
  }

  private <V extends Value> V value(Class<V> type) {
    Value value = entry.value();
    if (!type.isInstance(value)) throw Errors.WRONG_TYPE;
    return type.cast(value);
  }

  /** A value in {@link #entry} was changed in place: counts its memory anew. Not needed if the key is removed. */
  public void valueChanged() {
    db.valueChanged(entry);
  }

  /** Reports that a key of the selected database changed; counts one change. */
  public void changed(byte[] key) {
    changedIn(db.index(), key);
  }

  public void changedIn(int database, byte[] key) {
    dirty++;
    changes.changed(session, database, key);
  }

  /** Reports a further key of a change that is counted already, such as RENAME's second one. */
  public void alsoChangedIn(int database, byte[] key) {
    changes.changed(session, database, key);
  }

  /** See {@link Changes#flushing}. The caller counts. */
  public void flushing(int database) {
    changes.flushing(session, database);
  }

  /** See {@link Changes#flushed}. Nothing counts as changed any more if the outcome was saved. */
  public void flushed() {
    if (changes.flushed()) dirty = 0;
  }

  /** See {@link Changes#swapping}. The caller counts. */
  public void swapping(int a, int b) {
    changes.swapping(session, a, b);
  }

  public void notify(NotifyClass type, String event, byte[] key) {
    changes.notify(type, event, key, db.index());
  }

  public void notifyIn(int database, NotifyClass type, String event, byte[] key) {
    changes.notify(type, event, key, database);
  }

  /**
   * Has the client wait until one of its keys can serve it, the time is up (a null array is the answer then) or CLIENT
   * UNBLOCK ends it. The handler writes no reply. Not {@link #inTransaction}: there the command answers at once as if
   * the time were up.
   *
   * @param from index of the first key among the arguments, inclusive; {@code to} exclusive. A key may come twice.
   * @param timeoutMillis 0 for ever
   */
  public void awaitKeys(int from, int to, long timeoutMillis, KeyWait wait) {
    changes.awaitKeys(this, from, to, timeoutMillis, wait);
  }

  /**
   * Does the rest of the command piece by piece while other clients are served; this client waits. The handler writes
   * no reply but what the pieces go on with. In a transaction it is done at once.
   */
  public void inSlices(SlicedWork work) {
    if (!inTransaction && !session.primary) {
      changes.inSlices(this, work);
      return;
    }
    for (boolean more = true; more; ) more = work.step(reply);
    work.answer(reply);
  }

  /** Has clients that wait for a key looked at although neither watchers nor caches are concerned (XGROUP DESTROY). */
  public void wakeWaiting(byte[] key) {
    changes.wakeWaiting(db.index(), key);
  }

  /** Propagate this instead of the command as sent; may be called several times, in order. */
  public void effect(byte[]... command) {
    effectsReplaced = true;
    effects.add(command);
  }

  /** Propagate the command as sent to replicas, changes or none, but write it to no file (PUBLISH). */
  public void effectForReplicas() {
    effect(argv);
    effectsForReplicasOnly = true;
  }

  /** Whether the append-only file does without {@link #effects}. */
  public boolean effectsForReplicasOnly() {
    return effectsForReplicasOnly;
  }

  /** Propagate nothing for this command although it counted changes. */
  public void noEffect() {
    effectsReplaced = true;
  }

  /**
   * What is to be propagated: the commands given to {@link #effect}, else the command itself if it changed anything.
   */
  public List<byte[][]> effects() {
    if (effectsReplaced) return effects;
    return dirty > 0 ? List.<byte[][]>of(argv) : List.of();
  }
}
