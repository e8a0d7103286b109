package org.understudy.config;

import java.util.List;
import java.util.Locale;

/** One word of a list, or several that are bits of a set. The value is the word's number, or the sum of the bits. */
final class ChoiceType extends ValueType {
  private final Long initial;
  private final String[] words;
  private final long[] numbers;
  private final boolean set;
  private final Check<Long> check;

  private ChoiceType(long initial, String[] words, long[] numbers, boolean set, Check<Long> check) {
    this.initial = initial;
    this.words = words;
    this.numbers = numbers;
    this.set = set;
    this.check = check;
  }

  static <E extends Enum<E>> ChoiceType of(E initial) {
    E[] constants = initial.getDeclaringClass().getEnumConstants();
    String[] words = new String[constants.length];
    for (int i = 0; i < words.length; i++) words[i] = constants[i].name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new ChoiceType(initial.ordinal(), words, indexes(words.length), false, value -> null);
  }

  static ChoiceType of(String initial, String... words) {
    return new ChoiceType(List.of(words).indexOf(initial), words, indexes(words.length), false, value -> null);
  }

  /** Words with numbers of their own; where a number has two words the first is shown. */
  static ChoiceType numbered(long initial, String[] words, long[] numbers) {
    return new ChoiceType(initial, words, numbers, false, value -> null);
  }

  /** Any combination of the words, by default the first, whose number is 0. */
  static ChoiceType set(String[] words, long[] bits, Check<Long> check) {
    return new ChoiceType(0, words, bits, true, check);
  }

  private static long[] indexes(int count) {
    long[] indexes = new long[count];
    for (int i = 0; i < count; i++) indexes[i] = i;
    return indexes;
  }

  @Override
  Object initial() {
    return initial;
  }

  @Override
  Object parse(List<String> arguments, Object previous) throws BadValue {
    if (arguments.isEmpty() || !set && arguments.size() != 1) throw notInList();
    long value = 0;
    for (String argument : arguments) value |= number(argument);
    return checked(check, value);
  }

  private long number(String word) throws BadValue {
    for (int i = 0; i < words.length; i++) {
      if (words[i].equalsIgnoreCase(word)) return numbers[i];
    }
    throw notInList();
  }

  private BadValue notInList() {
    return new BadValue("argument(s) must be one of the following: " + String.join(", ", words));
  }

  @Override
  String text(Object value) {
    long rest = (Long) value;
    for (int i = 0; i < words.length; i++) {
      if (numbers[i] == rest) return words[i];
    }
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      if (numbers[i] == 0 || (rest & numbers[i]) != numbers[i]) continue;
      names.append(names.isEmpty() ? "" : " ").append(words[i]);
      rest &= ~numbers[i];
    }
    return names.toString();
  }

  @Override
  boolean severalArguments() {
    return set;
  }
}
