package org.understudy.config;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.resp.CommandError;
import org.understudy.testing.RealRedis;

/** The same configuration, given to us and to the real redis-server. */
class ConfigComparisonTest {
  /** Keeps the real server off the network; given to both, last, where it does not matter for the question. */
  private static final String[] QUIET = {"--port", "0", "--unixsocket", "s"};

  @TempDir Path folder;

  @BeforeAll
  static void needsTheRealServer() {
    RealRedis.assumeInstalled();
  }

  // ---- what is there ---------------------------------------------------------------------------------------------

  @Test
  void everyDirectiveExistsWithTheSameDefault() throws Exception {
    try (RealServer real = RealServer.start(folder, "", QUIET)) {
      assertEquals(sorted(real.configGet("*")), sorted(ours(QUIET).get(List.of("*"))));
    }
  }

  @Test
  void hiddenDirectivesAreFoundByTheirName() throws Exception {
    try (RealServer real = RealServer.start(folder, "", QUIET)) {
      Config ours = ours(QUIET);
      List<String> hidden = new ArrayList<>();
      for (Directive directive : Directive.values()) {
        if (directive.has(Directive.Flag.HIDDEN)) hidden.add(directive.directiveName());
      }
      assertEquals(5, hidden.size());
      for (String name : hidden) assertEquals(real.configGet(name), ours.get(List.of(name)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"max*", "MAX*", "MaxMemory", "slave*", "replica-priority", "SLAVEOF", "*list[pa]*",
      "????", "nothing",
      "nothing*", "", "\\*", "watchdog*", "watchdog-period", "[^a-s]*", "save", "t?meout"})
  void patternsFindTheSame(String pattern) throws Exception {
    try (RealServer real = RealServer.start(folder, "", QUIET)) {
      assertEquals(sorted(real.configGet(pattern)), sorted(ours(QUIET).get(List.of(pattern))));
    }
  }

  // ---- CONFIG SET ------------------------------------------------------------------------------------------------

  @Test
  void everyDirectiveTakesAndRefusesTheSameValues() throws Exception {
    String[] values = {"", "yes", "NO", "0", "1", "-1", "-2", "100", "101", "511", "1000", "1001", "65535", "65536",
        "1023", "1mb",
        "1M", "2KB", "1.5", "abc", " 1", "01", "+5", "2147483647", "2147483648", "4294967295", "4294967296",
        "9223372036854775807", "9223372036854775808", "18446744073709551615", "99999999999999999999", "16gb", "5%",
        "100%",
        "101%", "-5%", "%", "everysec", "Always", "allkeys-lru", "local", "default", "nosave force", "save nosave",
        "now  now",
        "on-empty-db", "KEA", "AKE", "An", "nmx", "gn$lshzxetK", "Kq", "g$lshzxetdn", "0 0 0", "-2000 0 2000",
        "1 2 2001", "a b c", "900 1", "900 1 ", "0 1",
        "10 x", "900 1 300 10", "normal 1mb 2kb 30", "slave 0 0 0 pubsub 1 2 3", "master 1 1 1", "normal 1 1 -1",
        "normal 1 1",
        "50 99.99 100", "100.1", "-0.5", "1e1", "0x10", "nan", "inf", ".5", "5.", "0.0000005", "0.0078125", "a/b",
        "a\\b", "x y",
        "host_name", "ho-st.name", "{title}", "{port} {x}", "{title} {port}", "{{x", "{port", "ip", "ignore",
        "\1\0x", "clients",
        "relative", "absolute", "debug", "2", "3", "10", "11", "128", "0777", "1048576", "1048575"};
    try (RealServer real = RealServer.start(folder, "", QUIET)) {
      Config ours = ours(QUIET);
      List<Executable> checks = new ArrayList<>();
      for (Directive.Name name : Directive.allNames()) {
        if (hasEffectsOnTheProcess(name.directive())) continue;
        for (String value : values) {
          if (needsRealMemory(name, value) || differs(name.directive(), value)) continue;
          String theirs = real.call("CONFIG", "SET", name.text(), value).toString();
          List<Config.Setting> theirValue = real.configGet(name.text());
          String answer = set(ours, name.text(), value);
          List<Config.Setting> ourValue = ours.get(List.of(name.text()));
          checks.add(() -> assertEquals(theirs, answer, "CONFIG SET " + name.text() + " '" + value + "'"));
          checks.add(() -> assertEquals(theirValue, ourValue, "after CONFIG SET " + name.text() + " '" + value + "'"));
          if (!theirValue.equals(ourValue)) break;
        }
        real.call("CONFIG", "SET", "requirepass", "");
        set(ours, "requirepass", "");
      }
      assertAll(checks);
    }
  }

  /** These rebind sockets, start files or kill the process in the real server. */
  private static boolean hasEffectsOnTheProcess(Directive directive) {
    return switch (directive) {
      case PORT, BIND, TLS_PORT, MAXCLIENTS, APPENDONLY, OOM_SCORE_ADJ, OOM_SCORE_ADJ_VALUES, WATCHDOG_PERIOD,
          MAXMEMORY_CLIENTS, CRASH_LOG_ENABLED, REPL_BACKLOG_SIZE, CLIENT_QUERY_BUFFER_LIMIT,
              PROTO_MAX_BULK_LEN -> true;
      default -> false;
    };
  }

  private static boolean needsRealMemory(Directive.Name name, String value) {
    return name.directive() == Directive.MAXMEMORY && value.length() < 4;
  }

  /** TLS and cluster mode, and what Redis does not have. On a command line no value may mean yes. */
  private static boolean differs(Directive directive, String value) {
    return directive.ours() || directive.name().startsWith("TLS_")
        || directive == Directive.CLUSTER_ENABLED && (value.isEmpty() || value.equalsIgnoreCase("yes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hz 20 hz 30", "slave-priority 1 replica-priority 2", "Timeout 5 nothing 1",
      "nothing 1 port", "hz 600", "repl-backlog-size 1",
      "daemonize yes timeout 3", "timeout 3 daemonize yes", "dir /tmp", "dbfilename x.rdb", "nothing 1 daemonize yes",
      "timeout 7 hz abc", "timeout 7 maxmemory-samples 0 hz 11", "TIMEOUT 9 Timeout 10", "slaveof x", "replicaof x"})
  void severalAtOnceAreAllOrNothing(String pairs) throws Exception {
    List<String> words = Words.splitAtSpaces(pairs);
    if (words.size() % 2 != 0) words = words.subList(0, words.size() - 1);
    List<String> command = new ArrayList<>(List.of("CONFIG", "SET"));
    command.addAll(words);
    List<Config.Setting> settings = new ArrayList<>();
    for (int i = 0; i < words.size(); i += 2) settings.add(new Config.Setting(words.get(i), words.get(i + 1)));
    try (RealServer real = RealServer.start(folder, "", QUIET)) {
      Config ours = ours(QUIET);
      assertEquals(real.call(command.toArray(new String[0])), set(ours, settings));
      assertEquals(sorted(real.configGet("*")), sorted(ours.get(List.of("*"))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dir .", "dir ..", "dir /nowhere", "dir file", "dir /dev/null", "dir ''", "dbfilename a.rdb",
      "dbfilename ''", "dbfilename a/b"})
  void protectedDirectivesChangeWhereThatIsAllowed(String pair) throws Exception {
    Files.createFile(folder.resolve("file"));
    List<String> words = Words.split(pair);
    String[] arguments = {"--port", "0", "--unixsocket", folder.resolve("s").toString(), "--enable-protected-configs",
        "local"};
    try (RealServer real = RealServer.start(folder, "", arguments)) {
      Config ours = ours(arguments);
      assertEquals(real.call("CONFIG", "SET", words.get(0), words.get(1)), set(ours, words.get(0), words.get(1)));
      assertEquals(sorted(real.configGet("*")), sorted(ours.get(List.of("*"))));
    }
  }

  // ---- files and command lines -----------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {
      "# comment\n\n  timeout   7  \nTIMEOUT 8\n", "save 1 2\nsave 3 4", "save 1 2\nsave \"\"\nsave 5 6", "save ''",
      "save",
      "save \"1 2 3 4\"", "save 1 2 3 4", "save 1 2\nsave", "bind", "bind ''", "bind \"127.0.0.1 -::1\"", "bind a b c",
      "client-output-buffer-limit normal 1 2 3\nclient-output-buffer-limit replica 1mb 2mb 3",
      "client-output-buffer-limit \"pubsub 1 2 3 slave 4 5 6\"",
      "shutdown-on-sigterm nosave now\nshutdown-on-sigint \"save force\"",
      "list-max-ziplist-value 3", "slave-read-only no", "requirepass \"a b\\x41\\n\"", "requirepass 'it\\'s'",
      "hz 0", "hz 1000",
      "maxmemory 1gb\nmaxmemory-policy ALLKEYS-LFU", "maxmemory-clients 50%", "unixsocketperm 755", "pidfile x.pid",
      "logfile log\ndir sub\nloglevel debug", "include inc.conf\nsave 7 7\nsave 8 8", "save 6 6\ninclude inc.conf",
      "include *.inc", "include sub/[ab].c*", "include nothing*", "include sub/?.conf", "dir sub\ninclude a.conf",
      "rename-command GET \"\"\nrename-command SET put", "notify-keyspace-events KEA", "notify-keyspace-events ''",
      "latency-tracking-info-percentiles 50 99.123456789 100", "latency-tracking-info-percentiles ''",
      "oom-score-adj-values 1 2 3", "user default on nopass ~* &* +@all",
      "user default on nopass sanitize-payload ~* &* +@all",
      "replicaof no one", "proc-title-template '{title}{port}'", "socket-mark-id 0", "tls-session-caching no",
      "io-threads 2",
      "syslog-facility LOCAL3", "supervised no\r\nlua-time-limit 3\r\n", "enable-debug-command local", "databases 3",
      "\ttimeout 3 \t\nmaxclients 100"})
  void aFileMeansTheSame(String text) throws Exception {
    assertSameStart(text, "", "c.conf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--timeout 5", "--timeout 5 --hz 20", "--save ''", "--save '' --timeout 5",
      "--save --timeout 5", "--save",
      "--save '1 2 3 4'", "--save 1 2 3 4", "'--timeout 5'", "'--save 1 2' '--save 3 4'", "--bind 127.0.0.1 -::1",
      "--requirepass 'a b'",
      "--requirepass --timeout", "--requirepass --x --timeout 3", "--TIMEOUT 4", "--shutdown-on-sigint nosave force",
      "--shutdown-on-sigint 'nosave force'", "--client-output-buffer-limit 'normal 1 2 3' --hz 3", "- --timeout 9",
      "--timeout 9 -",
      "--logfile ''", "--masterauth '\"'", "--SAVE ''", "--requirepass '\\x41'", "--appendfilename 'a b'"})
  void aCommandLineMeansTheSame(String arguments) throws Exception {
    assertSameStart("hz 50\n", "timeout 77\nsave 4 4\n", words(arguments));
    if (arguments.startsWith("- ")) return; // standard input is named first or last
    String[] withFile = words("c.conf " + arguments);
    assertSameStart("hz 50\nsave 9 9\n", "timeout 77\nsave 4 4\n", withFile);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "timeout", "timeout 1 2", "timeout abc", "timeout -1", "port 65536", "nothing 1", "\n\n  maxmemory 1x  \n",
      "hz 'a", "hz 'a'b",
      "save 1", "save 0 1", "save a b", "daemonize maybe", "loglevel loud", "maxmemory-clients 101%",
      "unixsocketperm 888",
      "unixsocketperm 1000", "bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "client-output-buffer-limit normal 1 2",
      "client-output-buffer-limit master 1 2 3", "client-output-buffer-limit normal 1 2 x", "notify-keyspace-events Q",
      "dir /nowhere", "dir c.conf", "oom-score-adj-values 1 2", "oom-score-adj-values 1 2 3000", "replicaof x",
      "replicaof x 70000", "slaveof no", "latency-tracking-info-percentiles 101", "latency-tracking-info-percentiles x",
      "appendfilename ''", "appendfilename a/b", "appenddirname a/b", "dbfilename a/b",
      "shutdown-on-sigint save nosave",
      "shutdown-on-sigint", "shutdown-on-sigint x", "cluster-announce-hostname a_b", "proc-title-template {x}",
      "activedefrag yes",
      "include bad.inc", "hz 10\ninclude bad.inc", "logfile /nowhere/log", "logfile sub", "x.y",
      "sentinel monitor a b 1 1",
      "rename-command GET", "user", "include", "list-max-ziplist-value 1 2", "databases 0", "io-threads 129",
      "maxclients 0", "repl-backlog-size 0", "client-query-buffer-limit 1", "proto-max-bulk-len 1kb",
      "lua-replicate-commands",
      "hz 1\\\nhz", "requirepass \"\\xe4\" ä"})
  void aBadFileIsRefusedInTheSameWords(String text) throws Exception {
    assertSameFailure(text, "", "c.conf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--timeout", "--timeout abc", "--port --save", "-- 5", "-- --hz 3", "-x", "c.conf -x",
      "c.conf - --hz 3", "--hz 3 - --hz 4",
      "--save 1", "--timeout 1 2", "--timeout '1 2'", "--hz=5", "--hz 5 --sentinal", "--nothing 1",
      "- --maxmemory 1q", "--hz ''",
      "'--hz 1 2'", "--requirepass --x 3"})
  void aBadCommandLineIsRefusedInTheSameWords(String arguments) throws Exception {
    assertSameFailure("timeout 3\n", "timeout 4\ntimeout 5", words(arguments));
  }

  /** Whatever a directive makes of a value, the line behind it ends the start; so nothing has to be stopped. */
  @ParameterizedTest
  @ValueSource(strings = {"", " a b c d e", " 1x", " \"a\"b"})
  void everyDirectiveOfAFileIsReadAlike(String values) throws Exception {
    List<Executable> checks = new ArrayList<>();
    for (Directive.Name name : Directive.allNames()) {
      if (differs(name.directive(), values.strip())) continue;
      checks.add(() -> assertSameFailure(name.text() + values + "\nthe end", "", "c.conf"));
    }
    assertAll(checks);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "'a b'", "'' ''"})
  void everyDirectiveOfACommandLineIsReadAlike(String values) throws Exception {
    List<Executable> checks = new ArrayList<>();
    for (Directive.Name name : Directive.allNames()) {
      boolean takesWhatFollows = name.directive() == Directive.BIND && values.isEmpty();
      if (takesWhatFollows || differs(name.directive(), values)) continue;
      checks.add(() -> assertSameFailure("", "", words("--" + name.text() + " " + values + " --the end")));
    }
    assertAll(checks);
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.conf", "sub/missing.conf", "c.conf"})
  void aFileThatCannotBeOpenedIsLogged(String name) throws Exception {
    prepare("include missing.inc");
    RealServer.Failure theirs = RealServer.fail(folder, "", name);
    ConfigFileError ours = failure("", name);
    assertEquals(1, theirs.exitCode());
    assertEquals(true, ours.logged());
    assertEquals("", theirs.standardError());
    assertEquals(ours.getMessage(), theirs.standardOutput().strip().replaceFirst("^.* # ", ""));
  }

  // ---- CONFIG REWRITE --------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"", "# only a comment", "timeout 3\n\n\n\n# c\ntimeout 4\n  hz 20  \n",
      "slave-priority 3\nmaxmemory 1048576\nlua-time-limit 3\nmaxmemory-clients 5%\n",
      "save 1 2\n# x\nsave 3 4\nsave 5 6\nport 0",
      "bind * -::*\nclient-output-buffer-limit pubsub 1 2 3\nclient-output-buffer-limit normal 1kb 1025 3\n",
      "bind ''\nsave ''",
      "rename-command GET foo\ninclude inc.conf\nlogfile ''\n",
      "requirepass \"a\\x01\\\"b\"\nunixsocketperm 700\ndir sub\n",
      "# Generated by CONFIG REWRITE\nhz 12\n",
      "shutdown-on-sigint nosave now\nnotify-keyspace-events \"\"\nappendfsync ALWAYS\n",
      "oom-score-adj-values 0 200 800\nlatency-tracking-info-percentiles 1 2.50\nloglevel notice\n",
      "HZ 10\nPidFile x\n\n",
      "user default on nopass ~* &* +@all\nreplicaof no one\n"})
  void aFileIsRewrittenTheSame(String text) throws Exception {
    String[] changes = {"timeout", "30", "maxmemory", "3gb", "save", "7 7 8 8", "masterauth", "p\"w\n",
        "zset-max-listpack-value", "1000",
        "client-output-buffer-limit", "replica 2048 1 1", "notify-keyspace-events", "Kg", "slowlog-log-slower-than",
        "-1",
        "shutdown-on-sigterm", "force save", "replica-announce-ip", "", "appendfsync", "no"};
    assertRewrittenTheSame(text);
    deleteOutputs();
    assertRewrittenTheSame(text, changes);
  }

