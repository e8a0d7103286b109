package org.understudy.command;

import org.understudy.bytes.Numbers;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.resp.CommandError;

/** Reading of the ids in stream commands, with Redis's errors (streamGenericParseIDOrReply of 7.0.15). */
final class StreamArguments {
  private static final CommandError INVALID_ID =
      CommandError.err("Invalid stream ID specified as stream command argument");
  private static final CommandError INVALID_START = CommandError.err("invalid start ID for the interval");
  private static final CommandError INVALID_END = CommandError.err("invalid end ID for the interval");
  /** As the missing part of an id: the greatest. */
  private static final long GREATEST = -1;
  private static final int MOST_BYTES = 127;

  private StreamArguments() {}

  /** An id that need not have its second part, which is 0 then. */
  static StreamId id(byte[] argument) {
    return parse(argument, 0, 0);
  }

  /** As {@link #id}; null if the argument is none. */
  static StreamId idOrNull(byte[] argument) {
    try {
      return id(argument);
    } catch (CommandError notAnId) {
      return null;
    }
  }

  /** All ids from an argument on. */
  static StreamId[] ids(byte[][] argv, int from) {
    StreamId[] ids = new StreamId[argv.length - from];
    for (int i = 0; i < ids.length; i++) ids[i] = id(argv[from + i]);
    return ids;
  }

  /** As {@link #id}, or {@code -} and {@code +} for the least and the greatest. */
  static StreamId idOrEnd(byte[] argument) {
    return idOrEnd(argument, 0);
  }

  private static StreamId idOrEnd(byte[] argument, long missing) {
    if (is(argument, '-')) return StreamId.MIN;
    if (is(argument, '+')) return StreamId.MAX;
    return parse(argument, 0, missing);
  }

  /** The first id of a range: {@code -}, an id, or {@code (id} for the one behind it. */
  static StreamId start(byte[] argument) {
    if (!isExclusive(argument)) return idOrEnd(argument, 0);
    StreamId excluded = parse(argument, 1, 0);
    if (excluded.equals(StreamId.MAX)) throw INVALID_START;
    return excluded.next();
  }

  /** The last id of a range: {@code +}, an id, or {@code (id} for the one before it. */
  static StreamId end(byte[] argument) {
    if (!isExclusive(argument)) return idOrEnd(argument, GREATEST);
    StreamId excluded = parse(argument, 1, GREATEST);
    if (excluded.isZero()) throw INVALID_END;
    return excluded.previous();
  }

  private static boolean isExclusive(byte[] argument) {
    return argument.length > 1 && argument[0] == '(';
  }

  /** Whether an argument is {@code ms-*}, an id whose second part the server is to choose. */
  static boolean isTimeOnly(byte[] argument) {
    int end = textEnd(argument);
    return end >= 2 && argument[end - 1] == '*' && dash(argument, 0, end) == end - 2;
  }

  /** The first part of an id. */
  static long time(byte[] argument) {
    if (argument.length > MOST_BYTES) throw INVALID_ID;
    return unsigned(argument, 0, dash(argument, 0, textEnd(argument)));
  }

  /** Whether an argument is one character, whatever is behind a NUL. */
  static boolean is(byte[] argument, char word) {
    return argument.length > 0 && argument[0] == word && (argument.length == 1 || argument[1] == 0);
  }

  private static StreamId parse(byte[] argument, int from, long missing) {
    if (argument.length - from > MOST_BYTES) throw INVALID_ID;
    int end = textEnd(argument);
    int dash = dash(argument, from, end);
    long ms = unsigned(argument, from, dash);
    return new StreamId(ms, dash == end ? missing : unsigned(argument, dash + 1, end));
  }

  /** Where the text ends: at its end, or at a NUL. */
  private static int textEnd(byte[] argument) {
    int end = 0;
    while (end < argument.length && argument[end] != 0) end++;
    return end;
  }

  /** Where the first dash is; the end if there is none. */
  private static int dash(byte[] argument, int from, int end) {
    int dash = from;
    while (dash < end && argument[dash] != '-') dash++;
    return dash;
  }

  /**
   * A number of 64 bits: the usual form of a signed one if it is not negative, or whatever strtoull of C takes (spaces
   * before it, a sign that may be negative, leading zeros).
   */
  private static long unsigned(byte[] text, int from, int end) {
    if (Numbers.isLong(text, from, end - from)) {
      long number = Numbers.parseLong(text, from, end - from);
      if (number < 0) throw INVALID_ID;
      return number;
    }
    while (from < end && (text[from] == ' ' || text[from] >= '\t' && text[from] <= '\r')) from++;
    boolean negative = from < end && text[from] == '-';
    if (negative || from < end && text[from] == '+') from++;
    long number = 0;
    if (from == end) throw INVALID_ID;
    for (int i = from; i < end; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9) throw INVALID_ID;
      if (Long.compareUnsigned(number, Long.divideUnsigned(-1L - digit, 10)) > 0) throw INVALID_ID;
      number = number * 10 + digit;
    }
    return negative ? -number : number;
  }
}
