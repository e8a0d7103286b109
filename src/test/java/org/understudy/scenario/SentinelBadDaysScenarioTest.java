package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.scenario.Sentinels.NAME;
import static org.understudy.scenario.Sentinels.ask;
import static org.understudy.scenario.Sentinels.askServer;
import static org.understudy.scenario.Sentinels.field;
import static org.understudy.scenario.Sentinels.primaryPort;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.CuttableProxy;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestSentinel;

/** What goes wrong around sentinels: stopped processes, partitions, full disks, servers that only seem to live. */
@NeedsRealRedis
class SentinelBadDaysScenarioTest {
  private final Ensemble ensemble = new Ensemble();
  private final Sentinels sentinels = new Sentinels();
  private final List<AutoCloseable> others = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    sentinels.close();
    for (AutoCloseable other : others) other.close();
    ensemble.close();
  }

  private <T extends AutoCloseable> T kept(T other) {
    others.add(other);
    return other;
  }

  private static String role(int port) {
    return ((List<?>) askServer(port, "ROLE")).get(0).toString();
  }

  private static boolean follows(int port, int primary) {
    return role(port).equals("slave") && ((List<?>) askServer(port, "ROLE")).get(2).equals((long) primary);
  }

  // ---- stopped processes -------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"3, 0", "1, 2"})
  void aPrimaryThatIsStoppedIsReplacedAndFollowsOnceItGoesOn(int ours, int real) {
    RealRedis primary = kept(RealRedis.start("--repl-diskless-sync-delay", "0"));
    ensemble.awaitLinkUp(ensemble.startRealReplica(primary.port()));
    for (int i = 0; i < ours; i++) sentinels.start(primary.port(), 2);
    for (int i = 0; i < real; i++) sentinels.startReal(primary.port(), 2);
    sentinels.awaitAcquainted(1);
    primary.pause();
    int promoted = sentinels.awaitNewPrimary(primary.port());
    assertEquals("OK", askServer(promoted, "SET", "fruit", "pear"));
    primary.goOn();
    ensemble.await("the old primary follows", () -> follows(primary.port(), promoted));
    ensemble.await("and has the data", () -> "pear".equals(askServer(primary.port(), "GET", "fruit")));
  }

  @Test
  void aSentinelThatIsStoppedHoldsNobodyUpAndLearnsWhatWasDecided() {
    Ensemble.Member primary = ensemble.startRealPrimary();
    ensemble.awaitLinkUp(ensemble.startRealReplica(primary.port()));
    int first = sentinels.start(primary.port(), 2).port();
    int second = sentinels.start(primary.port(), 2).port();
    RealRedis stopped = sentinels.startReal(primary.port(), 2);
    sentinels.awaitAcquainted(1);
    int old = primary.port();
    stopped.pause();
    ensemble.stop(primary);
    for (int sentinel : List.of(first, second)) {
      ensemble.await("the others decide", () -> primaryPort(sentinel) != old);
    }
    stopped.goOn();
    assertEquals(primaryPort(first), sentinels.awaitNewPrimary(old));
    assertEquals("1", field(stopped.port(), "config-epoch"));
  }

  // ---- partitions --------------------------------------------------------------------------------------------------

  /** A primary that all others only reach over a link. */
  private record Linked(Ensemble.Member primary, CuttableProxy link, Ensemble.Member replica) {}

  private Linked primaryBehindALink(boolean real) {
    Ensemble.Member primary = real ? ensemble.startRealPrimary() : ensemble.startPrimary();
    CuttableProxy link = ensemble.linkTo(primary);
    Ensemble.Member replica = real ? ensemble.startRealReplica(link.port()) : ensemble.startReplica(link.port());
    ensemble.awaitLinkUp(replica);
    primary.call("CONFIG", "SET", "replica-announce-port", Integer.toString(link.port()));
    return new Linked(primary, link, replica);
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "true, true", "false, true"})
  void aPrimaryThatIsCutOffIsReplacedAndLosesItsRoleWhenItIsBack(boolean realServers, boolean onlyRepliesAreLost) {
    Linked linked = primaryBehindALink(realServers);
    for (int i = 0; i < 2; i++) sentinels.start(linked.link.port(), 2);
    sentinels.startReal(linked.link.port(), 2);
    sentinels.awaitAcquainted(1);
    if (onlyRepliesAreLost) linked.link.holdReplies();
    else linked.link.hold();
    int old = linked.primary.port();
    assertEquals(linked.replica.port(), sentinels.awaitNewPrimary(linked.link.port()));
    if (onlyRepliesAreLost) ensemble.await("it hears of it", () -> follows(old, linked.replica.port()));
    else assertEquals("master", role(old));
    askServer(linked.replica.port(), "SET", "fruit", "pear");
    linked.link.release();
    ensemble.await("there is one primary again", () -> follows(old, linked.replica.port()));
    ensemble.await("it has what was written meanwhile", () -> "pear".equals(askServer(old, "GET", "fruit")));
    assertEquals("master", role(linked.replica.port()));
  }

  @Test
  void sentinelsThatAreCutFromEachOtherDoNotFailOverUntilTheyAreTogether() {
    Ensemble.Member primary = ensemble.startRealPrimary();
    ensemble.awaitLinkUp(ensemble.startRealReplica(primary.port()));
    List<CuttableProxy> links = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      TestSentinel sentinel = sentinels.start(primary.port(), 2);
      CuttableProxy link = kept(new CuttableProxy(sentinel.port()));
      ask(sentinel.port(), "SENTINEL", "config", "set", "announce-port", Integer.toString(link.port()));
      links.add(link);
    }
    sentinels.awaitAcquainted(1);
    for (int sentinel : sentinels.ports()) {
      ensemble.await("they use the links", () -> ask(sentinel, "SENTINEL", "sentinels", NAME).toString()
          .split("flags, sentinel,").length == 3);
    }
    links.forEach(CuttableProxy::cut);
    int old = primary.port();
    ensemble.stop(primary);
    for (int sentinel : sentinels.ports()) {
      ensemble.await("each sees that it is down", () -> field(sentinel, "flags").contains("s_down"));
      assertFalse(field(sentinel, "flags").contains("o_down"));
      assertEquals(old, primaryPort(sentinel));
    }
    links.forEach(CuttableProxy::mend);
    sentinels.awaitNewPrimary(old);
  }

  // ---- disks -------------------------------------------------------------------------------------------------------

  @Test
  void aVoteThatCannotBeWrittenIsNotGivenUntilItCan() throws IOException {
    Ensemble.Member primary = ensemble.startRealPrimary();
    TestSentinel sentinel = sentinels.start(primary.port(), 1);
    ensemble.await("it has saved all", () -> "OK".equals(ask(sentinel.port(), "SENTINEL", "flushconfig")));
    Path away = sentinel.folder().resolveSibling(sentinel.folder().getFileName() + "-away");
    Files.move(sentinel.folder(), away);
    String candidate = "c".repeat(40);
    String other = "d".repeat(40);
    assertEquals(List.of(0L, "*", 0L), vote(sentinel, primary, candidate));
    assertTrue(ask(sentinel.port(), "SENTINEL", "flushconfig").toString().contains("Failed to save config file"));
    Files.move(away, sentinel.folder());
    ensemble.await("the vote is there, and only for one", () ->
        List.of(0L, candidate, 7L).equals(vote(sentinel, primary, other)));
  }

  private static Object vote(TestSentinel sentinel, Ensemble.Member primary, String candidate) {
    return ask(sentinel.port(), "SENTINEL", "is-master-down-by-addr", "127.0.0.1", Integer.toString(primary.port()),
        "7", candidate);
  }

  // ---- what is left behind -----------------------------------------------------------------------------------------

  @Test
  void failoversToAndFroAndListenersThatComeAndGoLeaveNoDescriptorBehind() {
    int first = ensemble.startRealPrimary().port();
    Ensemble.Member second = ensemble.startRealReplica(first);
    ensemble.awaitLinkUp(second);
    TestSentinel sentinel = sentinels.start(first, 1);
    sentinels.awaitAcquainted(1);
    failOver(sentinel.port());
    failOver(sentinel.port());
    long before = openFiles();
    for (int i = 0; i < 8; i++) {
      for (int client = 0; client < 25; client++) {
        try (RespClient listener = sentinel.client()) {
          listener.call("SUBSCRIBE", "+switch-master");
        }
      }
      failOver(sentinel.port());
    }
    ensemble.await("no descriptor is left", () -> openFiles() <= before);
    assertEquals("1", field(sentinel.port(), "num-slaves"));
  }

  private void failOver(int sentinel) {
    int old = primaryPort(sentinel);
    ensemble.await("it may begin", () -> "OK".equals(ask(sentinel, "SENTINEL", "failover", NAME)));
    sentinels.awaitNewPrimary(old);
    int promoted = primaryPort(sentinel);
    ensemble.await("the old one follows", () -> follows(old, promoted));
    sentinels.awaitAcquainted(1);
  }

  private static long openFiles() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- servers that only seem to live ------------------------------------------------------------------------------

  /** Answers PING as it should, INFO with a text of its own, and everything else with an error. */
  private static final class Pretender implements AutoCloseable {
    private final ServerSocket socket;
    private final String info;

    /** @param info null: an error */
    Pretender(String info) throws IOException {
      this.info = info == null ? "-ERR not now\r\n" : "$" + info.length() + "\r\n" + info + "\r\n";
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      inBackground(() -> {
        while (true) {
          Socket client = socket.accept();
          inBackground(() -> answer(client));
        }
      });
    }

    private interface Work {
      void run() throws IOException;
    }

    private static void inBackground(Work work) {
      Thread thread = new Thread(() -> {
        try {
          work.run();
        } catch (IOException | UncheckedIOException e) {
          // it is closed
        }
      }, "pretender");
      thread.setDaemon(true);
      thread.start();
    }

    private void answer(Socket client) throws IOException {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      while (true) {
        int words = Integer.parseInt(line(in).substring(1));
        String first = "";
        for (int i = 0; i < words; i++) {
          byte[] word = in.readNBytes(Integer.parseInt(line(in).substring(1)) + 2);
          if (i == 0) first = new String(word, 0, word.length - 2, StandardCharsets.ISO_8859_1);
        }
        String reply = first.equals("PING") ? "+PONG\r\n" : first.equals("INFO") ? info : "-ERR not now\r\n";
        out.write(reply.getBytes(StandardCharsets.ISO_8859_1));
      }
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) throw new IOException("closed");
        if (next != '\r') line.append((char) next);
      }
      return line.toString();
    }

    int port() {
      return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @ParameterizedTest(name = "over real servers: {0}")
  @ValueSource(booleans = {true, false})
  void aReplicaThatAnswersMasterdownSinceItServesNothingStaleIsUpAndPromoted(boolean realServers) {
    Ensemble.Member primary = realServers ? ensemble.startRealPrimary() : ensemble.startPrimary();
    Ensemble.Member replica = realServers
        ? ensemble.startRealReplica(primary.port(), "--replica-serve-stale-data", "no")
        : ensemble.startReplica(primary.port(), "replica-serve-stale-data no");
    ensemble.awaitLinkUp(replica);
    sentinels.start(primary.port(), 2);
    sentinels.startReal(primary.port(), 2);
    sentinels.awaitAcquainted(1);
    int old = primary.port();
    ensemble.stop(primary);
    ensemble.await("it serves nothing", () -> askServer(replica.port(), "PING").toString().contains("MASTERDOWN"));
    assertEquals(replica.port(), sentinels.awaitNewPrimary(old));
    ensemble.await("it serves", () -> "PONG".equals(askServer(replica.port(), "PING")));
  }

  @Test
  void aPrimaryThatAnswersNothingButPingIsUpAndTheOthersAreNotDisturbed() throws IOException {
    Pretender primary = kept(new Pretender(null));
    int first = sentinels.start(primary.port(), 1).port();
    int real = sentinels.startReal(primary.port(), 1).port();
    for (int sentinel : List.of(first, real)) {
      ensemble.await("it has answered", () -> Long.parseLong(field(sentinel, "last-ok-ping-reply")) < 500
          && Long.parseLong(field(sentinel, "link-pending-commands")) < 100);
      assertEquals("0", field(sentinel, "num-slaves"));
      assertFalse(field(sentinel, "flags").contains("s_down"));
      assertEquals(primary.port(), primaryPort(sentinel));
    }
  }

  /** What is said of replicas and of sentinels may be anything: addresses that are none, ports that are none. */
  @Test
  void aPrimaryThatTellsNonsenseHarmsNobodyElse() throws IOException {
    StringBuilder nonsense = new StringBuilder("role:master\r\nrun_id:" + "x".repeat(40) + "\r\n");
    String[] places = {"ip=999.1.1.1,port=1", "ip=1.2.3,port=70000", "ip=::zz,port=1", "ip=a b,port=1", "ip=,port=1",
        "ip=-1,port=-1", "ip=127.0.0.1,port=4294967297", "ip=1.2.3.4.5,port=0"};
    for (int i = 0; i < places.length; i++) nonsense.append("slave" + i + ":" + places[i] + "\r\n");
    Pretender liar = kept(new Pretender(nonsense.toString()));
    Ensemble.Member primary = ensemble.startRealPrimary();
    Ensemble.Member replica = ensemble.startRealReplica(primary.port());
    ensemble.awaitLinkUp(replica);
    TestSentinel sentinel = sentinels.start(primary.port(), 1, "sentinel monitor liar 127.0.0.1 " + liar.port() + " 1",
        "sentinel down-after-milliseconds liar 1000");
    sentinels.awaitAcquainted(1);
    ensemble.await("it listened", () -> replicasOfTheLiar(sentinel).contains("999"));
    for (String sender : List.of("999.1.1.1,1", "127.0.0.1,99999", "::zz,5", ",1", "a b,1")) {
      ask(sentinel.port(), "PUBLISH", "__sentinel__:hello", sender + "," + "f".repeat(40 - sender.length())
          + sender + ",0,liar,127.0.0.1," + liar.port() + ",0");
    }
    int old = primary.port();
    ensemble.stop(primary);
    assertEquals(replica.port(), sentinels.awaitNewPrimary(old));
    ensemble.await("what cannot be reached is down",
        () -> replicasOfTheLiar(sentinel).contains("s_down,slave,disconnected"));
  }

  private static String replicasOfTheLiar(TestSentinel sentinel) {
    return ask(sentinel.port(), "SENTINEL", "replicas", "liar").toString();
  }
}
