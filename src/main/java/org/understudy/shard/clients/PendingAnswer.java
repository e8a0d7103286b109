package org.understudy.shard.clients;

import java.util.function.Consumer;
import org.understudy.resp.ReplyBuffer;

/** The answer to a command that somebody else has to give, while the client waits. */
@FunctionalInterface
public interface PendingAnswer {
  /** Gives it, once and from any thread. @param writer writes the reply, on the shard's loop */
  void give(Consumer<ReplyBuffer> writer);
}
