package org.understudy.config;

import java.util.List;

/**
 * How the value of a directive is read, shown and written. Values are immutable objects: a {@link Long} for numbers,
 * yes-or-no and choices, a {@link String} for text (empty for none), a type of its own for each special directive.
 */
abstract class ValueType {
  /** Where CONFIG REWRITE puts the lines of a directive. */
  interface Lines {
    /** @param wanted the line is to be written even if the old file does not mention the directive */
    void add(String line, boolean wanted);
  }

  /** A further condition on a value of the right type. */
  interface Check<T> {
    /** @return null if the value is fine, else the reason why not */
    String refusal(T value);
  }

  /** The value when nothing is configured. */
  abstract Object initial();

  /**
   * The value that the arguments spell; exactly one argument unless {@link #severalArguments}.
   *
   * @param previous the value so far: some directives change only the parts that are named
   */
  abstract Object parse(List<String> arguments, Object previous) throws BadValue;

  /** The value as CONFIG GET shows it. */
  abstract String text(Object value);

  /** What CONFIG REWRITE writes. A directive that adds no line loses those that it had in the old file. */
  void rewrite(String name, Object value, Lines lines) {
    lines.add(name + ' ' + text(value), !value.equals(initial()));
  }

  /** Whether a line of the file may carry several arguments, and the value of CONFIG SET is split at spaces. */
  boolean severalArguments() {
    return false;
  }

  /** Whether CONFIG SET runs the hooks even when the value stays what it was. */
  boolean alwaysChanges() {
    return false;
  }

  static <T> T checked(Check<T> check, T value) throws BadValue {
    String refusal = check.refusal(value);
    if (refusal != null) throw new BadValue(refusal);
    return value;
  }

  // ---- what the rows of the table say ----------------------------------------------------------------------------

  static ValueType yesNo(boolean initial) {
    return new YesNoType(initial, value -> null);
  }

  /** A switch that nobody can switch on here. */
  static ValueType alwaysNo(String whyNot) {
    return new YesNoType(false, value -> value ? whyNot : null);
  }

  static NumberType integer(long initial, long least, long most) {
    return new NumberType(NumberType.Notation.PLAIN, initial, least, most, false);
  }

  /** A number of bytes, at most 2^63-1. */
  static NumberType memory(long initial, long least) {
    return new NumberType(NumberType.Notation.MEMORY, initial, least, Long.MAX_VALUE, false);
  }

  /** A number of bytes that may use all 64 bits. */
  static NumberType unsignedMemory(long initial) {
    return new NumberType(NumberType.Notation.MEMORY, initial, 0, -1, true);
  }

  /** A number of bytes, or a percentage up to 100, which is held as its negative. */
  static NumberType memoryOrPercent(long initial) {
    return new NumberType(NumberType.Notation.MEMORY_OR_PERCENT, initial, -100, Long.MAX_VALUE, false);
  }

  static NumberType octal(long initial, long most) {
    return new NumberType(NumberType.Notation.OCTAL, initial, 0, most, true);
  }

  static TextType text(String initial) {
    return new TextType(initial, false);
  }

  /** A text that is not set by default; to set it to the empty text unsets it. */
  static TextType optionalText() {
    return new TextType("", true);
  }

  /** One of the constants; on the wire their names in lower case with dashes. */
  static <E extends Enum<E>> ValueType choice(E initial) {
    return ChoiceType.of(initial);
  }

  /** One of the words; the value is its index. */
  static ValueType choice(String initial, String... words) {
    return ChoiceType.of(initial, words);
  }
}

/** yes or no, held as 1 or 0. */
final class YesNoType extends ValueType {
  private final Long initial;
  private final Check<Boolean> check;

  YesNoType(boolean initial, Check<Boolean> check) {
    this.initial = initial ? 1L : 0L;
    this.check = check;
  }

  @Override
  Object initial() {
    return initial;
  }

  @Override
  Object parse(List<String> arguments, Object previous) throws BadValue {
    String word = arguments.get(0);
    boolean yes = word.equalsIgnoreCase("yes");
    if (!yes && !word.equalsIgnoreCase("no")) throw new BadValue("argument must be 'yes' or 'no'");
    return checked(check, yes) ? 1L : 0L;
  }

  @Override
  String text(Object value) {
    return (Long) value != 0 ? "yes" : "no";
  }
}

/** A number between two bounds, both inclusive. */
final class NumberType extends ValueType {
  enum Notation { PLAIN, MEMORY, MEMORY_OR_PERCENT, OCTAL }

  private final Notation notation;
  private final Long initial;
  private final long least;
  private final long most;
  private final boolean unsigned;
  private Check<Long> check = value -> null;
  private long floor = Long.MIN_VALUE;
  private long ceiling = Long.MAX_VALUE;

