package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.CuttableProxy;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader.RespError;

/** Our server as the replica of another one, ours or real. */
class ReplicaScenarioTest {
  private final Ensemble ensemble = new Ensemble();

  @AfterEach
  void stop() {
    ensemble.close();
  }

  private static String error(Object reply) {
    return ((RespError) reply).message();
  }

  // ---- following ---------------------------------------------------------------------------------------------------

  @NeedsRealRedis
  @ParameterizedTest
  @ValueSource(strings = {"repl-diskless-load disabled", "repl-diskless-load on-empty-db", "repl-diskless-load swapdb"})
  void aRealPrimaryIsFollowed(String loading) {
    Ensemble.Member primary = ensemble.startRealPrimary();
    Workload.write(primary, 1, 3000);
    Ensemble.Member replica = ensemble.startReplica(primary.port(), loading);
    ensemble.awaitInSync(primary, replica);
    Workload.write(primary, 2, 3000);
    ensemble.awaitInSync(primary, replica);
    assertEquals(1, primary.count("sync_full"));
  }

  @NeedsRealRedis
  @Test
  void aRealPrimaryThatSendsItsFileIsFollowed() {
    Ensemble.Member primary = ensemble.startRealPrimary("--repl-diskless-sync", "no");
    Workload.write(primary, 3, 2000);
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
  }

