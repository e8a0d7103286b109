package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.testing.TestServer;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** What users of Jedis do. */
class JedisScenarioTest {
  private TestServer server;
  private Jedis jedis;

  @BeforeEach
  void connect() {
    server = TestServer.start();
    jedis = new Jedis("127.0.0.1", server.port());
  }

  @AfterEach
  void disconnect() {
    jedis.close();
    server.close();
  }

  @Test
  void valuesAreKeptAndExpire() {
    assertEquals("OK", jedis.set("greeting", "hello", SetParams.setParams().ex(100)));
    assertEquals("hello", jedis.get("greeting"));
    assertTrue(jedis.ttl("greeting") > 90);
    assertEquals(11, jedis.append("greeting", " world"));
    assertEquals("wor", jedis.getrange("greeting", 6, 8));
    assertNull(jedis.get("nothing"));
  }

  @Test
  void anErrorIsAnExceptionAndTheConnectionGoesOn() {
    jedis.set("text", "abc");
    JedisDataException error = assertThrows(JedisDataException.class, () -> jedis.incr("text"));
    assertEquals("ERR value is not an integer or out of range", error.getMessage());
    assertEquals("abc", jedis.get("text"));
  }

  @Test
  void aPipelineOfTenThousandIsAnsweredInOrder() {
    Pipeline pipeline = jedis.pipelined();
    List<Response<Long>> answers = new java.util.ArrayList<>();
    for (int i = 0; i < 10_000; i++) answers.add(pipeline.incr("counter"));
    pipeline.sync();
    for (int i = 0; i < 10_000; i++) assertEquals(i + 1, answers.get(i).get());
  }

  @Test
  void aTransactionRunsUnlessAWatchedKeyChanges() {
    jedis.set("balance", "10");
    jedis.watch("balance");
    Transaction undisturbed = jedis.multi();
    Response<Long> after = undisturbed.decrBy("balance", 3);
    undisturbed.exec();
    assertEquals(7, after.get());

    jedis.watch("balance");
    try (Jedis other = new Jedis("127.0.0.1", server.port())) {
      other.set("balance", "1000");
    }
    Transaction disturbed = jedis.multi();
    disturbed.decrBy("balance", 3);
    assertNull(disturbed.exec());
    assertEquals("1000", jedis.get("balance"));
  }

  @Test
  void aScanFindsEveryKey() {
    Set<String> written = new HashSet<>();
    for (int i = 0; i < 3000; i++) {
      jedis.set("key:" + i, "v");
      written.add("key:" + i);
    }
    Set<String> found = new HashSet<>();
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> page = jedis.scan(cursor, new ScanParams().match("key:*").count(100));
      found.addAll(page.getResult());
      cursor = page.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertEquals(written, found);
  }

  @Test
  void subscribersGetWhatIsPublished() throws InterruptedException {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    JedisPubSub listener = new JedisPubSub() {
      @Override
      public void onSubscribe(String channel, int count) {
        received.add("subscribed " + channel);
      }

      @Override
      public void onMessage(String channel, String message) {
        received.add(channel + ": " + message);
        unsubscribe();
      }
    };
    Thread subscriber = new Thread(() -> {
      try (Jedis connection = new Jedis("127.0.0.1", server.port())) {
        connection.subscribe(listener, "news");
      }
    });
    subscriber.start();
    assertEquals("subscribed news", received.poll(10, TimeUnit.SECONDS));
    assertEquals(1, jedis.publish("news", "it works"));
    assertEquals("news: it works", received.poll(10, TimeUnit.SECONDS));
    subscriber.join(10_000);
  }

  @Test
  void resp3IsSpokenToo() {
    DefaultJedisClientConfig config = DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP3).build();
    try (JedisPooled pooled = new JedisPooled(new HostAndPort("127.0.0.1", server.port()), config)) {
      pooled.set("a", "1");
      assertEquals("1", pooled.get("a"));
      assertEquals(List.of("1"), pooled.mget("a"));
      assertEquals(2, pooled.incr("a"));
    }
  }
}