  NumberType(Notation notation, long initial, long least, long most, boolean unsigned) {
    this.notation = notation;
    this.initial = initial;
    this.least = least;
    this.most = most;
    this.unsigned = unsigned;
  }

  /** Adds a condition; only for use in the row that creates the type, as the next. */
  NumberType check(Check<Long> condition) {
    check = condition;
    return this;
  }

  /** Values within the bounds but beyond these limits are accepted and held as the limit. */
  NumberType heldWithin(long lowest, long highest) {
    floor = lowest;
    ceiling = highest;
    return this;
  }

  @Override
  Object initial() {
    return initial;
  }

  @Override
  Object parse(List<String> arguments, Object previous) throws BadValue {
    long value = read(arguments.get(0));
    checkBounds(value);
    checked(check, value);
    return unsigned ? value : Math.max(floor, Math.min(ceiling, value));
  }

  private long read(String word) throws BadValue {
    try {
      return switch (notation) {
        case PLAIN -> CNumbers.strict(word);
        case MEMORY -> CNumbers.memory(word);
        case MEMORY_OR_PERCENT -> word.length() > 1 && word.endsWith("%") ? percent(word) : CNumbers.memory(word);
        case OCTAL -> CNumbers.whole(word, 8);
      };
    } catch (NumberFormatException e) {
      throw new BadValue(switch (notation) {
        case PLAIN -> "argument couldn't be parsed into an integer";
        case MEMORY -> "argument must be a memory value";
        case MEMORY_OR_PERCENT -> "argument must be a memory or percent value";
        case OCTAL -> "argument couldn't be parsed as an octal number";
      });
    }
  }

  private static long percent(String word) {
    long percent = CNumbers.strict(word.substring(0, word.length() - 1));
    if (percent < 0) throw new NumberFormatException();
    return -percent;
  }

  private void checkBounds(long value) throws BadValue {
    if (notation == Notation.MEMORY_OR_PERCENT && value < 0) {
      if (value < least) throw new BadValue("percentage argument must be less or equal to " + -least);
      return;
    }
    boolean within = unsigned
        ? Long.compareUnsigned(value, least) >= 0 && Long.compareUnsigned(value, most) <= 0
        : value >= least && value <= most;
    if (within) return;
    int radix = notation == Notation.OCTAL ? 8 : 10;
    throw new BadValue("argument must be between " + bound(least, radix) + " and " + bound(most, radix) + " inclusive");
  }

  private String bound(long bound, int radix) {
    return unsigned ? Long.toUnsignedString(bound, radix) : Long.toString(bound, radix);
  }

  @Override
  String text(Object value) {
    long number = (Long) value;
    return switch (notation) {
      case PLAIN -> Long.toString(number);
      case MEMORY -> Long.toUnsignedString(number);
      case MEMORY_OR_PERCENT -> number < 0 ? -number + "%" : Long.toString(number);
      case OCTAL -> Long.toOctalString(number);
    };
  }

  @Override
  void rewrite(String name, Object value, Lines lines) {
    long number = (Long) value;
    boolean bytes = notation == Notation.MEMORY || notation == Notation.MEMORY_OR_PERCENT && number >= 0;
    lines.add(name + ' ' + (bytes ? CNumbers.memoryText(number) : text(value)), number != initial);
  }
}

/** One word of free text. */
final class TextType extends ValueType {
  private final String initial;
  private final boolean emptyIsNone;
  private Check<String> check = value -> null;
  private boolean binary;
  private boolean alwaysChanges;

  TextType(String initial, boolean emptyIsNone) {
    this.initial = initial;
    this.emptyIsNone = emptyIsNone;
  }

  TextType check(Check<String> condition) {
    check = condition;
    return this;
  }

  /** May contain NUL; other text ends there, as a C string does. */
  TextType binary() {
    binary = true;
    return this;
  }

  /** Names something whose contents may have changed: setting the same name again is a change. */
  TextType volatileContents() {
    alwaysChanges = true;
    return this;
  }

  @Override
  Object initial() {
    return initial;
  }

  @Override
  Object parse(List<String> arguments, Object previous) throws BadValue {
    String value = arguments.get(0);
    int nul = value.indexOf('\0');
    if (nul >= 0 && !binary) value = value.substring(0, nul);
    return checked(check, value);
  }

  @Override
  String text(Object value) {
    return (String) value;
  }

  @Override
  void rewrite(String name, Object value, Lines lines) {
    String text = (String) value;
    if (emptyIsNone && text.isEmpty()) return;
    lines.add(name + ' ' + Words.quote(text), !text.equals(initial));
  }

  @Override
  boolean alwaysChanges() {
    return alwaysChanges;
  }
}
