package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.keyspace.Digest;
import org.understudy.testing.NeedsRealRedis;

/**
 * Random commands on streams and consumer groups give the same bytes as the real server, notify the same events,
 * propagate the same commands and leave the same streams. Times are compared in steps of 100 seconds, and what commands
 * set lies in the middle of a step, so that it does not matter how long the test takes.
 */
@NeedsRealRedis
class StreamsComparisonTest extends SideBySideTest {
  private static final long STEP_MILLIS = 100_000;
  private static final Pattern UNIX_MILLIS = Pattern.compile("(?<=[: ])1\\d{12}(?=[\\r ])");
  private static final Pattern IDLE_OF_CONSUMER = Pattern.compile("(?<=\\r\\nc\\d\\r\\n:)\\d+");
  private static final Pattern IDLE_FIELD = Pattern.compile("(?<=\\r\\nidle\\r\\n:)\\d+");
  private static final long HUGE = Long.MAX_VALUE / 2 + 1;
  private static final String LAST = "18446744073709551615";

  @Override
  SideBySide startSideBySide() throws IOException {
    return new SideBySide() {
      @Override
      String comparableReply(Object[] command, String reply) {
        if (command[0].equals("XPENDING")) return inSteps(IDLE_OF_CONSUMER, reply, 0);
        if (command[0].equals("XINFO")) return inSteps(IDLE_FIELD, inSteps(UNIX_MILLIS, reply, ours.nowMillis()), 0);
        return reply;
      }

      @Override
      String comparableEffect(String effect) {
        return inSteps(UNIX_MILLIS, effect, ours.nowMillis());
      }
    };
  }

  private static String inSteps(Pattern times, String text, long zero) {
    return times.matcher(text).replaceAll(
        time -> "t" + Math.floorDiv(Long.parseLong(time.group()) - zero, STEP_MILLIS));
  }

