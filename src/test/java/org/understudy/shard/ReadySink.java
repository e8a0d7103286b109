package org.understudy.shard;

import org.apache.pekko.util.ByteString;
import org.understudy.shard.clients.ClientSink;
import org.understudy.shard.clients.Run;

/** The socket of a client that reads whatever it is sent at once, and sends each chunk of requests as one run. */
abstract class ReadySink implements ClientSink {
  @Override
  public void deliverPart(ByteString replies) {
    deliver(replies);
  }

  @Override
  public void push(ByteString message) {
    deliver(message);
  }

  @Override
  public void closeAfterReplies(ByteString replies) {
    deliver(replies);
  }

  @Override
  public void whenDrained(Runnable drained) {}

  @Override
  public void resume(Run resumed) {
    throw new IllegalStateException("every run is the last of its chunk");
  }

  @Override
  public void waiting() {}

  @Override
  public void shrink(boolean forgetPeak) {}

  @Override
  public void shrinkInput(boolean idle) {}

  @Override
  public void kill() {}
}
