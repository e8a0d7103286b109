package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.config.PrimaryAddress;
import org.understudy.replication.PrimaryLink.Progress;
import org.understudy.testing.Eventually;
import org.understudy.testing.ManualClock;
import org.understudy.testing.RespClient;

/** The link against a primary that is played line by line. */
class PrimaryLinkTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final String ID = "a".repeat(40);
  private static final String MARK = "b".repeat(40);

  private final AtomicLong nowSeconds = new AtomicLong();
  private final Clock clock = new ManualClock(() -> nowSeconds.get() * 1000);
  private final BlockingQueue<PrimaryLink.Report> reports = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private Socket replica;
  private ActorRef<PrimaryLink.Message> link;
  /** The owner fails when it hears one of these. */
  private Class<?> faulty = Void.class;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    server.setSoTimeout(10_000);
  }

  @AfterEach
  void close() throws IOException {
    if (link != null) link.tell(PrimaryLink.Stop.INSTANCE);
    if (replica != null) replica.close();
    server.close();
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  // ---- the handshake -----------------------------------------------------------------------------------------------

  @Test
  void itSaysWhoItIsAndAsksForADataset() throws Exception {
    start("port 7001");
    replica = server.accept();
    expect("PING");
    answer("+PONG\r\n");
    expect("REPLCONF", "listening-port", 7001);
    expect("REPLCONF", "capa", "eof", "capa", "psync2");
    answer("+OK\r\n+OK\r\n");
    awaitReport(PrimaryLink.Asks.class);
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer("\n\n+FULLRESYNC " + ID + " 17\r\n");
    assertEquals(new PrimaryLink.FullResync(ID, 17), awaitReport(PrimaryLink.FullResync.class));
    answer("\n$EOF:" + MARK + "\r\nDATA");
    assertTrue(awaitReport(PrimaryLink.Announced.class).transfer().isMarked());
    assertArrayEquals(Bytes.of("DATA"), piece());
    answer(MARK + "*1\r\n");
    assertArrayEquals(Bytes.EMPTY, awaitReport(PrimaryLink.Piece.class).bytes());
    link.tell(PrimaryLink.DatasetReady.INSTANCE);
    assertArrayEquals(Bytes.of("*1\r\n"), awaitReport(PrimaryLink.Streamed.class).bytes());
  }

  @Test
  void itAuthenticatesAndAnnouncesAnAddress() throws Exception {
    start("port 7001", "masteruser sync", "masterauth geheim", "replica-announce-ip 10.0.0.9",
        "replica-announce-port 17");
    replica = server.accept();
    expect("PING");
    answer("-NOAUTH Authentication required.\r\n");
    expect("AUTH", "sync", "geheim");
    expect("REPLCONF", "listening-port", 17);
    expect("REPLCONF", "ip-address", "10.0.0.9");
    expect("REPLCONF", "capa", "eof", "capa", "psync2");
    answer("+OK\r\n-ERR what?\r\n-ERR what?\r\n-ERR what?\r\n");
    awaitReport(PrimaryLink.Asks.class);
  }

  @Test
  void itGoesOnWhereItWasUnderTheNewId() throws Exception {
    handshake();
    link.tell(new PrimaryLink.Position(ID, 18, false));
    expect("PSYNC", ID, 18);
    answer("+CONTINUE " + MARK + "\r\n*1\r\n$4\r\nPING\r\n");
    assertEquals(new PrimaryLink.Continued(MARK), awaitReport(PrimaryLink.Continued.class));
    assertArrayEquals(Bytes.of("*1\r\n$4\r\nPING\r\n"), awaitReport(PrimaryLink.Streamed.class).bytes());
  }

  @Test
  void itAsksAReplicaToTakeOver() throws Exception {
    handshake();
    link.tell(new PrimaryLink.Position(ID, 18, true));
    expect("PSYNC", ID, 18, "FAILOVER");
  }

  @Test
  void aPrimaryOfOldGetsSync() throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer("-ERR unknown command 'PSYNC'\r\n");
    assertEquals("SYNC\r\n", Bytes.string(replica.getInputStream().readNBytes(6)));
    assertEquals(new PrimaryLink.FullResync(null, -1), awaitReport(PrimaryLink.FullResync.class));
    answer("$3\r\nabc");
    assertEquals(3, awaitReport(PrimaryLink.Announced.class).transfer().length());
  }

  // ---- what goes wrong ---------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"-ERR go away\r\n", "HTTP/1.1 400 Bad Request\r\n", "-LOADING loading\r\n"})
  void aWrongAnswerToPingEndsTheAttemptAndAnotherFollows(String answer) throws Exception {
    start();
    replica = server.accept();
    expect("PING");
    answer(answer);
    anotherAttemptFollows();
  }

  @Test
  void aWrongPasswordEndsTheAttemptAndAnotherFollows() throws Exception {
    start("masterauth wrong");
    replica = server.accept();
    expect("PING");
    answer("+PONG\r\n-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    anotherAttemptFollows();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-NOMASTERLINK Can't SYNC while not connected with my master\r\n", "-LOADING loading\r\n"})
  void aPrimaryThatCannotServeNowIsAskedAgain(String answer) throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer(answer);
    awaitReport(PrimaryLink.Refused.class);
    anotherAttemptFollows();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+OK\r\n", "-ERR no snapshot for you\r\n", "$-1\r\n", "garbage without any end "})
  void whatIsNoDatasetEndsTheAttemptAndAnotherFollows(String answer) throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer("+FULLRESYNC " + ID + " 0\r\n" + answer.repeat(answer.endsWith(" ") ? 100 : 1));
    anotherAttemptFollows();
  }

  @Test
  void aCutBeforeTheAnswerToPsyncIsSurvived() throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    replica.shutdownOutput();
    anotherAttemptFollows();
  }

  /** How much of what a primary says comes before it hangs up. */
  @ParameterizedTest
  @ValueSource(strings = {"", "+PO", "+PONG\r\n", "+PONG\r\n+O", "+PONG\r\n+OK\r\n"})
  void aCutAtEveryStepOfTheHandshakeIsSurvived(String said) throws Exception {
    start();
    replica = server.accept();
    answer(said);
    replica.shutdownOutput();
    anotherAttemptFollows();
  }

  @Test
  void theBeginningOfAnAnswerThatWasCutIsForgotten() throws Exception {
    start();
    replica = server.accept();
    answer("-ERR go aw");
    replica.shutdownOutput();
    anotherAttemptFollows();
    answer("+PONG\r\n+OK\r\n+OK\r\n");
    awaitReport(PrimaryLink.Asks.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "+FULLRES", "$", "$EOF:", "$5\r\n", "$5\r\nabc"})
  void aCutOfTheTransferIsReportedAndAnotherAttemptFollowsAtOnce(String said) throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer("+FULLRESYNC " + ID + " 0\r\n" + said);
    if (said.endsWith("abc")) piece();
    replica.shutdownOutput();
    anotherAttemptFollows();
  }

  /** How much of what a primary says comes before it says nothing more, and closes nothing either. */
  @ParameterizedTest
  @ValueSource(strings = {"", "+PO", "+PONG\r\n+OK", "+PONG\r\n+OK\r\n+OK\r\n", "+PONG\r\n+OK\r\n+OK\r\n\n",
      "+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0\r\n",
      "+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0\r\n$500\r\n"})
  void aPrimaryThatFallsSilentIsGivenUpAfterTheTimeout(String said) throws Exception {
    start("repl-timeout 60");
    replica = server.accept();
    answer(said);
    expect("PING");
    if (said.contains("+OK\r\n+OK\r\n")) {
      awaitReport(PrimaryLink.Asks.class);
      link.tell(new PrimaryLink.Position(ID, 1, false));
    }
    PrimaryLink.Report report = null;
    while (report != PrimaryLink.Lost.INSTANCE) {
      nowSeconds.addAndGet(61); // again if something came after the last time
      report = reports.poll(2, TimeUnit.SECONDS);
    }
    replica.close();
    replica = server.accept();
    expect("PING");
  }

  @Test
  void aPrimaryMayShowAsOftenAsItLikesThatItLives() throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer("\n".repeat(200_000) + "+FULLRESYNC " + ID + " 17\r\n" + "\n".repeat(200_000) + "$3\r\n");
    assertEquals(3, awaitReport(PrimaryLink.Announced.class).transfer().length());
  }

  @Test
  void aFaultOfOursEndsTheAttemptAndAnotherFollows() throws Exception {
    faulty = PrimaryLink.Asks.class;
    start();
    replica = server.accept();
    expect("PING");
    answer("+PONG\r\n+OK\r\n+OK\r\n");
    anotherAttemptFollows();
  }

  @Test
  void attemptsThatAreRefusedLeaveNothingBehind() throws Exception {
    server.close();
    start();
    for (int i = 0; i < 20; i++) {
      awaitReport(PrimaryLink.Lost.class);
      link.tell(PrimaryLink.Reconnect.AT_ONCE);
      awaitReport(PrimaryLink.Lost.class);
    }
    link.tell(PrimaryLink.Stop.INSTANCE);
    awaitNoStream();
  }

  @Test
  void theEndThatNobodyAskedForAnyMoreLeavesNothingBehind() throws Exception {
    handshake();
    link.tell(PrimaryLink.Position.none(false));
    expect("PSYNC", "?", -1);
    answer("+FULLRESYNC " + ID + " 0\r\n$3\r\nabc");
    assertArrayEquals(Bytes.of("abc"), awaitReport(PrimaryLink.Piece.class).bytes());
    replica.close(); // while the dataset is loaded, which fails
    link.tell(PrimaryLink.Reconnect.LATER);
    link.tell(PrimaryLink.Stop.INSTANCE);
    awaitNoStream();
  }

  @Test
  void nothingMoreIsReadUntilThePieceBeforeIsDealtWith() throws Exception {
    handshake();
    link.tell(new PrimaryLink.Position(ID, 1, false));
    expect("PSYNC", ID, 1);
    answer("+CONTINUE\r\n");
    awaitReport(PrimaryLink.Continued.class);
    answer("a");
    assertArrayEquals(Bytes.of("a"), awaitReport(PrimaryLink.Streamed.class).bytes());
    answer("b");
    link.tell(new PrimaryLink.Send(ByteString.fromString("still here")));
    assertEquals("still here", Bytes.string(replica.getInputStream().readNBytes(10)));
    assertTrue(reports.stream().noneMatch(PrimaryLink.Streamed.class::isInstance));
    link.tell(PrimaryLink.ReadOn.INSTANCE);
    assertArrayEquals(Bytes.of("b"), awaitReport(PrimaryLink.Streamed.class).bytes());
  }

  @Test
  void aNameWithoutAddressIsLookedUpAgain() throws Exception {
    link = KIT.spawn(PrimaryLink.create(new PrimaryAddress("no such name", 1), Config.defaults(), clock, 1,
        this::hear));
    awaitReport(PrimaryLink.Lost.class);
    awaitReport(PrimaryLink.Lost.class);
  }

  // ---- the play ----------------------------------------------------------------------------------------------------

  private void start(String... directives) {
    link = KIT.spawn(PrimaryLink.create(new PrimaryAddress("127.0.0.1", server.getLocalPort()),
        Config.parse(List.of(directives)), clock, 1, this::hear));
  }

  private void hear(PrimaryLink.Report report) {
    if (faulty.isInstance(report)) throw new IllegalStateException("a fault of ours");
    reports.add(report);
  }

  private void handshake() throws Exception {
    start("port 7001");
    replica = server.accept();
    expect("PING");
    answer("+PONG\r\n+OK\r\n+OK\r\n");
    expect("REPLCONF", "listening-port", 7001);
    expect("REPLCONF", "capa", "eof", "capa", "psync2");
    awaitReport(PrimaryLink.Asks.class);
  }

  private static void awaitNoStream() {
    ExtendedActorSystem system = (ExtendedActorSystem) Adapter.toClassic(KIT.system());
    Eventually.await("every stream has ended", () -> !system.printTree().contains("-flow-"));
  }

  private void expect(Object... command) throws IOException {
    byte[] expected = RespClient.request(command);
    replica.setSoTimeout(10_000);
    assertEquals(Bytes.string(expected), Bytes.string(replica.getInputStream().readNBytes(expected.length)));
  }

  private void answer(String text) throws IOException {
    replica.getOutputStream().write(Bytes.of(text));
  }

  private byte[] piece() throws InterruptedException {
    byte[] bytes = awaitReport(PrimaryLink.Piece.class).bytes();
    link.tell(PrimaryLink.ReadOn.INSTANCE);
    return bytes;
  }

  private void anotherAttemptFollows() throws Exception {
    awaitReport(PrimaryLink.Lost.class);
    replica.close();
    try {
      replica = server.accept();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no other attempt", e);
    }
    expect("PING");
  }

  private <R extends PrimaryLink.Report> R awaitReport(Class<R> type) throws InterruptedException {
    while (true) {
      PrimaryLink.Report report = reports.poll(10, TimeUnit.SECONDS);
      assertInstanceOf(PrimaryLink.Report.class, report, () -> "no " + type.getSimpleName());
      if (type.isInstance(report)) return type.cast(report);
      if (report instanceof PrimaryLink.Moved moved) assertTrue(moved.progress() != Progress.CONNECTED
          || type == PrimaryLink.Streamed.class || type == PrimaryLink.Continued.class, moved.toString());
    }
  }
}
