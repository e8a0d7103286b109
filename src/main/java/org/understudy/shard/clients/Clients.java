package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.statistics.Statistics;

/**
 * All connected clients, by id, which is the order in which they came; what is sent to them, and how they are cut off.
 */
public final class Clients {
  private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

  private final Clock clock;
  public final OutputLimits limits;
  public final ClientMemory memory;
  private final TreeMap<Long, Client> byId = new TreeMap<>();
  /** Executes what an append-only file holds, null while none is loaded. */
  private Client loader;
  /** Over their output limit: cut off once the command that runs is done. */
  private final List<Client> overLimit = new ArrayList<>();
  private Consumer<Client> forget = client -> { };

  public Clients(Config config, Clock clock, Statistics statistics) {
    this.clock = clock;
    limits = new OutputLimits(config);
    memory = new ClientMemory(config, this, statistics);
  }

  /** @param everywhere has to remove a client from all that the shard knows of it */
  public void onGone(Consumer<Client> everywhere) {
    forget = everywhere;
  }

  public void add(Client client) {
    byId.put(client.session.id, client);
    if (memory.isLimited()) memory.update(client);
  }

  public Client of(Session session) {
    return session.loads ? loader : byId.get(session.id);
  }

  /** From now on the client in whose name an append-only file is loaded; it is in no list. */
  public void loader(Client client) {
    loader = client;
  }

  /** The client, or null. */
  Client find(long id) {
    return byId.get(id);
  }

  public Collection<Client> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** Adds to a list up to so many clients, those with the next greater ids. */
  void after(long id, int count, List<Client> next) {
    if (count == 0) return;
    int size = next.size() + count;
    for (Client client : byId.tailMap(id, false).values()) {
      next.add(client);
      if (next.size() == size) return;
    }
  }

  public int size() {
    return byId.size();
  }

  /** A client's line as CLIENT LIST shows it. */
  public String info(Client client) {
    return ClientInfo.line(client, clock.millis());
  }

  // ---- sending ------------------------------------------------------------------------------------------------------

  /**
   * Sends a message that answers no request, in order with the replies of the command that runs. Nothing follows a last
   * reply.
   */
  void push(Client client, ByteString message) {
    if (client.gone || client.closing || client.session.closeAfterReply) return;
    if (client.executes) {
      ReplyBuffer reply = client.run.reply;
      boolean muted = reply.muted();
      reply.muted(false);
      reply.raw(message);
      reply.muted(muted);
      return; // the executor looks at the limits
    }
    client.session.outputBytes.addAndGet(message.size());
    client.sink.push(message);
    enforceLimit(client);
    if (memory.isLimited()) memory.update(client);
  }

  /** Marks a client that has too much output waiting. True if it is to be cut off. */
  public boolean enforceLimit(Client client) {
    long pending = Math.max(client.pendingOutputBytes(), client.partBytes);
    if (pending < limits.leastBytes() && client.overSoftLimitSinceMillis == 0) return false;
    if (client.closing || !limits.exceeded(client, pending, clock.millis())) return client.closing;
    LOG.warn("Client {} scheduled to be closed ASAP for overcoming of output buffer limits.", info(client));
    client.closing = true;
    overLimit.add(client);
    return true;
  }

  // ---- cutting off --------------------------------------------------------------------------------------------------

  /** Closes the clients that are over their output limit. Not while any of the shard's collections is walked. */
  public void closeOverLimit() {
    if (overLimit.isEmpty()) return;
    for (Client client : List.copyOf(overLimit)) kill(client);
    overLimit.clear();
  }

  /** Closes a connection at once. It is gone from everywhere when this returns. */
  public void kill(Client client) {
    if (client.gone) return;
    client.sink.kill();
    gone(client);
  }

  /** The connection has ended, whoever ended it. */
  public void gone(Client client) {
    if (client.gone) return;
    memory.forget(client);
    client.gone = true;
    client.suspended = null;
    byId.remove(client.session.id);
    forget.accept(client);
  }

  // ---- INFO ---------------------------------------------------------------------------------------------------------

  /** Clients that wait: for a key, or for the end of a pause. */
  public int blocked() {
    int blocked = 0;
    for (Client client : byId.values()) {
      if (client.isBlocked()) blocked++;
    }
    return blocked;
  }
}
