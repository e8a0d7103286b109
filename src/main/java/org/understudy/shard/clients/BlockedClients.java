package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.understudy.command.CommandSpec;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.statistics.CommandExecutor;

/**
 * Clients whose command waits: for something that may come before a deadline (WAIT, or keys, see {@link KeyWaits}), or
 * for work that is done elsewhere (CONFIG REWRITE). Their runs stand still meanwhile; a release answers the command,
 * and the run goes on.
 */
public final class BlockedClients {
  /** @param untilMillis Unix time, {@link Long#MAX_VALUE} for no deadline */
  private record Wait(long untilMillis, Client client, Consumer<ReplyBuffer> timedOut, Runnable ended) {}

  private final TreeSet<Wait> waits =
      new TreeSet<>(Comparator.comparingLong(Wait::untilMillis).thenComparing(wait -> wait.client.session.id));
  private final Consumer<Client> goOn;
  private final BiConsumer<CommandSpec, String> failed;

  /**
   * @param goOn has a client's run go on after its command was answered
   * @param failed counts a command that was answered with an error, and the error
   */
  public BlockedClients(Consumer<Client> goOn, BiConsumer<CommandSpec, String> failed) {
    this.goOn = goOn;
    this.failed = failed;
  }

  /**
   * Has the client of the command that runs wait. The handler writes no reply.
   *
   * @param timeoutMillis 0 for ever
   * @param timedOut writes the reply if the time is up
   */
  public void block(Client client, long timeoutMillis, long nowMillis, Consumer<ReplyBuffer> timedOut) {
    block(client, timeoutMillis, nowMillis, timedOut, () -> { });
  }

  /** @param ended is told that the client waits no more, whatever the reason */
  public void block(Client client, long timeoutMillis, long nowMillis, Consumer<ReplyBuffer> timedOut, Runnable ended) {
    long until = timeoutMillis == 0 ? Long.MAX_VALUE : nowMillis + timeoutMillis;
    Wait wait = new Wait(until < 0 ? Long.MAX_VALUE : until, client, timedOut, ended);
    client.wait = wait;
    client.session.blocked = true;
    waits.add(wait);
  }

  /** Has the client of the command that runs stand still until {@link #release}; not counted as blocked. */
  public void suspend(Client client) {
    client.session.blocked = true;
  }

  /**
   * Whether the client waits for others, as by {@link #block}: who ends its requests does not want the answer any more.
   * What it is to be told of its own work it still gets.
   */
  public boolean mayWaitForEver(Client client) {
    return client.wait != null;
  }

  /** Answers a waiting command. False if the client does not wait (any more). */
  public boolean release(Client client, Consumer<ReplyBuffer> answer) {
    if (client.gone || !client.session.blocked) return false;
    forget(client);
    ReplyBuffer reply = client.run.reply;
    long errorsBefore = reply.errors();
    CommandExecutor.answer(client.session, reply, answer);
    if (reply.errors() != errorsBefore) failed.accept(client.blockedCommand(), reply.lastError());
    goOn.accept(client);
    return true;
  }

  /** The command of a waiting client has its answer. */
  public void answered(Client client) {
    forget(client);
    goOn.accept(client);
  }

  /** Answers as if the time were up. False if the client does not wait for something that can time out. */
  boolean timeOut(Client client) {
    return client.wait instanceof Wait wait && release(client, wait.timedOut);
  }

  /** Answers those whose time is up. */
  public void expire(long nowMillis) {
    List<Client> expired = new ArrayList<>();
    for (Wait wait : waits) {
      if (wait.untilMillis > nowMillis) break;
      expired.add(wait.client);
    }
    for (Client client : expired) timeOut(client);
  }

  /** Answers all that wait with an error; their connections are closed then. */
  public void endAll(String error) {
    for (Wait wait : List.copyOf(waits)) {
      wait.client.session.closeAfterReply = true;
      release(wait.client, reply -> reply.error(error));
    }
  }

  /** Forgets that the client waits. */
  public void forget(Client client) {
    client.session.blocked = false;
    if (client.wait instanceof Wait wait) {
      waits.remove(wait);
      client.wait = null;
      wait.ended.run();
    }
  }

  public int size() {
    return waits.size();
  }

  /** How many of them have a deadline. */
  public int timed() {
    int timed = 0;
    for (Wait wait : waits) {
      if (wait.untilMillis == Long.MAX_VALUE) break;
      timed++;
    }
    return timed;
  }

  /** Unix time of the next deadline, {@link Long#MAX_VALUE} if there is none. */
  public long nextDeadlineMillis() {
    return waits.isEmpty() ? Long.MAX_VALUE : waits.first().untilMillis;
  }
}
