package org.understudy.shard.statistics;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandFlag;
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
  /** Whoever follows what is executed. */
  public interface Observer {
    /**
     * A command ran, also one within another: MONITOR, propagation, client-side caching.
     *
     * @param nanos what it took, 0 if it is timed together with others
     */
    default void ran(Call call, long nanos) {}

    /** A command took long. Of commands that were timed together the last is named, with the time of all. */
    void took(Session session, CommandSpec spec, byte[][] shownArgv, long nanos);

    /**
     * A command that waited is answered by what another one did.
     *
     * @param nanos what it took without the waiting: until it waited, and {@code replyNanos} to answer it
     */
    default void finished(Call call, long nanos, long replyNanos) {}
  }

  /** The rest of a command that waited. */
  public interface Rest {
    /** @return whether the client is answered, else it waits on */
    boolean run(Call call);
  }

  private static final Logger LOG = LoggerFactory.getLogger(CommandExecutor.class);

  /** How many commands in a row may be timed together, and what still counts as simple enough for that. */
  private static final int TIMED_TOGETHER = 8;
  private static final int SHORT_ARGV = 4;
  private static final int SIMPLE = CommandFlag.FAST.bit | CommandFlag.BLOCKING.bit;
  private static final long MILLISECOND = 1_000_000;
  /** What so few simple commands take together only if the machine stood still under one of them. */
  private static final long SURELY_A_PAUSE = 10 * MILLISECOND;

  private final Clock clock;
  private final Config config;
  private final LoopStats stats;
  private final LongSupplier shortestOfInterest;
  private final Observer observer;
  /** Monotonic time of the last look at the clock; the end of one command is the start of the next. */
  private long nanos;
  /** Errors counted so far: one of a nested command is that command's, not also the one's around it. */
  private long errorsCounted;
  /**
   * Commands that ran since {@link #untimedFrom} and were not timed yet, all of one row: reading the clock costs as
   * much as a tenth of a GET, so equal commands of a constant, small cost are timed a few at a time. Their sum is
   * exact; each counts as the mean.
   */
  private int untimed;
  private long untimedFrom;
  private Session untimedSession;
  private CommandSpec untimedSpec;
  private byte[][] untimedArgv;

  /** @param shortestOfInterest the observer wants to know of commands that took so many nanoseconds or longer */
  public CommandExecutor(Clock clock, Config config, LoopStats stats, LongSupplier shortestOfInterest,
      Observer observer) {
    this.clock = clock;
    this.shortestOfInterest = shortestOfInterest;
    this.config = config;
    this.stats = stats;
    this.observer = observer;
  }

  /** To be called before the first command of a batch. */
  public void startBatch(Call call) {
    nanos = clock.nanos();
    call.nowMillis = clock.millis();
  }

  /** To be called after the last command of a batch. */
  public void endBatch(Call call) {
    if (untimed > 0) time(call);
  }

  /** Runs the command that the call holds; its reply, whatever happens, is in the call's buffer afterwards. */
  public void run(Call call) {
    Session session = call.session;
    CommandSpec spec = call.spec;
    ReplyBuffer reply = call.reply;
    boolean nested = call.inTransaction;
    boolean timedWithOthers = isTimedWithOthers(call);
    if (untimed > 0 && !(timedWithOthers && spec == untimedSpec)) time(call);
    long errorsBefore = reply.errors() - errorsCounted;
    if (!nested) {
      if (session.lastCommand != spec.fullName) session.lastCommand = spec.fullName; // stores cost the collector
      session.lastInteractionMillis = call.nowMillis;
    }
    if (session.replyMode != Session.ReplyMode.ON) mute(session, reply);
    call.reset();
    long start = untimed == 0 ? nanos : untimedFrom;
    try {
      spec.handler.run(call);
    } catch (CommandError error) {
      reply.error(error);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError fault) {
      answerFault(call, fault);
    }
    if (session.replyMode != Session.ReplyMode.ON && !nested) {
      if (session.blocked) reply.muted(false); // it has not been answered: the mode still counts when it will be
      else afterReply(session, reply);
    }
    int index = spec.index;
    stats.commands++;
    stats.calls[index]++;
    if (reply.errors() - errorsCounted != errorsBefore) {
      errorsCounted = reply.errors() - errorsBefore;
      stats.failed[index]++;
      stats.countError(reply.lastError());
    }
    untimed++;
    untimedFrom = start;
    untimedSession = session;
    untimedSpec = spec;
    untimedArgv = call.shownArgv();
    long took = !timedWithOthers || untimed == TIMED_TOGETHER ? time(call) : 0;
    observer.ran(call, timedWithOthers ? 0 : took);
    if (session.tracking != null && !nested) endCaching(session, spec);
  }

  /** Whether the command is one of those that are simple and whose exact duration nobody asks for. */
  private boolean isTimedWithOthers(Call call) {
    return (call.spec.flags & SIMPLE) == CommandFlag.FAST.bit && call.argv.length <= SHORT_ARGV && !call.inTransaction
        && shortestOfInterest.getAsLong() >= SURELY_A_PAUSE;
  }

  /** Looks at the clock: what ran since {@link #untimedFrom} took the time since then, which is returned. */
  private long time(Call call) {
    long end = clock.nanos();
    long took = end - untimedFrom;
    nanos = end;
    int index = untimedSpec.index;
    stats.nanos[index] += took;
    if (config.latencyTracking() && !untimedSession.blocked) histogram(index).record(took / untimed, untimed);
    if (took >= shortestOfInterest.getAsLong()) observer.took(untimedSession, untimedSpec, untimedArgv, took);
    untimed = 0;
    untimedSession = null;
    untimedSpec = null;
    untimedArgv = null;
    if (took > MILLISECOND && !call.inTransaction) call.nowMillis = clock.millis();
    return took;
  }

  /**
   * Tries to finish a command that waits. Answered, it is counted as in the reference implementation: the call itself
   * when it began to wait, its time in the histogram and errors now.
   *
   * @param nanosBefore what it took until it waited
   * @return whether it is answered
   */
  public boolean finish(Call call, long nanosBefore, Rest rest) {
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
  public static void answer(Session session, ReplyBuffer reply, Consumer<ReplyBuffer> answer) {
    mute(session, reply);
    answer.accept(reply);
    afterReply(session, reply);
  }

  /** Counts a command that ended with an error after it had waited. @param error its line; null to count no error */
  public void failed(CommandSpec spec, String error) {
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
