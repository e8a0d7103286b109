package org.understudy.config;

import static org.understudy.config.ChoiceType.numbered;
import static org.understudy.config.ChoiceType.set;
import static org.understudy.config.Directive.Flag.DENIED_WHILE_LOADING;
import static org.understudy.config.Directive.Flag.HIDDEN;
import static org.understudy.config.Directive.Flag.IMMUTABLE;
import static org.understudy.config.Directive.Flag.KEPT;
import static org.understudy.config.Directive.Flag.OURS;
import static org.understudy.config.Directive.Flag.PROTECTED;
import static org.understudy.config.Directive.Flag.SENSITIVE;
import static org.understudy.config.ValueType.alwaysNo;
import static org.understudy.config.ValueType.choice;
import static org.understudy.config.ValueType.integer;
import static org.understudy.config.ValueType.memory;
import static org.understudy.config.ValueType.memoryOrPercent;
import static org.understudy.config.ValueType.octal;
import static org.understudy.config.ValueType.optionalText;
import static org.understudy.config.ValueType.text;
import static org.understudy.config.ValueType.unsignedMemory;
import static org.understudy.config.ValueType.yesNo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The directives of Redis 7.0.15, one row each: name, alias, type with default and bounds, flags. Everything that knows
 * directives (CONFIG GET, SET and REWRITE, the file, the command line) is derived from this table.
 *
 * <p>Columns: the name; an older name that works as well, if there is one; the type: {@code yesNo(default)},
 * {@code integer(default, least, most)}, {@code memory(default, least)} in bytes, {@code octal}, {@code text},
 * {@code optionalText} (none by default), {@code choice}, {@code set} (several words) or one of {@link SpecialTypes};
 * flags, see {@link Flag}.
 */
public enum Directive {
  // ---- network ----------------------------------------------------------------------------------------------------
  BIND("bind", new SpecialTypes.Bind()),
  BIND_SOURCE_ADDR("bind-source-addr", optionalText()),
  PORT("port", integer(6379, 0, 65535)),
  TCP_BACKLOG("tcp-backlog", integer(511, 0, Rows.INT), IMMUTABLE),
  TCP_KEEPALIVE("tcp-keepalive", integer(300, 0, Rows.INT)),
  TIMEOUT("timeout", integer(0, 0, Rows.INT)),
  PROTECTED_MODE("protected-mode", yesNo(true)),
  UNIXSOCKET("unixsocket", optionalText(), IMMUTABLE),
  UNIXSOCKETPERM("unixsocketperm", octal(0, 0777), IMMUTABLE),
  IO_THREADS("io-threads", integer(1, 1, 128), IMMUTABLE),
  IO_THREADS_DO_READS("io-threads-do-reads", yesNo(false), IMMUTABLE, KEPT),
  SOCKET_MARK_ID("socket-mark-id", integer(0, 0, Rows.UINT), IMMUTABLE, KEPT),

  // ---- the process -----------------------------------------------------------------------------------------------
  DAEMONIZE("daemonize", yesNo(false), IMMUTABLE),
  SUPERVISED("supervised", choice(Supervised.NO), IMMUTABLE),
  PIDFILE("pidfile", optionalText(), IMMUTABLE),
  LOGLEVEL("loglevel", choice(LogLevel.NOTICE)),
  LOGFILE("logfile", text(""), IMMUTABLE),
  SYSLOG_ENABLED("syslog-enabled", yesNo(false), IMMUTABLE),
  SYSLOG_IDENT("syslog-ident", text("redis"), IMMUTABLE),
  SYSLOG_FACILITY("syslog-facility", choice("local0", Rows.FACILITIES), IMMUTABLE),
  DATABASES("databases", integer(16, 1, Rows.INT), IMMUTABLE),
  ALWAYS_SHOW_LOGO("always-show-logo", yesNo(false), IMMUTABLE),
  SHUTDOWN_TIMEOUT("shutdown-timeout", integer(10, 0, Rows.INT)),
  SHUTDOWN_ON_SIGINT("shutdown-on-sigint", set(Rows.SHUTDOWN_WORDS, Rows.SHUTDOWN_BITS, Rows::shutdownFlags)),
  SHUTDOWN_ON_SIGTERM("shutdown-on-sigterm", set(Rows.SHUTDOWN_WORDS, Rows.SHUTDOWN_BITS, Rows::shutdownFlags)),

