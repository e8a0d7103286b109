package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.shard.DirectShard;
import org.understudy.testing.Eventually;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;

/**
 * What the commands about the server answer is what the real server answers. Figures differ, of course; their shape
 * does not.
 */
@NeedsRealRedis
class ServerCommandsComparisonTest {
  private RealRedis redis;
  private RespClient real;
  private DirectShard ours;

  @BeforeEach
  void start() {
    redis = RealRedis.start("--enable-debug-command", "yes");
    real = redis.connect();
    ours = new DirectShard();
    ours.allowDebug();
  }

  @AfterEach
  void stop() {
    if (real != null) real.close();
    if (redis != null) redis.close();
  }

  private void same(String... command) {
    Object[] words = command;
    assertEquals(real.call(words), ours.call(words), String.join(" ", command));
  }

  private void allSame(String... commands) {
    assertAll(List.of(commands).stream().map(line -> () -> same(line.split(" "))));
  }

  // ---- INFO ---------------------------------------------------------------------------------------------------------

  /** Fields by name with {@code #} and the section before it. */
  private static Map<String, String> fields(Object info) {
    Map<String, String> fields = new LinkedHashMap<>();
    String section = "";
    for (String line : ((String) info).split("\r\n")) {
      int colon = line.indexOf(':');
      if (line.startsWith("#")) section = line;
      else if (colon > 0) fields.put(section + ' ' + line.substring(0, colon), line.substring(colon + 1));
    }
    return fields;
  }

  @Test
  void everyFieldOfInfoIsOneOfTheRealServersOrOurOwn() {
    Map<String, String> theirs = fields(real.call("INFO", "everything"));
    List<String> unknown = new ArrayList<>(fields(ours.call("INFO", "everything")).keySet());
    unknown.removeAll(theirs.keySet());
    unknown.removeIf(name -> name.contains(" understudy_") || name.contains("stats "));
    assertEquals(List.of(), unknown);
  }

  @Test
  void fieldsOfInfoStandInTheSameOrder() {
    List<String> theirs = new ArrayList<>(fields(real.call("INFO")).keySet());
    List<String> known = new ArrayList<>(fields(ours.call("INFO")).keySet());
    known.retainAll(theirs);
    theirs.retainAll(known);
    assertEquals(theirs, known);
  }

  @Test
  void valuesOfInfoAreOfTheSameKind() {
    Eventually.await("the real server has measured its memory, which is no number before",
        () -> fields(real.call("INFO")).get("# Memory mem_fragmentation_ratio").matches("[\\d.]+"));
    Map<String, String> theirs = fields(real.call("INFO"));
    Map<String, String> known = fields(ours.call("INFO"));
    known.keySet().retainAll(theirs.keySet());
    known.keySet().removeIf(name -> name.endsWith("_human") || name.endsWith("executable"));
    assertAll(known.entrySet().stream().map(field -> () ->
        assertEquals(kind(theirs.get(field.getKey())), kind(field.getValue()), field.getKey())));
  }

  private static String kind(String value) {
    if (value.matches("-?\\d+")) return "integer";
    if (value.matches("-?\\d+\\.\\d+%?")) return value.substring(value.indexOf('.')).replaceAll("\\d", "0");
    if (value.matches("[0-9a-f]{40}")) return "id";
    return value.isEmpty() ? "empty" : "text";
  }

  @ParameterizedTest
  @ValueSource(strings = {"commandstats", "errorstats", "latencystats"})
  void linesOfStatisticsLookTheSame(String section) {
    for (String command : List.of("CONFIG RESETSTAT", "TIME", "TIME x", "SLOWLOG GET -2")) {
      real.call((Object[]) command.split(" "));
      ours.call((Object[]) command.split(" "));
    }
    assertEquals(shape(fields(real.call("INFO", section))), shape(fields(ours.call("INFO", section))));
  }

  /** The fields in order of their names, digits of what is measured taken out. */
  private static Map<String, String> shape(Map<String, String> fields) {
    Map<String, String> shape = new TreeMap<>();
    fields.forEach((name, value) -> shape.put(name, value.replaceAll("(usec|usec_per_call|p[\\d.]+)=[\\d.]+", "$1=n")));
    return shape;
  }

  // ---- the others ---------------------------------------------------------------------------------------------------

