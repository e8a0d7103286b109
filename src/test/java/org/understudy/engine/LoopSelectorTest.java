package org.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopSelectorTest {
  private static final int FOREVER = 0;

  private final EventLoop loop =
      new EventLoop(LoopThread.named("test-loop", (thread, trouble) -> { }), System::nanoTime);
  private final ExecutorService executor = loop.newExecutor();
  private LoopSelector selector;
  private Pipe pipe;

  @BeforeEach
  void open() throws Exception {
    SelectorProvider provider = SelectorProvider.provider();
    selector = new LoopSelector(loop, provider, provider.openSelector());
    pipe = Pipe.open();
    pipe.source().configureBlocking(false);
  }

  @AfterEach
  void close() throws Exception {
    executor.shutdown();
    selector.close();
    pipe.source().close();
    pipe.sink().close();
  }

  @Test
  void readyKeysAreThoseOfTheChannels() throws Exception {
    SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ, "attached");
    assertEquals(1, selector.keys().size());
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    onLoop(() -> {
      assertEquals(1, selector.select(FOREVER));
      Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
      SelectionKey ready = keys.next();
      assertSame(key, ready);
      assertEquals("attached", ready.attachment());
      assertTrue(ready.isReadable());
      assertFalse(keys.hasNext());
      // Not taken out: it stays, once.
      selector.selectNow();
      assertEquals(1, selector.selectedKeys().size());
      selector.selectedKeys().clear();
      assertEquals(1, selector.selectNow());
      keys = selector.selectedKeys().iterator();
      keys.next();
      keys.remove();
      assertTrue(selector.selectedKeys().isEmpty());
      key.interestOps(0);
      assertEquals(0, selector.selectNow());
      return null;
    });
  }

  @Test
  void connectionsAreForgottenWhoeverClosedThem() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      for (int i = 0; i < 500; i++) {
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        DrainedSocketChannel connection = new DrainedSocketChannel(SelectorProvider.provider(), server.accept());
        connection.configureBlocking(false);
        connection.register(selector, SelectionKey.OP_READ).channel().close();
        client.close();
      }
    }
    assertTrue(loop.connections().size() <= 100, "still known: " + loop.connections().size());
  }

  @Test
  void selectDoesNotBlockWhileWorkIsQueued() throws Exception {
    onLoop(() -> {
      loop.execute(() -> { });
      assertEquals(0, selector.select(FOREVER));
      return null;
    });
    onLoop(() -> {
      loop.executeWhenIdle(() -> { });
      assertEquals(0, selector.select(FOREVER));
      return null;
    });
  }

  @Test
  void anotherThreadsTaskEndsTheSelect() throws Exception {
    for (int i = 0; i < 200; i++) {
      long sleeps = loop.sleeps();
      CompletableFuture<Integer> selected = onLoopLater(() -> selector.select(FOREVER));
      if (i % 2 == 0) while (loop.sleeps() == sleeps) Thread.yield();
      assertEquals(i, executor.submit(value(i)).get(10, TimeUnit.SECONDS));
      assertEquals(0, selected.get(10, TimeUnit.SECONDS));
    }
  }

  private static Callable<Integer> value(int i) {
    return () -> i;
  }

  @Test
  void timerEndsTheSelect() throws Exception {
    CompletableFuture<Boolean> fired = new CompletableFuture<>();
    CompletableFuture<Integer> selected = onLoopLater(() -> {
      loop.timers().add(new TimerHeap.Timer(loop.nanoTime() + 20_000_000) {
        @Override
        void fire() {
          fired.complete(true);
        }
      });
      return selector.select(FOREVER);
    });
    assertEquals(0, selected.get(10, TimeUnit.SECONDS));
    assertTrue(fired.get(10, TimeUnit.SECONDS));
  }

  @Test
  void wakeupOnTheLoopMakesTheNextSelectReturnAtOnceWithoutALook() throws Exception {
    pipe.source().register(selector, SelectionKey.OP_READ);
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    onLoop(() -> {
      selector.wakeup();
      assertEquals(0, selector.select(FOREVER));
      assertTrue(selector.selectedKeys().isEmpty());
      assertEquals(1, selector.select(FOREVER));
      return null;
    });
  }

  @Test
  void everySecondSelectInARowLooks() throws Exception {
    pipe.source().register(selector, SelectionKey.OP_READ);
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    onLoop(() -> {
      for (int i = 0; i < 3; i++) {
        selector.wakeup();
        assertEquals(0, selector.select(FOREVER));
        selector.wakeup();
        assertEquals(1, selector.select(FOREVER));
        selector.selectedKeys().clear();
      }
      return null;
    });
  }

  @Test
  void wakeupOnTheLoopDoesNotMakeALookBlock() throws Exception {
    onLoop(() -> {
      selector.wakeup();
      assertEquals(0, selector.select(FOREVER));
      selector.wakeup();
      assertEquals(0, selector.select(FOREVER));
      return null;
    });
  }

  @Test
  void wakeupOfAnotherThreadEndsTheSelect() throws Exception {
    long sleeps = loop.sleeps();
    CompletableFuture<Integer> selected = onLoopLater(() -> selector.select(FOREVER));
    while (loop.sleeps() == sleeps) Thread.yield();
    selector.wakeup();
    assertEquals(0, selected.get(10, TimeUnit.SECONDS));
  }

  @Test
  void onAnyOtherThreadItIsAPlainSelector() throws Exception {
    pipe.source().register(selector, SelectionKey.OP_READ);
    selector.wakeup();
    assertEquals(0, selector.select(FOREVER));
    pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    assertEquals(1, selector.select(FOREVER));
    assertEquals(1, selector.selectedKeys().size());
  }

  @Test
  void cancelledKeyIsForgottenAltogether() throws Exception {
    SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
    key.cancel();
    onLoop(() -> selector.selectNow());
    assertFalse(pipe.source().isRegistered());
    assertTrue(selector.keys().isEmpty());
    // As if it had never been registered: blocking mode is allowed again, and so is another registration.
    pipe.source().configureBlocking(true);
    pipe.source().configureBlocking(false);
    assertNotSame(key, pipe.source().register(selector, SelectionKey.OP_READ));
  }

  @Test
  void secondRegistrationChangesTheFirst() throws Exception {
    SelectionKey first = pipe.source().register(selector, 0, "one");
    SelectionKey second = pipe.source().register(selector, SelectionKey.OP_READ, "two");
    assertSame(first, second);
    assertEquals("two", first.attachment());
    assertEquals(SelectionKey.OP_READ, first.interestOps());
    first.cancel();
    selector.selectNow();
    assertFalse(pipe.source().isRegistered());
  }

  @Test
  void closedSelectorRefuses() throws Exception {
    selector.close();
    onLoop(() -> {
      assertThrows(ClosedSelectorException.class, () -> selector.select(FOREVER));
      assertThrows(ClosedSelectorException.class, selector::selectedKeys);
      assertThrows(ClosedSelectorException.class, selector::keys);
      return null;
    });
  }

  @Test
  void onlyTheThreadOfALoopGetsALoopSelector() throws Exception {
    assertTrue(Engine.loopAvailable(), "run the tests with the options that Engine names");
    try (Selector here = Selector.open()) {
      assertFalse(here instanceof LoopSelector);
    }
    onLoop(() -> {
      try (Selector there = Selector.open()) {
        assertTrue(there instanceof LoopSelector);
      }
      return null;
    });
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    try {
      return onLoopLater(task).get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failed) throw failed;
      throw e;
    }
  }

  private <T> CompletableFuture<T> onLoopLater(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    executor.execute(() -> {
      try {
        result.complete(task.call());
      } catch (Throwable trouble) {
        result.completeExceptionally(trouble);
      }
    });
    return result;
  }
}
