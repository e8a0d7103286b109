package org.understudy.client;

import java.net.Socket;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.QuotedArguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.ClientInfo;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.QueuedFlags;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.ShardMessage;

/**
 * A client's connection. It checks each request, answers what is its own, queues what belongs to a transaction, and
 * hands the rest to the shard, consecutive requests as one run. Replies leave in the order of requests: while a run is
 * out and more of the chunk follows it, the connection waits. Once the shard had a part of a chunk it also sends the
 * replies to all of it, since it knows when they may leave (what was changed may have to be on disk first).
 *
 * <pre>
 * Opening       -> Ready: the stage is up and the shard knows the client
 * Ready         -> AwaitingShard: a run is out and requests of the same chunk follow it
 * AwaitingShard -> Ready: the run came back and the rest of the chunk was dealt with
 * any           -> Closed
 * </pre>
 * How a request is taken depends on the session: plain, in a transaction (queued), subscribed (RESP2: few commands
 * only).
 */
final class ClientConnection extends AbstractMatchingBehavior<ClientConnection.Message> {
  sealed interface Message permits Opened, Requests, ProtocolError, QueryBufferExceeded, PartSent, Shrink,
      Resumed, Closed {}

  /** The stage is up; it takes outputs from any thread. */
  record Opened(Consumer<RequestStage.Output> stage) implements Message {}

  /** All complete requests of one chunk. */
  record Requests(List<byte[][]> list) implements Message {}

  record ProtocolError(String reason) implements Message {}

  /** @param start the first bytes of the request that is too large */
  record QueryBufferExceeded(byte[] start) implements Message {}

  /** No request is being executed: the reply buffer may change. */
  record Shrink(boolean forgetPeak) implements Message {}

  enum PartSent implements Message { INSTANCE }

  enum Resumed implements Message { INSTANCE }

  enum Closed implements Message { BY_PEER, BY_US }

  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private final Loop loop;
  private final Session session;
  private final Client client;
  private final StageSink sink;
  private final Run run;
  private final ReplyBuffer reply;
  /** What the reply buffer occupied when it was last looked at. */
  private int roomSeen = ReplyBuffer.LEAST_BYTES;

  /** The chunk in work, and which of its requests is next. */
  private List<byte[][]> requests = List.of();
  private int next;
  /** The shard had a part of the chunk. */
  private boolean partRan;
  /** Commands of the chunk ran here: the clock is not read for each of them. */
  private boolean batchStarted;
  /** The stream has ended and deals with its socket itself. */
  private boolean over;
  /** Name and row of the last command without subcommands. */
  private byte[] lastName;
  private CommandSpec lastSpec;

  /**
   * @param reply where replies are written, by this actor and, while it has a run, by the shard
   * @param socket for its options; null if there are none to set
   */
  static Behavior<Message> create(Loop loop, Session session, ReplyBuffer reply, Socket socket) {
    return Behaviors.setup(context -> new ClientConnection(context, loop, session, reply, socket));
  }