  @Test
  void configAnswersTheSame() {
    allSame("CONFIG GET nosuch", "CONFIG GET MAXmemory", "CONFIG SET maxmemory", "CONFIG SET hz 1 hz 2",
        "CONFIG SET nosuch 1", "CONFIG SET daemonize yes", "CONFIG SET dir /tmp", "CONFIG SET slowlog-max-len -1",
        "CONFIG SET maxmemory 100mb hz 50", "CONFIG GET maxmemory", "CONFIG GET hz",
        "CONFIG SET notify-keyspace-events KEAnm",
        "CONFIG GET notify-keyspace-events", "CONFIG SET notify-keyspace-events q", "CONFIG REWRITE", "CONFIG HELP",
        "CONFIG SET hz 7 watchdog-period 1", "CONFIG GET watchdog-period", "CONFIG SET watchdog-period 0",
        "CONFIG GET watchdog-period", "CONFIG FOO", "CONFIG GET", "CONFIG RESETSTAT");
  }

  @Test
  void slowlogAnswersTheSame() {
    for (String command : List.of("CONFIG SET slowlog-log-slower-than 0", "SLOWLOG RESET", "TIME", "CONFIG GET a b c",
        "CONFIG SET masterauth secret", "CONFIG SET slowlog-log-slower-than -1")) {
      real.call((Object[]) command.split(" "));
      ours.call((Object[]) command.split(" "));
    }
    assertEquals(withoutFigures(real.call("SLOWLOG", "GET")), withoutFigures(ours.call("SLOWLOG", "GET")));
    allSame("SLOWLOG LEN", "SLOWLOG GET -2", "SLOWLOG GET a", "SLOWLOG GET 1 2", "SLOWLOG FOO", "SLOWLOG HELP",
        "SLOWLOG RESET", "SLOWLOG LEN");
  }

  /** Ids, arguments and names of a slow log. */
  private static List<Object> withoutFigures(Object log) {
    List<Object> entries = new ArrayList<>();
    for (Object entry : (List<?>) log) {
      List<?> fields = (List<?>) entry;
      entries.add(List.of(fields.get(0), fields.get(3), fields.get(5)));
    }
    return entries;
  }

  @Test
  void latencyAnswersTheSame() {
    allSame("LATENCY HELP", "LATENCY RESET", "LATENCY LATEST", "LATENCY HISTORY foo", "LATENCY GRAPH foo",
        "LATENCY HISTOGRAM foo", "LATENCY RESET a b", "LATENCY FOO", "LATENCY DOCTOR x");
  }

  @Test
  void memoryAnswersTheSame() {
    allSame("MEMORY HELP", "MEMORY USAGE k", "MEMORY USAGE k SAMPLES", "MEMORY USAGE k SAMPLES -1",
        "MEMORY USAGE k SAMPLES a", "MEMORY USAGE k FOO", "MEMORY PURGE", "MEMORY FOO");
    real.call("SET", "k", "v");
    real.call("HELLO", 3);
    Map<?, ?> theirs = (Map<?, ?>) real.call("MEMORY", "STATS");
    List<?> pairs = (List<?>) ours.call("MEMORY", "STATS");
    for (int i = 0; i < pairs.size(); i += 2) assertTrue(theirs.containsKey(pairs.get(i)), pairs.get(i).toString());
  }

  @Test
  void theRestAnswersTheSame() {
    allSame("ROLE", "WAIT 0 0", "WAIT a 0", "WAIT 0 a", "WAIT 1 -1", "WAIT -1 0", "SHUTDOWN ABORT", "SHUTDOWN FOO",
        "SHUTDOWN SAVE NOSAVE", "SHUTDOWN ABORT NOW", "LOLWUT VERSION a", "LOLWUT VERSION 5 1 1 a",
        "LOLWUT VERSION 6 1 a 1", "INFO nosuch", "INFO cluster", "INFO modules", "INFO keyspace", "TIME x");
  }

  @Test
  void debugAnswersTheSame() {
    allSame("DEBUG FOO", "DEBUG ERROR XX", "DEBUG DIGEST", "DEBUG DIGEST-VALUE a b", "DEBUG SET-ACTIVE-EXPIRE 0",
        "DEBUG PAUSE-CRON 1", "DEBUG SLEEP 0", "DEBUG SLEEP", "DEBUG LOG foo", "DEBUG OBJECT nokey", "DEBUG POPULATE",
        "DEBUG POPULATE -1", "DEBUG POPULATE a", "DEBUG CHANGE-REPL-ID", "DEBUG PROTOCOL foo",
        "DEBUG MALLCTL", "DEBUG MALLCTL a", "DEBUG MALLCTL-STR a b", "DEBUG CLIENT-EVICTION");
  }

