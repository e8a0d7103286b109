package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.Eventually;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestSentinel;

/**
 * What our sentinel answers is what the real one answers. Both monitor a primary that is not there; what differs by its
 * nature (ids, times) is compared by its shape.
 */
@NeedsRealRedis
class SentinelCommandsComparisonTest {
  /** Fields of an instance whose values pass with time or are each sentinel's own. */
  private static final Set<String> PASSING = Set.of("last-ping-sent", "last-ok-ping-reply", "last-ping-reply",
      "info-refresh", "role-reported-time", "link-pending-commands", "s-down-time", "o-down-time");
  private static final Set<String> OF_THE_SERVER = Set.of("name", "ip", "port", "runid", "slave-repl-offset",
      "master-port");
  private static final Set<String> OUR_SUBCOMMANDS = Set.of("sentinel|failovers", "sentinel|forget");

  private RealRedis realSentinel;
  private TestSentinel ourSentinel;
  private RespClient real;
  private RespClient ours;

  @BeforeEach
  void start() {
    String[] lines = {"sentinel monitor gone 127.0.0.1 1 3", "sentinel parallel-syncs gone 4",
        "sentinel auth-pass gone secret", "sentinel auth-user gone somebody"};
    realSentinel = RealRedis.startSentinel(lines);
    ourSentinel = TestSentinel.start(lines);
    real = realSentinel.connect().exact();
    ours = ourSentinel.client().exact();
  }

  @AfterEach
  void stop() {
    if (real != null) real.close();
    if (ours != null) ours.close();
    if (ourSentinel != null) ourSentinel.close();
    if (realSentinel != null) realSentinel.close();
  }

  private void same(Object... command) {
    assertEquals(real.call(command), ours.call(command), () -> List.of(command).toString());
  }

  private void allSame(String... commands) {
    for (String command : commands) same((Object[]) command.split(" "));
  }

