package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.CommandRunner;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;

/**
 * Conversations of clients that wait for keys, held with the real server and with ours. A step is one of
 *
 * <pre>
 *   a blocks COMMAND …    a sends it; the next step comes when a is known to wait
 *   a sends COMMAND …     a sends it, and the reply is not waited for
 *   a says COMMAND …      a sends it and hears the reply
 *   a hears               a reads one reply
 *   a speaks PROTOCOL     a chooses it
 *   a leaves              a closes its connection; the next step comes when it is gone
 * </pre>
 *
 * <p>{@code @a} stands for a's id.
 */
@NeedsRealRedis
class BlockedClientsComparisonTest {
  @RegisterExtension
  static final BothServers servers = BothServers.realWith("--repl-diskless-sync", "no").oursWith();

  @AfterEach
  void forgetData() {
    servers.each(client -> client.call("FLUSHALL"));
  }

  private static final class Conversation implements AutoCloseable {
    private final int port;
    private final RespClient observer;
    private final Map<String, RespClient> clients = new LinkedHashMap<>();
    private final Map<String, Object> ids = new LinkedHashMap<>();
    private final List<String> heard = new ArrayList<>();

    private Conversation(int port) {
      this.port = port;
      observer = RespClient.connect(port);
    }

    private void step(String step) {
      String[] words = step.split(" ", 3);
      String name = words[0];
      RespClient client = clients.computeIfAbsent(name, n -> {
        RespClient opened = RespClient.connect(port);
        ids.put(n, opened.call("CLIENT", "ID"));
        return opened;
      });
      if (words.length == 3 && !words[1].equals("speaks")) client.send((Object[]) named(words[2]).split(" "));
      switch (words[1]) {
        case "blocks" -> {
          while (!info(name).contains(" flags=b")) Thread.onSpinWait();
        }
        case "says", "hears" -> heard.add(name + " hears " + client.read());
        case "leaves" -> {
          client.close();
          while (!info(name).isEmpty()) Thread.onSpinWait();
        }
        case "speaks" -> client.call("HELLO", words[2]);
        case "sends" -> { }
        default -> throw new IllegalArgumentException(step);
      }
    }

    private String named(String command) {
      for (Map.Entry<String, Object> id : ids.entrySet()) {
        command = command.replace('@' + id.getKey(), id.getValue().toString());
      }
      return command;
    }

    private String info(String name) {
      return (String) observer.call("CLIENT", "LIST", "ID", ids.get(name));
    }

    @Override
    public void close() {
      observer.close();
      clients.values().forEach(RespClient::close);
    }
  }

  private static String held(int port, String... steps) {
    try (Conversation conversation = new Conversation(port)) {
      for (String step : steps) conversation.step(step);
      return String.join("\n", conversation.heard);
    }
  }

  private static void alike(String... steps) {
    servers.assertAlike(port -> held(port, steps));
  }

