package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.understudy.scenario.Sentinels.NAME;
import static org.understudy.scenario.Sentinels.ask;
import static org.understudy.scenario.Sentinels.askServer;

import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;

/** A primary that gives its role away in order, because somebody wants it: no acknowledged write is lost. */
@NeedsRealRedis
class HandOverScenarioTest {
  private final Ensemble ensemble = new Ensemble();
  private final Sentinels sentinels = new Sentinels();

  @AfterEach
  void stop() throws Exception {
    sentinels.close();
    ensemble.close();
  }

  /** Writes one key after the other until its connection is closed or somebody refuses. */
  private static final class Writer extends Thread {
    private final RespClient client;
    private volatile int acknowledged;

    Writer(Ensemble.Member to) {
      super("writer");
      client = to.connect();
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      try {
        while ("OK".equals(client.call("SET", "key:" + acknowledged, "value"))) acknowledged++;
      } catch (UncheckedIOException e) {
        // closed
      }
    }

    int acknowledged() {
      return acknowledged;
    }

    int finallyAcknowledged() throws InterruptedException {
      join();
      client.close();
      return acknowledged;
    }
  }

  private Ensemble.Member primaryWithTwoReplicas(boolean real) {
    Ensemble.Member primary = real ? ensemble.startRealPrimary() : ensemble.startPrimary();
    for (int i = 0; i < 2; i++) {
      ensemble.awaitLinkUp(real ? ensemble.startRealReplica(primary.port()) : ensemble.startReplica(primary.port()));
    }
    return primary;
  }

  private void assertAllThere(int promoted, int acknowledged) {
    try (RespClient client = RespClient.connect(promoted)) {
      List<Object[]> questions = IntStream.range(0, acknowledged)
          .mapToObj(number -> new Object[] {"EXISTS", "key:" + number}).toList();
      assertEquals(Collections.nCopies(acknowledged, 1L), client.pipeline(questions));
    }
  }

  @ParameterizedTest
  @CsvSource({"real, 1, 2", "real, 3, 0", "ours, 1, 2", "ours, 3, 0"})
  void anOperatorsFailoverLosesNoAcknowledgedWrite(String servers, int ours, int real) throws InterruptedException {
    Ensemble.Member primary = primaryWithTwoReplicas(servers.equals("real"));
    for (int i = 0; i < ours; i++) sentinels.start(primary.port(), 2);
    for (int i = 0; i < real; i++) sentinels.startReal(primary.port(), 2);
    sentinels.awaitAcquainted(2);
    Writer writer = new Writer(primary);
    ensemble.await("it writes", () -> writer.acknowledged() > 300);
    assertEquals("OK", ask(sentinels.ports().get(0), "SENTINEL", "failover", NAME));
    int promoted = sentinels.awaitNewPrimary(primary.port());
    assertAllThere(promoted, writer.finallyAcknowledged());
    ensemble.await("the old primary follows", () ->
        ((List<?>) askServer(primary.port(), "ROLE")).get(0).equals("slave"));
  }

  /** No hello is sent, so it cannot be the conversion after four of them. */
  @Test
  void aPrimaryThatCannotHandOverLosesItsRoleWithThePromotion() {
    Ensemble.Member primary = ensemble.startRealPrimary("--rename-command", "FAILOVER", "");
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    int sentinel = sentinels.start(primary.port(), 1).port();
    sentinels.awaitAcquainted(1);
    ask(sentinel, "SENTINEL", "debug", "publish-period", "3600000");
    assertEquals("OK", ask(sentinel, "SENTINEL", "failover", NAME));
    assertEquals(replica.port(), sentinels.awaitNewPrimary(primary.port()));
    ensemble.await("the old primary follows", () ->
        ((List<?>) askServer(primary.port(), "ROLE")).get(0).equals("slave"));
  }

  @Test
  void aPrimaryThatIsShutDownInOrderLosesNoAcknowledgedWrite() throws InterruptedException {
    Ensemble.Member primary = primaryWithTwoReplicas(false);
    sentinels.start(primary.port(), 1);
    sentinels.awaitAcquainted(2);
    Writer writer = new Writer(primary);
    ensemble.await("it writes", () -> writer.acknowledged() > 300);
    try (RespClient operator = primary.connect()) {
      operator.tell("SHUTDOWN", "NOSAVE");
      int promoted = sentinels.awaitNewPrimary(primary.port());
      assertAllThere(promoted, writer.finallyAcknowledged());
    }
  }
}
