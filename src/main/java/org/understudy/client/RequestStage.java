package org.understudy.client;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.ReplyBuffer;
import org.understudy.resp.RequestParser;
import org.understudy.shard.clients.OutputLimits;
import org.understudy.shard.clients.ShardMessage;
import org.understudy.shard.statistics.LoopStats;

/**
 * Between a socket and its {@link ClientConnection}: chunks of bytes become requests, one message a chunk; replies and
 * messages go out in the order in which they come.
 *
 * <p>One chunk is in work at a time. The next is read once its replies were handed to the socket, or while
 * {@link OutputLimits} allows more of them to wait; so a client that does not read is not read from in the end. While
 * its client waits (blocked, paused) the stage reads on, into a bounded buffer, so that the end of the connection is
 * noticed.
 */
final class RequestStage extends GraphStage<FlowShape<ByteString, ByteString>> {
  private final Inlet<ByteString> in = Inlet.create("requests");
  private final Outlet<ByteString> out = Outlet.create("replies");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);

  /** How much is read ahead of a client that waits. */
  private static final int EARLY_BYTES = 64 * 1024;
  /** What a client that sends has for input that comes in pieces, as in Redis. */
  private static final int INPUT_BUFFER_BYTES = 16 * 1024;
  /** Pieces of output are joined up to this size. */
  private static final int JOINED_BYTES = 64 * 1024;
  /** What is written at once, so that it is seen that a client which reads slowly does read. */
  private static final int WRITTEN_BYTES = 1024 * 1024;
  /** For so many requests of a chunk room is made at once. */
  private static final int MOST_EXPECTED = 1024;
  /** How much of a request that is too large the log shows. */
  private static final int SHOWN_BYTES = 64;

  private static final Logger LOG = LoggerFactory.getLogger(RequestStage.class);

  private final ActorRef<ClientConnection.Message> connection;
  private final Session session;
  private final Socket socket;
  private final ReplyBuffer replies;
  private final Loop loop;
  private final Config config;
  private final LoopStats stats;

  /**
   * @param socket for {@link EarlyReads}; null if there are none
   * @param replies what the replies come from, to be told when they are sent
   */
  RequestStage(ActorRef<ClientConnection.Message> connection, Session session, Socket socket, ReplyBuffer replies,
      Loop loop) {
    this.connection = connection;
    this.session = session;
    this.socket = socket;
    this.replies = replies;
    this.loop = loop;
    config = loop.config;
    stats = loop.stats;
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  /** What the connection, or the shard past it, tells the stage. */
  sealed interface Output permits Replies, Part, Push, WhenDrained, Waiting, CloseAfter, Shrink,
      ShrinkInput, Kill, CutOff {}

  /** The replies to the whole chunk. */
  record Replies(ByteString bytes) implements Output {}

  /** Replies that are followed by more of the same chunk; {@link ClientConnection.PartSent} answers it. */
  record Part(ByteString bytes) implements Output {}

  record Push(ByteString bytes) implements Output {}

  /** Have it run from now on whenever nothing waits to be sent. */
  record WhenDrained(Runnable drained) implements Output {}

  enum Waiting implements Output { INSTANCE }

  record CloseAfter(ByteString bytes) implements Output {}

  enum Shrink implements Output { KEEP_PEAK, FORGET_PEAK }

  /** Give up the input buffer of a client that sends nothing, or that of one which sends nothing large any more. */
  enum ShrinkInput implements Output { IDLE, OVERSIZED }

  enum Kill implements Output { INSTANCE }

  /** {@link Kill}, when the socket has had what it takes of the output. */
  private enum CutOff implements Output { INSTANCE }

  /** Ends a connection whose peer does not take what is queued: nothing is waited for. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Killed() {
      super("the client was cut off", null, false, false);
    }
  }

  private final class Logic extends GraphStageLogic implements EarlyReads.Reader {
    private final RequestParser parser = new RequestParser(loop.spares);
    private final ArrayDeque<ByteString> queue = new ArrayDeque<>(2);
    private final AsyncCallback<Output> output = createAsyncCallback(this::onOutput);
    /** A chunk's requests are being executed. */
    private boolean working;
    /** … and wait for something that takes its time. */
    private boolean waiting;
    /** Bytes of the element that the socket is writing. */
    private int inFlight;
    private boolean partUnsent;
    /** Is told when nothing waits to be sent; null if nobody wants to know. */
    private Runnable drained;
    /** The next chunk's turn comes when some output has left. */
    private boolean stalled;
    private boolean closing;
    private boolean endedByPeer;
    /** The connection knows that it is over. */
    private boolean endTold;
    /** Requests that were read early: the next chunk stands for them. Null if it is one. */
    private List<byte[][]> readEarly;
    /** As many as there were in the last chunk of several: pipelines are mostly of one length. */
    private int requestsExpected = 2;
    /** Chunks that came while the client waited; null before the first. */
    private ArrayDeque<ByteString> early;
    private long earlyBytes;

    Logic() {
      super(shape);
      setHandler(in, new AbstractInHandler() {
        @Override
        public void onPush() {
          onChunk(grab(in));
        }

        @Override
        public void onUpstreamFinish() {
          inputEnded();
        }

        @Override
        public void onUpstreamFailure(Throwable cause) {
          endedByPeer = true;
          completeStage(); // a reset by the peer is an end like any other
        }
      });
      setHandler(out, new AbstractOutHandler() {
        @Override
        public void onPull() {
          sent();
        }

        @Override
        public void onDownstreamFinish(Throwable cause) {
          completeStage();
        }
      });
    }

    @Override
    public void preStart() {
      connection.tell(new ClientConnection.Opened(output::invoke));
      if (socket != null) loop.earlyReads.show(socket, this);
      pull(in);
    }

    @Override
    public void postStop() {
      parser.close();
      if (socket != null) loop.earlyReads.show(socket, null);
      loop.inputRoomChanged(-session.queryBufferFreeBytes);
      tellEnd(endedByPeer);
    }

    private void tellEnd(boolean byPeer) {
      if (endTold) return;
      endTold = true;
      connection.tell(byPeer ? ClientConnection.Closed.BY_PEER : ClientConnection.Closed.BY_US);
    }

    // ---- in --------------------------------------------------------------------------------------------------------

    /** What comes while another chunk is dealt with, or before authentication, does without. */
    @Override
    public boolean read(ByteBuffer chunk) {
      if (mustWait() || closing || session.replica || !session.authenticated) return false;
      int count = chunk.remaining();
      prepareRead(count);
      parser.feed(chunk, loop.chunk(count));
      readEarly = completeRequests(true); // to the chunk's end, even if the shard deletes its user just now
      return true;
    }

    @Override
    public boolean isBusy() {
      return working && !waiting;
    }

    /** Who is gone is not given what others push just after it. */
    @Override
    public void ended() {
      if ((waiting || !mustWait()) && queue.isEmpty() && inFlight == 0) tellEnd(true);
    }

    private void onChunk(ByteString chunk) {
      if (readEarly != null) {
        List<byte[][]> requests = readEarly;
        readEarly = null;
        handOn(requests);
        return;
      }
      if (mustWait()) {
        stats.reads++;
        stats.inputBytes += chunk.size();
        if (early == null) early = new ArrayDeque<>();
        early.add(chunk);
        earlyBytes += chunk.size();
        session.queryBufferBytes += chunk.size();
        if (earlyBytes <= EARLY_BYTES) pull(in); // beyond, its end would go unnoticed, as in any full socket
        return;
      }
      byte[] bytes = chunk.toArrayUnsafe();
      if (session.replica && isNewline(bytes)) session.lastNewlineMillis = loop.clock.millis();
      prepareRead(bytes.length);
      parser.feed(bytes, 0, bytes.length);
      handOn(completeRequests(session.authenticated));
    }

    /** Whether what comes now is not to be looked at yet, since something before it is in work or waits itself. */
    private boolean mustWait() {
      return working || stalled || earlyBytes > 0;
    }

    private void prepareRead(int count) {
      stats.reads++;
      stats.inputBytes += count;
      session.queryBufferBytes = count;
      session.argumentBytes = 0;
      if (parser.bufferBytes() < INPUT_BUFFER_BYTES && loop.hasInputRoom()) parser.reserve(INPUT_BUFFER_BYTES);
      parser.trustedBulkBytes(loop.trustedBulkBytes());
      parser.maxBulkBytes(config.protoMaxBulkLen());
    }

    /** So a replica shows that it lives while it loads a snapshot. */
    private static boolean isNewline(byte[] bytes) {
      return bytes[0] == '\n' || bytes.length >= 2 && bytes[0] == '\r' && bytes[1] == '\n';
    }

    /** The next requests. Before authentication one at a time: AUTH lifts the limits for what follows it in a chunk. */
    private List<byte[][]> completeRequests(boolean authenticated) {
      parser.authenticated(authenticated);
      byte[][] first = parser.next();
      if (first == null) return List.of();
      byte[][] second = authenticated ? parser.next() : null;
      if (second == null) return List.<byte[][]>of(first);
      List<byte[][]> requests = new ArrayList<>(requestsExpected);
      requests.add(first);
      for (; second != null; second = parser.next()) requests.add(second);
      requestsExpected = Math.min(requests.size(), MOST_EXPECTED);
      return requests;
    }

    /** Hands requests to the connection; if there are none, reads on. */
    private void handOn(List<byte[][]> requests) {
      if (!requests.isEmpty()) {
        working = true;
        connection.tell(new ClientConnection.Requests(requests));
      } else if (parser.error() != null) {
        working = true;
        connection.tell(new ClientConnection.ProtocolError(parser.error()));
      } else if (earlyBytes > 0) {
        ByteString chunk = early.poll();
        earlyBytes -= chunk.size();
        byte[] bytes = chunk.toArrayUnsafe();
        parser.feed(bytes, 0, bytes.length);
        handOn(completeRequests(session.authenticated));
      } else if (isClosed(in)) {
        closeWhenSent();
      } else {
        readOn();
      }
    }

    private void readOn() {
      long pending = parser.pendingBytes();
      long arguments = parser.argumentBytes();
      session.queryBufferBytes = pending;
      session.argumentBytes = arguments;
      noteSpareInput();
      if (pending + arguments > 0) {
        session.lastInteractionMillis = loop.clock.millis();
        if (pending > config.clientQueryBufferLimit()) { // complete arguments have left Redis's query buffer, too
          connection.tell(new ClientConnection.QueryBufferExceeded(parser.pendingStart(SHOWN_BYTES)));
          return;
        }
        if (loop.limits.clientsAreEvicted()) loop.shard.tell(new ShardMessage.Resized(session));
      }
      if (!hasBeenPulled(in)) pull(in);
    }

    private void noteSpareInput() {
      long spare = parser.spareBytes();
      if (spare == session.queryBufferFreeBytes) return;
      loop.inputRoomChanged(spare - session.queryBufferFreeBytes);
      session.queryBufferFreeBytes = spare;
    }

    private void shrinkInput(boolean idle) {
      if (working) return;
      if (idle) parser.shrink(0);
      else if (!parser.largeBulkSeen()) parser.shrink(INPUT_BUFFER_BYTES);
      noteSpareInput();
    }

    private void inputEnded() {
      endedByPeer = !closing;
      if (!working || waiting) closeWhenSent(); // whoever waits for something will not be there to get it
    }

    // ---- out -------------------------------------------------------------------------------------------------------

    private void onOutput(Output event) {
      if (event instanceof Replies replies) {
        if (session.replica && !replies.bytes.isEmpty()) {
          refuseReply();
          return;
        }
        working = false;
        waiting = false;
        send(replies.bytes);
        goOn();
      } else if (event instanceof Push push) {
        send(push.bytes);
      } else if (event instanceof WhenDrained listener) {
        drained = listener.drained;
        if (queue.isEmpty() && inFlight == 0) drained.run();
      } else if (event instanceof Part part) {
        partUnsent = true;
        session.notRead = true;
        send(part.bytes);
        if (queue.isEmpty() && inFlight == 0) partSent();
      } else if (event == Waiting.INSTANCE) {
        waiting = true;
        session.queryBufferBytes = parser.pendingBytes() + earlyBytes; // without the request that waits
        if (isClosed(in)) closeWhenSent();
        else if (!hasBeenPulled(in) && earlyBytes <= EARLY_BYTES) pull(in);
      } else if (event instanceof CloseAfter last) {
        send(last.bytes);
        closeWhenSent();
      } else if (event instanceof Shrink shrink) {
        if (!working) connection.tell(new ClientConnection.Shrink(shrink == Shrink.FORGET_PEAK));
      } else if (event instanceof ShrinkInput shrink) {
        shrinkInput(shrink == ShrinkInput.IDLE);
      } else if (event == Kill.INSTANCE) {
        output.invoke(CutOff.INSTANCE);
      } else {
        cutOff();
      }
    }

    /** What a replica is sent is the log and nothing else: a reply within it would be taken for a part of it. */
    private void refuseReply() {
      LOG.warn("Replica generated a reply to command '{}', disconnecting it: {}", session.lastCommand, session.address);
      cutOff();
    }

    private void cutOff() {
      StageSink.hangUp(socket);
      failStage(new Killed());
    }

    /** Goes on with the next requests, unless too much output waits already. */
    private void goOn() {
      stalled = !queue.isEmpty() && !loop.limits.mayAnswerMore(session);
      session.notRead = stalled;
      if (!stalled) handOn(completeRequests(session.authenticated));
    }

    private void send(ByteString bytes) {
      if (bytes.isEmpty()) return;
      if (isAvailable(out)) push(bytes);
      else queue.add(bytes);
      session.outputPieces = queue.size() + 1;
    }

    private void push(ByteString bytes) {
      ByteString written = bytes;
      if (bytes.size() > WRITTEN_BYTES) {
        written = bytes.take(WRITTEN_BYTES);
        queue.addFirst(bytes.drop(WRITTEN_BYTES));
      }
      stats.writes++;
      inFlight = written.size();
      push(out, written);
    }

    /** The socket took what was pushed last and asks for more. */
    private void sent() {
      if (inFlight > 0) {
        stats.outputBytes += inFlight;
        session.outputBytes.addAndGet(-inFlight);
        session.lastInteractionMillis = loop.clock.millis(); // it may have been asked for long ago, or not at all
        inFlight = 0;
      }
      ByteString next = nextOutput();
      if (next != null) push(next);
      session.outputPieces = queue.size() + (next == null ? 0 : 1);
      if (next == null && !working) replies.turn(); // all that was pushed before the last piece is sent
      if (next == null && closing) completeStage();
      else if (next == null && partUnsent) partSent();
      else if (stalled) goOn();
      if (next == null && drained != null) drained.run();
    }

    /** What waits in the queue, small pieces joined; null if nothing does. */
    private ByteString nextOutput() {
      ByteString next = queue.poll();
      while (next != null && next.size() < JOINED_BYTES && !queue.isEmpty()) next = next.concat(queue.poll());
      return next;
    }

    private void partSent() {
      partUnsent = false;
      session.notRead = false;
      connection.tell(ClientConnection.PartSent.INSTANCE);
    }

    private void closeWhenSent() {
      closing = true;
      if (queue.isEmpty() && inFlight == 0) completeStage();
    }
  }
}