  @Test
  void debugShowsTheSameBucketsOfClients() {
    allSame("CONFIG SET maxmemory-clients 100mb");
    assertEquals(buckets(real.call("DEBUG", "CLIENT-EVICTION")), buckets(ours.call("DEBUG", "CLIENT-EVICTION")));
    allSame("CONFIG SET maxmemory-clients 0");
  }

  /** The lines without what the two servers' clients cost. */
  private static String buckets(Object reply) {
    return ((String) reply).replaceAll("(tot-mem: ) *\\d+(, clients: )\\d+", "$1$2");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void debugShowsEveryTypeOfReply(int protocol) {
    RespClient exact = real.exact();
    exact.call("HELLO", protocol);
    for (String type : List.of("string", "integer", "double", "bignum", "null", "array", "set", "map", "attrib",
        "verbatim", "true", "false")) {
      assertEquals(exact.call("DEBUG", "PROTOCOL", type), ours.exact(protocol, "DEBUG", "PROTOCOL", type), type);
    }
  }

  @Test
  void debugPopulatesTheSameData() {
    allSame("DEBUG POPULATE 100", "DEBUG POPULATE 10 other", "DEBUG POPULATE 10 sized 300", "DEBUG POPULATE 5 sized 2",
        "DEBUG DIGEST", "DEBUG DIGEST-VALUE key:1 other:1 sized:9 nokey", "INFO keyspace");
  }

  @Test
  void debugObjectTellsTheSame() {
    allSame("DEBUG POPULATE 1", "SET number 7", "SET text abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "RPUSH list 1 two 3", "SADD intset 1 2 3", "SADD set a", "HSET hash a 1 b 2", "ZADD zset 1 a 2.5 b",
        "XADD stream 1-1 a b"); // nothing long enough to be compressed, which we do better
    for (String key : List.of("key:0", "number", "text", "list", "intset", "set", "hash", "zset", "stream")) {
      Object expected = real.call("DEBUG", "OBJECT", key);
      assertEquals(comparable(expected), comparable(ours.call("DEBUG", "OBJECT", key)));
    }
  }

  /** Without what two servers, or two moments, cannot have in common. */
  private static String comparable(Object line) {
    return ((String) line).replaceAll("at:0x[0-9a-f]+", "at").replaceAll("(lru|lru_seconds_idle):\\d+", "$1");
  }

  // ---- DEBUG --------------------------------------------------------------------------------------------------------

  @Test
  void subcommandsOfDebugThatMeanLittleHereAnswerAsThere() {
    allSame("DEBUG LEAK x", "DEBUG LEAK", "DEBUG DROP-CLUSTER-PACKET-FILTER 1", "DEBUG DROP-CLUSTER-PACKET-FILTER x",
        "DEBUG CLUSTERLINK KILL all x", "DEBUG MALLCTL nosuch", "DEBUG MALLCTL nosuch 1 2", "DEBUG MALLCTL-STR a b c",
        "DEBUG SET-ACTIVE-EXPIRE x", "DEBUG AOF-FLUSH-SLEEP 0x", "DEBUG CLUSTERLINK KILL", "DEBUG CLUSTERLINK FOO to x",
        "DEBUG CLUSTERLINK KILL to x", "DEBUG MALLCTL", "DEBUG REPLICATE", "DEBUG NOSUCH", "DEBUG LOG",
        "DEBUG RELOAD x", "DEBUG DIGEST x");
  }

  @Test
  void everySubcommandOfDebugIsKnown() {
    List<String> unknown = new ArrayList<>();
    for (Object line : (List<?>) real.call("DEBUG", "HELP")) {
      String name = line.toString().split(" ")[0];
      if (!name.matches("[A-Z-]{4,}|OOM|LOG|LEAK") || name.equals("DEBUG")) continue;
      Object help = ours.call("DEBUG", "HELP");
      if (!help.toString().contains(name)) unknown.add(name);
    }
    assertEquals(List.of("DROP-CLUSTER-PACKET-FILTER", "CLUSTERLINK"), unknown);
  }

  @Test
  void aServerThatCannotStartAnewSaysSo() {
    for (String subcommand : List.of("RESTART", "CRASH-AND-RECOVER")) {
      String refusal = ours.error("DEBUG", subcommand, "0");
      assertTrue(refusal.startsWith("ERR not supported here"), refusal);
    }
  }
}
