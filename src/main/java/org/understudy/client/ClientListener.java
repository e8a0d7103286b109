package org.understudy.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.io.Inet;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.acl.Users;
import org.understudy.bytes.AddressText;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.ShardParts;
import org.understudy.shard.clients.ShardMessage;

/** Listens on the server's addresses and gives each connection that may come in its actor and its stream. */
public final class ClientListener extends AbstractMatchingBehavior<ClientListener.Message> {
  public sealed interface Message permits Bind, BindUnix, Open, Bindings, Incoming, IncomingUnix {}

  /**
   * Listen on these addresses, and no longer on others. If one of them cannot be had, what was listened on before
   * stays.
   *
   * @param port 0 for none
   * @param shared several listeners, each on a loop of its own, share the addresses
   * @param replyTo gets the outcome for all of them together
   */
  public record Bind(List<BindAddress> addresses, int port, boolean shared, ActorRef<Bound> replyTo)
      implements Message {}

  /** Listen on a Unix socket too. @param permissions the bits of {@code unixsocketperm}; 0 leaves them to the umask */
  public record BindUnix(Path path, int permissions, ActorRef<BoundUnix> replyTo) implements Message {}

  /** Serve clients: those who came before were kept waiting. */
  public enum Open implements Message { INSTANCE }

  /**
   * @param sockets how many addresses are listened on
   * @param failures one an address that cannot be listened on
   */
  public record Bound(int port, int sockets, List<Failure> failures) {
    public boolean succeeded() {
      return failures.stream().noneMatch(Failure::fatal);
    }
  }

  /** @param failure null if the socket is being listened on, else the reason */
  public record BoundUnix(String failure) {}

  /**
   * @param reason in the words of the operating system
   * @param fatal the address is not one that may be missing: nothing of the request is done
   */
  public record Failure(BindAddress address, String reason, boolean fatal) {}

  /** What is listened on now, and what of the request failed. */
  private record Bindings(Bind request, List<Tcp.ServerBinding> open, List<Failure> failures) implements Message {
    private Bound bound() {
      return new Bound(request.port, open.size(), failures);
    }
  }

  private record Incoming(BindAddress at, Tcp.IncomingConnection connection) implements Message {}

  private record IncomingUnix(UnixSockets.Connection connection) implements Message {}

  private static final Logger LOG = LoggerFactory.getLogger(ClientListener.class);

  private final Loop loop;
  private final Users users;
  private final Config config;
  private final Materializer materializer;
  private final KeepAlive keepAlive;
  private final Descriptors descriptors = new Descriptors();
  /** The request that is in force, and its sockets. */
  private Bind bound;
  private List<Tcp.ServerBinding> bindings = List.of();
  private UnixSockets unixSockets;
  /** Who has come before {@link Open}; null since then. */
  private List<Message> early = new ArrayList<>();

  /** One listener a loop: its connections run on the loop of the dispatcher that it is spawned on. */
  public static Behavior<Message> create(ActorRef<ShardMessage> shard, ShardParts parts, Users users,
      Sessions sessions, EarlyReads earlyReads) {
    return Behaviors.setup(context -> new ClientListener(context, new Loop(shard, parts, sessions, earlyReads), users));
  }

