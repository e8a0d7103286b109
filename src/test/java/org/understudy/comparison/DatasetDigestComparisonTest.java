package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.collection.CollectionForm;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;

/** Random datasets of strings, in ours and in the real server: DEBUG DIGEST must be the same. */
class DatasetDigestComparisonTest {
  private static final int KEYS = 3000;

  @BeforeAll
  static void needsTheRealServer() {
    RealRedis.assumeInstalled();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomDatasetsHaveTheSameDigest(long seed) {
    Random random = new Random(seed);
    long now = System.currentTimeMillis();
    Keyspace keyspace = new Keyspace(16, seed, () -> now, () -> 0, CollectionForm.values());
    try (RealRedis real = RealRedis.start("--enable-debug-command", "yes"); RespClient client = real.connect()) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        int index = random.nextInt(4) * 5;
        byte[] key = new byte[random.nextInt(random.nextInt(10) == 0 ? 300 : 3)];
        byte[] value = random.nextBoolean() ? Bytes.of(random.nextInt()) : new byte[random.nextInt(200)];
        random.nextBytes(key);
        if (random.nextInt(50) == 0) value = new byte[random.nextInt(20_000)];
        long expireAt = random.nextInt(3) == 0 ? now + 1_000_000 : Entry.NO_EXPIRE;
        commands.add(new Object[] {"SELECT", index});
        commands.add(expireAt == Entry.NO_EXPIRE ? new Object[] {"SET", key, value}
            : new Object[] {"SET", key, value, "PXAT", expireAt});
        Database database = keyspace.database(index);
        database.setString(key, value, expireAt);
        if (random.nextInt(4) == 0) {
          commands.add(new Object[] {"APPEND", key, value});
          database.append(key, value);
        }
      }
      client.pipeline(commands);
      assertEquals(client.call("DEBUG", "DIGEST"), Digest.of(keyspace).hex());
    }
  }
}
