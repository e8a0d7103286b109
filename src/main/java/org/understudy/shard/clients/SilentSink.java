package org.understudy.shard.clients;

import org.apache.pekko.util.ByteString;
import org.understudy.command.Session;

/** For a client without a connection of its own kind: whatever it is sent goes nowhere. */
public class SilentSink implements ClientSink {
  private final Session session;

  /** @param session whose output it is that counts as sent */
  public SilentSink(Session session) {
    this.session = session;
  }

  @Override
  public void deliver(ByteString replies) {
    session.outputBytes.addAndGet(-replies.size());
  }

  @Override
  public void deliverPart(ByteString replies) {
    deliver(replies);
  }

  @Override
  public void push(ByteString message) {
    deliver(message);
  }

  @Override
  public void whenDrained(Runnable drained) {}

  @Override
  public void closeAfterReplies(ByteString replies) {
    deliver(replies);
  }

  @Override
  public void kill() {}

  @Override
  public void resume(Run resumed) {
    throw new IllegalStateException("every run is the last of its piece");
  }

  @Override
  public void waiting() {
    throw new IllegalStateException("no command of this client may wait");
  }

  @Override
  public void shrink(boolean forgetPeak) {}

  @Override
  public void shrinkInput(boolean idle) {}
}
