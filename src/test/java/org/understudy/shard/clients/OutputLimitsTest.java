package org.understudy.shard.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.DirectShard;

class OutputLimitsTest {
  private static final long NOW = 1000;
  /** More than the directive says, as many clients have it. */
  private static final int HZ = 40;

  private final DirectShard shard = new DirectShard();
  private final OutputLimits limits = shard.parts.outputLimits();
  private final Client client = shard.client;

  private void limit(String value) {
    shard.configure("client-output-buffer-limit", value);
  }

  @Test
  void aNormalClientHasNoLimitUnlessConfigured() {
    assertFalse(limits.exceeded(client, 1L << 40, NOW));
    limit("normal 100000 0 0");
    assertFalse(limits.exceeded(client, 99_999, NOW));
    assertTrue(limits.exceeded(client, 100_000, NOW));
  }

  @Test
  void aSubscriberHasTheLimitOfItsClass() {
    limit("normal 100000 0 0 pubsub 200000 0 0");
    shard.call("SUBSCRIBE", "a");
    assertFalse(limits.exceeded(client, 199_999, NOW));
    assertTrue(limits.exceeded(client, 200_000, NOW));
  }

  @Test
  void theSoftLimitHasToBeExceededWithoutABreak() {
    limit("normal 0 100000 3");
    assertFalse(limits.exceeded(client, 100_000, 10_000));
    assertFalse(limits.exceeded(client, 100_000, 13_000));
    assertFalse(limits.exceeded(client, 10, 13_500));
    assertFalse(limits.exceeded(client, 100_000, 14_000));
    assertFalse(limits.exceeded(client, 100_000, 17_999));
    assertTrue(limits.exceeded(client, 100_000, 18_000));
  }

  @Test
  void whatRedisKeepsInAClientsOwnBufferCountsForNoLimit() {
    limit("normal 1 2 0");
    assertFalse(limits.exceeded(client, 16 * 1024, NOW));
    assertTrue(limits.exceeded(client, 16 * 1024 + 1, NOW));
  }

  @Test
  void aClientWithoutALimitWaitsAndOneWithALimitIsAnswered() {
    client.session.outputBytes.set(OutputLimits.ALLOWANCE_BYTES);
    assertFalse(limits.mayAnswerMore(client.session));
    limit("normal 1000000000 0 0");
    assertTrue(limits.mayAnswerMore(client.session));
    limit("normal 0 0 0");
    shard.configure("maxmemory-clients", "1gb");
    assertTrue(limits.mayAnswerMore(client.session));
  }

  @Test
  void lessMayWaitWhileAllHaveMuchWaiting() {
    client.session.outputBytes.set(OutputLimits.TIGHT_ALLOWANCE_BYTES);
    assertTrue(limits.mayAnswerMore(client.session));
    limits.memoryIsTight(true);
    assertFalse(limits.mayAnswerMore(client.session));
  }

  @Test
  void whatWaitsForThousandsIsAddedUpInPartsAndForgottenWhenItHasLeft() {
    Clients clients = shard.clients();
    connectThousands(clients);
    client.session.outputBytes.set(OutputLimits.TIGHT_ALLOWANCE_BYTES);
    ClientCron cron = new ClientCron(Config.defaults(Path.of("/data")), clients);
    Session last = clients.find(3000).session;
    last.outputBytes.set(Long.MAX_VALUE / 2);
    cron.tick(NOW, HZ, seen -> { });
    assertTrue(limits.mayAnswerMore(client.session), "the last one was looked at in the first part");
    pass(cron);
    assertFalse(limits.mayAnswerMore(client.session));
    last.outputBytes.set(0);
    pass(cron);
    pass(cron);
    assertTrue(limits.mayAnswerMore(client.session));
  }

  private void connectThousands(Clients clients) {
    for (int id = 1001; id <= 3000; id++) {
      Client one = new Client(new Session(id, "", "", 0), shard);
      new Run(one, new ReplyBuffer());
      clients.add(one);
    }
  }

  private void pass(ClientCron cron) {
    for (int tick = 0; tick < 10; tick++) cron.tick(NOW, HZ, seen -> { });
  }

  @Test
  void everyClientHasItsTurnWithinASecond() {
    Clients clients = shard.clients();
    connectThousands(clients);
    ClientCron cron = new ClientCron(Config.defaults(Path.of("/data")), clients);
    Set<Client> seen = new HashSet<>();
    for (int tick = 0; tick <= HZ; tick++) cron.tick(NOW, HZ, seen::add);
    assertEquals(clients.size(), seen.size());
  }

  @Test
  void aClientThatIsOverItsLimitHasItsTransactionDoneAndIsGone() {
    limit("normal 100000 0 0");
    shard.queue("SET", "a", "1");
    shard.queue("SET", "b", "x".repeat(200_000));
    shard.queue("GET", "b");
    shard.queue("SET", "c", "3");
    assertEquals(null, shard.call("EXEC"));
    assertTrue(client.gone);
    assertEquals(3, shard.keyspace().database(0).size());
    assertEquals(0, shard.clients().size());
  }
}