  @ParameterizedTest
  @CsvSource({"2,100,4096", "3,100,4096", "2,3,4096", "2,0,120", "3,1,0"})
  void randomCommandsBehaveAsTheRealServers(int protocol, int nodeEntries, int nodeBytes) throws IOException {
    if (protocol == 3) both.protocol(3);
    both.configure("stream-node-max-entries", nodeEntries);
    both.configure("stream-node-max-bytes", nodeBytes);
    both.assertSameReply("SET", "string", "x");
    for (int batch = 0; batch < 25; batch++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < 400; i++) commands.add(randomCommand());
      for (int i = 0; i < 4; i++) {
        commands.add(new Object[] {"XINFO", "STREAM", "s" + i});
        commands.add(new Object[] {"XINFO", "STREAM", "s" + i, "FULL", "COUNT", 0});
        commands.add(new Object[] {"XREVRANGE", "s" + i, "+", "-"});
      }
      both.assertSameReplies(commands);
      both.assertSameReports();
      assertEquals(both.askReal("DEBUG", "DIGEST"), Digest.of(both.ours.keyspace).hex());
    }
  }

  @Test
  void helpIsTheRealServers() throws IOException {
    both.assertSameReply("XGROUP", "HELP");
    both.assertSameReply("XINFO", "HELP");
  }

  // ---- making commands ----------------------------------------------------------------------------------------------

  private Object[] randomCommand() {
    Object key = key();
    return switch (random.nextInt(50)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> xadd();
      case 10, 11 -> xadd2();
      case 12 -> new Object[] {"XLEN", key};
      case 13, 14 -> range("XRANGE", least(), most());
      case 15, 16 -> range("XREVRANGE", most(), least());
      case 17, 18, 19 -> several("XDEL", List.of(key), this::id);
      case 20, 21 -> trim(new ArrayList<>(List.of("XTRIM", key)));
      case 22 -> xsetid();
      case 23, 24 -> xread();
      case 25, 26, 27, 28, 29, 30 -> xreadgroup();
      case 31, 32, 33 -> several("XACK", List.of(key, group()), this::id);
      case 34, 35, 36 -> xpending();
      case 37, 38, 39, 40 -> xclaim();
      case 41, 42 -> xautoclaim();
      case 43, 44, 45, 46 -> xgroup();
      case 47, 48 -> xinfo();
      default -> switch (random.nextInt(8)) {
        case 0, 1 -> new Object[] {"DEL", key};
        case 2 -> new Object[] {"COPY", "s" + random.nextInt(4), "s" + random.nextInt(4), "REPLACE"};
        case 3 -> new Object[] {"TYPE", key};
        case 4 -> new Object[] {"OBJECT", "ENCODING", key};
        default -> new Object[] {"RENAME", "s" + random.nextInt(4), "s" + random.nextInt(4)};
      };
    };
  }

  private Object key() {
    return random.nextInt(40) == 0 ? oneOf("string", "none") : "s" + random.nextInt(4);
  }

  private Object group() {
    return "g" + random.nextInt(random.nextInt(10) == 0 ? 4 : 2);
  }

  private Object consumer() {
    return "c" + random.nextInt(3);
  }

  private Object field() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(300);
      case 1 -> random.nextLong();
      case 2 -> "x".repeat(random.nextInt(90));
      default -> oneOf("a", "b", "", "007", "-0", "12");
    };
  }

  /** An id of an entry that may well be there, or what is none. */
  private Object id() {
    return switch (random.nextInt(30)) {
      case 0 -> oneOf("-", "+", "*", "x", "", "5-", "-5", " 7-1", "1-2-3", "(3-0", "$", ">", "1--05", "1- -5", "007-1",
          "+3-1", "3-+1", "--", "1.0", "0x1-0", "9999999999999999999999-0", "18446744073709551616", "5\0-3", "5-1\0x");
      case 1 -> oneOf(LAST, LAST + "-" + LAST, "0-" + LAST, "0-0", "0", "9223372036854775808-1",
          "9223372036854775807-9223372036854775807");
      case 2, 3 -> random.nextInt(30);
      default -> random.nextInt(30) + "-" + random.nextInt(3);
    };
  }

  private Object least() {
    return random.nextInt(3) == 0 ? "-" : random.nextInt(4) == 0 ? "(" + id() : id();
  }

  private Object most() {
    return random.nextInt(3) == 0 ? "+" : random.nextInt(4) == 0 ? "(" + id() : id();
  }

  private Object integer() {
    return random.nextInt(12) == 0
        ? oneOf(Long.MAX_VALUE, Long.MIN_VALUE, -1, "x", "", "1.5", "9223372036854775808", -5, HUGE)
        : random.nextInt(6);
  }

  private Object[] xadd() {
    List<Object> words = new ArrayList<>(List.of("XADD", "s" + random.nextInt(4)));
    if (random.nextInt(8) == 0) words.add("NOMKSTREAM");
    if (random.nextInt(4) == 0) trim(words);
    words.add(random.nextInt(5) == 0 ? random.nextInt(30) + "-*" : random.nextInt(30) + "-" + random.nextInt(3));
    for (int i = random.nextInt(10) == 0 ? random.nextInt(3) : 0; i >= 0; i--) words.addAll(List.of("a", field()));
    return words.toArray();
  }

  /** Also with what is not right. */
  private Object[] xadd2() {
    List<Object> words = new ArrayList<>(List.of("XADD", key()));
    for (int i = random.nextInt(3); i > 0; i--) trim(words);
    words.add(random.nextInt(4) == 0 ? id() + "-*" : id());
    for (int i = random.nextInt(5); i > 0; i--) words.add(field());
    if (words.contains("*")) words.remove("*"); // would be as late as it is
    return words.toArray();
  }

  private Object[] trim(List<Object> words) {
    switch (random.nextInt(10)) {
      case 0, 1 -> words.addAll(List.of("MAXLEN", integer()));
      case 2, 3 -> words.addAll(List.of("MAXLEN", oneOf("~", "="), integer()));
      case 4 -> words.addAll(List.of("MINID", id()));
      case 5, 6 -> words.addAll(List.of("MINID", oneOf("~", "="), id()));
      case 7, 8 -> words.addAll(List.of(oneOf("MAXLEN", "minid"), "~", random.nextInt(20), "LIMIT", integer()));
      default -> words.add(oneOf("MAXLEN", "MINID", "LIMIT", "~", "LIMIT", "what"));
    }
    return words.toArray();
  }

  private Object[] range(String command, Object first, Object second) {
    List<Object> words = new ArrayList<>(List.of(command, key(), first, second));
    if (random.nextInt(3) == 0) words.addAll(List.of("COUNT", integer()));
    if (random.nextInt(30) == 0) words.add(oneOf("COUNT", "x"));
    return words.toArray();
  }

  private Object[] several(String command, List<Object> first, Supplier<Object> other) {
    List<Object> words = new ArrayList<>(List.of(command));
    words.addAll(first);
    for (int i = random.nextInt(4); i >= 0; i--) words.add(other.get());
    return words.toArray();
  }

  private Object[] xsetid() {
    List<Object> words = new ArrayList<>(List.of("XSETID", key(), id()));
    if (random.nextInt(3) == 0) words.addAll(List.of("ENTRIESADDED", integer()));
    if (random.nextInt(3) == 0) words.addAll(List.of("MAXDELETEDID", id()));
    if (random.nextInt(20) == 0) words.add("ENTRIESADDED");
    return words.toArray();
  }

  private Object[] xread() {
    List<Object> words = new ArrayList<>(List.of("XREAD"));
    if (random.nextInt(3) == 0) words.addAll(List.of("COUNT", integer()));
    if (random.nextInt(20) == 0) words.addAll(List.of("BLOCK", oneOf(1, 1, 2, -1, "x")));
    if (random.nextInt(20) == 0) words.add(oneOf("NOACK", "x", "COUNT"));
    if (random.nextInt(30) == 0) words.addAll(List.of("GROUP", "g0", "c0"));
    streams(words);
    return words.toArray();
  }

  private Object[] xreadgroup() {
    List<Object> words = new ArrayList<>(List.of("XREADGROUP", "GROUP", group(), consumer()));
    if (random.nextInt(3) == 0) words.addAll(List.of("COUNT", integer()));
    if (random.nextInt(30) == 0) words.addAll(List.of("BLOCK", oneOf(1, 1, 2, -1, "x")));
    if (random.nextInt(5) == 0) words.add("NOACK");
    if (random.nextInt(40) == 0) words.addAll(List.of(oneOf("GROUP", "x"), "g1"));
    streams(words);
    return words.toArray();
  }

  private void streams(List<Object> words) {
    if (random.nextInt(60) != 0) words.add("STREAMS");
    int streams = 1 + random.nextInt(2);
    List<Object> keys = new ArrayList<>(List.of("none", "s0", "s1", "s2", "s3", "s0", "s1", "s2", "s3", "string"));
    for (int i = 0; i < streams; i++) { // each once: in RESP3 the reply is a map
      Object key = keys.get(random.nextInt(keys.size()));
      keys.removeAll(List.of(key));
      words.add(key);
    }
    for (int i = 0; i < streams; i++) words.add(random.nextInt(3) > 0 ? oneOf(">", ">", "0", "$") : id());
    if (random.nextInt(40) == 0) words.add("0");
  }

  private Object[] xpending() {
    List<Object> words = new ArrayList<>(List.of("XPENDING", key(), group()));
    if (random.nextInt(4) == 0) return words.toArray();
    if (random.nextInt(3) == 0) {
      words.addAll(List.of("IDLE", oneOf(0, -5, "x", STEP_MILLIS * 10, Long.MAX_VALUE, Long.MIN_VALUE)));
    }
    words.addAll(List.of(least(), most(), integer()));
    if (random.nextBoolean()) words.add(consumer());
    if (random.nextInt(30) == 0) words.remove(words.size() - 1);
    if (random.nextInt(30) == 0) words.add("x");
    return words.toArray();
  }

  /** In the middle of a step, or none. */
  private Object idle() {
    if (random.nextInt(10) == 0) return oneOf(Long.MAX_VALUE, Long.MIN_VALUE, -1, "x", "");
    return random.nextBoolean() ? 0 : random.nextInt(20) * STEP_MILLIS + STEP_MILLIS / 2;
  }

  private Object[] xclaim() {
    List<Object> words = new ArrayList<>(List.of("XCLAIM", key(), group(), consumer(), idle()));
    for (int i = random.nextInt(4); i >= 0; i--) words.add(id());
    for (int i = random.nextInt(4); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0, 1 -> words.addAll(List.of("IDLE", idle()));
        case 2 -> words.addAll(List.of("TIME", random.nextInt(5) == 0 ? oneOf(-1, "x", Long.MAX_VALUE, Long.MIN_VALUE)
            : both.ours.nowMillis() - random.nextInt(20) * STEP_MILLIS - STEP_MILLIS / 2));
        case 3 -> words.addAll(List.of("RETRYCOUNT", integer()));
        case 4, 5 -> words.add("FORCE");
        case 6 -> words.add("JUSTID");
        default -> words.addAll(List.of("LASTID", id()));
      }
    }
    if (random.nextInt(30) == 0) words.add(oneOf("x", "IDLE", "1-0"));
    return words.toArray();
  }

  private Object[] xautoclaim() {
    List<Object> words = new ArrayList<>(List.of("XAUTOCLAIM", key(), group(), consumer(), idle(), least()));
    if (random.nextInt(2) == 0) words.addAll(List.of("COUNT", random.nextInt(9) == 0 ? integer() : random.nextInt(4)));
    words.removeIf(word -> word.equals(HUGE)); // so many are refused for want of memory there
    if (random.nextInt(3) == 0) words.add("JUSTID");
    if (random.nextInt(30) == 0) words.add(oneOf("COUNT", "x"));
    return words.toArray();
  }

  private Object[] xgroup() {
    List<Object> words = new ArrayList<>(List.of("XGROUP"));
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        words.addAll(List.of("CREATE", key(), group(), oneOf("$", "0", "0", id())));
        if (random.nextBoolean()) words.add("MKSTREAM");
        if (random.nextInt(4) == 0) words.addAll(List.of("ENTRIESREAD", integer()));
      }
      case 4, 5 -> {
        words.addAll(List.of("SETID", key(), group(), oneOf("$", "0", id())));
        if (random.nextInt(4) == 0) words.addAll(List.of("ENTRIESREAD", integer()));
      }
      case 6 -> words.addAll(List.of("DESTROY", key(), group()));
      case 7 -> words.addAll(List.of("CREATECONSUMER", key(), group(), consumer()));
      case 8 -> words.addAll(List.of("DELCONSUMER", key(), group(), consumer()));
      default -> words.addAll(List.of(oneOf("CREATE", "SETID", "DESTROY", "nothing"), key(), group()));
    }
    if (random.nextInt(20) == 0) words.add(oneOf("MKSTREAM", "ENTRIESREAD", "x"));
    return words.toArray();
  }

  private Object[] xinfo() {
    List<Object> words = new ArrayList<>(List.of("XINFO"));
    switch (random.nextInt(4)) {
      case 0 -> words.addAll(List.of("STREAM", key()));
      case 1 -> {
        words.addAll(List.of("STREAM", key(), "FULL"));
        if (random.nextBoolean()) words.addAll(List.of("COUNT", integer()));
      }
      case 2 -> words.addAll(List.of("GROUPS", key()));
      default -> words.addAll(List.of("CONSUMERS", key(), group()));
    }
    if (random.nextInt(20) == 0) words.add(oneOf("FULL", "x", "COUNT"));
    return words.toArray();
  }

  private Object oneOf(Object... words) {
    return words[random.nextInt(words.length)];
  }
}
