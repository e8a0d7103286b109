package org.understudy.shard.replication;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.AddressText;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.PrimaryAddress;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.Turns;
import org.understudy.replication.History;
import org.understudy.replication.PrimaryLink;
import org.understudy.replication.ReplicationLog;
import org.understudy.replication.Transfer;
import org.understudy.resp.Errors;
import org.understudy.resp.RequestBuffer;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.history.Backlog;
import org.understudy.shard.history.HistoryParts;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.Statistics;

/**
 * What this server does as a replica: it follows a primary through a {@link PrimaryLink}, takes its dataset ({@link
 * FullSync}) where that is needed, and applies its stream of changes ({@link PrimaryStream}). Becoming a replica and
 * ceasing to be one are here, too.
 *
 * <pre>
 * primary -> replica: {@link #follow}; what we have in common with the new primary goes on where we are
 * replica -> primary: {@link #lead}; our history goes on under another id
 * </pre>
 */
public final class Upstream implements FullSync.Owner, PrimaryStream.Listener {
  private static final Logger log = LoggerFactory.getLogger(Upstream.class);
  /** So much of the stream is taken while it may not be applied. */
  private static final int MOST_HELD_BYTES = 1 << 20;
  private static final String UNBLOCKED =
      "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)";
  /** It is said once in so long that the disk fails. */
  private static final long NOT_KEPT_LOG_MILLIS = 10_000;
  private static final byte[] REPLCONF = Bytes.of("REPLCONF");
  private static final byte[] ACK = Bytes.of("ACK");

  private final Config config;
  private final Clock clock;
  private final Keyspace keyspace;
  private final ReplicationState state;
  private final ReplicationLog history;
  private final Propagation propagation;
  private final Replacement replacement;
  private final Clients clients;
  private final Admission admission;
  private final Pause pause;
  private final AmnesiaGuard guard;
  private final BlockedClients blocked;
  private final Replicas replicas;
  private final Backlog backlog;
  private final Statistics statistics;
  private final ServerControl control;
  private final Supplier<CommandTable> table;
  private DatasetOwner owner;
  private Function<Behavior<PrimaryLink.Message>, Consumer<PrimaryLink.Message>> links;
  private Turns turns;

  /** The link in use; reports of any other come too late. */
  private Object linkId;
  private Consumer<PrimaryLink.Message> link;
  /** The ends of its connection, the last one if there is none now. */
  private PrimaryLink.Opened connection;
  /** The link asks from where to go on, and has no answer as long as a dataset is being loaded. */
  private boolean asked;
  /** The dataset on its way, and what is known of it; null if there is none. */
  private FullSync sync;
  private Transfer transfer;
  private long syncStartNanos;
  /** The connection that the dataset came by is lost: once it is loaded, the next one goes on behind it. */
  private boolean detached;
  /** Of the dataset on its way: its history, null if its primary does not say, and its place there. */
  private String syncId;
  private long syncOffset;
  private boolean syncRefused;
  private long receivedBytes;
  private long notKeptLoggedMillis;
  /** The next primary is asked to become one. */
  private boolean failingOver;
  private Consumer<Boolean> takeOverListener = accepted -> { };
  /** While the link is up. */
  private PrimaryStream stream;
  /** What came of it while clients are held back, which our primary's changes are too. */
  private final ArrayDeque<byte[]> held = new ArrayDeque<>();
  private int heldBytes;

  public Upstream(ServerParts server, ClientParts clientParts, HistoryParts historyParts, Replicas replicas,
      Replacement replacement, AmnesiaGuard guard, Supplier<CommandTable> table) {
    config = server.config();
    clock = server.clock();
    keyspace = server.keyspace();
    statistics = server.statistics();
    control = server.control();
    clients = clientParts.clients();
    blocked = clientParts.blocked();
    admission = clientParts.admission();
    pause = clientParts.pause();
    state = historyParts.state();
    history = historyParts.log();
    propagation = historyParts.propagation();
    backlog = historyParts.backlog();
    this.replicas = replicas;
    this.replacement = replacement;
    this.guard = guard;
    this.table = table;
  }

