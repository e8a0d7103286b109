package org.understudy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.resp.CommandError;

/**
 * The values of all directives while the server runs. Reading costs an array access and is safe from any thread: each
 * change publishes a new, immutable snapshot. Changes come from one thread at a time (the shard's, or the one that
 * starts the server).
 *
 * <p>Text has one character a byte. Directives without a getter of their own are read with {@link #number},
 * {@link #flag} and {@link #text}.
 */
public final class Config {
  /** Bits of {@link #shutdownOnSigint} and {@link #shutdownOnSigterm}; none is the default behaviour. */
  public static final int SHUTDOWN_SAVE = 1;
  public static final int SHUTDOWN_NOSAVE = 2;
  public static final int SHUTDOWN_NOW = 4;
  public static final int SHUTDOWN_FORCE = 8;

  private static final int LEAST_CLIENT_EVICTION_BYTES = 128 * 1024;

  /** A directive's name and its value, as CONFIG GET shows and CONFIG SET takes them. */
  public record Setting(String name, String value) {}

  /** {@code rename-command from to}; {@code to} is empty when the command is to be removed. */
  public record Rename(String from, String to) {}

  /**
   * What has to happen when a directive changes at run time. Runs on the thread that changes it, so it may not block.
   */
  @FunctionalInterface
  public interface Hook {
    /**
     * Called when the new values are visible, and once more after a failure, when the old ones are back.
     *
     * @return null if the change is in force, else why it can't be; all values of the same CONFIG SET then become the
     *     old ones
     */
    String apply(Config now);
  }

  /** The values of all directives, by their place in the table; immutable. */
  static final class Values {
    private final Object[] objects;
    /** The same, where they are numbers. */
    private final long[] numbers;

    Values(Object[] objects) {
      this.objects = objects;
      numbers = new long[objects.length];
      for (int i = 0; i < objects.length; i++) numbers[i] = objects[i] instanceof Long number ? number : 0;
    }

    Object of(Directive directive) {
      return objects[directive.ordinal()];
    }

    Values with(Directive directive, Object value) {
      Object[] copy = objects.clone();
      copy[directive.ordinal()] = value;
      return new Values(copy);
    }
  }

  private volatile Values values;
  private volatile List<Rename> renames = List.of();
  private volatile List<List<String>> users = List.of();
  private volatile Path file;
  private final Map<Directive, List<Hook>> hooks = new ConcurrentHashMap<>();

  private Config(Path workingDirectory) {
    Directive[] table = Directive.values();
    Object[] initial = new Object[table.length];
    for (Directive directive : table) initial[directive.ordinal()] = directive.type().initial();
    initial[Directive.DIR.ordinal()] = workingDirectory;
    values = new Values(initial);
  }

  /** Nothing configured. */
  public static Config defaults() {
    return defaults(Path.of("").toAbsolutePath());
  }

  /** @param workingDirectory where {@code dir} starts from, absolute */
  public static Config defaults(Path workingDirectory) {
    return new Config(workingDirectory);
  }

  /**
   * The configuration that the lines of a file describe, with nothing before or behind them.
   *
   * @throws ConfigFileError the lines can't be used
   */
  public static Config parse(List<String> lines) {
    Config config = defaults();
    new ConfigReader(config).readText(String.join("\n", lines));
    return config;
  }

  // ---- network ---------------------------------------------------------------------------------------------------

  /** TCP port, 0 for none. */
  public int port() {
    return (int) number(Directive.PORT);
  }

  /**
   * Addresses to listen on; {@code *} is any IPv4 and {@code ::*} any IPv6 address, a dash before one makes it
   * optional.
   */
  public List<String> bind() {
    return SpecialTypes.Bind.addresses(value(Directive.BIND));
  }

  /** Length of the queue of connections that are not accepted yet. */
  public int tcpBacklog() {
    return (int) number(Directive.TCP_BACKLOG);
  }

  /** Seconds between keep-alive probes, 0 for none. */
  public int tcpKeepalive() {
    return (int) number(Directive.TCP_KEEPALIVE);
  }

