package org.understudy.command;

/**
 * Where a command's keys stand in its arguments, and what is done with them: a start (an index, a word, or unknown) and
 * a way to go on from there (a range, a count given by an argument, or unknown). Redis's "key specifications", part of
 * COMMAND INFO. Immutable: each method gives a changed copy.
 *
 * @param position index of the first key, or from where the keyword is searched (negative: from the end, backwards)
 * @param last range: last key, relative to the first; negative: from the end, -1 being the last argument
 * @param limit range with a negative last: 2 searches the first half of the remaining arguments, and so on; 0 and 1 all
 * @param countIndex keynum: index of the argument with the number of keys, relative to the start
 * @param firstKey keynum: index of the first key, relative to the start
 */
public record KeySpec(
    Begin begin, int position, String keyword, Find find, int last, int step, int limit, int countIndex, int firstKey,
    int flags, String notes) {

  enum Begin { INDEX, KEYWORD, UNKNOWN }

  enum Find { RANGE, KEYNUM, UNKNOWN }

  private static KeySpec of(Begin begin, int position, String keyword, Find find) {
    return new KeySpec(begin, position, keyword, find, 0, 1, 0, 0, 0, 0, null);
  }

  /** One key at that index; {@link #range} makes it several. */
  public static KeySpec at(int index) {
    return of(Begin.INDEX, index, null, Find.RANGE);
  }

  /** One key behind a word, searched from that index on (negative: from the end, backwards). */
  public static KeySpec behind(String keyword, int startFrom) {
    return of(Begin.KEYWORD, startFrom, keyword, Find.RANGE);
  }

  /** Keys that only the command's own {@link KeyFinder} finds. */
  public static KeySpec somewhere() {
    return of(Begin.UNKNOWN, 0, null, Find.UNKNOWN);
  }

  public KeySpec flags(KeyFlag... set) {
    int bits = KeyFlag.mask(set);
    return new KeySpec(begin, position, keyword, find, last, step, limit, countIndex, firstKey, bits, notes);
  }

  public KeySpec range(int last, int step, int limit) {
    return new KeySpec(begin, position, keyword, Find.RANGE, last, step, limit, 0, 0, flags, notes);
  }

  /** The number of keys is itself an argument. */
  public KeySpec counted(int countIndex, int firstKey, int step) {
    return new KeySpec(begin, position, keyword, Find.KEYNUM, 0, step, 0, countIndex, firstKey, flags, notes);
  }

  public KeySpec notes(String text) {
    return new KeySpec(begin, position, keyword, find, last, step, limit, countIndex, firstKey, flags, text);
  }

  boolean has(KeyFlag flag) {
    return (flags & flag.bit) != 0;
  }
}
