package org.understudy.replication;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.understudy.resp.Reply;
import org.understudy.resp.ReplyParser;

/**
 * A connection to another server, as a client has it. Commands may be sent before it is open and without waiting for
 * replies; each reply goes to where its command says, in order. A reply that no command waits for is a message of a
 * subscription.
 *
 * <pre>
 * Connecting -> Open: TCP is connected; what was sent until then goes out in one piece
 * any        -> Ended: refused, closed by either side, a protocol error, output that is not taken
 * </pre>
 * All callbacks run in this actor: they tell another actor, and do nothing else.
 */
public final class ServerConnection extends AbstractMatchingBehavior<ServerConnection.Message> {
  public sealed interface Message permits Send, Close, Opened, Failed, Received, Ended {}

  /**
   * Sends a command.
   *
   * @param command complete, as RESP
   * @param answered gets the reply; null to drop it. Not called if the connection ends before.
   */
  public record Send(ByteString command, Consumer<Reply> answered) implements Message {}

  /** Closes the connection; {@link Listener#ended} still follows. */
  public enum Close implements Message { INSTANCE }

  /** Who hears of the connection. */
  public interface Listener {
    /** @param local the address that the server sees */
    void opened(InetSocketAddress local);

    /** A message of a subscription came. */
    void pushed(Reply message);

    /** It is over; nothing follows. @param reason in plain words */
    void ended(String reason);
  }

  /**
   * Where to, and how patiently.
   *
   * @param remote resolved
   * @param source the address to connect from, or null for any
   * @param connectTimeout until an attempt without an answer is given up
   * @param maxReplyBytes see {@link ReplyParser}
   */
  public record Target(InetSocketAddress remote, InetSocketAddress source, Duration connectTimeout,
      long maxReplyBytes) {}

  private record Opened(InetSocketAddress local) implements Message {}

  private record Failed(Throwable cause) implements Message {}

  private record Received(ByteString bytes) implements Message {}

  private record Ended(Throwable cause) implements Message {}

  /** Pieces of output that the socket has not taken: more means that the server does not read. */
  private static final int MAX_PIECES_UNSENT = 1024;
  private static final Exception GIVEN_UP = new IOException("given up before it was open");
  private static final Consumer<Reply> DROP = reply -> {};

  private final Listener listener;
  private final ReplyParser parser;
  private final ArrayDeque<Consumer<Reply>> waiting = new ArrayDeque<>();
  /** What is to be sent once the connection is open; null from then on. */
  private List<ByteString> early = new ArrayList<>();
  private final BoundedSourceQueue<ByteString> output;

  public static Behavior<Message> create(Target target, Listener listener) {
    return Behaviors.setup(context -> new ServerConnection(context, target, listener));
  }

  private ServerConnection(ActorContext<Message> context, Target target, Listener listener) {
    super(context);
    this.listener = listener;
    parser = new ReplyParser(target.maxReplyBytes);
    ActorRef<Message> self = context.getSelf();
    List<Inet.SocketOption> options = List.of(TcpSO.tcpNoDelay(true));
    Pair<Pair<BoundedSourceQueue<ByteString>, CompletionStage<Tcp.OutgoingConnection>>, CompletionStage<Done>> stream =
        Source.<ByteString>queue(MAX_PIECES_UNSENT)
            .viaMat(Tcp.get(context.getSystem()).outgoingConnection(target.remote, Optional.ofNullable(target.source),
                options, false, Optional.of(target.connectTimeout), Optional.empty()), Keep.both())
            .toMat(Sink.foreach(bytes -> self.tell(new Received(bytes))), Keep.both())
            .run(context.getSystem());
    output = stream.first().first();
    stream.first().second().whenComplete((connection, failure) ->
        self.tell(failure == null ? new Opened(connection.localAddress()) : new Failed(failure)));
    stream.second().whenComplete((done, failure) -> self.tell(new Ended(failure)));
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    if (message instanceof Received received) {
      return onReceived(received.bytes);
    } else if (message instanceof Send send) {
      return onSend(send);
    } else if (message instanceof Opened opened) {
      return onOpened(opened.local);
    } else if (message == Close.INSTANCE) {
      return end("closed");
    } else if (message instanceof Failed failed) {
      return end(reason(failed.cause));
    } else if (message instanceof Ended ended) {
      return end(ended.cause == null ? "Server closed the connection" : reason(ended.cause));
    }
    throw new IllegalStateException("unknown message " + message);
  }

  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal != PostStop.instance() || output.isCompleted()) return this;
    if (early == null) output.complete();
    else output.fail(GIVEN_UP); // Pekko 1.7.0 cannot end in order what does not stand yet
    return this;
  }

  private Behavior<Message> onOpened(InetSocketAddress local) {
    listener.opened(local);
    ByteString all = ByteString.emptyByteString();
    for (ByteString command : early) all = all.concat(command);
    early = null;
    return all.isEmpty() ? this : write(all);
  }

  private Behavior<Message> onSend(Send send) {
    waiting.add(send.answered == null ? DROP : send.answered);
    if (early == null) return write(send.command);
    early.add(send.command);
    return early.size() > MAX_PIECES_UNSENT ? end("too much to send") : this;
  }

  private Behavior<Message> write(ByteString bytes) {
    return output.offer(bytes) == QueueOfferResult.enqueued() ? this : end("output is not taken");
  }

  private Behavior<Message> onReceived(ByteString bytes) {
    byte[] chunk = bytes.toArrayUnsafe();
    parser.feed(chunk, 0, chunk.length);
    for (Reply reply = parser.next(); reply != null; reply = parser.next()) {
      if (isPush(reply) || waiting.isEmpty()) listener.pushed(reply);
      else waiting.remove().accept(reply);
    }
    return parser.error() == null ? this : end("Protocol error, " + parser.error());
  }

  private static boolean isPush(Reply reply) {
    return reply instanceof Reply.Aggregate aggregate && aggregate.kind() == Reply.Kind.PUSH;
  }

  private Behavior<Message> end(String reason) {
    listener.ended(reason);
    return Behaviors.stopped();
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
