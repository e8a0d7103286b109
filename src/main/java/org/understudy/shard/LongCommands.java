package org.understudy.shard;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.SlicedWork;
import org.understudy.keyspace.Database;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.BlockedClients;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Clients;

/**
 * Commands that take longer than others should have to wait: their clients stand still while they go on in slices
 * between the turns of others, or on another thread.
 */
final class LongCommands {
  /** How long a slice may take. */
  private static final long SLICE_NANOS = 500_000;

  private final Shard shard;
  private final Clock clock;
  private final Clients clients;
  private final BlockedClients blocked;
  private Shard.Timing timing;
  private Executor loop;
  private Executor blocking;

  LongCommands(Shard shard, ShardParts parts) {
    this.shard = shard;
    clock = parts.clock;
    clients = parts.clients;
    blocked = parts.blocked;
  }

  void start(Shard.Timing lent, Executor loop, Executor blocking) {
    timing = lent;
    this.loop = loop;
    this.blocking = blocking;
  }

  /** Does the work of the command that runs, slice by slice, and then answers. */
  void inSlices(Client client, Call call, SlicedWork work) {
    CommandSpec spec = call.spec;
    byte[][] argv = call.argv;
    Database database = call.db;
    blocked.suspend(client);
    if (!client.sink.isHeld() && clients.limits.cutsOffAtOnce(client.session)) {
      client.replyWithheld = true;
      client.sink.hold();
    }
    timing.nextSlice(() -> slice(client, spec, argv, database, work));
  }

  /** A part of a command's work, and its answer if nothing is left to do. */
  private void slice(Client client, CommandSpec spec, byte[][] argv, Database database, SlicedWork work) {
    if (client.gone) return;
    long start = clock.nanos();
    boolean done = shard.finish(client, spec, argv, database, call -> {
      boolean more = true;
      while (more && clock.nanos() - start < SLICE_NANOS && call.reply.size() < Shard.PART_BYTES) {
        more = work.step(call.reply);
      }
      if (!more) work.answer(call.reply);
      return !more;
    });
    if (done) {
      client.partBytes = 0;
      if (client.replyWithheld) {
        client.replyWithheld = false;
        client.sink.release();
      }
      blocked.answered(client);
    } else {
      client.nanosBeforeWait += clock.nanos() - start;
      afterPart(client, () -> slice(client, spec, argv, database, work));
    }
    shard.afterTurn();
  }

  /** Lets go what has been written so far; the command goes on once there is room for more. */
  private void afterPart(Client client, Runnable next) {
    ReplyBuffer reply = client.run.reply;
    client.partBytes += reply.size();
    boolean full = !reply.isEmpty() && !clients.limits.mayAnswerMore(client.session);
    if (full) {
      client.afterDrain = next;
      client.sink.deliverPart(Shard.take(client, reply));
    } else {
      if (!reply.isEmpty()) client.sink.push(Shard.take(client, reply));
      timing.nextSlice(next);
    }
    if (clients.enforceLimit(client)) clients.kill(client);
    else if (clients.memory.isLimited()) shard.fits(client);
  }

  /**
   * Does blocking work of the command that runs on another thread, and then the rest of the command: also if the client
   * is gone by then. In a transaction, whose commands may not be torn apart, at once.
   *
   * @param rest answers
   */
  void offLoop(Client client, Call call, Runnable work, Consumer<Call> rest) {
    if (call.inTransaction) {
      work.run();
      rest.accept(call);
      return;
    }
    CommandSpec spec = call.spec;
    byte[][] argv = call.argv;
    Database database = call.db;
    blocked.suspend(client);
    blocking.execute(() -> {
      try {
        work.run();
      } finally {
        loop.execute(() -> {
          shard.finish(client, spec, argv, database, then -> {
            rest.accept(then);
            return true;
          });
          if (!client.gone) blocked.answered(client);
          shard.afterTurn();
        });
      }
    });
  }
}