  // ---- who may do what -------------------------------------------------------------------------------------------
  REQUIREPASS("requirepass", optionalText().binary(), SENSITIVE),
  ACLFILE("aclfile", text(""), IMMUTABLE),
  ACLLOG_MAX_LEN("acllog-max-len", integer(128, 0, Rows.LONG)),
  ACL_PUBSUB_DEFAULT("acl-pubsub-default", choice("resetchannels", "allchannels", "resetchannels")),
  ENABLE_PROTECTED_CONFIGS("enable-protected-configs", choice(ProtectedAction.NO), IMMUTABLE),
  ENABLE_DEBUG_COMMAND("enable-debug-command", choice(ProtectedAction.NO), IMMUTABLE),
  ENABLE_MODULE_COMMAND("enable-module-command", choice(ProtectedAction.NO), IMMUTABLE),

  // ---- clients and their limits ----------------------------------------------------------------------------------
  MAXCLIENTS("maxclients", integer(10000, 1, Rows.UINT)),
  MAXMEMORY_CLIENTS("maxmemory-clients", memoryOrPercent(0)),
  CLIENT_QUERY_BUFFER_LIMIT("client-query-buffer-limit", memory(1024 * Rows.MB, Rows.MB)),
  CLIENT_OUTPUT_BUFFER_LIMIT("client-output-buffer-limit", new SpecialTypes.OutputLimits()),
  PROTO_MAX_BULK_LEN("proto-max-bulk-len", memory(512 * Rows.MB, Rows.MB)),
  TRACKING_TABLE_MAX_KEYS("tracking-table-max-keys", integer(1_000_000, 0, Rows.LONG)),

  // ---- memory and expiry -----------------------------------------------------------------------------------------
  MAXMEMORY("maxmemory", unsignedMemory(0)),
  MAXMEMORY_POLICY("maxmemory-policy", choice(MaxmemoryPolicy.NOEVICTION)),
  MAXMEMORY_SAMPLES("maxmemory-samples", integer(5, 1, Rows.INT)),
  MAXMEMORY_EVICTION_TENACITY("maxmemory-eviction-tenacity", integer(10, 0, 100)),
  LFU_LOG_FACTOR("lfu-log-factor", integer(10, 0, Rows.INT)),
  LFU_DECAY_TIME("lfu-decay-time", integer(1, 0, Rows.INT)),
  ACTIVE_EXPIRE_EFFORT("active-expire-effort", integer(1, 1, 10)),
  LAZYFREE_LAZY_EVICTION("lazyfree-lazy-eviction", yesNo(false)),
  LAZYFREE_LAZY_EXPIRE("lazyfree-lazy-expire", yesNo(false)),
  LAZYFREE_LAZY_SERVER_DEL("lazyfree-lazy-server-del", yesNo(false)),
  LAZYFREE_LAZY_USER_DEL("lazyfree-lazy-user-del", yesNo(false)),
  LAZYFREE_LAZY_USER_FLUSH("lazyfree-lazy-user-flush", yesNo(false)),
  HZ("hz", integer(10, 0, Rows.INT).heldWithin(1, 500)),
  DYNAMIC_HZ("dynamic-hz", yesNo(true)),
  ACTIVEREHASHING("activerehashing", yesNo(true), KEPT),

  // ---- values and their encodings --------------------------------------------------------------------------------
  HASH_MAX_LISTPACK_ENTRIES("hash-max-listpack-entries", "hash-max-ziplist-entries", integer(512, 0, Rows.LONG)),
  HASH_MAX_LISTPACK_VALUE("hash-max-listpack-value", "hash-max-ziplist-value", memory(64, 0)),
  LIST_MAX_LISTPACK_SIZE("list-max-listpack-size", "list-max-ziplist-size", integer(-2, Rows.INT_MIN, Rows.INT)),
  LIST_COMPRESS_DEPTH("list-compress-depth", integer(0, 0, Rows.INT)),
  SET_MAX_INTSET_ENTRIES("set-max-intset-entries", integer(512, 0, Rows.LONG)),
  ZSET_MAX_LISTPACK_ENTRIES("zset-max-listpack-entries", "zset-max-ziplist-entries", integer(128, 0, Rows.LONG)),
  ZSET_MAX_LISTPACK_VALUE("zset-max-listpack-value", "zset-max-ziplist-value", memory(64, 0)),
  HLL_SPARSE_MAX_BYTES("hll-sparse-max-bytes", memory(3000, 0)),
  STREAM_NODE_MAX_BYTES("stream-node-max-bytes", memory(4096, 0)),
  STREAM_NODE_MAX_ENTRIES("stream-node-max-entries", integer(100, 0, Rows.LONG)),

