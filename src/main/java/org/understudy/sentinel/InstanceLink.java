package org.understudy.sentinel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.AddressText;
import org.understudy.bytes.Bytes;
import org.understudy.replication.ServerConnection;
import org.understudy.resp.Reply;
import org.understudy.resp.RequestBuffer;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.Connection;
import org.understudy.sentinel.state.Event;
import org.understudy.sentinel.state.InstanceId;
import org.understudy.sentinel.state.LinkId;
import org.understudy.sentinel.state.Request;

/**
 * The connections of one link: makes and closes them as it is told, sends commands, and reports what comes as events.
 * Each attempt to connect has a number; what comes from an earlier one is passed over.
 *
 * <pre>
 * for each of the two connections:
 * Closed     -> Resolving: told to connect
 * Resolving  -> Connecting: the name has an address | Closed
 * Connecting -> Open: the greeting is on its way | Closed
 * Open       -> Closed
 * </pre>
 * A fault while a message is dealt with leaves out that message: the machine gives up a connection over which nothing
 * comes, and has it made anew.
 */
final class InstanceLink extends AbstractMatchingBehavior<InstanceLink.Message> {
  sealed interface Message permits Connect, Disconnect, Send, Release, Resolved, Heard, Ended {}

  /** See {@code Effect.Connect}. @param resolve whether names may be looked up */
  record Connect(Connection connection, Address address, List<List<String>> greeting, boolean resolve)
      implements Message {}

  record Disconnect(Connection connection) implements Message {}

  /** See {@code Effect.Send}. */
  record Send(InstanceId instance, Request request, List<List<String>> commands) implements Message {}

  enum Release implements Message { INSTANCE }

  /** @param ip null: the name has none */
  private record Resolved(Connect connect, int attempt, String ip) implements Message {}

  private record Heard(Connection connection, int attempt, Event event) implements Message {}

  private record Ended(Connection connection, int attempt, String reason) implements Message {}

  /** Longer than the machine waits before it gives an attempt up, so that it decides. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(1);
  /** An INFO with thousands of replicas fits. */
  private static final long MAX_REPLY_BYTES = 16L << 20;

  private final LinkId id;
  private final Consumer<Event> events;
  private final NameResolver names;
  private final Executor blocking;
  private final Map<Connection, ActorRef<ServerConnection.Message>> open = new EnumMap<>(Connection.class);
  private final Map<Connection, Integer> attempts = new EnumMap<>(Connection.class);
  private final String sourceAddress;
  private final RequestBuffer encoder = new RequestBuffer();

  /**
   * @param events hears what happens
   * @param blocking runs what looks names up
   * @param sourceAddress directive {@code bind-source-addr}, or null
   */
  static Behavior<Message> create(LinkId id, Consumer<Event> events, NameResolver names, Executor blocking,
      String sourceAddress) {
    return Behaviors.<Message>supervise(
        Behaviors.setup(context -> new InstanceLink(context, id, events, names, blocking, sourceAddress)))
        .onFailure(SupervisorStrategy.resume());
  }

  private InstanceLink(ActorContext<Message> context, LinkId id, Consumer<Event> events, NameResolver names,
      Executor blocking, String sourceAddress) {
    super(context);
    this.id = id;
    this.events = events;
    this.names = names;
    this.blocking = blocking;
    this.sourceAddress = sourceAddress;
    for (Connection connection : Connection.values()) attempts.put(connection, 0);
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    if (message instanceof Heard heard) {
      if (isCurrent(heard.connection, heard.attempt)) events.accept(heard.event);
    } else if (message instanceof Send send) {
      onSend(send);
    } else if (message instanceof Connect connect) {
      onConnect(connect);
    } else if (message instanceof Resolved resolved) {
      if (isCurrent(resolved.connect.connection, resolved.attempt)) onResolved(resolved.connect, resolved.ip);
    } else if (message instanceof Ended ended) {
      if (isCurrent(ended.connection, ended.attempt)) closed(ended.connection, ended.reason);
    } else if (message instanceof Disconnect disconnect) {
      close(disconnect.connection);
    } else {
      for (Connection connection : Connection.values()) close(connection);
      return Behaviors.stopped();
    }
    return this;
  }

  private boolean isCurrent(Connection connection, int attempt) {
    return attempts.get(connection) == attempt;
  }

  // ---- connecting ------------------------------------------------------------------------------------------------

  private void onConnect(Connect connect) {
    close(connect.connection);
    Address address = connect.address;
    String literal = NameResolver.literal(address.host());
    if (literal != null || !connect.resolve) {
      onResolved(connect, literal != null ? literal : address.ip());
      return;
    }
    int attempt = attempts.get(connect.connection);
    ActorRef<Message> self = getContext().getSelf();
    blocking.execute(() -> self.tell(new Resolved(connect, attempt, names.resolve(address.host()))));
  }

