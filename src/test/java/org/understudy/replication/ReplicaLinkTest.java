package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

class ReplicaLinkTest {
  private static final String MARK = "m".repeat(40);

  /** A feed that is filled by hand, and gives what it is told to give. */
  private static final class Hand implements SnapshotFeed {
    private final StringBuilder bytes = new StringBuilder();
    private long length = -1;
    private boolean broken;
    private Runnable more;

    void add(String text) {
      bytes.append(text);
      tell();
    }

    void end(long total) {
      length = total;
      tell();
    }

    void fail() {
      broken = true;
      tell();
    }

    private void tell() {
      if (more == null) return;
      Runnable told = more;
      more = null;
      told.run();
    }

    @Override
    public ByteString read(int mostBytes) throws IOException {
      if (broken) throw new IOException("unreadable");
      int count = Math.min(mostBytes, bytes.length());
      String piece = bytes.substring(0, count);
      bytes.delete(0, count);
      return ByteString.fromArrayUnsafe(Bytes.of(piece));
    }

    @Override
    public void whenMore(Runnable told) {
      more = told;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void close() {}
  }

  private final List<String> sent = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final Hand snapshot = new Hand();
  private final Hand log = new Hand();
  private final ReplicaLink.Progress progress = new ReplicaLink.Progress();
  private final BehaviorTestKit<ReplicaLink.Message> link = BehaviorTestKit.create(ReplicaLink.create(
      bytes -> sent.add(bytes.utf8String()), progress, new ReplicaLink.Listener() {
        @Override
        public void sent(long snapshotBytes) {
          events.add("sent " + snapshotBytes);
        }

        @Override
        public void failed(IOException reason) {
          events.add("failed " + reason.getMessage());
        }
      }));

  private void tell(ReplicaLink.Message message) {
    link.run(message);
    runWhatItTellsItself();
  }

  private void runWhatItTellsItself() {
    while (link.selfInbox().hasMessages()) link.runOne();
  }

  private List<String> taken() {
    List<String> all = List.copyOf(sent);
    sent.clear();
    tell(ReplicaLink.Free.INSTANCE);
    return all;
  }

  @Test
  void aReplicaThatGoesOnGetsTheLogAfterTheGreeting() {
    log.add("abc");
    tell(new ReplicaLink.Continue("+CONTINUE\r\n", log));
    assertEquals(List.of("+CONTINUE\r\n"), taken());
    assertEquals(List.of("abc"), taken());
    log.add("de");
    runWhatItTellsItself();
    assertEquals(List.of("de"), sent);
  }

  @Test
  void nothingIsTakenBeforeTheSocketHasTakenWhatItGot() {
    tell(new ReplicaLink.Continue("+CONTINUE\r\n", log));
    log.add("a");
    log.add("b");
    runWhatItTellsItself();
    assertEquals(List.of("+CONTINUE\r\n"), sent);
    assertEquals(0, progress.takenBytes());
    assertEquals(List.of("+CONTINUE\r\n"), taken());
    assertEquals(List.of("ab"), sent);
    assertEquals(11, progress.takenBytes());
  }

  @Test
  void aSnapshotOfKnownLengthIsFollowedByTheLogAtOnce() {
    log.add("log");
    tell(new ReplicaLink.Give("+FULLRESYNC x 1\r\n", snapshot, null, log));
    assertEquals(List.of("+FULLRESYNC x 1\r\n"), taken());
    snapshot.add("rdbrdb");
    runWhatItTellsItself();
    assertTrue(sent.isEmpty(), "its length is not known yet");
    snapshot.end(6);
    runWhatItTellsItself();
    assertEquals(List.of("$6\r\n"), taken());
    assertEquals(List.of("rdbrdb"), taken());
    assertEquals(List.of("sent 6"), events);
    assertEquals(List.of("log"), sent);
  }

  @Test
  void aMarkedSnapshotIsSentWhileItIsMadeAndTheLogWaitsForTheReplica() {
    log.add("log");
    tell(new ReplicaLink.Give("", snapshot, MARK, log));
    assertEquals(List.of("$EOF:" + MARK + "\r\n"), taken());
    snapshot.add("rd");
    runWhatItTellsItself();
    assertEquals(List.of("rd"), taken());
    snapshot.add("b");
    snapshot.end(3);
    runWhatItTellsItself();
    assertEquals(List.of("b" + MARK), taken());
    assertEquals(List.of("sent 3"), events);
    assertTrue(sent.isEmpty(), "the replica has not found the mark yet");
    tell(ReplicaLink.Confirmed.INSTANCE);
    assertEquals(List.of("log"), sent);
  }

  @Test
  void aMarkFollowsAlsoIfTheEndIsKnownOnlyAfterTheLastByte() {
    tell(new ReplicaLink.Give("", snapshot, MARK, log));
    taken();
    snapshot.add("rdb");
    runWhatItTellsItself();
    assertEquals(List.of("rdb"), taken());
    snapshot.end(3);
    runWhatItTellsItself();
    assertEquals(List.of(MARK), taken());
    assertEquals(List.of("sent 3"), events);
  }

  @Test
  void whoWantsTheSnapshotOnlyGetsNoMore() {
    snapshot.add("rdb");
    snapshot.end(3);
    tell(new ReplicaLink.Give("", snapshot, null, null));
    assertEquals(List.of("$3\r\n"), taken());
    assertEquals(List.of("rdb"), taken());
    assertEquals(List.of("sent 3"), events);
    tell(ReplicaLink.Confirmed.INSTANCE);
    assertTrue(sent.isEmpty());
  }

  @Test
  void emptyLinesShowThatWeLiveUntilTheSnapshotBegins() {
    tell(ReplicaLink.KeepAlive.INSTANCE);
    assertEquals(List.of("\n"), taken());
    tell(new ReplicaLink.Give("+FULLRESYNC x 1\r\n", snapshot, null, log));
    tell(ReplicaLink.KeepAlive.INSTANCE);
    assertEquals(List.of("+FULLRESYNC x 1\r\n"), taken(), "none while something is under way");
    tell(ReplicaLink.KeepAlive.INSTANCE);
    assertEquals(List.of("\n"), taken());
    snapshot.add("rdb");
    snapshot.end(3);
    runWhatItTellsItself();
    taken();
    tell(ReplicaLink.KeepAlive.INSTANCE);
    assertEquals(List.of("rdb"), sent, "it would be taken for a part of the snapshot");
  }

  @Test
  void aSnapshotThatCannotBeReadIsReported() {
    tell(new ReplicaLink.Give("", snapshot, MARK, log));
    taken();
    snapshot.fail();
    runWhatItTellsItself();
    assertEquals(List.of("failed unreadable"), events);
    log.add("log");
    taken();
    assertTrue(sent.isEmpty());
  }

  @Test
  void stopsWhateverItDoes() {
    tell(new ReplicaLink.Continue("+CONTINUE\r\n", log));
    tell(ReplicaLink.Stop.INSTANCE);
    assertFalse(link.isAlive());
  }
}
