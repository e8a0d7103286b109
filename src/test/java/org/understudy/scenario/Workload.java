package org.understudy.scenario;

import java.util.Random;
import org.understudy.testing.RespClient;

/** Writes of many kinds, on all types, with expiry. */
final class Workload {
  private Workload() {}

  /** So many commands, the same for the same seed. */
  static void write(Ensemble.Member to, long seed, int commands) {
    Random random = new Random(seed);
    try (RespClient client = to.connect()) {
      for (int i = 0; i < commands; i++) client.send(command(random));
      for (int i = 0; i < commands; i++) client.read();
    }
  }

  private static Object[] command(Random random) {
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
      case 17 -> new Object[] {"SELECT", random.nextInt(3)};
      case 18 -> new Object[] {"RENAME", key, "k" + random.nextInt(300)};
      case 19 -> new Object[] {"PFADD", "p" + random.nextInt(5), member};
      case 20 -> new Object[] {"SETRANGE", "s" + random.nextInt(20), random.nextInt(100), member};
      default -> new Object[] {"GETEX", key, "PX", 500};
    };
  }
}
