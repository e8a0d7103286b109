package org.understudy.command;

import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;

/** Finds a command's keys by its {@link KeySpec}s (getKeysUsingKeySpecs of 7.0). */
final class KeySearch {
  private KeySearch() {}

  /** @return false if the arguments do not fit a specification, or one of them does not tell everything */
  static boolean find(CommandSpec spec, byte[][] argv, KeyPositions into) {
    for (KeySpec keys : spec.keySpecs) {
      if (keys.has(KeyFlag.NOT_KEY)) continue;
      if (keys.begin() == KeySpec.Begin.UNKNOWN) return false;
      int start = keys.begin() == KeySpec.Begin.INDEX ? keys.position() : behindKeyword(keys, argv);
      if (start < 0) continue; // an optional part that is not there
      if (!addFrom(start, keys, argv, into) || keys.has(KeyFlag.INCOMPLETE)) return false;
    }
    return true;
  }

  /** Index behind the keyword, or -1. The search stops short of the last argument, or backwards of the first. */
  private static int behindKeyword(KeySpec keys, byte[][] argv) {
    boolean forwards = keys.position() > 0;
    int end = forwards ? argv.length - 1 : 1;
    int start = forwards ? keys.position() : argv.length + keys.position();
    int step = start <= end ? 1 : -1;
    for (int i = start; i != end && i >= 1 && i < argv.length; i += step) {
      if (Bytes.is(argv[i], keys.keyword())) return i + 1;
    }
    return -1;
  }

  private static boolean addFrom(int start, KeySpec keys, byte[][] argv, KeyPositions into) {
    int first = start;
    long last;
    switch (keys.find()) {
      case RANGE -> last = lastOfRange(start, keys, argv.length);
      case KEYNUM -> {
        int count = start + keys.countIndex();
        if (count >= argv.length || !Numbers.isLong(argv[count])) return false;
        long number = Numbers.parseLong(argv[count]);
        if (number < 0) return false;
        first = start + keys.firstKey();
        last = first + (long) (int) number - 1; // Redis counts keys in 32 bits
      }
      default -> {
        return false;
      }
    }
    if (last >= argv.length || last < first) return false;
    for (int i = first; i <= last; i += keys.step()) into.add(i, keys.flags());
    return true;
  }

  private static int lastOfRange(int first, KeySpec keys, int arguments) {
    if (keys.last() >= 0) return first + keys.last();
    if (keys.limit() == 0) return arguments + keys.last();
    return first + (arguments - first) / keys.limit() + keys.last();
  }
}
