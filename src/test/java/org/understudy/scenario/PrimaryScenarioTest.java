package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.testing.CuttableProxy;
import org.understudy.testing.NeedsRealRedis;

/** Our server as the primary of real ones. */
@NeedsRealRedis
class PrimaryScenarioTest {
  private final Ensemble ensemble = new Ensemble();

  @AfterEach
  void stop() {
    ensemble.close();
  }

  @Test
  void aRealReplicaGetsTheDatasetAndFollows() {
    Ensemble.Member primary = ensemble.startPrimary();
    Workload.write(primary, 1, 3000);
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
    Workload.write(primary, 2, 3000);
    ensemble.awaitInSync(primary, replica);
    assertEquals(1, primary.count("sync_full"));
    assertEquals("ip=127.0.0.1,port=" + replica.port() + ",state=online",
        primary.replication("slave0").split(",offset=")[0]);
  }

  @Test
  void aReplicaThatTakesNoStreamedSnapshotGetsTheRdbFile() {
    Ensemble.Member primary = ensemble.startPrimary("repl-diskless-sync no");
    Workload.write(primary, 3, 2000);
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
    Workload.write(primary, 4, 2000);
    ensemble.awaitInSync(primary, replica);
  }

  @Test
  void tenReplicasThatComeTogetherShareOneSnapshot() {
    Ensemble.Member primary = ensemble.startPrimary("rdb-key-save-delay 200");
    Workload.write(primary, 5, 3000);
    Ensemble.Member[] replicas = new Ensemble.Member[10];
    for (int i = 0; i < replicas.length; i++) replicas[i] = ensemble.startRealReplica(primary.port());
    Workload.write(primary, 6, 1000);
    ensemble.awaitInSync(primary, replicas);
    assertEquals(10, primary.count("sync_full"));
    assertEquals("1", primary.info("persistence", "rdb_saves"));
    assertEquals("0", primary.info("persistence", "rdb_bgsave_in_progress"));
  }

  @Test
  void whoComesBackInTimeGoesOnWithoutASnapshot() {
    Ensemble.Member primary = ensemble.startPrimary();
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startRealReplica(link.port());
    ensemble.awaitInSync(primary, replica);
    link.cut();
    Workload.write(primary, 7, 1000);
    link.mend();
    ensemble.awaitInSync(primary, replica);
    assertEquals(1, primary.count("sync_full"));
    assertEquals(1, primary.count("sync_partial_ok"));
  }

  @Test
  void whoMissedTooMuchGetsANewSnapshot() {
    Ensemble.Member primary = ensemble.startPrimary("repl-backlog-size 16kb");
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = ensemble.startRealReplica(link.port());
    ensemble.awaitInSync(primary, replica);
    link.cut();
    for (int i = 0; i < 50; i++) primary.call("SET", "big" + i, "x".repeat(4000));
    link.mend();
    ensemble.awaitInSync(primary, replica);
    assertEquals(2, primary.count("sync_full"));
    assertEquals(0, primary.count("sync_partial_ok"));
    assertEquals(1, primary.count("sync_partial_err"));
  }

  @Test
  void aReplicaThatDoesNotReadHoldsNobodyUp() {
    Ensemble.Member primary = ensemble.startPrimary();
    CuttableProxy slow = ensemble.linkTo(primary);
    Ensemble.Member stuck = ensemble.startRealReplica(slow.port());
    Ensemble.Member other = ensemble.startRealReplica(primary.port());
    ensemble.awaitInSync(primary, stuck, other);
    slow.hold();
    String large = "x".repeat(100_000);
    for (int i = 0; i < 300; i++) primary.call("SET", "big" + i % 7, large);
    ensemble.awaitInSync(primary, other);
    slow.release();
    ensemble.awaitInSync(primary, stuck, other);
    assertEquals(2, primary.count("sync_full"), "its part of the log was kept for it");
  }

  @Test
  void aLinkThatIsCutBehindAnyByteOfTheSynchronisationIsMadeAnew() {
    Ensemble.Member primary = ensemble.startPrimary();
    Workload.write(primary, 8, 200);
    CuttableProxy link = ensemble.linkTo(primary);
    link.cutAfter(0);
    Ensemble.Member replica = ensemble.startRealReplica(link.port(), "--repl-timeout", "5");
    for (int bytes : List.of(3, 20, 60, 110, 200, 500)) {
      link.cutAfter(bytes);
      ensemble.await("so many bytes have passed: " + bytes, link::isCut);
      primary.call("INCR", "tries");
    }
    link.mend();
    ensemble.awaitInSync(primary, replica);
    assertEquals("1", primary.replication("connected_slaves"));
  }

  @Test
  void waitReturnsAsSoonAsTheReplicasHaveEverything() {
    Ensemble.Member primary = ensemble.startPrimary();
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitInSync(primary, replica);
    ensemble.awaitOnline(primary, 1);
    primary.call("SET", "k", "v");
    assertEquals(1L, primary.call("WAIT", 1, 0));
    assertEquals("v", replica.call("GET", "k"));
    assertEquals(1L, primary.call("WAIT", 2, 10));
  }

  @Test
  void writesAreRefusedWhileTooFewReplicasAnswer() {
    Ensemble.Member primary = ensemble.startPrimary("min-replicas-to-write 1");
    String refusal = "NOREPLICAS Not enough good replicas to write.";
    assertTrue(primary.call("SET", "k", "v").toString().contains(refusal));
    primary.call("MULTI");
    assertTrue(primary.call("SET", "k", "v").toString().contains(refusal));
    assertTrue(primary.call("EXEC").toString().contains("EXECABORT"));
    assertNull(primary.call("GET", "k"));
    ensemble.startRealReplica(primary.port());
    ensemble.awaitOnline(primary, 1);
    assertEquals("OK", primary.call("SET", "k", "v"));
    assertEquals("1", primary.replication("min_slaves_good_slaves"));
  }
}
