package org.understudy.shard;

import org.understudy.bytes.Bytes;
import org.understudy.command.Session;
import org.understudy.resp.CommandError;

/** CLIENT and its subcommands. */
public final class ClientCommands {
  private ClientCommands() {}

  /** Names a connection; an empty name takes the name away. Spaces and what is not printable are refused. */
  public static void setName(Session session, byte[] name) {
    for (byte b : name) {
      if (b < '!' || b > '~') throw CommandError.err("Client names cannot contain spaces, newlines or special characters.");
    }
    session.name = name.length == 0 ? Bytes.EMPTY : name;
  }
}
