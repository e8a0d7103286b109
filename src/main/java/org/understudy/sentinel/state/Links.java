package org.understudy.sentinel.state;

import static org.understudy.sentinel.state.Link.NEVER;
import static org.understudy.sentinel.state.Link.Status.CLOSED;
import static org.understudy.sentinel.state.Link.Status.CONNECTING;
import static org.understudy.sentinel.state.Link.Status.OPEN;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.understudy.sentinel.state.Timing.Period;

/** Connects instances, keeps them connected, and sends. */
final class Links {
  /** So many commands without a reply are enough: nothing periodic is sent until some have come. */
  private static final int MOST_PENDING = 100;

  private static final int SHOWN_ID_LENGTH = 8;

  private final Outbox outbox;
  private final Timing timing;
  private final Map<LinkId, Link> links = new HashMap<>();
  private Settings settings;
  private int lastNumber;

  Links(Settings settings, Timing timing, Outbox outbox) {
    this.settings = settings;
    this.timing = timing;
    this.outbox = outbox;
  }

  void use(Settings changed) {
    settings = changed;
  }

  Collection<Link> all() {
    return links.values();
  }

  /** The link of that id, or null if it was released meanwhile. */
  Link get(LinkId id) {
    return links.get(id);
  }

  Link create(boolean listens, long now) {
    Link link = new Link(new LinkId(++lastNumber), listens, now);
    links.put(link.id, link);
    return link;
  }

  /** The instance uses its link no more. */
  void release(Instance instance) {
    Link link = instance.link;
    link.users.remove(instance);
    if (!link.users.isEmpty()) return;
    links.remove(link.id);
    outbox.add(new Effect.Release(link.id));
  }

  /** Begins the connections that do not stand, and gives up those that have been begun for too long. */
  void maintain(Instance instance, long now) {
    Link link = instance.link;
    if (!link.disconnected() || instance.address.port() == 0) return;
    if (link.commands == CONNECTING && now - link.commandsSince > Cadence.CONNECT_TIMEOUT_MILLIS) {
      close(link, Connection.COMMANDS, now);
    }
    if (link.hellos == CONNECTING && now - link.hellosSince > Cadence.CONNECT_TIMEOUT_MILLIS) {
      close(link, Connection.HELLOS, now);
    }
    if (now < nextConnectAt(instance)) return;
    link.lastConnectAt = now;
    if (link.commands == CLOSED) {
      link.commands = CONNECTING;
      link.commandsSince = now;
      connect(instance, Connection.COMMANDS);
    }
    if (link.listens && link.hellos == CLOSED) {
      link.hellos = CONNECTING;
      link.hellosSince = now;
      connect(instance, Connection.HELLOS);
    }
  }

  /** When a connection that does not stand is to be begun, or never. */
  long nextConnectAt(Instance instance) {
    Link link = instance.link;
    boolean closed = link.commands == CLOSED || link.listens && link.hellos == CLOSED;
    if (!closed || instance.address.port() == 0) return Long.MAX_VALUE;
    return link.lastConnectAt + Cadence.reconnect(timing, instance);
  }

  /** Closes connections over which nothing comes any more although they seem to stand. */
  void closeIfSilent(Instance instance, long now) {
    Link link = instance.link;
    long youngest = timing.millis(Period.MIN_LINK_RECONNECT_PERIOD);
    long patience = instance.primary().settings.downAfterMillis() / 2;
    if (link.commands == OPEN && now - link.commandsSince > youngest && link.pendingPingAt != NEVER
        && now - link.pendingPingAt > patience && now - link.lastPongAt > patience) {
      close(link, Connection.COMMANDS, now);
    }
    if (link.hellos == OPEN && now - link.hellosSince > youngest
        && now - link.lastHelloAt > timing.millis(Period.PUBLISH_PERIOD) * 3) {
      close(link, Connection.HELLOS, now);
    }
  }

  void close(Link link, long now) {
    close(link, Connection.COMMANDS, now);
    if (link.listens) close(link, Connection.HELLOS, now);
  }

  private void close(Link link, Connection connection, long now) {
    boolean commands = connection == Connection.COMMANDS;
    if ((commands ? link.commands : link.hellos) == CLOSED) return;
    outbox.add(new Effect.Disconnect(link.id, connection));
    lost(link, connection, now);
  }

  void connected(Link link, Connection connection, String localIp, long now) {
    if (connection == Connection.HELLOS) {
      link.hellos = OPEN;
      link.lastHelloAt = now;
      return;
    }
    link.commands = OPEN;
    link.pendingCommands = 0;
    link.localIp = localIp;
    for (Instance user : link.users) user.connected();
  }

  /** A connection is gone. The instance counts as silent since it last answered, as in Redis. */
  void lost(Link link, Connection connection, long now) {
    if (connection == Connection.HELLOS) {
      link.hellos = CLOSED;
      return;
    }
    link.commands = CLOSED;
    link.pendingCommands = 0;
    if (link.pendingPingAt == NEVER) link.pendingPingAt = link.lastAvailableAt;
  }

  /** Whether something periodic may be sent. */
  boolean ready(Link link) {
    return link.commands == OPEN && link.pendingCommands < MOST_PENDING * link.users.size();
  }

  /** @return whether it was sent; not if there is no connection */
  boolean send(Instance instance, Request request) {
    Link link = instance.link;
    if (link.commands != OPEN) return false;
    link.pendingCommands++;
    outbox.add(new Effect.Send(link.id, instance.id, request, renamed(instance, request.commands())));
    return true;
  }

  void ping(Instance instance, long now) {
    if (!send(instance, new Request.Ping())) return;
    instance.link.lastPingAt = now;
    if (instance.link.pendingPingAt == NEVER) instance.link.pendingPingAt = now;
  }

  private void connect(Instance instance, Connection connection) {
    List<List<String>> greeting = new ArrayList<>();
    Login login = instance.kind == Kind.SENTINEL ? settings.sentinelLogin() : instance.primary().settings.login();
    if (login != null && login.password() != null) {
      greeting.add(login.user() == null ? List.of("AUTH", login.password())
          : List.of("AUTH", login.user(), login.password()));
    }
    String shownId = settings.myId().substring(0, Math.min(SHOWN_ID_LENGTH, settings.myId().length()));
    greeting.add(List.of("CLIENT", "SETNAME", "sentinel-" + shownId + "-" + connection.shortName));
    if (connection == Connection.HELLOS) greeting.add(List.of("SUBSCRIBE", Request.HELLO_CHANNEL));
    outbox.add(new Effect.Connect(instance.link.id, connection, instance.address, renamed(instance, greeting)));
  }

  private static List<List<String>> renamed(Instance instance, List<List<String>> commands) {
    Map<String, String> names = instance.primary().settings.renamedCommands();
    if (names.isEmpty()) return commands;
    return commands.stream().map(words -> {
      List<String> renamed = new ArrayList<>(words);
      renamed.set(0, names.getOrDefault(words.get(0).toUpperCase(Locale.ROOT), words.get(0)));
      return (List<String>) renamed;
    }).toList();
  }
}