  private void assertRewrittenTheSame(String text, String... changes) throws Exception {
    prepare(text);
    String[] arguments = {"c.conf", "--port", "0", "--unixsocket", folder.resolve("s").toString(),
        "--repl-diskless-sync-delay", "9"};
    String changedByHand = "\nnonsense 3\nunbalanced 'x\nMAXMEMORY  5\n";
    List<String> theirs;
    try (RealServer real = RealServer.start(folder, "", arguments)) {
      if (!ours(arguments).requirepass().isEmpty()) {
        assertEquals("OK", real.call("AUTH", ours(arguments).requirepass()));
      }
      for (int i = 0; i < changes.length; i += 2) {
        assertEquals("OK", real.call("CONFIG", "SET", changes[i], changes[i + 1]));
      }
      Files.writeString(folder.resolve("c.conf"), changedByHand, StandardOpenOption.APPEND);
      assertEquals("OK", real.call("CONFIG", "REWRITE"));
      theirs = lines();
    }
    deleteOutputs();
    prepare(text);
    Config ours = ours(arguments);
    for (int i = 0; i < changes.length; i += 2) set(ours, changes[i], changes[i + 1]);
    Files.writeString(folder.resolve("c.conf"), changedByHand, StandardOpenOption.APPEND);
    ConfigRewriter.rewriteFile(ours, userLines(theirs), false);
    assertEquals(sortedBelowTheSignature(theirs), sortedBelowTheSignature(lines()));
  }

