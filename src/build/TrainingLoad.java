import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * {@code TrainingLoad PORT SECONDS}: keeps the server on that port of this machine busy with a bit of everything that
 * servers are busy with, so that the JVM which archives its classes also archives which paths are hot (JEP 515). A
 * server that begins with such an archive is compiled within its first second of load instead of its tenth.
 */
final class TrainingLoad {
  private static final int CONNECTIONS = 50;
  private static final int[] PIPELINES = {1, 16, 128, 1, 16, 128};
  private static final int[] LARGE_PIPELINES = {1, 16};
  private static final int KEYS = 20_000;
  private static final int RARE_EVERY = 1000;

  private static final Random random = new Random(1);
  private static final String SMALL = "x".repeat(32);
  private static final String MIDDLE = "z".repeat(1024);
  private static final String LARGE = "y".repeat(65_536);
  private static int batches;

  private static final Supplier<?>[] COMMANDS = {
      () -> "GET " + key(), () -> "SET " + key() + ' ' + SMALL, () -> "INCR count:" + number(), () -> "PING",
      TrainingLoad::mset, () -> "GET " + key(), () -> "SET " + key() + ' ' + SMALL + " EX 1000",
      () -> "LPUSH list " + SMALL, () -> "RPUSH list " + SMALL, () -> "LPOP list", () -> "RPOP list",
      () -> "SADD set element:" + number(), () -> "SPOP set", () -> "HSET hash field:" + number() + ' ' + SMALL,
      () -> "HGET hash field:" + number(), () -> "ZADD zset " + number() + " element:" + number(),
      () -> "ZPOPMIN zset", () -> "ZRANK zset element:" + number(), () -> "XADD stream MAXLEN ~ 1000 * field " + SMALL,
      () -> "HSET small:" + number() + " name " + SMALL, () -> "SADD few:" + number() + " 1 2 3", () -> "DEL " + key(),
      () -> "EXISTS " + key(), () -> "MGET " + key() + ' ' + key(), () -> "EXPIRE " + key() + " 100"};

  private static final Supplier<?>[] LARGE_COMMANDS = {
      () -> "SET large:" + random.nextInt(200) + ' ' + LARGE, () -> "GET large:" + random.nextInt(200),
      () -> "SET middle:" + number() + ' ' + MIDDLE, () -> "GET middle:" + number(),
      () -> "LRANGE list 0 99", () -> "LRANGE list 0 599"};

  /** Clients that come, ask once and go; a benchmark of half a second begins with hundreds of them. */
  private static final int VISITORS = 6000;
  private static final int VISITORS_AT_ONCE = 500;

  /** Loads from an RDB file, and from an append-only file. */
  private static final int RELOADS = 15;
  /** How long the increment gathers, with each pipeline, that is loaded so often: some megabytes. */
  private static final long APPEND_NANOS = 400_000_000;
  private static final int[] APPEND_PIPELINES = {1, 128};

  /** How long changes gather for replicas; how often they, and the snapshot before them, are sent to the server. */
  private static final long CHANGES_NANOS = 1_000_000_000;
  private static final int FULL_SYNCS = 8;

  private TrainingLoad() {}

  private static int number() {
    return random.nextInt(KEYS);
  }

  private static String key() {
    return "key:" + number();
  }

  private static String mset() {
    StringBuilder command = new StringBuilder("MSET");
    for (int i = 0; i < 10; i++) command.append(' ').append(key()).append(' ').append(SMALL);
    return command.toString();
  }