  /** Seconds after which an idle client is cut off, 0 for never. */
  public int timeout() {
    return (int) number(Directive.TIMEOUT);
  }

  public boolean protectedMode() {
    return flag(Directive.PROTECTED_MODE);
  }

  /** Path of the Unix socket, not yet resolved; empty for none. */
  public String unixsocket() {
    return text(Directive.UNIXSOCKET);
  }

  /** File mode of the Unix socket, 0 for what the umask leaves. */
  public int unixsocketperm() {
    return (int) number(Directive.UNIXSOCKETPERM);
  }

  public int ioThreads() {
    return (int) number(Directive.IO_THREADS);
  }

  // ---- the process -----------------------------------------------------------------------------------------------

  public boolean daemonize() {
    return flag(Directive.DAEMONIZE);
  }

  public Supervised supervised() {
    return Supervised.of(number(Directive.SUPERVISED));
  }

  /** Not yet resolved; empty for none. */
  public String pidfile() {
    return text(Directive.PIDFILE);
  }

  public LogLevel loglevel() {
    return LogLevel.of(number(Directive.LOGLEVEL));
  }

  /** Not yet resolved; empty for standard output. */
  public String logfile() {
    return text(Directive.LOGFILE);
  }

  public boolean syslogEnabled() {
    return flag(Directive.SYSLOG_ENABLED);
  }

  public String syslogIdent() {
    return text(Directive.SYSLOG_IDENT);
  }

  /** {@code user} or {@code local0} to {@code local7}. */
  public String syslogFacility() {
    return text(Directive.SYSLOG_FACILITY);
  }

  public int databases() {
    return (int) number(Directive.DATABASES);
  }

  public boolean alwaysShowLogo() {
    return flag(Directive.ALWAYS_SHOW_LOGO);
  }

  /** Seconds that a shutdown waits for replicas. */
  public int shutdownTimeout() {
    return (int) number(Directive.SHUTDOWN_TIMEOUT);
  }

  /** Bits such as {@link #SHUTDOWN_NOSAVE}. */
  public int shutdownOnSigint() {
    return (int) number(Directive.SHUTDOWN_ON_SIGINT);
  }

  public int shutdownOnSigterm() {
    return (int) number(Directive.SHUTDOWN_ON_SIGTERM);
  }

  // ---- who may do what -------------------------------------------------------------------------------------------

  /** Password of the default user; empty for none. */
  public String requirepass() {
    return text(Directive.REQUIREPASS);
  }

  public ProtectedAction enableProtectedConfigs() {
    return ProtectedAction.of(number(Directive.ENABLE_PROTECTED_CONFIGS));
  }

  public ProtectedAction enableDebugCommand() {
    return ProtectedAction.of(number(Directive.ENABLE_DEBUG_COMMAND));
  }

  public ProtectedAction enableModuleCommand() {
    return ProtectedAction.of(number(Directive.ENABLE_MODULE_COMMAND));
  }

  /** In the order of the configuration. */
  public List<Rename> renamedCommands() {
    return renames;
  }

  // ---- clients and their limits ----------------------------------------------------------------------------------

  public int maxclients() {
    return (int) Math.min(Integer.MAX_VALUE, number(Directive.MAXCLIENTS));
  }

  /**
   * Bytes that all clients together may use ({@code maxmemory-clients}): percentages of {@code maxmemory} worked out,
   * never below 128 KB; 0 for no limit.
   */
  public long clientEvictionLimitBytes() {
    Values now = values;
    long limit = now.numbers[Directive.MAXMEMORY_CLIENTS.ordinal()];
    if (limit < 0) {
      long maxmemory = now.numbers[Directive.MAXMEMORY.ordinal()];
      if (maxmemory == 0) return 0;
      limit = maxmemory < 0 ? Long.MAX_VALUE : (long) ((double) maxmemory * -limit / 100);
    }
    return limit == 0 ? 0 : Math.max(LEAST_CLIENT_EVICTION_BYTES, limit);
  }

  /** Bytes of one client's unfinished request. */
  public long clientQueryBufferLimit() {
    return number(Directive.CLIENT_QUERY_BUFFER_LIMIT);
  }