  /** @param links starts the actor of a link */
  public void start(DatasetOwner owner, Function<Behavior<PrimaryLink.Message>, Consumer<PrimaryLink.Message>> links,
      Turns turns) {
    this.owner = owner;
    this.links = links;
    this.turns = turns;
    config.replicaof().ifPresent(primary -> {
      state.primary(primary);
      state.progress(PrimaryLink.Progress.CONNECT);
      roleChanged();
    });
  }

  // ---- roles -------------------------------------------------------------------------------------------------------

  /** The server has its dataset: as a replica it looks for its primary. */
  public void begin() {
    if (state.isReplica()) connect();
  }

  /** Becomes the replica of a primary, or of another one. */
  void follow(PrimaryAddress address) {
    failingOver = false;
    become(address);
  }

  /** Becomes the replica of a replica of ours, which is asked to become the primary instead of us. */
  void takeOver(PrimaryAddress replica) {
    failingOver = true;
    become(replica);
  }

  /** @param listener hears whether a replica accepted to take over, as it was asked to */
  void onTakeOver(Consumer<Boolean> listener) {
    takeOverListener = listener;
  }

  private void answerTakeOver(boolean accepted) {
    if (!failingOver) return;
    failingOver = false;
    takeOverListener.accept(accepted);
  }

  private void become(PrimaryAddress address) {
    boolean wasPrimary = !state.isReplica();
    disconnect();
    blocked.endAll(UNBLOCKED);
    if (wasPrimary) {
      log.info("Before turning into a replica, using my own master parameters to synthesize a cached master: I may be "
          + "able to synchronize with the new master with just a partial transfer.");
      state.resumable(true);
      state.streamDatabase(0); // any: a primary that can go on begins with SELECT
    }
    state.primary(address);
    state.progress(PrimaryLink.Progress.CONNECT);
    state.readOffset(history.end());
    config.assignReplicaof(address);
    roleChanged();
    if (!admission.isLoading()) connect(); // else an append-only file says so, and its load comes first
  }

  /** Becomes a primary, whose history branches off from that of the one it followed. */
  void lead() {
    if (!state.isReplica()) return;
    failingOver = false;
    disconnect();
    if (state.isResumable()) log.info("Discarding previously cached master state.");
    state.resumable(false);
    state.primary(null);
    state.progress(null);
    state.downSince(0);
    config.assignReplicaof(null);
    History before = state.history();
    state.history(before.branched(ServerFacts.randomId(), history.end()));
    log.warn("Setting secondary replication ID to {}, valid up to offset: {}. New replication ID is {}", before.id(),
        history.end() + 1, state.history().id());
    replicas.disconnectAll(); // they have to hear of it, and will go on with us
    backlog.unneeded(clock.millis());
    roleChanged();
    propagation.selectAgain();
    replacement.keep();
  }

  private void roleChanged() {
    propagation.primary(!state.isReplica());
    admission.replica(state.isReplica(), false);
    owner.roleChanged();
  }

  private void connect() {
    Object id = new Object();
    linkId = id;
    asked = false;
    link = links.apply(PrimaryLink.create(state.primary(), config, clock, keyspace.random().nextLong(),
        report -> turns.back(() -> {
          if (linkId == id) hear(report);
        })));
  }

  /** Gives up the link and what came through it, as far as it is not complete. */
  private void disconnect() {
    if (link != null) link.accept(PrimaryLink.Stop.INSTANCE);
    link = null;
    linkId = null;
    lost();
    if (sync != null) sync.abandon();
    sync = null;
  }

  // ---- what the link reports ---------------------------------------------------------------------------------------

