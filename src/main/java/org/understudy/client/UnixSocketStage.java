package org.understudy.client;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/** A connection through a Unix socket as a flow, like the one that Pekko's TCP gives for a connection of its own. */
final class UnixSocketStage extends GraphStage<FlowShape<ByteString, ByteString>> {
  private final Inlet<ByteString> in = Inlet.create("output");
  private final Outlet<ByteString> out = Outlet.create("input");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
  private final UnixSockets.Connection connection;

  UnixSocketStage(UnixSockets.Connection connection) {
    this.connection = connection;
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends GraphStageLogic {
    private boolean writing;
    private boolean lastWritten;

    Logic() {
      super(shape);
      setHandler(in, new AbstractInHandler() {
        @Override
        public void onPush() {
          writing = true;
          connection.write(grab(in));
        }

        @Override
        public void onUpstreamFinish() {
          lastWritten = true;
          if (!writing) completeStage();
        }
      });
      setHandler(out, new AbstractOutHandler() {
        @Override
        public void onPull() {
          connection.read();
        }
      });
    }

    @Override
    public void preStart() {
      AsyncCallback<ByteString> received = createAsyncCallback(bytes -> push(out, bytes));
      AsyncCallback<Boolean> written = createAsyncCallback(all -> written());
      AsyncCallback<Boolean> ended = createAsyncCallback(all -> {
        if (!isClosed(out)) complete(out);
        if (lastWritten || isClosed(in)) completeStage();
      });
      setKeepGoing(true);
      connection.handler(new UnixSockets.Handler() {
        @Override
        public void received(ByteString bytes) {
          received.invoke(bytes);
        }

        @Override
        public void written() {
          written.invoke(true);
        }

        @Override
        public void ended() {
          ended.invoke(true);
        }
      });
      pull(in);
    }

    private void written() {
      writing = false;
      if (lastWritten) completeStage();
      else if (!isClosed(in)) pull(in);
    }

    @Override
    public void postStop() {
      connection.close();
    }
  }
}