  // ---- who is served, when, from what -------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"blpop k 0", "brpop none k 0", "blmpop 0 1 k right count 2", "blmove k l left right 0",
      "brpoplpush k l 0"})
  void aPushAnswersWhoWaits(String waiting) {
    alike("a blocks " + waiting, "b says rpush k 1 2 3", "a hears", "b says lrange k 0 -1", "b says lrange l 0 -1",
        "a says get none");
  }

  @Test
  void whoCameFirstIsServedFirst() {
    alike("a blocks blpop k 0", "b blocks brpop k 0", "c blocks blmpop 0 1 k left count 5", "d says rpush k 1 2",
        "a hears", "b hears", "d says rpush k 3 4", "c hears", "d says exists k");
  }

  @Test
  void whoIsServedStillHearsOfThePushAsAChangeByOthers() {
    alike("c says subscribe __redis__:invalidate", "a says client tracking on bcast noloop redirect @c",
        "a blocks blpop k 0", "b says rpush k 1 2", "a hears", "c hears", "a blocks blmove k2 l left left 0",
        "b says rpush k2 1 2", "a hears", "c hears", "a says rpop l", "b says set end 1", "c hears");
  }

  @Test
  void theFirstKeyThatHasElementsIsTaken() {
    alike("a says rpush k2 x", "a says rpush k3 y", "a says blpop k1 k2 k3 0", "b blocks blpop k1 k2 k1 0",
        "a says rpush k2 z", "b hears", "a says rpush k1 late", "a says llen k1");
  }

  @Test
  void aTransactionIsSeenAsAWhole() {
    alike("a blocks blpop k 0", "b says multi", "b says rpush k 1", "b says lpush k 2", "b says llen k", "b says exec",
        "a hears", "b says lrange k 0 -1");
    alike("a blocks blpop k2 0", "b says multi", "b says rpush k2 1", "b says del k2", "b says exec",
        "b says rpush k2 x", "a hears");
  }

  @Test
  void inATransactionNothingIsWaitedFor() {
    alike("a says multi", "a says blpop k 0", "a says brpop k l 0", "a says blmove k l left left 0",
        "a says brpoplpush k l 0", "a says blmpop 0 1 k left", "a says exec");
  }

  @Test
  void keysOfOtherTypesAreWaitedBeyond() {
    alike("a blocks blpop k 0", "b says set k x", "b says del k", "b says sadd k x", "b says del k", "b says rpush k y",
        "a hears");
  }

  @Test
  void listsThatComeFromElsewhereServeToo() {
    alike("b says rpush other 1 2", "a blocks blpop k 0", "b says rename other k", "a hears", "a blocks blpop copy 0",
        "b says copy k copy", "a hears", "a blocks brpop moved 0", "b says lmove k moved left left", "a hears");
    alike("b says select 1", "b says rpush q 1 2", "a blocks blpop q 0", "b says move q 0", "a hears");
    alike("b says select 1", "b says rpush s 1 2", "a blocks blpop s 0", "c blocks brpop s 0", "b says swapdb 0 1",
        "a hears", "c hears", "b says exists s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bzpopmin z 0", "bzpopmax none z 0", "bzmpop 0 1 z max", "bzmpop 0 2 none z MIN count 2",
      "bzmpop 0 1 z MIN count 9"})
  void addingMembersAnswersWhoWaitsForASortedSet(String waiting) {
    for (String protocol : new String[] {"2", "3"}) {
      alike("a speaks " + protocol, "a blocks " + waiting, "b says zadd z 3 x 1.5 y 2 w", "a hears",
          "b says zrange z 0 -1 withscores", "b says del z", "a says get none");
    }
  }

  @Test
  void sortedSetsThatComeFromElsewhereServeToo() {
    alike("a blocks bzpopmin z 0", "b says geoadd z 13 38 palermo", "a hears", "b says zadd y 1 m 2 n",
        "a blocks bzpopmax z 0", "b says zunionstore z 1 y", "a hears", "b says del z", "a blocks bzpopmin z 0",
        "b says zrangestore z y 0 -1", "a hears", "b says del z", "a blocks bzpopmin z 0", "b says rename y z",
        "a hears");
  }

  @Test
  void clientsThatWaitForSortedSetsAreServedInTheirOrder() {
    alike("a blocks bzpopmin z 0", "b blocks bzpopmax z 0", "c blocks bzmpop 0 1 z min count 5",
        "d says zadd z 1 x 2 y", "a hears", "b hears", "d says zadd z 1 x 2 y", "c hears", "d says exists z");
    alike("a blocks blpop z 0", "b blocks bzpopmin z 0", "c says zadd z 1 x", "b hears", "c says rpush z y", "a hears");
    alike("a says multi", "a says bzpopmin z 0", "a says bzmpop 0 1 z min", "a says exec");
    alike("a blocks bzpopmin z 0.01", "a hears", "a blocks bzmpop 0.01 1 z max", "a hears");
  }

  @Test
  void aMoveServesWhoWaitsForItsDestination() {
    alike("a blocks brpop k3 0", "b blocks blmove k2 k3 left left 0", "c blocks brpoplpush k1 k2 0",
        "d says lpush k1 x", "c hears", "b hears", "a hears", "d says exists k1 k2 k3");
    alike("a blocks blmove k k left right 0", "b blocks blpop k 0", "c says rpush k x", "a hears", "b hears");
  }

  @Test
  void aMoveToAnotherTypeIsAnError() {
    alike("a says set s x", "a blocks blmove k s left left 0", "b blocks blpop k 0", "c says rpush k 1", "a hears",
        "b hears", "c says exists k");
  }

  @Test
  void theRestOfAPipelineFindsWhatWasTaken() {
    alike("a blocks blpop k 0", "a sends set mine 1", "b sends rpush k x", "b sends llen k", "b hears", "b hears",
        "a hears", "a hears");
  }

  @Test
  void aClientMayGoOnWaiting() {
    alike("a blocks blpop k 0", "a sends blpop k 0", "b says rpush k 1 2 3", "a hears", "a hears",
        "b says lrange k 0 -1");
  }

  @Test
  void repliesDependOnTheProtocol() {
    alike("b speaks 3", "b says blpop k 0.01", "b says multi", "b says blmove k l left left 0", "b says exec",
        "b blocks blmpop 0 2 k l left count 3", "a says rpush l 1 2", "b hears");
  }

  // ---- who waits no more --------------------------------------------------------------------------------------------

  @Test
  void aWaitWhoseTimeIsUpIsAnsweredAlike() {
    alike("a says blpop k 0.01", "a says brpop k 0.001", "a says blmove k l left left 0.01",
        "a says brpoplpush k l 0.01", "a says blmpop 0.01 1 k left", "b says rpush k x", "a says llen k");
  }

  @Test
  void unblockedClientsAreAnsweredAlike() {
    alike("a blocks blpop k 0", "b says client unblock @a", "a hears", "a blocks blmove k l left left 0",
        "b says client unblock @a error", "a hears", "b says client unblock @a", "a blocks blmpop 0 1 k left",
        "b says client unblock @a timeout", "a hears", "b says rpush k x", "a says llen k");
  }

  @Test
  void whoLeavesOrIsKilledTakesNothing() {
    alike("a blocks blpop k 0", "b blocks blpop k 0", "c blocks blpop k 0", "a leaves", "d says client kill id @b",
        "d says rpush k x y", "c hears", "d says lrange k 0 -1");
  }

  @Test
  void aWatchSeesWhatWasServed() {
    alike("w says watch k", "a blocks blpop k 0", "b says rpush k x", "a hears", "w says multi", "w says get y",
        "w says exec");
  }

  // ---- figures ------------------------------------------------------------------------------------------------------

  @Test
  void callsAndErrorsAreCountedAlike() {
    String[] steps = {"x says config resetstat", "a blocks blpop k 0", "x says rpush k 1", "a hears",
        "a blocks blpop k 0", "x says client unblock @a error", "a hears", "a blocks brpop k 0",
        "x says client unblock @a", "a hears", "a says brpop k 0.001", "x says set s 1",
        "a blocks blmove k s left left 0", "x says rpush k 1", "a hears"};
    servers.assertAlike(port -> figures(port, steps));
  }

  private static String figures(int port, String... steps) {
    held(port, steps);
    try (RespClient client = RespClient.connect(port)) {
      String all = (String) client.call("INFO", "everything");
      return all.lines().filter(line -> line.matches("(cmdstat_b|errorstat_|total_error|blocked_clients).*"))
          .map(line -> line.replaceAll("usec=\\d+,usec_per_call=[\\d.]+,", "")).sorted()
          .collect(Collectors.joining("\n"));
    }
  }

  @Test
  void clientsThatWaitAreCounted() {
    for (int port : servers.ports()) {
      try (Conversation conversation = new Conversation(port)) {
        conversation.step("a blocks blpop k 0");
        conversation.step("b blocks blpop k 100");
        String clients = (String) conversation.observer.call("INFO", "clients");
        assertEquals(List.of("blocked_clients:2", "clients_in_timeout_table:1"),
            clients.lines().filter(line -> line.contains("blocked") || line.contains("timeout")).toList());
      }
    }
  }

  // ---- what is propagated and notified ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"blpop k 0", "brpop k 0", "blmpop 0 1 k LEFT count 2", "blmpop 0 1 k right count 9",
      "blmove k l LEFT Right 0", "blmove k k right left 0", "brpoplpush k l 0", "brpoplpush k k 0"})
  void whatServedIsPropagatedAfterWhatServedIt(String waiting) throws IOException {
    assertPropagatedAlike(waiting, "RPUSH k 1 2 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bzpopmin k 0", "bzpopmax k 0", "bzmpop 0 1 k MIN", "bzmpop 0 1 k max count 2",
      "bzmpop 0 1 k MIN count 9"})
  void whatASortedSetServedIsPropagatedAfterWhatServedIt(String waiting) throws IOException {
    assertPropagatedAlike(waiting, "ZADD k 1 a 2.5 b 3 c");
  }

  private static void assertPropagatedAlike(String waiting, String serving) throws IOException {
    CommandRunner runner = new CommandRunner();
    runner.park();
    runner.runRaw((Object[]) waiting.split(" "));
    runner.run((Object[]) serving.split(" "));
    assertEquals(1, runner.serve("k").size());
    try (ReplicationTap effects = ReplicationTap.on(servers.real().port());
        RespClient events = servers.real().connect()) {
      events.call("CONFIG", "SET", "notify-keyspace-events", "EAn");
      events.call("PSUBSCRIBE", "__keyevent@0__:*");
      held(servers.real().port(), "a blocks " + waiting, "b says " + serving, "a hears",
          "b says PUBLISH __keyevent@0__:end x");
      assertEquals(effects.readUntilPublish("__keyevent@0__:end"), runner.effects());
      for (String event : runner.events()) {
        List<?> message = (List<?>) events.read();
        assertEquals("__keyevent@0__:" + event, message.get(2) + " " + message.get(3));
      }
      assertEquals("__keyevent@0__:end", ((List<?>) events.read()).get(2));
    }
  }
}
