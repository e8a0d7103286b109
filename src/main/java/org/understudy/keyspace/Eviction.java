package org.understudy.keyspace;

import org.understudy.config.MaxmemoryPolicy;

/**
 * Chooses keys that go because memory is full, as evict.c of 7.0.15: not the very oldest (or rarest, or next to
 * expire), which would need an index, but the best of a few that are sampled at random. The best of earlier samples
 * that have not gone yet stay in a pool and compete with the next.
 */
public final class Eviction {
  private static final int POOL_SIZE = 16;

  private final Keyspace keyspace;
  // the pool, worst candidates first
  private final long[] scores = new long[POOL_SIZE];
  private final byte[][] keys = new byte[POOL_SIZE][];
  private final int[] databases = new int[POOL_SIZE];
  private int pooled;
  private MaxmemoryPolicy pooledBy;
  private int nextDatabase;
  private long evictedKeys;

  Eviction(Keyspace keyspace) {
    this.keyspace = keyspace;
  }

  /**
   * Removes one key; the keyspace's listener is told.
   *
   * @param samples how many keys of each database to look at
   * @param lazily whether it counts as freed in the background
   * @return false if no key may go
   */
  public boolean evict(MaxmemoryPolicy policy, int samples, boolean lazily) {
    return switch (policy) {
      case NOEVICTION -> false;
      case ALLKEYS_RANDOM, VOLATILE_RANDOM -> evictRandom(policy.volatileOnly(), lazily);
      default -> evictBest(policy, samples, lazily);
    };
  }

  /** Keys removed for want of memory. */
  public long evictedKeys() {
    return evictedKeys;
  }

  void resetStats() {
    evictedKeys = 0;
  }

  /** Any key, from one database after the other. */
  private boolean evictRandom(boolean expiring, boolean lazily) {
    for (int i = 0; i < keyspace.databases(); i++) {
      nextDatabase = (nextDatabase + 1) % keyspace.databases();
      Database database = keyspace.database(nextDatabase);
      if (database.evictable(expiring) > 0) {
        return remove(database, database.randomEvictable(expiring), expiring, lazily);
      }
    }
    return false;
  }

  private boolean evictBest(MaxmemoryPolicy policy, int samples, boolean lazily) {
    if (policy != pooledBy) pooled = 0; // scores of another kind
    pooledBy = policy;
    while (sample(policy, samples)) {
      while (pooled > 0) {
        pooled--;
        // gone meanwhile, or without expiry now, if this is false
        if (remove(keyspace.database(databases[pooled]), keys[pooled], policy.volatileOnly(), lazily)) return true;
      }
    }
    return false;
  }

  /** Lets keys of all databases compete for a place in the pool. False if no key may go. */
  private boolean sample(MaxmemoryPolicy policy, int samples) {
    boolean any = false;
    Batch batch = keyspace.takeBatch();
    for (int i = 0; i < keyspace.databases(); i++) {
      Database database = keyspace.database(i);
      if (database.evictable(policy.volatileOnly()) == 0) continue;
      any = true;
      database.sample(samples, policy.volatileOnly(), batch);
      for (int j = 0; j < batch.size; j++) offer(score(policy, batch.entries[j]), i, batch.entries[j]);
      batch.clear();
    }
    keyspace.giveBack(batch);
    return any;
  }

  /** The higher, the sooner the key goes. */
  private long score(MaxmemoryPolicy policy, Object entry) {
    if (policy == MaxmemoryPolicy.VOLATILE_TTL) return -Stored.expireAt(entry);
    AccessClock clock = keyspace.accessClock();
    int accesses = Stored.clock(entry);
    return policy.lfu() ? -clock.frequency(accesses, keyspace.nowMillis())
        : clock.idleMillis(accesses, keyspace.nowMillis());
  }

  private void offer(long score, int database, Object entry) {
    int place = 0;
    while (place < pooled && scores[place] < score) place++;
    if (pooled < POOL_SIZE) {
      shift(place, place + 1, pooled++ - place);
    } else {
      if (place == 0) return;
      shift(1, 0, --place); // the worst falls out
    }
    scores[place] = score;
    keys[place] = Stored.key(entry);
    databases[place] = database;
  }

  private void shift(int from, int to, int count) {
    System.arraycopy(scores, from, scores, to, count);
    System.arraycopy(keys, from, keys, to, count);
    System.arraycopy(databases, from, databases, to, count);
  }

  private boolean remove(Database database, byte[] key, boolean expiring, boolean lazily) {
    if (!database.evict(key, expiring, lazily)) return false;
    evictedKeys++;
    keyspace.listener().evicted(database, key);
    return true;
  }
}
