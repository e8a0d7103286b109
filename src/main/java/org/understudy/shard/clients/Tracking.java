package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.ByteKey;
import org.understudy.bytes.Bytes;
import org.understudy.command.Call;
import org.understudy.command.CommandFlag;
import org.understudy.command.KeyPositions;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.ReplyBuffer;

/**
 * Client-side caching: who may hold which keys, and who has to be told that a key changed. Behaves as tracking.c
 * 7.0.15.
 *
 * <p>A client in the default mode is remembered, by id, for each key that it reads, until the key changes; then it is
 * told once. Ids of clients that went or turned tracking off stay until then. A client in broadcasting mode is told of
 * all keys with its prefixes, once for each turn of the shard, in one message for each prefix.
 */
public final class Tracking {
  /** Keys that {@link #limit} gives up at a time; more if it was not enough the last time. */
  private static final int EFFORT = 100;
  private static final byte[] INVALIDATE_CHANNEL = Bytes.of("__redis__:invalidate");

  /** Who may hold one key. */
  private static final class Holders {
    private long[] ids = new long[1];
    private int count;
    /** Where the key stands in {@link #keys}. */
    private int place;

    private boolean add(long id) {
      for (int i = 0; i < count; i++) {
        if (ids[i] == id) return false;
      }
      if (count == ids.length) ids = Arrays.copyOf(ids, 2 * count);
      ids[count++] = id;
      return true;
    }
  }

  /**
   * Who listens to one prefix, and which keys with it changed in this turn, each with who changed it last (or null).
   */
  private static final class Prefix {
    private final Set<Client> listeners = new LinkedHashSet<>(2);
    private final TreeMap<ByteKey, Client> changed = new TreeMap<>();
  }

  private final Config config;
  private final Clients clients;
  private final SplittableRandom random;
  private final Map<ByteKey, Holders> table = new HashMap<>();
  /** The keys of the table, for a fair choice among them. */
  private final List<ByteKey> keys = new ArrayList<>();
  private long items;
  private final TreeMap<ByteKey, Prefix> prefixes = new TreeMap<>();
  private boolean broadcastsDue;
  private int trackingClients;
  private int timesOverLimit;
  private final KeyPositions positions = new KeyPositions();
  private final ReplyBuffer encoder = new ReplyBuffer();

  /** Keys of the client that runs a command which it must hear of after the reply; a null is all keys. */
  private final List<byte[]> pending = new ArrayList<>();

  public Tracking(Config config, Clients clients, long seed) {
    this.config = config;
    this.clients = clients;
    random = new SplittableRandom(seed);
  }

  // ---- on and off ---------------------------------------------------------------------------------------------------

  /** Turns tracking on, or changes its options; prefixes come on top of those that the client has. */
  void enable(Client client, Session.Tracking options, List<byte[]> newPrefixes) {
    Session session = client.session;
    if (session.tracking == null) trackingClients++;
    else options.cachingGiven = session.tracking.cachingGiven;
    session.tracking = options;
    if (!options.broadcast) return;
    if (newPrefixes.isEmpty()) addPrefix(client, new ByteKey(Bytes.EMPTY));
    for (byte[] prefix : newPrefixes) addPrefix(client, new ByteKey(prefix));
  }

  private void addPrefix(Client client, ByteKey prefix) {
    if (!client.ownInterests().prefixes.add(prefix)) return;
    prefixes.computeIfAbsent(prefix, p -> new Prefix()).listeners.add(client);
  }

  public void disable(Client client) {
    if (client.session.tracking == null) return;
    Set<ByteKey> own = client.interests().prefixes;
    for (ByteKey prefix : own) {
      Prefix shared = prefixes.get(prefix);
      shared.listeners.remove(client);
      if (shared.listeners.isEmpty()) prefixes.remove(prefix);
    }
    if (!own.isEmpty()) own.clear();
    client.session.tracking = null;
    trackingClients--;
  }