  public OutputLimit clientOutputBufferLimit(ClientClass clients) {
    return SpecialTypes.OutputLimits.limits(value(Directive.CLIENT_OUTPUT_BUFFER_LIMIT)).get(clients.ordinal());
  }

  /** How long a sparse HyperLogLog may get, in bytes. */
  public long hllSparseMaxBytes() {
    return number(Directive.HLL_SPARSE_MAX_BYTES);
  }

  /** Bytes of one argument. */
  public long protoMaxBulkLen() {
    return number(Directive.PROTO_MAX_BULK_LEN);
  }

  /** Bytes of a node of a stream; 0 for no limit. */
  public long streamNodeMaxBytes() {
    return number(Directive.STREAM_NODE_MAX_BYTES);
  }

  /** Entries of a node of a stream; 0 for no limit. */
  public long streamNodeMaxEntries() {
    return number(Directive.STREAM_NODE_MAX_ENTRIES);
  }

  /** 0 for no limit. */
  public long trackingTableMaxKeys() {
    return number(Directive.TRACKING_TABLE_MAX_KEYS);
  }

  // ---- memory and expiry -----------------------------------------------------------------------------------------

  /** Bytes, unsigned; 0 for no limit. */
  public long maxmemory() {
    return number(Directive.MAXMEMORY);
  }

  public MaxmemoryPolicy maxmemoryPolicy() {
    return MaxmemoryPolicy.of(number(Directive.MAXMEMORY_POLICY));
  }

  public int maxmemorySamples() {
    return (int) number(Directive.MAXMEMORY_SAMPLES);
  }

  public int maxmemoryEvictionTenacity() {
    return (int) number(Directive.MAXMEMORY_EVICTION_TENACITY);
  }

  public int lfuLogFactor() {
    return (int) number(Directive.LFU_LOG_FACTOR);
  }

  /** Minutes. */
  public int lfuDecayTime() {
    return (int) number(Directive.LFU_DECAY_TIME);
  }

  /** 1 to 10. */
  public int activeExpireEffort() {
    return (int) number(Directive.ACTIVE_EXPIRE_EFFORT);
  }

  /** Whether strings in RDB data are compressed. */
  public boolean rdbcompression() {
    return flag(Directive.RDBCOMPRESSION);
  }

  /** Whether RDB files carry a checksum, and whether that of a file is compared. */
  public boolean rdbchecksum() {
    return flag(Directive.RDBCHECKSUM);
  }

  public boolean lazyfreeLazyEviction() {
    return flag(Directive.LAZYFREE_LAZY_EVICTION);
  }

  public boolean lazyfreeLazyExpire() {
    return flag(Directive.LAZYFREE_LAZY_EXPIRE);
  }

  public boolean lazyfreeLazyServerDel() {
    return flag(Directive.LAZYFREE_LAZY_SERVER_DEL);
  }

  public boolean lazyfreeLazyUserDel() {
    return flag(Directive.LAZYFREE_LAZY_USER_DEL);
  }

  public boolean lazyfreeLazyUserFlush() {
    return flag(Directive.LAZYFREE_LAZY_USER_FLUSH);
  }

  /** Rounds of background work a second, 1 to 500. */
  public int hz() {
    return (int) number(Directive.HZ);
  }

  public boolean dynamicHz() {
    return flag(Directive.DYNAMIC_HZ);
  }

  // ---- encodings ---------------------------------------------------------------------------------------------------

  /** Fields of a hash that is packed. */
  public long hashMaxListpackEntries() {
    return number(Directive.HASH_MAX_LISTPACK_ENTRIES);
  }

  /** Bytes of a field or a value of a hash that is packed. */
  public long hashMaxListpackValue() {
    return number(Directive.HASH_MAX_LISTPACK_VALUE);
  }

  /** Members of a set of integers that is an intset. */
  public long setMaxIntsetEntries() {
    return number(Directive.SET_MAX_INTSET_ENTRIES);
  }

  /** Most elements of a chunk of a list, or, negative, which of five sizes a chunk has. */
  public int listMaxListpackSize() {
    return (int) number(Directive.LIST_MAX_LISTPACK_SIZE);
  }