  @NeedsRealRedis
  @Test
  void passwordsAreGivenToARealPrimary() {
    Ensemble.Member primary = ensemble.startRealPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port(), "masterauth geheim");
    primary.call("CONFIG", "SET", "requirepass", "geheim");
    replica.call("REPLICAOF", "NO", "ONE");
    replica.call("REPLICAOF", "127.0.0.1", primary.port());
    ensemble.awaitLinkUp(replica);
  }

  @Test
  void ourOwnPrimaryIsFollowed() {
    Ensemble.Member primary = ensemble.startPrimary();
    Workload.write(primary, 4, 3000);
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
    Workload.write(primary, 5, 3000);
    ensemble.awaitInSync(primary, replica);
  }

  @Test
  void whoComesBackInTimeGoesOnWithoutASnapshot() {
    Ensemble.Member primary = ensemble.startPrimary();
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startReplica(link.port());
    ensemble.awaitInSync(primary, replica);
    for (int i = 0; i < 5; i++) {
      link.cut();
      ensemble.await("the link is down", () -> "down".equals(replica.replication("master_link_status")));
      Workload.write(primary, 10 + i, 500);
      link.mend();
      ensemble.awaitInSync(primary, replica);
    }
    assertEquals(1, primary.count("sync_full"));
    assertEquals(5, primary.count("sync_partial_ok"));
  }

  // ---- chains and promotions ---------------------------------------------------------------------------------------

  @NeedsRealRedis
  @Test
  void aChainOfOursAndRealOnesIsEqualToItsHead() {
    Ensemble.Member head = ensemble.startRealPrimary();
    Workload.write(head, 20, 2000);
    Ensemble.Member first = ensemble.startReplica(head.port());
    ensemble.awaitInSync(head, first);
    Ensemble.Member second = ensemble.startReplica(first.port());
    ensemble.awaitLinkUp(second);
    Ensemble.Member third = ensemble.startRealReplica(second.port());
    Workload.write(head, 21, 3000);
    ensemble.awaitInSync(head, first, second, third);
  }

  /** Whatever is written, evicted and expires, wherever the link is cut, and whoever leads. */
  @NeedsRealRedis
  @ParameterizedTest
  @CsvSource({"ours, ours, real", "real, ours, real", "ours, real, ours"})
  void aChainOfWhicheverMixIsEqualThroughCutsEvictionAndAPromotion(String first, String second, String third) {
    Ensemble.Member head = first.equals("ours") ? ensemble.startPrimary() : ensemble.startRealPrimary();
    Workload.write(head, 22, 1500);
    CuttableProxy link = ensemble.linkTo(head);
    Ensemble.Member middle = startReplica(second, link.port());
    Ensemble.Member end = startReplica(third, middle.port());
    ensemble.awaitInSync(head, middle, end);
    for (int bytes : List.of(1, 700, 9000)) {
      link.cutAfter(bytes);
      Workload.write(head, 23 + bytes, 1500);
    }
    link.mend();
    ensemble.awaitInSync(head, middle, end);
    long used = Long.parseLong(head.info("memory", "used_memory"));
    head.call("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", used - 20_000);
    Workload.write(head, 24, 500);
    assertTrue(head.count("evicted_keys") > 0);
    ensemble.awaitInSync(head, middle, end);
    assertEquals("OK", middle.call("REPLICAOF", "NO", "ONE"));
    Workload.write(middle, 25, 1500);
    assertEquals("OK", head.call("REPLICAOF", "127.0.0.1", middle.port()));
    ensemble.awaitInSync(middle, head, end);
  }

  private Ensemble.Member startReplica(String kind, int primaryPort) {
    return kind.equals("ours") ? ensemble.startReplica(primaryPort) : ensemble.startRealReplica(primaryPort);
  }

  @Test
  void thoseBelowGoOnWithoutASnapshotWhenTheirParentIsPromoted() {
    Ensemble.Member head = ensemble.startPrimary();
    Workload.write(head, 30, 1000);
    Ensemble.Member parent = ensemble.startReplica(head.port());
    ensemble.awaitInSync(head, parent);
    Ensemble.Member child = ensemble.startReplica(parent.port());
    ensemble.awaitInSync(head, parent, child);
    String before = head.replication("master_replid");
    ensemble.stop(head);
    ensemble.await("the parent is alone", () -> "down".equals(parent.replication("master_link_status")));
    long offset = parent.offset();
    assertEquals("OK", parent.call("REPLICAOF", "NO", "ONE"));
    Workload.write(parent, 31, 1000);
    ensemble.awaitInSync(parent, child);
    assertEquals(1, parent.count("sync_full"));
    assertEquals(1, parent.count("sync_partial_ok"));
    assertEquals(before, parent.replication("master_replid2"));
    assertEquals(before, child.replication("master_replid2"));
    assertEquals(Long.toString(offset + 1), parent.replication("second_repl_offset"));
    assertEquals("master", parent.replication("role"));
    assertNull(parent.replication("master_host"));
  }

  @Test
  void aFailoverHandsTheRoleOverWithoutLosingAWrite() {
    Ensemble.Member old = ensemble.startPrimary();
    Workload.write(old, 40, 1000);
    Ensemble.Member heir = ensemble.startReplica(old.port());
    ensemble.awaitInSync(old, heir);
    Workload.write(old, 41, 1000);
    assertEquals("OK", old.call("FAILOVER"));
    ensemble.await("the roles are exchanged", () -> "master".equals(heir.replication("role"))
        && "slave".equals(old.replication("role")) && "no-failover".equals(old.replication("master_failover_state")));
    ensemble.awaitInSync(heir, old);
    Workload.write(heir, 42, 1000);
    ensemble.awaitInSync(heir, old);
    assertEquals(0, heir.count("sync_full"));
    assertEquals(1, heir.count("sync_partial_ok"));
  }

  @Test
  void aFailoverThatCannotEndIsCalledOff() {
    Ensemble.Member primary = ensemble.startPrimary();
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startReplica(link.port());
    ensemble.awaitInSync(primary, replica);
    link.hold();
    primary.call("SET", "a", 1);
    assertEquals("OK", primary.call("FAILOVER"));
    assertEquals("waiting-for-sync", primary.replication("master_failover_state"));
    assertEquals("ERR FAILOVER already in progress.", error(primary.call("FAILOVER")));
    assertEquals("ERR REPLICAOF not allowed while failing over.", error(primary.call("REPLICAOF", "NO", "ONE")));
    assertEquals("OK", primary.call("FAILOVER", "ABORT"));
    assertEquals("no-failover", primary.replication("master_failover_state"));
    assertEquals("OK", primary.call("SET", "a", 2));
  }

  // ---- what a replica does for clients -----------------------------------------------------------------------------

  @Test
  void aReplicaIsReadOnlyAndSaysSo() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    primary.call("SET", "a", 1);
    ensemble.awaitInSync(primary, replica);
    assertEquals("1", replica.call("GET", "a"));
    assertEquals("READONLY You can't write against a read only replica.", error(replica.call("SET", "a", 2)));
    List<?> role = (List<?>) replica.call("ROLE");
    assertEquals(List.of("slave", "127.0.0.1", (long) primary.port(), "connected"), role.subList(0, 4));
    assertEquals("OK Already connected to specified master",
        replica.call("REPLICAOF", "127.0.0.1", primary.port()));
    assertEquals("ERR Invalid master port", error(replica.call("REPLICAOF", "127.0.0.1", 65536)));
  }

  @Test
  void aReplicaWithoutItsPrimaryServesStaleDataOnlyIfItMay() {
    Ensemble.Member primary = ensemble.startPrimary();
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startReplica(link.port());
    primary.call("SET", "a", 1);
    ensemble.awaitInSync(primary, replica);
    link.cut();
    ensemble.await("the link is down", () -> "down".equals(replica.replication("master_link_status")));
    assertEquals("1", replica.call("GET", "a"));
    replica.call("CONFIG", "SET", "replica-serve-stale-data", "no");
    assertEquals("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        error(replica.call("GET", "a")));
    assertTrue(Long.parseLong(replica.replication("master_link_down_since_seconds")) >= 0);
  }

  @Test
  void execIsRefusedIfOneOfItsCommandsWouldReadStaleData() {
    String refused = "EXECABORT Transaction discarded because of: MASTERDOWN Link with MASTER is down and"
        + " replica-serve-stale-data is set to 'no'.";
    Ensemble.Member server = ensemble.startPrimary();
    server.call("CONFIG", "SET", "replica-serve-stale-data", "no");
    server.call("SET", "a", 1);
    try (RespClient client = server.connect()) {
      client.call("MULTI");
      client.call("INFO");
      client.call("GET", "a");
      server.call("REPLICAOF", "127.0.0.1", 1);
      assertEquals(refused, error(client.call("EXEC")));
      client.call("MULTI");
      assertEquals("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
          error(client.call("PING")));
      client.call("DISCARD");
      client.call("MULTI");
      server.call("REPLICAOF", "NO", "ONE");
      client.call("GET", "a");
      assertEquals(List.of("1"), client.call("EXEC"));
    }
  }

  @Test
  void aPauseHoldsBackTheChangesOfThePrimaryToo() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    primary.call("SET", "a", 1);
    ensemble.awaitInSync(primary, replica);
    replica.call("CLIENT", "PAUSE", 100_000, "WRITE");
    primary.call("SET", "a", 2);
    ensemble.await("it has come", () -> replica.replication("slave_read_repl_offset")
        .equals(primary.replication("master_repl_offset")));
    assertEquals("1", replica.call("GET", "a"));
    replica.call("CLIENT", "UNPAUSE");
    ensemble.awaitInSync(primary, replica);
    assertEquals("2", replica.call("GET", "a"));
  }

  @Test
  void trafficOfReplicationIsCountedOnBothSidesAndForgottenByResetstat() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
    primary.call("SET", "a", "v".repeat(200_000));
    ensemble.await("a rate of the primary",
        () -> !primary.info("stats", "instantaneous_output_repl_kbps").equals("0.00"));
    ensemble.await("a rate of the replica",
        () -> !replica.info("stats", "instantaneous_input_repl_kbps").equals("0.00"));
    ensemble.awaitInSync(primary, replica);
    for (Ensemble.Member member : List.of(primary, replica)) member.call("CONFIG", "RESETSTAT");
    assertTrue(Long.parseLong(primary.info("stats", "total_net_repl_output_bytes")) < 200_000);
    assertTrue(Long.parseLong(replica.info("stats", "total_net_repl_input_bytes")) < 200_000);
  }

  @Test
  void theLinkToThePrimaryLeavesFromTheAddressThatIsConfigured() {
    Ensemble.Member primary = ensemble.startPrimary();
    primary.call("CONFIG", "SET", "protected-mode", "no");
    Ensemble.Member replica = ensemble.startPrimary();
    replica.call("CONFIG", "SET", "bind-source-addr", "127.0.0.2");
    replica.call("REPLICAOF", "127.0.0.1", primary.port());
    ensemble.awaitLinkUp(replica);
    assertTrue(primary.replication("slave0").startsWith("ip=127.0.0.2,"));
  }

  @Test
  void keysThatClientsGaveAnExpiryOnAWritableReplicaGoByThemselvesAndCount() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
    replica.call("CONFIG", "SET", "replica-read-only", "no");
    replica.call("SET", "k", "v", "PX", 1);
    replica.call("SET", "later", "v", "PX", 100_000);
    ensemble.await("it has gone", () -> "1".equals(replica.info("stats", "expired_keys")));
    assertEquals("1", replica.info("stats", "slave_expires_tracked_keys"));
    assertEquals(1L, replica.call("DBSIZE"));
  }

  @Test
  void clientsThatWaitAreLetGoWhenTheirServerBecomesAReplica() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member other = ensemble.startPrimary();
    try (RespClient waiting = other.connect()) {
      waiting.send("BLPOP", "list", 0);
      ensemble.await("a client waits", () -> "1".equals(other.info("clients", "blocked_clients")));
      other.call("REPLICAOF", "127.0.0.1", primary.port());
      assertEquals("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
          error(waiting.read()));
    }
  }

  @Test
  void aWritableReplicaRemovesWhatItsOwnClientsLetExpire() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port(), "replica-read-only no");
    ensemble.awaitLinkUp(replica);
    replica.call("SET", "own", 1, "PX", 50);
    ensemble.await("it is gone", () -> replica.call("DBSIZE").equals(0L));
    assertEquals("0", replica.info("stats", "slave_expires_tracked_keys"));
  }

  // ---- bad days ----------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"repl-diskless-load disabled", "repl-diskless-load swapdb"})
  void theOldDataIsServedUntilANewDatasetIsWhole(String loading) {
    Ensemble.Member primary = ensemble.startPrimary("repl-diskless-sync-delay 0", "rdbcompression no");
    for (int i = 0; i < 200; i++) primary.call("SET", "big" + i, "x".repeat(10_000));
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startPrimary(loading);
    replica.call("SET", "old", 1);
    link.cutAfter(500_000);
    replica.call("REPLICAOF", "127.0.0.1", link.port());
    ensemble.await("the transfer is cut", link::isCut);
    ensemble.await("the old data is served", () -> "1".equals(replica.call("GET", "old")));
    link.mend();
    ensemble.awaitInSync(primary, replica);
    assertNull(replica.call("GET", "old"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"repl-diskless-load disabled", "repl-diskless-load swapdb"})
  void theOldDataIsServedWhileDatasetsComeDamaged(String loading) {
    Ensemble.Member primary = ensemble.startPrimary("repl-diskless-sync-delay 0", "rdbcompression no");
    for (int i = 0; i < 50; i++) primary.call("SET", "big" + i, "x".repeat(10_000));
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startPrimary(loading);
    replica.call("SET", "old", 1);
    link.spoil();
    replica.call("REPLICAOF", "127.0.0.1", link.port());
    ensemble.await("it has tried twice", () -> link.connections() > 2);
    ensemble.await("the old data is served between two of them",
        () -> "1".equals(replica.call("GET", "old")) && replica.call("DBSIZE").equals(1L));
    link.mend();
    ensemble.awaitInSync(primary, replica);
  }

  @Test
  void aListOfClientsNamesBothEndsOfTheLinkToThePrimary() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    String line = replica.call("CLIENT", "LIST", "TYPE", "master").toString();
    String ends = "addr=127\\.0\\.0\\.1:" + primary.port() + " laddr=127\\.0\\.0\\.1:\\d+ ";
    assertTrue(line.matches("(?s)id=\\d+ " + ends + ".*flags=M .*"), line);
  }

  @Test
  void whileALaterStateOfTheDatasetIsLoadedTheOldOneIsServedAndNothingMayComeInBetween() {
    Ensemble.Member primary = ensemble.startPrimary("repl-diskless-sync-delay 0", "repl-backlog-size 16kb");
    for (int i = 0; i < 100; i++) primary.call("SET", "key" + i, i);
    Ensemble.Member replica = ensemble.startReplica(primary.port(), "repl-diskless-load swapdb");
    ensemble.awaitInSync(primary, replica);
    replica.call("CONFIG", "SET", "key-load-delay", 500_000);
    primary.call("MULTI");
    primary.call("CLIENT", "KILL", "TYPE", "replica");
    primary.call("SET", "big", "x".repeat(100_000)); // more than the log keeps
    primary.call("EXEC");
    ensemble.await("it loads", () -> "1".equals(replica.info("persistence", "async_loading")));
    assertEquals(100L, replica.call("DBSIZE"));
    assertTrue(error(replica.call("CONFIG", "SET", "appendonly", "yes")).startsWith("LOADING"));
    assertTrue(error(replica.call("REPLICAOF", "NO", "ONE")).startsWith("LOADING"));
    replica.call("CONFIG", "SET", "key-load-delay", 0);
    ensemble.awaitInSync(primary, replica);
    assertEquals(101L, replica.call("DBSIZE"));
  }

  @Test
  void aGuardedPrimaryThatLostItsDataDoesNotWipeItsReplicas() {
    Ensemble.Member primary = ensemble.startPrimary();
    primary.call("SET", "a", 1);
    Ensemble.Member replica = ensemble.startReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    primary.call("SET", "a", 1); // so that there is a history
    ensemble.awaitInSync(primary, replica);
    ensemble.stop(primary);
    Ensemble.Member amnesiac = ensemble.startPrimary("repl-amnesia-guard yes");
    replica.call("REPLICAOF", "127.0.0.1", amnesiac.port());
    ensemble.await("it is refused", () -> !"0".equals(amnesiac.replication("understudy_amnesia_refusals")));
    assertEquals("empty-primary", amnesiac.replication("understudy_amnesia_last_refusal"));
    assertEquals("1", replica.call("GET", "a"));
    amnesiac.call("CONFIG", "SET", "repl-amnesia-guard", "no");
    ensemble.awaitInSync(amnesiac, replica);
    assertNull(replica.call("GET", "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"repl-diskless-load disabled", "repl-diskless-load swapdb"})
  void aGuardedReplicaKeepsItsDataFromAnEmptyPrimary(String loading) {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startPrimary(loading, "repl-amnesia-guard yes");
    replica.call("SET", "a", 1);
    replica.call("REPLICAOF", "127.0.0.1", primary.port());
    ensemble.await("it refuses", () -> !"0".equals(replica.replication("understudy_amnesia_refusals")));
    assertEquals("empty-primary", replica.replication("understudy_amnesia_last_refusal"));
    assertEquals("1", replica.call("GET", "a"));
    replica.call("CONFIG", "SET", "repl-amnesia-guard", "no");
    ensemble.awaitInSync(primary, replica);
  }

  @Test
  void aGuardedReplicaKeepsItsDataFromAShorterHistory() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startReplica(primary.port(), "repl-amnesia-guard yes");
    ensemble.awaitLinkUp(replica);
    Workload.write(primary, 50, 500);
    ensemble.awaitInSync(primary, replica);
    Ensemble.Member other = ensemble.startPrimary();
    other.call("SET", "b", 1);
    replica.call("REPLICAOF", "127.0.0.1", other.port());
    ensemble.await("it refuses", () -> !"0".equals(replica.replication("understudy_amnesia_refusals")));
    assertEquals("unrelated-primary", replica.replication("understudy_amnesia_last_refusal"));
    assertNull(replica.call("GET", "b"));
  }

  @Test
  void aReplicaOfItselfGoesOnServing() {
    Ensemble.Member server = ensemble.startPrimary();
    server.call("SET", "a", 1);
    server.call("REPLICAOF", "127.0.0.1", server.port());
    ensemble.await("it tries", () -> server.replication("master_link_status") != null);
    assertEquals("1", server.call("GET", "a"));
    server.call("REPLICAOF", "NO", "ONE");
    assertEquals("OK", server.call("SET", "a", 2));
  }
}
