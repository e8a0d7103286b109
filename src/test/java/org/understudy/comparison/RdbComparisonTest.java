package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.collection.CollectionForm;
import org.understudy.rdb.Payload;
import org.understudy.rdb.RdbOutput;
import org.understudy.rdb.RdbReader;
import org.understudy.rdb.RdbWriter;
import org.understudy.rdb.ReadOptions;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;

/**
 * Files and payloads of the real server are read here, and ours there, with nothing lost, in every type and encoding.
 */
@NeedsRealRedis
class RdbComparisonTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long FAR = 4_000_000_000_000L;
  private static final int DATABASES = 16;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Config config = Config.defaults();
  private RealRedis redis;
  private RespClient client;

  @BeforeEach
  void start() {
    redis = RealRedis.start("--enable-debug-command", "yes", "--list-compress-depth", "0");
    client = redis.connect();
  }

  @AfterEach
  void stop() {
    if (client != null) client.close();
    if (redis != null) redis.close();
  }

  /** @param limit of everything that decides how far collections are packed; -1 for what the defaults are */
  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 5, 1000})
  void filesOfTheRealServerAreReadAndOursThere(int limit) throws IOException {
    limit(limit);
    client.pipeline(dataset());
    client.call("SAVE");
    List<String> streams = streams();
    Path file = redis.folder().resolve("dump.rdb");
    Keyspace ours = read(Files.readAllBytes(file));
    assertSameDataset(ours);

    Files.write(file, write(ours));
    client.call("CONFIG", "SET", "sanitize-dump-payload", "yes");
    client.call("FLUSHALL");
    assertEquals("OK", client.call("DEBUG", "RELOAD", "NOSAVE"), () -> "seed " + seed + "\n" + redis.log());
    assertSameDataset(ours);
    assertEquals(streams, streams(), () -> "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 5, 1000})
  void payloadsOfTheRealServerAreReadAndOursThere(int limit) {
    limit(limit);
    client.call("CONFIG", "SET", "rdbcompression", "no");
    client.call("CONFIG", "SET", "sanitize-dump-payload", "yes");
    client.pipeline(dataset());
    Database ours = keyspace().database(0);
    Entry entry = new Entry();
    for (Object key : (List<?>) client.call("KEYS", "*")) {
      client.call("PERSIST", key); // a payload has no expiry, a digest has
      byte[] name = Bytes.of((String) key);
      byte[] payload = Bytes.of((String) client.call("DUMP", key));
      assertTrue(Payload.isIntact(payload, true));
      Payload.read(payload, options()).putInto(ours, name, Entry.NO_EXPIRE);
      client.call("RESTORE", key, 0, payload, "REPLACE"); // which may have another encoding then
      byte[] expected = Bytes.of((String) client.call("DUMP", key));
      assertTrue(ours.find(name, entry));
      assertEquals(client.call("OBJECT", "ENCODING", key), entry.encodingName(), "seed " + seed);
      for (boolean compress : new boolean[] {false, true}) {
        byte[] own = bytes(Payload.of(entry, compress));
        if (!compress && isOrdered(entry)) assertArrayEquals(expected, own, () -> "seed " + seed + " " + key);
        String digest = digest(key);
        String stream = stream(key);
        assertEquals("OK", client.call("RESTORE", key, 0, own, "REPLACE"), () -> "seed " + seed + " " + key);
        assertEquals(digest, digest(key), () -> "seed " + seed + " " + key);
        assertEquals(stream, stream(key), () -> "seed " + seed + " " + key);
      }
      assertEquals(digest(key), Digest.ofValue(entry).hex(), () -> "seed " + seed + " " + key);
    }
  }

  /** Whether equal values have equal payloads: what is in a hash table comes in any order. */
  private static boolean isOrdered(Entry entry) {
    return !entry.encodingName().equals("hashtable");
  }

  private String digest(Object key) {
    return ((List<?>) client.call("DEBUG", "DIGEST-VALUE", key)).get(0).toString();
  }

  /** What a digest does not tell: groups, consumers and what is pending. Empty for other types. */
  private String stream(Object key) {
    if (!key.toString().contains("XADD")) return "";
    return client.call("XINFO", "STREAM", key, "FULL", "COUNT", 0).toString();
  }

  private List<String> streams() {
    List<String> streams = new ArrayList<>();
    for (int i = 0; i < DATABASES; i++) {
      client.call("SELECT", i);
      for (Object key : new TreeSet<>((List<?>) client.call("KEYS", "*XADD*"))) streams.add(key + ": " + stream(key));
    }
    return streams;
  }

  private void assertSameDataset(Keyspace ours) {
    if (Digest.of(ours).hex().equals(client.call("DEBUG", "DIGEST"))) return;
    Entry entry = new Entry();
    for (int i = 0; i < DATABASES; i++) { // which key is it?
      client.call("SELECT", i);
      for (Object key : new TreeSet<>((List<?>) client.call("KEYS", "*"))) {
        assertTrue(ours.database(i).find(Bytes.of((String) key), entry), () -> "seed " + seed + ": no " + key);
        assertEquals(digest(key), Digest.ofValue(entry).hex(), () -> "seed " + seed + ": " + key);
      }
    }
    assertEquals(client.call("DEBUG", "DIGEST"), Digest.of(ours).hex(), "seed " + seed);
  }

  // ---- ours --------------------------------------------------------------------------------------------------------

  private static Keyspace keyspace() {
    return new Keyspace(DATABASES, 1, () -> NOW, () -> 0, CollectionForm.values());
  }

  private ReadOptions options() {
    return ReadOptions.of(config, 1);
  }

  private Keyspace read(byte[] file) {
    Keyspace keyspace = keyspace();
    RdbReader reader = new RdbReader(options(), entry -> entry.addTo(keyspace));
    int piece = 1 + random.nextInt(10_000);
    for (int at = 0; at < file.length; at += piece) reader.read(file, at, Math.min(piece, file.length - at));
    reader.requireFinished();
    return keyspace;
  }

  private byte[] write(Keyspace keyspace) {
    RdbOutput out = new RdbOutput(1000, random.nextBoolean(), random.nextBoolean());
    RdbWriter writer = new RdbWriter(out, RdbWriter.Access.values()[random.nextInt(2)]);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    writer.header(new RdbWriter.Origin("7.0.15", NOW / 1000, 0, null, false));
    int budget = 1 + random.nextInt(1000);
    for (int i = 0; i < DATABASES; i++) {
      Database database = keyspace.database(i);
      if (database.size() > 0) writer.database(i, database.size(), database.expires());
      database.forEach(entry -> {
        writer.begin(database.index(), entry, keyspace.accessClock(), NOW);
        while (!writer.step(budget)) file.writeBytes(bytes(out.take()));
      });
    }
    writer.end();
    file.writeBytes(bytes(out.take()));
    return file.toByteArray();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  // ---- the dataset -------------------------------------------------------------------------------------------------

  private void limit(int limit) {
    if (limit < 0) return;
    for (String directive : new String[] {"hash-max-listpack-entries", "hash-max-listpack-value",
        "zset-max-listpack-entries", "zset-max-listpack-value", "set-max-intset-entries", "list-max-listpack-size",
        "stream-node-max-entries"}) {
      String value = Integer.toString(directive.startsWith("list") ? Math.max(1, limit) : limit);
      client.call("CONFIG", "SET", directive, value);
      config.set(List.of(new Config.Setting(directive, value)), true, false);
    }
  }

  private List<Object[]> dataset() {
    List<Object[]> commands = new ArrayList<>();
    for (int round = 0; round < 12; round++) {
      int size = round < 8 ? 1 + random.nextInt(20) : 1 + random.nextInt(2000);
      for (String add : new String[] {"SET", "HSET", "SADD", "SADD numbers", "ZADD", "RPUSH", "XADD"}) {
        Object key = round + " " + add;
        if (add.equals("XADD")) groups(commands, key, size);
        for (int left = size; left > 0; left--) commands.add(command(add, key));
        if (random.nextInt(4) == 0) commands.add(new Object[] {"PEXPIREAT", key, FAR});
        if (random.nextInt(3) == 0) commands.add(new Object[] {"MOVE", key, 1 + random.nextInt(3)});
      }
    }
    return commands;
  }

  /** Fills a stream among other things, so that some of it is read, pending for several consumers, and deleted. */
  private void groups(List<Object[]> commands, Object key, int size) {
    for (int i = random.nextInt(4); i > 0; i--) {
      String group = "group " + i;
      commands.add(new Object[] {"XGROUP", "CREATE", key, group, "0", "MKSTREAM"});
      for (int left = random.nextInt(2 + size); left > 0; left--) {
        commands.add(command("XADD", key));
        String consumer = "consumer " + random.nextInt(3);
        commands.add(new Object[] {"XREADGROUP", "GROUP", group, consumer, "COUNT", 1 + random.nextInt(3),
            "STREAMS", key, random.nextInt(5) == 0 ? "0" : ">"});
      }
      if (random.nextInt(2) == 0) commands.add(new Object[] {"XTRIM", key, "MAXLEN", random.nextInt(100)});
      commands.add(new Object[] {"XADD", key, "9000000000000000-" + i, "f", "v"});
      if (random.nextInt(2) == 0) commands.add(new Object[] {"XDEL", key, "9000000000000000-" + i});
      if (random.nextInt(4) == 0) commands.add(new Object[] {"XGROUP", "CREATECONSUMER", key, group, "idle"});
    }
  }

  private Object[] command(String name, Object key) {
    return switch (name) {
      case "SET" -> new Object[] {name, key, element()};
      case "HSET" -> new Object[] {name, key, element(), element()};
      case "RPUSH" -> new Object[] {name, key, element()};
      case "SADD" -> new Object[] {name, key, element()};
      case "SADD numbers" -> new Object[] {"SADD", key, random.nextLong() >> random.nextInt(64)};
      case "XADD" -> random.nextInt(3) == 0
          ? new Object[] {name, key, "*", "name", element(), "other", element(), element(), element()}
          : new Object[] {name, key, "*", "name", element(), "other", element()};
      case "ZADD" -> new Object[] {name, key, score(), element()};
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Object score() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextDouble() * 100;
      case 1 -> "-inf";
      case 2 -> "+inf";
      case 3 -> random.nextGaussian() * 1e300;
      default -> random.nextInt(1000) - 300;
    };
  }

  private Object element() {
    return switch (random.nextInt(8)) {
      case 0 -> Long.toString(random.nextLong());
      case 1 -> Integer.toString(random.nextInt());
      case 2 -> Integer.toString(random.nextInt(100_000) - 50_000);
      case 3 -> Integer.toString(random.nextInt(300) - 150);
      case 4 -> "repeated ".repeat(random.nextInt(20));
      case 5 -> bytes(random.nextInt(100));
      case 6 -> random.nextInt(50) == 0 ? bytes(random.nextInt(30_000)) : "";
      default -> "element " + random.nextInt(10_000);
    };
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