  // ---- watching the server ---------------------------------------------------------------------------------------
  SLOWLOG_LOG_SLOWER_THAN("slowlog-log-slower-than", integer(10000, -1, Rows.LONG)),
  SLOWLOG_MAX_LEN("slowlog-max-len", integer(128, 0, Rows.LONG)),
  LATENCY_MONITOR_THRESHOLD("latency-monitor-threshold", integer(0, 0, Rows.LONG)),
  LATENCY_TRACKING("latency-tracking", yesNo(true)),
  LATENCY_TRACKING_INFO_PERCENTILES("latency-tracking-info-percentiles", new SpecialTypes.Percentiles()),
  NOTIFY_KEYSPACE_EVENTS("notify-keyspace-events", new SpecialTypes.NotifyEvents()),
  BUSY_REPLY_THRESHOLD("busy-reply-threshold", "lua-time-limit", integer(5000, 0, Rows.LONG), KEPT),

  // ---- snapshots -------------------------------------------------------------------------------------------------
  DIR("dir", new SpecialTypes.Dir(), PROTECTED, DENIED_WHILE_LOADING),
  DBFILENAME("dbfilename", text("dump.rdb").check(name -> Rows.baseName("dbfilename", "filename", name)), PROTECTED),
  SAVE("save", new SpecialTypes.Save()),
  STOP_WRITES_ON_BGSAVE_ERROR("stop-writes-on-bgsave-error", yesNo(true)),
  RDBCOMPRESSION("rdbcompression", yesNo(true)),
  RDBCHECKSUM("rdbchecksum", yesNo(true), IMMUTABLE),
  RDB_SAVE_INCREMENTAL_FSYNC("rdb-save-incremental-fsync", yesNo(true)),
  RDB_DEL_SYNC_FILES("rdb-del-sync-files", yesNo(false)),
  SANITIZE_DUMP_PAYLOAD("sanitize-dump-payload", choice("no", "no", "yes", "clients"), KEPT),
  RDB_KEY_SAVE_DELAY("rdb-key-save-delay", integer(0, Rows.INT_MIN, Rows.INT), HIDDEN),
  KEY_LOAD_DELAY("key-load-delay", integer(0, Rows.INT_MIN, Rows.INT), HIDDEN),
  LOADING_PROCESS_EVENTS_INTERVAL_BYTES("loading-process-events-interval-bytes",
      integer(2 * Rows.MB, 1024, Rows.INT), HIDDEN, KEPT),

  // ---- the append-only file --------------------------------------------------------------------------------------
  APPENDONLY("appendonly", yesNo(false), DENIED_WHILE_LOADING),
  APPENDFILENAME("appendfilename", text("appendonly.aof").check(name -> Rows.named("appendfilename", "filename", name)),
      IMMUTABLE),
  APPENDDIRNAME("appenddirname", text("appendonlydir").check(name -> Rows.named("appenddirname", "dirname", name)),
      IMMUTABLE),
  APPENDFSYNC("appendfsync", choice(AppendFsync.EVERYSEC)),
  NO_APPENDFSYNC_ON_REWRITE("no-appendfsync-on-rewrite", yesNo(false)),
  AUTO_AOF_REWRITE_PERCENTAGE("auto-aof-rewrite-percentage", integer(100, 0, Rows.INT)),
  AUTO_AOF_REWRITE_MIN_SIZE("auto-aof-rewrite-min-size", memory(64 * Rows.MB, 0)),
  AOF_REWRITE_INCREMENTAL_FSYNC("aof-rewrite-incremental-fsync", yesNo(true)),
  AOF_LOAD_TRUNCATED("aof-load-truncated", yesNo(true)),
  AOF_USE_RDB_PREAMBLE("aof-use-rdb-preamble", yesNo(true)),
  AOF_TIMESTAMP_ENABLED("aof-timestamp-enabled", yesNo(false)),
  AOF_DISABLE_AUTO_GC("aof-disable-auto-gc", yesNo(false)),
  AOF_REPLICATION_OFFSET("aof-replication-offset", yesNo(true), OURS),

