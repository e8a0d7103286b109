package org.understudy.comparison;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;

/** Random points and searches around them give the same bytes as the real server, in the same order. */
@NeedsRealRedis
class GeoComparisonTest extends SideBySideTest {
  private static final int BATCH = 300;
  private static final int BATCHES = 12;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsBehaveAsTheRealServers(int protocol) throws IOException {
    both.protocol(protocol);
    both.assertSameReply("SET", "string", "x");
    both.assertSameReply("ZADD", "scores", 1e300, "a", -5, "b", "inf", "c", 0.5, "d", "-inf", "e", 1L << 60, "f");
    for (int batch = 0; batch < BATCHES; batch++) {
      both.assertSameReplies(BATCH, this::randomCommand);
      both.assertSameKeys(1, "TYPE", "OBJECT ENCODING", "ZCARD");
      both.assertSameReports();
    }
  }

  private Object[] randomCommand() {
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> add();
      case 4 -> new Object[] {"GEODIST", key(), member(), member()};
      case 5 -> new Object[] {"GEODIST", key(), member(), member(), unit()};
      case 6 -> new Object[] {oneOf("GEOHASH", "GEOPOS"), key(), member(), member()};
      case 7, 8 -> radius();
      case 9, 10 -> radiusByMember();
      case 11 -> new Object[] {"ZREM", key(), member()};
      case 12 -> new Object[] {"ZRANGE", key(), 0, -1, "WITHSCORES"};
      default -> search();
    };
  }

  private Object[] add() {
    List<Object> words = new ArrayList<>(List.of("GEOADD", key()));
    while (random.nextInt(4) == 0) words.add(oneOf("NX", "XX", "CH", "ch"));
    for (int i = random.nextInt(4); i >= 0; i--) {
      point(words);
      words.add(member());
    }
    if (random.nextInt(30) == 0) words.add(member());
    return words.toArray();
  }

  private Object[] radius() {
    List<Object> words = new ArrayList<>(List.of(oneOf("GEORADIUS", "GEORADIUS_RO"), key()));
    point(words);
    words.addAll(List.of(size(), unit()));
    options(words);
    if (random.nextInt(5) == 0) words.addAll(List.of(oneOf("STORE", "storedist"), "stored" + random.nextInt(2)));
    return words.toArray();
  }

  private Object[] radiusByMember() {
    List<Object> words = new ArrayList<>(List.of(oneOf("GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"), key(), member(),
        size(), unit()));
    options(words);
    if (random.nextInt(5) == 0) words.addAll(List.of(oneOf("STORE", "storedist"), "stored" + random.nextInt(2)));
    return words.toArray();
  }

  private Object[] search() {
    boolean stores = random.nextInt(4) == 0;
    List<Object> words = new ArrayList<>(stores ? List.of("GEOSEARCHSTORE", "stored" + random.nextInt(2), key())
        : List.of("GeoSearch", key()));
    if (random.nextInt(20) > 0) {
      if (random.nextBoolean()) {
        words.addAll(List.of("FROMMEMBER", member()));
      } else {
        words.add("fromlonlat");
        point(words);
      }
    }
    if (random.nextInt(20) > 0) {
      words.addAll(random.nextBoolean() ? List.of("BYRADIUS", size(), unit())
          : List.of("BYBOX", size(), size(), unit()));
    }
    if (stores && random.nextBoolean()) words.add("STOREDIST");
    if (!stores || random.nextInt(10) == 0) options(words);
    if (random.nextInt(25) == 0) words.addAll(List.of("BYRADIUS", size(), unit()));
    return words.toArray();
  }

  private void options(List<Object> words) {
    for (Object word : List.of("WITHCOORD", "withdist", "WITHHASH")) if (random.nextInt(3) == 0) words.add(word);
    if (random.nextInt(3) == 0) words.add(oneOf("ASC", "desc"));
    if (random.nextInt(4) == 0) words.addAll(List.of("COUNT", random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(6)));
    if (random.nextInt(8) == 0) words.add("ANY");
  }

  private void point(List<Object> words) {
    boolean near = random.nextBoolean();
    words.add(number(near ? 10 + random.nextDouble() * 3 : random.nextDouble() * 362 - 181));
    words.add(number(near ? 45 + random.nextDouble() * 2 : random.nextDouble() * 171 - 85.5));
  }

  private Object size() {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> oneOf("x", -1, "inf", "1e-300", 1e300);
      case 2, 3 -> random.nextInt(20_000_000);
      default -> number(Math.exp(random.nextDouble() * 14));
    };
  }

  private Object unit() {
    return random.nextInt(30) == 0 ? "yd" : oneOf("m", "KM", "km", "ft", "mi");
  }

  private Object key() {
    return random.nextInt(20) == 0 ? oneOf("string", "none", "scores") : "geo" + random.nextInt(3);
  }

  private Object member() {
    // not "b": where a negative score lies is undefined in C, and so is what is found around it
    return random.nextInt(15) == 0 ? oneOf("a", "c", "f") : "m" + random.nextInt(150);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.7f", value);
  }

  private Object oneOf(Object... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
