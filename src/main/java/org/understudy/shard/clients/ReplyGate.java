package org.understudy.shard.clients;

import java.util.ArrayDeque;
import org.apache.pekko.util.ByteString;

/**
 * The way to a client's socket, which can be held up for a while: what would go through is kept, in order. So replies
 * wait for the disk without anybody else waiting for them. Used on the shard's loop.
 */
public final class ReplyGate implements ClientSink {
  private final ClientSink sink;
  /** Null before it was held up for the first time. */
  private ArrayDeque<Runnable> kept;
  private boolean held;

  ReplyGate(ClientSink sink) {
    this.sink = sink;
  }

  public void hold() {
    held = true;
    if (kept == null) kept = new ArrayDeque<>();
  }

  public boolean isHeld() {
    return held;
  }

  /** Lets everything go that was kept. */
  public void release() {
    held = false;
    if (kept == null) return;
    while (!held && !kept.isEmpty()) kept.poll().run();
  }

  @Override
  public void deliver(ByteString replies) {
    if (held) kept.add(() -> sink.deliver(replies));
    else sink.deliver(replies);
  }

  @Override
  public void deliverPart(ByteString replies) {
    if (held) kept.add(() -> sink.deliverPart(replies));
    else sink.deliverPart(replies);
  }

  @Override
  public void push(ByteString message) {
    if (held) kept.add(() -> sink.push(message));
    else sink.push(message);
  }

  @Override
  public void whenDrained(Runnable drained) {
    sink.whenDrained(drained);
  }

  /** Nothing is held up by that: the replies so far stay in the run's buffer, which comes back with the chunk's end. */
  @Override
  public void resume(Run run) {
    sink.resume(run);
  }

  @Override
  public void waiting() {
    if (held) kept.add(sink::waiting);
    else sink.waiting();
  }

  @Override
  public void closeAfterReplies(ByteString replies) {
    if (held) kept.add(() -> sink.closeAfterReplies(replies));
    else sink.closeAfterReplies(replies);
  }

  @Override
  public void shrink(boolean forgetPeak) {
    sink.shrink(forgetPeak);
  }

  @Override
  public void shrinkInput(boolean idle) {
    sink.shrinkInput(idle);
  }

  @Override
  public void kill() {
    if (kept != null) kept.clear();
    sink.kill();
  }
}