  private void hear(PrimaryLink.Report report) {
    long now = clock.millis();
    if (report instanceof PrimaryLink.Streamed streamed) {
      received(streamed.bytes(), now);
      apply(streamed.bytes());
    } else if (report instanceof PrimaryLink.Piece piece) {
      received(piece.bytes(), now);
      if (sync != null) sync.piece(piece.bytes(), transfer.isComplete());
    } else if (report instanceof PrimaryLink.Opened opened) {
      connection = opened;
    } else if (report instanceof PrimaryLink.Moved moved) {
      state.progress(moved.progress());
      admission.replica(true, state.isLinkUp());
    } else if (report == PrimaryLink.Asks.INSTANCE) {
      asked = true;
      answer();
    } else if (report instanceof PrimaryLink.FullResync full) {
      state.lastIo(now);
      syncId = full.id();
      syncOffset = full.offset();
      answerTakeOver(true);
      syncRefused = guard.refusesHistory(syncId, syncOffset, history.end());
      if (syncRefused) link.accept(PrimaryLink.Reconnect.LATER);
    } else if (report instanceof PrimaryLink.Announced announced) {
      if (!syncRefused) receive(announced.transfer());
    } else if (report instanceof PrimaryLink.Continued continued) {
      goOn(continued.id());
      answerTakeOver(true);
    } else if (report instanceof PrimaryLink.Refused) {
      answerTakeOver(false);
    } else if (report == PrimaryLink.Lost.INSTANCE) {
      lost();
    }
  }

  private void received(byte[] bytes, long nowMillis) {
    receivedBytes += bytes.length;
    state.lastIo(nowMillis);
  }

  /** Says from where to go on, unless a dataset that has come is still being loaded. */
  private void answer() {
    if (!asked || sync != null) return;
    asked = false;
    link.accept(state.isResumable() ? new PrimaryLink.Position(state.history().id(), history.end() + 1,
        failingOver) : PrimaryLink.Position.none(failingOver));
  }

  private void lost() {
    asked = false;
    if (stream != null) {
      log.info("Caching the disconnected master state.");
      state.downSince(clock.millis());
      clients.gone(stream.client());
      stream = null;
      forgetHeld();
    }
    if (sync == null) return;
    detached = transfer.isComplete(); // what is complete is loaded all the same
    if (detached) return;
    sync.abandon();
    sync = null;
  }

  // ---- the dataset -------------------------------------------------------------------------------------------------

  private void receive(Transfer announced) {
    transfer = announced;
    detached = false;
    syncStartNanos = clock.nanos();
    long bytes = Math.max(0, announced.length());
    String loading = config.text(Directive.REPL_DISKLESS_LOAD);
    boolean beside = loading.equals("swapdb");
    boolean parsed = beside || loading.equals("on-empty-db") && keyspace.size() == 0;
    log.info("MASTER <-> REPLICA sync: receiving {} from master {}",
        announced.isMarked() ? "streamed RDB" : announced.length() + " bytes",
        (announced.isMarked() ? "with EOF " : "") + (parsed ? "to parser" : "to disk"));
    if (!parsed) {
      sync = new SpooledSync(replacement, this, turns);
    } else if (beside) {
      sync = ParsedSync.besideOurs(replacement, this, turns, bytes, state.history().id().equals(syncId));
    } else {
      sync = ParsedSync.intoEmptyDatabases(replacement, this, turns, bytes);
    }
  }

  @Override
  public boolean refuses(long keys) {
    return guard.refusesDataset(keys);
  }

  @Override
  public boolean refuses(byte[] small) {
    return guard.refusesBytes(small);
  }

  @Override
  public void readOn() {
    link.accept(PrimaryLink.ReadOn.INSTANCE);
  }

  @Override
  public void replacing() {
    if (state.isResumable()) log.info("Discarding previously cached master state.");
    state.resumable(false);
    replicas.disconnectAll();
    replicas.snapshots().forget();
    if (history.isActive()) history.deactivate();
  }