  // ---- replication -----------------------------------------------------------------------------------------------
  REPLICAOF("replicaof", "slaveof", new SpecialTypes.ReplicaOf(), IMMUTABLE),
  MASTERUSER("masteruser", optionalText(), SENSITIVE),
  MASTERAUTH("masterauth", optionalText().binary(), SENSITIVE),
  REPLICA_SERVE_STALE_DATA("replica-serve-stale-data", "slave-serve-stale-data", yesNo(true)),
  REPLICA_READ_ONLY("replica-read-only", "slave-read-only", yesNo(true)),
  REPLICA_IGNORE_MAXMEMORY("replica-ignore-maxmemory", "slave-ignore-maxmemory", yesNo(true)),
  REPLICA_IGNORE_DISK_WRITE_ERRORS("replica-ignore-disk-write-errors", yesNo(false), KEPT),
  REPLICA_LAZY_FLUSH("replica-lazy-flush", "slave-lazy-flush", yesNo(false), KEPT),
  REPLICA_PRIORITY("replica-priority", "slave-priority", integer(100, 0, Rows.INT)),
  REPLICA_ANNOUNCED("replica-announced", yesNo(true)),
  REPLICA_ANNOUNCE_IP("replica-announce-ip", "slave-announce-ip", optionalText()),
  REPLICA_ANNOUNCE_PORT("replica-announce-port", "slave-announce-port", integer(0, 0, 65535)),
  REPL_TIMEOUT("repl-timeout", integer(60, 1, Rows.INT)),
  REPL_PING_REPLICA_PERIOD("repl-ping-replica-period", "repl-ping-slave-period", integer(10, 1, Rows.INT)),
  REPL_DISABLE_TCP_NODELAY("repl-disable-tcp-nodelay", yesNo(false)),
  REPL_BACKLOG_SIZE("repl-backlog-size", memory(Rows.MB, 1).heldWithin(16 << 10, Long.MAX_VALUE)),
  REPL_AMNESIA_GUARD("repl-amnesia-guard", yesNo(false), OURS),
  REPL_SPILL_LIMIT("repl-spill-limit", memory(4096 * Rows.MB, 0), OURS),
  REPL_BACKLOG_TTL("repl-backlog-ttl", integer(3600, 0, Rows.LONG)),
  REPL_DISKLESS_SYNC("repl-diskless-sync", yesNo(true)),
  REPL_DISKLESS_SYNC_DELAY("repl-diskless-sync-delay", integer(5, 0, Rows.INT)),
  REPL_DISKLESS_SYNC_MAX_REPLICAS("repl-diskless-sync-max-replicas", integer(0, 0, Rows.INT)),
  REPL_DISKLESS_LOAD("repl-diskless-load", choice("disabled", "disabled", "on-empty-db", "swapdb"),
      DENIED_WHILE_LOADING),
  MIN_REPLICAS_TO_WRITE("min-replicas-to-write", "min-slaves-to-write", integer(0, 0, Rows.INT)),
  MIN_REPLICAS_MAX_LAG("min-replicas-max-lag", "min-slaves-max-lag", integer(10, 0, Rows.INT)),
  PROPAGATION_ERROR_BEHAVIOR("propagation-error-behavior", choice("ignore", "ignore", "panic", "panic-on-replicas")),

