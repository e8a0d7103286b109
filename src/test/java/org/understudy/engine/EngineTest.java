package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.shard.KeyspaceShard;

/** Actor systems as the server makes them, over real sockets. */
@Timeout(60)
class EngineTest {
  private final List<ActorSystem> systems = new ArrayList<>();

  private ActorSystem start(String name, boolean loop) {
    ActorSystem system = ActorSystem.create(name, Engine.systemConfig(loop));
    systems.add(system);
    return system;
  }

  @AfterEach
  void terminate() throws Exception {
    for (ActorSystem system : systems) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void echoesOverSocketsAndTakesThePortAgainAfterUnbinding(boolean loop) throws Exception {
    ActorSystem system = start("echo", loop);
    assertEquals(loop, Engine.loopOf(system).isPresent());
    int port = 0;
    for (int i = 0; i < 3; i++) {
      Tcp.ServerBinding binding = echo(system, port);
      port = binding.localAddress().getPort();
      for (int client = 0; client < 5; client++) assertEchoes(port);
      binding.unbind().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void actorsStreamsAndPekkosOwnShareOneThread() throws Exception {
    ActorSystem system = start("one", true);
    Thread actors = threadOf(system, Dispatchers.DefaultDispatcherId());
    assertSame(actors, threadOf(system, "pekko.actor.internal-dispatcher"));
    assertSame(actors, threadOf(system, KeyspaceShard.BACKGROUND_DISPATCHER));
    assertSame(actors, threadOf(system, "understudy.selector-dispatcher"));
    assertEquals("one-loop", actors.getName());
    assertNotSame(actors, threadOf(system, Dispatchers.DefaultBlockingDispatcherId()));
    assertEchoes(echo(system, 0).localAddress().getPort());
  }

  @Test
  void blockingWorkHasNoThreadBeforeThereIsSome() throws Exception {
    ActorSystem system = start("lazy", true);
    assertEchoes(echo(system, 0).localAddress().getPort());
    assertEquals(List.of("lazy-loop"), threadsOf("lazy"));
    threadOf(system, Dispatchers.DefaultBlockingDispatcherId());
    assertEquals(2, threadsOf("lazy").size());
  }

  @Test
  void idleServerSleeps() throws Exception {
    ActorSystem system = start("idle", true);
    try (Socket open = new Socket(InetAddress.getLoopbackAddress(), echo(system, 0).localAddress().getPort())) {
      echoOnce(open);
      EventLoop loop = Engine.loopOf(system).orElseThrow();
      CompletableFuture<Long> rounds = new CompletableFuture<>();
      // Two timers: the first finds the server settled.
      after(system, 100, () -> {
        long before = loop.rounds();
        after(system, 300, () -> rounds.complete(loop.rounds() - before));
      });
      long passed = rounds.get(10, TimeUnit.SECONDS);
      assertTrue(passed <= 8, "rounds in 300 ms: " + passed);
    }
  }

  private static void after(ActorSystem system, int millis, Runnable task) {
    system.scheduler().scheduleOnce(Duration.ofMillis(millis), task, system.dispatcher());
  }

  @Test
  void terminatingEndsTheThreadOfThisSystemOnly() throws Exception {
    ActorSystem stays = start("stays", true);
    ActorSystem goes = start("goes", true);
    int port = echo(stays, 0).localAddress().getPort();
    assertEchoes(echo(goes, 0).localAddress().getPort());
    Thread thread = threadOf(goes, Dispatchers.DefaultDispatcherId());
    assertNotSame(thread, threadOf(stays, Dispatchers.DefaultDispatcherId()));
    goes.terminate();
    goes.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    thread.join(10_000);
    assertFalse(thread.isAlive());
    assertEchoes(port);
  }

  @Test
  void clientAndServerOnOneLoop() throws Exception {
    ActorSystem system = start("both", true);
    InetSocketAddress address = echo(system, 0).localAddress();
    String reply = Source.single(ByteString.fromString("hello"))
        .via(Tcp.get(system).outgoingConnection(address.getHostString(), address.getPort()))
        .runFold("", (text, bytes) -> text + bytes.utf8String(), system)
        .toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertEquals("hello", reply);
  }

  /** Work in slices, as an actor should do it: sockets are served between any two of them. */
  @Test
  void backgroundWorkDoesNotKeepClientsWaiting() throws Exception {
    ActorSystem system = start("slices", true);
    ActorRef worker = system.actorOf(Props.create(Slicer.class, Slicer::new));
    CountDownLatch started = new CountDownLatch(1);
    AtomicInteger slices = new AtomicInteger();
    worker.tell(new Work(slices, started), ActorRef.noSender());
    assertTrue(started.await(10, TimeUnit.SECONDS));
    int port = echo(system, 0).localAddress().getPort();
    for (int i = 0; i < 10; i++) assertEchoes(port);
    int before = slices.get();
    assertEchoes(port);
    assertTrue(slices.get() > before);
    system.stop(worker);
  }

  private record Work(AtomicInteger slices, CountDownLatch started) {}

  private static final class Slicer extends AbstractActor {
    @Override
    public Receive createReceive() {
      return receiveBuilder().match(Work.class, work -> {
        work.slices.incrementAndGet();
        work.started.countDown();
        context().system().dispatchers().lookup(KeyspaceShard.BACKGROUND_DISPATCHER)
            .execute(() -> self().tell(work, self()));
      }).build();
    }
  }

  private static Tcp.ServerBinding echo(ActorSystem system, int port) throws Exception {
    return Tcp.get(system).bind("127.0.0.1", port)
        .to(Sink.foreach(client -> client.handleWith(Flow.of(ByteString.class), system)))
        .run(system).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static void assertEchoes(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      for (int i = 0; i < 20; i++) echoOnce(socket);
      socket.shutdownOutput();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  private static void echoOnce(Socket socket) throws Exception {
    byte[] sent = new byte[100];
    sent[7] = 7;
    socket.getOutputStream().write(sent);
    InputStream in = socket.getInputStream();
    assertArrayEquals(sent, in.readNBytes(sent.length));
  }

  private static Thread threadOf(ActorSystem system, String dispatcher) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    system.dispatchers().lookup(dispatcher).execute(() -> thread.complete(Thread.currentThread()));
    return thread.get(10, TimeUnit.SECONDS);
  }

  private static List<String> threadsOf(String system) {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
        .filter(name -> name.startsWith(system + "-")).toList();
  }
}
