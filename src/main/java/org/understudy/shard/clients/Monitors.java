package org.understudy.shard.clients;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.bytes.QuotedArguments;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;

/**
 * Clients in MONITOR mode, which see every command that runs, except those for administrators. A line is
 * {@code +seconds.micros [database address] "name" "argument" …}. Source: replicationFeedMonitors, replication.c
 * 7.0.15.
 */
public final class Monitors {
  private static final int HIDDEN = CommandFlag.mask(CommandFlag.ADMIN, CommandFlag.SKIP_MONITOR);

  private final Clock clock;
  private final Clients clients;
  private final Set<Client> monitors = new LinkedHashSet<>();
  /** The same as a number that connections read: whether they have to report the commands that they run. */
  private volatile int count;

  public Monitors(Clock clock, Clients clients) {
    this.clock = clock;
    this.clients = clients;
  }

  void add(Client client) {
    monitors.add(client);
    client.session.monitor = true;
    count = monitors.size();
  }

  public void remove(Client client) {
    if (!client.session.monitor) return;
    monitors.remove(client);
    client.session.monitor = false;
    count = monitors.size();
  }

  /** Readable from any loop. */
  public boolean any() {
    return count > 0;
  }

  public static boolean shows(CommandSpec spec) {
    return (spec.flags & HIDDEN) == 0;
  }

  /** @param argv as it may be shown */
  public void feed(Session session, int database, byte[][] argv) {
    if (monitors.isEmpty()) return;
    ByteString line = line(session, database, argv);
    for (Client monitor : monitors) {
      if (monitor.session.replyMode == Session.ReplyMode.ON) clients.push(monitor, line);
    }
  }

  private ByteString line(Session session, int database, byte[][] argv) {
    long micros = clock.micros();
    String fraction = Long.toString(micros % 1_000_000 + 1_000_000).substring(1);
    String address = session.unixSocket ? "unix:" + session.address.substring(0, session.address.lastIndexOf(':'))
        : session.address;
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    out.writeBytes(Bytes.of("+" + micros / 1_000_000 + "." + fraction + " [" + database + " " + address + "]"));
    for (byte[] argument : argv) {
      out.write(' ');
      out.writeBytes(QuotedArguments.quote(argument));
    }
    out.write('\r');
    out.write('\n');
    return ByteString.fromArrayUnsafe(out.toByteArray());
  }
}