  // ---- TLS: kept, but a server that would have to speak it does not start ----------------------------------------
  TLS_PORT("tls-port", integer(0, 0, 65535).check(port -> port == 0 ? null : Rows.NO_TLS)),
  TLS_REPLICATION("tls-replication", alwaysNo(Rows.NO_TLS)),
  TLS_CLUSTER("tls-cluster", alwaysNo(Rows.NO_TLS)),
  TLS_CERT_FILE("tls-cert-file", optionalText().volatileContents(), KEPT),
  TLS_KEY_FILE("tls-key-file", optionalText().volatileContents(), KEPT),
  TLS_KEY_FILE_PASS("tls-key-file-pass", optionalText(), KEPT),
  TLS_CLIENT_CERT_FILE("tls-client-cert-file", optionalText().volatileContents(), KEPT),
  TLS_CLIENT_KEY_FILE("tls-client-key-file", optionalText().volatileContents(), KEPT),
  TLS_CLIENT_KEY_FILE_PASS("tls-client-key-file-pass", optionalText(), KEPT),
  TLS_DH_PARAMS_FILE("tls-dh-params-file", optionalText().volatileContents(), KEPT),
  TLS_CA_CERT_FILE("tls-ca-cert-file", optionalText().volatileContents(), KEPT),
  TLS_CA_CERT_DIR("tls-ca-cert-dir", optionalText().volatileContents(), KEPT),
  TLS_AUTH_CLIENTS("tls-auth-clients", choice("yes", "no", "yes", "optional"), KEPT),
  TLS_PROTOCOLS("tls-protocols", optionalText(), KEPT),
  TLS_CIPHERS("tls-ciphers", optionalText(), KEPT),
  TLS_CIPHERSUITES("tls-ciphersuites", optionalText(), KEPT),
  TLS_PREFER_SERVER_CIPHERS("tls-prefer-server-ciphers", yesNo(false), KEPT),
  TLS_SESSION_CACHING("tls-session-caching", yesNo(true), KEPT),
  TLS_SESSION_CACHE_SIZE("tls-session-cache-size", integer(20480, 0, Rows.INT), KEPT),
  TLS_SESSION_CACHE_TIMEOUT("tls-session-cache-timeout", integer(300, 0, Rows.INT), KEPT),

  // ---- cluster mode: kept, but a server that would have to be a node of a cluster does not start -----------------
  CLUSTER_ENABLED("cluster-enabled", alwaysNo("cluster mode is not supported by Understudy"), IMMUTABLE),
  CLUSTER_CONFIG_FILE("cluster-config-file", text("nodes.conf"), IMMUTABLE, KEPT),
  CLUSTER_PORT("cluster-port", integer(0, 0, 65535), IMMUTABLE, KEPT),
  CLUSTER_NODE_TIMEOUT("cluster-node-timeout", integer(15000, 0, Rows.LONG), KEPT),
  CLUSTER_ANNOUNCE_IP("cluster-announce-ip", optionalText(), KEPT),
  CLUSTER_ANNOUNCE_HOSTNAME("cluster-announce-hostname", optionalText().check(Rows::hostname), KEPT),
  CLUSTER_ANNOUNCE_PORT("cluster-announce-port", integer(0, 0, 65535), KEPT),
  CLUSTER_ANNOUNCE_TLS_PORT("cluster-announce-tls-port", integer(0, 0, 65535), KEPT),
  CLUSTER_ANNOUNCE_BUS_PORT("cluster-announce-bus-port", integer(0, 0, 65535), KEPT),
  CLUSTER_PREFERRED_ENDPOINT_TYPE("cluster-preferred-endpoint-type",
      choice("ip", "ip", "hostname", "unknown-endpoint"), KEPT),
  CLUSTER_REPLICA_VALIDITY_FACTOR("cluster-replica-validity-factor", "cluster-slave-validity-factor",
      integer(10, 0, Rows.INT), KEPT),
  CLUSTER_REPLICA_NO_FAILOVER("cluster-replica-no-failover", "cluster-slave-no-failover", yesNo(false), KEPT),
  CLUSTER_MIGRATION_BARRIER("cluster-migration-barrier", integer(1, 0, Rows.INT), KEPT),
  CLUSTER_ALLOW_REPLICA_MIGRATION("cluster-allow-replica-migration", yesNo(true), KEPT),
  CLUSTER_REQUIRE_FULL_COVERAGE("cluster-require-full-coverage", yesNo(true), KEPT),
  CLUSTER_ALLOW_READS_WHEN_DOWN("cluster-allow-reads-when-down", yesNo(false), KEPT),
  CLUSTER_ALLOW_PUBSUBSHARD_WHEN_DOWN("cluster-allow-pubsubshard-when-down", yesNo(true), KEPT),
  CLUSTER_LINK_SENDBUF_LIMIT("cluster-link-sendbuf-limit", unsignedMemory(0), KEPT),

