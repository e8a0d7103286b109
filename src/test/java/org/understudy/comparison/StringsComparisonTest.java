package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;

/**
 * Random commands on strings, bits and keys give the same bytes as the real server, notify the same events and
 * propagate the same commands in the same order. The seed is in every failure; {@code -Dseed=n} repeats it.
 *
 * <p>Times are absolute and far away, or past, so that the two clocks do not matter. Cursors and the order of keys
 * differ.
 */
@NeedsRealRedis
class StringsComparisonTest extends SideBySideTest {
  private static final int BATCH = 500;
  private static final int BATCHES = 30;
  private static final long FAR = 4_000_000_000_000L;

  @Override
  SideBySide startSideBySide() throws IOException {
    return new Both();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsBehaveAsTheRealServers(int protocol) throws IOException {
    both.protocol(protocol);
    for (int batch = 0; batch < BATCHES; batch++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        Object[] command = randomCommand();
        // An expired target of BITOP is deleted there and expires here, if the result is empty: let it expire before.
        if (command[0].equals("BITOP")) commands.add(new Object[] {"EXISTS", command[2]});
        commands.add(command);
      }
      both.assertSameReplies(commands);
      both.assertSameKeys(2, "GET", "PEXPIRETIME", "TYPE", "OBJECT ENCODING");
      both.assertSameReports();
    }
  }

