package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandSpec.command;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.command.Place;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.shard.clients.Client;

/** What is left after a fault of ours in the middle of a turn. */
class AbandonedTurnTest {
  /** A command whose effect cannot be written down. */
  private static final String FAULTY = "FAULTY";

  private final DirectShard shard = new DirectShard(Config.defaults(), List.of(
      command(FAULTY).arity(1).since("0").group(GENERIC).summary("").flags(WRITE)
          .runs(Place.SHARD, call -> call.effect(Bytes.of("SET"), Bytes.of("half"), null))));
  private final LogTap tap;

  AbandonedTurnTest() {
    shard.parts.replicationLog.activate();
    tap = new LogTap(shard.parts.replicationLog, 0);
  }

  private void abandonTurn() {
    assertThrows(RuntimeException.class, () -> shard.call(FAULTY));
    shard.parts.shard().abandonTurn(shard.client);
  }

  @Test
  void whatComesAfterIsPropagatedWithoutRemainders() throws IOException {
    shard.call("SET", "a", "1");
    abandonTurn();
    shard.client.gone = false;
    shard.call("SET", "b", "2");
    assertEquals(List.of("SELECT 0", "SET a 1", "SET b 2"), tap.commands());
  }

  @Test
  void whatATransactionHadDoneIsPropagated() throws IOException {
    shard.queue("SET", "a", "1");
    shard.queue(FAULTY);
    shard.send("EXEC");
    assertTrue(shard.session.closeAfterReply, "it can't be told what was done");
    assertEquals(List.of("SELECT 0", "SET a 1"), tap.commands());
  }

  @Test
  void keysExpireAsBeforeIfItWasThePrimarysTurn() {
    shard.call("SET", "brief", "1", "PX", 5);
    shard.session.primary = true;
    abandonTurn();
    shard.session.primary = false;
    shard.client.gone = false;
    shard.advance(6);
    assertNull(shard.call("GET", "brief"));
    assertEquals(0, shard.keyspace().database(0).size());
  }

  @Test
  void whoeverLedToItIsCutOffTooIfItsRunHasNotEnded() {
    Client leading = connect(8);
    leading.executes = true;
    assertThrows(RuntimeException.class, () -> shard.call(FAULTY));
    shard.parts.shard().abandonTurn(leading);
    assertTrue(shard.client.gone);
    assertTrue(leading.gone);
  }

  @Test
  void whoHasItsRepliesStaysWhenAnothersTurnBehindItFails() {
    Client done = connect(8);
    assertThrows(RuntimeException.class, () -> shard.call(FAULTY));
    shard.parts.shard().abandonTurn(done);
    assertTrue(shard.client.gone);
    assertFalse(done.gone);
  }

  private Client connect(long id) {
    Client client = new Client(new Session(id, "127.0.0.1:1", "127.0.0.1:2", 0), new DirectShard());
    shard.parts.shard().connected(client);
    return client;
  }
}