  private void onResolved(Connect connect, String ip) {
    Address address = connect.address;
    if (!address.host().equals(ip)) events.accept(new Event.Resolved(address.host(), ip));
    InetAddress remote = numeric(ip);
    if (remote == null) {
      closed(connect.connection, "Failed to resolve hostname '" + address.host() + "'");
      return;
    }
    ServerConnection.Target target = new ServerConnection.Target(new InetSocketAddress(remote, address.port()),
        sourceAddress == null ? null : new InetSocketAddress(numeric(sourceAddress), 0), CONNECT_TIMEOUT,
        MAX_REPLY_BYTES);
    ActorRef<ServerConnection.Message> server =
        getContext().spawnAnonymous(ServerConnection.create(target, listener(connect.connection)));
    open.put(connect.connection, server);
    Consumer<Event> heard = heardOver(connect.connection);
    List<List<String>> greeting = connect.greeting;
    for (int i = 0; i < greeting.size(); i++) {
      boolean subscribes = connect.connection == Connection.HELLOS && i == greeting.size() - 1;
      server.tell(new ServerConnection.Send(encoded(greeting.get(i)),
          subscribes ? reply -> subscribed(reply, server, heard) : null));
    }
  }

  /** A connection that may not listen (a wrong password, a server that loads) is of no use. */
  private void subscribed(Reply reply, ActorRef<ServerConnection.Message> server, Consumer<Event> heard) {
    if (reply instanceof Reply.Failure) server.tell(ServerConnection.Close.INSTANCE);
    else heard.accept(new Event.HelloHeard(id, null));
  }

  /** Where the present attempt's connection reports to. */
  private Consumer<Event> heardOver(Connection connection) {
    ActorRef<Message> self = getContext().getSelf();
    int attempt = attempts.get(connection);
    return event -> self.tell(new Heard(connection, attempt, event));
  }

  /** @return null if it is no IP address, as something that another server tells may be */
  private static InetAddress numeric(String ip) {
    if (ip == null || !NameResolver.isNumeric(ip)) return null;
    try {
      return InetAddress.getByName(ip); // no name: nothing is looked up
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private ServerConnection.Listener listener(Connection connection) {
    ActorRef<Message> self = getContext().getSelf();
    int attempt = attempts.get(connection);
    Consumer<Event> heard = heardOver(connection);
    return new ServerConnection.Listener() {
      @Override
      public void opened(InetSocketAddress local) {
        heard.accept(new Event.Connected(id, connection, AddressText.of(local.getAddress())));
      }

      @Override
      public void pushed(Reply message) {
        if (connection == Connection.HELLOS) heard.accept(new Event.HelloHeard(id, hello(message)));
      }

      @Override
      public void ended(String reason) {
        self.tell(new Ended(connection, attempt, reason));
      }
    };
  }

  /** The text of a message on a channel; null if it is none. */
  private static String hello(Reply pushed) {
    List<Reply> parts = pushed.elements();
    return parts.size() == 3 && "message".equals(parts.get(0).text()) ? parts.get(2).text() : null;
  }

  // ---- closing ---------------------------------------------------------------------------------------------------

  private void close(Connection connection) {
    attempts.merge(connection, 1, Integer::sum);
    ActorRef<ServerConnection.Message> server = open.remove(connection);
    if (server != null) server.tell(ServerConnection.Close.INSTANCE);
  }

  private void closed(Connection connection, String reason) {
    attempts.merge(connection, 1, Integer::sum);
    open.remove(connection);
    events.accept(new Event.Disconnected(id, connection, reason));
  }

  // ---- commands --------------------------------------------------------------------------------------------------

  private void onSend(Send send) {
    ActorRef<ServerConnection.Message> server = open.get(Connection.COMMANDS);
    if (server == null) return; // gone, and that was said
    Consumer<Event> heard = heardOver(Connection.COMMANDS);
    List<List<String>> commands = send.commands;
    for (int i = 0; i < commands.size(); i++) {
      boolean last = i == commands.size() - 1;
      server.tell(new ServerConnection.Send(encoded(commands.get(i)),
          last ? reply -> heard.accept(new Event.Answered(id, send.instance, send.request, reply)) : null));
    }
  }

  private ByteString encoded(List<String> command) {
    encoder.clear();
    encoder.add(command.stream().map(Bytes::of).toArray(byte[][]::new));
    return ByteString.fromArray(encoder.array(), 0, encoder.size());
  }
}
