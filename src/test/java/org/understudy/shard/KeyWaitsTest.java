package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.KeyWait;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.keyspace.Type;
import org.understudy.resp.CommandError;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Run;

/** Waiting for keys, with a command of this test that takes strings: {@code TAKE key… timeout}, {@code TAKEKEPT}. */
class KeyWaitsTest {
  private final DirectShard shard = new DirectShard(Config.defaults(), List.of(
      command("TAKE").arity(-3).since("0").group(GENERIC).summary("").flags(WRITE).keys(at(1).flags(RW).range(-2, 1, 0))
          .args(key("key").multiple(), string("timeout")).runs(Place.SHARD, call -> take(call, null)),
      command("TAKEKEPT").arity(-3).since("0").group(GENERIC).summary("").flags(WRITE)
          .keys(at(1).flags(RW).range(-2, 1, 0)).args(key("key").multiple(), string("timeout"))
          .runs(Place.SHARD, call -> take(call, CommandError.err("lost")))));
  private long ids = 100;
  /** What was answered, in the order of the answers: {@code name=reply,reply}. */
  private final List<String> answers = new ArrayList<>();

  private static void take(Call call, CommandError lost) {
    KeyWait wait = new KeyWait() {
      @Override
      public Type type() {
        return Type.STRING;
      }

      @Override
      public boolean serve(Call call, byte[] key) {
        call.findForWrite(key);
        byte[] value = call.entry.bytes();
        if (value.length == 0) return false;
        call.db.remove(key);
        call.alsoChangedIn(call.db.index(), key);
        call.effect(Bytes.of("DEL"), key);
        call.reply.bulk(value);
        if (value[0] == '>') { // to be passed on, as BLMOVE does
          byte[] target = Bytes.of(Bytes.string(value).substring(1));
          call.db.setString(target, Bytes.of("passed"));
          call.alsoChangedIn(call.db.index(), target);
        }
        return true;
      }

      @Override
      public CommandError lostKey() {
        return lost;
      }
    };
    int last = call.argv.length - 1;
    long timeout = Arguments.timeoutOfSeconds(call.argv[last]);
    for (int i = 1; i < last; i++) {
      if (call.findForWrite(call.argv[i]) && wait.serve(call, call.argv[i])) return;
    }
    call.awaitKeys(1, last, timeout, wait);
  }

  /** A further client. */
  private final class Guest extends ReadySink {
    private final String name;
    private final Client client = new Client(new Session(ids++, "127.0.0.1:1", "127.0.0.1:2", 0), this);
    private final Run run = new Run(client);

    private Guest(String name) {
      this.name = name;
      client.session.authenticated = true;
      shard.parts.shard().connected(client);
    }

    private void send(String... commands) {
      for (String line : commands) {
        String[] words = line.split(" ");
        byte[][] argv = new byte[words.length][];
        for (int i = 0; i < words.length; i++) argv[i] = Bytes.of(words[i]);
        CommandSpec spec = shard.parts.table().resolve(argv);
        run.add(spec, argv);
      }
      run.last = true;
      shard.parts.shard().execute(run);
    }

    @Override
    public void deliver(ByteString replies) {
      if (replies.isEmpty()) return;
      String lines = Bytes.string(replies.toArray()).replaceAll("\\$\\d+\r\n", "").replace("\r\n", ",");
      answers.add(name + "=" + lines.substring(0, lines.length() - 1));
    }
  }

  private final Guest a = new Guest("a");
  private final Guest b = new Guest("b");
  private final Guest c = new Guest("c");

  @Test
  void whoCameFirstIsServedFirstAndTheOthersWaitOn() {
    a.send("take k 0");
    b.send("take k 0");
    assertEquals(List.of(), answers);
    shard.call("SET", "k", "one");
    assertEquals(List.of("a=one"), answers);
    assertFalse(a.client.session.blocked);
    assertTrue(b.client.isBlocked());
    shard.call("SET", "k", "two");
    assertEquals(List.of("a=one", "b=two"), answers);
    assertEquals(0L, shard.call("EXISTS", "k"));
  }

  @Test
  void aKeyThatNobodyWaitsForStays() {
    a.send("take k 0");
    shard.call("SET", "other", "x");
    assertEquals(1L, shard.call("EXISTS", "other"));
    assertTrue(a.client.isBlocked());
  }

