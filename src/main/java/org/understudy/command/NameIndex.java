package org.understudy.command;

import java.util.Collection;
import java.util.Map;
import org.understudy.bytes.Bytes;

/**
 * Commands by name, upper and lower case alike; a look-up allocates nothing. Open addressing in a table at most a quarter
 * full. The first eight bytes of a name, folded to lower case, are one word: the hash is made of it, and for most names
 * comparing it is all there is to compare.
 */
final class NameIndex {
  private static final int WORD_BYTES = 8;
  private static final int TRIED_MULTIPLIERS = 64;

  private final CommandSpec[] specs;
  private final byte[][] names;
  private final long[] words;
  private final int shift;
  private final long multiplier;

  /** @param commands by their names in lower case */
  NameIndex(Map<String, CommandSpec> commands) {
    int bits = 3;
    while (1 << bits < commands.size() * 4) bits++;
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
    for (int i = WORD_BYTES; i < name.length; i++) {
      if (lowerCase[i] != Bytes.lower(name[i])) return false;
    }
    return true;
  }

  private static long word(byte[] name) {
    long word = 0;
    int end = Math.min(WORD_BYTES, name.length);
    for (int i = 0; i < end; i++) word = word << 8 | Bytes.lower(name[i]) & 0xFF;
    return word;
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
