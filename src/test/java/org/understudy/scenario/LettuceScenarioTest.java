package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.testing.TestServer;

/** What users of Lettuce do; it speaks RESP3 by itself. */
class LettuceScenarioTest {
  private TestServer server;
  private RedisClient client;

  @BeforeEach
  void connect() {
    server = TestServer.start("requirepass secret");
    client = RedisClient.create(RedisURI.builder().withHost("127.0.0.1").withPort(server.port())
        .withPassword("secret".toCharArray()).withClientName("lettuce").build());
  }

  @AfterEach
  void disconnect() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void theHandshakeLogsInAndNamesTheConnection() {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      assertEquals("PONG", commands.ping());
      assertEquals("lettuce", commands.clientGetname());
      assertTrue(commands.clientList().contains("resp=3"));
      assertTrue(commands.info("server").contains("redis_version:7.0.15"));
    }
  }

  @Test
  void manyRequestsAreUnderWayAtOnce() throws Exception {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisAsyncCommands<String, String> commands = connection.async();
      List<RedisFuture<Long>> answers = new ArrayList<>();
      for (int i = 0; i < 5000; i++) answers.add(commands.incr("n"));
      for (int i = 0; i < 5000; i++) assertEquals(i + 1, answers.get(i).get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aTransactionAnswersForEachOfItsCommands() {
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      commands.multi();
      commands.set("a", "1");
      commands.incr("a");
      TransactionResult result = commands.exec();
      assertFalse(result.wasDiscarded());
      assertEquals("OK", result.get(0));
      assertEquals(2L, result.<Long>get(1));
    }
  }

  @Test
  void patternsAreSubscribedTo() throws InterruptedException {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
        StatefulRedisConnection<String, String> publisher = client.connect()) {
      subscriber.addListener(new RedisPubSubAdapter<>() {
        @Override
        public void message(String pattern, String channel, String message) {
          received.add(pattern + " " + channel + " " + message);
        }
      });
      subscriber.sync().psubscribe("news.*");
      assertEquals(1, publisher.sync().publish("news.local", "hello"));
      assertEquals("news.* news.local hello", received.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aCacheInTheClientIsToldWhatChanged() throws InterruptedException {
    Map<String, String> cache = new ConcurrentHashMap<>();
    BlockingQueue<String> invalidated = new LinkedBlockingQueue<>();
    CacheAccessor<String, String> accessor = new CacheAccessor<>() {
      @Override
      public String get(String key) {
        return cache.get(key);
      }

      @Override
      public void put(String key, String value) {
        cache.put(key, value);
      }

      @Override
      public void evict(String key) {
        cache.remove(key);
        invalidated.add(key);
      }
    };
    try (StatefulRedisConnection<String, String> connection = client.connect();
        StatefulRedisConnection<String, String> other = client.connect()) {
      other.sync().set("price", "10");
      try (CacheFrontend<String, String> prices =
          ClientSideCaching.enable(accessor, connection, TrackingArgs.Builder.enabled())) {
        assertEquals("10", prices.get("price"));
        assertNotNull(cache.get("price"));
        other.sync().set("price", "11");
        assertEquals("price", invalidated.poll(10, TimeUnit.SECONDS));
        assertEquals("11", prices.get("price"));
      }
    }
  }
}
