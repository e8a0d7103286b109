package org.understudy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.understudy.acl.AclLog;
import org.understudy.acl.Denial;
import org.understudy.acl.Users;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.bytes.SpareArrays;
import org.understudy.command.BitCommands;
import org.understudy.command.BitfieldCommands;
import org.understudy.command.Call;
import org.understudy.command.CommandCommands;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.DatabaseCommands;
import org.understudy.command.DumpCommands;
import org.understudy.command.ExpiryCommands;
import org.understudy.command.GeoCommands;
import org.understudy.command.HashCommands;
import org.understudy.command.HyperLogLogCommands;
import org.understudy.command.KeyCommands;
import org.understudy.command.ListCommands;
import org.understudy.command.ListForms;
import org.understudy.command.ListPopCommands;
import org.understudy.command.Session;
import org.understudy.command.SetCommands;
import org.understudy.command.SortCommands;
import org.understudy.command.SortedSetAlgebraCommands;
import org.understudy.command.SortedSetCommands;
import org.understudy.command.SortedSetPopCommands;
import org.understudy.command.SortedSetRangeCommands;
import org.understudy.command.StreamCommands;
import org.understudy.command.StringCommands;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.collection.CollectionForm;
import org.understudy.persistence.DiskFileSystem;
import org.understudy.persistence.FileSystem;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.SpillFiles;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.Background;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.ClientCommands;
import org.understudy.shard.clients.ClientCron;
import org.understudy.shard.clients.ClientParts;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.KeyWaits;
import org.understudy.shard.clients.Monitors;
import org.understudy.shard.clients.OutputLimits;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.PausedClients;
import org.understudy.shard.clients.PendingAnswer;
import org.understudy.shard.clients.PubSub;
import org.understudy.shard.clients.PubSubCommands;
import org.understudy.shard.clients.ShardMessage;
import org.understudy.shard.clients.Tracking;
import org.understudy.shard.clients.TransactionCommands;
import org.understudy.shard.clients.Watches;
import org.understudy.shard.history.Backlog;
import org.understudy.shard.history.Continuity;
import org.understudy.shard.history.HistoryParts;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.persistence.SaveCommands;
import org.understudy.shard.replication.AmnesiaGuard;
import org.understudy.shard.replication.Failover;
import org.understudy.shard.replication.PrimaryCommands;
import org.understudy.shard.replication.Replacement;
import org.understudy.shard.replication.ReplicaCommands;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.replication.Upstream;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.server.ServerParts;
import org.understudy.shard.statistics.CommandExecutor;
import org.understudy.shard.statistics.ConnectionCounters;
import org.understudy.shard.statistics.LatencyCommands;
import org.understudy.shard.statistics.LatencyMonitor;
import org.understudy.shard.statistics.LoopStats;
import org.understudy.shard.statistics.SlowCommands;
import org.understudy.shard.statistics.SlowLog;
import org.understudy.shard.statistics.SlowLogCommands;
import org.understudy.shard.statistics.Statistics;

/**
 * Wires the shard by hand: makes its parts, gives each command family the parts that it needs, and builds the
 * command table from their rows.
 */
public final class ShardParts {
  /** What slow replicas need of the log beyond its size goes to files from here on. */
  private static final long LOG_GRACE_BYTES = 4 << 20;

