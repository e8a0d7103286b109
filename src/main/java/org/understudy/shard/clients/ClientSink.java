package org.understudy.shard.clients;

import org.apache.pekko.util.ByteString;

/**
 * The way from the shard to a client's socket. Callable from any loop; calls of one thread arrive in order. The
 * socket's side subtracts from {@link org.understudy.command.Session#outputBytes} what has left; the caller has added
 * it.
 */
public interface ClientSink {
  /** The replies to the whole chunk of requests: after it the next chunk may be read. */
  void deliver(ByteString replies);

  /**
   * A part of the replies. {@link ShardMessage.Drained} comes back once it has left, so that a client which does not
   * read does not pile up memory.
   */
  void deliverPart(ByteString replies);

  /** A message that answers no request. */
  void push(ByteString message);

  /**
   * Has it run whenever the socket has taken everything that was queued, and now if it has: for whoever sends more
   * than may wait, one piece after the other. On any thread; it may not block.
   */
  void whenDrained(Runnable drained);

  /** Small writes may wait for more from now on, so that fewer packets are sent. */
  default void saveBandwidth() {}

  /** The run is done but the connection has more requests of the same chunk: its replies stay in the run's buffer. */
  void resume(Run run);

  /**
   * The client waits for others (blocked, paused): read on, so that its end is noticed, but execute nothing. It is gone
   * at its end, even of its requests alone.
   */
  void waiting();

  /** Send what is queued, then close. */
  void closeAfterReplies(ByteString replies);

  /** Make the reply buffer smaller if it has been too large lately, once nothing of the client is being executed. */
  void shrink(boolean forgetPeak);

  /** Make the input buffer smaller. @param idle give it up: the client sends nothing */
  void shrinkInput(boolean idle);

  /** Close at once and forget what is queued. */
  void kill();
}
