package org.understudy.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.PrimaryAddress;
import org.understudy.resp.RequestBuffer;

/**
 * Link from this server to its primary: connects, says who it is, agrees on where to begin, and hands its owner first
 * the dataset, if all of it has to come, and then the stream of changes. One piece is on its way at a time: the next is
 * read when the owner asks for it.
 *
 * <pre>
 * Resolving      -> Connecting: the name has an address; it is looked up anew each time
 * Connecting     -> AwaitingPong: connected, PING sent
 * AwaitingPong   -> AwaitingAuth, or AwaitingPort without a password: + or a demand for one; the rest of the handshake
 *                   is sent
 * AwaitingAuth   -> AwaitingPort: +
 * AwaitingPort   -> AwaitingIp, or AwaitingCapa if no address is announced
 * AwaitingIp     -> AwaitingCapa
 * AwaitingCapa   -> AwaitingPosition: these three ignore errors
 * AwaitingPosition -> AwaitingPsync: the owner said from where to go on, PSYNC sent
 * AwaitingPsync  -> Streaming: +CONTINUE | AwaitingHeader: +FULLRESYNC, or an error after which SYNC is sent
 * AwaitingHeader -> Receiving: $ and a length, or $EOF: and a mark
 * Receiving      -> AwaitingDataset: its last byte was handed on
 * AwaitingDataset -> Streaming: the owner has the dataset in place
 * any connected  -> Resolving at once: a link that worked is lost, or the owner asks for a new one
 * any            -> Waiting -> Resolving: everything else that goes wrong, after a jittered backoff
 * </pre>
 */
public final class PrimaryLink {
  /** How far the link has come, in the words of ROLE. */
  public enum Progress { CONNECT, CONNECTING, HANDSHAKE, SYNC, CONNECTED }

  // ---- what the owner tells ----------------------------------------------------------------------------------------

  public sealed interface Message {}

  /**
   * Answers {@link Asks}.
   *
   * @param id of the history to go on with, or {@code ?} for whatever there is
   * @param offset the number of the next byte, or -1
   * @param failover whether the other side is asked to become the primary (PSYNC … FAILOVER)
   */
  public record Position(String id, long offset, boolean failover) implements Message {
    public static Position none(boolean failover) {
      return new Position("?", -1, failover);
    }
  }

  /** The piece that was handed over is dealt with. */
  public enum ReadOn implements Message { INSTANCE }

  /** The dataset is in place: the stream may follow. */
  public enum DatasetReady implements Message { INSTANCE }

  /** Something for the primary: an acknowledgement. Dropped if there is no connection, or if it takes nothing. */
  public record Send(ByteString bytes) implements Message {}

  /** Give this connection up and begin anew: at once, or after a pause as after any failure. */
  public enum Reconnect implements Message { AT_ONCE, LATER }

  /** The end of the link. */
  public enum Stop implements Message { INSTANCE }

  // ---- what the owner hears ----------------------------------------------------------------------------------------

  /** What happens to the link, and what comes over it, in order. */
  public sealed interface Report {}

  /** There is a connection. @param own our end of it, {@code primary} the other */
  public record Opened(InetSocketAddress own, InetSocketAddress primary) implements Report {}

  /** The link is at another step of its life. */
  public record Moved(Progress progress) implements Report {}

  /** From where? To be answered with {@link Position}. */
  public enum Asks implements Report { INSTANCE }

  /** A whole dataset follows. @param id of its history, null if the primary does not say; {@code offset} of its cut */
  public record FullResync(String id, long offset) implements Report {}

  /** The stream goes on where it was. @param id the id of the history from now on, null if it is the same */
  public record Continued(String id) implements Report {}

  /** PSYNC was not possible now: no failover to that server either. */
  public enum Refused implements Report { INSTANCE }

  /** The dataset begins. */
  public record Announced(Transfer transfer) implements Report {}

  /** A piece of the dataset; its last one if the transfer is complete. To be answered with {@link ReadOn}. */
  public record Piece(byte[] bytes) implements Report {}

