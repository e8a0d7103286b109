package org.understudy.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.understudy.testing.RespClient;

/** Writes of many kinds, on all types, in several databases, with expiry. */
final class Workload {
  private static final int DATABASES = 3;

  private Workload() {}

  /** So many commands, and some more in transactions; the same for the same seed. */
  static void write(Ensemble.Member to, long seed, int commands) {
    Random random = new Random(seed);
    List<Object[]> all = new ArrayList<>();
    while (all.size() < commands) addNext(all, random);
    try (RespClient client = to.connect()) {
      for (Object[] command : all) client.send(command);
      for (int i = 0; i < all.size(); i++) client.read();
    }
  }

  private static void addNext(List<Object[]> all, Random random) {
    boolean transaction = random.nextInt(20) == 0;
    if (transaction) all.add(new Object[] {"MULTI"});
    for (int i = transaction ? random.nextInt(4) : 1; i > 0; i--) all.add(command(random));
    if (transaction) all.add(new Object[] {random.nextInt(8) == 0 ? "DISCARD" : "EXEC"});
  }

  private static Object[] command(Random random) {
    return random.nextBoolean() ? ofOneType(random) : ofAnyType(random);
  }

  /** Each type has keys of its own, so that it comes to large values. */
  private static Object[] ofOneType(Random random) {
    String key = "k" + random.nextInt(300);
    String member = "m" + random.nextInt(50);
    return switch (random.nextInt(22)) {
      case 0 -> new Object[] {"SET", key, "v" + random.nextInt()};
      case 1 -> new Object[] {"SET", key, "x".repeat(random.nextInt(3000)), "EX", 100 + random.nextInt(100)};
      case 2 -> new Object[] {"INCR", "n" + random.nextInt(20)};
      case 3 -> new Object[] {"APPEND", "s" + random.nextInt(20), member};
      case 4 -> new Object[] {"DEL", key};
      case 5 -> new Object[] {"EXPIRE", key, 1 + random.nextInt(1000)};
      case 6 -> new Object[] {"PEXPIRE", key, 1 + random.nextInt(200)};
      case 7 -> new Object[] {"LPUSH", "l" + random.nextInt(20), member, member + "b"};
      case 8 -> new Object[] {"RPOP", "l" + random.nextInt(20)};
      case 9 -> new Object[] {"LMOVE", "l" + random.nextInt(20), "l" + random.nextInt(20), "LEFT", "RIGHT"};
      case 10 -> new Object[] {"SADD", "t" + random.nextInt(20), member, random.nextInt(1000)};
      case 11 -> new Object[] {"SPOP", "t" + random.nextInt(20)};
      case 12 -> new Object[] {"ZADD", "z" + random.nextInt(20), random.nextDouble(), member};
      case 13 -> new Object[] {"ZPOPMIN", "z" + random.nextInt(20)};
      case 14 -> new Object[] {"HSET", "h" + random.nextInt(20), member, "v" + random.nextInt()};
      case 15 -> new Object[] {"HINCRBYFLOAT", "f" + random.nextInt(20), member, "0.25"};
      case 16 -> new Object[] {"XADD", "x" + random.nextInt(5), "MAXLEN", "~", 100, "*", "f", member};
      case 17 -> new Object[] {"SELECT", random.nextInt(DATABASES)};
      case 18 -> new Object[] {"RENAME", key, "k" + random.nextInt(300)};
      case 19 -> new Object[] {"PFADD", "p" + random.nextInt(5), member};
      case 20 -> new Object[] {"SETRANGE", "s" + random.nextInt(20), random.nextInt(100), member};
      default -> new Object[] {"GETEX", key, "PX", 500};
    };
  }

