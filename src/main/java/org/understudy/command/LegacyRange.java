package org.understudy.command;

import java.util.List;

/**
 * The first-last-step figures by which COMMAND INFO described keys before there were key specifications, as far as the
 * specifications can be put that way (populateCommandLegacyRangeSpec of 7.0).
 *
 * @param last index of the last key; negative: from the end
 * @param movable the figures do not cover all keys
 */
record LegacyRange(int first, int last, int step, boolean movable) {
  static LegacyRange of(List<KeySpec> specs) {
    if (specs.isEmpty()) return new LegacyRange(0, 0, 0, false);
    if (specs.size() == 1 && plain(specs.get(0))) {
      KeySpec only = specs.get(0);
      return new LegacyRange(only.position(), absoluteLast(only), only.step(), only.has(KeyFlag.INCOMPLETE));
    }
    int first = Integer.MAX_VALUE;
    int last = 0;
    boolean movable = false;
    for (KeySpec spec : specs) {
      boolean joins = plain(spec) && spec.step() == 1 && (last == 0 || last == spec.position() - 1);
      movable |= !joins || spec.has(KeyFlag.INCOMPLETE);
      if (!joins) continue;
      first = Math.min(first, spec.position());
      int end = absoluteLast(spec);
      if (Integer.compareUnsigned(end, last) > 0) last = end; // unsigned: "to the end" is beyond every index
    }
    if (first == Integer.MAX_VALUE) return new LegacyRange(0, 0, 0, true);
    return new LegacyRange(first, last, 1, movable);
  }

  private static boolean plain(KeySpec spec) {
    return spec.begin() == KeySpec.Begin.INDEX && spec.find() == KeySpec.Find.RANGE;
  }

  private static int absoluteLast(KeySpec spec) {
    return spec.last() < 0 ? spec.last() : spec.position() + spec.last();
  }
}