  @Override
  public void ready(int streamDatabase) {
    sync = null;
    if (syncId == null) {
      state.changeId();
      history.restart(0);
    } else {
      state.history(History.of(syncId));
      history.restart(syncOffset);
      state.resumable(true);
    }
    state.streamDatabase(streamDatabase);
    history.activate();
    log.info("MASTER <-> REPLICA sync: Finished with success ({} bytes in {} seconds)", transfer.received(),
        String.format(Locale.ROOT, "%.3f", (clock.nanos() - syncStartNanos) / 1e9));
    if (detached) {
      answer();
      return;
    }
    open();
    if (transfer.isMarked()) acknowledge();
    link.accept(PrimaryLink.DatasetReady.INSTANCE);
  }

  @Override
  public void failed() {
    sync = null;
    if (detached) answer();
    else link.accept(PrimaryLink.Reconnect.LATER);
  }

  // ---- the stream --------------------------------------------------------------------------------------------------

  /** @param id of the history from now on; null if it is the same */
  private void goOn(String id) {
    if (id != null && !id.equals(state.history().id())) {
      log.warn("Master replication ID changed to {}", id);
      state.history(state.history().branched(id, history.end()));
      replicas.disconnectAll(); // they have to hear of it
    }
    if (!history.isActive()) history.activate();
    open();
  }

  private void open() {
    long now = clock.millis();
    Session session = new Session(statistics.nextClientId(), AddressText.of(connection.primary()),
        AddressText.of(connection.own()), now);
    session.primary = true;
    session.authenticated = true;
    session.user = "(superuser)";
    session.replyMode = Session.ReplyMode.OFF;
    session.database = state.streamDatabase();
    stream = new PrimaryStream(owner, table, history, session, this);
    clients.add(stream.client());
    state.downSince(0);
    state.lastIo(now);
    state.readOffset(history.end());
  }

  private void apply(byte[] piece) {
    if (stream == null || stream.client().gone) return;
    state.readOffset(state.readOffset() + piece.length);
    if (pause.mode() == Pause.Mode.NONE && held.isEmpty()) {
      if (applyNow(piece)) readOn();
      return;
    }
    held.add(piece);
    heldBytes += piece.length;
    if (heldBytes < MOST_HELD_BYTES) readOn(); // the primary's sign of life is in there, too
  }

  /** False if nothing more of this stream is to be applied. */
  private boolean applyNow(byte[] piece) {
    PrimaryStream open = stream;
    String wrong;
    try {
      wrong = open.apply(piece);
    } catch (RuntimeException fault) {
      giveUpStream(); // some of the piece is applied, and nobody knows how much
      throw fault;
    }
    state.streamDatabase(open.client().session.database);
    if (stream != open) return false; // it was cut, or we are somebody else's replica by now
    if (wrong == null) return true;
    log.warn("Protocol error ({}) from master", wrong);
    giveUpStream(); // nobody knows what was meant
    return false;
  }

  /** A pause has ended, if no other goes on: applies what came meanwhile. */
  public void unpaused() {
    boolean full = heldBytes >= MOST_HELD_BYTES;
    while (!held.isEmpty() && pause.mode() == Pause.Mode.NONE) {
      byte[] piece = held.poll();
      heldBytes -= piece.length;
      if (!applyNow(piece)) return;
    }
    if (full && heldBytes < MOST_HELD_BYTES) readOn();
  }

  /** What was not applied will come again. */
  private void forgetHeld() {
    held.clear();
    heldBytes = 0;
  }

  /** What follows cannot be applied to what is here: the next connection begins with a dataset. */
  private void giveUpStream() {
    state.resumable(false);
    if (link != null) link.accept(PrimaryLink.Reconnect.LATER);
  }

