package org.understudy.shard;

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
      LOG.error("A fault in the handler of '{}'", spec.fullName, fault);
      reply.error("ERR internal error, see the server's log");
      session.closeAfterReply = true; // part of a reply may have been written: nothing after it could be trusted
    }
    boolean nested = call.inTransaction;
    if (session.replyMode != Session.ReplyMode.ON && !nested) afterReply(session, reply);
    long end = clock.nanos();
    nanos = end;
    long took = end - start;
    int index = spec.index;
    stats.commands++;
    stats.calls[index]++;
    stats.nanos[index] += took;
    if (config.latencyTracking() && !session.blocked) {
      LatencyHistogram histogram = stats.histograms[index];
      if (histogram == null) histogram = stats.histograms[index] = new LatencyHistogram();
      histogram.record(took);
    }
    if (reply.errors() - errorsCounted != errorsBefore) {
      errorsCounted = reply.errors() - errorsBefore;
      stats.failed[index]++;
      stats.countError(reply.lastError());
    }
    if (took > 1_000_000 && !call.inTransaction) call.nowMillis = clock.millis();
    observer.ran(call, took);
    if (session.tracking != null && !nested) endCaching(session, spec);
  }

  /** Answers a command that may not run. @param spec null if there is no such command */
  public void reject(Session session, CommandSpec spec, ReplyBuffer reply, String error) {
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
