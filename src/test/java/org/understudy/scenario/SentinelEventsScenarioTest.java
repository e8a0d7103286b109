package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.understudy.scenario.Sentinels.NAME;
import static org.understudy.scenario.Sentinels.ask;
import static org.understudy.scenario.Sentinels.primaryPort;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;

/** What sentinels publish through a failover: ours the same as real ones, to the letter. */
@NeedsRealRedis
class SentinelEventsScenarioTest {
  /** Whether these come depends on who looks when, in a real ensemble too. */
  private static final Set<String> BY_CHANCE = Set.of("-odown", "-sdown", "+role-change", "-role-change", "+reboot",
      "+slave-reconf-inprog", "-failover-abort-not-elected", "+convert-to-slave", "+fix-slave-config");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern QUORUM = Pattern.compile("#quorum \\d/");

  private final Ensemble ensemble = new Ensemble();

  @AfterEach
  void stop() {
    ensemble.close();
  }

  /** Events by who published them, the leader or one that followed; with places and ids by what they stand for. */
  private Map<String, Set<String>> eventsOfAFailover(boolean real) throws Exception {
    Ensemble.Member primary = ensemble.startRealPrimary();
    List<Ensemble.Member> replicas = List.of(ensemble.startRealReplica(primary.port()),
        ensemble.startRealReplica(primary.port()));
    for (Ensemble.Member replica : replicas) ensemble.awaitLinkUp(replica);
    Map<String, Set<String>> events = new TreeMap<>();
    try (Sentinels sentinels = new Sentinels()) {
      for (int i = 0; i < 3; i++) {
        if (real) sentinels.startReal(primary.port(), 2);
        else sentinels.start(primary.port(), 2);
      }
      sentinels.awaitAcquainted(2);
      // On a busy machine a server may be silent for a second: real ones then went on to a second failover
      for (int port : sentinels.ports()) ask(port, "SENTINEL", "set", NAME, "down-after-milliseconds", 3000);
      List<Listener> listeners = sentinels.ports().stream().map(Listener::new).toList();
      int old = primary.port();
      ensemble.stop(primary);
      for (Listener listener : listeners) {
        ensemble.await("all is told", () -> listener.heard("+switch-master ")
            && listener.heard("+sdown slave 127.0.0.1:" + old));
      }
      int promoted = primaryPort(sentinels.ports().get(0));
      for (Listener listener : listeners) {
        String role = listener.heard("+elected-leader ") ? "leader" : "follower";
        for (String event : listener.events) {
          String name = event.split(" ")[0];
          // A follower may have tried, too
          if (BY_CHANCE.contains(name) || role.equals("follower") && name.equals("+try-failover")) continue;
          events.computeIfAbsent(role, any -> new TreeSet<>()).add(anonymous(event, old, promoted, sentinels.ports()));
        }
        listener.client.close();
      }
    }
    return events;
  }

  private static String anonymous(String event, int old, int promoted, List<Integer> sentinels) {
    String text = ID.matcher(QUORUM.matcher(event).replaceAll("#quorum N/")).replaceAll("ID");
    for (int sentinel : sentinels) text = text.replace(Integer.toString(sentinel), "SENTINEL");
    text = text.replace(Integer.toString(old), "OLD").replace(Integer.toString(promoted), "NEW");
    return text.replaceAll("127\\.0\\.0\\.1([: ])\\d+", "127.0.0.1$1OTHER");
  }

  /** Collects what one sentinel publishes. */
  private static final class Listener {
    final RespClient client;
    final List<String> events = new CopyOnWriteArrayList<>();

    Listener(int port) {
      client = RespClient.connect(port);
      client.call("PSUBSCRIBE", "*");
      Thread reader = new Thread(() -> {
        try {
          while (true) {
            List<?> message = (List<?>) client.read();
            events.add(message.get(2) + " " + message.get(3));
          }
        } catch (RuntimeException e) {
          // it is closed
        }
      }, "events");
      reader.setDaemon(true);
      reader.start();
    }

    boolean heard(String beginning) {
      return events.stream().anyMatch(event -> event.startsWith(beginning));
    }
  }

  @Test
  void ofAFailoverTheSameIsToldByOursAsByRealOnes() throws Exception {
    Map<String, Set<String>> expected = eventsOfAFailover(true);
    assertEquals(Set.of("leader", "follower"), expected.keySet());
    assertEquals(expected, eventsOfAFailover(false));
  }

  @Test
  void anOperatorsFailoverIsToldInTheSameWords() throws Exception {
    assertEquals(namesOfAManualFailover(true), namesOfAManualFailover(false));
  }

  private List<String> namesOfAManualFailover(boolean real) throws Exception {
    Ensemble.Member primary = ensemble.startRealPrimary();
    ensemble.awaitLinkUp(ensemble.startRealReplica(primary.port()));
    try (Sentinels sentinels = new Sentinels()) {
      int port = real ? sentinels.startReal(primary.port(), 1).port() : sentinels.start(primary.port(), 1).port();
      sentinels.awaitAcquainted(1);
      Listener listener = new Listener(port);
      assertEquals("OK", ask(port, "SENTINEL", "failover", NAME));
      ensemble.await("it is over", () -> listener.heard("+switch-master ") && listener.heard("+slave "));
      List<String> names = listener.events.stream().map(event -> event.split(" ")[0])
          .filter(name -> !name.endsWith("role-change")).toList();
      listener.client.close();
      return names;
    }
  }
}
