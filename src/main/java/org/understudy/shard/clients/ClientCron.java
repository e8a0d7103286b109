package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.ReplyBuffer;

/**
 * What is done for every client about once a second, a part of them at each tick: idle ones are closed,
 * buffers shrink, soft limits run out. Source: clientsCron, server.c 7.0.15.
 */
public final class ClientCron {
  private static final Logger LOG = LoggerFactory.getLogger(ClientCron.class);
  private static final int LEAST_CLIENTS = 5;
  /** So many clients' output is added up at a tick; it takes about a tenth of a millisecond. */
  private static final int ADDED_UP_CLIENTS = 250;
  /** For how long the most that a reply buffer held keeps it from shrinking. */
  public static final long PEAK_MILLIS = 5000;
  /** Input buffers with so much unused are given up after so long, larger ones as soon as they are not needed. */
  private static final int LEAST_INPUT_BYTES = 4 * 1024;
  private static final int LARGE_INPUT_BYTES = 32 * 1024;
  private static final int INPUT_IDLE_SECONDS = 2;
  /** Share of the heap beyond which waiting output counts as much. */
  private static final int TIGHT_HEAP_SHARE = 8;

  private final Config config;
  private final Clients clients;
  private final long tightBytes = Runtime.getRuntime().maxMemory() / TIGHT_HEAP_SHARE;
  /** Those who have their turn now; empty between ticks. */
  private final List<Client> part = new ArrayList<>();
  private long lastId;
  /** The output of all clients up to this one, in the pass that is under way. */
  private long waitingBytes;
  private long addedUpId;
  private boolean buffersShrink = true;
  private long peakMillis = PEAK_MILLIS;

  public ClientCron(Config config, Clients clients) {
    this.config = config;
    this.clients = clients;
  }

  /**
   * @param hz how often this is called a second
   * @param sample is told of each client that had its turn
   */
  public void tick(long nowMillis, int hz, Consumer<Client> sample) {
    addUpOutput();
    int count = Math.min(clients.size(), Math.max(LEAST_CLIENTS, clients.size() / hz));
    clients.after(lastId, count, part);
    clients.after(0, count - part.size(), part);
    for (Client client : part) {
      if (client.gone) continue;
      lastId = client.session.id;
      sample.accept(client);
      look(client, nowMillis);
    }
    part.clear();
    clients.memory.evict();
  }

  /** A part of a pass over all clients: to look at thousands of them at once would be a pause. */
  private void addUpOutput() {
    clients.after(addedUpId, ADDED_UP_CLIENTS, part);
    for (Client client : part) {
      waitingBytes += client.session.outputBytes.get();
      addedUpId = client.session.id;
    }
    if (part.size() < ADDED_UP_CLIENTS) {
      clients.limits.memoryIsTight(waitingBytes > tightBytes);
      waitingBytes = 0;
      addedUpId = 0;
    } else if (waitingBytes > tightBytes) {
      clients.limits.memoryIsTight(true); // whatever the rest is
    }
    part.clear();
  }

  private void look(Client client, long nowMillis) {
    Session session = client.session;
    if (isIdle(client, nowMillis)) {
      LOG.debug("Closing idle client");
      clients.kill(client);
      return;
    }
    long output = session.outputBytes.get();
    shrinkInputBuffer(client, nowMillis);
    if (buffersShrink) shrinkReplyBuffer(client, nowMillis);
    if (!session.replica && clients.limits.exceeded(client, output, nowMillis)) {
      String info = clients.info(client);
      clients.kill(client);
      LOG.warn("Client {} closed for overcoming of output buffer limits.", info);
    }
  }

  private void shrinkInputBuffer(Client client, long nowMillis) {
    Session session = client.session;
    if (session.queryBufferFreeBytes < LEAST_INPUT_BYTES) return;
    boolean idle = nowMillis / 1000 - session.lastInteractionMillis / 1000 > INPUT_IDLE_SECONDS;
    if (idle || session.queryBufferFreeBytes > LARGE_INPUT_BYTES) client.sink.shrinkInput(idle);
  }

  private void shrinkReplyBuffer(Client client, long nowMillis) {
    ReplyBuffer reply = client.run.reply;
    boolean peakIsOld = peakMillis >= 0 && nowMillis - client.peakSinceMillis >= peakMillis;
    if (peakIsOld) client.peakSinceMillis = nowMillis;
    if (reply.capacityBytes() > ReplyBuffer.LEAST_BYTES) client.sink.shrink(peakIsOld);
  }

  /** DEBUG REPLYBUFFER RESIZING. */
  public void replyBuffersShrink(boolean yes) {
    buffersShrink = yes;
  }

  /** DEBUG REPLYBUFFER PEAK-RESET-TIME. @param millis negative for never */
  public void replyBufferPeakMillis(long millis) {
    peakMillis = millis;
  }

  /** Those who wait for something to come are not idle. */
  private boolean isIdle(Client client, long nowMillis) {
    Session session = client.session;
    return config.timeout() > 0 && !session.countsAsReplica() && !client.isBlocked() && session.subscriptions() == 0
        && nowMillis / 1000 - session.lastInteractionMillis / 1000 > config.timeout();
  }
}