  // ---- without meaning on a JVM: kept and shown ------------------------------------------------------------------
  JEMALLOC_BG_THREAD("jemalloc-bg-thread", yesNo(true), KEPT),
  ACTIVEDEFRAG("activedefrag", alwaysNo("Active defragmentation cannot be enabled: it requires a Redis server compiled"
      + " with a modified Jemalloc like the one shipped by default with the Redis source distribution")),
  ACTIVE_DEFRAG_IGNORE_BYTES("active-defrag-ignore-bytes", memory(100 * Rows.MB, 1), KEPT),
  ACTIVE_DEFRAG_THRESHOLD_LOWER("active-defrag-threshold-lower", integer(10, 0, 1000), KEPT),
  ACTIVE_DEFRAG_THRESHOLD_UPPER("active-defrag-threshold-upper", integer(100, 0, 1000), KEPT),
  ACTIVE_DEFRAG_CYCLE_MIN("active-defrag-cycle-min", integer(1, 1, 99), KEPT),
  ACTIVE_DEFRAG_CYCLE_MAX("active-defrag-cycle-max", integer(25, 1, 99), KEPT),
  ACTIVE_DEFRAG_MAX_SCAN_FIELDS("active-defrag-max-scan-fields", integer(1000, 1, Rows.LONG), KEPT),
  OOM_SCORE_ADJ("oom-score-adj", numbered(0, Rows.OOM_WORDS, Rows.OOM_NUMBERS)),
  OOM_SCORE_ADJ_VALUES("oom-score-adj-values", new SpecialTypes.OomScores()),
  DISABLE_THP("disable-thp", yesNo(true), IMMUTABLE, KEPT),
  CRASH_LOG_ENABLED("crash-log-enabled", yesNo(true)),
  CRASH_MEMCHECK_ENABLED("crash-memcheck-enabled", yesNo(true), KEPT),
  USE_EXIT_ON_PANIC("use-exit-on-panic", yesNo(false), HIDDEN, KEPT),
  WATCHDOG_PERIOD("watchdog-period", integer(0, 0, Rows.INT), HIDDEN),
  SET_PROC_TITLE("set-proc-title", yesNo(true), IMMUTABLE, KEPT),
  PROC_TITLE_TEMPLATE("proc-title-template",
      text("{title} {listen-addr} {server-mode}").check(Rows::titleTemplate), KEPT),
  SERVER_CPULIST("server_cpulist", optionalText(), IMMUTABLE, KEPT),
  BIO_CPULIST("bio_cpulist", optionalText(), IMMUTABLE, KEPT),
  AOF_REWRITE_CPULIST("aof_rewrite_cpulist", optionalText(), IMMUTABLE, KEPT),
  BGSAVE_CPULIST("bgsave_cpulist", optionalText(), IMMUTABLE, KEPT),
  IGNORE_WARNINGS("ignore-warnings", text(""), KEPT);

  enum Flag {
    /** Can be set in the file and on the command line only. */
    IMMUTABLE,
    /** CONFIG SET needs {@code enable-protected-configs}. */
    PROTECTED,
    /** The value is a secret: logs and MONITOR do not show it. */
    SENSITIVE,
    /** CONFIG GET shows it only to those who know its name. */
    HIDDEN,
    /** CONFIG SET is refused while the dataset is being loaded. */
    DENIED_WHILE_LOADING,
    /** Accepted, kept, shown and rewritten, but nothing here depends on it. */
    KEPT,
    /** Redis does not have it, and would not read a file with it. */
    OURS
  }

  /** One name that a directive goes by. */
  record Name(String text, Directive directive) {}

  private static final List<Name> NAMES = names();
  private static final Map<String, Name> BY_NAME = byName();

  private final String directiveName;
  private final String alias;
  private final ValueType type;
  private final Set<Flag> flags;

  Directive(String name, ValueType type, Flag... flags) {
    this(name, null, type, flags);
  }

  Directive(String name, String alias, ValueType type, Flag... flags) {
    this.directiveName = name;
    this.alias = alias;
    this.type = type;
    Set<Flag> all = EnumSet.noneOf(Flag.class);
    Collections.addAll(all, flags);
    this.flags = Collections.unmodifiableSet(all);
  }

  private static List<Name> names() {
    List<Name> names = new ArrayList<>();
    for (Directive directive : values()) {
      names.add(new Name(directive.directiveName, directive));
      if (directive.alias != null) names.add(new Name(directive.alias, directive));
    }
    return List.copyOf(names);
  }

  private static Map<String, Name> byName() {
    Map<String, Name> byName = new HashMap<>();
    for (Name name : NAMES) byName.put(name.text, name);
    return Map.copyOf(byName);
  }

