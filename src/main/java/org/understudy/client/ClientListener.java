package org.understudy.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
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
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.shard.KeyspaceShard;
import org.understudy.shard.ShardParts;

/** Listens on the server's addresses and gives each connection that may come in its actor and its stream. */
public final class ClientListener extends AbstractMatchingBehavior<ClientListener.Message> {
  public sealed interface Message permits Bind, Incoming {}

  /** @param replyTo gets the outcome of each address */
  public record Bind(String host, int port, ActorRef<Bound> replyTo) implements Message {}

  /** @param failure null if the address is being listened on */
  public record Bound(String host, int port, Throwable failure) {}

  private record Incoming(Tcp.IncomingConnection connection) implements Message {}

  private static final Logger LOG = LoggerFactory.getLogger(ClientListener.class);

  private final Loop loop;
  private final Users users;
  private final Config config;
  private final Materializer materializer;

  /** One listener a loop: its connections run on the loop of the dispatcher that it is spawned on. */
  public static Behavior<Message> create(ActorRef<KeyspaceShard.Message> shard, ShardParts parts, Users users,
      Sessions sessions) {
    return Behaviors.setup(context -> new ClientListener(context, new Loop(shard, parts, sessions), users));
  }

  private ClientListener(ActorContext<Message> context, Loop loop, Users users) {
    super(context);
    this.loop = loop;
    this.users = users;
    config = loop.config;
    materializer = SystemMaterializer.get(context.getSystem()).materializer();
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    if (message instanceof Incoming incoming) accept(incoming.connection);
    else if (message instanceof Bind bind) bind(bind);
    return this;
  }

  private void bind(Bind bind) {
    ActorRef<Message> self = getContext().getSelf();
    Tcp.get(getContext().getSystem())
        .bind(bind.host, bind.port, config.tcpBacklog(), List.of(), true, Optional.empty())
        .to(Sink.foreach(connection -> self.tell(new Incoming(connection))))
        .run(materializer)
        .whenComplete((binding, failure) -> bind.replyTo.tell(new Bound(bind.host, bind.port, failure)));
  }

  private void accept(Tcp.IncomingConnection connection) {
    Session session = loop.sessions.open(config.maxclients(), text(connection.remoteAddress()),
        text(connection.localAddress()), loop.clock.millis());
    if (session == null) {
      turnAway(connection, "-ERR max number of clients reached\r\n");
      return;
    }
    session.authenticated = users.defaultNeedsNoPassword();
    ActorRef<ClientConnection.Message> actor =
        getContext().spawnAnonymous(ClientConnection.create(loop, session));
    connection.handleWith(Flow.fromGraph(new RequestStage(actor, session, config, loop.stats)), materializer);
  }

  private void turnAway(Tcp.IncomingConnection connection, String error) {
    connection.handleWith(Flow.fromSinkAndSourceCoupled(Sink.cancelled(), Source.single(ByteString.fromString(error))),
        materializer);
  }

  private static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip.getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
