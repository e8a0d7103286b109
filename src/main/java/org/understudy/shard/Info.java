package org.understudy.shard;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;
import org.understudy.persistence.AofWriter;
import org.understudy.persistence.LoadProgress;
import org.understudy.persistence.RdbLoad;
import org.understudy.persistence.SnapshotStream;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.clients.PubSub;
import org.understudy.shard.clients.Tracking;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.persistence.AofRewrite;
import org.understudy.shard.persistence.AppendOnly;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.persistence.Saves;
import org.understudy.shard.replication.AmnesiaGuard;
import org.understudy.shard.replication.Failover;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.replication.Upstream;
import org.understudy.shard.server.ProcFiles;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;
import org.understudy.shard.statistics.LatencyHistogram;
import org.understudy.shard.statistics.Statistics;
import org.understudy.shard.statistics.Totals;

/**
 * The text of INFO: sections of {@code field:value} lines, named and ordered as in 7.0.15. A field is here only if
 * its value is known; what tells of something that a JVM server does not have (allocator internals, forks, a
 * compiler) is left out. Fields of our own begin with {@code understudy_}.
 */
final class Info {
  private static final Set<String> DEFAULT_SECTIONS = Set.of("server", "clients", "memory", "persistence", "stats",
      "replication", "cpu", "module_list", "errorstats", "cluster", "keyspace");

  /** What Redis counts of its own work on memory that is scattered. */
  private static final List<String> NO_DEFRAGMENTATION = List.of("active_defrag_hits", "active_defrag_misses",
      "active_defrag_key_hits", "active_defrag_key_misses", "total_active_defrag_time", "current_active_defrag_time");

  private final Config config;
  private final Clock clock;
  private final Keyspace keyspace;
  private final Clients clients;
  private final BlockedClients blocked;
  private final PubSub pubSub;
  private final Tracking tracking;
  private final Memory memory;
  private final MemoryLimit memoryLimit;
  private final Statistics statistics;
  private final ReplicationState replication;
  private final Upstream upstream;
  private final Failover failover;
  private final OwnExpiries ownExpiries;
  private final AmnesiaGuard guard;
  private final ShutdownSequence shutdowns;
  private final ReplicationLog log;
  private final Replicas replicas;
  private final ServerFacts facts;
  private final Mode mode;
  private final ServerControl control;
  private final Persistence persistence;
  private final MigrationTargets migrationTargets;
  private final Supplier<CommandTable> table;
  private final Supplier<Integer> hz;
  private final Map<String, Runnable> sections = new LinkedHashMap<>();

  private StringBuilder text;

  /** @param hz rounds of background work a second at this moment */
  Info(ShardParts parts, Supplier<CommandTable> table, Supplier<Integer> hz) {
    config = parts.config;
    clock = parts.clock;
    keyspace = parts.keyspace;
    clients = parts.clients;
    blocked = parts.blocked;
    pubSub = parts.pubSub;
    tracking = parts.tracking;
    memory = parts.memory;
    memoryLimit = parts.memoryLimit;
    statistics = parts.statistics;
    replication = parts.replication;
    upstream = parts.upstream;
    failover = parts.failover;
    ownExpiries = parts.ownExpiries;
    guard = parts.amnesiaGuard;
    shutdowns = parts.shutdowns;
    log = parts.replicationLog;
    replicas = parts.replicas;
    facts = parts.facts;
    mode = parts.mode();
    control = parts.control;
    persistence = parts.persistence;
    migrationTargets = parts.migrationTargets;
    this.table = table;
    this.hz = hz;
    sections.put("server", this::server);
    sections.put("clients", this::clients);
    sections.put("memory", this::memory);
    sections.put("persistence", this::persistence);
    sections.put("stats", this::stats);
    sections.put("replication", this::replication);
    sections.put("cpu", this::cpu);
    sections.put("modules", () -> section("Modules"));
    sections.put("commandstats", this::commandStats);
    sections.put("errorstats", this::errorStats);
    sections.put("latencystats", this::latencyStats);
    sections.put("cluster", this::cluster);
    sections.put("keyspace", this::keyspace);
  }

