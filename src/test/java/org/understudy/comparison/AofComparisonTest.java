package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/** Append-only files that go from us to the real server and from it to us. */
@NeedsRealRedis
class AofComparisonTest {
  private static final List<String> DIGESTED = List.of("string", "expiring", "list", "set", "intset", "hash", "zset",
      "stream");

  @TempDir
  Path kept;

  private static void fill(RespClient client) {
    client.call("SET", "string", "value");
    client.call("SET", "expiring", "value", "PX", "1000000000");
    client.call("SET", "gone", "value", "PX", "1");
    for (int i = 0; i < 200; i++) {
      client.call("RPUSH", "list", "element " + i);
      client.call("SADD", "set", "member " + i);
      client.call("HSET", "hash", "field " + i, "value " + i);
      client.call("ZADD", "zset", Double.toString(i * 0.3), "member " + i);
    }
    client.call("SADD", "intset", "1", "2", "3");
    client.call("XADD", "stream", "1-1", "field", "value");
    client.call("XADD", "stream", "2-1", "field", "value");
    client.call("XGROUP", "CREATE", "stream", "group", "0");
    client.call("XREADGROUP", "GROUP", "group", "consumer", "COUNT", "1", "STREAMS", "stream", ">");
    client.call("MULTI");
    client.call("INCR", "counter");
    client.call("SPOP", "set");
    client.call("EXEC");
    client.call("SELECT", "3");
    client.call("SET", "other", "value");
    client.call("SELECT", "0");
  }

  private static void rewrite(RespClient client) {
    client.call("BGREWRITEAOF");
    String info;
    do {
      info = client.call("INFO", "persistence").toString();
    } while (info.contains("aof_rewrite_in_progress:1") || info.contains("aof_rewrite_scheduled:1"));
    assertTrue(info.contains("aof_last_bgrewrite_status:ok"));
    client.call("APPEND", "string", " and more");
    client.call("LPOP", "list");
  }

  private static Object digest(RespClient client) {
    return client.call(Stream.concat(Stream.of("DEBUG", "DIGEST-VALUE"), DIGESTED.stream()).toArray());
  }

  /** Copies a folder aside, since both servers delete theirs. */
  private Path keep(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Path copy = Files.createDirectories(kept.resolve("appendonlydir"));
      for (Path file : files.toList()) Files.copy(file, copy.resolve(file.getFileName()));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(Path folder) {
    try {
      Process check = new ProcessBuilder("redis-check-aof", folder.resolve("appendonly.aof.manifest").toString())
          .redirectErrorStream(true).start();
      String output = new String(check.getInputStream().readAllBytes());
      assertEquals(0, check.waitFor(), output);
      assertTrue(output.contains("All AOF files and manifest are valid"), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"no, no", "yes, no", "yes, yes"})
  void theRealServerReadsWhatWeWrote(String rewritten, String preamble) throws IOException {
    Object expected;
    Path files;
    try (TestServer ours = TestServer.start("appendonly yes", "aof-use-rdb-preamble " + preamble,
        "aof-timestamp-enabled yes", "appendfsync always"); RespClient client = ours.client()) {
      fill(client);
      if (rewritten.equals("yes")) rewrite(client);
      expected = digest(client);
      files = keep(ours.folder().resolve("appendonlydir"));
    }
    check(files);
    try (RealRedis redis = RealRedis.start("--appendonly", "yes", "--enable-debug-command", "yes", "--dir",
        kept.toString()); RespClient client = redis.connect()) {
      assertEquals(expected, digest(client));
      assertEquals("1", client.call("GET", "counter"));
      client.call("SELECT", "3");
      assertEquals("value", client.call("GET", "other"));
    }
  }

  @ParameterizedTest
  @CsvSource({"no, no", "yes, no", "yes, yes"})
  void weReadWhatTheRealServerWrote(String rewritten, String preamble) {
    Object expected;
    try (RealRedis redis = RealRedis.start("--appendonly", "yes", "--enable-debug-command", "yes",
        "--aof-use-rdb-preamble", preamble, "--aof-timestamp-enabled", "yes",
        "--appendfsync", "always"); // with everysec it may answer before it writes
        RespClient client = redis.connect()) {
      fill(client);
      if (rewritten.equals("yes")) rewrite(client);
      expected = digest(client);
      keep(redis.folder().resolve("appendonlydir"));
    }
    try (TestServer ours = TestServer.start("appendonly yes", "dir " + kept); RespClient client = ours.client()) {
      assertEquals(expected, digest(client));
      assertEquals("1", client.call("GET", "counter"));
      client.call("SELECT", "3");
      assertEquals("value", client.call("GET", "other"));
    }
  }

  @Test
  void theSameCommandsMakeTheSameFile() throws IOException {
    byte[] theirs;
    byte[] ours;
    try (RealRedis redis = RealRedis.start("--appendonly", "yes", "--appendfsync", "always");
        RespClient client = redis.connect()) {
      deterministic(client);
      theirs = Files.readAllBytes(redis.folder().resolve("appendonlydir/appendonly.aof.1.incr.aof"));
    }
    try (TestServer server = TestServer.start("appendonly yes", "appendfsync always");
        RespClient client = server.client()) {
      deterministic(client);
      ours = Files.readAllBytes(server.folder().resolve("appendonlydir/appendonly.aof.1.incr.aof"));
    }
    assertEquals(new String(theirs), new String(ours));
  }

  private static void deterministic(RespClient client) {
    client.call("SET", "a", "1", "EXAT", "33177117420");
    client.call("GETEX", "a", "PERSIST");
    client.call("SADD", "set", "only");
    client.call("SPOP", "set");
    client.call("PUBLISH", "channel", "not for the file");
    client.call("RPUSH", "list", "1", "2");
    client.call("BLPOP", "list", "0");
    client.call("INCRBYFLOAT", "a", "0.5");
    client.call("MULTI");
    client.call("SET", "b", "1");
    client.call("SELECT", "2");
    client.call("SET", "b", "1");
    client.call("EXEC");
    client.call("FLUSHALL");
  }
}
