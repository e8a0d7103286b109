package org.understudy.shard;

import org.understudy.bytes.Bytes;
import org.understudy.command.Session;

/** A client in the words of CLIENT LIST. */
public final class ClientInfo {
  private ClientInfo() {}

  /** One line without its end. */
  public static String line(Session session, long nowMillis) {
    return "id=" + session.id + " addr=" + session.address + " laddr=" + session.localAddress + " name="
        + Bytes.string(session.name);
  }
}
