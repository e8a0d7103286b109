package org.understudy.shard;

import java.util.LinkedHashSet;
import java.util.Set;
import org.understudy.bytes.ByteKey;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.keyspace.Keyspace;

/**
 * Keys that clients of a writable replica gave an expiry. No primary says when they go, so the replica removes them
 * itself; all others wait for the primary.
 */
final class OwnExpiries {
  /** Events of commands by which a key can come to an expiry. */
  private static final Set<String> GIVING =
      Set.of("expire", "restore", "copy_to", "rename_to", "move_to");
  /** So many keys are looked at in one round. */
  private static final int KEYS_A_ROUND = 1000;

  private record Place(int database, ByteKey key) {}

  private final Keyspace keyspace;
  /** Those that were not looked at for the longest time come first. */
  private final LinkedHashSet<Place> places = new LinkedHashSet<>();
  private final Entry entry = new Entry();
  private Shard shard;

  OwnExpiries(Keyspace keyspace) {
    this.keyspace = keyspace;
  }

  void start(Shard owner) {
    shard = owner;
  }

  /** A command of a client did something to a key. */
  void noted(String event, int database, byte[] key) {
    if (GIVING.contains(event)) places.add(new Place(database, new ByteKey(key)));
  }

  /** The dataset is another one, or expiry is nobody else's business any more. */
  void forget() {
    places.clear();
  }

  /** How many keys are followed. */
  int size() {
    return places.size();
  }

  /**
   * A round of the cron: lets keys expire whose time has come, and forgets those that have no expiry any more. Paused
   * clients do not hold it back, as in Redis, where the pause is a matter of the primary's cycle; DEBUG
   * SET-ACTIVE-EXPIRE does.
   */
  void tick() {
    if (places.isEmpty() || !keyspace.activeExpiry().isOn()) return;
    keyspace.expiryMode(ExpiryMode.DELETE); // a look is enough then
    for (int left = Math.min(KEYS_A_ROUND, places.size()); left > 0; left--) {
      Place place = places.iterator().next();
      places.remove(place);
      boolean found = keyspace.database(place.database).find(place.key.bytes(), entry, false);
      if (found && entry.expireAtMillis() != Entry.NO_EXPIRE) places.add(place);
    }
    shard.applyExpiryMode();
  }
}
