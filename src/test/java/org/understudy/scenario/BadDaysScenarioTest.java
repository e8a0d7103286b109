package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.bytes.Bytes;
import org.understudy.testing.CuttableProxy;
import org.understudy.testing.Eventually;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/** What goes wrong between a primary and its replica, and what has to be right again afterwards. */
class BadDaysScenarioTest {
  private static final String FULL = "+FULLRESYNC " + "a".repeat(40) + " 1\r\n";
  private static final String MARK = "b".repeat(40);
  /** Without a checksum. */
  private static final String EMPTY_DATASET = "REDIS0010\u00ff" + "\0".repeat(8);
  /** What a primary of ours says up to the stream: to PING, to REPLCONF twice, to PSYNC. */
  private static final int BYTES_BEFORE_STREAM = "+PONG\r\n+OK\r\n+OK\r\n+CONTINUE \r\n".length() + 40;

  private final Ensemble ensemble = new Ensemble();

  @AfterEach
  void stop() {
    ensemble.close();
  }

  // ---- a primary that lies -----------------------------------------------------------------------------------------

  static Stream<Arguments> lies() {
    byte[] noise = new byte[5000];
    new Random(7).nextBytes(noise);
    return Stream.of("repl-diskless-load disabled", "repl-diskless-load swapdb").flatMap(loading -> Stream.of(
        Arguments.of("noise", loading, Bytes.string(noise), true),
        Arguments.of("another protocol", loading, "HTTP/1.1 400 Bad Request\r\n\r\n", true),
        Arguments.of("noise for a dataset", loading, FULL + "$5000\r\n" + Bytes.string(noise), false),
        Arguments.of("a dataset that ends early", loading, FULL + "$18\r\n" + EMPTY_DATASET.substring(0, 12), true),
        Arguments.of("too small a length", loading, FULL + "$12\r\n" + EMPTY_DATASET, false),
        Arguments.of("too large a length", loading, FULL + "$30\r\n" + EMPTY_DATASET, false),
        Arguments.of("a mark and no dataset", loading, FULL + "$EOF:" + MARK + "\r\n" + MARK, false)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("lies")
  void whatIsNoDatasetCostsNothingAndIsAskedForAgain(String what, String loading, String answer, boolean hangsUp) {
    try (PlayedPrimary primary = new PlayedPrimary(Bytes.of(answer), hangsUp);
        TestServer server = TestServer.start(loading, "repl-timeout 1"); RespClient client = server.client()) {
      client.call("SET", "old", 1);
      client.call("REPLICAOF", "127.0.0.1", primary.port());
      Eventually.await("it has asked twice", () -> primary.asked() >= 2);
      Eventually.await("the old data is served", () -> "1".equals(client.call("GET", "old")));
      String info = client.call("INFO", "replication").toString();
      assertTrue(info.contains("master_link_status:down"), info);
      assertTrue(info.contains("master_link_down_since_seconds:"), info);
      Eventually.await("it is a primary again", () -> "OK".equals(client.call("REPLICAOF", "NO", "ONE")));
      assertEquals("OK", client.call("SET", "old", 2));
      assertEquals(1L, client.call("DBSIZE"));
      Eventually.await("no file is left", () -> server.files().isEmpty());
    }
  }

  /** Redis ends itself at this point, whatever repl-diskless-load says. */
  @ParameterizedTest
  @CsvSource({"disabled, 0", "on-empty-db, 0", "swapdb, 1"})
  void aDatasetWithAKeyThatComesTwiceIsAskedForAgain(String loading, long keysKept) {
    String twice = "REDIS0010\u00fe\0" + "\0\1a\1x" + "\0\1a\1y" + "\u00ff" + "\0".repeat(8);
    try (PlayedPrimary primary = new PlayedPrimary(Bytes.of(FULL + "$" + twice.length() + "\r\n" + twice), false);
        TestServer server = TestServer.start("repl-diskless-load " + loading, "repl-timeout 1");
        RespClient client = server.client()) {
      client.call("SET", "old", 1);
      client.call("REPLICAOF", "127.0.0.1", primary.port());
      Eventually.await("it has asked twice", () -> primary.asked() >= 2);
      Eventually.await("it is a primary again", () -> "OK".equals(client.call("REPLICAOF", "NO", "ONE")));
      Eventually.await("nothing is loaded", () -> Long.valueOf(keysKept).equals(client.call("DBSIZE")));
      assertEquals(keysKept, client.call("EXISTS", "old"));
      assertEquals("OK", client.call("SET", "a", 2));
    }
  }

  @Test
  void whatIsNoProtocolBehindADatasetEndsInAnotherDataset() {
    String answer = FULL + "$18\r\n" + EMPTY_DATASET + "*x\r\n";
    try (PlayedPrimary primary = new PlayedPrimary(Bytes.of(answer), false); TestServer server = TestServer.start();
        RespClient client = server.client()) {
      client.call("REPLICAOF", "127.0.0.1", primary.port());
      Eventually.await("it has asked twice", () -> primary.asked() >= 2);
      Eventually.await("nothing is being loaded", () -> "OK".equals(client.call("REPLICAOF", "NO", "ONE")));
    }
  }

  // ---- links -------------------------------------------------------------------------------------------------------

  /**
   * Two thousand connections, each of which ends behind another byte of the stream. Counters show what is applied
   * twice, the digest what is lost.
   */
  @Test
  void aLinkThatIsCutTwoThousandTimesWhereverLosesNothingAndLeavesNothingBehind() throws IOException {
    Ensemble.Member primary = ensemble.startPrimary("repl-backlog-size 10mb");
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startReplica(link.port());
    ensemble.awaitInSync(primary, replica);
    long filesBefore = openFiles();
    link.cut();
    ensemble.await("the link is down", () -> "down".equals(replica.replication("master_link_status")));
    writeSmall(primary, 6000);
    int before = link.connections();
    link.cutEachAfter(connection -> BYTES_BEFORE_STREAM + 1 + connection % 200);
    ensemble.await("two thousand cuts", () -> link.connections() - before >= 2000);
    link.mend();
    link.cutOnce();
    ensemble.awaitInSync(primary, replica);
    assertEquals(1, primary.count("sync_full"));
    assertEquals("1", primary.replication("connected_slaves"));
    ensemble.await("no descriptor is left", () -> openFiles() <= filesBefore + 10);
  }

  private static void writeSmall(Ensemble.Member to, int rounds) {
    try (RespClient client = to.connect()) {
      for (int i = 0; i < rounds; i++) {
        client.call("INCR", "counter");
        if (i % 10 != 0) continue;
        client.call("SELECT", i / 10 % 3);
        client.call("MULTI");
        client.call("INCR", "counter");
        client.call("APPEND", "text", i);
        client.call("EXEC");
      }
    }
  }

  private static long openFiles() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    } catch (IOException e) {
      return 0; // no such system
    }
  }

  @Test
  void aLinkThatIsDeadInBothDirectionsIsGivenUpByBothSides() {
    Ensemble.Member primary = ensemble.startPrimary("repl-timeout 2", "repl-ping-replica-period 1");
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startReplica(link.port(), "repl-timeout 2");
    ensemble.awaitInSync(primary, replica);
    primary.call("SET", "a", 1);
    link.hold();
    ensemble.await("the replica has noticed", () -> "down".equals(replica.replication("master_link_status")));
    ensemble.await("the primary has noticed", () -> "0".equals(primary.replication("connected_slaves")));
    assertTrue(Long.parseLong(replica.replication("master_link_down_since_seconds")) >= 0);
    primary.call("SET", "a", 2);
    link.release();
    link.cutOnce();
    ensemble.awaitInSync(primary, replica);
    assertEquals(1, primary.count("sync_full"));
  }

  // ---- wrong configurations ----------------------------------------------------------------------------------------

  @Test
  void serversInACircleServeWhatTheyHave() {
    Ensemble.Member one = ensemble.startPrimary();
    Ensemble.Member other = ensemble.startReplica(one.port());
    one.call("SET", "a", 1);
    ensemble.awaitInSync(one, other);
    one.call("REPLICAOF", "127.0.0.1", other.port());
    ensemble.awaitLinkUp(one); // as in Redis: it has the same history, and waits for what is to come
    for (Ensemble.Member member : List.of(one, other)) assertEquals("1", member.call("GET", "a"));
    long offset = one.offset();
    one.call("CLIENT", "KILL", "TYPE", "replica");
    other.call("CLIENT", "KILL", "TYPE", "master");
    assertEquals(offset, other.offset(), "nothing goes round");
    one.call("REPLICAOF", "NO", "ONE");
    one.call("SET", "a", 2);
    ensemble.awaitInSync(one, other);
  }

  @Test
  void aWrongPasswordOnEitherSideKeepsTheLinkDownUntilItIsRight() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port(), "masterauth secret");
    primary.call("SET", "a", 1);
    ensemble.await("it has failed", () -> attempts(primary) >= 2);
    assertEquals("down", replica.replication("master_link_status"), "there is no password to know");
    primary.call("CONFIG", "SET", "requirepass", "secret");
    ensemble.awaitInSync(primary, replica);
    replica.call("CONFIG", "SET", "masterauth", "wrong");
    long tried = attempts(primary);
    primary.call("CLIENT", "KILL", "TYPE", "replica");
    ensemble.await("it has failed", () -> attempts(primary) > tried);
    assertEquals("down", replica.replication("master_link_status"));
    assertEquals("1", replica.call("GET", "a"));
    assertNotNull(replica.replication("master_link_down_since_seconds"));
    replica.call("CONFIG", "SET", "masterauth", "secret");
    ensemble.awaitInSync(primary, replica);
    assertEquals(1, primary.count("sync_full"));
  }

  private static long attempts(Ensemble.Member primary) {
    return primary.call("INFO", "commandstats").toString().lines().filter(line -> line.startsWith("cmdstat_auth:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*failed_calls=", "").strip())).sum();
  }

  // ---- restarts ----------------------------------------------------------------------------------------------------

  @Test
  @NeedsRealRedis
  void aRealReplicaThatLagsGoesOnBehindARestartOfItsPrimary() {
    Ensemble.Member primary = ensemble.startPrimary("save 3600 1", "shutdown-timeout 0");
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startRealReplica(link.port());
    Workload.write(primary, 60, 500);
    ensemble.awaitInSync(primary, replica);
    link.cut();
    Workload.write(primary, 61, 500);
    primary.restart();
    Workload.write(primary, 62, 100);
    link.mend();
    ensemble.awaitInSync(primary, replica);
    assertEquals(0, primary.count("sync_full"));
    assertEquals(1, primary.count("sync_partial_ok"));
  }
}
