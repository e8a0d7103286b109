package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.replication.History;
import org.understudy.shard.history.Backlog;

/** What of its replication a server still knows after a restart, and for how long it keeps its log. */
class ContinuityTest {
  private final DirectShard shard = new DirectShard();

  /** A server that starts with what another has left. */
  private static DirectShard restarted(DirectShard before, long laterMillis) {
    DirectShard after = new DirectShard(Config.defaults(), before.files);
    load(after, laterMillis);
    return after;
  }

  private static void load(DirectShard after, long laterMillis) {
    after.advance(laterMillis);
    after.parts.awaitDataset();
    after.parts.shard().perform(() -> after.parts.persistence.load(() -> false, outcome -> { }));
    after.runSlices();
  }

  private static void seconds(DirectShard shard, int count) {
    shard.advance(count * 1000L);
    shard.parts.shard().tick();
    shard.runSlices();
  }

  @Test
  void aRestartedPrimaryGoesOnUnderANewIdFromWhereItWasSaved() throws IOException {
    shard.parts.backlog.begin();
    shard.session.database = 3;
    shard.call("SET", "a", "1");
    shard.call("SAVE");
    String id = shard.parts.replication.history().id();
    long end = shard.parts.replicationLog.end();
    DirectShard after = restarted(shard, 0);
    History history = after.parts.replication.history();
    assertNotEquals(id, history.id());
    assertEquals(new History(history.id(), id, end + 1), history);
    assertEquals(end, after.parts.replicationLog.end());
    assertTrue(after.parts.replicationLog.holds(end));
    LogTap tap = new LogTap(after.parts.replicationLog, end);
    after.session.database = 3;
    after.call("SET", "b", "1");
    assertEquals(List.of("SELECT 3", "SET b 1"), tap.commands());
  }

  @Test
  void keysThatHadExpiredAreDeletedInTheHistoryOfARestartedPrimary() throws IOException {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1", "PX", "5");
    shard.call("SAVE");
    long end = shard.parts.replicationLog.end();
    DirectShard after = restarted(shard, 10);
    assertEquals(end + 1, after.parts.replication.history().secondOffset());
    assertEquals(List.of("SELECT 0", "DEL a"), new LogTap(after.parts.replicationLog, end).commands());
  }

  @Test
  void theHistoryKeepsItsDeletionsHoweverLongTheLoadingTakes() throws IOException {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1", "PX", "5");
    shard.call("SAVE");
    long end = shard.parts.replicationLog.end();
    DirectShard after = new DirectShard(Config.defaults(), shard.files);
    after.configure("repl-backlog-ttl", "1");
    after.betweenSlices(() -> {
      after.advance(2000);
      after.parts.shard().tick();
    });
    load(after, 10);
    assertEquals(List.of("SELECT 0", "DEL a"), new LogTap(after.parts.replicationLog, end).commands());
  }

  @Test
  void aSnapshotKnowsItsPlaceInTheHistoryAndWhatCameLaterDoesNotCount() {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    long end = shard.parts.replicationLog.end();
    shard.holdSlices(true);
    shard.call("BGSAVE");
    shard.call("SET", "b", "1");
    assertEquals(end, shard.parts.persistence.saves().running().stream().place().offset());
    shard.runSlices();
    assertEquals(end, restarted(shard, 0).parts.replicationLog.end());
  }

  @Test
  void withoutALogTheFileSaysNothingOfAHistory() {
    shard.call("SET", "a", "1", "PX", "5");
    shard.call("SAVE");
    DirectShard after = restarted(shard, 10);
    assertEquals(History.NO_ID, after.parts.replication.history().secondId());
    assertFalse(after.parts.replicationLog.isActive());
    assertEquals(0L, after.call("DBSIZE"));
  }