  @Test
  void aDatabaseIsNotAnother() {
    a.send("select 1", "take k 0");
    answers.clear();
    shard.call("SET", "k", "zero");
    assertEquals(List.of(), answers);
    shard.call("SWAPDB", "0", "1");
    assertEquals(List.of("a=zero"), answers);
  }

  @Test
  void theFirstReadyKeyServesAndTheWaitEndsForAll() {
    a.send("take k1 k2 k1 0");
    shard.call("SET", "k2", "two");
    shard.call("SET", "k1", "one");
    assertEquals(List.of("a=two"), answers);
    assertEquals(1L, shard.call("EXISTS", "k1"));
  }

  @Test
  void aTransactionIsOverBeforeAnyoneIsServed() {
    a.send("take k 0");
    shard.queue("SET", "k", "first");
    shard.queue("SET", "k", "second");
    shard.queue("GET", "k");
    assertEquals(List.of("OK", "OK", "second"), shard.call("EXEC"));
    assertEquals(List.of("a=second"), answers);
  }

  @Test
  void theRestOfABatchComesAfterTheClientsThatItServes() {
    a.send("take k 0", "set mine a");
    c.send("set k v", "exists k", "exists mine");
    assertEquals(List.of("c=+OK,:0,:0", "a=v,+OK"), answers);
  }

  @Test
  void whatServingChangesServesOthers() {
    a.send("take k2 0");
    b.send("take k1 0");
    shard.call("SET", "k1", ">k2");
    assertEquals(List.of("b=>k2", "a=passed"), answers);
  }

  @Test
  void oneThatCannotBeServedDoesNotKeepOthersFromIt() {
    a.send("take k 0");
    shard.call("SET", "k", "");
    assertTrue(a.client.isBlocked());
    shard.call("APPEND", "k", "now");
    assertEquals(List.of("a=now"), answers);
  }

  @Test
  void timeIsUpWithANullArray() {
    a.send("take k 1.5");
    assertEquals(1500L, shard.wakeRequests.get(shard.wakeRequests.size() - 1));
    shard.advance(1500);
    shard.parts.shard().wake();
    assertEquals(List.of("a=*-1"), answers);
    shard.call("SET", "k", "late");
    assertEquals(1L, shard.call("EXISTS", "k"));
  }

  @Test
  void aClientThatLeavesWaitsNoMore() {
    a.send("take k 0");
    b.send("take k 0");
    shard.parts.shard().disconnected(a.client);
    shard.call("SET", "k", "v");
    assertEquals(List.of("b=v"), answers);
  }

  @Test
  void unblockingCountsAsAFailedCall() {
    a.send("take k 0");
    assertEquals(1L, shard.call("CLIENT", "UNBLOCK", a.client.session.id, "ERROR"));
    assertEquals(List.of("a=-UNBLOCKED client unblocked via CLIENT UNBLOCK"), answers);
    String figures = shard.text("INFO", "commandstats").lines().filter(line -> line.contains("take")).findAny().get();
    assertTrue(figures.startsWith("cmdstat_take:calls=1,") && figures.endsWith("failed_calls=1"), figures);
  }

  @Test
  void aLostKeyEndsOnlyTheWaitsThatAreBoundToIt() {
    shard.call("SET", "k", "");
    a.send("takekept k 0");
    b.send("take k 0");
    shard.call("DEL", "k");
    assertEquals(List.of("a=-ERR lost"), answers);
    assertTrue(b.client.isBlocked());
    c.send("takekept k 0");
    shard.call("FLUSHALL");
    assertEquals(List.of("a=-ERR lost", "c=-ERR lost"), answers);
  }

  @Test
  void aSkippedReplyIsSkippedWhenItComes() {
    a.client.session.replyMode = Session.ReplyMode.SKIP;
    a.send("take k 0", "get none");
    shard.call("SET", "k", "v");
    assertEquals(List.of("a=$-1"), answers);
    assertEquals(0L, shard.call("EXISTS", "k"));
  }

  @Test
  void aLongChainOfClientsGoesOnWithoutDeepRecursion() {
    List<Guest> chain = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) chain.add(new Guest("" + i));
    for (int i = 0; i < chain.size(); i++) chain.get(i).send("take k" + i + " 0", "set k" + (i + 1) + " v");
    shard.call("SET", "k0", "v");
    assertEquals(1L, shard.call("EXISTS", "k" + chain.size()));
  }
}
