package org.understudy.shard;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;

/**
 * Runs one command after the other and counts them. There is one on each loop: the shard's, and that of the
 * connections. An error that a handler throws becomes the reply; a fault is logged and answered too, so that no
 * command takes down who runs it.
 */
public final class CommandExecutor {
  /** Is told of every command that ran, nested ones included: slow log, MONITOR, propagation, client-side caching. */
  public interface Observer {
    void ran(Call call, long nanos);

    /**
     * A command that waited is answered by what another one did.
     *
     * @param nanos what it took without the waiting: until it waited, and {@code replyNanos} to answer it
     */
    default void finished(Call call, long nanos, long replyNanos) {}
  }

  /** The rest of a command that waited. */
  interface Rest {
    /** @return whether the client is answered, else it waits on */
    boolean run(Call call);
  }

  private static final Logger LOG = LoggerFactory.getLogger(CommandExecutor.class);

  private final Clock clock;
  private final Config config;
  private final LoopStats stats;
  private final Observer observer;
  /** Monotonic time of the last look at the clock; the end of one command is the start of the next. */
  private long nanos;
  /** Errors counted so far: one of a nested command is that command's, not also the one's around it. */
  private long errorsCounted;

  public CommandExecutor(Clock clock, Config config, LoopStats stats, Observer observer) {
    this.clock = clock;
    this.config = config;
    this.stats = stats;
    this.observer = observer;
  }

  public LoopStats stats() {
    return stats;
  }

  /** To be called before the first command of a batch. */
  public void startBatch(Call call) {
    nanos = clock.nanos();
    call.nowMillis = clock.millis();
  }

  /** Runs the command that the call holds; its reply, whatever happens, is in the call's buffer afterwards. */
  public void run(Call call) {
    Session session = call.session;
    CommandSpec spec = call.spec;
    ReplyBuffer reply = call.reply;
    long errorsBefore = reply.errors() - errorsCounted;
    if (!call.inTransaction) {
      session.lastCommand = spec.fullName;
      session.lastInteractionMillis = call.nowMillis;
    }
    if (session.replyMode != Session.ReplyMode.ON) mute(session, reply);
    call.reset();
    long start = nanos;
    try {
      spec.handler.run(call);
    } catch (CommandError error) {
      reply.error(error);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError fault) {
      answerFault(call, fault);
    }
    boolean nested = call.inTransaction;
    if (session.replyMode != Session.ReplyMode.ON && !nested) {
      if (session.blocked) reply.muted(false); // it has not been answered: the mode still counts when it will be
      else afterReply(session, reply);
    }
    long end = clock.nanos();
    nanos = end;
    long took = end - start;
    int index = spec.index;
    stats.commands++;
    stats.calls[index]++;
    stats.nanos[index] += took;
    if (config.latencyTracking() && !session.blocked) histogram(index).record(took);
    if (reply.errors() - errorsCounted != errorsBefore) {
      errorsCounted = reply.errors() - errorsBefore;
      stats.failed[index]++;
      stats.countError(reply.lastError());
    }
    if (took > 1_000_000 && !call.inTransaction) call.nowMillis = clock.millis();
    observer.ran(call, took);
    if (session.tracking != null && !nested) endCaching(session, spec);
  }

  /**
   * Tries to finish a command that waits. Answered, it is counted as in the reference implementation: the call itself
   * when it began to wait, its time in the histogram and errors now.
   *
   * @param nanosBefore what it took until it waited
   * @return whether it is answered
   */
  boolean finish(Call call, long nanosBefore, Rest rest) {
    Session session = call.session;
    ReplyBuffer reply = call.reply;
    long errorsBefore = reply.errors();
    call.reset();
    call.nowMillis = clock.millis();
    mute(session, reply);
    long start = clock.nanos();
    boolean answered = true;
    try {
      answered = rest.run(call);
    } catch (CommandError error) {
      reply.error(error);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError fault) {
      answerFault(call, fault);
    }
    nanos = clock.nanos();
    if (!answered) {
      reply.muted(false);
      return false;
    }
    afterReply(session, reply);
    long took = nanos - start;
    int index = call.spec.index;
    stats.nanos[index] += took;
    if (config.latencyTracking()) histogram(index).record(nanosBefore + took);
    if (reply.errors() != errorsBefore) failed(call.spec, reply.lastError());
    observer.finished(call, nanosBefore + took, took);
    return true;
  }

  /**
   * Answers a command that waits, from outside of any command: its time is up, work for it is done.
   *
   * @param answer writes the reply
   */
  static void answer(Session session, ReplyBuffer reply, Consumer<ReplyBuffer> answer) {
    mute(session, reply);
    answer.accept(reply);
    afterReply(session, reply);
  }

  /** Counts a command that ended with an error after it had waited. @param error its line; null to count no error */
  void failed(CommandSpec spec, String error) {
    stats.failed[spec.index]++;
    if (error != null) stats.countError(error);
  }

  private static void answerFault(Call call, Throwable fault) {
    LOG.error("A fault in the handler of '{}'", call.spec.fullName, fault);
    call.reply.error("ERR internal error, see the server's log");
    call.session.closeAfterReply = true; // part of a reply may have been written: nothing after it could be trusted
  }

  private LatencyHistogram histogram(int index) {
    LatencyHistogram histogram = stats.histograms[index];
    return histogram != null ? histogram : (stats.histograms[index] = new LatencyHistogram());
  }

  /** Answers a command that may not run. @param spec null if there is no such command */
  public void reject(Session session, CommandSpec spec, ReplyBuffer reply, String error) {
    session.lastCommand = spec == null ? null : spec.fullName;
    session.lastInteractionMillis = clock.millis();
    mute(session, reply);
    reply.error(error);
    afterReply(session, reply);
    if (spec != null) stats.rejected[spec.index]++;
    stats.countError(error);
    if (session.tracking != null) endCaching(session, spec);
  }

  /** Answers a command that was put into a transaction. */
  public void queued(Session session, CommandSpec spec, ReplyBuffer reply) {
    session.lastCommand = spec.fullName;
    mute(session, reply);
    reply.simple("QUEUED");
    afterReply(session, reply);
  }

  private static void mute(Session session, ReplyBuffer reply) {
    reply.muted(session.replyMode == Session.ReplyMode.OFF || session.replyMode == Session.ReplyMode.SKIP);
  }

  /** CLIENT CACHING counts for the next command, or for a transaction, but for no further CLIENT command. */
  private static void endCaching(Session session, CommandSpec spec) {
    boolean client = spec != null && spec.parent != null && spec.parent.name.equals("client");
    if (!session.inTransaction() && !client) session.tracking.cachingGiven = false;
  }

  /** SKIP lasts for one command. Messages between replies are not muted, so the buffer is open again. */
  private static void afterReply(Session session, ReplyBuffer reply) {
    switch (session.replyMode) {
      case SKIP_NEXT -> session.replyMode = Session.ReplyMode.SKIP;
      case SKIP -> session.replyMode = Session.ReplyMode.ON;
      default -> { }
    }
    reply.muted(false);
  }
}