  /** A command of our primary failed here: the datasets are not equal any more. */
  @Override
  public void failed(String error, String command) {
    log.warn("== CRITICAL == This replica is sending an error to its master: '{}' after processing the command '{}'",
        Errors.logged(error), command);
    statistics.unexpectedErrors++;
    if (!config.text(Directive.PROPAGATION_ERROR_BEHAVIOR).equals("ignore")
        && config.flag(Directive.REPLICA_READ_ONLY)) {
      control.crash("This replica panicked sending an error to its master after processing the command '" + command
          + "'");
    }
  }

  /** A command of our primary is about to change what cannot be kept on disk here. */
  public void notKept(CommandSpec spec) {
    if (!config.flag(Directive.REPLICA_IGNORE_DISK_WRITE_ERRORS) && !spec.fullName.equals("ping")) {
      control.crash("Replica was unable to write command to disk.");
      return;
    }
    long now = clock.millis();
    if (now - notKeptLoggedMillis <= NOT_KEPT_LOG_MILLIS) return;
    notKeptLoggedMillis = now;
    log.warn("Replica is applying a command even though it is unable to write to disk.");
  }

  @Override
  public void asked() {
    acknowledge();
  }

  @Override
  public void cut() {
    if (link != null) link.accept(PrimaryLink.Reconnect.AT_ONCE);
  }

  /** Once a second: tells our primary how far we are. */
  public void tick() {
    if (stream != null && state.isResumable()) acknowledge();
  }

  private void acknowledge() {
    RequestBuffer command = new RequestBuffer();
    command.add(REPLCONF, ACK, Bytes.of(history.end()));
    link.accept(new PrimaryLink.Send(ByteString.fromArray(command.array(), 0, command.size())));
  }

  // ---- figures -----------------------------------------------------------------------------------------------------

  /** Bytes that came from primaries: datasets and streams. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** CONFIG RESETSTAT. */
  public void resetStats() {
    receivedBytes = 0;
  }

  /** The lines of INFO about a replica's link; none for a primary. */
  public void describe(BiConsumer<String, Object> field) {
    if (!state.isReplica()) return;
    long now = clock.millis();
    boolean up = state.isLinkUp();
    long applied = state.isResumable() ? history.end() : 1;
    field.accept("master_host", state.primary().host());
    field.accept("master_port", state.primary().port());
    field.accept("master_link_status", up ? "up" : "down");
    field.accept("master_last_io_seconds_ago", up ? secondsSince(state.lastIoMillis(), now) : -1);
    field.accept("master_sync_in_progress", state.isSyncing() ? 1 : 0);
    field.accept("slave_read_repl_offset", state.isResumable() ? state.readOffset() : 1);
    field.accept("slave_repl_offset", applied);
    if (state.isSyncing()) describeTransfer(field, now);
    if (!up) {
      long since = state.downSinceMillis();
      field.accept("master_link_down_since_seconds", since == 0 ? -1 : secondsSince(since, now));
    }
    field.accept("slave_priority", config.number(Directive.REPLICA_PRIORITY));
    field.accept("slave_read_only", config.flag(Directive.REPLICA_READ_ONLY) ? 1 : 0);
    field.accept("replica_announced", config.flag(Directive.REPLICA_ANNOUNCED) ? 1 : 0);
  }

  private void describeTransfer(BiConsumer<String, Object> field, long nowMillis) {
    boolean begun = sync != null;
    long total = !begun ? -1 : Math.max(0, transfer.length());
    long received = begun ? transfer.received() : 0;
    field.accept("master_sync_total_bytes", total);
    field.accept("master_sync_read_bytes", received);
    field.accept("master_sync_left_bytes", total - received);
    field.accept("master_sync_perc", String.format(Locale.ROOT, "%.2f", total <= 0 ? 0 : 100.0 * received / total));
    field.accept("master_sync_last_io_seconds_ago", secondsSince(state.lastIoMillis(), nowMillis));
  }

  private static long secondsSince(long millis, long nowMillis) {
    return nowMillis / 1000 - millis / 1000;
  }
}
