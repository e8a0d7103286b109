package org.understudy.client;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.shard.clients.ClientSink;
import org.understudy.shard.clients.Run;

/**
 * The shard's way to a socket: straight to the stage, past the connection's actor, but for what that has to go on with.
 */
final class StageSink implements ClientSink {
  private static final Logger LOG = LoggerFactory.getLogger(StageSink.class);

  private final ActorRef<ClientConnection.Message> connection;
  private final Socket socket;
  private Consumer<RequestStage.Output> stage;

  /** @param socket null if its options cannot be set */
  StageSink(ActorRef<ClientConnection.Message> connection, Socket socket) {
    this.connection = connection;
    this.socket = socket;
  }

  /** Before the first request. */
  void opened(Consumer<RequestStage.Output> output) {
    stage = output;
  }

  @Override
  public void deliver(ByteString replies) {
    stage.accept(new RequestStage.Replies(replies));
  }

  @Override
  public void deliverPart(ByteString replies) {
    stage.accept(new RequestStage.Part(replies));
  }

  @Override
  public void push(ByteString message) {
    stage.accept(new RequestStage.Push(message));
  }

  @Override
  public void whenDrained(Runnable drained) {
    stage.accept(new RequestStage.WhenDrained(drained));
  }

  @Override
  public void saveBandwidth() {
    if (socket == null) return;
    try {
      socket.setTcpNoDelay(false);
    } catch (SocketException gone) {
      LOG.debug("Cannot let a socket wait for more: {}", gone.getMessage());
    }
  }

  @Override
  public void resume(Run run) {
    connection.tell(ClientConnection.Resumed.INSTANCE);
  }

  @Override
  public void waiting() {
    stage.accept(RequestStage.Waiting.INSTANCE);
  }

  @Override
  public void closeAfterReplies(ByteString replies) {
    stage.accept(new RequestStage.CloseAfter(replies));
  }

  @Override
  public void shrink(boolean forgetPeak) {
    stage.accept(forgetPeak ? RequestStage.Shrink.FORGET_PEAK : RequestStage.Shrink.KEEP_PEAK);
  }

  @Override
  public void shrinkInput(boolean idle) {
    stage.accept(idle ? RequestStage.ShrinkInput.IDLE : RequestStage.ShrinkInput.OVERSIZED);
  }

  @Override
  public void kill() {
    stage.accept(RequestStage.Kill.INSTANCE);
  }

  /** The server stops, whatever is under way. */
  void hangUp() {
    hangUp(socket);
  }

  /**
   * Closes a socket as a process that ends would: the peer reads what the operating system has, and then the end. Pekko
   * resets the connections of streams that fail or are stopped, but only those that are open still.
   *
   * @param socket null if it is not known
   */
  static void hangUp(Socket socket) {
    if (socket == null) return;
    try {
      socket.getChannel().close();
    } catch (IOException gone) {
      LOG.debug("Cannot close a socket: {}", gone.getMessage());
    }
  }
}
