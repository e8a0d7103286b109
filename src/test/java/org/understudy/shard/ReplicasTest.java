package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Run;
import org.understudy.shard.replication.Replicas;

class ReplicasTest {
  private static final long SECOND = 1000;

  private final DirectShard shard = new DirectShard();
  private long ids = 100;

  /** A client that is going to be a replica: what it has got, and whether its socket takes more. */
  private final class Peer extends ReadySink {
    private final Client client = new Client(new Session(ids++, "10.0.0.9:1", "127.0.0.1:2", 0), this);
    private final Run run = new Run(client);
    private final StringBuilder received = new StringBuilder();
    private Runnable drained;
    private boolean reads = true;

    private Peer() {
      client.session.authenticated = true;
      shard.parts.shard().connected(client);
    }

    private String send(Object... words) {
      request(words);
      shard.runSlices();
      return take();
    }

    /** As {@link #send}, and what is to be done in slices waits. */
    private void request(Object... words) {
      byte[][] argv = new byte[words.length][];
      for (int i = 0; i < words.length; i++) argv[i] = Bytes.of(words[i].toString());
      CommandSpec spec = shard.parts.table().resolve(argv);
      run.add(spec, argv);
      run.last = true;
      shard.parts.shard().execute(run);
    }

    private String take() {
      String text = received.toString();
      received.setLength(0);
      return text;
    }

    @Override
    public void deliver(ByteString replies) {
      client.session.outputBytes.addAndGet(-replies.size());
      received.append(Bytes.string(replies.toArray()));
    }

    @Override
    public void push(ByteString message) {
      if (!reads) return;
      deliver(message);
      if (drained != null) shard.later(drained);
    }

    @Override
    public void whenDrained(Runnable listener) {
      drained = listener;
      listener.run();
    }
  }

