package org.understudy.shard.clients;

import org.understudy.bytes.Bytes;
import org.understudy.command.Session;

/**
 * A client in the words of CLIENT LIST. Where our buffers are built differently, the nearest true figure stands:
 * {@code qbuf} is what was read and not answered yet, {@code obl} what a command has written and not sent, {@code omem}
 * what waits to be sent, {@code oll} the pieces that it waits in.
 */
public final class ClientInfo {
  private ClientInfo() {}

  /** One line without its end. */
  public static String line(Client client, long nowMillis) {
    Session session = client.session;
    long output = session.outputBytes.get() + (session.replica ? client.pendingLogBytes.getAsLong() : 0);
    StringBuilder line = new StringBuilder(256);
    line.append("id=").append(Long.toUnsignedString(session.id))
        .append(" addr=").append(session.address)
        .append(" laddr=").append(session.localAddress)
        .append(" fd=").append(session.descriptor)
        .append(" name=").append(Bytes.string(session.name))
        .append(" age=").append(nowMillis / 1000 - session.createdMillis / 1000)
        .append(" idle=").append(Math.max(0, nowMillis / 1000 - session.lastInteractionMillis / 1000))
        .append(" flags=").append(flags(client))
        .append(" db=").append(session.database)
        .append(" sub=").append(session.channels)
        .append(" psub=").append(session.patterns)
        .append(" ssub=").append(session.shardChannels)
        .append(" multi=").append(queued(session))
        .append(" qbuf=").append(session.queryBufferBytes)
        .append(" qbuf-free=").append(session.queryBufferFreeBytes)
        .append(" argv-mem=").append(client.argumentBytes())
        .append(" multi-mem=").append(session.multiBytes)
        .append(" rbs=").append(client.run.reply.capacityBytes())
        .append(" rbp=").append(Math.min(client.run.reply.peakBytes(), client.run.reply.capacityBytes()))
        .append(" obl=").append(client.executes ? client.run.reply.size() : 0)
        .append(" oll=").append(session.outputPieces)
        .append(" omem=").append(output)
        .append(" tot-mem=").append(ClientMemory.bytes(client))
        .append(" events=").append(session.notRead ? "" : "r").append(output > 0 ? "w" : "")
        .append(" cmd=").append(session.lastCommand == null ? "NULL" : session.lastCommand)
        .append(" user=").append(session.user)
        .append(" redir=").append(session.tracking == null ? -1 : session.tracking.redirect)
        .append(" resp=").append(session.protocol);
    return line.toString();
  }

  private static int queued(Session session) {
    var transaction = session.transaction;
    return transaction == null ? -1 : transaction.size();
  }

  private static String flags(Client client) {
    Session session = client.session;
    StringBuilder flags = new StringBuilder(8);
    if (session.replica) flags.append('S');
    if (session.primary) flags.append('M');
    if (session.monitor) flags.append('O');
    if (session.subscriptions() > 0) flags.append('P');
    if (session.transaction != null) flags.append('x');
    if (client.isBlocked()) flags.append('b');
    Session.Tracking tracking = session.tracking;
    if (tracking != null) {
      flags.append('t');
      if (tracking.redirectBroken) flags.append('R');
      if (tracking.broadcast) flags.append('B');
    }
    if (session.watchedChanged) flags.append('d');
    if (session.closeAfterReply) flags.append('c');
    if (client.closing) flags.append('A');
    if (session.unixSocket) flags.append('U');
    if (session.noEvict) flags.append('e');
    return flags.isEmpty() ? "N" : flags.toString();
  }
}