  private void speak3() {
    real.call("HELLO", 3);
    ours.call("HELLO", 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void answersThatAreTheSameForAll(int protocol) {
    if (protocol == 3) speak3();
    allSame("PING", "PING hello", "ROLE", "SENTINEL", "SENTINEL nonsense", "SENTINEL masters x", "SENTINEL master",
        "SENTINEL master nobody", "SENTINEL replicas nobody", "SENTINEL slaves gone", "SENTINEL sentinels gone",
        "SENTINEL get-master-addr-by-name gone", "SENTINEL get-master-addr-by-name nobody", "SENTINEL ckquorum gone",
        "SENTINEL ckquorum nobody", "SENTINEL failover gone", "SENTINEL failover nobody", "SENTINEL remove nobody",
        "SENTINEL reset x*", "SENTINEL info-cache gone nobody", "SENTINEL info-cache", "SENTINEL pending-scripts",
        "SENTINEL is-master-down-by-addr 127.0.0.1 1 0 *", "SENTINEL is-master-down-by-addr 127.0.0.1 x 0 *",
        "SENTINEL is-master-down-by-addr 127.0.0.1 1 y *", "SENTINEL is-master-down-by-addr 10.0.0.1 1 0 somebody",
        "SENTINEL simulate-failure", "SENTINEL simulate-failure help", "SENTINEL simulate-failure x",
        "SENTINEL simulate-failure crash-after-promotion", "SENTINEL debug", "SENTINEL debug nonsense",
        "SENTINEL debug info-period", "SENTINEL debug info-period x", "SENTINEL debug ping-period 500 ask-period 0",
        "SENTINEL debug", "SENTINEL flushconfig", "SENTINEL flushconfig x");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void configurationOfTheSentinel(int protocol) {
    if (protocol == 3) speak3();
    allSame("SENTINEL config", "SENTINEL config get", "SENTINEL config get *", "SENTINEL config get ANN*",
        "SENTINEL config get nothing", "SENTINEL config set x", "SENTINEL config set x y",
        "SENTINEL config set announce-port 70000", "SENTINEL config set announce-port 1x",
        "SENTINEL config set resolve-hostnames maybe", "SENTINEL config set resolve-hostnames yes",
        "SENTINEL config set announce-hostnames YES", "SENTINEL config set announce-ip 10.1.1.1",
        "SENTINEL config set announce-port 4000", "SENTINEL config set sentinel-user u",
        "SENTINEL config set sentinel-pass p", "SENTINEL config get *");
    same("SENTINEL", "config", "set", "sentinel-user", "");
    same("SENTINEL", "config", "get", "sentinel-*");
  }

  @Test
  void settingsOfAPrimaryAreTakenAndRefusedAlike() {
    allSame("SENTINEL set gone", "SENTINEL set gone quorum", "SENTINEL set nobody quorum 1",
        "SENTINEL set gone quorum 0",
        "SENTINEL set gone quorum x", "SENTINEL set gone Quorum 7", "SENTINEL set gone down-after-milliseconds 0",
        "SENTINEL set gone down-after-milliseconds 700 failover-timeout 800", "SENTINEL set gone parallel-syncs -1",
        "SENTINEL set gone parallel-syncs 2 nonsense 3", "SENTINEL set gone auth-pass other auth-user another",
        "SENTINEL set gone notification-script /bin/true", "SENTINEL set gone client-reconfig-script /bin/true",
        "SENTINEL set gone rename-command CONFIG hidden", "SENTINEL set gone rename-command CONFIG",
        "SENTINEL set gone master-reboot-down-after-period -1", "SENTINEL set gone master-reboot-down-after-period 5",
        "SENTINEL set gone quorum 2 quorum 0 quorum 9");
    same("SENTINEL", "set", "gone", "rename-command", "", "x");
    same("SENTINEL", "set", "gone", "rename-command", "x", "");
    sameInstance("SENTINEL", "master", "gone");
  }

  @Test
  void primariesAreMonitoredAndRemovedAlike() {
    allSame("SENTINEL monitor new 127.0.0.1 2 x", "SENTINEL monitor new 127.0.0.1 x 1",
        "SENTINEL monitor new 127.0.0.1 2 0",
        "SENTINEL monitor new no.such.host 2 1", "SENTINEL monitor new 127.0.0.1 70000 1",
        "SENTINEL monitor gone 127.0.0.1 1 1", "SENTINEL monitor new 127.0.0.1 2 5",
        "SENTINEL get-master-addr-by-name new", "SENTINEL reset new", "SENTINEL remove new", "SENTINEL remove new",
        "SENTINEL get-master-addr-by-name new");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void instancesAreShownWithTheSameFields(int protocol) {
    if (protocol == 3) speak3();
    sameInstance("SENTINEL", "master", "gone");
    assertEquals(protocol == 3, ours.call("SENTINEL", "master", "gone") instanceof Map);
  }

  @Test
  void whatAPrimaryAndItsReplicaSayIsShown() {
    try (RealRedis one = RealRedis.start(); RealRedis other = RealRedis.start();
        RealRedis replicaOfOne = RealRedis.start("--replicaof", "127.0.0.1 " + one.port());
        RealRedis replicaOfOther = RealRedis.start("--replicaof", "127.0.0.1 " + other.port())) {
      real.call("SENTINEL", "monitor", "alive", "127.0.0.1", one.port(), 2);
      ours.call("SENTINEL", "monitor", "alive", "127.0.0.1", other.port(), 2);
      Eventually.await("both know the replica", () -> !replicas(real).isEmpty() && !replicas(ours).isEmpty());
      Eventually.await("both know that it is connected", () -> "ok".equals(replicas(real).get("master-link-status"))
          && "ok".equals(replicas(ours).get("master-link-status")));
      assertEquals(settled(fields(real.call("SENTINEL", "master", "alive"))),
          settled(fields(ours.call("SENTINEL", "master", "alive"))));
      assertEquals(settled(replicas(real)), settled(replicas(ours)));
    }
  }

  /** The fields of the only replica; none before there is one. */
  private static Map<Object, Object> replicas(RespClient sentinel) {
    List<?> all = (List<?>) sentinel.call("SENTINEL", "replicas", "alive");
    return all.isEmpty() ? Map.of() : fields(all.get(0));
  }

  private static Map<Object, Object> settled(Map<Object, Object> fields) {
    fields.keySet().removeAll(PASSING);
    fields.keySet().removeAll(OF_THE_SERVER);
    return fields;
  }

  private void sameInstance(Object... command) {
    Map<Object, Object> theirs = fields(real.call(command));
    Map<Object, Object> own = fields(ours.call(command));
    assertEquals(List.copyOf(theirs.keySet()), List.copyOf(own.keySet()));
    theirs.keySet().removeAll(PASSING);
    own.keySet().removeAll(PASSING);
    assertEquals(theirs, own);
  }

  private static Map<Object, Object> fields(Object instance) {
    if (instance instanceof Map<?, ?> map) return new LinkedHashMap<>(map);
    Map<Object, Object> fields = new LinkedHashMap<>();
    List<?> list = (List<?>) instance;
    for (int i = 0; i < list.size(); i += 2) fields.put(list.get(i), list.get(i + 1));
    return fields;
  }

  @Test
  void anythingElseIsUnknown() {
    allSame("GET x", "SET x 1", "CONFIG GET *", "MULTI", "EVAL x 0", "MONITOR", "QUIT x", "PUBSUB channels",
        "SSUBSCRIBE x", "REPLICAOF no one", "DEBUG sleep 0", "SELECT 1", "ECHO x", "TIME", "RESET", "SAVE");
  }

  @Test
  void helloNamesTheMode() {
    List<Object> theirs = new ArrayList<>((List<?>) real.call("HELLO"));
    List<Object> own = new ArrayList<>((List<?>) ours.call("HELLO"));
    int id = theirs.indexOf("id") + 1;
    theirs.set(id, 0L);
    own.set(id, 0L);
    assertEquals(theirs, own);
  }

  @Test
  void onlyHellosMayBePublished() {
    allSame("PUBLISH x y", "PUBLISH __sentinel__:hello nonsense", "PUBLISH __sentinel__:hello",
        "PUBLISH __sentinel__:hello 127.0.0.1,5000,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,1,gone,127.0.0.1,1,0");
    sameInstance("SENTINEL", "master", "gone");
    List<?> theirs = (List<?>) real.call("SENTINEL", "sentinels", "gone");
    List<?> own = (List<?>) ours.call("SENTINEL", "sentinels", "gone");
    Map<Object, Object> first = fields(theirs.get(0));
    assertEquals(List.copyOf(first.keySet()), List.copyOf(fields(own.get(0)).keySet()));
    assertEquals(first.get("runid"), fields(own.get(0)).get("runid"));
  }

  @Test
  void infoHasTheSentinelsSections() {
    assertEquals(sections(real.call("INFO")), sections(ours.call("INFO")));
    assertEquals(sections(real.call("INFO", "all")), sections(ours.call("INFO", "all")));
    assertEquals(sections(real.call("INFO", "replication", "keyspace")),
        sections(ours.call("INFO", "replication", "keyspace")));
    assertEquals(sections(real.call("INFO", "sentinel", "cpu")), sections(ours.call("INFO", "sentinel", "cpu")));
    assertTrue(text(ours.call("INFO", "server")).contains("\r\nredis_mode:sentinel\r\n"));
    same("INFO", "sentinel");
  }

  private static String text(Object reply) {
    return reply instanceof String string ? string : reply.toString();
  }

  private static List<String> sections(Object info) {
    return text(info).lines().filter(line -> line.startsWith("#")).toList();
  }

  @Test
  void commandsAreDescribedAlike() {
    speak3();
    same("COMMAND", "COUNT");
    assertEquals(((List<?>) real.call("COMMAND", "LIST")).size(), ((List<?>) ours.call("COMMAND", "LIST")).size());
    assertEquals(rows(real.call("COMMAND")), rows(ours.call("COMMAND")));
    for (String name : List.of("sentinel|set", "sentinel|debug", "sentinel|config", "sentinel|simulate-failure", "info",
        "publish", "role")) {
      same("COMMAND", "DOCS", name);
      same("COMMAND", "INFO", name);
    }
  }

  /** By name, with their subcommands. */
  private static Map<String, Object> rows(Object reply) {
    Map<String, Object> rows = new TreeMap<>();
    for (Object row : (List<?>) reply) {
      List<Object> fields = new ArrayList<>((List<?>) row);
      int last = fields.size() - 1;
      List<Object> subcommands = new ArrayList<>((Collection<?>) fields.get(last));
      subcommands.removeIf(each -> OUR_SUBCOMMANDS.contains(text(((List<?>) each).get(0))));
      subcommands.sort(Comparator.comparing(each -> text(((List<?>) each).get(0))));
      fields.set(last, subcommands);
      rows.put(text(fields.get(0)), fields);
    }
    return rows;
  }

  @Test
  void eventsArePublished() {
    for (RespClient client : List.of(real, ours)) client.call("PSUBSCRIBE", "*");
    try (RespClient realAdmin = realSentinel.connect(); RespClient ourAdmin = ourSentinel.client()) {
      for (RespClient admin : List.of(realAdmin, ourAdmin)) {
        admin.call("SENTINEL", "monitor", "new", "127.0.0.1", "2", "5");
        admin.call("SENTINEL", "set", "new", "quorum", "3", "auth-pass", "secret");
        admin.call("SENTINEL", "set", "new", "rename-command", "config", "other");
        admin.call("SENTINEL", "reset", "new");
        admin.call("SENTINEL", "remove", "new");
      }
      for (int i = 0; i < 6; i++) assertEquals(real.read(), ours.read());
    }
  }
}
