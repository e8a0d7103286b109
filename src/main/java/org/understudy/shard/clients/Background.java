package org.understudy.shard.clients;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.understudy.command.Call;
import org.understudy.resp.CommandError;

/**
 * Work of a command that is not done on the loop, since it would block it or is another's: the client's run stands
 * still.
 */
public final class Background {
  private final Clients clients;
  private final BlockedClients blocked;
  private Executor loop;
  private Executor blocking;

  public Background(Clients clients, BlockedClients blocked) {
    this.clients = clients;
    this.blocked = blocked;
  }

  /** @param loop runs on the shard's loop, {@code blocking} on threads that may block */
  public void start(Executor loop, Executor blocking) {
    this.loop = loop;
    this.blocking = blocking;
  }

  /**
   * Does the work and answers OK, or the {@link CommandError} that it throws. Within a transaction, whose commands
   * may not be torn apart, it is done at once.
   */
  public void run(Call call, Runnable work) {
    run(call, work, failure -> failure);
  }

  /**
   * As {@link #run(Call, Runnable)}, for work that nothing in a transaction depends on: there OK is answered before it
   * is done, so that the loop does not wait for a disk. An error is for the work to log.
   */
  public void runUnawaited(Call call, Runnable work) {
    if (!call.inTransaction) {
      run(call, work);
      return;
    }
    try {
      blocking.execute(() -> failure(work));
    } catch (RejectedExecutionException e) {
      throw CommandError.err("the server is shutting down");
    }
    call.reply.ok();
  }

  /** @param undo gets an error of the work, on the loop, and returns the one to answer with */
  public void run(Call call, Runnable work, UnaryOperator<CommandError> undo) {
    if (call.inTransaction) {
      work.run();
      call.reply.ok();
      return;
    }
    Client client = clients.of(call.session);
    blocked.suspend(client);
    try {
      blocking.execute(() -> {
        CommandError failure = failure(work);
        loop.execute(() -> {
          CommandError answer = failure == null ? null : undo.apply(failure);
          blocked.release(client, reply -> {
            if (answer == null) reply.ok();
            else reply.error(answer);
          });
        });
      });
    } catch (RejectedExecutionException e) {
      blocked.forget(client);
      throw CommandError.err("the server is shutting down");
    }
  }

  /** Has the client of the command wait for an answer from elsewhere. The handler writes no reply. */
  public PendingAnswer later(Call call) {
    Client client = clients.of(call.session);
    blocked.suspend(client);
    return writer -> loop.execute(() -> blocked.release(client, writer));
  }

  private static CommandError failure(Runnable work) {
    try {
      work.run();
      return null;
    } catch (CommandError error) {
      return error;
    } catch (RuntimeException e) {
      return CommandError.err("internal error: " + e);
    }
  }
}