  final ServerParts server;
  final ClientParts clientParts;
  final Config config;
  final Clock clock;
  final Moment moment;
  final Keyspace keyspace;
  final Users users;
  final AclLog aclLog;
  final Admission admission;
  final Pause pause = new Pause();
  final PausedClients paused;
  final Clients clients;
  final Watches watches = new Watches();
  final PubSub pubSub;
  final Tracking tracking;
  final Monitors monitors;
  final ClientCron clientCron;
  /** Counters of all loops, the shard's first. */
  final List<LoopStats> stats = new ArrayList<>();
  final ServerFacts facts;
  final ServerControl control;
  final Statistics statistics;
  final Memory memory;
  final SlowLog slowLog;
  final LatencyMonitor latencyMonitor;
  final MemoryLimit memoryLimit;
  final SlowCommands slowCommands;
  final ReplicationState replication = new ReplicationState();
  final SpillFiles spillFiles;
  final ReplicationLog replicationLog;
  final Propagation propagation;
  final Backlog backlog;
  final HistoryParts history;
  final Continuity continuity;
  final BlockedClients blocked;
  final KeyWaits keyWaits;
  final ListForms listForms;
  final Background background;
  final Notifications notifications;
  final DumpCommands dumpCommands;
  final Persistence persistence;
  final UserFile userFile;
  final Replicas replicas;
  final Replacement replacement;
  final Upstream upstream;
  final OwnExpiries ownExpiries;
  final AmnesiaGuard amnesiaGuard;
  final Failover failover;
  final ShutdownSequence shutdowns;
  final MigrationTargets migrationTargets = new MigrationTargets();
  private final Mode mode;
  private final Info info;
  private final CommandTable table;
  private final Shard shard;

  /**
   * @param seed secret of the process for its hash tables
   * @param connectionRows the commands that connections answer themselves
   * @param control what commands can do to the process
   * @param files where the dataset is kept
   */
  public ShardParts(Config config, Clock clock, long seed, Function<ShardParts, List<CommandSpec>> connectionRows,
      ServerFacts facts, ServerControl control, FileSystem files, Mode mode) {
    this.mode = mode;
    this.config = config;
    this.clock = clock;
    this.facts = facts;
    this.control = control;
    moment = new Moment(clock);
    keyspace = new Keyspace(config.databases(), seed, moment, clock::nanos, CollectionForm.values());
    users = new Users(config);
    aclLog = new AclLog(config);
    paused = new PausedClients(pause, clock);
    admission = new Admission(config, users, aclLog);
    statistics = new Statistics(stats, keyspace);
    clients = new Clients(config, clock, statistics);
    pubSub = new PubSub(clients);
    tracking = new Tracking(config, clients, seed);
    monitors = new Monitors(clock, clients);
    clientCron = new ClientCron(config, clients);
    spillFiles = new SpillFiles(files, () -> config.resolve("."), facts.processId());
    replicationLog = new ReplicationLog(config.number(Directive.REPL_BACKLOG_SIZE), LOG_GRACE_BYTES, spillFiles);
    memory = new Memory(keyspace, clients, replicationLog, this::attachedReplicas, this::unwrittenBytes);
    slowLog = new SlowLog(config);
    latencyMonitor = new LatencyMonitor(config);
    server = new ServerParts(config, clock, keyspace, facts, control, statistics, latencyMonitor);
    memoryLimit = new MemoryLimit(config, clock, keyspace, memory, pause, admission, latencyMonitor);
    slowCommands = new SlowCommands(config, slowLog, latencyMonitor);
    blocked = new BlockedClients(this::answered, this::failed);
    listForms = new ListForms(config);
    dumpCommands = new DumpCommands(listForms, statistics.integrityChecks);
    keyWaits = new KeyWaits(keyspace, blocked);
    clientParts = new ClientParts(clients, blocked, pause, admission);
    background = new Background(clients, blocked);
    propagation = new Propagation(replicationLog);
    backlog = new Backlog(config, replication, replicationLog);
    history = new HistoryParts(replication, replicationLog, propagation, backlog);
    continuity = new Continuity(server, history, files);
    notifications = new Notifications(config, pubSub::publish);
    persistence = new Persistence(server, clientParts, propagation, continuity, this::table, listForms,
        mode.hasDataset(), memory::used, files);
    userFile = new UserFile(config, users, files);
    replicas = new Replicas(server, clientParts, history, persistence);
    replacement = new Replacement(server, persistence);
    amnesiaGuard = new AmnesiaGuard(server, replication, persistence);
    upstream = new Upstream(server, clientParts, history, replicas, replacement, amnesiaGuard, this::table);
    ownExpiries = new OwnExpiries(keyspace);
    failover = new Failover(clock, paused, replicationLog, replicas, upstream);
    shutdowns = new ShutdownSequence(this);
    shard = new Shard(this);
    info = new Info(this, this::table, shard.cron()::hz);
    CommandTable named = new CommandTable(mode.rows(this, rows(connectionRows.apply(this))));
    users.start(named);
    for (Config.Rename rename : config.renamedCommands()) named = named.renamed(rename.from(), rename.to());
    table = named;
  }

