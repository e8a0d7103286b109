package org.understudy.comparison;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;

/**
 * Random SORTs answer, store, notify and propagate as in the real server, whose locale is C here. Equal texts behind a
 * BY with LIMIT come in any order there and are avoided; so is the order of a set that is not sorted.
 */
@NeedsRealRedis
class SortComparisonTest extends SideBySideTest {
  private static final List<String> KEYS =
      List.of("list", "set", "zset", "words", "stored", "absent", "hash_1", "weight_1");

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomSortsAreTheSame(int protocol) throws IOException {
    both.protocol(protocol);
    for (int batch = 0; batch < 20; batch++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < 30; i++) commands.add(change());
      for (int i = 0; i < 150; i++) commands.add(sort(key()));
      for (String key : KEYS) commands.add(new Object[] {"LRANGE", key, 0, -1});
      both.assertSameReplies(commands);
      both.assertSameKeys(1, "TYPE");
      both.assertSameReports();
    }
  }

  /** Keys are looked up in the order of the elements, which only a list has: events differ otherwise. */
  @ParameterizedTest
  @ValueSource(strings = {"set", "zset"})
  void elementsWithoutAnOrderAreSortedByOtherKeys(String key) throws IOException {
    for (int batch = 0; batch < 10; batch++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < 60; i++) commands.add(change());
      for (int i = 0; i < 50; i++) commands.add(sort(key, true));
      commands.add(new Object[] {"LRANGE", "stored", 0, -1});
      both.assertSameReplies(commands);
    }
  }

  @Test
  void whatIsStoredIsCutByDefaultsWhateverIsConfigured() throws IOException {
    both.configure("list-max-listpack-size", 2);
    both.assertSameReplies(List.of(
        new Object[] {"RPUSH", "list", 5, 1, 4, 2, 3},
        new Object[] {"SORT", "list", "STORE", "stored"},
        new Object[] {"DUMP", "stored"},
        new Object[] {"RPUSH", "stored", 6},
        new Object[] {"DUMP", "stored"}));
  }

  @Test
  void aNumberThatLosesDigitsForBeingSmallIsNone() throws IOException {
    for (String number : List.of("1e-300", "1e-310", "-4.9e-324", "1e-400")) {
      both.assertSameReplies(List.of(new Object[] {"DEL", "list"}, new Object[] {"RPUSH", "list", 1, number},
          new Object[] {"SORT", "list"}));
    }
  }

  private Object[] change() {
    int number = random.nextInt(40);
    return switch (random.nextInt(9)) {
      case 0, 1 -> new Object[] {random.nextBoolean() ? "LPUSH" : "RPUSH", "list", number()};
      case 2, 3 -> new Object[] {"SADD", "set", number()};
      case 4 -> new Object[] {"ZADD", "zset", random.nextInt(10), number()};
      // no two the same, as the order of equals is not defined
      case 5 -> new Object[] {"SET", "weight_" + number, number * 7 % 41};
      case 6 -> new Object[] {"HSET", "hash_" + number, "field", number * 11 % 41, "name", "name of " + number};
      case 7 -> new Object[] {"DEL", random.nextBoolean() ? "stored" : "weight_" + number};
      default -> random.nextInt(4) == 0 ? new Object[] {"DEL", key()} : new Object[] {"RPUSH", "words", word()};
    };
  }

  private Object number() {
    return switch (random.nextInt(30)) {
      case 0 -> random.nextInt(5) == 0 ? "no number" : "1.5";
      case 1 -> "-" + random.nextInt(1, 100);
      default -> random.nextInt(40);
    };
  }

  private String word() {
    return random.nextInt(3) == 0 ? "w" + random.nextInt(100) : "" + (char) ('a' + random.nextInt(26));
  }

  private String key() {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  private Object[] sort(String key) {
    return sort(key, !key.equals("set") && !key.equals("zset") && random.nextInt(3) == 0);
  }

  private Object[] sort(String key, boolean byOthers) {
    boolean readOnly = random.nextInt(5) == 0;
    List<Object> words = new ArrayList<>(List.of(readOnly ? "SORT_RO" : "SORT", key));
    boolean store = !readOnly && random.nextInt(4) == 0 || random.nextInt(40) == 0;
    if (byOthers) {
      words.addAll(List.of("BY", random.nextInt(3) > 0 ? "weight_*" : "hash_*->field"));
    } else if (random.nextInt(4) == 0 && !key.equals("set")) {
      words.addAll(List.of("by", random.nextBoolean() ? "nosort" : "#"));
    }
    if (random.nextInt(3) == 0 && !byOthers) words.addAll(List.of("LIMIT", bound(), bound()));
    for (int i = random.nextInt(8); i >= 5; i--) {
      words.addAll(List.of(random.nextBoolean() ? "GET" : "get", List.of("#", "weight_*", "hash_*->name",
          "hash_*->none",
          "hash_*", "constant", "weight_*->field", "*->", "*", "**->->x").get(random.nextInt(10))));
    }
    if (random.nextBoolean()) words.add(random.nextBoolean() ? "DESC" : "asc");
    if (random.nextInt(3) == 0 && !byOthers || key.equals("words") && random.nextInt(5) > 0) words.add("ALPHA");
    if (store) words.addAll(List.of("STORE", random.nextInt(4) == 0 ? key() : "stored"));
    if (random.nextInt(40) == 0) words.add(List.of("LIMIT", "BY", "GET", "STORE", "what").get(random.nextInt(5)));
    return words.toArray();
  }

  private Object bound() {
    return switch (random.nextInt(20)) {
      case 0 -> "x";
      case 1 -> Long.MAX_VALUE;
      case 2 -> Long.MIN_VALUE;
      default -> random.nextInt(-3, 30);
    };
  }
}