  /** How many chunks at either end of a list are not compressed; 0: none is. */
  public int listCompressDepth() {
    return (int) number(Directive.LIST_COMPRESS_DEPTH);
  }

  /** Members of a sorted set that is packed. */
  public long zsetMaxListpackEntries() {
    return number(Directive.ZSET_MAX_LISTPACK_ENTRIES);
  }

  /** Bytes of a member of a sorted set that is packed. */
  public long zsetMaxListpackValue() {
    return number(Directive.ZSET_MAX_LISTPACK_VALUE);
  }

  // ---- watching the server ---------------------------------------------------------------------------------------

  /** Microseconds; 0 logs every command, -1 none. */
  public long slowlogLogSlowerThan() {
    return number(Directive.SLOWLOG_LOG_SLOWER_THAN);
  }

  public long slowlogMaxLen() {
    return number(Directive.SLOWLOG_MAX_LEN);
  }

  /** Milliseconds; 0 watches nothing. */
  public long latencyMonitorThreshold() {
    return number(Directive.LATENCY_MONITOR_THRESHOLD);
  }

  public boolean latencyTracking() {
    return flag(Directive.LATENCY_TRACKING);
  }

  /** Each from 0 to 100. */
  public List<Double> latencyTrackingInfoPercentiles() {
    return SpecialTypes.Percentiles.percentiles(value(Directive.LATENCY_TRACKING_INFO_PERCENTILES));
  }

  /** The sum of the bits of the wanted {@code NotifyClass}es. */
  public int notifyKeyspaceEvents() {
    return (int) number(Directive.NOTIFY_KEYSPACE_EVENTS);
  }

  // ---- persistence and replication -------------------------------------------------------------------------------

  /** The folder that stands in for the working directory: absolute. */
  public Path dir() {
    return (Path) value(Directive.DIR);
  }

  /** The file that a directive such as {@code pidfile} names: a relative name is relative to {@code dir}. */
  public Path resolve(String fileName) {
    return dir().resolve(FileNames.path(fileName));
  }

  public String dbfilename() {
    return text(Directive.DBFILENAME);
  }

  public List<SavePoint> save() {
    return SpecialTypes.Save.points(value(Directive.SAVE));
  }

  public boolean appendonly() {
    return flag(Directive.APPENDONLY);
  }

  public AppendFsync appendfsync() {
    return AppendFsync.of(number(Directive.APPENDFSYNC));
  }

  /**
   * Why the directives about the append-only file cannot all be kept; null if they can. Redis takes {@code
   * no-appendfsync-on-rewrite} for an exception from {@code appendfsync always}, whose promise has none here.
   */
  public String appendfsyncContradiction() {
    boolean contradicts = appendonly() && appendfsync() == AppendFsync.ALWAYS
        && flag(Directive.NO_APPENDFSYNC_ON_REWRITE);
    return contradicts ? "'appendfsync always' promises that no acknowledged write is lost, which"
        + " 'no-appendfsync-on-rewrite yes' would break" : null;
  }

  /** {@code oom-score-adj-values}: for a primary, a replica and a forked child. */
  public List<Long> oomScoreAdjValues() {
    return SpecialTypes.OomScores.scores(value(Directive.OOM_SCORE_ADJ_VALUES));
  }

  public Optional<PrimaryAddress> replicaof() {
    return SpecialTypes.ReplicaOf.primary(value(Directive.REPLICAOF));
  }

  // ---- any directive ---------------------------------------------------------------------------------------------

  /** The value of a directive whose value is a number, a choice (the index of the word) or a set of bits. */
  public long number(Directive directive) {
    return values.numbers[directive.ordinal()];
  }

  /** The value of a directive that is yes or no. */
  public boolean flag(Directive directive) {
    return values.numbers[directive.ordinal()] != 0;
  }

  /** Any value as CONFIG GET shows it; empty for none. */
  public String text(Directive directive) {
    return directive.type().text(value(directive));
  }

  Object value(Directive directive) {
    return values.objects[directive.ordinal()];
  }

  // ---- changes from within ---------------------------------------------------------------------------------------

