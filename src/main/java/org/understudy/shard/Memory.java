package org.understudy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.understudy.command.Session;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.server.ProcFiles;

/**
 * What the server holds on the heap because of its users: {@code used_memory}. Counted are the databases (keys, values,
 * tables), the clients with their buffers, the replication log, and what waits to be written to the append-only file.
 * Not in it, though the process has it: the JVM with its code, classes and counters, objects that the collector has not
 * freed yet, and spare heap; {@code used_memory_rss} and the {@code understudy_heap_*} fields of INFO show those.
 */
final class Memory {
  /** Seconds for which the largest buffers are remembered. */
  private static final int RECENT_SECONDS = 8;

  private final Keyspace keyspace;
  private final Clients clients;
  private final ReplicationLog log;
  private final IntSupplier replicas;
  private final LongSupplier unwritten;
  private final long startupBytes;
  private final long machineBytes = ProcFiles.machineBytes();
  private final long[] largestInput = new long[RECENT_SECONDS];
  private final long[] largestOutput = new long[RECENT_SECONDS];
  private long lastSampleSecond;
  private long peakBytes;

  /**
   * @param replicas how many are attached
   * @param unwritten bytes that wait for the append-only file; not asked before all parts are there
   */
  Memory(Keyspace keyspace, Clients clients, ReplicationLog log, IntSupplier replicas, LongSupplier unwritten) {
    this.keyspace = keyspace;
    this.clients = clients;
    this.log = log;
    this.replicas = replicas;
    this.unwritten = unwritten;
    startupBytes = keyspace.usedBytes();
    peakBytes = startupBytes;
  }

  /** Bytes in use. Cheap enough to be asked before each command; clients' buffers may be those of the last second. */
  long used() {
    return keyspace.usedBytes() + clientsBytes() + log.memoryBytes() + unwrittenBytes();
  }

  /** Those of them that no key has to go for: what is on its way to replicas or to the append-only file. */
  long notCountedForEviction() {
    return beyondLogSize() + unwrittenBytes();
  }

  /** What replicas keep of the log beyond its size. Without replicas all of the log counts as its own. */
  long replicasBytes() {
    return replicas.getAsInt() == 0 ? 0 : beyondLogSize();
  }

  private long beyondLogSize() {
    return Math.max(0, log.memoryBytes() - log.capacityBytes());
  }

  /** What waits to be written to the append-only file. */
  long unwrittenBytes() {
    return unwritten.getAsLong();
  }

  /** {@link #used} after looking at all clients. */
  long usedNow(long nowMillis) {
    sampleClients(nowMillis);
    long used = used();
    peakBytes = Math.max(peakBytes, used);
    return used;
  }

  /** Looks at all clients. */
  void sampleClients(long nowMillis) {
    for (Client client : clients.all()) sample(client, nowMillis);
  }

  /** Forgets the oldest second of the clients' largest buffers, if another has begun; to be called every second. */
  void turnSecond(long nowMillis) {
    long second = nowMillis / 1000;
    if (second == lastSampleSecond) return;
    lastSampleSecond = second;
    largestInput[slot()] = 0;
    largestOutput[slot()] = 0;
  }

  private int slot() {
    return (int) (lastSampleSecond % RECENT_SECONDS);
  }

  /** Looks anew at what a client takes; to be called for each of them about every second. */
  void sample(Client client, long nowMillis) {
    turnSecond(nowMillis);
    int slot = slot();
    Session session = client.session;
    clients.memory.update(client);
    largestInput[slot] = Math.max(largestInput[slot], session.queryBufferBytes + session.queryBufferFreeBytes
        + client.argumentBytes());
    largestOutput[slot] = Math.max(largestOutput[slot], session.outputBytes.get());
  }

  /** Looks again at the clients that may have been sent since their turn what it counted as waiting. */
  void lookAgainAtClients() {
    clients.memory.lookAgain();
  }

  /** The replication log, as far as it is not kept for replicas alone. */
  long logBytes() {
    return log.memoryBytes() - replicasBytes();
  }

  void samplePeak() {
    peakBytes = Math.max(peakBytes, used());
  }

  long startupBytes() {
    return startupBytes;
  }

  long peakBytes() {
    return peakBytes;
  }

  /** All clients, each as of the last look at it. */
  long clientsBytes() {
    return clients.memory.allBytes();
  }

  /** What is not data: the databases' tables, the clients, the log and what waits to be written. */
  long overheadBytes() {
    return keyspace.overheadBytes() + clientsBytes() + log.memoryBytes() + unwrittenBytes();
  }

  /** The databases that hold keys. */
  List<Database> filledDatabases() {
    List<Database> filled = new ArrayList<>();
    for (int i = 0; i < keyspace.databases(); i++) {
      if (keyspace.database(i).size() > 0) filled.add(keyspace.database(i));
    }
    return filled;
  }

  /** Of the machine; -1 if unknown. */
  long machineBytes() {
    return machineBytes;
  }

  long largestRecentInput() {
    return max(largestInput);
  }

  long largestRecentOutput() {
    return max(largestOutput);
  }

  private static long max(long[] values) {
    long max = 0;
    for (long value : values) max = Math.max(max, value);
    return max;
  }

  /** A number of bytes with a unit: {@code 943.29K}. */
  static String human(long bytes) {
    if (bytes < 1024) return bytes + "B";
    double value = bytes;
    String units = "KMGTPE";
    int unit = -1;
    while (value >= 1024 && unit + 1 < units.length()) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f%c", value, units.charAt(unit));
  }
}
