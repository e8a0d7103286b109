package org.understudy.keyspace;

import java.util.SplittableRandom;

/**
 * The 24 bits of access history that every entry carries, as in the reference implementation (evict.c of 7.0.15): under
 * an LRU policy the time of the last access in seconds; under an LFU policy 16 bits of time in minutes and a
 * logarithmic counter of 8 bits.
 */
public final class AccessClock {
  private static final int BITS = 0xFFFFFF;
  private static final int INITIAL_COUNT = 5;

  private final SplittableRandom random;
  private boolean lfu;
  private int lfuLogFactor = 10;
  private int lfuDecayMinutes = 1;

  AccessClock(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Whether the policy of {@code maxmemory-policy} counts accesses (LFU) or dates them. */
  public void lfu(boolean on) {
    lfu = on;
  }

  public boolean lfu() {
    return lfu;
  }

  public void lfuLogFactor(int factor) {
    lfuLogFactor = factor;
  }

  public void lfuDecayMinutes(int minutes) {
    lfuDecayMinutes = minutes;
  }

  /** Time since the last access. Only under an LRU policy. */
  public long idleMillis(Entry entry, long nowMillis) {
    return idleMillis(entry.clock(), nowMillis);
  }

  long idleMillis(int then, long nowMillis) {
    int now = seconds(nowMillis);
    return 1000L * (now >= then ? now - then : now + (BITS - then));
  }

  /** The access counter, 0 to 255, decayed to now. Only under an LFU policy. */
  public int frequency(Entry entry, long nowMillis) {
    return frequency(entry.clock(), nowMillis);
  }

  int frequency(int clock, long nowMillis) {
    return decayed(clock, nowMillis);
  }

  /** The clock of an entry created now. */
  int initial(long nowMillis) {
    return lfu ? minutes(nowMillis) << 8 | INITIAL_COUNT : seconds(nowMillis);
  }

  /** The clock of an entry accessed now. */
  int touched(int clock, long nowMillis) {
    if (!lfu) return seconds(nowMillis);
    return minutes(nowMillis) << 8 | increased(decayed(clock, nowMillis));
  }

  /**
   * The clock of an entry that was last accessed that long ago; half the clock's range ago if the clock cannot tell.
   */
  int idleFor(long idleSeconds, long nowMillis) {
    int now = seconds(nowMillis);
    return idleSeconds <= now ? (int) (now - idleSeconds) : (now + BITS / 2) % BITS;
  }

  /** The clock of an entry with a given counter. */
  int counted(int frequency, long nowMillis) {
    return minutes(nowMillis) << 8 | frequency;
  }

  private int increased(int count) {
    if (count == 255) return count;
    int above = Math.max(0, count - INITIAL_COUNT);
    return random.nextDouble() < 1.0 / ((double) above * lfuLogFactor + 1) ? count + 1 : count;
  }

  private int decayed(int clock, long nowMillis) {
    int count = clock & 255;
    if (lfuDecayMinutes == 0) return count;
    int then = clock >>> 8;
    int now = minutes(nowMillis);
    int elapsed = now >= then ? now - then : 65535 - then + now;
    return Math.max(0, count - elapsed / lfuDecayMinutes);
  }

  private static int seconds(long millis) {
    return (int) (millis / 1000) & BITS;
  }

  private static int minutes(long millis) {
    return (int) (millis / 60_000) & 0xFFFF;
  }
}
