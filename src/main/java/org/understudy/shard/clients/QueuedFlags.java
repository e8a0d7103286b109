package org.understudy.shard.clients;

import java.util.List;
import org.understudy.command.CommandFlag;
import org.understudy.command.Session;

/**
 * What an EXEC inherits from the commands that it is about to run.
 *
 * @param any mask of the flags that at least one of them has
 * @param lacking mask of the flags that at least one of them does not have
 */
public record QueuedFlags(int any, int lacking) {
  /** Of any other command, which brings nothing but itself. */
  public static final QueuedFlags NONE = new QueuedFlags(0, 0);

  static QueuedFlags of(List<Session.Queued> queued) {
    int any = 0;
    int lacking = 0;
    for (Session.Queued command : queued) {
      any |= command.spec().flags;
      lacking |= ~command.spec().flags;
    }
    return new QueuedFlags(any, lacking);
  }

  boolean lacks(CommandFlag flag) {
    return (lacking & flag.bit) != 0;
  }
}
