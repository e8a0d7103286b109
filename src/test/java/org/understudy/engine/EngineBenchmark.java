package org.understudy.engine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.GraphStageLogicWithLogging;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.ByteKey;

/**
 * Shows what each part of the engine is worth: a server for PING, GET and SET, one actor behind Pekko Streams TCP, in
 * configurations that have one part more each. Not a test; {@code main MODE PORT [SECONDS]} serves redis-benchmark.
 * SET and GET of 32 bytes by 50 clients on two cores, as ratios to redis-server 7.0.15 in turn with it, medians:
 *
 * <pre>
 *              pipeline 1   16    128
 *   defaults        0.54   0.65   0.92   Pekko as it comes
 *   one             0.70   0.73   1.16   everything but selector and timers on one thread
 *   direct          0.62   0.77   1.28   … and coalesce-writes = 0
 *   selector        0.98   1.01   1.34   … and selector and timers on that thread
 *   loop            0.97   1.14   1.40   … and select only when nothing else is runnable: Engine.systemConfig
 *   plain           0.65   0.76   1.20   Engine.systemConfig without the loop
 * </pre>
 *
 * {@code selector} and {@code loop} need the system property {@code java.nio.channels.spi.SelectorProvider} that the
 * launcher sets.
 */
final class EngineBenchmark {
  private EngineBenchmark() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    ActorSystem system = ActorSystem.create("bench", config(args[0]));
    ActorRef store = system.actorOf(Props.create(Store.class, Store::new), "store");
    Tcp.get(system).bind("127.0.0.1", port, 511, List.of(), true, Optional.empty())
        .to(Sink.foreach(connection -> connection.handleWith(Flow.fromGraph(new RequestStage(store)), system)))
        .run(system).toCompletableFuture().get(10, TimeUnit.SECONDS);
    System.out.println("listening " + ProcessHandle.current().pid());
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 600;
    system.scheduler().scheduleOnce(java.time.Duration.ofSeconds(seconds), system::terminate, system.dispatcher());
    system.getWhenTerminated().toCompletableFuture().get();
    Engine.loopOf(system).ifPresent(loop -> System.out.println(
        "rounds " + loop.rounds() + " tasks " + loop.tasksRun() + " sleeps " + loop.sleeps()));
  }

  private static Config config(String mode) {
    Config pekko = ConfigFactory.defaultReference();
    String one = """
        pekko.actor.default-dispatcher { type = Dispatcher, executor = thread-pool-executor
          thread-pool-executor.fixed-pool-size = 1, throughput = 32 }
        pekko.io.tcp { worker-dispatcher = pekko.actor.default-dispatcher
          management-dispatcher = pekko.actor.default-dispatcher }
        """;
    String direct = one + "pekko.stream.materializer.io.tcp.coalesce-writes = 0\n";
    return switch (mode) {
      case "defaults" -> pekko;
      case "one" -> ConfigFactory.parseString(one).withFallback(pekko);
      case "direct" -> ConfigFactory.parseString(direct).withFallback(pekko);
      case "selector" -> ConfigFactory.parseString("pekko.io.tcp.selector-dispatcher = bench.selector\n"
          + "bench.selector { executor = org.understudy.engine.LoopExecutorConfigurator, throughput = 1 }")
          .withFallback(Engine.systemConfig());
      case "loop" -> Engine.systemConfig();
      case "plain" -> Engine.systemConfig(false);
      default -> throw new IllegalArgumentException(mode);
    };
  }

  /** All requests of a chunk. */
  private record Batch(List<byte[][]> requests, ActorRef replyTo) {}

  private record Reply(ByteString bytes) {}

  /** The keyspace. */
  private static final class Store extends AbstractActor {
    private final Map<ByteKey, byte[]> values = new HashMap<>();
    private byte[] out = new byte[64 * 1024];
    private int length;

    @Override
    public Receive createReceive() {
      return receiveBuilder().match(Batch.class, this::run).build();
    }

    private void run(Batch batch) {
      length = 0;
      for (byte[][] request : batch.requests) {
        switch (request[0][0]) {
          case 'P', 'p' -> write("+PONG\r\n");
          case 'S', 's' -> {
            values.put(new ByteKey(request[1]), request[2]);
            write("+OK\r\n");
          }
          case 'G', 'g' -> {
            byte[] value = values.get(new ByteKey(request[1]));
            if (value == null) {
              write("$-1\r\n");
            } else {
              write("$" + value.length + "\r\n");
              write(value);
              write("\r\n");
            }
          }
          default -> write("-ERR unknown command\r\n");
        }
      }
      batch.replyTo.tell(new Reply(ByteString.fromArray(out, 0, length)), self());
    }

    private void write(String text) {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void write(byte[] bytes) {
      if (length + bytes.length > out.length) out = Arrays.copyOf(out, Math.max(out.length * 2, length + bytes.length));
      System.arraycopy(bytes, 0, out, length, bytes.length);
      length += bytes.length;
    }
  }

  /** Cuts requests out of the stream of bytes; one batch is on its way at a time. */
  private static final class RequestStage extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final Inlet<ByteString> in = Inlet.create("requests");
    private final Outlet<ByteString> out = Outlet.create("replies");
    private final ActorRef store;

    RequestStage(ActorRef store) {
      this.store = store;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
      return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
      return new GraphStageLogicWithLogging(shape()) {
        private byte[] rest = {};
        private ActorRef self;

        {
          setHandler(in, new AbstractInHandler() {
            @Override
            public void onPush() {
              take(grab(in).toArrayUnsafe());
            }
          });
          setHandler(out, new AbstractOutHandler() {
            @Override
            public void onPull() {
              if (!hasBeenPulled(in)) pull(in);
            }
          });
        }

        @Override
        public void preStart() {
          self = getStageActor(message -> {
            push(out, ((Reply) message._2()).bytes);
            return scala.runtime.BoxedUnit.UNIT;
          }).ref();
        }

        private void take(byte[] chunk) {
          if (rest.length > 0) {
            byte[] joined = Arrays.copyOf(rest, rest.length + chunk.length);
            System.arraycopy(chunk, 0, joined, rest.length, chunk.length);
            chunk = joined;
          }
          List<byte[][]> requests = new ArrayList<>();
          int at = 0;
          while (at < chunk.length) {
            int next = parse(chunk, at, requests);
            if (next < 0) break;
            at = next;
          }
          rest = at == chunk.length ? new byte[0] : Arrays.copyOfRange(chunk, at, chunk.length);
          if (requests.isEmpty()) pull(in);
          else store.tell(new Batch(requests, self), self);
        }
      };
    }

    /** The position behind the request that starts at {@code at}, or -1 if it is not complete. */
    private static int parse(byte[] bytes, int at, List<byte[][]> requests) {
      int line = lineEnd(bytes, at);
      if (line < 0) return -1;
      byte[][] arguments = new byte[number(bytes, at + 1, line)][];
      at = line + 2;
      for (int i = 0; i < arguments.length; i++) {
        line = lineEnd(bytes, at);
        if (line < 0) return -1;
        int length = number(bytes, at + 1, line);
        at = line + 2;
        if (at + length + 2 > bytes.length) return -1;
        arguments[i] = Arrays.copyOfRange(bytes, at, at + length);
        at += length + 2;
      }
      requests.add(arguments);
      return at;
    }

    private static int lineEnd(byte[] bytes, int from) {
      for (int i = from; i + 1 < bytes.length; i++) {
        if (bytes[i] == '\r') return i;
      }
      return -1;
    }

    private static int number(byte[] bytes, int from, int to) {
      int value = 0;
      for (int i = from; i < to; i++) value = value * 10 + bytes[i] - '0';
      return value;
    }
  }
}
