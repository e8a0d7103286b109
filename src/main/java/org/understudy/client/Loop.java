package org.understudy.client;

import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.bytes.SpareArrays;
import org.understudy.command.Call;
import org.understudy.command.CommandTable;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.RequestParser;
import org.understudy.shard.ShardParts;
import org.understudy.shard.clients.Admission;
import org.understudy.shard.clients.OutputLimits;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.ShardMessage;
import org.understudy.shard.statistics.CommandExecutor;
import org.understudy.shard.statistics.LoopStats;

/**
 * What the connections of one event loop share: the way to the shard, the table of commands, and one executor with its
 * counters, which only this loop writes.
 */
final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final long ATTACK_LOG_INTERVAL_MILLIS = 60_000;
  /**
   * As long as clients together have less room for input, each keeps a buffer: 64 of them, of which hardly more send
   * pieces at a time than find one here. A buffer for each of hundreds would be most of what they cost.
   */
  private static final long BUFFERS_BYTES = 1024 * 1024;
  /** … and as long as they have less than this, room is made for arguments that are only announced. */
  private static final long ANNOUNCED_BYTES = 64 * 1024 * 1024;
  private static final int LEAST_BULK_BYTES = 16 * 1024;

  final ActorRef<ShardMessage> shard;
  final CommandTable table;
  final Admission admission;
  final Pause pause;
  final OutputLimits limits;
  final Config config;
  final Clock clock;
  final Sessions sessions;
  final LoopStats stats;
  /** Whether there is a client in MONITOR mode. */
  final BooleanSupplier monitored;
  final CommandExecutor executor;
  final Call call;
  final EarlyReads earlyReads;
  final SpareArrays spares;
  /** For the pieces of large replies; null if the shard, which writes them, is on another loop. */
  final SpareArrays replySpares;
  private long attackLoggedMillis;
  /** Bytes held for input that has not come. */
  private long inputRoom;
  private byte[] chunk = Bytes.EMPTY;

  Loop(ActorRef<ShardMessage> shard, ShardParts parts, Sessions sessions, EarlyReads earlyReads) {
    this.shard = shard;
    this.sessions = sessions;
    this.earlyReads = earlyReads;
    table = parts.table();
    admission = parts.admission();
    pause = parts.pause();
    limits = parts.outputLimits();
    config = parts.config();
    clock = parts.clock();
    stats = parts.newLoopStats();
    monitored = parts.monitored();
    executor = parts.newExecutor(stats, shard::tell);
    call = new Call(null); // no command that runs here touches keys
    call.config = config;
    spares = parts.sparesOfConnections();
    replySpares = config.ioThreads() == 1 ? spares : null;
  }

  /** Whether a client may keep a buffer for its input: with thousands of them that would be too much memory. */
  boolean hasInputRoom() {
    return inputRoom < BUFFERS_BYTES;
  }

  /** One array for the chunks of all connections, for so long as it takes to look at one. */
  byte[] chunk(int bytes) {
    if (chunk.length < bytes) chunk = new byte[bytes];
    return chunk;
  }

  /** See {@link RequestParser#trustedBulkBytes}. */
  int trustedBulkBytes() {
    return inputRoom < ANNOUNCED_BYTES ? RequestParser.TRUSTED_BULK_BYTES : LEAST_BULK_BYTES;
  }

  void inputRoomChanged(long bytes) {
    inputRoom += bytes;
  }

  void attackSeen(Session session) {
    long now = clock.millis();
    if (attackLoggedMillis != 0 && now - attackLoggedMillis < ATTACK_LOG_INTERVAL_MILLIS) return;
    attackLoggedMillis = now;
    LOG.warn("Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. "
        + "This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis "
        + "instance. Connection from {} aborted.", session.address);
  }
}