  private static List<String> userLines(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("user ")).toList();
  }

  private List<String> lines() throws IOException {
    return List.of(Bytes.string(Files.readAllBytes(folder.resolve("c.conf"))).split("\n", -1));
  }

  /** The real server appends in the order of a hash table. */
  private static List<String> sortedBelowTheSignature(List<String> lines) {
    List<String> sorted = new ArrayList<>(lines);
    int signature = sorted.lastIndexOf("# Generated by CONFIG REWRITE");
    if (signature >= 0) sorted.subList(signature, sorted.size()).sort(null);
    return sorted;
  }

  // ---- both sides ------------------------------------------------------------------------------------------------

  private void assertSameStart(String file, String standardInput, String... arguments) throws Exception {
    prepare(file);
    List<String> all = new ArrayList<>(List.of(arguments));
    boolean inputLast = all.size() > 1 && all.get(all.size() - 1).equals("-");
    all.addAll(inputLast ? all.size() - 1 : all.size(),
        List.of("--port", "0", "--unixsocket", folder.resolve("s").toString()));
    Files.write(folder.resolve("in"), Bytes.of(standardInput));
    Map<String, String> theirs;
    String[] complete = all.toArray(new String[0]);
    try (RealServer real = RealServer.start(folder, standardInput, complete)) {
      String password = ours(standardInput, complete).requirepass();
      if (!password.isEmpty()) assertEquals("OK", real.call("AUTH", password));
      theirs = sorted(real.configGet("*"));
    }
    deleteOutputs();
    assertEquals(theirs, sorted(ours(standardInput, complete).get(List.of("*"))));
  }

  private void assertSameFailure(String file, String standardInput, String... arguments) throws Exception {
    prepare(file);
    RealServer.Failure theirs = RealServer.fail(folder, standardInput, arguments);
    ConfigFileError ours = failure(standardInput, arguments);
    assertEquals(1, theirs.exitCode());
    assertEquals(theirs.standardError(), ours.report());
    assertEquals(false, ours.logged());
  }

  private void prepare(String file) throws IOException {
    Path sub = Files.createDirectories(folder.resolve("sub"));
    Files.write(folder.resolve("c.conf"), Bytes.of(file));
    Files.writeString(folder.resolve("inc.conf"), "save 100 100\nsave 101 101\ntimeout 66");
    Files.writeString(folder.resolve("one.inc"), "timeout 67\nhz 4");
    Files.writeString(folder.resolve("two.inc"), "\ntimeout 68");
    Files.writeString(folder.resolve(".hidden.inc"), "nonsense 3");
    Files.writeString(folder.resolve("bad.inc"), "\n\nhz bad");
    Files.writeString(sub.resolve("a.conf"), "hz 7\n");
    Files.writeString(sub.resolve("b.conf"), "hz 8\n");
    if (!file.contains("bad.inc")) Files.delete(folder.resolve("bad.inc"));
  }

  private void deleteOutputs() throws IOException {
    for (String name : List.of("s", "x.pid", "log", "sub/log", "dump.rdb")) Files.deleteIfExists(folder.resolve(name));
  }

  private Config ours(String... arguments) {
    return ours("", arguments);
  }

  private Config ours(String standardInput, String... arguments) {
    Config config;
    try {
      config = Config.defaults(folder.toRealPath());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    InputStream in = new ByteArrayInputStream(Bytes.of(standardInput));
    new ConfigReader(config).read(CommandLine.parse(arguments), in);
    return config;
  }

  private ConfigFileError failure(String standardInput, String... arguments) {
    try {
      ours(standardInput, arguments);
    } catch (ConfigFileError e) {
      return e;
    }
    throw new AssertionError("accepted " + List.of(arguments));
  }

  private static String set(Config config, String name, String value) {
    return set(config, List.of(new Config.Setting(name, value)));
  }

  private static String set(Config config, List<Config.Setting> settings) {
    try {
      config.set(settings, true, false);
      return "OK";
    } catch (CommandError e) {
      return "-" + e.getMessage();
    }
  }

  private static String[] words(String line) {
    return Words.split(line).toArray(new String[0]);
  }

  /** Without what Redis does not have. */
  private static Map<String, String> sorted(List<Config.Setting> settings) {
    Map<String, String> sorted = new TreeMap<>(Comparator.naturalOrder());
    for (Config.Setting setting : settings) {
      if (!Directive.of(setting.name()).ours()) sorted.put(setting.name(), setting.value());
    }
    return sorted;
  }
}