  private Peer synchronizedPeer() {
    shard.configure("repl-diskless-sync", "no");
    Peer peer = new Peer();
    peer.send("PSYNC", "?", "-1");
    shard.runSlices();
    peer.take();
    return peer;
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      shard.advance(SECOND);
      shard.parts.shard().tick();
      shard.runSlices();
    }
  }

  private String field(String name) {
    String info = shard.text("INFO", "replication");
    int start = info.indexOf("\r\n" + name + ":");
    return start < 0 ? null : info.substring(start + name.length() + 3, info.indexOf("\r\n", start + 2));
  }

  @Test
  void whoAsksForASnapshotGetsItAndThenEveryChange() {
    shard.call("SET", "before", "1");
    shard.configure("repl-diskless-sync", "no");
    Peer peer = new Peer();
    assertEquals("+OK\r\n", peer.send("REPLCONF", "listening-port", "7001", "ip-address", "replica.example"));
    String sync = peer.send("PSYNC", "?", "-1");
    assertTrue(sync.startsWith("+FULLRESYNC " + field("master_replid") + " 0\r\n$"), sync);
    assertTrue(sync.contains("REDIS0010") && sync.contains("before"), sync);
    shard.call("SET", "k", "v");
    assertEquals("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n", peer.take());
    assertEquals("ip=replica.example,port=7001,state=online,offset=0,lag=0", field("slave0"));
  }

  @Test
  void whatIsUnknownInReplconfIsRefused() {
    Peer peer = new Peer();
    assertEquals("-ERR Unrecognized REPLCONF option: colour\r\n", peer.send("REPLCONF", "colour", "red"));
    assertEquals("-ERR syntax error\r\n", peer.send("REPLCONF", "capa"));
    assertEquals("+OK\r\n", peer.send("REPLCONF", "capa", "what-is-to-come"));
    assertEquals("-ERR value is out of range, value must between 0 and 1\r\n", peer.send("REPLCONF", "rdb-only", "2"));
    assertEquals("-ERR Unsupported rdb-filter-only option: keys\r\n",
        peer.send("REPLCONF", "rdb-filter-only", "keys"));
    assertEquals("", peer.send("REPLCONF", "ack", "5"), "acknowledgements are never answered");
  }

  @Test
  void aFilteredSnapshotNeedsAReplicaThatTakesAnEndMark() {
    Peer peer = new Peer();
    peer.send("REPLCONF", "rdb-filter-only", "functions");
    assertEquals("-ERR Filtered replica requires EOF capability\r\n", peer.send("SYNC"));
  }

  @Test
  void aSnapshotOfFunctionsHoldsNoKeysAndEndsWithItsMark() {
    shard.call("SET", "before", "1");
    shard.configure("repl-diskless-sync-delay", "0");
    Peer peer = new Peer();
    peer.send("REPLCONF", "rdb-filter-only", "functions", "rdb-only", "1", "capa", "eof");
    String sync = peer.send("SYNC");
    assertTrue(sync.startsWith("$EOF:"), sync);
    assertTrue(sync.endsWith(sync.substring(5, 45)), sync);
    assertTrue(sync.contains("REDIS0010") && !sync.contains("before"), sync);
    assertTrue(peer.client.gone, "it wanted no more");
  }

  @Test
  void aReplicaThatFallsSilentIsCutOff() {
    Peer peer = synchronizedPeer();
    seconds(30);
    peer.send("REPLCONF", "ack", "0");
    seconds(60);
    assertFalse(peer.client.gone);
    seconds(1);
    assertTrue(peer.client.gone);
    assertEquals("0", field("connected_slaves"));
  }

  @Test
  void aReplicaThatTakesNothingDuringTheTimeoutIsCutOff() {
    shard.configure("repl-diskless-sync", "no");
    Peer peer = new Peer();
    peer.reads = false;
    peer.send("SYNC");
    seconds(60);
    assertFalse(peer.client.gone);
    seconds(2);
    assertTrue(peer.client.gone);
  }

  @Test
  void pingsComeEveryPeriodAsLongAsThereAreReplicas() {
    seconds(20);
    assertEquals("0", field("master_repl_offset"));
    Peer peer = synchronizedPeer();
    shard.configure("repl-ping-replica-period", "2");
    seconds(4);
    assertEquals("*1\r\n$4\r\nPING\r\n".repeat(2), peer.take());
  }

  @Test
  void aReplicaThatWaitsForItsSnapshotSeesThatWeLive() {
    shard.configure("repl-diskless-sync-delay", "3");
    Peer peer = new Peer();
    peer.send("REPLCONF", "capa", "eof");
    assertEquals("", peer.send("PSYNC", "?", "-1"));
    seconds(1);
    assertEquals("\n", peer.take());
    assertEquals("ip=10.0.0.9,port=0,state=wait_bgsave,offset=0,lag=0", field("slave0"));
    seconds(2);
    assertTrue(peer.take().contains("+FULLRESYNC"));
  }

  @Test
  void enoughWaitingReplicasEndTheDelay() {
    shard.configure("repl-diskless-sync-delay", "1000");
    shard.configure("repl-diskless-sync-max-replicas", "2");
    Peer first = new Peer();
    first.send("REPLCONF", "capa", "eof");
    first.send("PSYNC", "?", "-1");
    seconds(2);
    assertEquals("\n\n", first.take());
    Peer second = new Peer();
    second.send("REPLCONF", "capa", "eof");
    second.send("PSYNC", "?", "-1");
    seconds(1);
    assertTrue(first.take().contains("+FULLRESYNC"));
    assertTrue(second.take().contains("+FULLRESYNC"));
  }

  @Test
  void waitAsksOnceAndIsAnsweredByTheAcknowledgement() {
    Peer peer = synchronizedPeer();
    shard.call("SET", "k", "v");
    peer.take();
    assertNull(shard.call("WAIT", "1", "0"));
    assertEquals("*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n", peer.take());
    peer.send("REPLCONF", "ack", "10");
    assertNull(shard.answer(), "that was before the write");
    peer.send("REPLCONF", "ack", endOfLog());
    assertEquals(1L, shard.answer());
  }

  private String endOfLog() {
    return Long.toString(shard.parts.replicationLog.end());
  }

  @Test
  void whatARecentSnapshotHoldsIsNotMadeAgainForTheNextReplica() {
    synchronizedPeer();
    shard.call("SET", "between", "1");
    Peer next = new Peer();
    String sync = next.send("PSYNC", "?", "-1");
    assertTrue(sync.startsWith("+FULLRESYNC") && sync.contains(" 0\r\n$"), sync);
    assertTrue(sync.endsWith("$3\r\nSET\r\n$7\r\nbetween\r\n$1\r\n1\r\n"), sync);
    assertEquals(1, shard.parts.persistence.saves().begun());
    seconds(61);
    new Peer().send("PSYNC", "?", "-1");
    assertEquals(2, shard.parts.persistence.saves().begun(), "it was too old");
  }

  @Test
  void theLogSaysThatASnapshotWasStreamedAlsoIfItWasCompleteBefore() {
    shard.configure("repl-diskless-sync", "yes");
    shard.configure("repl-diskless-sync-delay", "0");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Replicas.class);
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
    for (int port = 7001; port <= 7002; port++) {
      Peer peer = new Peer();
      peer.send("REPLCONF", "listening-port", port, "capa", "eof");
      peer.send("PSYNC", "?", "-1");
      shard.runSlices();
    }
    logger.detachAppender(lines);
    logger.setLevel(null);
    assertEquals(1, shard.parts.persistence.saves().begun());
    List<String> replicas = lines.list.stream().filter(line -> line.getMessage().startsWith("Streamed RDB transfer"))
        .map(line -> line.getArgumentArray()[0].toString()).toList();
    assertEquals(List.of("10.0.0.9:7001", "10.0.0.9:7002"), replicas);
  }

  @Test
  void whoSendsSyncOrWantsASnapshotAloneGetsTheDatasetAsItIsNow() {
    synchronizedPeer();
    shard.call("SET", "later", "v");
    String sync = new Peer().send("SYNC");
    assertTrue(sync.contains("REDIS0010") && sync.contains("later") && !sync.contains("SELECT"), sync);
    shard.call("SET", "latest", "v");
    Peer backup = new Peer();
    backup.send("REPLCONF", "rdb-only", "1");
    String snapshot = backup.send("PSYNC", "?", "-1");
    assertTrue(snapshot.contains("latest"), snapshot);
  }

  @Test
  void aSnapshotIsNotSharedAcrossChangesThatTheLogDoesNotKnow() {
    shard.allowDebug();
    synchronizedPeer();
    shard.call("DEBUG", "POPULATE", "10");
    assertTrue(new Peer().send("PSYNC", "?", "-1").contains("key:7"));
    assertEquals(2, shard.parts.persistence.saves().begun());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "yes"})
  void aFullDiskCostsTheReplicaItsConnectionAndNothingElse(String diskless) {
    shard.configure("repl-diskless-sync", diskless);
    shard.configure("repl-diskless-sync-delay", "0");
    for (int step = 0; step < 4; step++) {
      Peer peer = new Peer();
      peer.send("REPLCONF", "capa", "eof");
      shard.files.failingStep = shard.files.steps.size() + step;
      peer.send("PSYNC", "?", "-1");
      assertTrue(peer.client.gone, "step " + step);
      shard.files.failingStep = -1;
    }
    Peer last = synchronizedPeer();
    assertTrue(shard.parts.replicas.known(last.client).isOnline());
    shard.parts.replicas.disconnect(shard.parts.replicas.known(last.client));
    seconds(62);
    assertEquals(0, shard.files.openFiles());
  }

  @Test
  void theDefaultLimitForReplicasCutsNobodyOffAndAnotherDoes() {
    shard.configure("repl-backlog-size", "16kb");
    Peer slow = synchronizedPeer();
    slow.reads = false;
    for (int i = 0; i < 10; i++) shard.call("SET", "k", "x".repeat(10_000));
    assertFalse(slow.client.gone);
    shard.configure("client-output-buffer-limit", "replica 64kb 0 0");
    shard.call("SET", "k", "v");
    assertTrue(slow.client.gone);
  }

  @Test
  void theFileThatWasWrittenForReplicasGoesIfWeKeepNone() {
    shard.configure("save", "");
    shard.configure("rdb-del-sync-files", "yes");
    synchronizedPeer();
    assertTrue(shard.files.list().contains("dump.rdb"), "it is there while replicas may need it");
    seconds(1);
    assertFalse(shard.files.list().contains("dump.rdb"));
  }

  @Test
  void aSaveForReplicasEndsWithTheLastOfThemUnlessTheFileIsWantedAnyway() {
    shard.configure("repl-diskless-sync", "no");
    for (String savePoints : new String[] {"", "3600 1"}) {
      shard.configure("save", savePoints);
      shard.call("SET", "a", savePoints);
      shard.holdSlices(true);
      Peer first = new Peer();
      Peer second = new Peer();
      first.request("PSYNC", "?", "-1");
      second.request("PSYNC", "?", "-1");
      assertTrue(shard.parts.persistence.saves().isUnderWayInBackground());
      shard.parts.shard().disconnected(first.client);
      assertTrue(shard.parts.persistence.saves().isUnderWayInBackground(), "the second waits for it");
      shard.parts.shard().disconnected(second.client);
      assertEquals(!savePoints.isEmpty(), shard.parts.persistence.saves().isUnderWayInBackground(), savePoints);
      shard.runSlices();
      assertFalse(shard.parts.persistence.saves().lastFailed());
    }
  }

  @Test
  void aSaveThatSomebodyAskedForOutlivesTheReplicasThatJoinedIt() {
    shard.configure("repl-diskless-sync", "no");
    shard.configure("save", "");
    synchronizedPeer();
    shard.holdSlices(true);
    shard.call("BGSAVE");
    Peer peer = new Peer();
    peer.request("PSYNC", "?", "-1");
    shard.parts.shard().disconnected(peer.client);
    assertTrue(shard.parts.persistence.saves().isUnderWayInBackground());
  }

  @Test
  void aReplicaThatLiesAboutItsOffsetGetsEveryByteAllTheSame() {
    Peer liar = synchronizedPeer();
    liar.reads = false;
    shard.call("SET", "k", "v");
    liar.send("REPLCONF", "ack", Long.toString(Long.MAX_VALUE));
    liar.send("REPLCONF", "ack", "-1");
    assertEquals("OK", shard.text("FAILOVER"));
    seconds(2);
    assertEquals("waiting-for-sync", field("master_failover_state"), "nobody is where we are");
    shard.call("FAILOVER", "ABORT");
    liar.reads = true;
    liar.drained.run();
    shard.call("SET", "k", "w");
    shard.call("SET", "k", "x");
    assertTrue(liar.take().endsWith("$1\r\nw\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nx\r\n"));
  }

  @Test
  void nobodyMaySynchronizeWhileTheRoleIsHandedOver() {
    Peer heir = synchronizedPeer();
    heir.reads = false;
    shard.call("SET", "k", "v");
    shard.call("FAILOVER");
    Peer late = new Peer();
    assertEquals("-NOMASTERLINK Can't SYNC while failing over\r\n", late.send("PSYNC", "?", "-1"));
    assertEquals("-NOMASTERLINK Can't SYNC while failing over\r\n", late.send("SYNC"));
    shard.call("FAILOVER", "ABORT");
    assertTrue(late.send("PSYNC", "?", "-1").startsWith("+FULLRESYNC"));
  }

  @Test
  void replicasThatComeAndGoLeaveNothingBehind() {
    shard.configure("repl-backlog-size", "16kb");
    synchronizedPeer().reads = false;
    String id = field("master_replid");
    for (int i = 0; i < 2000; i++) {
      Peer peer = new Peer();
      if (i % 3 == 0) peer.reads = false;
      if (i % 2 == 0) peer.send("REPLCONF", "capa", "eof", "capa", "psync2");
      if (i % 5 == 0) peer.send("PSYNC", "?", "-1");
      else peer.send("PSYNC", id, shard.parts.replicationLog.end() + 1);
      if (i % 7 == 0) shard.call("SET", "k", "x".repeat(20_000));
      shard.parts.clients.gone(peer.client);
      shard.runSlices();
    }
    assertTrue(shard.parts.replicationLog.spilledBytes() > 0, "the first one still needs it");
    shard.parts.replicas.disconnectAll();
    seconds(62);
    assertEquals("0", field("connected_slaves"));
    assertEquals(0, shard.liveActors());
    assertFalse(shard.parts.replicationLog.isRead());
    assertEquals("0", field("understudy_repl_spill_files"));
    assertEquals(0, shard.files.openFiles());
  }

  @Test
  void aReplicaThatAsksForKeysIsRefused() {
    Peer peer = synchronizedPeer();
    assertEquals("-ERR Replica can't interact with the keyspace\r\n", peer.send("GET", "k"));
    assertTrue(shard.text("INFO", "stats").contains("\r\nunexpected_error_replies:1\r\n"));
  }
}
