package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.command.Session;
import org.understudy.config.PrimaryAddress;
import org.understudy.replication.ReplicationLog;
import org.understudy.shard.replication.PrimaryStream;
import org.understudy.testing.RespClient;

class PrimaryStreamTest {
  private final DirectShard shard = new DirectShard();
  private final ReplicationLog log = shard.parts.replicationLog;
  private final List<Long> asked = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private PrimaryStream stream = open();

  PrimaryStreamTest() {
    log.activate();
    shard.parts.propagation.primary(false);
  }

  private PrimaryStream open() {
    Session session = new Session(99, "127.0.0.1:6379", "", 0);
    session.primary = true;
    session.replyMode = Session.ReplyMode.OFF;
    PrimaryStream opened = new PrimaryStream(shard.parts.shard(), shard.parts::table, log, session,
        new PrimaryStream.Listener() {
          @Override
          public void asked() {
            asked.add(log.end());
          }

          @Override
          public void failed(String error, String command) {
            failures.add(error + " | " + command);
          }

          @Override
          public void cut() {}
        });
    shard.parts.shard().connected(opened.client());
    return opened;
  }

  private static byte[] stream(Object[]... commands) {
    byte[] bytes = Bytes.EMPTY;
    for (Object[] command : commands) bytes = Bytes.concat(bytes, RespClient.request(command));
    return bytes;
  }

  private static Object[] command(Object... words) {
    return words;
  }

  private String logged() throws IOException {
    return Bytes.string(log.reader(0).read(1 << 20).toArray());
  }

  @Test
  void whatIsAppliedIsInTheLogToTheByteWhereverThePiecesAreCut() throws IOException {
    byte[] all = stream(command("SELECT", 1), command("SET", "a", "x".repeat(50)), command("INCR", "n"),
        command("PING"),
        command("MULTI"), command("INCR", "n"), command("SELECT", 2), command("SET", "b", 1), command("EXEC"));
    for (int cut = 1; cut < all.length; cut++) {
      shard.call("FLUSHALL");
      log.restart(0);
      stream = open();
      assertNull(stream.apply(Arrays.copyOf(all, cut)));
      assertTrue(log.end() <= cut);
      assertEquals(cut - log.end(), stream.unappliedBytes());
      assertNull(stream.apply(Arrays.copyOfRange(all, cut, all.length)));
      assertEquals(all.length, log.end());
      assertEquals(0, stream.unappliedBytes());
      assertEquals(2, stream.client().session.database);
      shard.session.database = 1;
      assertEquals("2", shard.text("GET", "n"));
      shard.session.database = 2;
      assertEquals("1", shard.text("GET", "b"));
    }
    assertEquals(Bytes.string(all), logged());
  }

  @Test
  void aValueThatComesInManyPiecesIsInTheLogToTheByte() throws IOException {
    byte[] all = stream(command("MULTI"), command("SET", "a", "x".repeat(3000)), command("EXEC"), command("INCR", "n"));
    for (int i = 0; i < all.length; i++) {
      assertEquals(i - log.end(), stream.unappliedBytes());
      assertNull(stream.apply(new byte[] {all[i]}));
    }
    assertEquals(0, stream.unappliedBytes());
    assertEquals(Bytes.string(all), logged());
  }

  @Test
  void aTransactionCountsWhenAllOfItIsThere() {
    byte[] before = stream(command("SET", "a", 1));
    byte[] begun = stream(command("MULTI"), command("SET", "a", 2));
    stream.apply(Bytes.concat(before, begun));
    assertEquals(before.length, log.end());
    assertEquals("1", shard.text("GET", "a"));
    stream.apply(stream(command("EXEC")));
    assertEquals("2", shard.text("GET", "a"));
    assertEquals(before.length + begun.length + stream(command("EXEC")).length, log.end());
  }

  @Test
  void aQuestionForTheOffsetDoesNotCountItself() {
    byte[] before = stream(command("SET", "a", 1));
    byte[] question = stream(command("REPLCONF", "GETACK", "*"));
    stream.apply(Bytes.concat(Bytes.concat(before, question), before));
    assertEquals(List.of((long) before.length), asked);
    assertEquals(2 * before.length + question.length, log.end());
  }

  @Test
  void keysThatHaveExpiredStillExistForOurPrimary() {
    shard.parts.replication.primary(new PrimaryAddress("127.0.0.1", 1));
    shard.parts.shard().applyExpiryMode();
    stream.apply(stream(command("SET", "a", 1, "PX", 10)));
    shard.advance(1000);
    assertNull(shard.call("GET", "a"));
    stream.apply(stream(command("INCR", "a"), command("PERSIST", "a")));
    assertEquals("2", shard.text("GET", "a"));
  }

  @Test
  void noCommandOfOurPrimaryWaits() {
    stream.apply(stream(command("BLPOP", "list", 0), command("SET", "a", 1)));
    assertEquals("1", shard.text("GET", "a"));
  }

  @Test
  void whatIsNoCommandIsPassedOver() {
    byte[] all = stream(command("NO-SUCH-COMMAND", 1), command("GET"), command("INCR", "a"), command("LPUSH", "a", 1),
        command("INCR", "a"));
    assertNull(stream.apply(all));
    assertEquals("2", shard.text("GET", "a"));
    assertEquals(all.length, log.end());
    assertEquals(List.of("ERR unknown command 'NO-SUCH-COMMAND', with args beginning with: '1'  | <unknown>",
        "ERR wrong number of arguments for 'get' command | <unknown>"), failures);
  }

  @Test
  void whatCannotBeKeptOnDiskEndsTheServerUnlessThatIsIgnored() {
    shard.configure("save", "3600 1");
    shard.parts.admission.lastSaveFailed(true);
    assertNull(stream.apply(stream(command("PING"))), "changes nothing");
    IllegalStateException end =
        assertThrows(IllegalStateException.class, () -> stream.apply(stream(command("SET", "a", 1))));
    assertEquals("Replica was unable to write command to disk.", end.getMessage());
    shard.configure("replica-ignore-disk-write-errors", "yes");
    stream = open();
    stream.apply(stream(command("SET", "a", 1)));
    assertEquals("1", shard.text("GET", "a"));
  }

  @Test
  void whatIsNoProtocolIsReportedAndDoesNotCount() {
    byte[] good = stream(command("INCR", "a"));
    assertEquals("Protocol error: invalid multibulk length",
        stream.apply(Bytes.concat(good, Bytes.of("*x\r\n$4\r\nINCR\r\n"))));
    assertEquals(good.length, log.end());
  }
}