  /** Parts in a process that commands can do nothing to. */
  public ShardParts(Config config, Clock clock, long seed, Function<ShardParts, List<CommandSpec>> connectionRows) {
    this(config, clock, seed, connectionRows, ServerFacts.ofProcess(clock), ServerControl.NONE, new DiskFileSystem(),
        Mode.STANDALONE);
  }

  private List<CommandSpec> rows(List<CommandSpec> connectionRows) {
    List<CommandSpec> rows = new ArrayList<>(connectionRows);
    rows.addAll(new CommandCommands(this::table).rows());
    rows.addAll(KeyCommands.rows());
    rows.addAll(ExpiryCommands.rows());
    rows.addAll(DatabaseCommands.rows());
    rows.addAll(StringCommands.rows());
    rows.addAll(BitCommands.rows());
    rows.addAll(BitfieldCommands.rows());
    rows.addAll(HashCommands.rows());
    rows.addAll(SetCommands.rows());
    rows.addAll(new ListCommands(listForms).rows());
    rows.addAll(new ListPopCommands(listForms).rows());
    rows.addAll(HyperLogLogCommands.rows());
    rows.addAll(SortCommands.rows());
    rows.addAll(dumpCommands.rows());
    rows.addAll(new MigrateCommand(shard, paused, migrationTargets).rows());
    rows.addAll(SortedSetCommands.rows());
    rows.addAll(SortedSetRangeCommands.rows());
    rows.addAll(SortedSetPopCommands.rows());
    rows.addAll(StreamCommands.rows());
    rows.addAll(SortedSetAlgebraCommands.rows());
    rows.addAll(GeoCommands.rows());
    rows.addAll(new PubSubCommands(pubSub, clients).rows());
    rows.addAll(new ClientCommands(paused, shard.executor(), clients, tracking, pubSub, watches, monitors, blocked,
        users).rows());
    rows.addAll(new AclCommands(this).rows());
    rows.addAll(new TransactionCommands(watches, clients, shard.executor(), admission).rows());
    rows.addAll(new ServerCommands(this, info).rows());
    rows.addAll(new ReplicaCommands(clients, statistics, history, replicas, upstream, failover, amnesiaGuard).rows());
    rows.addAll(new PrimaryCommands(clients, replication, replicas, upstream, failover).rows());
    rows.addAll(new SaveCommands(persistence, clients, blocked).rows());
    rows.addAll(new ConfigCommands(this).rows());
    rows.addAll(ClusterCommands.rows());
    rows.addAll(ModuleCommands.rows());
    rows.addAll(new SlowLogCommands(slowLog).rows());
    rows.addAll(new LatencyCommands(latencyMonitor, statistics, this::table).rows());
    rows.addAll(new MemoryCommands(memory, keyspace, clients, background).rows());
    rows.addAll(new DebugCommands(this, shard.cron()::pause).rows());
    return rows;
  }

  private void answered(Client client) {
    shard.answered(client);
  }

  private void failed(CommandSpec command, String error) {
    shard.executor().failed(command, error);
  }

  /**
   * Makes the users of the configuration or of {@code aclfile}. Reads the file. To be called before the start.
   *
   * @return false if there is something wrong with them, which the log explains: the server must not start
   */
  public boolean loadUsers() {
    return userFile.loadAtStart();
  }

  /** Where connections are counted. To be called before the start. */
  public void connections(ConnectionCounters counters) {
    statistics.connections(counters);
  }

  /**
   * The dataset is to be loaded: until {@link #load} has done so, what needs it is refused. To be called before the
   * start.
   */
  public void awaitDataset() {
    persistence.awaitDataset();
  }

  /**
   * Loads the dataset. On the shard's loop.
   *
   * @param stop whether to give up
   * @param ended is told on the loop how it ended; what cannot be loaded is explained in the log
   */
  public void load(BooleanSupplier stop, Consumer<RdbFiles.Outcome> ended) {
    persistence.load(stop, outcome -> {
      ended.accept(outcome);
      if (!persistence.isLoading()) upstream.begin();
    });
  }

