package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestSentinel;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSentinelPool;
import redis.clients.jedis.exceptions.JedisException;

/** Stories of sentinels, ours and real ones, over servers of both kinds. */
@NeedsRealRedis
class SentinelScenarioTest {
  private static final String NAME = "mymaster";

  private final Ensemble ensemble = new Ensemble();
  private final List<AutoCloseable> sentinels = new ArrayList<>();
  private final List<Integer> sentinelPorts = new ArrayList<>();

  @TempDir
  Path folder;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable sentinel : sentinels) sentinel.close();
    ensemble.close();
  }

  // ---- who is there ------------------------------------------------------------------------------------------------

  private static String[] lines(int primary, int quorum, String... more) {
    return Stream.concat(Stream.of("sentinel monitor " + NAME + " 127.0.0.1 " + primary + " " + quorum,
        "sentinel down-after-milliseconds " + NAME + " 1000", "sentinel failover-timeout " + NAME + " 10000"),
        Stream.of(more)).toArray(String[]::new);
  }

  private TestSentinel startSentinel(int primary, int quorum, String... more) {
    TestSentinel sentinel = TestSentinel.start(lines(primary, quorum, more));
    sentinels.add(sentinel);
    sentinelPorts.add(sentinel.port());
    return sentinel;
  }

  private void startRealSentinel(int primary, int quorum) {
    RealRedis sentinel = RealRedis.startSentinel(lines(primary, quorum));
    sentinels.add(sentinel);
    sentinelPorts.add(sentinel.port());
  }

  private Object ask(int port, Object... command) {
    try (RespClient client = RespClient.connect(port)) {
      return client.call(command);
    }
  }

  private String field(int port, String field) {
    List<?> fields = (List<?>) ask(port, "SENTINEL", "master", NAME);
    return (String) fields.get(fields.indexOf(field) + 1);
  }

  private int primaryPort(int sentinel) {
    List<?> address = (List<?>) ask(sentinel, "SENTINEL", "get-master-addr-by-name", NAME);
    return Integer.parseInt((String) address.get(1));
  }

  private void awaitAcquainted(int replicas) {
    for (int sentinel : sentinelPorts) {
      ensemble.await("all know each other", () ->
          field(sentinel, "num-other-sentinels").equals(Integer.toString(sentinelPorts.size() - 1))
          && field(sentinel, "num-slaves").equals(Integer.toString(replicas))
          && field(sentinel, "flags").equals("master"));
      ensemble.await("replicas are ready to be chosen", () -> ask(sentinel, "SENTINEL", "replicas", NAME).toString()
          .split("master-link-status, ok").length == replicas + 1);
    }
  }

  private int awaitNewPrimary(int old) {
    for (int sentinel : sentinelPorts) {
      ensemble.await("there is another primary", () -> primaryPort(sentinel) != old);
    }
    return primaryPort(sentinelPorts.get(0));
  }

  // ---- failovers ---------------------------------------------------------------------------------------------------

  /**
   * In an ensemble of any kind the sentinels agree, the replica that is left follows, and the old primary becomes one.
   */
  @ParameterizedTest
  @CsvSource({"3, 0, real", "1, 2, real", "2, 1, real", "3, 0, ours", "0, 3, ours", "1, 2, ours"})
  void aPrimaryThatDiesIsReplaced(int ours, int real, String servers) {
    boolean realServers = servers.equals("real");
    Ensemble.Member primary = realServers ? ensemble.startRealPrimary() : ensemble.startPrimary();
    Supplier<Ensemble.Member> follower = () -> realServers
        ? ensemble.startRealReplica(primary.port()) : ensemble.startReplica(primary.port());
    List<Ensemble.Member> replicas = List.of(follower.get(), follower.get());
    for (Ensemble.Member replica : replicas) ensemble.awaitLinkUp(replica);
    for (int i = 0; i < ours; i++) startSentinel(primary.port(), 2);
    for (int i = 0; i < real; i++) startRealSentinel(primary.port(), 2);
    awaitAcquainted(2);
    primary.call("SET", "fruit", "apple");
    ensemble.await("both have it", () -> replicas.stream().allMatch(each -> "apple".equals(each.call("GET", "fruit"))));

    int old = primary.port();
    ensemble.stop(primary);
    int promoted = awaitNewPrimary(old);

    assertTrue(replicas.stream().anyMatch(replica -> replica.port() == promoted));
    assertEquals("apple", ask(promoted, "GET", "fruit"));
    assertEquals("OK", ask(promoted, "SET", "fruit", "pear"));
    for (Ensemble.Member replica : replicas) {
      if (replica.port() == promoted) continue;
      ensemble.await("the other replica follows", () -> "pear".equals(ask(replica.port(), "GET", "fruit")));
    }
  }

  @Test
  void aManualFailoverLosesNothingAndIsExplained() {
    Ensemble.Member primary = ensemble.startRealPrimary();
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    ensemble.awaitOnline(primary, 1);
    TestSentinel sentinel = startSentinel(primary.port(), 1);
    awaitAcquainted(1);
    primary.call("SET", "fruit", "apple");
    assertEquals("OK", ask(sentinel.port(), "SENTINEL", "failover", NAME));
    assertEquals(replica.port(), awaitNewPrimary(primary.port()));
    assertEquals("apple", ask(replica.port(), "GET", "fruit"));
    ensemble.await("the old primary follows", () -> ask(primary.port(), "ROLE").toString().startsWith("[slave,"));
    ensemble.await("it is explained", () ->
        ask(sentinel.port(), "SENTINEL", "failovers", NAME).toString().contains("outcome, switched"));

    sentinel.restart();
    assertTrue(ask(sentinel.port(), "SENTINEL", "failovers", NAME).toString().contains("outcome, switched"));
    assertEquals(replica.port(), primaryPort(sentinel.port()));
    assertEquals("1", field(sentinel.port(), "config-epoch"));
  }

  @Test
  void clientsOfADemotedPrimaryAreClosed() {
    Ensemble.Member primary = ensemble.startRealPrimary();
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    TestSentinel sentinel = startSentinel(primary.port(), 1);
    awaitAcquainted(1);
    try (RespClient writer = primary.connect(); RespClient listener = primary.connect()) {
      writer.call("SET", "fruit", "apple");
      listener.call("SUBSCRIBE", "news");
      ask(sentinel.port(), "SENTINEL", "failover", NAME);
      assertTrue(listener.isClosedByServer());
      assertTrue(writer.isClosedByServer());
    }
  }

  // ---- clients -----------------------------------------------------------------------------------------------------

  private Set<String> addresses() {
    return sentinelPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.toSet());
  }

  private Ensemble.Member threeSentinelsOverTwoServers() {
    Ensemble.Member primary = ensemble.startRealPrimary();
    ensemble.awaitLinkUp(ensemble.startRealReplica(primary.port()));
    for (int i = 0; i < 3; i++) startSentinel(primary.port(), 2);
    awaitAcquainted(1);
    return primary;
  }

  @Test
  void jedisGoesOnThroughAFailover() {
    Ensemble.Member primary = threeSentinelsOverTwoServers();
    try (JedisSentinelPool pool = new JedisSentinelPool(NAME, addresses())) {
      try (Jedis jedis = pool.getResource()) {
        assertEquals("OK", jedis.set("fruit", "apple"));
      }
      int old = primary.port();
      ensemble.stop(primary);
      ensemble.await("Jedis writes again", () -> {
        try (Jedis jedis = pool.getResource()) {
          return "OK".equals(jedis.set("fruit", "pear"));
        } catch (JedisException notYet) {
          return false;
        }
      });
      assertNotEquals(old, pool.getCurrentHostMaster().getPort());
    }
  }

  @Test
  void lettuceGoesOnThroughAFailover() {
    Ensemble.Member primary = threeSentinelsOverTwoServers();
    RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(NAME);
    for (int port : sentinelPorts) uri.withSentinel("127.0.0.1", port);
    RedisClient client = RedisClient.create();
    try (StatefulRedisMasterReplicaConnection<String, String> connection =
        MasterReplica.connect(client, StringCodec.UTF8, uri.build())) {
      connection.setReadFrom(ReadFrom.REPLICA_PREFERRED);
      assertEquals("OK", connection.sync().set("fruit", "apple"));
      ensemble.await("a replica has it", () -> "apple".equals(connection.sync().get("fruit")));
      ensemble.stop(primary);
      ensemble.await("Lettuce writes again", () -> {
        try {
          return "OK".equals(connection.sync().set("fruit", "pear"));
        } catch (RedisException | CancellationException notYet) {
          return false;
        }
      });
    } finally {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }

  // ---- scripts, renamed commands, files
  // ------------------------------------------------------------------------------

  private Path script(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  @Test
  void scriptsHearOfEventsAndOfTheNewAddress() throws IOException {
    Path heard = folder.resolve("heard");
    Path notify = script("notify", "echo \"event $*\" >> " + heard);
    Path reconfigure = script("reconfigure", "echo \"moved $*\" >> " + heard);
    Ensemble.Member primary = ensemble.startRealPrimary();
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    startSentinel(primary.port(), 1, "sentinel notification-script " + NAME + " " + notify,
        "sentinel client-reconfig-script " + NAME + " " + reconfigure);
    awaitAcquainted(1);
    int old = primary.port();
    ensemble.stop(primary);
    String moved = "moved " + NAME + " leader start 127.0.0.1 " + old + " 127.0.0.1 " + replica.port();
    ensemble.await("both scripts were run", () -> {
      try {
        String text = Files.exists(heard) ? Files.readString(heard) : "";
        return text.contains(moved) && text.contains("event +sdown master " + NAME + " 127.0.0.1 " + old + "\n");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void aScriptThatHangsIsKilledAndTriedAgain() throws IOException {
    Path hangs = script("hangs", "exec sleep 600");
    Ensemble.Member primary = ensemble.startRealPrimary();
    TestSentinel sentinel = TestSentinel.start(lines(primary.port(), 1,
        "sentinel notification-script " + NAME + " " + hangs));
    sentinels.add(sentinel);
    try (RespClient events = sentinel.client()) {
      ask(sentinel.port(), "SENTINEL", "debug", "script-max-runtime", "100");
      events.call("SUBSCRIBE", "-script-timeout");
      List<?> killed = (List<?>) events.read();
      assertTrue(((String) killed.get(2)).startsWith(hangs + " "), killed.toString());
      ensemble.await("it waits for another attempt", 
          () -> ask(sentinel.port(), "SENTINEL", "pending-scripts").toString()
          .contains("flags, scheduled"));
    }
  }

  @Test
  void renamedCommandsAreUsed() {
    Ensemble.Member primary = ensemble.startPrimary("rename-command PING GUESS");
    TestSentinel sentinel = TestSentinel.start(lines(primary.port(), 1,
        "sentinel rename-command " + NAME + " PING GUESS"));
    sentinels.add(sentinel);
    ensemble.await("it answers", () -> field(sentinel.port(), "last-ping-sent").equals("0"));
    assertEquals("OK", ask(sentinel.port(), "SENTINEL", "set", NAME, "rename-command", "PING", "PONG"));
    ensemble.await("it seems down", () -> field(sentinel.port(), "flags").contains("s_down"));
  }

  @Test
  void aReadOnlyConfigurationAndAStateFileGoTogether() throws IOException {
    Ensemble.Member primary = ensemble.startRealPrimary();
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    Path state = folder.resolve("sentinel.state");
    TestSentinel sentinel = startSentinel(primary.port(), 1, "sentinel state-file " + state);
    String before = Files.readString(sentinel.file());
    awaitAcquainted(1);
    ask(sentinel.port(), "SENTINEL", "failover", NAME);
    awaitNewPrimary(primary.port());
    Object id = ask(sentinel.port(), "SENTINEL", "myid");
    sentinel.restart();
    assertEquals(before, Files.readString(sentinel.file()));
    assertEquals(replica.port(), primaryPort(sentinel.port()));
    assertEquals(id, ask(sentinel.port(), "SENTINEL", "myid"));
  }
}