  /** A piece of the stream. To be answered with {@link ReadOn}. */
  public record Streamed(byte[] bytes) implements Report {}

  /** There is no connection any more; the link tries again by itself. */
  public enum Lost implements Report { INSTANCE }

  // ---- what the link tells itself ----------------------------------------------------------------------------------

  /** @param from null for whichever address */
  private record Route(InetAddress from, InetAddress[] to) {}

  private record Resolved(Route route, Throwable failure) implements Message {}

  /** @param ends of the connection; null if it cannot be made */
  private record Connected(Connection connection, Tcp.OutgoingConnection ends, Throwable failure) implements Message {}

  /** @param bytes null at the end of the connection, with the failure if there was one */
  private record Received(Connection connection, byte[] bytes, Throwable failure) implements Message {}

  private enum Tick implements Message { CRON, RETRY }

  private static final Logger log = LoggerFactory.getLogger(PrimaryLink.class);
  /** Messages to the primary that wait for it to read. */
  private static final int OUTGOING = 64;
  private static final long FIRST_BACKOFF_MILLIS = 1000;
  private static final long LONGEST_BACKOFF_MILLIS = 3000;
  private static final Exception GIVEN_UP = new IOException("given up before it was open");
  private static final int ID_LENGTH = 40;
  private static final ByteString KEEPALIVE = ByteString.fromString("\n");

  /** Both directions of one connection. */
  private static final class Connection {
    final BoundedSourceQueue<ByteString> out;
    final SinkQueueWithCancel<ByteString> in;
    boolean open;

    Connection(BoundedSourceQueue<ByteString> out, SinkQueueWithCancel<ByteString> in) {
      this.out = out;
      this.in = in;
    }

    void send(ByteString bytes) {
      if (!out.isCompleted()) out.offer(bytes);
    }

    /** The end of the stream has to be taken, too: what nobody takes keeps it for ever. */
    void close() {
      try {
        if (open) out.complete();
        else out.fail(GIVEN_UP); // Pekko 1.7.0 cannot end in order what does not stand yet
      } catch (IllegalStateException ended) {
        // the other side was faster
      }
      if (open) in.cancel();
      else in.pull();
    }
  }

  private final ActorContext<Message> context;
  private final PrimaryAddress primary;
  private final Config config;
  private final Clock clock;
  private final Consumer<Report> owner;
  private final SplittableRandom random;
  private final TimerScheduler<Message> timers;
  private final Executor blocking;
  private final Materializer materializer;

  /** The connection in use, or being made; null between two. */
  private Connection connection;
  private final LineReader lines = new LineReader();
  /** What came behind the last line that was read. */
  private byte[] unread = Bytes.EMPTY;
  /** Attempts since the last link that worked. */
  private int attempts;
  private Progress progress;
  private long lastIoNanos;
  /** A piece was asked for and has not come. */
  private boolean reading;

  /** @param owner hears reports in order, on the link's loop */
  public static Behavior<Message> create(PrimaryAddress primary, Config config, Clock clock, long seed,
      Consumer<Report> owner) {
    Behavior<Message> link = Behaviors.setup(context -> Behaviors.withTimers(timers ->
        new PrimaryLink(context, timers, primary, config, clock, seed, owner).beginning()));
    // after a fault of ours it begins anew, since a replica without its link would stay behind for ever
    return Behaviors.supervise(link).onFailure(SupervisorStrategy.restartWithBackoff(
        Duration.ofMillis(FIRST_BACKOFF_MILLIS), Duration.ofMillis(LONGEST_BACKOFF_MILLIS), 0.5));
  }

  private PrimaryLink(ActorContext<Message> context, TimerScheduler<Message> timers, PrimaryAddress primary,
      Config config, Clock clock, long seed, Consumer<Report> owner) {
    this.context = context;
    this.timers = timers;
    this.primary = primary;
    this.config = config;
    this.clock = clock;
    this.owner = owner;
    random = new SplittableRandom(seed);
    blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    materializer = SystemMaterializer.get(context.getSystem()).materializer();
    timers.startTimerWithFixedDelay(Tick.CRON, Tick.CRON, Duration.ofSeconds(1));
  }