  /** Texts of sums depend on every bit of an 80-bit number. */
  @Test
  void sumsOfFloatsHaveTheRealServersText() throws IOException {
    for (int batch = 0; batch < BATCHES / 2; batch++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        commands.add(new Object[] {"SET", "f", decimal()});
        commands.add(new Object[] {"INCRBYFLOAT", "f", decimal()});
        commands.add(new Object[] {"INCRBYFLOAT", "f", decimal()});
      }
      both.assertSameReplies(commands);
    }
  }

  @Test
  void scanFindsTheKeysThatTheRealServerFinds() throws IOException {
    for (int i = 0; i < 1000; i++) {
      if (i % 7 == 0) both.assertSameReply("SADD", "set" + i, "x");
      else both.assertSameReply("SET", "string" + i, i);
    }
    for (String options : new String[] {"", "COUNT 7", "TYPE set", "TYPE String COUNT 100", "MATCH *1[0-4]?",
        "TYPE none", "MATCH s*1 TYPE string COUNT 2000"}) {
      List<Object> found = new ArrayList<>();
      Object cursor = "0";
      do {
        List<?> step = (List<?>) both.ours.run(words("SCAN " + cursor + " " + options));
        cursor = step.get(0);
        found.addAll((List<?>) step.get(1));
      } while (!cursor.equals("0"));
      TreeSet<Object> expected = new TreeSet<>();
      do {
        List<?> step = (List<?>) both.askReal(words("SCAN " + cursor + " " + options));
        cursor = step.get(0);
        expected.addAll((List<?>) step.get(1));
      } while (!cursor.equals("0"));
      assertEquals(expected, new TreeSet<>(found), options);
      assertEquals(expected.size(), found.size(), "keys found twice without a resize: " + options);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "TYPE list", "TYPE none", "TYPE string", "MATCH x*", "MATCH d* TYPE none"})
  void scanRemovesTheExpiredKeysItWouldHaveNamed(String options) throws IOException {
    both.assertSameReply("SET", "dead", "v", "PXAT", 1);
    both.assertSameReplyInAnyOrder(words("SCAN 0 " + options));
    both.assertSameReply("DBSIZE");
    both.assertSameReports();
  }

  private static Object[] words(String line) {
    return line.strip().split(" ");
  }

  @Test
  void helpIsTheRealServers() throws IOException {
    both.assertSameReply("OBJECT", "HELP");
  }

  /** Knows what is propagated differently on purpose. */
  private static final class Both extends SideBySide {
    Both() throws IOException {
      super();
    }

    @Override
    byte[] run(Object[] command) {
      if (!command[0].equals("BITFIELD")) return super.run(command);
      byte[] reply = ours.runRaw(command);
      List<String> events = ours.events();
      List<String> effects = new ArrayList<>(ours.effects());
      // A BITFIELD that only made the string longer is propagated by us alone, see BitfieldCommands.
      boolean onlyGrown = events.stream().noneMatch(event -> event.startsWith("setbit "));
      if (onlyGrown) effects.removeIf(effect -> effect.contains(" BITFIELD "));
      takeDown(command, events, effects);
      return reply;
    }
  }

  // ---- making commands ----------------------------------------------------------------------------------------------

  private Object[] randomCommand() {
    Object key = key();
    return switch (random.nextInt(66)) {
      case 0, 1 -> new Object[] {"GET", key};
      case 2, 3, 4 -> new Object[] {"SET", key, value()};
      case 5, 6, 7, 8 -> set();
      case 9 -> new Object[] {"SETNX", key, value()};
      case 10 -> new Object[] {"SETEX", key, badTime(), value()};
      case 11 -> new Object[] {"PSETEX", key, badTime(), value()};
      case 12 -> new Object[] {"GETSET", key, value()};
      case 13 -> new Object[] {"GETDEL", key};
      case 14, 15, 16 -> getex();
      case 17 -> several("MGET", 1 + random.nextInt(4));
      case 18 -> pairs("MSET");
      case 19 -> pairs("MSETNX");
      case 20 -> new Object[] {"STRLEN", key};
      case 21, 22 -> new Object[] {"APPEND", key, value()};
      case 23, 24 -> new Object[] {"SETRANGE", key, offset(), random.nextInt(5) == 0 ? "" : value()};
      case 25, 26 -> new Object[] {random.nextBoolean() ? "GETRANGE" : "SUBSTR", key, index(), index()};
      case 27 -> new Object[] {random.nextBoolean() ? "INCR" : "DECR", key};
      case 28, 29 -> new Object[] {random.nextBoolean() ? "INCRBY" : "DECRBY", key, integer()};
      case 30, 31 -> new Object[] {"INCRBYFLOAT", key, random.nextInt(4) == 0 ? value() : decimal()};
      case 32, 33 -> lcs();
      case 34, 35 -> new Object[] {"SETBIT", key, offset(), random.nextInt(9) == 0 ? integer() : random.nextInt(2)};
      case 36 -> new Object[] {"GETBIT", key, offset()};
      case 37, 38 -> range("BITCOUNT", key);
      case 39, 40 -> range("BITPOS", key, random.nextInt(12) == 0 ? integer() : random.nextInt(2));
      case 41, 42 -> bitop();
      case 43, 44, 45, 46 -> bitfield();
      case 47 -> several("DEL", 1 + random.nextInt(3));
      case 48 -> several("UNLINK", 1 + random.nextInt(3));
      case 49 -> several(random.nextBoolean() ? "EXISTS" : "TOUCH", 1 + random.nextInt(3));
      case 50, 51, 52 -> expire();
      case 53 -> new Object[] {random.nextBoolean() ? "EXPIRETIME" : "PEXPIRETIME", key};
      case 54 -> new Object[] {"PERSIST", key};
      case 55 -> new Object[] {"TYPE", key};
      case 56 -> new Object[] {random.nextBoolean() ? "RENAME" : "RENAMENX", key, key()};
      case 57 -> new Object[] {"MOVE", key, database()};
      case 58, 59 -> copy();
      case 60 -> new Object[] {"OBJECT", oneOf("ENCODING", "FREQ", "nothing"), key};
      case 61 -> new Object[] {"DBSIZE"};
      case 62 -> new Object[] {"SELECT", random.nextInt(2)};
      case 63 -> new Object[] {"SADD", "set" + random.nextInt(2), "x"};
      case 64 -> random.nextInt(10) == 0 ? rare() : new Object[] {"EXISTS", key};
      default -> badScan();
    };
  }

  private Object[] rare() {
    return switch (random.nextInt(6)) {
      case 0 -> new Object[] {"FLUSHDB"};
      case 1 -> new Object[] {"FLUSHALL", oneOf("SYNC", "async")};
      case 2 -> new Object[] {"FLUSHALL", oneOf("x", "SYNC"), "SYNC"};
      case 3 -> new Object[] {"SWAPDB", database(), database()};
      case 4 -> new Object[] {"SWAPDB", 0, 1};
      default -> new Object[] {"FLUSHDB", oneOf("sync", "now")};
    };
  }

  private Object key() {
    return random.nextInt(25) == 0 ? "set" + random.nextInt(2) : "k" + random.nextInt(8);
  }

  private Object[] several(String command, int keys) {
    Object[] all = new Object[keys + 1];
    all[0] = command;
    for (int i = 1; i <= keys; i++) all[i] = key();
    return all;
  }

  private Object[] pairs(String command) {
    List<Object> words = new ArrayList<>(List.of(command));
    for (int i = random.nextInt(3); i >= 0; i--) words.addAll(List.of(key(), value()));
    if (random.nextInt(8) == 0) words.add(value());
    return words.toArray();
  }

  private Object[] set() {
    List<Object> words = new ArrayList<>(List.of("SET", key(), value()));
    for (int i = random.nextInt(4); i >= 0; i--) {
      switch (random.nextInt(9)) {
        case 0 -> words.add(oneOf("nx", "NX"));
        case 1 -> words.add("XX");
        case 2, 3 -> words.add(oneOf("GET", "get"));
        case 4 -> words.add("keepTTL");
        case 5, 6 -> words.addAll(List.of("PXAT", time(1)));
        case 7 -> words.addAll(List.of("EXAT", time(1000)));
        default -> words.add(oneOf("EX", "PX", "PERSIST", "what", ""));
      }
    }
    return words.toArray();
  }

  private Object[] getex() {
    List<Object> words = new ArrayList<>(List.of("GETEX", key()));
    switch (random.nextInt(7)) {
      case 0 -> { }
      case 1, 2 -> words.addAll(List.of("PXAT", time(1)));
      case 3 -> words.addAll(List.of("EXAT", time(1000)));
      case 4 -> words.add("PERSIST");
      case 5 -> words.addAll(List.of(oneOf("EX", "PX"), badTime()));
      default -> words.addAll(List.of("PERSIST", "PXAT", time(1)));
    }
    return words.toArray();
  }

  private Object[] expire() {
    List<Object> words = new ArrayList<>();
    switch (random.nextInt(5)) {
      case 0, 1 -> words.addAll(List.of("PEXPIREAT", key(), time(1)));
      case 2, 3 -> words.addAll(List.of("EXPIREAT", key(), time(1000)));
      default -> words.addAll(List.of(oneOf("EXPIRE", "PEXPIRE"), key(), pastOrBadTime()));
    }
    for (int i = random.nextInt(6); i >= 4; i--) words.add(oneOf("NX", "xx", "GT", "LT", "LT", "ZZ"));
    return words.toArray();
  }

  private Object[] copy() {
    List<Object> words = new ArrayList<>(List.of("COPY", key(), key()));
    if (random.nextBoolean()) words.addAll(List.of("DB", database()));
    if (random.nextBoolean()) words.add("REPLACE");
    if (random.nextInt(10) == 0) words.add("DB");
    return words.toArray();
  }

  private Object[] lcs() {
    List<Object> words = new ArrayList<>(List.of("LCS", key(), key()));
    if (random.nextInt(3) == 0) words.add("LEN");
    if (random.nextInt(3) > 0) words.add("IDX");
    Object shortest = random.nextInt(5) == 0 ? integer() : random.nextInt(4);
    if (random.nextInt(3) == 0) words.addAll(List.of("MINMATCHLEN", shortest));
    if (random.nextBoolean()) words.add("WITHMATCHLEN");
    if (random.nextInt(20) == 0) words.add("MINMATCHLEN");
    return words.toArray();
  }

  private Object[] range(Object... start) {
    List<Object> words = new ArrayList<>(List.of(start));
    int more = random.nextInt(4);
    if (more > 0) words.add(index());
    if (more > 1) words.add(index());
    if (more > 2) words.add(oneOf("BIT", "bit", "BYTE", "BITE"));
    return words.toArray();
  }

  private Object[] bitop() {
    List<Object> words = new ArrayList<>(List.of("BITOP", oneOf("AND", "or", "XOR", "NOT", "NOT", "NAND"), key(),
        key()));
    for (int i = random.nextInt(3); i > 0; i--) words.add(key());
    return words.toArray();
  }

  private Object[] bitfield() {
    boolean readOnly = random.nextInt(4) == 0;
    List<Object> words = new ArrayList<>(List.of(readOnly ? "BITFIELD_RO" : "BITFIELD", key()));
    for (int i = random.nextInt(5); i > 0; i--) {
      int action = readOnly && random.nextInt(10) > 0 ? 0 : random.nextInt(8);
      if (action >= 6) {
        words.addAll(List.of("OVERFLOW", oneOf("WRAP", "sat", "FAIL", "FAIL", random.nextInt(9) == 0 ? "x" : "SAT")));
        continue;
      }
      words.add(action < 2 ? "GET" : action < 4 ? "SET" : "INCRBY");
      boolean odd = random.nextInt(30) == 0;
      words.add(odd ? oneOf("u64", "i65", "u0", "i", "", "f4", "i-1", "i08")
          : oneOf("i", "u") + (1 + random.nextInt(63)));
      words.add(random.nextInt(3) == 0 ? "#" + random.nextInt(6)
          : random.nextInt(10) == 0 ? offset() : random.nextInt(90));
      if (action >= 2) words.add(integer());
    }
    if (random.nextInt(40) == 0) words.add("GET");
    return words.toArray();
  }

  /** Only SCANs that fail: the others come upon expired keys at another time. */
  private Object[] badScan() {
    Object cursor = oneOf("0", "00", " 0", "+", "-", "0x0", "18446744073709551616", "1 ", "9999999999999999999999");
    return switch (random.nextInt(3)) {
      case 0 -> new Object[] {"SCAN", cursor, "MATCH", "none*", "COUNT", oneOf("0", "-1", "x")};
      case 1 -> new Object[] {"SCAN", cursor, "TYPE", "hash", "TYPE"};
      default -> new Object[] {"SCAN", cursor, oneOf("COUNT", "MATCH", "NONE")};
    };
  }

  private Object value() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> integer();
      case 2 -> decimal();
      case 3 -> "";
      case 4 -> "ab".repeat(random.nextInt(40));
      case 5 -> {
        byte[] bytes = new byte[random.nextInt(70)];
        random.nextBytes(bytes);
        yield bytes;
      }
      case 6 -> {
        byte[] bytes = new byte[random.nextInt(20)];
        Arrays.fill(bytes, (byte) (random.nextBoolean() ? 0xFF : 0));
        yield bytes;
      }
      case 7 -> random.nextInt(20) == 0 ? "large".repeat(5000) : "x".repeat(40 + random.nextInt(9));
      default -> {
        StringBuilder letters = new StringBuilder();
        for (int i = random.nextInt(25); i > 0; i--) letters.append((char) ('a' + random.nextInt(4)));
        yield letters;
      }
    };
  }

  private Object integer() {
    return switch (random.nextInt(12)) {
      case 0 -> oneOf("9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775807");
      case 1 -> oneOf("", "-", "+1", "01", "-0", "1.0", "x", " 1", "1 ", "99999999999999999999");
      case 2 -> random.nextLong();
      case 3, 4 -> random.nextInt(20_001) - 10_000;
      default -> random.nextInt(41) - 20;
    };
  }

  private Object index() {
    return random.nextInt(15) == 0 ? integer() : random.nextInt(120) - 60;
  }

  private Object offset() {
    return random.nextInt(12) == 0
        ? oneOf("-1", "4294967296", "9223372036854775807", "536870912", "x", "-9223372036854775808", "#1", "01")
        : random.nextInt(300);
  }

  private Object database() {
    return random.nextInt(10) == 0 ? oneOf("-1", "16", "x", "2147483648", "99999999999999999999") : random.nextInt(2);
  }

  /** A time far in the future or past, in a unit of so many milliseconds, or none at all. */
  private Object time(long unit) {
    return random.nextInt(4) == 0 ? random.nextInt(3) == 0 ? badTime() : 1 + random.nextInt(100_000)
        : (FAR + random.nextInt(20) * 1000L) / unit;
  }

  private Object pastOrBadTime() {
    return random.nextBoolean() ? badTime() : -random.nextInt(100_000);
  }

  private String badTime() {
    return oneOf("0", "-1", "x", "", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.5");
  }

  private Object decimal() {
    String sign = oneOf("", "", "-", "+");
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> sign + random.nextInt(100) + "." + random.nextInt(1000);
      case 3 -> sign + random.nextInt(100_000) + "." + random.nextInt(1_000_000_000);
      case 4 -> sign + random.nextInt(1000) + "e" + (random.nextInt(60) - 30);
      case 5 -> sign + random.nextDouble();
      case 6 -> sign + Double.longBitsToDouble(random.nextLong());
      case 7 -> sign + "0x" + Long.toHexString(random.nextLong()) + oneOf("", ".8", "p3", ".1p-70");
      case 8 -> sign + Math.abs(random.nextLong()) + "." + Math.abs(random.nextLong());
      case 9 -> sign + oneOf("inf", "infinity", "nan", "1e4932", "1.19e4932", "1e-4950", "1e-5000", "0e99999", ".",
          "1e", "5.");
      default -> sign + random.nextInt(10) + "." + random.nextInt(10);
    };
  }

  private String oneOf(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A connection that gives replies as the bytes that came. */
}
