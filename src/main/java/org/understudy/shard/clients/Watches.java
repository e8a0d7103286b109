package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.understudy.bytes.ByteKey;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Keyspace;

/**
 * Watched keys: who watches what, and who has to be told that EXEC must not run. A key that had expired when it was
 * watched may vanish without breaking the watch, since it was absent all along.
 */
public final class Watches {
  private record Place(int database, ByteKey key) {}

  /** One client's watch on one key. */
  static final class Watch {
    private final Client client;
    private final Place place;
    private boolean expired;

    private Watch(Client client, Place place, boolean expired) {
      this.client = client;
      this.place = place;
      this.expired = expired;
    }
  }

  private final Map<Place, List<Watch>> watches = new HashMap<>();

  void watch(Client client, Database database, byte[] key) {
    Place place = new Place(database.index(), new ByteKey(key));
    for (Watch watch : client.interests().watched) {
      if (watch.place.equals(place)) return;
    }
    Watch watch = new Watch(client, place, database.isExpired(key));
    client.ownInterests().watched.add(watch);
    client.session.watchedKeys++;
    watches.computeIfAbsent(place, p -> new ArrayList<>(1)).add(watch);
  }

  /** Ends all watches of a client; whether one was broken stays known. */
  public void release(Client client) {
    for (Watch watch : client.interests().watched) {
      List<Watch> onKey = watches.get(watch.place);
      onKey.remove(watch);
      if (onKey.isEmpty()) watches.remove(watch.place);
    }
    client.interests().watched.clear();
    client.session.watchedKeys = 0;
  }

  /** Ends all watches and forgets that one was broken. */
  public void unwatch(Client client) {
    release(client);
    client.session.watchedChanged = false;
  }

  /** A key got another value, appeared or vanished. @param expired it vanished because its time had come */
  public void touch(Database database, byte[] key, boolean expired) {
    if (watches.isEmpty()) return;
    List<Watch> onKey = watches.get(new Place(database.index(), new ByteKey(key)));
    if (onKey == null) return;
    for (Watch watch : List.copyOf(onKey)) {
      if (watch.expired && (expired || !database.holds(key))) {
        watch.expired = false;
      } else {
        watch.client.session.watchedChanged = true;
        release(watch.client);
      }
    }
  }

  /**
   * A database is about to be emptied or to get the content of another.
   *
   * @param successor the database whose content comes in, or null if it becomes empty
   */
  public void touchAll(Database database, Database successor) {
    if (watches.isEmpty()) return;
    watches.forEach((place, onKey) -> {
      if (place.database != database.index()) return;
      byte[] key = place.key.bytes();
      boolean here = database.holds(key);
      boolean comes = successor != null && successor.holds(key);
      if (!here && !comes) return;
      boolean comesExpired = comes && successor.isExpired(key);
      for (Watch watch : onKey) {
        if (watch.expired && !comes) watch.expired = false;
        else if (watch.expired && comesExpired) continue;
        else if (!watch.expired && !here && comesExpired) watch.expired = true;
        else watch.client.session.watchedChanged = true;
      }
    });
  }

  /** Whether a watched key has expired since, although nobody has looked at it. */
  boolean anyExpired(Client client, Keyspace keyspace) {
    for (Watch watch : client.interests().watched) {
      if (!watch.expired && keyspace.database(watch.place.database).isExpired(watch.place.key.bytes())) return true;
    }
    return false;
  }
}