  /** All names in the order of the table, an alias after its directive. */
  static List<Name> allNames() {
    return NAMES;
  }

  /** The name, in whatever case it is written, or null. */
  static Name named(String name) {
    return BY_NAME.get(Words.lower(name));
  }

  /** The directive of that name or alias, in whatever case it is written, or null. */
  public static Directive of(String name) {
    Name found = named(name);
    return found == null ? null : found.directive;
  }

  /** As written in files. */
  public String directiveName() {
    return directiveName;
  }

  ValueType type() {
    return type;
  }

  public boolean immutable() {
    return flags.contains(Flag.IMMUTABLE);
  }

  /** Whether the value is a secret that must not reach logs, MONITOR or SLOWLOG. */
  public boolean sensitive() {
    return flags.contains(Flag.SENSITIVE);
  }

  /** Whether nothing here depends on the value. */
  public boolean kept() {
    return flags.contains(Flag.KEPT);
  }

  /** Whether Redis does not have it. */
  public boolean ours() {
    return flags.contains(Flag.OURS);
  }

  boolean has(Flag flag) {
    return flags.contains(flag);
  }

  /** Constants and conditions that the rows share; apart, since an enum's rows can't refer to its own constants. */
  private static final class Rows {
    static final long MB = 1024 * 1024;
    static final long INT = Integer.MAX_VALUE;
    static final long INT_MIN = Integer.MIN_VALUE;
    static final long UINT = 0xFFFFFFFFL;
    static final long LONG = Long.MAX_VALUE;
    static final String NO_TLS = "TLS is not supported by Understudy";
    static final String[] FACILITIES =
        {"user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"};
    static final String[] SHUTDOWN_WORDS = {"default", "save", "nosave", "now", "force"};
    static final long[] SHUTDOWN_BITS =
        {0, Config.SHUTDOWN_SAVE, Config.SHUTDOWN_NOSAVE, Config.SHUTDOWN_NOW, Config.SHUTDOWN_FORCE};
    static final String[] OOM_WORDS = {"no", "yes", "relative", "absolute"};
    static final long[] OOM_NUMBERS = {0, 1, 1, 2};
    private static final int HOSTNAME_BELOW = 256;
    private static final Set<String> TITLE_VARIABLES =
        Set.of("title", "listen-addr", "server-mode", "config-file", "port", "tls-port", "unixsocket");
    /** Variables that may stand for nothing; a template of these alone gives no title. */
    private static final Set<String> EMPTY_TITLE_VARIABLES = Set.of("title", "server-mode", "unixsocket");

    private Rows() {}

    static String shutdownFlags(long flags) {
      long contradiction = Config.SHUTDOWN_SAVE | Config.SHUTDOWN_NOSAVE;
      if ((flags & contradiction) != contradiction) return null;
      return "shutdown options SAVE and NOSAVE can't be used simultaneously";
    }

    static String baseName(String directive, String kind, String name) {
      if (name.indexOf('/') < 0 && name.indexOf('\\') < 0) return null;
      return directive + " can't be a path, just a " + kind;
    }

    static String named(String directive, String kind, String name) {
      return name.isEmpty() ? directive + " can't be empty" : baseName(directive, kind, name);
    }

    static String hostname(String name) {
      if (name.length() >= HOSTNAME_BELOW) return "Hostnames must be less than " + HOSTNAME_BELOW + " characters";
      for (char c : name.toCharArray()) {
        boolean letterOrDigit = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
        if (!letterOrDigit && c != '-' && c != '.') {
          return "Hostnames may only contain alphanumeric characters, hyphens or dots";
        }
      }
      return null;
    }

    /** Text with {variables}; a doubled brace is a brace. */
    static String titleTemplate(String template) {
      String wrong = "template format is invalid or contains unknown variables";
      boolean visible = false;
      int i = 0;
      while (i < template.length()) {
        char c = template.charAt(i);
        if (c != '{') {
          visible |= c != ' ';
          i++;
        } else if (template.startsWith("{{", i)) {
          visible = true;
          i += 2;
        } else {
          int end = template.indexOf('}', i);
          if (end < 0 || !TITLE_VARIABLES.contains(template.substring(i + 1, end))) return wrong;
          visible |= !EMPTY_TITLE_VARIABLES.contains(template.substring(i + 1, end));
          i = end + 1;
        }
      }
      return visible ? null : wrong;
    }
  }
}
