package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/**
 * The same commands given to the real server and to ours: replicas must get the same bytes, so that offsets are equal
 * too. Times of now are compared by their length alone. The seed of the random workload is in every failure;
 * {@code -Dseed=n} repeats it.
 */
@NeedsRealRedis
class PropagationComparisonTest {
  private static final String END = "*3\r\n$7\r\nPUBLISH\r\n$3\r\nend\r\n$1\r\n.\r\n";

  private static RealRedis redis;
  private static TestServer server;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Side real;
  private Side ours;
  private final List<String> commands = new ArrayList<>();

  /** A server, a client of it and a replica. */
  private static final class Side implements AutoCloseable {
    private final RespClient client;
    private final RawReplica replica;
    private long offset;

    private Side(int port) throws IOException {
      client = RespClient.connect(port);
      replica = RawReplica.of(port);
      offset = replica.offset();
    }

    /** What was propagated since the last time. The server must have counted just as many bytes. */
    private String stream() throws IOException {
      return streamUntil(END);
    }

    private String streamUntil(String end) throws IOException {
      String stream = replica.readUntil(end);
      offset += stream.length();
      String info = (String) client.call("INFO", "replication");
      assertTrue(info.contains("\r\nmaster_repl_offset:" + offset + "\r\n"), () -> "not at " + offset + ": " + info);
      return stream;
    }

    @Override
    public void close() throws IOException {
      replica.close();
      client.close();
    }
  }

  @BeforeAll
  static void start() {
    redis = RealRedis.start("--repl-diskless-sync", "no", "--repl-ping-replica-period", "3600",
        "--enable-debug-command", "yes");
    server = TestServer.start("repl-diskless-sync no", "repl-ping-replica-period 3600");
  }

  @AfterAll
  static void stop() {
    if (redis != null) redis.close();
    if (server != null) server.close();
  }

