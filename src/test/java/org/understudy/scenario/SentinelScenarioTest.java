package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.scenario.Sentinels.NAME;
import static org.understudy.scenario.Sentinels.ask;
import static org.understudy.scenario.Sentinels.field;
import static org.understudy.scenario.Sentinels.primaryPort;

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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestSentinel;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSentinelPool;
import redis.clients.jedis.exceptions.JedisException;

/** Stories of sentinels, ours and real ones, over servers of both kinds. */
@NeedsRealRedis
class SentinelScenarioTest {
  private final Ensemble ensemble = new Ensemble();
  private final Sentinels sentinels = new Sentinels();

  @TempDir
  Path folder;

  @AfterEach
  void stop() throws Exception {
    sentinels.close();
    ensemble.close();
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
    for (int i = 0; i < ours; i++) sentinels.start(primary.port(), 2);
    for (int i = 0; i < real; i++) sentinels.startReal(primary.port(), 2);
    sentinels.awaitAcquainted(2);
    primary.call("SET", "fruit", "apple");
    ensemble.await("both have it", () -> replicas.stream().allMatch(each -> "apple".equals(each.call("GET", "fruit"))));

    int old = primary.port();
    ensemble.stop(primary);
    int promoted = sentinels.awaitNewPrimary(old);

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
    TestSentinel sentinel = sentinels.start(primary.port(), 1);
    sentinels.awaitAcquainted(1);
    primary.call("SET", "fruit", "apple");
    assertEquals("OK", ask(sentinel.port(), "SENTINEL", "failover", NAME));
    assertEquals(replica.port(), sentinels.awaitNewPrimary(primary.port()));
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
    TestSentinel sentinel = sentinels.start(primary.port(), 1);
    sentinels.awaitAcquainted(1);
    try (RespClient writer = primary.connect(); RespClient listener = primary.connect()) {
      writer.call("SET", "fruit", "apple");
      listener.call("SUBSCRIBE", "news");
      assertEquals("OK", ask(sentinel.port(), "SENTINEL", "failover", NAME));
      assertTrue(listener.isClosedByServer());
      assertTrue(writer.isClosedByServer());
    }
  }

  // ---- clients -----------------------------------------------------------------------------------------------------

  private Set<String> addresses() {
    return sentinels.ports().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.toSet());
  }

  private Ensemble.Member threeSentinelsOverTwoServers(boolean realServers) {
    Ensemble.Member primary = realServers ? ensemble.startRealPrimary() : ensemble.startPrimary();
    ensemble.awaitLinkUp(realServers ? ensemble.startRealReplica(primary.port())
        : ensemble.startReplica(primary.port()));
    for (int i = 0; i < 3; i++) sentinels.start(primary.port(), 2);
    sentinels.awaitAcquainted(1);
    return primary;
  }

  @ParameterizedTest(name = "over real servers: {0}")
  @ValueSource(booleans = {true, false})
  void jedisGoesOnThroughAFailover(boolean realServers) {
    Ensemble.Member primary = threeSentinelsOverTwoServers(realServers);
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

  @ParameterizedTest(name = "over real servers: {0}")
  @ValueSource(booleans = {true, false})
  void lettuceGoesOnThroughAFailover(boolean realServers) {
    Ensemble.Member primary = threeSentinelsOverTwoServers(realServers);
    RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(NAME);
    for (int port : sentinels.ports()) uri.withSentinel("127.0.0.1", port);
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

  // ---- scripts, renamed commands, files ----------------------------------------------------------------------------

  private Path script(String name, String body) throws IOException {
    return script(folder.resolve(name), body);
  }

  private static Path script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
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
    sentinels.start(primary.port(), 1, "sentinel notification-script " + NAME + " " + notify,
        "sentinel client-reconfig-script " + NAME + " " + reconfigure);
    sentinels.awaitAcquainted(1);
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

  @ParameterizedTest
  @ValueSource(strings = {"notify", "./notify"})
  void aScriptWithoutAWholePathIsRunInTheSentinelsFolder(String path) throws IOException {
    Ensemble.Member primary = ensemble.startRealPrimary();
    TestSentinel sentinel = sentinels.start(primary.port(), 1, "sentinel deny-scripts-reconfig no");
    script(sentinel.folder().resolve("notify"), "pwd > heard");
    assertEquals("OK", ask(sentinel.port(), "SENTINEL", "set", NAME, "notification-script", path));
    assertEquals("OK", ask(sentinel.port(), "SENTINEL", "set", NAME, "quorum", "2"));
    Path heard = sentinel.folder().resolve("heard");
    ensemble.await("it was run there", () -> heard.toFile().length() > 0);
    assertEquals(sentinel.folder() + "\n", Files.readString(heard));
  }

  @Test
  void aScriptThatHangsIsKilledAndTriedAgain() throws IOException {
    Path hangs = script("hangs", "exec sleep 600");
    Ensemble.Member primary = ensemble.startRealPrimary();
    TestSentinel sentinel = sentinels.start(primary.port(), 1,
        "sentinel notification-script " + NAME + " " + hangs);
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
    TestSentinel sentinel = sentinels.start(primary.port(), 1, "sentinel rename-command " + NAME + " PING GUESS");
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
    TestSentinel sentinel = sentinels.start(primary.port(), 1, "sentinel state-file " + state);
    String before = Files.readString(sentinel.file());
    sentinels.awaitAcquainted(1);
    assertEquals("OK", ask(sentinel.port(), "SENTINEL", "failover", NAME));
    sentinels.awaitNewPrimary(primary.port());
    Object id = ask(sentinel.port(), "SENTINEL", "myid");
    sentinel.restart();
    assertEquals(before, Files.readString(sentinel.file()));
    assertEquals(replica.port(), primaryPort(sentinel.port()));
    assertEquals(id, ask(sentinel.port(), "SENTINEL", "myid"));
  }
}
