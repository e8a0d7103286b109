package org.understudy.command;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import org.understudy.bytes.Bytes;

/**
 * Commands by name, upper and lower case alike; a look-up allocates nothing. Open addressing in a table at most an
 * eighth full. The first eight bytes of a name, folded to lower case, are one word: the hash is made of it, and for
 * most names comparing it and the length is all there is to compare.
 */
final class NameIndex {
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SLOTS_A_NAME = 8;
  private static final int TRIED_MULTIPLIERS = 64;
  /** One in each byte of a word. */
  private static final long ONES = 0x0101010101010101L;

  private final CommandSpec[] specs;
  private final byte[][] names;
  private final long[] words;
  private final int shift;
  private final long multiplier;

  /** @param commands by their names in lower case */
  NameIndex(Map<String, CommandSpec> commands) {
    int bits = 3;
    while (1 << bits < commands.size() * SLOTS_A_NAME) bits++;
    shift = Long.SIZE - bits;
    specs = new CommandSpec[1 << bits];
    names = new byte[1 << bits][];
    words = new long[1 << bits];
    multiplier = bestMultiplier(commands.keySet());
    commands.forEach((text, spec) -> {
      byte[] name = Bytes.of(text);
      int slot = slot(word(name), name.length);
      while (names[slot] != null) slot = slot + 1 & names.length - 1;
      names[slot] = name;
      words[slot] = word(name);
      specs[slot] = spec;
    });
  }

  CommandSpec find(byte[] name) {
    long word = word(name);
    int slot = slot(word, name.length);
    while (names[slot] != null) {
      if (words[slot] == word && same(names[slot], name)) return specs[slot];
      slot = slot + 1 & names.length - 1;
    }
    return null;
  }

  /** Whether the rest behind the word is the same too. */
  private static boolean same(byte[] lowerCase, byte[] name) {
    if (lowerCase.length != name.length) return false;
    for (int i = Long.BYTES; i < name.length; i++) {
      if (lowerCase[i] != Bytes.lower(name[i])) return false;
    }
    return true;
  }

  /**
   * The first eight bytes in lower case; of a shorter name all of them, some twice, so that only the length adds to it.
   */
  private static long word(byte[] name) {
    int length = name.length;
    if (length >= Long.BYTES) return lower((long) LONGS.get(name, 0));
    if (length >= Integer.BYTES) {
      return lower((long) (int) INTS.get(name, 0) << 32 | (int) INTS.get(name, length - Integer.BYTES) & 0xFFFFFFFFL);
    }
    if (length == 0) return 0;
    return lower((name[0] & 0xFF) << 16 | (name[length >> 1] & 0xFF) << 8 | name[length - 1] & 0xFF);
  }

  /** Folds A to Z to lower case in all eight bytes at once; other bytes stay. */
  private static long lower(long word) {
    long low = word & 0x7F * ONES;
    long fromA = low + (0x80 - 'A') * ONES;
    long behindZ = low + (0x7F - 'Z') * ONES;
    long upper = (fromA ^ behindZ) & ~word & 0x80 * ONES;
    return word | upper >>> 2;
  }

  private int slot(long word, int length) {
    return (int) ((word + length) * multiplier >>> shift);
  }

  /** Of some odd multipliers the one under which the fewest names fall into one slot. */
  private long bestMultiplier(Collection<String> all) {
    long best = 0;
    int fewest = Integer.MAX_VALUE;
    for (int i = 1; i <= TRIED_MULTIPLIERS; i++) {
      long candidate = 0x9E3779B97F4A7C15L * (2L * i - 1);
      boolean[] taken = new boolean[names.length];
      int collisions = 0;
      for (String text : all) {
        byte[] name = Bytes.of(text);
        int slot = (int) ((word(name) + name.length) * candidate >>> shift);
        if (taken[slot]) collisions++;
        taken[slot] = true;
      }
      if (collisions < fewest) {
        fewest = collisions;
        best = candidate;
      }
    }
    return best;
  }
}