  @BeforeEach
  void connect() throws IOException {
    real = new Side(redis.port());
    ours = new Side(server.port());
    both("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    String begin = Long.toString(System.nanoTime());
    both("PUBLISH", "begin", begin);
    for (Side side : List.of(real, ours)) side.streamUntil(begin + "\r\n"); // ours may join an earlier snapshot
    commands.clear();
  }

  @AfterEach
  void disconnect() throws IOException {
    both("FLUSHALL");
    real.close();
    ours.close();
  }

  /** Has both run a command; they must answer the same. */
  private void both(Object... words) {
    String text = Arrays.toString(words);
    commands.add(text.substring(0, Math.min(text.length(), 100)));
    Object reply = real.client.call(words);
    assertEquals(String.valueOf(reply), String.valueOf(ours.client.call(words)),
        () -> "seed " + seed + ": " + lastCommands());
  }

  private List<String> lastCommands() {
    return commands.subList(Math.max(0, commands.size() - 20), commands.size());
  }

  private void assertSameStream() throws IOException {
    both("PUBLISH", "end", ".");
    String expected = real.stream();
    String own = ours.stream();
    assertSameLines(comparable(expected).split("\n"), comparable(own).split("\n"));
    assertEquals(expected.length(), own.length());
    commands.clear();
  }

  private void assertSameStreamInAnyOrder() throws IOException {
    assertSameLinesInAnyOrder(line -> true);
  }

  private void assertSameLinesInAnyOrder(Predicate<String> counts) throws IOException {
    both("PUBLISH", "end", ".");
    assertEquals(comparable(real.stream()).lines().filter(counts).sorted().toList(),
        comparable(ours.stream()).lines().filter(counts).sorted().toList());
    commands.clear();
  }

  private void assertSameLines(String[] expected, String[] own) {
    for (int i = 0; i < Math.max(expected.length, own.length); i++) {
      int at = i;
      assertEquals(i < expected.length ? expected[i] : "none", i < own.length ? own[i] : "none", () -> "seed " + seed
          + ": after " + Arrays.asList(expected).subList(Math.max(0, at - 5), at) + " of " + commands);
    }
  }

  private static String comparable(String stream) {
    return stream.replaceAll("\\b1[78]\\d{11}\\b", "(a time of now)").replace("\r\n", " ").replace("*", "\n*");
  }

  @Test
  void transactionsArePropagatedAsTheRealServerDoes() throws IOException {
    both("MULTI");
    both("SET", "a", "1");
    both("EXEC");
    both("MULTI");
    both("SELECT", "3");
    both("SET", "a", "1");
    both("GET", "a");
    both("SELECT", "11");
    both("SET", "b", "1");
    both("INCR", "b");
    both("PUBLISH", "channel", "text");
    both("EXEC");
    both("MULTI");
    both("PUBLISH", "channel", "text");
    both("PUBLISH", "channel", "text");
    both("EXEC");
    both("MULTI");
    both("GET", "a");
    both("EXEC");
    both("MULTI");
    both("SET", "a", "1");
    both("DISCARD");
    both("MULTI");
    both("LPUSH", "b", "1");
    both("INCR", "a");
    both("EXEC");
    both("SELECT", "0");
    both("MULTI");
    both("SPUBLISH", "channel", "text");
    both("FLUSHDB");
    both("SWAPDB", "3", "4");
    both("FLUSHALL");
    both("EXEC");
    assertSameStream();
  }

  @Test
  void whatChangesNothingAndIsPropagatedAllTheSame() throws IOException {
    both("FLUSHALL");
    both("FLUSHDB", "ASYNC");
    both("SWAPDB", "0", "0");
    both("SWAPDB", "0", "1");
    both("PUBLISH", "a", "b");
    both("SPUBLISH", "a", "b");
    both("PFCOUNT", "absent");
    both("PFADD", "hll", "a");
    both("PFCOUNT", "hll");
    both("PFCOUNT", "hll");
    both("GETEX", "absent", "EX", "10");
    both("GETEX", "absent");
    both("SET", "a", "1");
    both("GETEX", "a");
    both("PERSIST", "a");
    both("SETRANGE", "a", "0", "");
    both("EXPIRE", "absent", "10");
    both("COPY", "absent", "a");
    both("MOVE", "absent", "1");
    both("UNLINK", "absent");
    both("SMOVE", "absent", "b", "c");
    both("TOUCH", "a");
    assertSameStream();
  }

  private static Stream<Arguments> commandsThatMeetExpiredKeys() {
    String commands = """
        GET a; MGET a b; SET a 2; RENAME c a; KEYS a*; EXISTS a b a; MSETNX a 1 b 2; COPY c b; SUNIONSTORE c a b
        SUNIONSTORE a b a; ZUNIONSTORE a 2 b d; BITOP AND a d e; DEL a b; UNLINK b a; GETDEL a; APPEND b 1
        BLPOP a b 0.01; SORT a STORE b; PFMERGE a b; BITOP AND a b c; OBJECT ENCODING a; DUMP a; RESTORE a 0 x
        MOVE a 1; SETNX a 5; XREAD STREAMS a b 0 0; TYPE a; GETEX a PERSIST; EXPIRE a 100; SWAPDB 0 1; FLUSHDB; FLUSHALL
        LMPOP 2 a b LEFT; SINTERCARD 2 a b; GEOSEARCHSTORE a b FROMLONLAT 1 1 BYRADIUS 1 km""";
    return Arrays.stream(commands.split("[;\\n]")).map(String::strip)
        .flatMap(command -> Stream.of(Arguments.of(command, "no", false), Arguments.of(command, "yes", true)));
  }

  @ParameterizedTest
  @MethodSource("commandsThatMeetExpiredKeys")
  void keysThatExpireUnderCommands(String command, String lazily, boolean inTransaction) throws IOException {
    both("CONFIG", "SET", "lazyfree-lazy-expire", lazily, "lazyfree-lazy-server-del", lazily,
        "lazyfree-lazy-user-del", lazily);
    both("SET", "c", "1");
    expire("a", "b");
    both("WATCH", "b");
    if (inTransaction) both("MULTI");
    both((Object[]) command.split(" "));
    if (inTransaction) {
      both("SET", "d", "1");
      both("EXEC");
    }
    assertSameStream();
  }

  /** Sets keys whose time has come when this returns. */
  private void expire(String... keys) {
    long at = System.currentTimeMillis() + 2;
    for (String key : keys) both("SET", key, "1", "PXAT", at);
    while (System.currentTimeMillis() <= at) Thread.onSpinWait();
  }

  @Test
  void keysThatExpireUnderCommandsThatLookAtAnyKeyAreNoTransaction() throws IOException {
    expire("a", "b", "c", "d");
    both("SCAN", "0", "COUNT", "100");
    expire("e", "f", "g");
    both("RANDOMKEY");
    expire("a", "b");
    both("SCAN", "0", "TYPE", "list");
    assertSameStreamInAnyOrder();
  }

  @Test
  void keysThatExpireOrAreEvictedByThemselves() throws IOException {
    for (int i = 0; i < 100; i++) both("SET", "k" + i, "1", "PX", "1");
    both("DEBUG", "SET-ACTIVE-EXPIRE", "1");
    awaitNoKeys();
    assertSameStreamInAnyOrder();
    both("CONFIG", "SET", "lazyfree-lazy-eviction", "yes");
    for (int i = 0; i < 10; i++) both("SET", "k" + i, "1");
    both("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "1");
    both("GET", "k10");
    awaitNoKeys();
    both("CONFIG", "SET", "maxmemory", "0");
    // How many keys go together depends on how much time Redis has for them
    assertSameLinesInAnyOrder(line -> !line.contains(" MULTI") && !line.contains(" EXEC"));
  }

  private void awaitNoKeys() {
    for (Side side : List.of(real, ours)) {
      while (!Long.valueOf(0).equals(side.client.call("DBSIZE"))) Thread.onSpinWait();
    }
  }

  private void awaitBoth(String command, String reply) {
    for (Side side : List.of(real, ours)) {
      while (!String.valueOf(side.client.call((Object[]) command.split(" "))).contains(reply)) Thread.onSpinWait();
    }
  }

  @Test
  void blockedClientsAreWhatTheyDid() throws IOException {
    both("XGROUP", "CREATE", "stream", "group", "$", "MKSTREAM");
    String[] waiting = {"BLPOP list 0", "BLMOVE list moved LEFT RIGHT 0", "BRPOPLPUSH list moved 0",
        "BLMPOP 0 1 list LEFT COUNT 2", "BZPOPMIN sorted 0", "BZMPOP 0 1 sorted MAX COUNT 5", "BRPOP moved 0",
        "XREADGROUP GROUP group consumer BLOCK 0 COUNT 1 STREAMS stream >",
        "XREADGROUP GROUP group other BLOCK 0 NOACK STREAMS stream >"};
    try (WaitingClients clients = new WaitingClients(waiting)) {
      both("RPUSH", "list", "1", "2");
      both("MULTI");
      both("RPUSH", "list", "3", "4", "5");
      both("ZADD", "sorted", "1", "a", "2", "b", "3", "c");
      both("XADD", "stream", "1-1", "field", "value");
      both("XADD", "stream", "1-2", "field", "value");
      both("EXEC");
      clients.readReplies();
    }
    assertSameStream();
  }

  /** Clients of both servers, each with a command that waits. */
  private final class WaitingClients implements AutoCloseable {
    private final List<RespClient> clients = new ArrayList<>();

    private WaitingClients(String... commands) {
      for (int i = 0; i < commands.length; i++) {
        for (int port : new int[] {redis.port(), server.port()}) {
          RespClient client = RespClient.connect(port);
          clients.add(client);
          client.send((Object[]) commands[i].split(" "));
        }
        awaitBoth("INFO clients", "blocked_clients:" + (i + 1));
      }
    }

    private void readReplies() {
      for (RespClient client : clients) client.read();
    }

    @Override
    public void close() {
      for (RespClient client : clients) client.close();
    }
  }

  @Test
  void randomCommandsArePropagatedAsTheRealServerDoes() throws IOException {
    for (int batch = 0; batch < 40; batch++) {
      for (int i = 0; i < 100; i++) {
        int commandsOfTransaction = random.nextInt(20) == 0 ? random.nextInt(5) : 0;
        if (commandsOfTransaction == 0) {
          both(randomCommand());
          continue;
        }
        both("MULTI");
        for (int j = 0; j < commandsOfTransaction; j++) both(randomCommand());
        both("EXEC");
      }
      assertSameStream();
    }
  }

  private String key() {
    return "k" + random.nextInt(12);
  }

  private String value() {
    return switch (random.nextInt(6)) {
      case 0, 1, 2 -> Integer.toString(random.nextInt(10));
      case 3 -> "v" + random.nextInt(10);
      case 4 -> random.nextInt(40) == 0 ? "long".repeat(random.nextInt(20_000)) : "1.5";
      default -> "";
    };
  }

  private long time() {
    return System.currentTimeMillis() + (random.nextInt(4) == 0 ? -1000 : 1_000_000);
  }

  private String choice(String... words) {
    return words[random.nextInt(words.length)];
  }

  private int small() {
    return random.nextInt(9) - 3;
  }

  private Object[] command(Object... words) {
    return words;
  }

  private Object[] randomCommand() {
    return switch (random.nextInt(75)) {
      case 0 -> command("SELECT", random.nextInt(12));
      case 1 -> command("SWAPDB", random.nextInt(3), random.nextInt(3));
      case 2 -> command("MOVE", key(), random.nextInt(3));
      case 3 -> command("COPY", key(), key(), "DB", random.nextInt(3), "REPLACE");
      case 4 -> random.nextInt(10) == 0 ? command(choice("FLUSHALL", "FLUSHDB")) : command("DBSIZE");
      case 5 -> command(choice("RENAME", "RENAMENX"), key(), key());
      case 6 -> command(choice("DEL", "UNLINK"), key(), key());
      case 7 -> command("PEXPIREAT", key(), time());
      case 8 -> command("EXPIREAT", key(), time() / 1000, choice("NX", "XX", "GT", "LT"));
      case 9 -> command(choice("EXPIRE", "PEXPIRE"), key(), choice("1000000", "-1", "0"));
      case 10 -> command("PERSIST", key());
      case 11 -> command("SET", key(), value(), choice("PXAT", "pxat"), System.currentTimeMillis() + 1_000_000);
      case 12 -> command("set", key(), value(), "EX", 10_000, choice("NX", "XX", "GET"));
      case 13 -> command("SETEX", key(), 10_000, value());
      case 14 -> command("PSETEX", key(), 10_000_000, value());
      case 15 -> command("GETEX", key(), "PXAT", time());
      case 16 -> command("GETEX", key(), choice("PERSIST", "EX"), "100");
      case 17 -> command("GETDEL", key());
      case 18 -> command("GETSET", key(), value());
      case 19 -> command("INCRBYFLOAT", key(), choice("1.5", "0.1", "-3"));
      case 20 -> command(choice("INCR", "DECR"), key());
      case 21 -> command("APPEND", key(), value());
      case 22 -> command("SETRANGE", key(), random.nextInt(20), value());
      case 23 -> command("SETBIT", key(), random.nextInt(100), random.nextInt(2));
      case 24 -> command("BITFIELD", key(), "INCRBY", "u8", "0", "1", "GET", "u8", "0");
      case 25 -> command("MSET", key(), value(), key(), value());
      case 26 -> command("MSETNX", key(), value(), key(), value());
      case 27 -> command(choice("LPUSH", "RPUSH", "LPUSHX"), key(), value(), value());
      case 28 -> command(choice("LPOP", "RPOP"), key());
      case 29 -> command(choice("LPOP", "RPOP"), key(), random.nextInt(4));
      case 30 -> command("LMOVE", key(), key(), choice("LEFT", "right"), choice("LEFT", "right"));
      case 31 -> command("BLMOVE", key(), key(), choice("LEFT", "right"), choice("LEFT", "right"), "0.001");
      case 32 -> command(choice("RPOPLPUSH", "rpoplpush"), key(), key());
      case 33 -> command("BRPOPLPUSH", key(), key(), "0.001");
      case 34 -> command(choice("BLPOP", "BRPOP"), key(), key(), "0.001");
      case 35 -> command("LMPOP", 2, key(), key(), choice("LEFT", "RIGHT"), "COUNT", 1 + random.nextInt(3));
      case 36 -> command("BLMPOP", "0.001", 2, key(), key(), choice("LEFT", "RIGHT"));
      case 37 -> command("LTRIM", key(), small(), small());
      case 38 -> command("LREM", key(), small(), value());
      case 39 -> command("LSET", key(), small(), value());
      case 40 -> command("LINSERT", key(), "before", value(), value());
      case 41 -> command(choice("SADD", "SREM"), key(), random.nextInt(10), random.nextInt(10));
      case 42 -> command("SPOP", key(), 1_000_000);
      case 43 -> command("SMOVE", key(), key(), value());
      case 44 -> command(choice("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), key(), key(), key());
      case 45 -> command("HSET", key(), value(), value(), value(), value());
      case 46 -> command("HDEL", key(), value(), value());
      case 47 -> command("HINCRBY", key(), value(), small());
      case 48 -> command("HINCRBYFLOAT", key(), value(), "0.1");
      case 49 -> command("HSETNX", key(), value(), value());
      case 50 -> command("ZADD", key(), choice("NX", "XX", "CH"), small(), value(), small(), value());
      case 51 -> command("ZADD", key(), "INCR", "1.5", value());
      case 52 -> command("ZINCRBY", key(), small(), value());
      case 53 -> command("ZREM", key(), value());
      case 54 -> command(choice("ZPOPMIN", "ZPOPMAX"), key());
      case 55 -> command(choice("BZPOPMIN", "BZPOPMAX"), key(), key(), "0.001");
      case 56 -> command("ZMPOP", 2, key(), key(), choice("MIN", "MAX"), "COUNT", 2);
      case 57 -> command("BZMPOP", "0.001", 2, key(), key(), choice("MIN", "MAX"), "COUNT", 2);
      case 58 -> command(choice("ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"), key(), 2, key(), key());
      case 59 -> command("ZRANGESTORE", key(), key(), small(), small());
      case 60 -> command("ZREMRANGEBYRANK", key(), small(), small());
      case 61 -> command("GEOADD", key(), small(), small(), value());
      case 62 -> command("GEOSEARCHSTORE", key(), key(), "FROMLONLAT", 1, 1, "BYRADIUS", 300, "km");
      case 63 -> command("XADD", key(), "1-*", "f", value());
      case 64 -> command("XADD", key(), "MAXLEN", choice("~", "="), random.nextInt(10), "2-*", "f", value());
      case 65 -> command("XTRIM", key(), "MAXLEN", choice("~", "="), random.nextInt(5));
      case 66 -> command("XDEL", key(), "1-" + random.nextInt(10));
      case 67 -> command("XGROUP", "CREATE", key(), "g", choice("0", "$"), "MKSTREAM");
      case 68 -> command("XREADGROUP", "GROUP", "g", "c" + random.nextInt(3), "COUNT", 2, "STREAMS", key(), ">");
      case 69 -> command("XACK", key(), "g", "1-" + random.nextInt(5));
      case 70 -> command("XAUTOCLAIM", key(), "g", "c" + random.nextInt(3), 0, "0", "JUSTID");
      case 71 -> command("XSETID", key(), "9-" + random.nextInt(5));
      case 72 -> command("PFADD", key(), value());
      case 73 -> command("SORT", key(), "ALPHA", "STORE", key());
      default -> command(choice("PUBLISH", "SPUBLISH"), key(), value());
    };
  }
}