  /**
   * Sets a directive without asking whether it may change and without running hooks: for what the server finds out
   * itself (fewer file descriptors than {@code maxclients} needs, the default {@code pidfile} of a daemon).
   *
   * @throws IllegalArgumentException the value is not one for this directive
   */
  public void assign(Directive directive, String value) {
    try {
      put(directive, directive.type().severalArguments() ? Words.splitAtSpaces(value) : List.of(value));
    } catch (BadValue e) {
      throw new IllegalArgumentException(directive.directiveName() + ": " + e.getMessage());
    }
  }

  /** What REPLICAOF and a failover leave behind; null for a primary. */
  public void assignReplicaof(PrimaryAddress primary) {
    values = values.with(Directive.REPLICAOF, Optional.ofNullable(primary));
    for (Hook hook : hooks(Directive.REPLICAOF)) hook.apply(this);
  }

  void put(Directive directive, List<String> arguments) throws BadValue {
    values = values.with(directive, directive.type().parse(arguments, value(directive)));
  }

  void putValue(Directive directive, Object value) {
    values = values.with(directive, value);
  }

  void addRename(Rename rename) {
    List<Rename> more = new ArrayList<>(renames);
    more.add(rename);
    renames = List.copyOf(more);
  }

  /** The {@code user} lines of the configuration: a name and rules each. */
  public List<List<String>> users() {
    return users;
  }

  void addUser(List<String> user) {
    List<List<String>> more = new ArrayList<>(users);
    more.add(List.copyOf(user));
    users = List.copyOf(more);
  }

  /** The configuration file, absolute; null if there is none. */
  public Path file() {
    return file;
  }

  public void file(Path path) {
    file = path;
  }

  // ---- CONFIG GET ------------------------------------------------------------------------------------------------

  /**
   * The values of all directives that a pattern names, in the order of the table, each once; aliases count as
   * directives. A name without {@code * ? [} is found in any case and answered as it was asked for; hidden directives
   * only so.
   */
  public List<Setting> get(List<String> patterns) {
    Map<String, Setting> found = new LinkedHashMap<>();
    for (String pattern : patterns) {
      if (isPattern(pattern)) {
        getMatching(Bytes.of(pattern), found);
      } else {
        Directive directive = Directive.of(pattern);
        if (directive != null) found.putIfAbsent(Words.lower(pattern), new Setting(pattern, text(directive)));
      }
    }
    return List.copyOf(found.values());
  }

  private void getMatching(byte[] pattern, Map<String, Setting> found) {
    for (Directive.Name name : Directive.allNames()) {
      if (name.directive().has(Directive.Flag.HIDDEN) || !Glob.matches(pattern, Bytes.of(name.text()), true)) continue;
      found.putIfAbsent(name.text(), new Setting(name.text(), text(name.directive())));
    }
  }

  private static boolean isPattern(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
  }

  // ---- CONFIG SET ------------------------------------------------------------------------------------------------

  /**
   * Has a hook run whenever CONFIG SET changes the directive, or REPLICAOF the one of that name; several run in the
   * order in which they were registered.
   */
  public void onChange(Directive directive, Hook hook) {
    hooks.computeIfAbsent(directive, any -> new CopyOnWriteArrayList<>()).add(hook);
  }

  /**
   * Changes values as CONFIG SET does, all or none.
   *
   * @param localClient whether the client is on this machine, for {@code enable-protected-configs local}
   * @param loading whether the dataset is being loaded, when some directives can't change
   * @return by which it can be taken back, for a caller that has something to wait for (a new port to be bound, say)
   * @throws CommandError unknown name; immutable or protected directive; named twice; a value of the wrong kind; or a
   *     hook refused: nothing has changed then
   */
  public ConfigChange set(List<Setting> settings, boolean localClient, boolean loading) {
    ConfigChange change = ConfigChange.of(this, settings, localClient, loading);
    change.publish();
    change.runHooks();
    return change;
  }

  List<Hook> hooks(Directive directive) {
    return hooks.getOrDefault(directive, List.of());
  }

  Values values() {
    return values;
  }

  /** Makes other values visible. */
  void publish(Values other) {
    values = other;
  }
}
