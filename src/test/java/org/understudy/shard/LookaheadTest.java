package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandSpec;

/** Looking ahead is about time only: what commands do and answer is the same with and without. */
class LookaheadTest {
  /** So many that tables of keys and of elements are looked ahead at. */
  private static final int MANY = 3000;

  @Test
  void commandsInOneRunDoWhatTheyDoOneByOne() {
    DirectShard together = new DirectShard();
    DirectShard single = new DirectShard();
    for (DirectShard shard : List.of(together, single)) {
      for (int i = 0; i < MANY; i++) {
        shard.call("SET", "key:" + i, i);
        shard.call("SADD", "key:set", "m" + i);
        shard.call("HSET", "key:hash", "m" + i, i);
        shard.call("ZADD", "key:zset", i, "m" + i);
      }
      shard.call("SADD", "key:few", "m1");
    }
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < 40; i++) commands.add(command(random));
      byte[] replies = together.pipelined(commands);
      byte[] expected = {};
      for (Object[] command : commands) expected = Bytes.concat(expected, single.pipelined(List.<Object[]>of(command)));
      assertArrayEquals(expected, replies, "seed " + seed + " round " + round);
    }
    together.allowDebug();
    single.allowDebug();
    assertEquals(single.text("DEBUG", "DIGEST"), together.text("DEBUG", "DIGEST"), "seed " + seed);
  }

  /** Keys of all types, also the wrong one, and such as come and go within the run. */
  private static Object[] command(Random random) {
    String[] keys = {"key:set", "key:set", "key:hash", "key:hash", "key:zset", "key:zset", "key:few", "key:1", "none"};
    String key = keys[random.nextInt(keys.length)];
    String element = "m" + random.nextInt(2 * MANY);
    String other = "m" + random.nextInt(2 * MANY);
    return switch (random.nextInt(16)) {
      case 0 -> new Object[] {"SADD", key, element, other};
      case 1 -> new Object[] {"SREM", key, element};
      case 2 -> new Object[] {"SMISMEMBER", key, element, other};
      case 3 -> new Object[] {"HSET", key, element, 1, other, 2};
      case 4 -> new Object[] {"HMGET", key, element, other};
      case 5 -> new Object[] {"HDEL", key, element};
      case 6 -> new Object[] {"HINCRBY", key, element, 3};
      case 7 -> new Object[] {"ZADD", key, "NX", 5, element};
      case 8 -> new Object[] {"ZADD", key, 5, element, 6, other};
      case 9 -> new Object[] {"ZINCRBY", key, 2, element};
      case 10 -> new Object[] {"ZRANK", key, element};
      case 11 -> new Object[] {"ZREM", key, element, other};
      case 12 -> new Object[] {"GET", "key:" + random.nextInt(2 * MANY)};
      case 13 -> new Object[] {"MSET", "key:" + random.nextInt(MANY), 1, "key:" + random.nextInt(MANY), 2};
      case 14 -> new Object[] {"DEL", "key:few", "none"};
      default -> new Object[] {"SADD", "none", element};
    };
  }

  @Test
  void elementsAreNamedBehindTheKeyThatHasThem() {
    int naming = 0;
    for (CommandSpec spec : new DirectShard().parts.table().commands()) {
      if (spec.firstElement == 0) continue;
      naming++;
      assertTrue(spec.firstKey > 0 && spec.firstKey == spec.lastKey, spec.fullName);
      assertTrue(spec.firstElement > spec.lastKey && spec.elementStep > 0, spec.fullName);
      assertTrue(spec.takes(spec.arity > 0 ? spec.arity : -spec.arity) && Math.abs(spec.arity) > spec.firstElement,
          spec.fullName);
    }
    assertTrue(naming > 0);
  }
}