  private ClientListener(ActorContext<Message> context, Loop loop, Users users) {
    super(context);
    this.loop = loop;
    this.users = users;
    config = loop.config;
    materializer = SystemMaterializer.get(context.getSystem()).materializer();
    keepAlive = new KeepAlive(config);
    bound = new Bind(List.of(), 0, false, context.getSystem().ignoreRef());
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    if (message instanceof Incoming incoming) {
      if (early == null) accept(incoming);
      else early.add(incoming);
    } else if (message instanceof Bind bind) {
      change(bind).thenAccept(getContext().getSelf()::tell);
    } else if (message instanceof Bindings outcome) {
      bindings = outcome.open;
      Bound now = outcome.bound();
      if (now.succeeded()) bound = outcome.request;
      outcome.request.replyTo.tell(now);
    } else if (message instanceof IncomingUnix incoming) {
      if (early == null) acceptUnix(incoming.connection);
      else early.add(incoming);
    } else if (message instanceof BindUnix bind) {
      bindUnix(bind);
    } else if (message == Open.INSTANCE && early != null) {
      List<Message> waiting = early;
      early = null;
      waiting.forEach(this::onMessage);
    }
    return this;
  }

  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal == PostStop.instance()) closeUnixSocket();
    return this;
  }

  private void closeUnixSocket() {
    if (unixSockets == null) return;
    // a server that could not load its dataset ends with the reason as its last word, which tools look for
    if (!loop.admission.isLoading()) LOG.info("Removing the unix socket file.");
    unixSockets.close();
    unixSockets = null;
  }

  private void bindUnix(BindUnix bind) {
    ActorRef<Message> self = getContext().getSelf();
    try {
      unixSockets = UnixSockets.listen(bind.path, bind.permissions, config.tcpBacklog(),
          connection -> self.tell(new IncomingUnix(connection)));
      bind.replyTo.tell(new BoundUnix(null));
    } catch (IOException | IllegalArgumentException failure) {
      bind.replyTo.tell(new BoundUnix(failure.getMessage()));
    }
  }

  private void acceptUnix(UnixSockets.Connection connection) {
    String address = unixSockets.path() + ":0";
    Session session = loop.sessions.open(config.maxclients(), address, address, loop.clock.millis());
    Flow<ByteString, ByteString, ?> socket = Flow.fromGraph(new UnixSocketStage(connection));
    if (session == null) {
      turnAway(socket, TOO_MANY);
      return;
    }
    session.unixSocket = true;
    LOG.debug("Accepted connection to {}", unixSockets.path());
    session.descriptor = descriptors.of(connection.channel());
    serve(socket, session, null);
  }

  /**
   * New sockets on another port are opened before the old are closed. On the same port the old have to go first, and
   * come back if the new cannot be had.
   */
  private CompletionStage<Bindings> change(Bind wanted) {
    Bind before = bound;
    List<Tcp.ServerBinding> old = bindings;
    if (wanted.port != before.port) {
      return open(wanted).thenCompose(now -> now.bound().succeeded()
          ? close(old).thenApply(done -> now)
          : close(now.open).thenApply(done -> new Bindings(wanted, old, now.failures)));
    }
    return close(old).thenCompose(closed -> open(wanted)).thenCompose(now -> now.bound().succeeded()
        ? CompletableFuture.completedStage(now)
        : close(now.open).thenCompose(closed -> open(before)).thenApply(
            restored -> new Bindings(wanted, restored.open, now.failures)));
  }

  private static CompletionStage<Void> close(List<Tcp.ServerBinding> sockets) {
    return CompletableFuture.allOf(
        sockets.stream().map(socket -> socket.unbind().toCompletableFuture()).toArray(CompletableFuture[]::new));
  }

  private CompletionStage<Bindings> open(Bind wanted) {
    CompletionStage<Bindings> all =
        CompletableFuture.completedStage(new Bindings(wanted, new ArrayList<>(), new ArrayList<>()));
    if (wanted.port == 0) return all;
    for (BindAddress address : wanted.addresses) { // one after the other: failures come in the order of the directive
      all = all.thenCompose(soFar -> open(wanted, address).handle((socket, failure) -> {
        if (failure == null) {
          soFar.open.add(socket);
        } else {
          // Pekko reports no cause to tell errors apart by, so the operating system is asked again
          String reason = address.whyNot(wanted.port);
          if (reason == null) reason = BindAddress.reason(failure);
          soFar.failures.add(new Failure(address, reason, !address.optional() || !address.isMissing()));
        }
        return soFar;
      }));
    }
    return all;
  }

  private CompletionStage<Tcp.ServerBinding> open(Bind wanted, BindAddress address) {
    ActorRef<Message> self = getContext().getSelf();
    List<Inet.SocketOption> options = new ArrayList<>(List.of(keepAlive, descriptors));
    if (wanted.shared) options.add(new SharedPort());
    return Tcp.get(getContext().getSystem())
        .bind(address.host(), wanted.port, config.tcpBacklog(), options, true, Optional.empty())
        .to(Sink.foreach(connection -> self.tell(new Incoming(address, connection))))
        .run(materializer);
  }

  private void accept(Incoming incoming) {
    Tcp.IncomingConnection connection = incoming.connection;
    InetSocketAddress remote = connection.remoteAddress();
    Socket socket = descriptors.take(remote);
    if (!incoming.at.takes(remote)) {
      turnAway(connection.flow(), "");
      return;
    }
    Session session = loop.sessions.open(config.maxclients(), AddressText.of(remote),
        AddressText.of(connection.localAddress()), loop.clock.millis());
    if (session == null) {
      turnAway(connection.flow(), TOO_MANY);
      return;
    }
    if (config.protectedMode() && users.defaultNeedsNoPassword() && !session.isLocal()) {
      loop.sessions.closed(session);
      loop.sessions.refused();
      turnAway(connection.flow(), DENIED);
      return;
    }
    session.descriptor = descriptors.of(socket == null ? null : socket.getChannel());
    LOG.debug("Accepted {}", session.address);
    serve(connection.flow(), session, socket);
  }

  /** @param socket as the operating system has it; null where that cannot be had */
  private void serve(Flow<ByteString, ByteString, ?> flow, Session session, Socket socket) {
    session.become(Users.DEFAULT, users.defaultUser());
    session.authenticated = users.admitsEverybody();
    ReplyBuffer replies = new ReplyBuffer(loop.replySpares);
    ActorRef<ClientConnection.Message> actor =
        getContext().spawnAnonymous(ClientConnection.create(loop, session, replies, socket));
    flow.join(Flow.fromGraph(new RequestStage(actor, session, socket, replies, loop))).run(materializer);
  }

  private void turnAway(Flow<ByteString, ByteString, ?> socket, String error) {
    Source<ByteString, ?> answer = error.isEmpty() ? Source.empty() : Source.single(ByteString.fromString(error));
    socket.join(Flow.fromSinkAndSource(Sink.cancelled(), answer)).run(materializer);
  }

  private static final String TOO_MANY = "-ERR max number of clients reached\r\n";
  private static final String DENIED = "-DENIED Redis is running in protected mode because protected mode is enabled "
      + "and no password is set for the default user. In this mode connections are only accepted from the loopback "
      + "interface. If you want to connect from external computers to Redis you may adopt one of the following "
      + "solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the "
      + "loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis "
      + "is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) "
      + "Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting "
      + "the protected mode option to 'no', and then restarting the server. 3) If you started the server manually "
      + "just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password "
      + "for the default user. NOTE: You only need to do one of the above things in order for the server to start "
      + "accepting connections from the outside.\r\n";
}
