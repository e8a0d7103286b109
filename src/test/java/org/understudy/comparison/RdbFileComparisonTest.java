package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/**
 * The file that one server saves, the other one loads: the same dataset, with every encoding that the types here have.
 */
class RdbFileComparisonTest {
  @BeforeAll
  static void needsTheRealServer() {
    RealRedis.assumeInstalled();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theFileOfTheRealServerLoadsHere(long seed) throws IOException {
    try (RealRedis real = RealRedis.start("--enable-debug-command", "yes"); RespClient theirs = real.connect();
        TestServer server = TestServer.start(); RespClient ours = server.client()) {
      theirs.pipeline(dataset(new Random(seed)));
      assertEquals("OK", theirs.call("SAVE"));
      Files.copy(real.folder().resolve("dump.rdb"), server.folder().resolve("dump.rdb"));
      assertEquals("OK", ours.call("DEBUG", "RELOAD", "NOSAVE"));
      assertEquals(theirs.call("DEBUG", "DIGEST"), ours.call("DEBUG", "DIGEST"));
      assertEquals(theirs.call("DBSIZE"), ours.call("DBSIZE"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 4})
  void ourFileLoadsInTheRealServer(long seed) throws IOException {
    try (RealRedis real = RealRedis.start("--enable-debug-command", "yes"); RespClient theirs = real.connect();
        TestServer server = TestServer.start(); RespClient ours = server.client()) {
      ours.pipeline(dataset(new Random(seed)));
      assertEquals("OK", ours.call("SAVE"));
      Files.copy(server.folder().resolve("dump.rdb"), real.folder().resolve("dump.rdb"),
          StandardCopyOption.REPLACE_EXISTING);
      assertEquals("OK", theirs.call("DEBUG", "RELOAD", "NOSAVE"));
      assertEquals(ours.call("DEBUG", "DIGEST"), theirs.call("DEBUG", "DIGEST"));
      assertTrue(real.log().contains("Loading RDB produced by version 7.0.15"));
    }
  }

  /** Small and large values of all types, some that were small once, with and without expiry, in two databases. */
  private static List<Object[]> dataset(Random random) {
    List<Object[]> commands = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      if (i % 50 == 0) commands.add(new Object[] {"SELECT", i / 50 % 2 * 9});
      int elements = random.nextInt(random.nextInt(20) == 0 ? 2000 : 20) + 1;
      String key = "key:" + i;
      for (int e = 0; e < elements; e++) commands.add(element(random, key, i % 7));
      if (random.nextInt(4) == 0) commands.add(new Object[] {"EXPIRE", key, 1000 + random.nextInt(1000)});
    }
    return commands;
  }

  private static Object[] element(Random random, String key, int type) {
    String text = random.nextInt(3) == 0 ? Integer.toString(random.nextInt())
        : Integer.toHexString(random.nextInt()).repeat(1 + random.nextInt(random.nextInt(20) == 0 ? 100 : 4));
    return switch (type) {
      case 0 -> random.nextBoolean() ? new Object[] {"SET", key, text} : new Object[] {"APPEND", key, text};
      case 1 -> new Object[] {"HSET", key, text, random.nextInt()};
      case 2 -> new Object[] {"SADD", key, text};
      case 3 -> new Object[] {"SADD", key, random.nextInt(1 << random.nextInt(31))};
      case 4 -> new Object[] {random.nextBoolean() ? "RPUSH" : "LPUSH", key, text};
      case 5 -> new Object[] {"XADD", key, "*", text, random.nextInt()};
      default -> new Object[] {"ZADD", key, random.nextGaussian(), text};
    };
  }
}