  /**
   * Ends the server as SHUTDOWN does. On the shard's loop.
   *
   * @param flags {@code Config.SHUTDOWN_*} bits
   * @return null if it ends, or will when its replicas have caught up; else the reason why not
   */
  public String shutDown(int flags) {
    return shutdowns.beginOnSignal(flags);
  }

  /** The process ends now, whatever is being saved: removes the unfinished file. From any thread; may block. */
  public void removeUnfinishedSave() {
    persistence.files().removeUnfinished();
  }

  private int attachedReplicas() {
    return replicas.size();
  }

  private long unwrittenBytes() {
    return persistence.appendOnly().unwrittenBytes();
  }

  public Shard shard() {
    return shard;
  }

  public CommandTable table() {
    return table;
  }

  /** Bytes that the dataset and the clients take, as INFO's used_memory. On the shard's loop only. */
  public long usedMemory() {
    return memory.used();
  }

  public Mode mode() {
    return mode;
  }

  /** The sections of INFO of these names, in INFO's order. On the shard's loop only. */
  public String info(List<String> sections) {
    return sections.isEmpty() ? "" : info.text(sections.stream().map(Bytes::of).toArray(byte[][]::new), 0);
  }

  /** Sends a message to all who listen to the channel. On the shard's loop only. */
  public void publish(byte[] channel, byte[] message) {
    pubSub.publish(channel, message);
    clients.closeOverLimit();
  }

  /** Has the client of a command that runs on the shard wait for an answer from elsewhere; its handler writes none. */
  public PendingAnswer answerLater(Call call) {
    return background.later(call);
  }

  public Admission admission() {
    return admission;
  }

  /** The lines about users that a rewritten configuration has; from any thread. */
  public List<String> userLines() {
    return userFile.configurationLines();
  }

  public Users users() {
    return users;
  }

  /** Takes down that the client of a command gave a wrong name or password. On any loop. */
  public void noteFailedLogIn(Call call, String user) {
    Session session = call.session;
    String command = Bytes.string(call.argv[0]);
    AclLog.Context context = call.inTransaction ? AclLog.Context.MULTI : AclLog.Context.TOPLEVEL;
    shard.later(() -> {
      Client client = clients.of(session);
      if (client == null) return;
      aclLog.add(Denial.Reason.AUTH, context, command, user, clock.millis(), clients.info(client));
    });
  }

  public Pause pause() {
    return pause;
  }

  public OutputLimits outputLimits() {
    return clients.limits;
  }

  public ReplicationState replication() {
    return replication;
  }

  public Config config() {
    return config;
  }

  public Clock clock() {
    return clock;
  }

  /** Arrays for the arguments of connections: those that the keyspace has to spare, if they are on its loop. */
  public SpareArrays sparesOfConnections() {
    return config.ioThreads() == 1 ? keyspace.spares() : new SpareArrays();
  }

  /** Counters for one more loop. */
  public LoopStats newLoopStats() {
    LoopStats more = new LoopStats();
    synchronized (stats) {
      stats.add(more);
    }
    return more;
  }

  /** What the executor of a connections' loop reports to: the shard hears of slow commands only. */
  private CommandExecutor.Observer connectionObserver(Consumer<ShardMessage> shardMailbox) {
    return new CommandExecutor.Observer() {
      @Override
      public void took(Session session, CommandSpec spec, byte[][] shownArgv, long nanos) {
        shardMailbox.accept(new ShardMessage.Slow(session, spec, shownArgv, nanos));
      }
    };
  }

  /** An executor for the commands that connections run on a loop of theirs. */
  public CommandExecutor newExecutor(LoopStats stats, Consumer<ShardMessage> shardMailbox) {
    return new CommandExecutor(clock, config, stats, slowCommands::fromNanos, connectionObserver(shardMailbox));
  }

  /** Whether there is a client in MONITOR mode; readable from any loop. */
  public BooleanSupplier monitored() {
    return monitors::any;
  }
}