  /** All types share a few keys: many commands fail, keys change their type, and vanish while they are in use. */
  private static Object[] ofAnyType(Random random) {
    String key = "any" + random.nextInt(12);
    String other = "any" + random.nextInt(12);
    String third = "any" + random.nextInt(12);
    String member = "m" + random.nextInt(9);
    int database = random.nextInt(DATABASES);
    return switch (random.nextInt(40)) {
      case 0 -> new Object[] {"SET", key, random.nextInt(100), "PX", 1 + random.nextInt(20)};
      case 1 -> new Object[] {"SET", key, random.nextInt(100), "KEEPTTL"};
      case 2, 3 -> new Object[] {"PEXPIRE", key, random.nextInt(20) - 3};
      case 4 -> new Object[] {"PERSIST", key};
      case 5 -> new Object[] {"COPY", key, other, "DB", database, "REPLACE"};
      case 6 -> new Object[] {"MOVE", key, database};
      case 7 -> random.nextInt(10) == 0 ? new Object[] {"SWAPDB", 0, database} : new Object[] {"SELECT", database};
      case 8 -> random.nextInt(10) == 0 ? new Object[] {"FLUSHDB"} : new Object[] {"UNLINK", key, other};
      case 9 -> new Object[] {"SORT", key, "ALPHA", "STORE", other};
      case 10 -> new Object[] {"RPUSH", key, member, random.nextInt(100)};
      case 11 -> new Object[] {"LINSERT", key, "BEFORE", member, other};
      case 12 -> new Object[] {"LMPOP", 2, key, other, "LEFT", "COUNT", 2};
      case 13 -> new Object[] {"LTRIM", key, 1, 5};
      case 14, 15 -> new Object[] {"SADD", key, member, random.nextInt(100), other};
      case 16 -> new Object[] {"SPOP", key, random.nextInt(4)};
      case 17 -> new Object[] {"SMOVE", key, other, member};
      case 18 -> new Object[] {"SUNIONSTORE", key, other, third};
      case 19, 20 -> new Object[] {"ZADD", key, random.nextInt(5), member, random.nextDouble(), other};
      case 21 -> ofEqualScores(random, "equal" + key, member);
      case 22 -> new Object[] {"ZMPOP", 2, key, other, "MAX"};
      case 23 -> new Object[] {"ZUNIONSTORE", key, 2, other, third, "WEIGHTS", 2, 0.5};
      case 24 -> new Object[] {"ZRANGESTORE", key, other, 0, 3};
      case 25, 26 -> new Object[] {"HSET", key, member, random.nextInt(), other, member};
      case 27 -> new Object[] {"HDEL", key, member, other};
      case 28 -> new Object[] {"HINCRBY", key, member, 3};
      case 29, 30 -> new Object[] {"XADD", key, "MAXLEN", 6, "*", "f", member};
      case 31 -> new Object[] {"XGROUP", "CREATE", key, "g", 0, "MKSTREAM"};
      case 32 -> new Object[] {"XREADGROUP", "GROUP", "g", member, "COUNT", 2, "STREAMS", key, ">"};
      case 33 -> new Object[] {"XAUTOCLAIM", key, "g", member, 0, 0};
      case 34 -> new Object[] {"BITFIELD", key, "INCRBY", "u8", random.nextInt(20), 7, "SET", "i5", 3, 4};
      case 35 -> new Object[] {"BITOP", "XOR", key, other, third};
      case 36 -> new Object[] {"GEOADD", key, random.nextInt(170), random.nextInt(80), member};
      case 37 -> new Object[] {"PFMERGE", key, other};
      case 38 -> new Object[] {"GETDEL", key};
      default -> new Object[] {"INCRBYFLOAT", key, "0.125"};
    };
  }

  /** Where scores differ, what is within a range of members depends in Redis on the random levels of its skiplist. */
  private static Object[] ofEqualScores(Random random, String key, String member) {
    return random.nextBoolean() ? new Object[] {"ZADD", key, 0, member, 0, member + "b"}
        : new Object[] {"ZREMRANGEBYLEX", key, "[m1", "(m4"};
  }
}
