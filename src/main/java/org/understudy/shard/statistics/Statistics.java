package org.understudy.shard.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.understudy.keyspace.Keyspace;

/**
 * What the server counts: the shard's own figures, those of all loops, and rates. {@link #sample} is to be called
 * ten times a second.
 */
public final class Statistics {
  /** Rate of a growing counter: the mean of the last 16 samples, as in the reference implementation. */
  private static final class Rate {
    private final long[] samples = new long[16];
    private int next;
    private long lastCount;

    void sample(long count, long millis) {
      samples[next] = millis > 0 ? (count - lastCount) * 1000 / millis : 0;
      next = (next + 1) % samples.length;
      lastCount = count;
    }

    long perSecond() {
      long sum = 0;
      for (long sample : samples) sum += sample;
      return sum / samples.length;
    }

    void reset() {
      Arrays.fill(samples, 0);
      lastCount = 0;
    }
  }

  private final List<LoopStats> loops;
  private final Keyspace keyspace;
  private final Rate commands = new Rate();
  private final Rate input = new Rate();
  private final Rate output = new Rate();
  private final Rate replicationInput = new Rate();
  private final Rate replicationOutput = new Rate();
  private Totals atReset;
  private ConnectionCounters connections;
  private long lastSampleMillis;

  public long keyspaceHits;
  public long keyspaceMisses;
  /** Changes of the dataset since the last snapshot, or since the start. */
  public long changes;
  public long evictedClients;
  /** Replicas that asked for a snapshot, that went on without, and that had wanted to but could not. */
  public long fullSyncs;
  public long partialSyncs;
  public long refusedPartialSyncs;
  /** Commands of our primary that failed here. */
  public long unexpectedErrors;
  /** Packed strings of payloads and files that were looked through before they were believed. */
  public final LongAdder integrityChecks = new LongAdder();

  public Statistics(List<LoopStats> loops, Keyspace keyspace) {
    this.loops = loops;
    this.keyspace = keyspace;
  }

  public void connections(ConnectionCounters counted) {
    connections = counted;
  }

  public long connectionsAccepted() {
    return connections == null ? 0 : connections.accepted();
  }

  /** An id for a client that did not come of itself: the link to our primary. */
  public long nextClientId() {
    return connections == null ? 0 : connections.nextId();
  }

  public long connectionsRejected() {
    return connections == null ? 0 : connections.rejected();
  }

  /** The counters of all loops since the last reset. */
  public Totals totals() {
    Totals totals = Totals.of(loops);
    return atReset == null ? totals : totals.since(atReset);
  }

  /** @param replicationIn bytes from primaries since the last reset, {@code replicationOut} those to replicas */
  public void sample(long nowMillis, long replicationIn, long replicationOut) {
    long count = 0;
    long in = 0;
    long out = 0;
    synchronized (loops) {
      for (LoopStats loop : loops) {
        count += loop.commands;
        in += loop.inputBytes;
        out += loop.outputBytes;
      }
    }
    if (atReset != null) {
      count -= atReset.commands;
      in -= atReset.inputBytes;
      out -= atReset.outputBytes;
    }
    long elapsed = lastSampleMillis == 0 ? 0 : nowMillis - lastSampleMillis;
    lastSampleMillis = nowMillis;
    commands.sample(count, elapsed);
    input.sample(in, elapsed);
    output.sample(out, elapsed);
    replicationInput.sample(replicationIn, elapsed);
    replicationOutput.sample(replicationOut, elapsed);
  }

  public long lastSampleMillis() {
    return lastSampleMillis;
  }

  public long commandsPerSecond() {
    return commands.perSecond();
  }

  public long inputBytesPerSecond() {
    return input.perSecond();
  }

  public long outputBytesPerSecond() {
    return output.perSecond();
  }

  public long replicationInputBytesPerSecond() {
    return replicationInput.perSecond();
  }

  public long replicationOutputBytesPerSecond() {
    return replicationOutput.perSecond();
  }

  /** CONFIG RESETSTAT. */
  public void reset(long nowMillis) {
    atReset = Totals.of(loops);
    keyspaceHits = 0;
    keyspaceMisses = 0;
    evictedClients = 0;
    fullSyncs = 0;
    partialSyncs = 0;
    refusedPartialSyncs = 0;
    unexpectedErrors = 0;
    integrityChecks.reset();
    commands.reset();
    input.reset();
    output.reset();
    replicationInput.reset();
    replicationOutput.reset();
    lastSampleMillis = nowMillis;
    keyspace.resetStats();
    if (connections != null) connections.resetCounters();
  }
}