  @Test
  void whatLedToTheDatasetIsKnownAfterAnOrderlyEnd() throws IOException {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    long lagging = shard.parts.replicationLog.end();
    shard.call("SET", "b", "1", "PX", "5");
    shard.call("SET", "c", "1");
    long end = shard.parts.replicationLog.end();
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_SAVE));
    DirectShard after = restarted(shard, 10);
    assertEquals(0, after.parts.replicationLog.first());
    assertEquals(end + 1, after.parts.replication.history().secondOffset());
    List<String> missed = new LogTap(after.parts.replicationLog, lagging).commands();
    assertEquals("SET c 1", missed.get(1));
    assertEquals(List.of("SELECT 0", "DEL b"), missed.subList(2, 4));
  }

  @Test
  void infoCountsWhatIsInheritedOfTheLogByItself() {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    shard.call("SET", "b", "1", "PX", "5");
    long end = shard.parts.replicationLog.end();
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_SAVE));
    DirectShard after = restarted(shard, 10);
    String info = after.call("INFO", "replication").toString();
    long own = after.parts.replicationLog.end() - end;
    assertTrue(own > 0, "the deletion of b");
    assertTrue(info.contains("\r\nrepl_backlog_first_byte_offset:" + (end + 1) + "\r\n"), info);
    assertTrue(info.contains("\r\nrepl_backlog_histlen:" + own + "\r\n"), info);
    assertTrue(info.contains("\r\nunderstudy_repl_backlog_inherited_bytes:" + end + "\r\n"), info);
  }

  @Test
  void ofTheSavedLogNothingIsUsedThatTheDatasetDoesNotHave() throws IOException {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    shard.call("SAVE");
    byte[] dataset = shard.files.get(shard.config.resolve("dump.rdb"));
    long end = shard.parts.replicationLog.end();
    shard.call("SET", "b", "1");
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_SAVE));
    shard.files.put(shard.config.resolve("dump.rdb"), dataset);
    DirectShard after = restarted(shard, 0);
    assertEquals(end, after.parts.replicationLog.end());
    assertEquals(List.of("SELECT 0", "SET a 1"), new LogTap(after.parts.replicationLog, 0).commands());
  }

  @Test
  void aSavedLogOfAnotherHistoryIsNotUsed() {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_SAVE));
    byte[] log = shard.files.get(shard.config.resolve("dump.rdb.backlog"));
    shard.allowDebug();
    shard.call("DEBUG", "CHANGE-REPL-ID");
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_SAVE));
    shard.files.put(shard.config.resolve("dump.rdb.backlog"), log);
    DirectShard after = restarted(shard, 0);
    assertEquals(shard.parts.replicationLog.end(), after.parts.replicationLog.first());
    assertTrue(after.parts.replicationLog.isActive());
  }

  @Test
  void aRestartedReplicaHasTheLogOfItsPrimary() throws IOException {
    shard.parts.backlog.begin();
    shard.session.database = 3;
    shard.call("SET", "a", "1", "PX", "5");
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_SAVE));
    Config replica = Config.parse(List.of("replicaof 127.0.0.1 1"));
    DirectShard after = new DirectShard(replica, shard.files);
    after.parts.replication.primary(replica.replicaof().orElseThrow());
    load(after, 10);
    assertEquals(History.of(shard.parts.replication.history().id()), after.parts.replication.history());
    assertEquals(3, after.parts.replication.streamDatabase());
    assertTrue(after.parts.replication.isResumable());
    assertEquals(List.of("SELECT 3", "SET a 1 PXAT " + (shard.nowMillis() + 5)),
        new LogTap(after.parts.replicationLog, 0).commands());
    assertTrue(after.keyspace().database(3).holds(Bytes.of("a")), "its primary has not deleted it");
  }

  @Test
  void withoutASaveNoLogIsSaved() {
    shard.parts.backlog.begin();
    shard.call("SET", "a", "1");
    assertNull(shard.parts.persistence.prepareShutdown(Config.SHUTDOWN_NOSAVE));
    assertEquals(List.of(), shard.files.list());
  }

  @Test
  void theLogIsForgottenSomeTimeAfterTheLastReplicaHasGone() {
    Backlog backlog = shard.parts.backlog;
    shard.configure("repl-backlog-ttl", "10");
    backlog.begin();
    backlog.replicas(1, shard.nowMillis());
    String id = shard.parts.replication.history().id();
    shard.call("SET", "a", "1");
    seconds(shard, 100);
    backlog.replicas(0, shard.nowMillis());
    seconds(shard, 10);
    assertTrue(shard.parts.replicationLog.isActive());
    seconds(shard, 1);
    assertFalse(shard.parts.replicationLog.isActive());
    assertNotEquals(id, shard.parts.replication.history().id(), "its offsets have stopped");
  }

  @Test
  void theLogOfARestartedPrimaryWaitsForItsReplicasJustAsLong() {
    shard.parts.backlog.begin();
    shard.call("SAVE");
    DirectShard after = restarted(shard, 0);
    after.configure("repl-backlog-ttl", "0");
    seconds(after, 100_000);
    assertTrue(after.parts.replicationLog.isActive(), "0 is for ever");
    after.configure("repl-backlog-ttl", "1");
    seconds(after, 1);
    assertFalse(after.parts.replicationLog.isActive());
  }

  @Test
  void aNewLogBeginsANewHistory() {
    String id = shard.parts.replication.history().id();
    shard.parts.backlog.begin();
    String begun = shard.parts.replication.history().id();
    assertNotEquals(id, begun);
    shard.parts.backlog.begin();
    assertEquals(begun, shard.parts.replication.history().id());
  }
}
