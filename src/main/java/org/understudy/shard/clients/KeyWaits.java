package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.understudy.bytes.ByteKey;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.KeyWait;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.Type;
import org.understudy.shard.statistics.CommandExecutor;

/**
 * Clients whose command waits for keys. Every change of a key marks it while somebody waits for it; once the command,
 * transaction or script that changed it is done, {@link #serve} looks what the marked keys hold and answers, in the
 * order in which they came, those whom that serves. What serving changes (the other side of a BLMOVE) is marked in its
 * turn. While nobody waits, a change costs one comparison.
 */
public final class KeyWaits {
  /** A key of one database. */
  private record Place(int database, ByteKey key) {}

  /** One client's wait. */
  private static final class Waiting {
    private final Client client;
    private final CommandSpec spec;
    private final byte[][] argv;
    private final KeyWait wait;
    private final List<Place> places = new ArrayList<>(1);

    private Waiting(Client client, CommandSpec spec, byte[][] argv, KeyWait wait) {
      this.client = client;
      this.spec = spec;
      this.argv = argv;
      this.wait = wait;
    }
  }

  /** Finishes commands. */
  public interface Server {
    /** @return whether the client of the waiting command is answered */
    boolean finish(Client client, CommandSpec spec, byte[][] argv, Database database, CommandExecutor.Rest rest);
  }

  private final Keyspace keyspace;
  private final BlockedClients blocked;
  private final Map<Place, LinkedHashSet<Waiting>> waits = new HashMap<>();
  /** Changed since they were looked at last, in the order in which they changed. */
  private final LinkedHashSet<Place> marked = new LinkedHashSet<>();
  /** How many of the waits end when their key is lost. */
  private int bound;
  private final Entry entry = new Entry();

  public KeyWaits(Keyspace keyspace, BlockedClients blocked) {
    this.keyspace = keyspace;
    this.blocked = blocked;
  }

  /** See {@link Call#awaitKeys}. */
  public void add(Client client, Call call, int from, int to, long timeoutMillis, KeyWait wait) {
    Waiting waiting = new Waiting(client, call.spec, call.argv, wait);
    for (int i = from; i < to; i++) {
      Place place = new Place(call.db.index(), new ByteKey(call.argv[i]));
      if (waits.computeIfAbsent(place, p -> new LinkedHashSet<>(2)).add(waiting)) waiting.places.add(place);
    }
    if (wait.lostKey() != null) bound++;
    blocked.block(client, timeoutMillis, call.nowMillis, reply -> reply.nullArray(), () -> remove(waiting));
  }

  private void remove(Waiting waiting) {
    if (waiting.wait.lostKey() != null) bound--;
    for (Place place : waiting.places) {
      LinkedHashSet<Waiting> here = waits.get(place);
      here.remove(waiting);
      if (here.isEmpty()) waits.remove(place);
    }
  }

  // ---- what changed -------------------------------------------------------------------------------------------------

  /** A key got another value, grew, appeared or vanished. */
  public void changed(Database database, byte[] key) {
    if (waits.isEmpty()) return;
    Place place = new Place(database.index(), new ByteKey(key));
    if (waits.containsKey(place)) marked.add(place);
  }

  /** All keys of a database may have changed: it is emptied, or gets the content of another. */
  public void allChanged(int database) {
    for (Place place : waits.keySet()) {
      if (place.database == database) marked.add(place);
    }
  }

  // ---- serving ------------------------------------------------------------------------------------------------------

  /** Whether {@link #serve} has anything to do. */
  public boolean anyMarked() {
    return !marked.isEmpty();
  }

  /** Answers those whom the changes since the last time serve. */
  public void serve(Server server) {
    while (!marked.isEmpty()) {
      Iterator<Place> first = marked.iterator();
      Place place = first.next();
      first.remove();
      LinkedHashSet<Waiting> here = waits.get(place);
      if (here != null) serve(place, here, server);
    }
  }

  private void serve(Place place, LinkedHashSet<Waiting> here, Server server) {
    Database database = keyspace.database(place.database);
    byte[] key = place.key.bytes();
    Type type = typeOf(database, key);
    for (Iterator<Waiting> i = here.iterator(); i.hasNext() && (type != null || bound > 0); ) {
      Waiting waiting = i.next();
      KeyWait wait = waiting.wait;
      CommandExecutor.Rest rest;
      if (wait.type() == type) {
        rest = call -> wait.serve(call, key);
      } else if (wait.lostKey() != null) {
        rest = call -> {
          throw wait.lostKey();
        };
      } else {
        continue;
      }
      if (!server.finish(waiting.client, waiting.spec, waiting.argv, database, rest)) continue;
      i.remove(); // before the wait ends everywhere, which is no change under the iterator then
      blocked.answered(waiting.client);
      type = typeOf(database, key);
    }
  }

  /** Null if there is no such key. */
  private Type typeOf(Database database, byte[] key) {
    return database.find(key, entry, false) ? entry.type() : null;
  }
}