  /**
   * The sections that the arguments name, in any case and order; {@code default}, {@code all} and
   * {@code everything} are several. Names of no section are passed over. Nothing named is {@code default}.
   *
   * @param from index of the first name
   */
  String text(byte[][] argv, int from) {
    Set<String> wanted = new HashSet<>();
    if (argv.length == from) wanted.addAll(DEFAULT_SECTIONS);
    for (int i = from; i < argv.length; i++) {
      String name = Bytes.lowerString(argv[i]);
      switch (name) {
        case "default" -> wanted.addAll(DEFAULT_SECTIONS);
        case "all", "everything" -> wanted.addAll(sections.keySet());
        default -> wanted.add(name);
      }
    }
    if (wanted.contains("module_list")) wanted.add("modules");
    text = new StringBuilder();
    for (Map.Entry<String, Runnable> section : sections.entrySet()) {
      if (wanted.contains(section.getKey())) section.getValue().run();
    }
    String complete = text.toString();
    text = null;
    return complete;
  }

  // ---- sections -----------------------------------------------------------------------------------------------------

  private void server() {
    long now = clock.millis();
    long uptime = (now - facts.startMillis()) / 1000;
    section("Server");
    field("redis_version", ServerFacts.REDIS_VERSION);
    field("understudy_version", facts.understudyVersion());
    field("understudy_java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    field("redis_mode", mode.word());
    field("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + machine());
    field("arch_bits", ServerFacts.ADDRESS_BITS);
    if (onLinux()) {
      field("monotonic_clock", "POSIX clock_gettime"); // which is what System.nanoTime calls
      field("multiplexing_api", "epoll");
    }
    field("process_id", facts.processId());
    field("process_supervised", control.supervisor());
    field("run_id", facts.runId());
    field("tcp_port", config.port());
    field("server_time_usec", clock.micros());
    field("uptime_in_seconds", uptime);
    field("uptime_in_days", uptime / 86400);
    field("hz", hz.get());
    field("configured_hz", config.hz());
    field("lru_clock", now / 1000 & 0xFFFFFF);
    field("executable", facts.executable());
    field("config_file", config.file() == null ? "" : config.file().toString());
    field("io_threads_active", config.ioThreads() > 1 ? 1 : 0);
    if (shutdowns.isWaiting()) field("shutdown_in_milliseconds", shutdowns.leftMillis());
  }

  private static boolean onLinux() {
    return System.getProperty("os.name").equals("Linux");
  }

  /** The machine as uname calls it. */
  private static String machine() {
    String machine = System.getProperty("os.arch");
    return machine.equals("amd64") ? "x86_64" : machine;
  }

  private void clients() {
    memory.sampleClients(clock.millis());
    section("Clients");
    field("connected_clients", clients.size() - replicas.size());
    field("cluster_connections", 0);
    field("maxclients", config.maxclients());
    field("client_recent_max_input_buffer", memory.largestRecentInput());
    field("client_recent_max_output_buffer", memory.largestRecentOutput());
    field("blocked_clients", clients.blocked());
    field("tracking_clients", tracking.clients());
    field("clients_in_timeout_table", blocked.timed());
  }

  private void memory() {
    long used = memory.usedNow(clock.millis());
    long resident = ProcFiles.residentBytes();
    long overhead = memory.overheadBytes();
    long net = Math.max(1, used - memory.startupBytes());
    Runtime runtime = Runtime.getRuntime();
    section("Memory");
    bytes("used_memory", used);
    if (resident >= 0) bytes("used_memory_rss", resident);
    bytes("used_memory_peak", memory.peakBytes());
    field("used_memory_peak_perc", decimals(100.0 * used / memory.peakBytes()) + "%");
    field("used_memory_overhead", overhead);
    field("used_memory_startup", memory.startupBytes());
    field("used_memory_dataset", used - overhead);
    field("used_memory_dataset_perc", decimals(100.0 * (used - overhead) / net) + "%");
    field("understudy_heap_used", runtime.totalMemory() - runtime.freeMemory());
    field("understudy_heap_committed", runtime.totalMemory());
    field("understudy_heap_max", runtime.maxMemory());
    if (memory.machineBytes() >= 0) bytes("total_system_memory", memory.machineBytes());
    bytes("maxmemory", config.maxmemory());
    field("maxmemory_policy", config.text(Directive.MAXMEMORY_POLICY));
    if (resident >= 0) {
      field("mem_fragmentation_ratio", decimals((double) resident / used));
      field("mem_fragmentation_bytes", resident - used);
    }
    field("mem_not_counted_for_evict", memory.notCountedForEviction());
    field("mem_replication_backlog", memory.logBytes());
    field("mem_total_replication_buffers", log.memoryBytes());
    field("mem_clients_slaves", memory.replicasBytes());
    field("mem_clients_normal", memory.clientsBytes());
    field("mem_cluster_links", 0);
    field("mem_aof_buffer", memory.unwrittenBytes());
    field("mem_allocator", "jvm-" + System.getProperty("java.vm.version"));
    field("active_defrag_running", 0); // the collector's business
    field("lazyfree_pending_objects", 0); // what is unlinked is the collector's, nothing here waits to be freed
    field("lazyfreed_objects", keyspace.lazyFreedObjects());
  }

  private void persistence() {
    Saves saves = persistence.saves();
    section("Persistence");
    field("loading", persistence.isLoading() ? 1 : 0);
    field("async_loading", persistence.isAsyncLoading() ? 1 : 0);
    saving();
    field("rdb_changes_since_last_save", statistics.changes);
    field("rdb_bgsave_in_progress", saves.isUnderWayInBackground() ? 1 : 0);
    field("rdb_last_save_time", saves.lastSaveSeconds());
    field("rdb_last_bgsave_status", saves.lastFailed() ? "err" : "ok");
    field("rdb_last_bgsave_time_sec", saves.lastDurationSeconds());
    field("rdb_current_bgsave_time_sec", saves.currentDurationSeconds());
    field("rdb_saves", saves.begun());
    field("rdb_last_cow_size", saves.lastAheadBytes());
    RdbLoad load = persistence.load();
    field("rdb_last_load_keys_expired", load == null ? 0 : load.keysExpired());
    field("rdb_last_load_keys_loaded", load == null ? 0 : load.keysLoaded());
    appendOnly();
    LoadProgress progress = persistence.progress();
    if (progress != null) loading(progress);
  }

  /** What a snapshot copied since writers could not wait stands where Redis shows what a fork copied on write. */
  private void saving() {
    Saves saves = persistence.saves();
    SnapshotStream snapshot = saves.isUnderWay() ? saves.running().stream() : null;
    long keys = snapshot == null ? 0 : snapshot.keys();
    long taken = snapshot == null ? 0 : snapshot.keysTaken();
    field("current_cow_peak", snapshot == null ? 0 : snapshot.aheadBytes());
    field("current_cow_size", snapshot == null ? 0 : snapshot.aheadBytes());
    field("current_cow_size_age", 0);
    field("current_fork_perc", decimals(keys == 0 ? 0 : 100.0 * taken / keys));
    field("current_save_keys_processed", taken);
    field("current_save_keys_total", keys);
  }

  private void appendOnly() {
    AppendOnly file = persistence.appendOnly();
    AofWriter writer = file.writer();
    field("aof_enabled", file.isOn() ? 1 : 0);
    AofRewrite rewrite = persistence.rewrite();
    field("aof_rewrite_in_progress", rewrite.isUnderWay() ? 1 : 0);
    field("aof_rewrite_scheduled", rewrite.isScheduled() ? 1 : 0);
    field("aof_last_rewrite_time_sec", rewrite.lastDurationSeconds());
    field("aof_current_rewrite_time_sec", rewrite.currentDurationSeconds());
    field("aof_last_bgrewrite_status", rewrite.lastFailed() ? "err" : "ok");
    field("aof_rewrites", rewrite.rewrites());
    field("aof_rewrites_consecutive_failures", rewrite.failuresInARow());
    field("aof_last_write_status", writer.failure() == null ? "ok" : "err");
    field("aof_last_cow_size", rewrite.lastAheadBytes());
    field("module_fork_in_progress", 0);
    field("module_fork_last_cow_size", 0);
    if (!config.appendonly()) return;
    field("aof_current_size", writer.currentSize());
    field("aof_base_size", file.baseBytes());
    field("aof_pending_rewrite", rewrite.isScheduled() ? 1 : 0);
    field("aof_buffer_length", file.unwrittenBytes());
    field("aof_pending_bio_fsync", writer.isSyncing() ? 1 : 0);
    field("aof_delayed_fsync", writer.delayedSyncs());
  }

  private void loading(LoadProgress load) {
    long total = load.totalBytes();
    long loaded = load.loadedBytes();
    long elapsedSeconds = (clock.millis() - load.startMillis()) / 1000;
    field("loading_start_time", load.startMillis() / 1000);
    field("loading_total_bytes", total);
    field("loading_rdb_used_mem", load.usedMemory());
    field("loading_loaded_bytes", loaded);
    field("loading_loaded_perc", decimals(total == 0 ? 0 : 100.0 * loaded / total));
    field("loading_eta_seconds", elapsedSeconds == 0 ? 1 : elapsedSeconds * (total - loaded) / (loaded + 1));
  }

  private void stats() {
    Totals totals = statistics.totals();
    boolean threaded = config.ioThreads() > 1;
    section("Stats");
    field("total_connections_received", statistics.connectionsAccepted());
    field("total_commands_processed", totals.commands);
    field("instantaneous_ops_per_sec", statistics.commandsPerSecond());
    field("total_net_input_bytes", totals.inputBytes);
    field("total_net_output_bytes", totals.outputBytes);
    field("total_net_repl_input_bytes", upstream.receivedBytes());
    field("total_net_repl_output_bytes", replicas.sentBytes());
    field("instantaneous_input_kbps", kilobytes(statistics.inputBytesPerSecond()));
    field("instantaneous_output_kbps", kilobytes(statistics.outputBytesPerSecond()));
    field("instantaneous_input_repl_kbps", kilobytes(statistics.replicationInputBytesPerSecond()));
    field("instantaneous_output_repl_kbps", kilobytes(statistics.replicationOutputBytesPerSecond()));
    field("rejected_connections", statistics.connectionsRejected());
    field("sync_full", statistics.fullSyncs);
    field("sync_partial_ok", statistics.partialSyncs);
    field("sync_partial_err", statistics.refusedPartialSyncs);
    field("expired_keys", keyspace.expiredKeys());
    field("expired_stale_perc", decimals(keyspace.activeExpiry().stalePercentage()));
    field("expired_time_cap_reached_count", keyspace.activeExpiry().timeCapReached());
    field("expire_cycle_cpu_milliseconds", keyspace.activeExpiry().spentNanos() / 1_000_000);
    field("evicted_keys", keyspace.eviction().evictedKeys());
    field("evicted_clients", statistics.evictedClients);
    field("total_eviction_exceeded_time", memoryLimit.totalExceededMillis());
    field("current_eviction_exceeded_time", memoryLimit.exceededMillis());
    field("keyspace_hits", statistics.keyspaceHits);
    field("keyspace_misses", statistics.keyspaceMisses);
    field("pubsub_channels", pubSub.channels.names().size());
    field("pubsub_patterns", pubSub.patterns.names().size());
    field("pubsubshard_channels", pubSub.shardChannels.names().size());
    field("latest_fork_usec", 0);
    field("total_forks", persistence.snapshots());
    field("migrate_cached_sockets", migrationTargets.size());
    field("slave_expires_tracked_keys", ownExpiries.size());
    for (String figure : NO_DEFRAGMENTATION) field(figure, 0);
    field("tracking_total_keys", tracking.totalKeys());
    field("tracking_total_items", tracking.totalItems());
    field("tracking_total_prefixes", tracking.totalPrefixes());
    field("unexpected_error_replies", statistics.unexpectedErrors);
    field("total_error_replies", totals.errorReplies);
    field("dump_payload_sanitizations", statistics.integrityChecks.sum());
    field("total_reads_processed", totals.reads);
    field("total_writes_processed", totals.writes);
    field("io_threaded_reads_processed", threaded ? totals.reads : 0);
    field("io_threaded_writes_processed", threaded ? totals.writes : 0);
    field("reply_buffer_shrinks", totals.replyBufferShrinks);
    field("reply_buffer_expands", totals.replyBufferExpansions);
  }

  private void replication() {
    section("Replication");
    field("role", replication.role());
    upstream.describe((name, value) -> field(name, value.toString()));
    replicas.describe(this::field);
    field("master_failover_state", failover.state().word);
    field("master_replid", replication.history().id());
    field("master_replid2", replication.history().secondId());
    field("master_repl_offset", log.end());
    field("second_repl_offset", replication.history().secondOffset());
    field("repl_backlog_active", log.isActive() ? 1 : 0);
    field("repl_backlog_size", log.capacityBytes());
    field("repl_backlog_first_byte_offset", log.isActive() ? log.ownFirst() + 1 : 0);
    field("repl_backlog_histlen", log.end() - log.ownFirst());
    field("understudy_repl_backlog_inherited_bytes", log.ownFirst() - log.first());
    guard.describe((name, value) -> field(name, value.toString()));
    field("understudy_repl_spill_bytes", log.spilledBytes());
    field("understudy_repl_spill_files", log.spillFiles());
    field("understudy_repl_spill_limit", config.number(Directive.REPL_SPILL_LIMIT));
    field("understudy_repl_spill_cut_replicas", log.readersCut());
  }

  private void cpu() {
    section("CPU");
    ProcFiles.CpuTime process = ProcFiles.processTime();
    ProcFiles.CpuTime thread = ProcFiles.threadTime();
    if (process == null || thread == null) return;
    field("used_cpu_sys", seconds(process.system()));
    field("used_cpu_user", seconds(process.user()));
    field("used_cpu_sys_children", seconds(process.childrenSystem()));
    field("used_cpu_user_children", seconds(process.childrenUser()));
    field("used_cpu_sys_main_thread", seconds(thread.system()));
    field("used_cpu_user_main_thread", seconds(thread.user()));
  }

  private void commandStats() {
    Totals totals = statistics.totals();
    section("Commandstats");
    for (CommandSpec spec : table.get().rows()) {
      int i = spec.index;
      if (totals.calls[i] == 0 && totals.rejected[i] == 0 && totals.failed[i] == 0) continue;
      long micros = totals.nanos[i] / 1000;
      double perCall = totals.calls[i] == 0 ? 0 : (double) micros / totals.calls[i];
      field("cmdstat_" + spec.fullName, "calls=" + totals.calls[i] + ",usec=" + micros + ",usec_per_call="
          + decimals(perCall) + ",rejected_calls=" + totals.rejected[i] + ",failed_calls=" + totals.failed[i]);
    }
  }

  private void errorStats() {
    section("Errorstats");
    statistics.totals().errors.forEach((code, count) -> field("errorstat_" + safe(code), "count=" + count));
  }

  /** A client can make up error codes (by scripts): what has a meaning in this text becomes an underscore. */
  private static String safe(String code) {
    return code.replaceAll("[#:\n\r]", "_");
  }

  private void latencyStats() {
    section("Latencystats");
    if (!config.latencyTracking()) return;
    Totals totals = statistics.totals();
    List<Double> percentiles = config.latencyTrackingInfoPercentiles();
    for (CommandSpec spec : table.get().rows()) {
      LatencyHistogram histogram = totals.histograms[spec.index];
      if (histogram == null || histogram.total() == 0) continue;
      StringBuilder values = new StringBuilder();
      for (double percentile : percentiles) {
        if (values.length() > 0) values.append(',');
        values.append('p').append(trimmed(percentile)).append('=')
            .append(String.format(Locale.ROOT, "%.3f", histogram.percentile(percentile) / 1000.0));
      }
      field("latency_percentiles_usec_" + spec.fullName, values.toString());
    }
  }

  /** Up to six decimals, without zeros at the end. */
  private static String trimmed(double number) {
    String text = String.format(Locale.ROOT, "%f", number);
    int end = text.length();
    while (text.charAt(end - 1) == '0') end--;
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }

  private void cluster() {
    section("Cluster");
    field("cluster_enabled", 0);
  }

  private void keyspace() {
    section("Keyspace");
    for (Database database : memory.filledDatabases()) {
      field("db" + database.index(), "keys=" + database.size() + ",expires=" + database.expires() + ",avg_ttl="
          + database.averageTtlMillis());
    }
  }

  // ---- lines --------------------------------------------------------------------------------------------------------

  private void section(String title) {
    if (text.length() > 0) text.append("\r\n");
    text.append("# ").append(title).append("\r\n");
  }

  private void field(String name, String value) {
    text.append(name).append(':').append(value).append("\r\n");
  }

  private void field(String name, long value) {
    text.append(name).append(':').append(value).append("\r\n");
  }

  /** A number of bytes, and once more for humans. */
  private void bytes(String name, long value) {
    field(name, value);
    field(name + "_human", Memory.human(value));
  }

  private static String kilobytes(long bytes) {
    return decimals(bytes / 1024.0);
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }
}