  private ClientConnection(ActorContext<Message> context, Loop loop, Session session, ReplyBuffer reply,
      Socket socket) {
    super(context);
    this.loop = loop;
    this.session = session;
    sink = new StageSink(context.getSelf(), socket);
    client = new Client(session, sink);
    run = new Run(client, reply);
    this.reply = reply;
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    if (message instanceof Requests chunk) {
      requests = chunk.list;
      next = 0;
      partRan = false;
      proceed();
    } else if (message == Resumed.INSTANCE) {
      proceed();
    } else if (message instanceof Opened opened) {
      sink.opened(opened.stage);
      loop.shard.tell(new ShardMessage.Connected(client));
    } else if (message == PartSent.INSTANCE) {
      loop.shard.tell(new ShardMessage.Drained(client));
    } else if (message instanceof ProtocolError error) {
      protocolError(error.reason);
    } else if (message instanceof Shrink shrink) {
      shrink(shrink.forgetPeak);
    } else if (message instanceof QueryBufferExceeded exceeded) {
      LOG.warn("Closing client that reached max query buffer length: {} (qbuf initial bytes: {})",
          ClientInfo.line(client, loop.clock.millis()), Bytes.string(QuotedArguments.quote(exceeded.start)));
      sink.kill();
    } else {
      if (message == Closed.BY_PEER && LOG.isDebugEnabled()) {
        LOG.debug("Client closed connection {}", ClientInfo.line(client, loop.clock.millis()));
      }
      over = true;
      loop.shard.tell(new ShardMessage.Disconnected(client));
      loop.sessions.closed(session);
      return Behaviors.stopped();
    }
    return this;
  }

  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal == PostStop.instance() && !over) sink.hangUp();
    return this;
  }

  private void shrink(boolean forgetPeak) {
    int room = reply.capacityBytes();
    if (room > roomSeen) loop.stats.replyBufferExpansions++;
    reply.shrink(forgetPeak);
    roomSeen = reply.capacityBytes();
    if (roomSeen < room) loop.stats.replyBufferShrinks++;
  }

  private void protocolError(String reason) {
    LOG.debug("Protocol error ({}) from client: {}", reason, ClientInfo.line(client, loop.clock.millis()));
    loop.executor.reject(session, null, reply, "ERR " + reason);
    closeAfterReplies();
  }

  // ---- a chunk's requests -------------------------------------------------------------------------------------------

  /** Deals with requests until the chunk is at its end or the shard has to be waited for. */
  private void proceed() {
    proceedWithBatch();
    if (batchStarted) loop.executor.endBatch(loop.call);
    batchStarted = false;
  }

  private void proceedWithBatch() {
    List<byte[][]> requests = this.requests;
    int count = requests.size();
    while (next < count) {
      byte[][] argv = requests.get(next);
      CommandSpec spec = lookup(argv);
      boolean forShard = spec != null && !runsHere(spec) && spec.takes(argv.length)
          && loop.admission.refuse(session, spec, argv) == null && !queues(spec);
      if (forShard) {
        next++;
        boolean inStep = inStep(spec);
        forward(spec, argv);
        if (inStep && next < count) {
          sendRun(false);
          return;
        }
      } else if (!run.isEmpty()) {
        sendRun(false); // first what came first; this request is looked at again then
        return;
      } else {
        next++;
        if (!answer(spec, argv)) return;
      }
    }
    this.requests = List.of();
    if (session.multiBytes > 0 && loop.limits.clientsAreEvicted()) loop.shard.tell(new ShardMessage.Resized(session));
    if (run.isEmpty() && !partRan) {
      ByteString replies = reply.take();
      session.outputBytes.addAndGet(replies.size());
      sink.deliver(replies);
    } else {
      sendRun(true);
    }
  }

  /** While somebody monitors, the shard runs all commands, so that they are shown in the order in which they ran. */
  private boolean runsHere(CommandSpec spec) {
    return spec.place == Place.CONNECTION && !loop.monitored.getAsBoolean();
  }

  /**
   * The parser gives a name that comes again as the same array: then the command is the same too, unless it has
   * subcommands.
   */
  private CommandSpec lookup(byte[][] argv) {
    if (argv[0] == lastName) return lastSpec;
    CommandSpec spec = loop.table.lookup(argv);
    if (spec != null && spec.parent == null && !spec.isContainer()) {
      lastName = argv[0];
      lastSpec = spec;
    }
    return spec;
  }

  private void sendRun(boolean last) {
    run.last = last;
    partRan = true;
    loop.shard.tell(run);
  }

  /** Whether a command that may run is queued instead: in a transaction all but those that control it. */
  private boolean queues(CommandSpec spec) {
    if (session.transaction == null) return false;
    return switch (spec.fullName) {
      case "exec", "discard", "multi", "watch", "quit", "reset" -> false;
      default -> true;
    };
  }

  /**
   * Whether what follows a command is looked at only once that has run: it looks at the session (WATCH) or changes what
   * the connection decides by, as the commands of a transaction may that do not run on the shard alone (AUTH).
   */
  private boolean inStep(CommandSpec spec) {
    if (session.transaction == null) return spec.place != Place.SHARD;
    if (!endsTransaction(spec)) return true;
    for (Session.Queued queued : session.transaction) {
      if (queued.spec().place != Place.SHARD) return true;
    }
    return false;
  }

  private boolean endsTransaction(CommandSpec spec) {
    return session.transaction != null && (spec.fullName.equals("exec") || spec.fullName.equals("discard"));
  }

  private void forward(CommandSpec spec, byte[][] argv) {
    if (endsTransaction(spec)) {
      run.add(spec, argv, session.transaction, session.transactionRefused);
      session.endTransaction();
    } else {
      run.add(spec, argv);
    }
  }

  /** Answers a request here. False if it has to wait, or if the connection ends. */
  private boolean answer(CommandSpec spec, byte[][] argv) {
    if (spec == null || !spec.takes(argv.length)) {
      if (isAttack(argv[0])) return false;
      refuse(spec, argv, error(argv).getMessage());
      return true;
    }
    String refusal = loop.admission.refuse(session, spec, argv);
    if (refusal != null) loop.admission.noteRefused(client, spec, argv, loop.clock.millis());
    else refusal = loop.admission.refuseNow(session, spec, QueuedFlags.NONE);
    if (refusal != null) {
      refuse(spec, argv, refusal);
      return true;
    }
    if (!session.countsAsReplica() && loop.pause.mode() != Pause.Mode.NONE
        && loop.pause.holds(spec, QueuedFlags.NONE)) {
      next--;
      run.awaitsUnpause = true;
      sendRun(false);
      return false;
    }
    if (queues(spec)) {
      if (!session.transactionRefused && !session.watchedChanged) session.queue(spec, argv);
      loop.executor.queued(session, spec, reply);
      return true;
    }
    Call call = loop.call;
    call.session = session;
    call.reply = reply;
    call.spec = spec;
    call.argv = argv;
    if (!batchStarted) loop.executor.startBatch(call);
    batchStarted = true;
    loop.executor.run(call);
    if (session.closeAfterReply) endAfterReplies();
    return !session.closeAfterReply;
  }

  private CommandError error(byte[][] argv) {
    try {
      loop.table.resolve(argv);
    } catch (CommandError error) {
      return error;
    }
    throw new IllegalStateException("a valid command was refused");
  }

  /** Answers with an error. A transaction will not run then; if it is EXEC that was refused, it is over. */
  private void refuse(CommandSpec spec, byte[][] argv, String error) {
    if (spec != null && spec.fullName.equals("exec")) {
      session.endTransaction();
      run.addAborted(spec, argv, error);
      return;
    }
    if (session.transaction != null) session.transactionRefused = true;
    loop.executor.reject(session, spec, reply, error);
  }

  /** Web browsers can be made to send requests to us; Redis cuts them off, and so do we. */
  private boolean isAttack(byte[] name) {
    if (!Bytes.is(name, "host:") && !Bytes.is(name, "post")) return false;
    loop.attackSeen(session);
    sink.kill();
    return true;
  }

  private void endAfterReplies() {
    if (partRan) sendRun(true); // nothing of it is executed
    else closeAfterReplies();
  }

  private void closeAfterReplies() {
    loop.shard.tell(new ShardMessage.Disconnected(client)); // before anybody can know of it from the last reply
    ByteString replies = reply.take();
    session.outputBytes.addAndGet(replies.size());
    sink.closeAfterReplies(replies);
  }
}