  // ---- states, in the order of life --------------------------------------------------------------------------------

  private Behavior<Message> beginning() {
    log.info("Connecting to MASTER {}:{}", primary.host(), primary.port());
    return resolving();
  }

  private Behavior<Message> resolving() {
    moved(Progress.CONNECTING);
    touch();
    String source = config.text(Directive.BIND_SOURCE_ADDR);
    CompletionStage<Route> route = CompletableFuture.supplyAsync(() -> new Route(
        source.isEmpty() ? null : addresses(source)[0], addresses(primary.host())), blocking);
    context.pipeToSelf(route, Resolved::new);
    return state(message -> message instanceof Resolved resolved ? resolved(resolved) : null);
  }

  private static InetAddress[] addresses(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("Name or service not known", e);
    }
  }

  private Behavior<Message> resolved(Resolved resolved) {
    if (resolved.failure != null) {
      log.warn("Unable to connect to MASTER: {}", reason(resolved.failure));
      return failed();
    }
    Route route = resolved.route;
    InetAddress address = route.to[attempts % route.to.length];
    return connecting(Optional.ofNullable(route.from).map(source -> new InetSocketAddress(source, 0)),
        new InetSocketAddress(address, primary.port()));
  }

  private Behavior<Message> connecting(Optional<InetSocketAddress> local, InetSocketAddress to) {
    log.info("MASTER <-> REPLICA sync started");
    List<Inet.SocketOption> options = List.of(TcpSO.tcpNoDelay(true), TcpSO.keepAlive(config.tcpKeepalive() > 0));
    Pair<Pair<BoundedSourceQueue<ByteString>, CompletionStage<Tcp.OutgoingConnection>>, SinkQueueWithCancel<ByteString>>
        made = Source.<ByteString>queue(OUTGOING)
            .viaMat(Tcp.get(context.getSystem()).outgoingConnection(to, local, options, false, Optional.empty(),
                Optional.empty()), Keep.both())
            .toMat(Sink.<ByteString>queue(1).withAttributes(Attributes.inputBuffer(1, 1)), Keep.both())
            .run(materializer);
    Connection mine = new Connection(made.first().first(), made.second());
    connection = mine;
    context.pipeToSelf(made.first().second(), (ends, failure) -> new Connected(mine, ends, failure));
    return state(message -> message instanceof Connected connected && connected.connection == connection
        ? connected(connected) : null);
  }

  private Behavior<Message> connected(Connected connected) {
    if (connected.failure != null) {
      log.warn("Error condition on socket for SYNC: {}", reason(connected.failure));
      return failed();
    }
    connection.open = true;
    owner.accept(new Opened(connected.ends.localAddress(), connected.ends.remoteAddress()));
    log.info("Non blocking connect for SYNC fired the event.");
    moved(Progress.HANDSHAKE);
    touch();
    send("PING");
    return awaitingPong();
  }

  private Behavior<Message> awaitingPong() {
    return line(line -> {
      if (!line.startsWith("+") && !line.startsWith("-NOAUTH") && !line.startsWith("-NOPERM")
          && !line.startsWith("-ERR operation not permitted")) {
        log.warn("Error reply to PING from master: '{}'", line);
        return failed();
      }
      log.info("Master replied to PING, replication can continue...");
      return introduced();
    });
  }

  /** Sends who we are, all at once; the answers come in the same order. */
  private Behavior<Message> introduced() {
    String password = config.text(Directive.MASTERAUTH);
    String user = config.text(Directive.MASTERUSER);
    String announcedIp = config.text(Directive.REPLICA_ANNOUNCE_IP);
    long announcedPort = config.number(Directive.REPLICA_ANNOUNCE_PORT);
    if (!password.isEmpty()) {
      if (user.isEmpty()) send("AUTH", password);
      else send("AUTH", user, password);
    }
    send("REPLCONF", "listening-port", Long.toString(announcedPort != 0 ? announcedPort : config.port()));
    if (!announcedIp.isEmpty()) send("REPLCONF", "ip-address", announcedIp);
    send("REPLCONF", "capa", "eof", "capa", "psync2");
    boolean announcesIp = !announcedIp.isEmpty();
    return password.isEmpty() ? awaitingPort(announcesIp) : awaitingAuth(announcesIp);
  }

  private Behavior<Message> awaitingAuth(boolean announcesIp) {
    return line(line -> {
      if (!line.startsWith("-")) return awaitingPort(announcesIp);
      log.warn("Unable to AUTH to MASTER: {}", line);
      return failed();
    });
  }

  private Behavior<Message> awaitingPort(boolean announcesIp) {
    return understood("listening-port", announcesIp ? this::awaitingIp : this::awaitingCapa);
  }

  private Behavior<Message> awaitingIp() {
    return understood("ip-address", this::awaitingCapa);
  }

  private Behavior<Message> awaitingCapa() {
    return understood("capa", this::awaitingPosition);
  }

  /** An answer to REPLCONF: old servers do not know all of it. */
  private Behavior<Message> understood(String option, Supplier<Behavior<Message>> next) {
    return line(line -> {
      if (line.startsWith("-")) {
        log.info("(Non critical) Master does not understand REPLCONF {}: {}", option, line);
      }
      return next.get();
    });
  }

  private Behavior<Message> awaitingPosition() {
    owner.accept(Asks.INSTANCE);
    return state(message -> message instanceof Position from ? asked(from) : null);
  }

  private Behavior<Message> asked(Position from) {
    String offset = Long.toString(from.offset);
    if (from.offset >= 0) log.info("Trying a partial resynchronization (request {}:{}).", from.id, offset);
    else log.info("Partial resynchronization not possible (no cached master)");
    if (from.failover) send("PSYNC", from.id, offset, "FAILOVER");
    else send("PSYNC", from.id, offset);
    return awaitingPsync(from.offset >= 0);
  }

  /** @param mayContinue whether we asked for something that can be continued */
  private Behavior<Message> awaitingPsync(boolean mayContinue) {
    return lineWithText(line -> {
      if (line.startsWith("+FULLRESYNC")) return fullResync(line.split(" "));
      if (line.startsWith("+CONTINUE") && mayContinue) return continued(line);
      if (line.startsWith("-NOMASTERLINK") || line.startsWith("-LOADING")) {
        log.info("Master is currently unable to PSYNC but should be in the future: {}", line);
        owner.accept(Refused.INSTANCE);
        return failed();
      }
      if (line.startsWith("-ERR")) {
        log.info("Master does not support PSYNC or is in error state (reply: {})", line);
      } else {
        log.warn("Unexpected reply to PSYNC from master: {}", line);
      }
      owner.accept(Refused.INSTANCE);
      log.info("Retrying with SYNC...");
      connection.send(ByteString.fromString("SYNC\r\n"));
      owner.accept(new FullResync(null, -1));
      return awaitingHeader();
    });
  }

  /** {@code +FULLRESYNC id offset}; one that we do not understand brings a dataset all the same. */
  private Behavior<Message> fullResync(String[] words) {
    long offset = words.length == 3 && words[1].length() == ID_LENGTH ? number(words[2]) : -1;
    if (offset < 0) {
      log.warn("Master replied with wrong +FULLRESYNC syntax.");
      owner.accept(new FullResync(null, -1));
    } else {
      log.info("Full resync from master: {}:{}", words[1], offset);
      owner.accept(new FullResync(words[1], offset));
    }
    return awaitingHeader();
  }

  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** {@code +CONTINUE} or {@code +CONTINUE id}. */
  private Behavior<Message> continued(String line) {
    log.info("Successful partial resynchronization with master.");
    String id = line.length() == "+CONTINUE ".length() + ID_LENGTH ? line.substring("+CONTINUE ".length()) : null;
    owner.accept(new Continued(id));
    log.info("MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.");
    return streaming();
  }

  private Behavior<Message> awaitingHeader() {
    moved(Progress.SYNC);
    return lineWithText(line -> {
      Transfer transfer = Transfer.announced(line);
      if (transfer != null) {
        owner.accept(new Announced(transfer));
        return receiving(transfer);
      }
      if (line.startsWith("-")) {
        log.warn("MASTER aborted replication with an error: {}", line.substring(1));
      } else {
        log.warn("Bad protocol from MASTER, the first byte is not '$' (we received '{}'), are you sure the host and"
            + " port are right?", line);
      }
      return failed();
    });
  }

  private Behavior<Message> receiving(Transfer transfer) {
    if (unread.length > 0 || transfer.isComplete()) return handOn(transfer, unread);
    pull();
    return state(message -> message instanceof Received received ? handOn(transfer, received.bytes) : null);
  }

  private Behavior<Message> handOn(Transfer transfer, byte[] bytes) {
    Transfer.Part part = transfer.read(bytes);
    unread = part.rest();
    owner.accept(new Piece(part.payload()));
    if (transfer.isComplete()) return awaitingDataset();
    return state(message -> message == ReadOn.INSTANCE ? receiving(transfer) : null);
  }

  private Behavior<Message> awaitingDataset() {
    return state(message -> {
      if (message == Tick.CRON) connection.send(KEEPALIVE); // lest the primary takes our silence for our end
      return message == DatasetReady.INSTANCE ? streaming() : null;
    });
  }

  private Behavior<Message> streaming() {
    attempts = 0;
    moved(Progress.CONNECTED);
    touch();
    Behavior<Message> stream = state(message -> {
      if (message instanceof Received received) owner.accept(new Streamed(received.bytes));
      else if (message == ReadOn.INSTANCE) pull();
      return null;
    });
    if (unread.length > 0) {
      owner.accept(new Streamed(unread));
      unread = Bytes.EMPTY;
    } else {
      pull();
    }
    return stream;
  }

  private Behavior<Message> waiting(long millis) {
    moved(Progress.CONNECT);
    timers.startSingleTimer(Tick.RETRY, Tick.RETRY, Duration.ofMillis(millis));
    return state(message -> message == Tick.RETRY ? beginning() : null);
  }

  // ---- what may happen in any state --------------------------------------------------------------------------------

  /**
   * A state: takes what it waits for, and leaves to us what may come at any time.
   *
   * @param own answers the next state, or null to stay
   */
  private Behavior<Message> state(Function<Message, Behavior<Message>> own) {
    return Behaviors.receive(Message.class)
        .onAnyMessage(message -> {
          if (message instanceof Received received) {
            if (received.connection != connection) return Behaviors.same();
            reading = false;
            touch();
            if (received.bytes == null) return connectionLost(received.failure);
          }
          Behavior<Message> next = own.apply(message);
          return next != null ? next : always(message);
        })
        .onSignal(PostStop.class, signal -> {
          close();
          return Behaviors.same();
        })
        .onSignal(PreRestart.class, signal -> {
          close();
          owner.accept(Lost.INSTANCE);
          return Behaviors.same();
        })
        .build();
  }

  private Behavior<Message> always(Message message) {
    if (message instanceof Send send) {
      if (connection != null) connection.send(send.bytes);
    } else if (message == Tick.CRON) {
      return timedOut() ? timeOut() : Behaviors.same();
    } else if (message == Reconnect.AT_ONCE) {
      return again();
    } else if (message == Reconnect.LATER) {
      return failed();
    } else if (message == Stop.INSTANCE) {
      close();
      return Behaviors.stopped();
    }
    return Behaviors.same();
  }

  private boolean timedOut() {
    boolean awaited = reading || progress == Progress.CONNECTING;
    return awaited && (clock.nanos() - lastIoNanos) / 1_000_000_000 > config.number(Directive.REPL_TIMEOUT);
  }

  private Behavior<Message> timeOut() {
    switch (progress) {
      case SYNC -> log.warn("Timeout receiving bulk data from MASTER... If the problem persists try to set the"
          + " 'repl-timeout' parameter in redis.conf to a larger value.");
      case CONNECTED -> log.warn("MASTER timeout: no data nor PING received...");
      default -> log.warn("Timeout connecting to the MASTER...");
    }
    return again();
  }

  private Behavior<Message> connectionLost(Throwable failure) {
    String why = failure == null ? "connection lost" : reason(failure);
    switch (progress) {
      case CONNECTED -> log.warn("Connection with master lost.");
      case SYNC -> log.warn("I/O error trying to sync with MASTER: {}", why);
      default -> {
        log.warn("Failed to read response from the server: {}", why);
        log.warn("Master did not respond to command during SYNC handshake");
        return failed();
      }
    }
    return again();
  }

  /** What worked so far did not go on: tries anew at once. */
  private Behavior<Message> again() {
    String after = progress == Progress.CONNECTED ? "" : " after failure";
    close();
    owner.accept(Lost.INSTANCE);
    log.info("Reconnecting to MASTER {}:{}{}", primary.host(), primary.port(), after);
    return resolving();
  }

  /** It did not work: tries anew a little later. Not all at the same moment, if there are many of us. */
  private Behavior<Message> failed() {
    close();
    owner.accept(Lost.INSTANCE);
    long most = Math.min(LONGEST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * (2 + attempts++) / 2);
    return waiting(most / 2 + random.nextLong(most / 2));
  }

  // ---- the connection ----------------------------------------------------------------------------------------------

  private void moved(Progress next) {
    if (progress == next) return;
    progress = next;
    owner.accept(new Moved(next));
  }

  private void touch() {
    lastIoNanos = clock.nanos();
  }

  private void close() {
    if (connection != null) connection.close();
    connection = null;
    reading = false;
    unread = Bytes.EMPTY;
    lines.clear();
  }

  private void send(String... words) {
    RequestBuffer request = new RequestBuffer();
    byte[][] argv = new byte[words.length][];
    for (int i = 0; i < words.length; i++) argv[i] = Bytes.of(words[i]);
    request.add(argv);
    connection.send(ByteString.fromArray(request.array(), 0, request.size()));
  }

  private void pull() {
    Connection mine = connection;
    ActorRef<Message> self = context.getSelf();
    reading = true;
    // told by whoever has the piece: without an executor it would go round by a thread of the common pool each time
    mine.in.pull().whenCompleteAsync((piece, failure) -> self.tell(new Received(mine,
        failure != null || piece.isEmpty() ? null : piece.get().toArrayUnsafe(), failure)), Runnable::run);
  }

  /** Has the next line dealt with, which may be here already. */
  private Behavior<Message> line(Function<String, Behavior<Message>> then) {
    return line(false, then);
  }

  /** As {@link #line}, past empty lines: with them the primary shows that it lives, and prepares. */
  private Behavior<Message> lineWithText(Function<String, Behavior<Message>> then) {
    return line(true, then);
  }

  private Behavior<Message> line(boolean withText, Function<String, Behavior<Message>> then) {
    String line = nextLine(withText);
    if (line != null) return then.apply(line);
    pull();
    return state(message -> {
      if (!(message instanceof Received received)) return null;
      unread = received.bytes;
      return line(withText, then);
    });
  }

  /** Takes the next line off what came; null if it is not complete. */
  private String nextLine(boolean withText) {
    int read = 0;
    String line;
    do {
      read += lines.read(unread, read, unread.length - read);
      line = lines.take();
    } while (withText && line != null && line.isEmpty());
    unread = Arrays.copyOfRange(unread, read, unread.length);
    return line;
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String message = String.valueOf(cause.getMessage());
    return message.substring(message.lastIndexOf(": ") + 1).strip();
  }
}