  public static void main(String[] args) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    int phases = PIPELINES.length + LARGE_PIPELINES.length;
    long nanosEach = (long) (Double.parseDouble(args[1]) * 1e9 / phases);
    visit(server);
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        SocketChannel channel = SocketChannel.open(server);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
      }
      for (int pipeline : PIPELINES) run(selector, COMMANDS, pipeline, nanosEach);
      Connection one = (Connection) selector.keys().iterator().next().attachment();
      for (int i = 0; i < RELOADS; i++) one.call("DEBUG RELOAD");
      append(selector, one);
      replicate(selector, one, server);
      for (int pipeline : LARGE_PIPELINES) run(selector, LARGE_COMMANDS, pipeline, nanosEach);
    }
  }

  /** Connections cost the most code of all: each is a stream that is put together, and taken apart again. */
  private static void visit(InetSocketAddress server) throws IOException {
    List<Connection> visitors = new ArrayList<>();
    for (int i = 0; i < VISITORS; i += VISITORS_AT_ONCE) {
      for (int j = 0; j < VISITORS_AT_ONCE; j++) visitors.add(new Connection(SocketChannel.open(server)));
      for (Connection visitor : visitors) visitor.send(COMMANDS, 1);
      for (Connection visitor : visitors) {
        while (visitor.receive() > 0) Thread.onSpinWait();
      }
      for (Connection visitor : visitors) visitor.channel.close();
      visitors.clear();
    }
  }

  /** Has commands written to an append-only file, and loads it. Later phases do without, as most servers do. */
  private static void append(Selector selector, Connection one) throws IOException {
    one.call("CONFIG SET appendonly yes");
    one.call("SAVE"); // comes behind the base, without which there is nothing to load
    for (int pipeline : APPEND_PIPELINES) run(selector, COMMANDS, pipeline, APPEND_NANOS);
    for (int i = 0; i < RELOADS; i++) one.call("DEBUG LOADAOF");
    one.call("CONFIG SET appendonly no");
  }

  /** Gives a replica a snapshot and changes; then the server is the replica, and is given the same. */
  private static void replicate(Selector selector, Connection one, InetSocketAddress server) throws IOException {
    one.call("CONFIG SET repl-diskless-sync-delay 0");
    TrainingPeer peer = new TrainingPeer(server);
    run(selector, COMMANDS, 16, CHANGES_NANOS);
    peer.close();
    try (ServerSocket listening = new ServerSocket(0, 1, server.getAddress())) {
      one.call("REPLICAOF " + server.getAddress().getHostAddress() + ' ' + listening.getLocalPort());
      peer.lead(listening, FULL_SYNCS);
    }
    one.call("REPLICAOF NO ONE");
  }

  private static void run(Selector selector, Supplier<?>[] commands, int pipeline, long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    for (SelectionKey key : selector.keys()) ((Connection) key.attachment()).send(commands, pipeline);
    while (System.nanoTime() < end) {
      selector.select(key -> {
        Connection connection = (Connection) key.attachment();
        if (connection.receive() == 0) connection.send(commands, pipeline);
      }, 1000);
    }
    for (SelectionKey key : selector.keys()) {
      while (((Connection) key.attachment()).receive() > 0) Thread.onSpinWait();
    }
  }

  private static final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer input = ByteBuffer.allocate(256 * 1024).flip();
    /** Replies to come, elements of arrays included; and bytes of a bulk string that are to be passed over. */
    private int missing;
    private int skip;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    /** Sends the same command so many times, with other arguments each. */
    void send(Supplier<?>[] commands, int pipeline) {
      StringBuilder requests = new StringBuilder();
      Supplier<?> command = commands[random.nextInt(commands.length)];
      for (int i = 0; i < pipeline; i++) append(requests, command.get().toString());
      missing += pipeline;
      if (++batches % RARE_EVERY == 0) {
        append(requests, "LTRIM list 0 9999");
        append(requests, "INFO");
        missing += 2;
      }
      ByteBuffer bytes = ByteBuffer.wrap(requests.toString().getBytes(StandardCharsets.ISO_8859_1));
      try {
        while (bytes.hasRemaining()) {
          if (channel.write(bytes) == 0) receive();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void call(String command) {
      send(new Supplier<?>[] {() -> command}, 1);
      while (receive() > 0) Thread.onSpinWait();
    }

    private static void append(StringBuilder requests, String command) {
      String[] words = command.split(" ");
      requests.append('*').append(words.length).append("\r\n");
      for (String word : words) requests.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }

    /** Reads what has come; returns how many replies are missing. */
    int receive() {
      try {
        input.compact();
        if (channel.read(input) < 0) throw new IOException("the server closed the connection");
        input.flip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      while (missing > 0) {
        int passed = Math.min(skip, input.remaining());
        input.position(input.position() + passed);
        skip -= passed;
        if (skip > 0 || !readLine()) break;
      }
      return missing;
    }

    private boolean readLine() {
      int end = input.position();
      while (end < input.limit() && input.get(end) != '\n') end++;
      if (end == input.limit()) return false;
      char type = (char) input.get(input.position());
      missing--;
      if (type == '$' || type == '*') {
        byte[] digits = new byte[end - 2 - input.position()];
        input.get(input.position() + 1, digits);
        int count = Integer.parseInt(new String(digits, StandardCharsets.ISO_8859_1));
        if (type == '*') missing += Math.max(0, count);
        else if (count >= 0) skip = count + 2;
      }
      input.position(end + 1);
      return true;
    }
  }
}