  /** A prefix of the client or of the same list that would report the same keys as another, or null if all is well. */
  static byte[][] overlap(NavigableSet<ByteKey> own, List<byte[]> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      for (ByteKey other : own) {
        if (overlaps(wanted.get(i), other.bytes())) return new byte[][] {wanted.get(i), other.bytes()};
      }
    }
    return null;
  }

  static byte[][] overlap(List<byte[]> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      for (int j = i + 1; j < wanted.size(); j++) {
        if (overlaps(wanted.get(i), wanted.get(j))) return new byte[][] {wanted.get(i), wanted.get(j)};
      }
    }
    return null;
  }

  private static boolean overlaps(byte[] a, byte[] b) {
    int length = Math.min(a.length, b.length);
    return Arrays.equals(a, 0, length, b, 0, length);
  }

  // ---- what was read ------------------------------------------------------------------------------------------------

  /** Remembers the keys of a command that a tracking client ran. */
  public void ran(Call call) {
    Session.Tracking options = call.session.tracking;
    if (options.broadcast || !call.spec.is(CommandFlag.READONLY)) return;
    if (options.optIn && !options.cachingGiven || options.optOut && options.cachingGiven) return;
    call.spec.findKeys(call.argv, positions);
    for (int i = 0; i < positions.size(); i++) remember(call.argv[positions.position(i)], call.session.id);
  }

  private void remember(byte[] key, long id) {
    ByteKey name = new ByteKey(key);
    Holders holders = table.get(name);
    if (holders == null) {
      holders = new Holders();
      holders.place = keys.size();
      keys.add(name);
      table.put(name, holders);
    }
    if (holders.add(id)) items++;
  }

  private Holders forget(ByteKey key) {
    Holders holders = table.remove(key);
    if (holders == null) return null;
    ByteKey last = keys.remove(keys.size() - 1);
    if (holders.place < keys.size()) {
      keys.set(holders.place, last);
      table.get(last).place = holders.place;
    }
    items -= holders.count;
    return holders;
  }

  // ---- what changed -------------------------------------------------------------------------------------------------

  /**
   * A key changed, expired or was evicted.
   *
   * @param by who changed it; null if time or the server did
   * @param current the client whose command runs, or null
   * @param executing whether its command is under way, so that what it is told has to wait for the reply
   */
  public void changed(byte[] key, Client by, Client current, boolean executing) {
    if (!prefixes.isEmpty()) broadcast(key, by);
    if (!table.isEmpty()) invalidate(new ByteKey(key), current, executing);
  }

  /** Whether nobody can be interested in any key. */
  public boolean isIdle() {
    return table.isEmpty() && prefixes.isEmpty();
  }

  private void broadcast(byte[] key, Client by) {
    ByteKey name = null;
    for (Map.Entry<ByteKey, Prefix> entry : prefixes.entrySet()) {
      byte[] prefix = entry.getKey().bytes();
      if (prefix.length > key.length || !Arrays.equals(prefix, 0, prefix.length, key, 0, prefix.length)) continue;
      if (name == null) name = new ByteKey(key);
      entry.getValue().changed.put(name, by);
      broadcastsDue = true;
    }
  }

  private void invalidate(ByteKey key, Client current, boolean executing) {
    Holders holders = forget(key);
    if (holders == null) return;
    for (int i = 0; i < holders.count; i++) {
      Client client = clients.find(holders.ids[i]);
      Session.Tracking options = client == null ? null : client.session.tracking;
      if (options == null || options.broadcast || options.noLoop && client == current) continue;
      if (client == current && executing) pending.add(key.bytes());
      else tell(client, keyList(key.bytes()));
    }
  }

  /**
   * All keys of a database, or of all, are about to go: caches are not told apart by database, so each forgets
   * everything.
   */
  public void flushed(Client current) {
    if (trackingClients > 0) {
      for (Client client : List.copyOf(clients.all())) {
        if (client.session.tracking == null) continue;
        if (client == current) pending.add(null);
        else tell(client, nothing(client));
      }
    }
    table.clear();
    keys.clear();
    items = 0;
  }

  /**
   * Gives up keys while there are more than {@code tracking-table-max-keys}, in bounded steps; their holders are told.
   */
  public void limit() {
    long most = config.trackingTableMaxKeys();
    if (most == 0 || table.size() <= most) {
      timesOverLimit = 0;
      return;
    }
    for (long effort = EFFORT * (timesOverLimit + 1L); effort > 0 && table.size() > most; effort--) {
      invalidate(keys.get(random.nextInt(keys.size())), null, false);
    }
    timesOverLimit = table.size() > most ? timesOverLimit + 1 : 0;
  }

  // ---- telling ------------------------------------------------------------------------------------------------------

  /** Whether the client that runs a command has to hear of its own changes. */
  public boolean owesAnswer() {
    return !pending.isEmpty();
  }

  /** The command of a client is answered: now it may hear of its own changes. */
  public void answered(Client client) {
    for (byte[] key : pending) tell(client, key == null ? nothing(client) : keyList(key));
    pending.clear();
  }

  /** The end of a turn: broadcasts what changed in it. */
  public void endTurn() {
    if (!broadcastsDue) return;
    broadcastsDue = false;
    for (Prefix prefix : prefixes.values()) {
      if (prefix.changed.isEmpty()) continue;
      ByteString all = null;
      for (Client client : prefix.listeners) {
        if (client.session.tracking.noLoop) {
          ByteString others = keyList(prefix.changed, client);
          if (others != null) tell(client, others);
        } else {
          if (all == null) all = keyList(prefix.changed, null);
          tell(client, all);
        }
      }
      prefix.changed.clear();
    }
  }

  /**
   * Sends an invalidation to a client, or to the one that it is redirected to. @param payload list of keys, or a null
   */
  private void tell(Client client, ByteString payload) {
    Session.Tracking options = client.session.tracking;
    if (options == null) return;
    Client target = client;
    if (options.redirect != 0) {
      target = clients.find(options.redirect);
      if (target == null) {
        options.redirectBroken = true;
        if (client.session.protocol > 2) clients.push(client, redirectBroken(options.redirect));
        return;
      }
    }
    int protocol = target.session.protocol;
    boolean asMessage = protocol == 2 && options.redirect != 0 && target.session.subscriptions() > 0;
    if (protocol == 2 && !asMessage) return; // there is no way to tell it
    encoder.protocol(protocol);
    if (asMessage) {
      encoder.push(3);
      encoder.bulk("message");
      encoder.bulk(INVALIDATE_CHANNEL);
    } else {
      encoder.push(2);
      encoder.bulk("invalidate");
    }
    encoder.raw(payload);
    clients.push(target, encoder.take());
  }

  private ByteString redirectBroken(long id) {
    encoder.protocol(3);
    encoder.push(2);
    encoder.bulk("tracking-redir-broken");
    encoder.integer(id);
    return encoder.take();
  }

  /** A null in the client's own protocol, even if another client gets it, as in Redis. */
  private ByteString nothing(Client client) {
    encoder.protocol(client.session.protocol);
    encoder.nullValue();
    return encoder.take();
  }

  private ByteString keyList(byte[] key) {
    encoder.array(1);
    encoder.bulk(key);
    return encoder.take();
  }

  /** The keys in order of their bytes, without those that {@code but} changed last; null if none is left. */
  private ByteString keyList(TreeMap<ByteKey, Client> changed, Client but) {
    int count = 0;
    for (Client by : changed.values()) {
      if (but == null || by != but) count++;
    }
    if (count == 0) return null;
    encoder.array(count);
    for (Map.Entry<ByteKey, Client> entry : changed.entrySet()) {
      if (but == null || entry.getValue() != but) encoder.bulk(entry.getKey().bytes());
    }
    return encoder.take();
  }

  // ---- INFO ---------------------------------------------------------------------------------------------------------

  public int clients() {
    return trackingClients;
  }

  public long totalKeys() {
    return table.size();
  }

  /** Ids remembered over all keys. */
  public long totalItems() {
    return items;
  }

  public long totalPrefixes() {
    return prefixes.size();
  }
}
