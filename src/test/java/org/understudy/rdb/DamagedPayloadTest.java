package org.understudy.rdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.collection.CollectionForm;
import org.understudy.testing.CommandRunner;
import org.understudy.testing.RespReader;

/** Values of every type and encoding, cut into pieces, cut off, or with a byte changed. */
class DamagedPayloadTest {
  private static final Map<String, byte[]> SAMPLES = PayloadSamples.all();
  private static final long MUCH_MEMORY = 100_000;

  /** What a client may ask of a value, whatever is in it: answers do not matter, exceptions do. */
  private static final Map<String, String[]> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("string", new String[] {"GET k", "APPEND k x", "INCR k"});
    QUESTIONS.put("list", new String[] {"LRANGE k 0 -1", "LPOS k a RANK -1", "LINSERT k BEFORE a x", "LSET k 1 y",
        "LREM k 0 a", "LPUSH k x", "RPOP k 2", "LTRIM k 1 -1"});
    QUESTIONS.put("set", new String[] {"SMEMBERS k", "SISMEMBER k 300", "SRANDMEMBER k 5", "SADD k 5 70000 b",
        "SREM k 1", "SPOP k"});
    QUESTIONS.put("hash", new String[] {"HGETALL k", "HGET k field", "HRANDFIELD k 2 WITHVALUES",
        "HSET k new x field y", "HINCRBY k 7 1", "HDEL k field"});
    QUESTIONS.put("zset", new String[] {"ZRANGE k 0 -1 WITHSCORES", "ZRANGEBYSCORE k -inf (2", "ZRANGEBYLEX k [a (c",
        "ZRANK k b", "ZADD k 1.5 new 3 a", "ZREMRANGEBYRANK k 0 0", "ZPOPMAX k"});
    QUESTIONS.put("stream", new String[] {"XRANGE k - +", "XREVRANGE k + - COUNT 3", "XINFO STREAM k FULL COUNT 0",
        "XINFO GROUPS k", "XPENDING k group - + 10", "XREADGROUP GROUP group bob STREAMS k >", "XACK k group 1-1",
        "XAUTOCLAIM k group carol 0 0 COUNT 3", "XDEL k 3-1", "XADD k * f v", "XTRIM k MAXLEN 2",
        "XGROUP DELCONSUMER k group alice", "XGROUP DESTROY k group"});
  }

  private final CommandRunner redis = new CommandRunner();

  static Set<String> samples() {
    return SAMPLES.keySet();
  }

  @BeforeEach
  void damagedOnPurpose() {
    redis.dumpCommands.compareChecksums(false);
  }

  @Test
  void thereIsASampleOfEveryTypeThatCanBeRead() {
    Set<Integer> types = new TreeSet<>();
    for (byte[] sample : SAMPLES.values()) types.add((int) sample[0]);
    for (int type = 0; type < 30; type++) {
      boolean module = type == RdbFormat.MODULE || type == RdbFormat.MODULE_2;
      assertEquals(ValueReader.isType(type) && !module, types.contains(type), "type " + type);
    }
  }

  /** Redis reads the number that it begins with. */
  @ParameterizedTest
  @ValueSource(strings = {"3.\0", "nan", "x", "3e999"})
  void aPackedSetWithAScoreThatIsNoNumberIsRefused(String score) {
    int text = score.length();
    int size = 6 + 3 + text + 2 + 1;
    String listpack = (char) size + "\0\0\0\2\0\u0081a\2" + (char) (0x80 | text) + score + (char) (text + 1) + "\u00ff";
    byte[] payload = Bytes.of("\u0011" + (char) size + listpack + "\n\0\0\0\0\0\0\0\0\0");
    assertEquals("ERR Bad data format", redis.error("RESTORE", "k", 0, payload));
    assertEquals("OK", redis.run("RESTORE", "k", 0, Bytes.of("\u0011\r\r\0\0\0\2\0\u0081a\2\u00811\2\u00ff"
        + "\n\0\0\0\0\0\0\0\0\0")));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theSamplesThemselvesAreSound(String sample) {
    assertEquals("OK", redis.run("RESTORE", "k", 0, SAMPLES.get(sample)));
    useAs(sample);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whereverAValueIsCutIntoPiecesItIsTheSame(String sample) {
    byte[] file = PayloadSamples.file(SAMPLES.get(sample));
    String whole = digest(file, file.length, 0);
    for (int cut = 1; cut < file.length; cut++) assertEquals(whole, digest(file, cut, file.length));
    for (int piece = 1; piece < 20; piece++) assertEquals(whole, digest(file, piece, piece));
  }

  private static String digest(byte[] file, int first, int others) {
    Keyspace keyspace = new Keyspace(16, 1, () -> CommandRunner.START_MILLIS, () -> 0, CollectionForm.values());
    RdbReader reader = new RdbReader(ReadOptions.of(Config.defaults(), 1), entry -> entry.addTo(keyspace));
    for (int at = 0, piece = first; at < file.length; at += piece, piece = others) {
      byte[] chunk = Arrays.copyOfRange(file, at, Math.min(file.length, at + piece));
      reader.read(chunk, 0, chunk.length);
      Arrays.fill(chunk, (byte) 0x55);
    }
    reader.requireFinished();
    return Digest.of(keyspace).hex();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aPayloadThatEndsTooEarlyIsRefused(String sample) {
    byte[] payload = SAMPLES.get(sample);
    int body = payload.length - 10;
    for (int length = 0; length < body; length++) {
      byte[] cut = Arrays.copyOf(payload, length + 10);
      System.arraycopy(payload, body, cut, length, 10);
      assertEquals("ERR Bad data format", redis.error("RESTORE", "k", 0, cut), sample + " of " + length);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aFileThatEndsTooEarlyShowsNothingOfItsValue(String sample) {
    byte[] file = PayloadSamples.file(SAMPLES.get(sample));
    for (int length = 0; length < file.length - 9; length++) {
      RdbReader reader = new RdbReader(ReadOptions.of(Config.defaults(), 1), entry -> fail("read too early"));
      reader.read(file, 0, length);
      assertFalse(reader.finished());
      assertThrows(RdbException.class, reader::requireFinished);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whateverByteIsOtherwiseTheValueIsUsableOrRefused(String sample) {
    byte[] payload = SAMPLES.get(sample);
    for (int i = 0; i < payload.length - 10; i++) {
      for (int change : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 255, payload[i], payload[i] ^ 127, payload[i] ^ 255}) {
        if ((byte) change == 0) continue;
        byte[] damaged = payload.clone();
        damaged[i] ^= (byte) change;
        String what = sample + ", byte " + i + " is " + (damaged[i] & 255);
        try {
          Object answer = redis.run("RESTORE", "k", 0, damaged, "REPLACE");
          if (answer.equals("OK")) useAs(what);
          else assertEquals("ERR Bad data format", ((RespReader.RespError) answer).message());
        } catch (RuntimeException e) {
          throw new AssertionError(what, e);
        }
      }
    }
  }

  /** Asks all that a type can be asked. */
  private void useAs(String what) {
    long bytes = redis.keyspace.database(0).memoryUsage(Bytes.of("k"));
    assertTrue(bytes < MUCH_MEMORY, () -> what + " takes " + bytes);
    redis.run("COPY", "k", "copy", "REPLACE");
    Object type = redis.run("TYPE", "k");
    for (String question : QUESTIONS.get(type.toString())) redis.runRaw((Object[]) question.split(" "));
    Object dumped = redis.run("DUMP", "copy");
    Object restored = redis.run("RESTORE", "copy", 0, Bytes.of((String) dumped), "REPLACE");
    assertEquals("OK", restored, () -> what + " dumped again");
    redis.run("DEL", "k");
    assertTrue(redis.keyspace.usedBytes() < 2 * MUCH_MEMORY + HeapLayout.COMMON.byteArray(0), what);
  }
}
